"""Evolution and GNOME Calendar: go by the ctag, write without If-Match, show the text of a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.interop.wire import Copy, Wire, moved, reason, with_lines
from tests.support.dav import CS, D

AGENT = "Evolution/3.46.4"


@pytest.fixture
def gnome(connect: Callable[[str, str], Wire]) -> Wire:
    return connect("evolution", AGENT)


def test_the_change_gate(gnome: Wire) -> None:
    asked = gnome.propfind(gnome.sessions, "CS:getctag", "D:supported-report-set").found(gnome.sessions)
    reports = {node.tag for node in asked[f"{D}supported-report-set"].iterfind(f".//{D}report/*")}
    assert f"{D}sync-collection" in reports and asked[f"{CS}getctag"].text
    assert len(gnome.multiget(gnome.sessions, *gnome.etags(gnome.sessions))) == 5


def test_an_allowed_move(gnome: Wire) -> None:
    one, before = gnome.session("move"), gnome.ctag()
    answer = gnome.put(
        one.href, with_lines(moved(one.text, "20260310", "20260312"), "X-EVOLUTION-CALDAV-ETAG:x")
    )
    assert answer.status == 204 and "ETag" not in answer.headers, "it reads back what was stored"

    assert gnome.ctag() != before
    assert gnome.get(one.href).value("DTSTART") == "20260312T100000"


def test_a_refusal_shows_its_sentence(gnome: Wire) -> None:
    one, before = gnome.session("locked"), gnome.ctag()
    refused = gnome.put(one.href, moved(one.text, "20260225", "20260226"))

    assert "{DAV:}need-privileges" not in refused.error, "it would hide the sentence"
    assert "".join(refused.xml.itertext()) == reason(refused)
    assert reason(refused) == "Submitted sessions can't be edited. Contact your organization."
    assert gnome.ctag() != before
    assert gnome.get(one.href).value("DTSTART") == one.value("DTSTART")


def test_a_stale_edit_without_a_condition(gnome: Wire) -> None:
    """The body carries the SEQUENCE last seen: an edit of the state before a cancellation is stale."""
    one = gnome.session("own")
    assert gnome.ask("DELETE", one.href).status == 204
    assert gnome.get(one.href).value("STATUS") == "CANCELLED"

    late = gnome.put(one.href, moved(one.text, "20260312", "20260313"))
    assert late.status == 412
    assert gnome.get(one.href).value("STATUS") == "CANCELLED"


def test_one_day_of_a_series_deleted_by_an_exdate_in_utc(gnome: Wire) -> None:
    one = gnome.session("series")
    body = one.text.replace("SUMMARY:", "EXDATE:20260417T180000Z\r\nSUMMARY:", 1)
    assert gnome.put(one.href, body).status == 204

    there = gnome.get(one.href)
    gone = there.flat[there.flat.index("RECURRENCE-ID;TZID=America/New_York:20260417T140000") :]
    assert "STATUS:CANCELLED" in gone[: gone.index("END:VEVENT")]
    assert "RRULE:FREQ=WEEKLY;UNTIL=20260627T035959Z" in there.flat


def test_an_alarm_on_a_locked_session(gnome: Wire) -> None:
    one = gnome.session("locked")
    alarm = ("BEGIN:VALARM", "X-EVOLUTION-ALARM-UID:a1", "ACTION:DISPLAY", "TRIGGER:-PT30M", "END:VALARM")
    assert gnome.put(one.href, with_lines(one.text, *alarm)).status == 204

    assert "TRIGGER:-PT30M\n" in gnome.get(one.href).flat


def second_half(one: Copy, uid: str, day: str) -> str:
    """The new series that a split begins with: from `day` (yyyymmdd) on, an hour later."""
    head, _, rest = one.text.partition("BEGIN:VEVENT")
    master = "BEGIN:VEVENT" + rest.partition("END:VEVENT")[0] + "END:VEVENT\r\nEND:VCALENDAR\r\n"
    master = re.sub(r"^UID:.*\r", f"UID:{uid}\r", master, flags=re.M)
    times = r"^(DT(?:START|END);TZID=America/New_York:)\d{8}T(\d\d)"
    return head + re.sub(times, lambda at: f"{at[1]}{day}T{int(at[2]) + 1}", master, flags=re.M)


def test_a_split_in_its_two_writes(gnome: Wire) -> None:
    one, new = gnome.session("series"), f"{gnome.sessions}evolution-split.ics"
    assert gnome.put(new, second_half(one, "evolution-split", "20260501")).status == 201
    shorter = one.text.replace("UNTIL=20260627T035959Z", "UNTIL=20260501T035959Z")
    assert gnome.put(one.href, shorter).status == 204

    before, after = gnome.get(one.href), gnome.get(new)
    assert "RRULE:FREQ=WEEKLY;UNTIL=20260501T035959Z\n" in before.flat
    assert before.value("X-CALGATE-STATUS") == "scheduled"
    assert "DTSTART;TZID=America/New_York:20260501T150000\n" in after.flat
    assert after.value("X-CALGATE-STATUS") == "pending_validation"
    assert before.value("RELATED-TO") == "evolution-split" and after.value("RELATED-TO") == before.value(
        "UID"
    )


def test_a_forbidden_split_ends_at_its_first_write(connect: Callable[[str, str], Wire]) -> None:
    """Or the second one would leave the past twice. The built-in practice has a series that is running."""
    gnome = connect("ada", AGENT)
    one = gnome.session("rt-10")
    refused = gnome.put(f"{gnome.sessions}past-split.ics", second_half(one, "past-split", "20260206"))

    assert reason(refused) == "Past appointments in a series can't be changed."
    assert gnome.get(one.href).text == one.text
