"""Office hours and people's own, laid over each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calgate.domain.availability import Layer, Period, closed, office_layer, openings
from calgate.domain.freebusy import Busy, merge
from calgate.domain.policy import PolicyError, policy_from

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    return MONDAY + hours * HOUR


def span(start: float, end: float) -> Period:
    return at(start), at(end)


def layer(start: float, end: float, *open_: Period, **more: object) -> Layer:
    return Layer(at(start), at(end), open_, **more)  # type: ignore[arg-type]


def told(*layers: Layer) -> list[tuple[float, float, str]]:
    return [
        ((one.start - MONDAY) / HOUR, (one.end - MONDAY) / HOUR, one.type) for one in merge(closed(layers))
    ]


def test_outside_of_its_openings_a_layer_is_closed() -> None:
    assert told(layer(0, 24, span(9, 12), span(13, 17))) == [
        (0, 9, "BUSY-UNAVAILABLE"), (12, 13, "BUSY-UNAVAILABLE"), (17, 24, "BUSY-UNAVAILABLE"),
    ]  # fmt: skip


def test_openings_beyond_the_layer_open_nothing() -> None:
    assert told(layer(6, 12, span(0, 8), span(11, 30))) == [(8, 11, "BUSY-UNAVAILABLE")]


def test_without_layers_nobody_is_unavailable() -> None:
    assert told() == []


def test_the_higher_priority_alone_counts_where_it_says_something() -> None:
    low = layer(0, 24, span(9, 17))
    high = layer(8, 12, span(10, 11), priority=1, type="BUSY")

    assert told(low, high) == told(high, low) == [
        (0, 8, "BUSY-UNAVAILABLE"), (8, 10, "BUSY"), (11, 12, "BUSY"), (17, 24, "BUSY-UNAVAILABLE"),
    ]  # fmt: skip


@pytest.mark.parametrize(("lower", "higher"), [(9, 1), (0, 9), (0, 5), (99, 0)])
def test_order_of_priorities(lower: int, higher: int) -> None:
    shut, free = layer(0, 4, priority=lower), layer(0, 4, span(0, 4), priority=higher)

    assert told(shut, free) == []
    shut, free = layer(0, 4, priority=higher), layer(0, 4, span(0, 4), priority=lower)
    assert told(free, shut) == [(0, 4, "BUSY-UNAVAILABLE")]


def test_of_equal_priorities_each_closes_its_hours_and_the_busiest_is_told() -> None:
    layers = (
        layer(0, 6, span(1, 3), priority=5, type="BUSY-TENTATIVE"),
        layer(2, 8, span(4, 7), priority=5),
    )

    assert told(*layers) == [
        (0, 1, "BUSY-TENTATIVE"), (2, 4, "BUSY-UNAVAILABLE"), (4, 6, "BUSY-TENTATIVE"),
        (7, 8, "BUSY-UNAVAILABLE"),
    ]  # fmt: skip


def test_office_hours_by_the_wall_clock_across_a_change_of_it() -> None:
    """The clocks go forward in New York on Sunday, 8 March 2026."""
    friday = datetime(2026, 3, 6, 5, tzinfo=UTC)
    found = office_layer(["FR-MO 09:00-17:00"], NEW_YORK, friday, friday + timedelta(days=5))
    assert found is not None

    assert [(f"{start:%d %H}", f"{end:%d %H}") for start, end in found.open] == [
        ("06 14", "06 22"), ("07 14", "07 22"), ("08 13", "08 21"), ("09 13", "09 21"),
    ]  # fmt: skip


def test_office_hours_until_midnight_and_twice_a_day() -> None:
    lines = ["MO 08:00-12:00", "MO,WE 20:00-24:00"]
    layer = office_layer(lines, ZoneInfo("UTC"), MONDAY, at(48))
    assert layer is not None

    assert told(layer) == [
        (0, 8, "BUSY-UNAVAILABLE"), (12, 20, "BUSY-UNAVAILABLE"), (24, 48, "BUSY-UNAVAILABLE"),
    ]  # fmt: skip


def test_no_office_hours_are_always_open() -> None:
    assert office_layer([], NEW_YORK, MONDAY, at(24)) is None


def test_what_a_person_says_is_above_the_office() -> None:
    office = office_layer(["MO-SU 09:00-17:00"], ZoneInfo("UTC"), MONDAY, at(24))
    assert office is not None

    assert told(office, layer(0, 12, span(6, 8))) == [
        (0, 6, "BUSY-UNAVAILABLE"), (8, 12, "BUSY-UNAVAILABLE"), (17, 24, "BUSY-UNAVAILABLE"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "days"),
    [("MO 08:00-09:00", [0]), ("SA-TU 08:00-09:00", [5, 6, 0, 1]), ("TU,SA 08:00-09:00", [1, 5])],
)
def test_days_of_office_hours(line: str, days: list[int]) -> None:
    assert [each.weekday for each in openings([line])] == days


@pytest.mark.parametrize(
    "line",
    [
        "", "Monday 09:00-17:00", "MO 9-17", "MO 17:00-09:00", "MO 09:00-09:00", "MO 24:00-24:00",
        "MO 09:00-25:00", "XX 09:00-17:00", "MO-FR,SA 09:00-17:00", "MO 09:00-17:00\n", "MO 09:60-10:00",
    ],
)  # fmt: skip
def test_lines_that_are_no_office_hours(line: str) -> None:
    with pytest.raises(ValueError, match="office hours like"):
        openings(["MO-FR 09:00-17:00", line])
    with pytest.raises(PolicyError, match=r"policy\.office_hours: "):
        policy_from({"office_hours": [line]})


def test_office_hours_are_a_policy() -> None:
    assert policy_from({"office_hours": ["MO-FR 09:00-17:00"]}).office_hours == ("MO-FR 09:00-17:00",)
    assert policy_from({}).office_hours == ()
    with pytest.raises(PolicyError, match="must be a list of texts"):
        policy_from({"office_hours": "MO-FR 09:00-17:00"})


def test_busy_types_are_those_of_free_busy() -> None:
    assert closed([layer(0, 1)]) == [Busy(at(0), at(1), "BUSY-UNAVAILABLE")]
