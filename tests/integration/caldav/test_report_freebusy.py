"""CALDAV:free-busy-query (RFC 4791 section 7.10)."""

from __future__ import annotations

from collections.abc import Iterator

import icalendar
import pytest

from tests.support.reports import C, D, World, event, free_busy, open_world

MARCH = ("20260301T000000Z", "20260401T000000Z")


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as world:
        world.calendar()
        world.put(
            event("DTSTART:20260302T090000Z", "DTEND:20260302T100000Z", "SUMMARY:Secret", uid="a"), "a.ics"
        )
        world.put(
            event("DTSTART:20260302T093000Z", "DTEND:20260302T110000Z", "LOCATION:Secret", uid="b"), "b.ics"
        )
        yield world


def periods(world: World, path: tuple[str, ...] = ("ada", "work"), person: str = "ada") -> list[str]:
    reply = world.report(free_busy(*MARCH), path, person=person)
    assert reply.status == 200
    assert b"Secret" not in reply.body
    text = reply.body.decode().replace("\r\n ", "")
    lines = [line for line in text.split("\r\n") if line.startswith("FREEBUSY")]
    return [
        f"{line.split(':')[0][9:]} {period}" for line in lines for period in line.split(":")[1].split(",")
    ]


def test_reply_is_a_vfreebusy_with_uid_and_dtstamp(world: World) -> None:
    reply = world.report(free_busy(*MARCH))

    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/calendar; charset=utf-8"
    [found] = icalendar.Calendar.from_ical(reply.body.decode()).walk("VFREEBUSY")
    assert found.name == "VFREEBUSY"
    assert found["UID"]
    assert b"\r\nDTSTAMP:20260301T120000Z\r\n" in reply.body
    assert f"DTSTART:{MARCH[0]}\r\nDTEND:{MARCH[1]}\r\n".encode() in reply.body


def test_overlapping_events_are_one_period(world: World) -> None:
    assert periods(world) == ["FBTYPE=BUSY 20260302T090000Z/20260302T110000Z"]


def test_periods_are_cut_at_the_ends_of_the_range(world: World) -> None:
    world.put(event("DTSTART:20260228T220000Z", "DTEND:20260301T020000Z", uid="c"), "c.ics")
    world.put(event("DTSTART:20260331T230000Z", "DTEND:20260402T000000Z", uid="d"), "d.ics")

    found = periods(world)

    assert found[0] == "FBTYPE=BUSY 20260301T000000Z/20260301T020000Z"
    assert found[-1] == "FBTYPE=BUSY 20260331T230000Z/20260401T000000Z"


def test_what_does_not_count(world: World) -> None:
    day = ("DTSTART:20260310T090000Z", "DTEND:20260310T100000Z")
    world.put(event(*day, "TRANSP:TRANSPARENT", uid="c"), "c.ics")
    world.put(event(*day, "STATUS:CANCELLED", uid="d"), "d.ics")
    world.put(event("DTSTART:20260310T090000Z", uid="e"), "e.ics")
    world.put(event("DUE:20260310T090000Z", uid="f", component="VTODO"), "f.ics")

    assert periods(world) == ["FBTYPE=BUSY 20260302T090000Z/20260302T110000Z"]


def test_tentative_is_told_and_busy_wins(world: World) -> None:
    world.put(
        event("DTSTART:20260302T083000Z", "DTEND:20260302T093000Z", "STATUS:TENTATIVE", uid="c"), "c.ics"
    )

    assert periods(world) == [
        "FBTYPE=BUSY-TENTATIVE 20260302T083000Z/20260302T090000Z",
        "FBTYPE=BUSY 20260302T090000Z/20260302T110000Z",
    ]


def test_series_without_end_and_moved_occurrence(world: World) -> None:
    world.put(
        event("DTSTART:20200106T120000Z", "DTEND:20200106T130000Z", "RRULE:FREQ=WEEKLY", uid="w"), "w.ics"
    )

    assert periods(world)[1:3] == [
        "FBTYPE=BUSY 20260302T120000Z/20260302T130000Z",
        "FBTYPE=BUSY 20260309T120000Z/20260309T130000Z",
    ]


def test_many_periods_are_folded_lines(world: World) -> None:
    for day in range(3, 29):
        world.put(
            event(f"DTSTART:202603{day:02d}T090000Z", f"DTEND:202603{day:02d}T100000Z", uid=f"{day}"),
            f"{day}.ics",
        )

    assert len(periods(world)) == 27
    reply = world.report(free_busy(*MARCH))
    assert max(len(line) for line in reply.body.split(b"\r\n")) <= 75


def test_on_the_home_all_calendars_but_the_transparent(world: World) -> None:
    world.calendar("more")
    world.calendar("other", transparent=True)
    world.put(event("DTSTART:20260305T090000Z", "DTEND:20260305T100000Z", uid="m"), "m.ics", slug="more")
    world.put(event("DTSTART:20260306T090000Z", "DTEND:20260306T100000Z", uid="o"), "o.ics", slug="other")

    assert periods(world, ("ada",)) == [
        "FBTYPE=BUSY 20260302T090000Z/20260302T110000Z",
        "FBTYPE=BUSY 20260305T090000Z/20260305T100000Z",
    ]
    assert periods(world, ("ada", "other")) == ["FBTYPE=BUSY 20260306T090000Z/20260306T100000Z"]


def test_a_colleague_sees_busy_times_and_nothing_else(world: World) -> None:
    assert periods(world, ("ada",), person="bob") == ["FBTYPE=BUSY 20260302T090000Z/20260302T110000Z"]
    assert periods(world, person="bob") == ["FBTYPE=BUSY 20260302T090000Z/20260302T110000Z"]


def test_a_colleague_is_told_nothing_of_a_calendar_that_does_not_count(world: World) -> None:
    world.calendar("other", transparent=True)
    replies = [
        world.report(free_busy(*MARCH), ("ada", slug), person="bob") for slug in ("other", "no-such-calendar")
    ]
    assert [each.status for each in replies] == [403, 403]
    assert replies[0].error == replies[1].error == [f"{D}need-privileges"]


@pytest.mark.parametrize("path", [("ada",), ("ada", "work"), ("nobody",)])
def test_another_organization_sees_nothing(world: World, path: tuple[str, ...]) -> None:
    reply = world.report(free_busy(*MARCH), path, person="eve")

    assert reply.status == 403
    assert reply.error == [f"{D}need-privileges"]


def test_nothing_busy(world: World) -> None:
    reply = world.report(free_busy("20270101T000000Z", "20270201T000000Z"))

    assert reply.status == 200
    assert b"BEGIN:VFREEBUSY" in reply.body
    assert b"FREEBUSY;" not in reply.body


@pytest.mark.parametrize(
    ("start", "end"),
    [("", ""), ("20260301T000000Z", ""), ("20260301", "20260401"), ("20260401T000000Z", "20260301T000000Z")],
)
def test_ranges_that_are_none(world: World, start: str, end: str) -> None:
    assert world.report(free_busy(start, end)).status == 400


def test_calendar_that_is_not_there(world: World) -> None:
    assert world.report(free_busy(*MARCH), ("ada", "none")).status == 404


def test_not_on_an_object(world: World) -> None:
    reply = world.report(free_busy(*MARCH), ("ada", "work", "a.ics"))

    assert (reply.status, reply.error[0]) == (403, f"{D}supported-report")


def test_a_reply_names_no_calendar_data(world: World) -> None:
    assert f"{C}calendar-data".encode() not in world.report(free_busy(*MARCH)).body
