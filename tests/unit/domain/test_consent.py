"""Days that follow from a session's dates (R-DAT-2, 3, 4, 6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calgate.domain.apply import apply
from calgate.domain.change import AddDate, Delete, Move
from calgate.domain.consent import (
    ConsentDays,
    Progress,
    academic_year,
    consent_days,
    has_opened,
    months_before,
    next_turn,
    opens_on,
    progress,
    wrong_days,
)
from calgate.domain.policy import PolicyError, policy_from
from calgate.domain.session import Session, Status
from calgate.domain.texts import consent_line, status_line
from calgate_packs.tables.schools import PRACTICE, ZONE, clinic, day, hours, moved, school

BEFORE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def d(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str, zone: ZoneInfo = ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_the_usual_days() -> None:
    found = consent_days(school("2026-04-16", "2026-04-23"))
    assert found is not None
    assert found.opens_on == d("2026-03-26")
    assert found.reminders_on == (d("2026-04-09"), d("2026-04-16"))
    assert found.closes_on == d("2026-04-22")
    assert found.session_reminders_on == (d("2026-04-15"), d("2026-04-22"))


def test_days_across_a_leap_day_and_a_new_year() -> None:
    leap = consent_days(school("2028-03-01"))
    assert leap is not None
    assert (leap.opens_on, leap.reminders_on, leap.closes_on) == (
        d("2028-02-09"),
        (d("2028-02-23"),),
        d("2028-02-29"),
    )
    january = consent_days(school("2027-01-05"))
    assert january is not None
    assert (january.opens_on, january.closes_on) == (d("2026-12-15"), d("2027-01-04"))


def test_what_the_practice_set() -> None:
    session = school("2026-04-16", "2026-04-23", consent={"requests_on": "2026-03-02", "reminder_weeks": 2})
    found = consent_days(session)
    assert found is not None
    assert found.opens_on == d("2026-03-02")
    assert found.reminders_on == (d("2026-04-02"), d("2026-04-09"))


def test_several_periods_on_a_day_are_one_day() -> None:
    session = clinic(hours("2026-04-16"), hours("2026-04-16", "14:00", "16:00"), hours("2026-04-17"))
    assert consent_days(session) == ConsentDays(
        opens_on=d("2026-03-26"),
        reminders_on=(d("2026-04-09"), d("2026-04-10")),
        closes_on=d("2026-04-16"),
        session_reminders_on=(d("2026-04-15"), d("2026-04-16")),
    )
    assert consent_line(session) == "Invitations: from 26 March 2026 to 16 April 2026"


def test_an_unscheduled_session_has_no_days() -> None:
    none = apply(school("2026-04-16"), Delete(on=d("2026-04-16")), False, PRACTICE, BEFORE)
    assert none is not None
    assert (consent_days(none), consent_line(none)) == (None, "")
    assert not has_opened(none, BEFORE, ZONE)


@pytest.mark.parametrize(
    ("now", "opened"),
    [("2026-03-25T23:59:59", False), ("2026-03-26T00:00:00", True), ("2026-04-30T00:00:00", True)],
)
def test_requests_have_gone_out_from_the_first_day_on(now: str, opened: bool) -> None:
    assert has_opened(school(), at(now), ZONE) is opened


def test_the_day_is_the_organizations() -> None:
    # 26 March has begun in London (winter time), and not yet in New York.
    now = datetime(2026, 3, 26, 0, 30, tzinfo=UTC)
    assert has_opened(school(), now, ZONE)
    assert not has_opened(school(), now, ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-05-31", 3, "2026-02-28"),
        ("2028-05-31", 3, "2028-02-29"),
        ("2026-01-15", 3, "2025-10-15"),
        ("2026-03-01", 3, "2025-12-01"),
        ("2026-12-31", 1, "2026-11-30"),
        ("2027-01-31", 12, "2026-01-31"),
    ],
)
def test_months_before(day: str, months: int, expected: str) -> None:
    assert months_before(d(day), months) == d(expected)


@pytest.mark.parametrize(
    ("day", "start", "first", "last"),
    [
        ("2026-08-31", "09-01", "2025-09-01", "2026-08-31"),
        ("2026-09-01", "09-01", "2026-09-01", "2027-08-31"),
        ("2028-02-29", "09-01", "2027-09-01", "2028-08-31"),
        ("2028-02-29", "03-01", "2027-03-01", "2028-02-29"),
        ("2026-01-01", "01-01", "2026-01-01", "2026-12-31"),
    ],
)
def test_academic_years(day: str, start: str, first: str, last: str) -> None:
    assert academic_year(d(day), start) == (d(first), d(last))


@pytest.mark.parametrize("wrong", ["", "9-1", "13-01", "02-29", "2026-09-01", "sept"])
def test_the_academic_year_begins_on_a_day_that_every_year_has(wrong: str) -> None:
    with pytest.raises(PolicyError, match="academic_year_start"):
        policy_from({"academic_year_start": wrong})
    assert policy_from({"academic_year_start": "08-15"}).academic_year_start == "08-15"


@pytest.mark.parametrize(
    ("consent", "fine"),
    [
        ({}, True),
        ({"requests_on": "2026-04-08"}, True),
        ({"requests_on": "2026-04-09"}, False),
        ({"requests_on": "2026-01-16"}, True),
        ({"requests_on": "2026-01-15"}, False),
        ({"reminder_weeks": 2}, True),
        ({"reminder_weeks": 3}, False),
        ({"reminder_weeks": 0}, False),
        ({"requests_on": "2026-03-01", "reminder_weeks": 6}, True),
        ({"requests_on": "2026-03-05", "reminder_weeks": 6}, False),
    ],
)
def test_the_range_of_consent_days(consent: dict[str, Any], fine: bool) -> None:
    assert (wrong_days(school(consent=consent)) == "") is fine


def test_progress() -> None:
    session = school("2026-04-16", "2026-04-23")
    assert [
        progress(session, d(each)) for each in ("2026-04-15", "2026-04-16", "2026-04-17", "2026-04-24")
    ] == [
        Progress.SCHEDULED,
        Progress.IN_PROGRESS,
        Progress.SCHEDULED,
        Progress.COMPLETED,
    ]
    night = clinic(hours("2026-04-16", "20:00", "23:59"))
    assert progress(night, d("2026-04-17")) is Progress.COMPLETED
    assert status_line(session, d("2026-04-24")) == "Status: Completed"
    assert status_line(session) == "Status: Scheduled"
    cancelled = school("2026-04-16", status=Status.CANCELLED)
    assert status_line(cancelled, d("2026-04-24")) == "Status: Cancelled"


def test_progress_turns_at_midnight_where_the_organization_is() -> None:
    session = school("2026-03-28", "2026-03-29")
    turns = []
    now = datetime(2026, 3, 2, tzinfo=UTC)
    while (turn := next_turn(session, now, ZONE)) is not None:
        turns.append(turn)
        now = turn
    # Summer time begins on the 29th, a day of 23 hours.
    assert turns == [datetime(2026, 3, day, tzinfo=UTC) for day in (28, 29)] + [
        datetime(2026, 3, 29, 23, tzinfo=UTC)
    ]
    assert next_turn(school("2026-03-28", status=Status.CANCELLED), BEFORE, ZONE) is None


def laid(session: Session, *changes: Any, now: datetime = BEFORE) -> Session:
    current: Session | None = session
    for change in changes:
        current = apply(current, change, False, PRACTICE, now)
    assert current is not None
    return current


def test_a_moved_first_date_takes_its_consent_days_along() -> None:
    first = day("2026-04-16")
    later = laid(school(consent={"requests_on": "2026-03-20"}), moved(day("2026-04-20"), first))
    assert (later.consent, opens_on(later)) == ({}, d("2026-03-30"))
    last = laid(school(consent={"requests_on": "2026-03-20"}), Delete(on=d("2026-04-30")))
    assert opens_on(last) == d("2026-03-20")
    weeks = laid(
        school(consent={"requests_on": "2026-02-27", "reminder_weeks": 4}),
        moved(day("2026-05-01"), first),
        now=BEFORE - timedelta(days=10),
    )
    assert (weeks.consent, wrong_days(weeks)) == ({}, "")


def test_requests_that_went_out_keep_their_day_whatever_follows() -> None:
    now = at("2026-03-27T09:00")
    first = day("2026-04-16")
    later = laid(school(), moved(day("2026-05-14"), first), now=now)
    assert (opens_on(later), later.requested_on) == (d("2026-03-26"), d("2026-03-26"))
    empty = laid(later, *(Delete(on=each.start) for each in later.dates), now=now)
    again = laid(empty, AddDate(d("2026-06-04"), d("2026-06-05")), now=now)
    assert (opens_on(again), len(again.dates)) == (d("2026-03-26"), 1)
    assert has_opened(empty, now, ZONE)


def test_a_reminder_before_the_requests_is_none() -> None:
    now = at("2026-03-27T09:00")
    sooner = laid(school(), Move(d("2026-03-30"), d("2026-03-31"), on=d("2026-04-16")), now=now)
    found = consent_days(sooner)
    assert found is not None
    assert found.reminders_on == (d("2026-04-16"), d("2026-04-23"))
