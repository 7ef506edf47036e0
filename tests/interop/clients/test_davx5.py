"""DAVx5 with its default limit of 90 past days: calendar-query with a start, then multigets of ten."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.interop.wire import Wire, moved, reason, with_lines
from tests.support.dav import D

AGENT = "DAVx5/4.5.1-ose (2026/08/10; dav4jvm; okhttp/5.1.0) Android/16"
SINCE = "20251202T140000Z"


@pytest.fixture
def phone(connect: Callable[[str, str], Wire]) -> Wire:
    return connect("davx5", AGENT)


def listed(phone: Wire) -> dict[str, str]:
    """Href -> ETag of the events from 90 days ago on."""
    inner = (
        '<D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">'
        f'<C:time-range start="{SINCE}"/></C:comp-filter></C:comp-filter></C:filter>'
    )
    answer = phone.report(phone.sessions, "C:calendar-query", inner, Depth="1")
    assert answer.status == 207, answer.body
    return {path: answer.found(path)[f"{D}getetag"].text or "" for path in answer.hrefs}


def raised(text: str) -> str:
    """A body as Android writes it: SEQUENCE one higher."""
    return re.sub(r"^SEQUENCE:(\d+)", lambda found: f"SEQUENCE:{int(found[1]) + 1}", text, flags=re.M)


def test_the_first_sync(phone: Wire) -> None:
    names = (
        "D:resourcetype", "D:displayname", "D:current-user-privilege-set", "D:owner", "A:calendar-color",
        "C:calendar-description", "C:calendar-timezone", "C:calendar-timezone-id", "CS:source",
        "C:supported-calendar-component-set",
    )  # fmt: skip
    properties = phone.propfind(phone.sessions, *names).fates(phone.sessions)
    assert properties[f"{D}current-user-privilege-set"] == 200
    etags = listed(phone)

    assert len(etags) == 5
    assert {one.etag for one in phone.multiget(phone.sessions, *list(etags)[:10]).values()} == set(
        etags.values()
    )


def test_an_allowed_and_a_refused_move(phone: Wire) -> None:
    one = phone.session("move")
    edited = raised(moved(one.text, "20260310", "20260312"))
    assert phone.put(one.href, edited, If_Match=one.etag).status == 204
    there = phone.multiget(phone.sessions, one.href)[one.href]
    assert there.value("DTSTART") == "20260312T100000"

    before = phone.ctag()
    refused = phone.put(one.href, raised(moved(there.text, "20260312", "20260319")), If_Match=there.etag)
    assert "{DAV:}need-privileges" in refused.error, "or the sync of the whole calendar stops"
    sentence = reason(refused)
    assert phone.ctag() != before and listed(phone)[one.href] != there.etag, "or it keeps its own edit"
    back = phone.multiget(phone.sessions, one.href)[one.href]
    assert back.value("DTSTART") == "20260312T100000"
    assert back.value("DESCRIPTION").replace("\\,", ",").startswith(sentence)


def test_an_exdate_in_place_of_a_cancelled_override_changes_nothing(phone: Wire) -> None:
    one = phone.session("series")
    head, _, rest = one.text.partition("BEGIN:VEVENT")
    events = ("BEGIN:VEVENT" + rest).replace("END:VCALENDAR\r\n", "").split("BEGIN:VEVENT")[1:]
    kept = [event for event in events if "STATUS:CANCELLED" not in event]
    assert len(kept) == len(events) - 1
    kept[0] = kept[0].replace("SUMMARY:", "EXDATE;TZID=America/New_York:20260320T140000\r\nSUMMARY:", 1)
    body = head + "".join(f"BEGIN:VEVENT{event}" for event in kept) + "END:VCALENDAR\r\n"
    alarm = ("BEGIN:VALARM", "TRIGGER:-PT10M", "ACTION:DISPLAY", "DESCRIPTION:x", "END:VALARM")

    answer = phone.put(one.href, raised(with_lines(body, *alarm)), If_Match=one.etag)

    assert answer.status == 204, answer.body
    there = phone.get(one.href)
    assert there.value("X-CALGATE-STATUS") == "scheduled" and "TRIGGER:-PT10M\n" in there.flat
    cancelled = there.flat[there.flat.index("RECURRENCE-ID;TZID=America/New_York:20260320T140000") :]
    assert "STATUS:CANCELLED" in cancelled[: cancelled.index("END:VEVENT")]
    assert "X-CALGATE-CANCEL-REASON:Fever." in cancelled


def test_one_day_of_a_series_deleted_comes_back_cancelled(phone: Wire) -> None:
    one = phone.session("series")
    body = one.text.replace("SUMMARY:", "EXDATE;TZID=America/New_York:20260410T140000\r\nSUMMARY:", 1)
    assert phone.put(one.href, raised(body), If_Match=one.etag).status == 204

    there = phone.get(one.href)
    gone = there.flat[there.flat.index("RECURRENCE-ID;TZID=America/New_York:20260410T140000") :]
    assert "STATUS:CANCELLED" in gone[: gone.index("END:VEVENT")]


def test_deletes(phone: Wire) -> None:
    one, before = phone.session("own"), phone.ctag()
    assert phone.ask("DELETE", one.href, If_Match=one.etag).status == 204
    assert phone.ctag() != before and listed(phone)[one.href] != one.etag
    there = phone.get(one.href)
    assert there.value("STATUS") == "CANCELLED"
    assert phone.ask("DELETE", one.href, If_Match=there.etag).status == 204
    assert one.href not in listed(phone), "deleted once more it is hidden"

    locked, before = phone.session("locked"), phone.ctag()
    refused = phone.ask("DELETE", locked.href, If_Match=locked.etag)
    assert "{DAV:}need-privileges" in refused.error and reason(refused)
    assert phone.ctag() != before and listed(phone)[locked.href] != locked.etag, "or it stays missing"


def test_this_and_the_following_days_deleted(phone: Wire) -> None:
    one = phone.session("series")
    body = one.text.replace("UNTIL=20260627T035959Z", "UNTIL=20260605T175959Z")
    assert body != one.text
    assert phone.put(one.href, raised(body), If_Match=one.etag).status == 204

    there = phone.get(one.href)
    assert "RRULE:FREQ=WEEKLY;UNTIL=20260605T175959Z\n" in there.flat
    assert there.value("X-CALGATE-STATUS") == "scheduled"
