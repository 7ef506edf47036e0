"""Weeks and days by wall clock (R-ORG-8), and the lengths beside them (R-ORG-3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calgate.domain.week import last_day, local_day, same_day, same_week, week_of
from calgate.domain.when import Span, elapsed

NEW_YORK = ZoneInfo("America/New_York")
LONDON = ZoneInfo("Europe/London")


def span(start: str, end: str, zone: ZoneInfo = NEW_YORK) -> Span:
    return Span(
        datetime.fromisoformat(start).replace(tzinfo=zone), datetime.fromisoformat(end).replace(tzinfo=zone)
    )


@pytest.mark.parametrize(
    ("day", "week_start", "first"),
    [
        ("2026-03-08", "MO", "2026-03-02"),
        ("2026-03-08", "SU", "2026-03-08"),
        ("2026-03-09", "MO", "2026-03-09"),
        ("2026-03-09", "SU", "2026-03-08"),
        ("2026-03-06", "SA", "2026-02-28"),
        ("2026-01-01", "MO", "2025-12-29"),
    ],
)
def test_a_week_begins_on_the_day_that_the_policy_names(day: str, week_start: str, first: str) -> None:
    assert week_of(date.fromisoformat(day), week_start) == date.fromisoformat(first)


@pytest.mark.parametrize(("week_start", "stays"), [("MO", False), ("SU", True)])
def test_sunday_night_to_monday_morning(week_start: str, stays: bool) -> None:
    sunday = span("2026-03-15 20:00", "2026-03-15 21:00")
    moved = span("2026-03-15 23:30", "2026-03-16 00:30")
    assert same_week(sunday, moved, week_start, NEW_YORK) is stays


@pytest.mark.parametrize(("week_start", "stays"), [("MO", False), ("SU", True)])
def test_from_sunday_night_into_monday_morning(week_start: str, stays: bool) -> None:
    sunday = span("2026-03-15 23:30", "2026-03-15 23:59")
    moved = span("2026-03-16 00:30", "2026-03-16 00:59")
    assert same_week(sunday, moved, week_start, NEW_YORK) is stays


def test_the_end_at_midnight_belongs_to_the_old_week() -> None:
    sunday = span("2026-03-15 20:00", "2026-03-15 21:00")
    assert same_week(sunday, span("2026-03-15 23:00", "2026-03-16 00:00"), "MO", NEW_YORK)
    assert not same_week(sunday, span("2026-03-15 23:00", "2026-03-16 00:00:01"), "MO", NEW_YORK)


def test_the_week_is_that_of_the_zone() -> None:
    sunday, late = span("2026-03-15 18:00", "2026-03-15 19:00"), span("2026-03-15 22:00", "2026-03-15 23:00")
    assert local_day(late.start, LONDON) == date(2026, 3, 16)
    assert same_week(sunday, late, "MO", NEW_YORK)
    assert not same_week(sunday, late, "MO", LONDON)


@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01"])
def test_the_week_of_a_clock_change_has_all_its_days(day: str) -> None:
    monday = date.fromisoformat(day) - timedelta(days=6)
    start = span(f"{monday} 09:00", f"{monday} 10:00")
    assert same_week(start, span(f"{day} 22:00", f"{day} 23:00"), "MO", NEW_YORK)
    after = date.fromisoformat(day) + timedelta(days=1)
    assert not same_week(start, span(f"{after} 00:00", f"{after} 01:00"), "MO", NEW_YORK)


def test_the_clock_change_lengthens_and_shortens() -> None:
    autumn, spring = (
        span("2026-11-01 00:30", "2026-11-01 02:30"),
        span("2026-03-08 00:30", "2026-03-08 03:30"),
    )
    assert elapsed(autumn.start, autumn.end) == timedelta(hours=3)
    assert elapsed(spring.start, spring.end) == timedelta(hours=2)


def test_whole_days_end_on_their_last_day() -> None:
    assert last_day(date(2026, 3, 14), date(2026, 3, 16), NEW_YORK) == date(2026, 3, 15)
    days = Span(date(2026, 3, 12), date(2026, 3, 13))
    assert same_week(days, Span(date(2026, 3, 15), date(2026, 3, 16)), "MO", NEW_YORK)
    assert not same_week(days, Span(date(2026, 3, 16), date(2026, 3, 17)), "MO", NEW_YORK)


@pytest.mark.parametrize(
    ("start", "end", "stays"),
    [
        ("2026-03-05 22:10", "2026-03-05 23:10", True),
        ("2026-03-05 22:00", "2026-03-06 00:00", True),
        ("2026-03-05 22:00", "2026-03-06 00:01", False),
        ("2026-03-06 22:00", "2026-03-06 23:00", False),
        ("2026-03-05 00:00", "2026-03-05 00:30", True),
    ],
)
def test_the_same_day(start: str, end: str, stays: bool) -> None:
    before = span("2026-03-05 22:00", "2026-03-05 23:00")
    assert same_day(before, span(start, end), NEW_YORK) is stays


def test_a_session_over_midnight_may_end_before_it() -> None:
    before = span("2026-03-05 23:00", "2026-03-06 00:30")
    assert same_day(before, span("2026-03-05 23:00", "2026-03-05 23:50"), NEW_YORK)
