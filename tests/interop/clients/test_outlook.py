"""Outlook with CalDavSynchronizer: rebuilds events from what Outlook can hold, with Windows zone names."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.interop.wire import Copy, Wire, moved, reason
from tests.support.dav import D

AGENT = "CalDavSynchronizer/4.5"
ZONE = (
    "BEGIN:VTIMEZONE", "TZID:Eastern Standard Time", "BEGIN:STANDARD", "DTSTART:20071104T020000",
    "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500", "END:STANDARD",
    "BEGIN:DAYLIGHT", "DTSTART:20070311T020000", "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3",
    "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400", "END:DAYLIGHT", "END:VTIMEZONE",
)  # fmt: skip
HELD = (
    "UID",
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "CLASS",
    "CATEGORIES",
    "RRULE",
    "RECURRENCE-ID",
    "DTSTART",
    "DTEND",
)


@pytest.fixture
def outlook(connect: Callable[[str, str], Wire]) -> Wire:
    return connect("outlook", AGENT)


def rebuilt(one: Copy, *lines: str) -> str:
    """What comes back of a copy: no X- property of ours, other zone names; `lines` go to the first event."""
    events = re.findall(r"BEGIN:VEVENT\n.*?END:VEVENT", one.flat, re.DOTALL)
    made: list[str] = []
    for number, event in enumerate(events):
        kept = [line for line in event.split("\n") if re.split("[;:]", line)[0] in HELD]
        cancelled = "STATUS:CANCELLED" in event
        status = ("STATUS:CANCELLED",) if cancelled else ("STATUS:CONFIRMED",)
        rest = ("SEQUENCE:0", "PRIORITY:5", "TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY")
        extra = lines if number == 0 else ()
        made += ["BEGIN:VEVENT", *kept, *status, *rest, "DTSTAMP:20260302T150000Z", *extra, "END:VEVENT"]
    text = "\r\n".join(
        (
            "BEGIN:VCALENDAR",
            "PRODID:-//CalDavSynchronizer//EN",
            "VERSION:2.0",
            *ZONE,
            *made,
            "END:VCALENDAR",
            "",
        )
    )
    return text.replace("TZID=America/New_York", "TZID=Eastern Standard Time")


def ours(one: Copy) -> list[str]:
    """What the practice says; the hours of the week are told anew with each write."""
    said = [line for line in one.flat.split("\n") if line.startswith(("X-CALGATE-", "DTSTART", "STATUS"))]
    return [line for line in said if not line.startswith("X-CALGATE-HOURS")]


def test_the_listing(outlook: Wire) -> None:
    inner = (
        '<D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">'
        '<C:time-range start="20260201T000000Z" end="20270302T000000Z"/></C:comp-filter></C:comp-filter>'
        "</C:filter>"
    )
    answer = outlook.report(outlook.sessions, "C:calendar-query", inner, Depth="1")
    assert len(answer.hrefs) == 5
    privileges = outlook.propfind(outlook.sessions, "D:current-user-privilege-set").found(outlook.sessions)
    names = {node.tag for node in privileges[f"{D}current-user-privilege-set"].iterfind(f"{D}privilege/*")}
    assert {f"{D}write-content", f"{D}bind", f"{D}unbind"} <= names


@pytest.mark.parametrize("identity", ["locked", "move", "series", "lunch"])
def test_an_unchanged_event_sent_back_changes_nothing(outlook: Wire, identity: str) -> None:
    one = outlook.session(identity)
    answer = outlook.put(one.href, rebuilt(one), If_Match=one.etag)

    assert answer.status == 204, answer.body
    there = outlook.get(one.href)
    assert ours(there) == ours(one)


def test_an_allowed_and_a_refused_move(outlook: Wire) -> None:
    one = outlook.session("move")
    answer = outlook.put(one.href, moved(rebuilt(one), "20260310", "20260312"), If_Match=one.etag)
    assert answer.status == 204, answer.body
    there = outlook.get(one.href)
    assert "DTSTART;TZID=America/New_York:20260312T100000\n" in there.flat
    assert there.value("X-CALGATE-SERVICE") == one.value("X-CALGATE-SERVICE")

    refused = outlook.put(one.href, moved(rebuilt(there), "20260312", "20260319"), If_Match=there.etag)
    sentence = reason(refused)
    back = outlook.get(one.href)
    assert "DTSTART;TZID=America/New_York:20260312T100000\n" in back.flat
    assert back.value("DESCRIPTION").replace("\\,", ",").startswith(sentence)


def test_an_alarm_on_a_locked_session(outlook: Wire) -> None:
    one = outlook.session("locked")
    alarm = (
        "BEGIN:VALARM",
        "TRIGGER:-PT15M",
        "ACTION:DISPLAY",
        "DESCRIPTION:This is an event reminder",
        "END:VALARM",
    )
    assert outlook.put(one.href, rebuilt(one, *alarm), If_Match=one.etag).status == 204

    there = outlook.get(one.href)
    assert "TRIGGER:-PT15M\n" in there.flat and there.value("X-CALGATE-STATUS") == "submitted"


def test_a_delete_comes_back_cancelled_and_stays_so(outlook: Wire) -> None:
    one = outlook.session("own")
    assert outlook.ask("DELETE", one.href, If_Match=one.etag).status == 204
    there = outlook.get(one.href)
    assert there.value("STATUS") == "CANCELLED"

    answer = outlook.put(one.href, rebuilt(there), If_Match=there.etag)
    assert answer.status == 204, answer.body
    assert outlook.get(one.href).value("X-CALGATE-STATUS") == "cancelled"
