"""Busy times of many people in one answer, with and without their hours."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import event as listen

from calgate.gate.values import Collection, Failed, SetAvailability, SetProperties, Stored
from tests.support.reports import PRACTICE, C, World, event, open_world

SINCE, UNTIL = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)
WORK = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//t//t//EN
BEGIN:VAVAILABILITY
UID:h
DTSTAMP:20260101T000000Z
{lines}
BEGIN:AVAILABLE
UID:a
DTSTAMP:20260101T000000Z
DTSTART;TZID=America/New_York:20260105T100000
DTEND;TZID=America/New_York:20260105T140000
RRULE:FREQ=DAILY
END:AVAILABLE
END:VAVAILABILITY
END:VCALENDAR
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres_database")
    with open_world(url) as world:
        world.calendar()
        world.put(event("DTSTART:20260302T140000Z", "DTEND:20260302T150000Z", uid="a"), "a.ics")
        world.calendar("more", owner="bob")
        tentative = event("DTSTART:20260303T010000Z", "DTEND:20260304T010000Z", "STATUS:TENTATIVE", uid="b")
        world.put(tentative, "b.ics", "more", "bob")
        yield world


def told(world: World, *people: str, hours: bool = False) -> dict[str, list[str]]:
    found = world.gate.busy_of("riverside", people, SINCE, UNTIL, hours)
    return {
        person: [f"{one.start:%dT%H:%M}/{one.end:%dT%H:%M} {one.type}" for one in busy]
        for person, busy in found.items()
    }


def office(world: World, *lines: str) -> None:
    file: dict[str, Any] = deepcopy(PRACTICE)
    file["organizations"][0]["policy"] = {"office_hours": list(lines)}
    world.gate.load(file)


def own(world: World, text: str | None, person: str = "ada") -> None:
    outcome = world.gate.submit(SetAvailability(principal=world.person(person), text=text))
    assert isinstance(outcome, Stored)


ADA, BOB = ["02T14:00/02T15:00 BUSY"], ["03T01:00/04T00:00 BUSY-TENTATIVE"]


def test_of_many_people_by_person(world: World) -> None:
    assert told(world, "bob", "ada") == {"bob": BOB, "ada": ADA}
    assert list(told(world, "bob", "ada")) == ["bob", "ada"]
    assert told(world, "ada", "ada") == {"ada": ADA}
    assert told(world) == {}


def test_who_is_not_of_the_organization_is_left_out(world: World) -> None:
    assert told(world, "ada", "eve", "nobody") == {"ada": ADA}
    assert world.gate.busy_of("hillside", ["ada", "eve"], SINCE, UNTIL) == {"eve": []}
    assert world.gate.busy_of("nowhere", ["ada"], SINCE, UNTIL, True) == {}


def test_times_are_those_of_the_calendars_and_cut_to_the_range(world: World) -> None:
    since, until = SINCE + timedelta(hours=14, minutes=30), SINCE + timedelta(days=1, hours=2)

    found = world.gate.busy_of("riverside", ["ada", "bob"], since, until)

    assert [(one.start, one.end) for one in found["ada"]] == [(since, since + timedelta(minutes=30))]
    assert [(one.start, one.end) for one in found["bob"]] == [(until - timedelta(hours=1), until)]
    for person, slug in (("ada", "work"), ("bob", "more")):
        assert world.gate.busy([world.collection(slug, person)], since, until) == found[person]


def test_a_transparent_calendar_does_not_count(world: World) -> None:
    world.calendar("free", transparent=True)
    busy = event("DTSTART:20260302T180000Z", "DTEND:20260302T190000Z", uid="f")
    world.put(busy, "f.ics", "free")
    assert told(world, "ada") == {"ada": ADA}

    name = "schedule-calendar-transp"
    opaque = {C + name: f'<C:{name} xmlns:C="{C[1:-1]}"><C:opaque/></C:{name}>'}
    world.gate.submit(SetProperties(principal=world.ada, collection=world.collection("free"), set=opaque))
    assert told(world, "ada") == {"ada": [*ADA, "02T18:00/02T19:00 BUSY"]}


def test_beyond_the_index(world: World) -> None:
    for person, slug in (("ada", "work"), ("bob", "more")):
        series = event("DTSTART:20260302T090000Z", "DTEND:20260302T100000Z", "RRULE:FREQ=WEEKLY", uid="w")
        world.put(series, "w.ics", slug, person)

    far = datetime(2040, 1, 1, tzinfo=UTC)
    found = world.gate.busy_of("riverside", ["ada", "bob"], far, far + timedelta(days=14))

    assert [f"{one.start:%dT%H}" for one in found["ada"]] == ["02T09", "09T09"]
    assert found["bob"] == found["ada"]


def test_however_many_people_the_queries_are_as_many(world: World, request: pytest.FixtureRequest) -> None:
    own(world, WORK.format(lines="PRIORITY:1"))
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    listen.listen(Engine, "before_cursor_execute", note)
    request.addfinalizer(lambda: listen.remove(Engine, "before_cursor_execute", note))
    told(world, "ada", hours=True)
    one = len(statements)
    told(world, "ada", "bob", hours=True)
    assert len(statements) == 2 * one
    told(world, "ada", "bob")
    assert len(statements) == 2 * one + 3


# ---- hours ------------------------------------------------------------------------------------------------


def test_office_hours_of_the_practice_in_its_zone(world: World) -> None:
    office(world, "MO-FR 09:00-17:00")

    assert told(world, "ada", "bob", hours=True) == {
        "ada": [
            "02T00:00/02T14:00 BUSY-UNAVAILABLE", "02T14:00/02T15:00 BUSY",
            "02T22:00/03T14:00 BUSY-UNAVAILABLE", "03T22:00/04T00:00 BUSY-UNAVAILABLE",
        ],
        "bob": [
            "02T00:00/02T14:00 BUSY-UNAVAILABLE", "02T22:00/03T14:00 BUSY-UNAVAILABLE",
            "03T14:00/03T22:00 BUSY-TENTATIVE", "03T22:00/04T00:00 BUSY-UNAVAILABLE",
        ],
    }  # fmt: skip
    assert told(world, "ada", "bob") == {"ada": ADA, "bob": BOB}


def test_without_office_hours_nobody_is_unavailable(world: World) -> None:
    assert told(world, "ada", "bob", hours=True) == {"ada": ADA, "bob": BOB}


def test_own_hours_go_before_those_of_the_practice(world: World) -> None:
    office(world, "MO-FR 09:00-17:00")
    own(world, WORK.format(lines="DTEND:20260303T120000Z"))

    assert told(world, "ada", hours=True)["ada"] == [
        "02T00:00/02T14:00 BUSY-UNAVAILABLE", "02T14:00/02T15:00 BUSY",
        "02T19:00/03T14:00 BUSY-UNAVAILABLE", "03T22:00/04T00:00 BUSY-UNAVAILABLE",
    ]  # fmt: skip
    own(world, None)
    assert told(world, "ada", hours=True)["ada"][2] == "02T22:00/03T14:00 BUSY-UNAVAILABLE"


def test_what_is_busy_outside_of_the_hours_stays_so(world: World) -> None:
    own(world, WORK.format(lines="BUSYTYPE:BUSY-TENTATIVE"), "bob")
    own(world, WORK.format(lines="BUSYTYPE:BUSY"))

    assert told(world, "ada", "bob", hours=True) == {
        "ada": ["02T00:00/02T15:00 BUSY", "02T19:00/03T15:00 BUSY", "03T19:00/04T00:00 BUSY"],
        "bob": ["02T00:00/02T15:00 BUSY-TENTATIVE", "02T19:00/04T00:00 BUSY-TENTATIVE"],
    }


def test_hours_that_cannot_be_read_any_more_are_not_told(world: World) -> None:
    own(world, WORK.format(lines="DTSTART;TZID=Gone/Elsewhere:20260101T000000"))

    assert told(world, "ada", "bob", hours=True) == {"ada": ADA, "bob": BOB}


def test_all_of_time_with_hours_is_answered(world: World) -> None:
    office(world, "MO-FR 09:00-17:00")
    own(world, WORK.format(lines="PRIORITY:1"), "bob")

    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    found = world.gate.busy_of("riverside", ["ada", "bob"], first, last, True)

    assert {one.type for one in found["ada"]} == {"BUSY", "BUSY-UNAVAILABLE"}
    assert {one.type for one in found["bob"]} == {"BUSY-TENTATIVE", "BUSY-UNAVAILABLE"}
    assert max(map(len, found.values())) < 4000
    for since, until in ((last - timedelta(days=1), last), (first, first + timedelta(days=1))):
        assert world.gate.busy_of("riverside", ["ada", "bob"], since, until, True) == {"ada": [], "bob": []}


def test_hours_and_properties_are_set_together_or_not_at_all(world: World) -> None:
    gone = Collection(
        org="riverside", id=10_000, owner="ada", slug="x", managed=False, components=(), props={}, zone="UTC",
        number=0, floor=0, epoch="",
    )  # fmt: skip
    proposal = SetAvailability(
        principal=world.ada,
        text=WORK.format(lines="PRIORITY:1"),
        properties=SetProperties(principal=world.ada, collection=gone, set={"{urn:x}y": "<y/>"}),
    )

    assert isinstance(world.gate.submit(proposal), Failed)
    assert world.gate.availability(world.ada) is None
