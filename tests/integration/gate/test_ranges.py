"""What takes place in a range, within the occurrence index and beyond its horizon of two years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy import event as listen

from tests.support.reports import World, data, event, open_world, query, span

SERIES = event("DTSTART:20260302T090000Z", "DTEND:20260302T100000Z", "RRULE:FREQ=WEEKLY;INTERVAL=2", uid="s")
SINGLE = event("DTSTART:20280501T090000Z", "DTEND:20280501T100000Z", uid="x")


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres_database")
    with open_world(url) as world:
        world.calendar()
        world.put(SERIES, "s.ics")
        world.put(SINGLE, "x.ics")
        yield world


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC)


def found(world: World, since: str, until: str) -> dict[str, list[str]]:
    hits = world.gate.between(
        world.collection(), at(since) if since else None, at(until) if until else None, "VEVENT"
    )
    return {resource.href: [row.on for row in rows] for resource, rows in hits}


def test_across_the_horizon_every_occurrence_is_there_once(world: World) -> None:
    rows = found(world, "20280101", "20280601")

    assert rows["x.ics"] == [""]
    assert [on[:8] for on in rows["s.ics"]] == [
        "20280103", "20280117", "20280131", "20280214", "20280228", "20280313", "20280327", "20280410",
        "20280424", "20280508", "20280522",
    ]  # fmt: skip


def test_far_beyond_the_horizon(world: World) -> None:
    rows = found(world, "20400101", "20400201")

    assert set(rows) == {"s.ics"}
    assert rows["s.ics"] == ["20400102T090000Z", "20400116T090000Z", "20400130T090000Z"]


def test_open_ranges(world: World) -> None:
    assert set(found(world, "20260301", "")) == {"s.ics", "x.ics"}
    assert set(found(world, "20500101", "")) == {"s.ics"}
    assert set(found(world, "", "20260401")) == {"s.ics"}
    assert found(world, "", "20260301") == {}


def test_a_series_whose_next_occurrence_is_years_away(world: World) -> None:
    leap = event("DTSTART:20240229T090000Z", "RRULE:FREQ=YEARLY;INTERVAL=4", uid="leap")
    world.put(leap, "leap.ics")

    assert "leap.ics" in found(world, "20320301", "")


def test_busy_times_across_the_horizon(world: World) -> None:
    busy = world.gate.busy([world.collection()], at("20280201"), at("20280515"))

    assert [f"{one.start:%m%d}" for one in busy] == [
        "0214", "0228", "0313", "0327", "0410", "0424", "0501", "0508",
    ]  # fmt: skip


def test_texts_and_rows_only_when_wanted(world: World) -> None:
    collection = world.collection()
    window = at("20260301"), at("20260401")

    [(plain, no_rows)] = world.gate.between(collection, *window, "VEVENT", texts=False, rows=False)
    [(whole, rows)] = world.gate.between(collection, *window, "VEVENT")

    assert (plain.text, no_rows) == ("", [])
    assert whole.text == SERIES
    assert len(rows) == 3
    assert plain == whole._replace(text="")


def test_a_query_without_data_reads_no_texts(world: World, request: pytest.FixtureRequest) -> None:
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    listen.listen(Engine, "before_cursor_execute", note)
    request.addfinalizer(lambda: listen.remove(Engine, "before_cursor_execute", note))
    march = span("20260301T000000Z", "20260401T000000Z")
    assert world.report(query(march)).hrefs == ["s.ics"]
    assert statements
    assert not [each for each in statements if "resource_texts" in each]

    assert world.report(query(march, prop=data())).hrefs == ["s.ics"]
    assert [each for each in statements if "resource_texts" in each]
