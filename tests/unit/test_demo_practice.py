from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from calgate.demo.practice import WRITTEN_FOR, practice_at
from calgate.gate.practice_file import OrganizationBody, parse

MOMENTS = [
    "2026-03-02T00:30+00:00",
    "2026-03-08T23:59-05:00",
    "2027-01-01T12:00+00:00",
    "2028-02-29T08:00+13:00",
]


def days(value: Any) -> Iterator[date]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from days(each)
    elif isinstance(value, str):
        try:
            yield date.fromisoformat(value[:10])
        except ValueError:
            return


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_practice_file_is_valid_wherever_the_clock_is(moment: str) -> None:
    practice = parse(practice_at(datetime.fromisoformat(moment)))
    assert {each.pack for each in practice.organizations} == {"provider_app", "sessions_health", "mavis"}


@pytest.mark.parametrize("moment", MOMENTS)
def test_everything_moves_by_whole_weeks(moment: str) -> None:
    written, moved = (
        practice_at(datetime(2026, 3, 4, tzinfo=UTC)),
        practice_at(datetime.fromisoformat(moment)),
    )
    for a, b in zip(written["organizations"], moved["organizations"], strict=True):
        shifts = {(y - x).days for x, y in zip(days(a), days(b), strict=True)}
        assert len(shifts) == 1 and shifts.pop() % 7 == 0


def test_this_week_is_the_week_of_the_clock_in_each_zone() -> None:
    # Monday 01:00 in London is Sunday evening in New York.
    practice = practice_at(datetime(2026, 3, 9, 1, tzinfo=UTC))
    riverside, _, northdown = parse(practice).organizations
    assert riverside.sessions[0].start == f"{WRITTEN_FOR.replace(day=3)}T10:00"
    assert northdown.sessions[0].dates[0] == date(2026, 3, 31)


def test_it_has_something_of_everything() -> None:
    practice = parse(practice_at(datetime(2026, 3, 2, 14, tzinfo=UTC)))
    sessions = [session for organization in practice.organizations for session in organization.sessions]
    facts = {fact for each in sessions for fact in each.facts}
    occurrence_facts = {fact for each in sessions for on in each.occurrences for fact in on.facts}
    assert {"note_signed", "attendance", "bookings"} <= facts
    assert {"billing_started", "payment_applied", "claim"} <= occurrence_facts
    assert {"cancelled", "requested", "declined", "validating", "submitted"} <= {
        each.status for each in sessions
    }
    kinds = {"client_contact", "collateral_contact", "other_event", "school_session", "clinic_session"}
    assert kinds <= {each.kind for each in sessions}


def test_everybody_has_a_login() -> None:
    people = [person for each in _organizations() for person in each.people]
    assert len({person.id for person in people}) == len(people)
    assert all(person.password for person in people)


def _organizations() -> tuple[OrganizationBody, ...]:
    return parse(practice_at(datetime(2026, 3, 2, 14, tzinfo=UTC))).organizations
