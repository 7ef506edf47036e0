"""Hours assigned and scheduled (R-HRS-1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from calgate.domain.case import Hours
from calgate.domain.hours import assignment_of, counted, hours, period_of
from calgate.domain.practice import Assignment, Practice
from calgate.domain.scenario import said, verdict_of
from calgate.domain.session import Override, Session, Status
from calgate.gate import packs
from calgate_packs.tables.world import PRACTICE, at, move, own, row


def practice(**fields: Any) -> Practice:
    plain: dict[str, Any] = {"practitioner": "ada", "client": "c-101", "service": "97153", "hours": 10.0}
    return replace(PRACTICE, assignments=(Assignment(**{**plain, **fields}),))


def scheduled(on: Practice, session: Session, *others: Session, week_start: str = "MO") -> float:
    found = hours(on, session, others, week_start)
    assert found is not None
    return found.scheduled


def test_no_assignment_no_hours() -> None:
    assert hours(practice(client="c-103"), own(), [], "MO") is None
    assert assignment_of(practice(from_=date(2026, 4, 1)), own()) is None


def test_hours_of_the_same_client_and_service_count() -> None:
    same = own("2026-03-06 10:00", "2026-03-06 11:30")
    others = (
        same,
        replace(same, client="c-102"),
        replace(same, service="97155"),
        replace(same, practitioner="bea"),
    )
    assert hours(practice(), own(), others, "MO") == Hours(10.0, 1.5, "week")


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.DECLINED])
def test_cancelled_and_declined_hours_do_not_count(status: Status) -> None:
    assert scheduled(practice(), own(), own("2026-03-06 10:00", "2026-03-06 11:00", status=status)) == 0


@pytest.mark.parametrize(("week_start", "expected"), [("MO", 1.0), ("SU", 0.0)])
def test_the_week_is_that_of_the_policy(week_start: str, expected: float) -> None:
    sunday = own("2026-03-08 22:00", "2026-03-08 23:00")
    assert scheduled(practice(), own(), sunday, week_start=week_start) == expected


def test_a_session_counts_where_it_starts() -> None:
    over_midnight = own("2026-03-08 23:30", "2026-03-09 00:30")
    assert scheduled(practice(), own(), over_midnight) == 1.0


def test_a_series_counts_each_occurrence_of_the_month() -> None:
    cancelled = Override(on=at("2026-03-17 14:00"), status=Status.CANCELLED)
    longer = Override(on=at("2026-03-10 14:00"), start=at("2026-03-11 09:00"), end=at("2026-03-11 11:00"))
    weekly = own("2026-02-03 14:00", "2026-02-03 15:00", rrule="FREQ=WEEKLY", overrides=(longer, cancelled))
    # 3, 10 (moved, two hours), 24 and 31 March; 17 March is cancelled.
    assert scheduled(practice(per="month"), own(), weekly) == 5.0


def test_elapsed_hours_across_the_clock_change() -> None:
    assert scheduled(practice(), own(), own("2026-03-08 00:30", "2026-03-08 03:30")) == 2.0


def test_periods() -> None:
    day = date(2026, 2, 14)
    week, month, period = (
        Assignment(practitioner="", client="", service="", hours=1, per=per, from_=date(2026, 1, 1), to=None)
        for per in ("week", "month", "period")
    )
    assert period_of(week, day, "SU") == (date(2026, 2, 8), date(2026, 2, 14))
    assert period_of(month, day, "MO") == (date(2026, 2, 1), date(2026, 2, 28))
    assert period_of(month, date(2026, 12, 31), "MO") == (date(2026, 12, 1), date(2026, 12, 31))
    assert period_of(period, day, "MO") == (date(2026, 1, 1), day + timedelta(days=731))


def test_an_open_period_counts_everything_since_its_beginning() -> None:
    weekly = own("2026-02-03 14:00", "2026-02-03 15:00", rrule="FREQ=WEEKLY;COUNT=20")
    found = counted(weekly, (date(2026, 2, 10), date(2028, 1, 1)), PRACTICE.zone)
    assert found == 19.0


@pytest.mark.parametrize(
    ("per", "sentence"),
    [
        ("month", "1 h over the hours assigned this month"),
        ("period", "1 h over the hours assigned in this period"),
    ],
)
def test_the_sentence_names_the_period(per: str, sentence: str) -> None:
    start = at("2026-03-05 10:00")
    grown = move("2026-03-05 10:00", "2026-03-05 12:00")
    assert grown.start == start
    found = verdict_of(
        packs.find("provider_app"), row("R-HRS-1", "longer", own(), grown, "", hours=Hours(10, 9, per))
    )
    assert said(found) == sentence


def test_a_third_of_an_hour_is_told_in_two_digits() -> None:
    grown = move("2026-03-05 10:00", "2026-03-05 11:20")
    found = verdict_of(
        packs.find("provider_app"), row("R-HRS-1", "longer", own(), grown, "", hours=Hours(1, 0, "week"))
    )
    assert said(found) == "0.33 h over the hours assigned this week"
    assert timedelta(minutes=20) / timedelta(hours=1) == pytest.approx(1 / 3)
