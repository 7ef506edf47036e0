"""C:calendar-data in a report: whole, in part, expanded, limited (RFC 4791 section 9.6)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from calgate.doors.caldav import rendering
from tests.support.reports import (
    D,
    World,
    alarm,
    block,
    calendar,
    data,
    event,
    expanded,
    open_world,
    query,
    span,
)

JUNE = span("20260601T000000Z", "20260701T000000Z")
EXPANDED = expanded("20260601T000000Z", "20260701T000000Z")


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as world:
        world.calendar()
        yield world


def starts(text: str) -> list[str]:
    return sorted(line for line in text.split("\n") if line.startswith("DTSTART"))


RICH = event(
    "DTSTART:20260603T090000Z",
    "SUMMARY:Speech",
    'LOCATION;ALTREP="http://x:1/":Main office, room 2',
    "DESCRIPTION:line that is folded",
    " away",
    *alarm("TRIGGER:-PT5M"),
)


def test_the_stored_text_comes_back(world: World) -> None:
    world.put(RICH)

    assert world.report(query(JUNE, prop=data())).data() == RICH.replace("\r\n", "\n").replace("\n ", "")


def test_partial_calendar_data(world: World) -> None:
    world.put(RICH)
    wish = (
        '<C:comp name="VCALENDAR"><C:prop name="VERSION"/><C:comp name="VEVENT"><C:prop name="UID"/>'
        '<C:prop name="description"/><C:prop name="LOCATION" novalue="yes"/></C:comp></C:comp>'
    )

    assert world.report(query(JUNE, prop=data(wish))).data().split("\n") == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:one", 'LOCATION;ALTREP="http://x:1/":',
        "DESCRIPTION:line that is foldedaway", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip


def test_partial_with_everything_of_one_component(world: World) -> None:
    world.put(RICH)
    wish = (
        '<C:comp name="VCALENDAR"><C:allprop/><C:comp name="VEVENT"><C:allprop/><C:comp name="VALARM"/>'
        "</C:comp></C:comp>"
    )
    without_alarm = wish.replace('<C:comp name="VALARM"/>', "")

    assert world.report(query(JUNE, prop=data(wish))).data() == RICH.replace("\r\n", "\n").replace("\n ", "")
    assert "VALARM" not in world.report(query(JUNE, prop=data(without_alarm))).data()
    assert "SUMMARY:Speech" in world.report(query(JUNE, prop=data(without_alarm))).data()


def test_partial_of_what_was_expanded(world: World) -> None:
    world.put(event("DTSTART:20260603T090000Z", "RRULE:FREQ=DAILY;COUNT=2", "SUMMARY:x"))
    wish = (
        '<C:comp name="VCALENDAR"><C:comp name="VEVENT"><C:prop name="DTSTART"/></C:comp></C:comp>'
        '<C:expand start="20260601T000000Z" end="20260701T000000Z"/>'
    )

    text = world.report(query(JUNE, prop=data(wish))).data()

    assert starts(text) == ["DTSTART:20260603T090000Z", "DTSTART:20260604T090000Z"]
    assert "SUMMARY" not in text


def test_limit_recurrence_set(world: World) -> None:
    def moved(day: int, to: str) -> tuple[str, ...]:
        return block(
            f"RECURRENCE-ID;TZID=America/New_York:202606{day:02d}T090000",
            f"DTSTART;TZID=America/New_York:{to}",
            f"DTEND;TZID=America/New_York:{to[:9]}100000",
            f"SUMMARY:{day}",
        )

    world.put(
        calendar(
            *block(
                "DTSTART;TZID=America/New_York:20260601T090000",
                "DTEND;TZID=America/New_York:20260601T100000",
                "RRULE:FREQ=DAILY;COUNT=20", "SUMMARY:usual",
            ),
            *moved(3, "20260603T090000"),
            *moved(5, "20260615T090000"),
            *moved(16, "20260605T090000"),
            *moved(17, "20260618T090000"),
        )
    )  # fmt: skip
    limit = '<C:limit-recurrence-set start="20260605T000000Z" end="20260606T000000Z"/>'

    text = world.report(query(JUNE, prop=data(limit))).data()

    summaries = [line for line in text.split("\n") if line.startswith("SUMMARY")]
    assert summaries == ["SUMMARY:usual", "SUMMARY:5", "SUMMARY:16"]
    assert "RRULE:FREQ=DAILY;COUNT=20" in text
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == 3


def test_limit_freebusy_set_is_tolerated(world: World) -> None:
    world.put(RICH)
    limit = '<C:limit-freebusy-set start="20260605T000000Z" end="20260606T000000Z"/>'

    assert "SUMMARY:Speech" in world.report(query(JUNE, prop=data(limit))).data()


def test_expanded_series(world: World) -> None:
    world.put(
        calendar(
            *block(
                "DTSTART:20260530T090000Z", "DTEND:20260530T100000Z", "RRULE:FREQ=DAILY;COUNT=5", "SUMMARY:a"
            ),
            *block("RECURRENCE-ID:20260601T090000Z", "DTSTART:20260705T090000Z", "DTEND:20260705T100000Z"),
            *block(
                "RECURRENCE-ID:20260602T090000Z",
                "DTSTART:20260602T120000Z",
                "DTEND:20260602T130000Z",
                "SUMMARY:b",
            ),
        )
    )

    text = world.report(query(JUNE, prop=EXPANDED)).data()

    assert starts(text) == ["DTSTART:20260602T120000Z", "DTSTART:20260603T090000Z"]
    assert "RECURRENCE-ID:20260602T090000Z\n" in text
    assert "RRULE" not in text


def test_expanded_instance_starting_exactly_at_the_end_is_left_out(world: World) -> None:
    world.put(event("DTSTART:20260629T000000Z", "DTEND:20260629T010000Z", "RRULE:FREQ=DAILY;COUNT=5"))

    assert starts(world.report(query(JUNE, prop=EXPANDED)).data()) == [
        "DTSTART:20260629T000000Z",
        "DTSTART:20260630T000000Z",
    ]


def test_expanded_rdate_without_rrule(world: World) -> None:
    world.put(event("DTSTART:20260603T090000Z", "RDATE:20260610T090000Z,20260710T090000Z"))

    assert starts(world.report(query(JUNE, prop=EXPANDED)).data()) == [
        "DTSTART:20260603T090000Z",
        "DTSTART:20260610T090000Z",
    ]


def test_expanded_event_that_does_not_recur_is_in_utc(world: World) -> None:
    world.put(event("DTSTART;TZID=Europe/Berlin:20260603T090000", "DTEND;TZID=Europe/Berlin:20260603T100000"))

    text = world.report(query(JUNE, prop=EXPANDED)).data()

    assert "DTSTART:20260603T070000Z\nDTEND:20260603T080000Z\n" in text
    assert "TZID" not in text


def test_object_with_only_an_override_does_not_break_the_query(world: World) -> None:
    world.put(event("DTSTART:20260603T090000Z", uid="two"), "two.ics")
    world.put(event("RECURRENCE-ID:20260603T090000Z", "DTSTART:20260604T090000Z"))

    reply = world.report(query(JUNE, prop=EXPANDED))

    assert reply.hrefs == ["one.ics", "two.ics"]
    assert "RECURRENCE-ID:20260603T090000Z\nDTSTART:20260604T090000Z\n" in reply.data()


def test_expanded_recurring_todo(world: World) -> None:
    world.put(
        event(
            "DTSTART:20260530T090000Z", "DUE:20260530T110000Z", "RRULE:FREQ=DAILY;COUNT=4", component="VTODO"
        )
    )

    text = world.report(query(JUNE, prop=EXPANDED, component="VTODO")).data()

    assert starts(text) == ["DTSTART:20260601T090000Z", "DTSTART:20260602T090000Z"]
    assert "DUE:20260601T110000Z\n" in text


def test_expand_range_other_than_the_filters(world: World) -> None:
    world.put(event("DTSTART:20260530T090000Z", "DTEND:20260530T100000Z", "RRULE:FREQ=DAILY;COUNT=60"))
    wish = expanded("20260701T000000Z", "20260703T000000Z")

    for body in (query(JUNE, prop=wish), query(prop=wish)):
        assert starts(world.report(body).data()) == ["DTSTART:20260701T090000Z", "DTSTART:20260702T090000Z"]


def test_expanded_far_beyond_the_index(world: World) -> None:
    world.put(event("DTSTART:20260530T090000Z", "DTEND:20260530T100000Z", "RRULE:FREQ=WEEKLY"))
    far = ("20450601T000000Z", "20450610T000000Z")

    assert len(starts(world.report(query(span(*far), prop=expanded(*far))).data())) in (1, 2)


def test_expanded_with_the_zone_of_the_request(world: World) -> None:
    world.put(event("DTSTART:20260602T090000", "DTEND:20260602T100000", "RRULE:FREQ=DAILY;COUNT=2"))
    tokyo = "<C:timezone-id>Asia/Tokyo</C:timezone-id>"
    hour = ("20260603T000000Z", "20260603T010000Z")

    text = world.report(query(span(*hour), prop=expanded(*hour), extra=tokyo)).data()

    assert starts(text) == ["DTSTART:20260603T090000"]
    assert "RECURRENCE-ID:20260603T090000\n" in text


def test_etag_of_an_expanded_event_is_that_of_the_resource(world: World) -> None:
    world.put(event("DTSTART:20260603T090000Z", "RRULE:FREQ=DAILY;COUNT=2"))

    plain = world.report(query(JUNE, prop=data())).text(f"{D}getetag", "one.ics")

    assert world.report(query(JUNE, prop=EXPANDED)).text(f"{D}getetag", "one.ics") == plain


@pytest.mark.parametrize(
    "inner",
    [
        "<C:expand/>",
        '<C:expand start="20260601T000000Z"/>',
        '<C:expand start="20260701T000000Z" end="20260601T000000Z"/>',
        '<C:expand start="20260601T000000Z" end="20260701T000000Z"/>'
        '<C:limit-recurrence-set start="20260601T000000Z" end="20260701T000000Z"/>',
    ],
)
def test_expand_elements_that_are_none(world: World, inner: str) -> None:
    assert world.report(query(JUNE, prop=data(inner))).status == 400


def test_expanded_with_another_range_and_the_zone_of_the_request(world: World) -> None:
    world.put(event("DTSTART:20260602T090000", "DTEND:20260602T100000", "RRULE:FREQ=DAILY;COUNT=9"))
    tokyo = "<C:timezone-id>Asia/Tokyo</C:timezone-id>"
    wish = expanded("20260605T000000Z", "20260605T010000Z")

    assert starts(world.report(query(JUNE, prop=wish, extra=tokyo)).data()) == ["DTSTART:20260605T090000"]
    assert starts(world.report(query(JUNE, prop=wish)).data()) == []


def test_more_instances_than_a_report_expands(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.put(event("DTSTART:20260603T090000Z", "RRULE:FREQ=DAILY;COUNT=9"))
    assert world.report(query(JUNE, prop=EXPANDED)).status == 207
    monkeypatch.setattr(rendering, "MAX_INSTANCES", 8)

    reply = world.report(query(JUNE, prop=EXPANDED))

    assert (reply.status, reply.error[0]) == (403, f"{D}number-of-matches-within-limits")
