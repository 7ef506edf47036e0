"""How far a change of a series reaches: what need not be indexed again."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from calgate.domain.occurring import ALONE, changed_alone
from calgate.domain.session import Fact, Override, Period, Session, Status
from calgate.domain.when import key
from tests.support.sessions import HOUR, WEEK, at, single

FIRST = at("2026-03-02 09:00")
MOVED = Override(on=FIRST + WEEK, start=FIRST + WEEK + HOUR, end=FIRST + WEEK + 2 * HOUR)
PLACED = Override(on=FIRST + 2 * WEEK, location="annex")
SERIES = replace(single(), rrule="FREQ=WEEKLY;COUNT=10", overrides=(MOVED, PLACED))


def with_first(**fields: object) -> Session:
    return SERIES.with_override(replace(MOVED, **fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "after",
    [
        with_first(start=FIRST + WEEK + 3 * HOUR, end=FIRST + WEEK + 4 * HOUR),
        with_first(status=Status.CANCELLED),
        with_first(busy=False),
        with_first(facts=frozenset({Fact.CLAIM})),
    ],
)
def test_an_override_that_was_there_is_all_that_changed(after: Session) -> None:
    assert changed_alone(SERIES, after) == {key(MOVED.on)}


def test_a_new_title_or_revision_moves_nothing() -> None:
    assert changed_alone(SERIES, replace(SERIES, instructions="Forms.", revision=7)) == set()


@pytest.mark.parametrize(
    "after",
    [
        replace(SERIES, overrides=(MOVED,)),
        SERIES.with_override(Override(on=FIRST + 3 * WEEK, location="annex")),
        replace(SERIES, overrides=(MOVED, replace(PLACED, on=FIRST + 3 * WEEK))),
        # What an override says no more is not shown as one: those after it have other numbers.
        replace(SERIES, overrides=(replace(MOVED, start=None, end=None), PLACED)),
        replace(SERIES, start=FIRST + HOUR),
        replace(SERIES, end=SERIES.end + HOUR),
        replace(SERIES, rrule="FREQ=WEEKLY;COUNT=9"),
        replace(SERIES, exdates=(FIRST + 4 * WEEK,)),
        replace(SERIES, status=Status.CANCELLED),
        replace(SERIES, busy=False),
        replace(SERIES, held=True),
    ],
)
def test_what_says_when_every_occurrence_is_reaches_all(after: Session) -> None:
    assert changed_alone(SERIES, after) is None


def test_equal_instants_in_another_zone_are_another_series() -> None:
    chicago = ZoneInfo("America/Chicago")
    after = replace(SERIES, start=FIRST.astimezone(chicago), end=SERIES.end.astimezone(chicago))  # type: ignore[union-attr]
    assert after.start == SERIES.start
    assert changed_alone(SERIES, after) is None


def test_a_session_that_does_not_recur_is_its_only_occurrence() -> None:
    moved = replace(single(), start=FIRST + HOUR, end=FIRST + 2 * HOUR)
    assert changed_alone(single(), moved) == {ALONE}


def test_what_comes_to_recur_or_stops_to_or_has_dates_has_other_occurrences() -> None:
    dated = replace(single(), dates=(Period(FIRST, FIRST + HOUR),))
    for before, after in ((single(), SERIES), (SERIES, single()), (single(), dated), (dated, single())):
        assert changed_alone(before, after) is None


def test_only_of_a_session_that_was_there() -> None:
    assert changed_alone(None, SERIES) is None
    assert changed_alone(None, single()) is None
