"""Hours assigned and scheduled per week, month or assignment period (R-HRS-1)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from calgate.domain.case import Hours
from calgate.domain.practice import Assignment, Practice
from calgate.domain.recurrence import changed, unchanged_starts
from calgate.domain.session import Session, Status
from calgate.domain.week import local_day, month_of, week_of
from calgate.domain.when import TWO_YEARS, elapsed, zone_of

UNCOUNTED = frozenset({Status.CANCELLED, Status.DECLINED})
"""What takes nobody's time."""
OPEN = TWO_YEARS
"""How far a period without a first or last day is counted: two years, as far as occurrences are kept."""
_HOUR = timedelta(hours=1)


def assignment_of(practice: Practice, session: Session) -> Assignment | None:
    """The assignment that a session falls under: its practitioner, client and service, on its day."""
    day = local_day(session.start, zone_of(session.start, practice.zone))
    return next((each for each in practice.assignments if covers(each, session, day)), None)


def covers(assignment: Assignment, session: Session, day: date) -> bool:
    """Whether the assignment is for this practitioner, client and service and holds on `day`."""
    who = (assignment.practitioner, assignment.client, assignment.service)
    if who != (session.practitioner, session.client, session.service):
        return False
    return (assignment.from_ or day) <= day <= (assignment.to or day)


def period_of(assignment: Assignment, day: date, week_start: str) -> tuple[date, date]:
    """First and last day (inclusive) of the week, month or period of `day` that the hours are counted in."""
    if assignment.per == "week":
        first = week_of(day, week_start)
        return first, first + timedelta(days=6)
    if assignment.per == "month":
        first = month_of(day)
        return first, month_of(first + timedelta(days=31)) - timedelta(days=1)
    return assignment.from_ or day - OPEN, assignment.to or day + OPEN


def window_of(period: tuple[date, date], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The UTC instants between which sessions of the period start, two days wider for other zones."""
    slack = timedelta(days=2)
    return (
        datetime.combine(period[0] - slack, time(), zone).astimezone(UTC),
        datetime.combine(period[1] + slack, time(), zone).astimezone(UTC),
    )


def length(session: Session) -> float:
    """Hours that one occurrence lasts, elapsed."""
    return elapsed(session.start, session.end) / _HOUR


def counted(
    session: Session, period: tuple[date, date], zone: ZoneInfo, key: tuple[str | None, ...] | None = None
) -> float:
    """Hours of a session, or of a series' occurrences, that start within the period and count (R-HRS-1); with
    `key` those of that practitioner, client and service only."""
    found = each_day(session, period, zone, key)
    return sum(hours for day, hours in found if period[0] <= day <= period[1])


def each_day(
    session: Session, period: tuple[date, date], zone: ZoneInfo, key: tuple[str | None, ...] | None = None
) -> Iterator[tuple[date, float]]:
    """The days on which a session or a series' occurrences start, and their hours, as far as they count: all
    of the period, maybe others near it; `key` as in `counted`."""
    alone = [session]
    if session.is_series:
        window = window_of(period, zone)
        alone = changed(session, *window, zone)
        if session.status not in UNCOUNTED and key in (None, key_of(session)):
            hours = length(session)
            for each in unchanged_starts(session, *window):
                yield local_day(each, zone_of(each, zone)), hours
    for one in alone:
        if one.status not in UNCOUNTED and key in (None, key_of(one)):
            yield local_day(one.start, zone_of(one.start, zone)), length(one)


class Tally:
    """The hours of sessions by day, to be summed up for many periods."""

    def __init__(self, days: Iterable[tuple[date, float]]) -> None:
        ordered = sorted(days)
        self.days = [day for day, _ in ordered]
        self._sums = [0.0, *accumulate(hours for _, hours in ordered)]

    def within(self, period: tuple[date, date]) -> float:
        """The hours in one period."""
        first, last = bisect_left(self.days, period[0]), bisect_right(self.days, period[1])
        return self._sums[last] - self._sums[first]


def tallied(
    sessions: Iterable[Session], period: tuple[date, date], zone: ZoneInfo, key: tuple[str | None, ...]
) -> Tally:
    """The hours of these sessions in a long period."""
    return Tally(found for each in sessions for found in each_day(each, period, zone, key))


def periods(
    practice: Practice, session: Session, days: Iterable[date], week_start: str
) -> dict[tuple[date, date], Assignment]:
    """The weeks, months or periods in which a series is on these days, which come in order, as far as hours
    are assigned for it."""
    found: dict[tuple[date, date], Assignment] = {}
    last = date.min
    for day in days:
        assignment = next((each for each in practice.assignments if covers(each, session, day)), None)
        if day > last and assignment is not None:
            period = period_of(assignment, day, week_start)
            found[period], last = assignment, period[1]
    return found


def hours(practice: Practice, session: Session, others: Iterable[Session], week_start: str) -> Hours | None:
    """Assigned and scheduled hours where `session` falls; None without an assignment.

    `others` are the practitioner's sessions, series or single occurrences of that time; the one in question
    is left out by the caller.
    """
    assignment = assignment_of(practice, session)
    if assignment is None:
        return None
    zone = practice.zone
    day = local_day(session.start, zone_of(session.start, zone))
    period = period_of(assignment, day, week_start)
    key = key_of(session)
    return Hours(
        assignment.hours, sum(counted(each, period, zone, key) for each in others), assignment.per, period
    )


def key_of(session: Session) -> tuple[str | None, ...]:
    """What hours are assigned for."""
    return session.practitioner, session.client, session.service
