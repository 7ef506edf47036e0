"""What a judgement asks the store about other sessions: double booking, and hours already scheduled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from calgate.domain import hours as counting
from calgate.domain import recurrence
from calgate.domain.case import Actor, Hours
from calgate.domain.change import Change
from calgate.domain.dates import each_date
from calgate.domain.practice import Assignment, Practice
from calgate.domain.session import Kind, Session
from calgate.domain.taken import Taken
from calgate.domain.week import local_day
from calgate.domain.when import When, elapsed, plus, zone_of
from calgate.gate.cases import Lookups, in_question, since, span
from calgate.gate.copies import HORIZON
from calgate.gate.office import Office
from calgate.store import sessions
from calgate.store.occurrences import Occurrence

NOTHING = Lookups(overlaps=lambda *_: (), hours=lambda *_: None)
"""For a judgement that asks nothing of other sessions."""


def lookups(
    office: Office,
    practice: Practice,
    actor: Actor,
    now: datetime,
    was: Session | None = None,
    counted: tuple[Session, ...] = (),
) -> Lookups:
    """Both look-ups for one write on the session that `was`; hours only where the pack counts them. Nobody
    warns the organization of its own plans, so for it nothing is looked up. `counted` are sessions as the
    write leaves them."""
    if actor.role == "org":
        return NOTHING
    counts = any(rule.id.startswith("R-HRS") for rule in office.pack.rules)

    def overlaps_of(after: Session, change: Change, rest: Session | None) -> tuple[Session, ...]:
        others = (*counted, rest) if rest else counted
        return overlaps(office, after, in_question(after, change, was, now, practice), practice, others)

    def hours_of(
        after: Session, change: Change, before: Session | None, rest: Session | None
    ) -> Hours | None:
        if not counts:
            return None
        if after.is_series:
            return _fullest(office, after, before, practice, since(change, now), now + HORIZON, counted)
        return scheduled_hours(office, after, practice, (*counted, rest) if rest else counted)

    return Lookups(overlaps=overlaps_of, hours=hours_of)


def overlaps(
    office: Office,
    session: Session,
    asked: Iterable[Session],
    practice: Practice,
    counted: tuple[Session, ...] = (),
) -> tuple[Session, ...]:
    """The practitioner's other sessions at the times of these occurrences of one, each as the occurrence in
    question; `counted` are such as the write leaves them."""
    home = office.home(session.practitioner)
    spans = [span(each, practice) for each in asked]
    if home is None or not spans:
        return ()
    taken = Taken(spans)
    changed = {each.id for each in counted}
    there = [
        _occurrence(other, row, practice)
        for row, other in sessions.busy_in(office.tx, office.org, home.id, taken, session.id)
        if other.id not in changed
    ]
    return (*there, *(each for other in counted for each in _meeting(other, taken, practice)))


def _occurrence(session: Session, row: Occurrence, practice: Practice) -> Session:
    """What a row of the index stands for, as a session of its own."""
    if session.dates:
        here = (each for each in each_date(session) if span(each, practice)[0] == row.starts_at)
        return next(here, session)
    if not session.is_series:
        return session
    on: When = date.fromisoformat(row.on[:8])
    if isinstance(session.start, datetime):
        on = datetime.fromisoformat(row.on).astimezone(session.start.tzinfo)
    return session.at(on, plus(on, elapsed(session.start, session.end)))


def _with_counted(found: list[Session], session: Session, counted: tuple[Session, ...]) -> list[Session]:
    """Other sessions than this one, those of the write as it leaves them."""
    changed = {session.id, *(each.id for each in counted)}
    return [*(each for each in found if each.id not in changed), *counted]


def _meeting(other: Session, taken: Taken, practice: Practice) -> list[Session]:
    window = datetime.fromtimestamp(taken.first, UTC), datetime.fromtimestamp(taken.last, UTC)
    occurring = list(each_date(other)) or recurrence.occurrences(other, *window, practice.zone)
    return [each for each in occurring if taken.meets(*span(each, practice))]


def _fullest(
    office: Office,
    series: Session,
    before: Session | None,
    practice: Practice,
    since: datetime,
    until: datetime,
    counted: tuple[Session, ...],
) -> Hours | None:
    """As scheduled_hours, of a series from `since` to `until`: in the week (month, period) that it fills
    most, among those in which it has more hours than before if there are any."""
    if series.kind is not Kind.CLIENT_SESSION:
        return None
    zone, key = practice.zone, counting.key_of(series)
    days = counting.tallied([series], (since.date(), until.date()), zone, key).days
    periods = counting.periods(practice, series, days, office.policy.week_start)
    if not periods:
        return None
    span_ = min(first for first, _ in periods), max(last for _, last in periods)
    found = _assigned_in(office, next(iter(periods.values())), span_, practice, series.id)
    others, had, own = (
        counting.tallied(each, span_, zone, key)
        for each in (_with_counted(found, series, counted), [before] if before else [], [series])
    )

    def filled(period: tuple[date, date]) -> tuple[bool, float]:
        added, hours = own.within(period) > had.within(period), own.within(period) + others.within(period)
        return added, hours - periods[period].hours

    fullest = max(periods, key=filled)
    assignment = periods[fullest]
    return Hours(assignment.hours, others.within(fullest), assignment.per, fullest)


def _assigned_in(
    office: Office, assignment: Assignment, period: tuple[date, date], practice: Practice, but: str
) -> list[Session]:
    """The sessions of an assignment in a period, without that of id `but`."""
    assigned = assignment.practitioner, assignment.client, assignment.service
    window = counting.window_of(period, practice.zone)
    return sessions.of_assignment(office.tx, office.org, assigned, *window, but)


def scheduled_hours(
    office: Office, session: Session, practice: Practice, counted: tuple[Session, ...] = ()
) -> Hours | None:
    """Hours assigned and scheduled where the session falls, the session itself left out; None without an
    assignment."""
    if session.kind is not Kind.CLIENT_SESSION:
        return None
    assignment = counting.assignment_of(practice, session)
    if assignment is None:
        return None
    day = local_day(session.start, zone_of(session.start, practice.zone))
    period = counting.period_of(assignment, day, office.policy.week_start)
    found = _assigned_in(office, assignment, period, practice, session.id)
    others = _with_counted(found, session, counted)
    return counting.hours(practice, session, others, office.policy.week_start)


def shown_hours(
    office: Office, session: Session, practice: Practice, now: datetime, known: Hours | None = None
) -> Hours | None:
    """What a copy says of hours: as scheduled_hours, with the session's own counted in.

    A series is asked about at its next occurrence. `known`: what scheduled_hours told of the
    session as it is.
    """
    if not any(rule.id.startswith("R-HRS") for rule in office.pack.rules):
        return None
    at = _next(session, practice, now)
    before = known if known and not session.is_series else scheduled_hours(office, at, practice)
    if before is None:
        return None
    own = counting.hours(practice, at, [session], office.policy.week_start)
    return replace(before, scheduled=before.scheduled + own.scheduled) if own else before


def _next(session: Session, practice: Practice, now: datetime) -> Session:
    if not session.is_series:
        return session
    for days in (8, 62):  # most series are weekly: the others need not be made
        coming = recurrence.occurrences(session, now, now + timedelta(days=days), practice.zone)
        if coming:
            return coming[0]
    return session.at(session.start, session.end)
