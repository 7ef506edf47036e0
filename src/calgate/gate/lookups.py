"""What a judgement asks the store about other sessions: double booking, and hours already scheduled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from calgate.domain import hours as counting
from calgate.domain import recurrence
from calgate.domain.case import Actor, Hours
from calgate.domain.dates import each_date
from calgate.domain.practice import Practice
from calgate.domain.session import Kind, Session
from calgate.domain.week import local_day
from calgate.domain.when import When, elapsed, end_instant, instant, plus, zone_of
from calgate.gate.cases import Lookups, upcoming
from calgate.gate.office import Office
from calgate.store import sessions
from calgate.store.occurrences import Occurrence


def lookups(
    office: Office,
    practice: Practice,
    actor: Actor,
    now: datetime,
    counted: tuple[Session, ...] = (),
) -> Lookups:
    """Both look-ups for one write; hours only where the pack counts them. Nobody warns the organization of
    its own plans, so for it nothing is looked up. `counted` are sessions as the write leaves them."""
    if actor.role == "org":
        return Lookups(overlaps=lambda _: (), hours=lambda *_: None)
    counts = any(rule.id.startswith("R-HRS") for rule in office.pack.rules)
    return Lookups(
        overlaps=lambda after: overlaps(office, after, practice, now, counted),
        hours=lambda after, rest: (
            _fullest(office, after, practice, now, (*counted, rest) if rest else counted) if counts else None
        ),
    )


def overlaps(
    office: Office,
    session: Session,
    practice: Practice,
    now: datetime,
    counted: tuple[Session, ...] = (),
) -> tuple[Session, ...]:
    """The practitioner's other sessions at the times of this one, each as the occurrence in question."""
    home = office.home(session.practitioner)
    spans = [_span(each, practice) for each in upcoming(session, now, practice)]
    if home is None or not spans:
        return ()
    seconds = [(int(start.timestamp()), int(end.timestamp())) for start, end in spans]
    changed = {each.id for each in counted}
    there = [
        _occurrence(other, row, practice)
        for row, other in sessions.busy_in(office.tx, office.org, home.id, seconds, session.id)
        if other.id not in changed
    ]
    return (*there, *(each for other in counted for each in _meeting(other, spans, practice)))


def _occurrence(session: Session, row: Occurrence, practice: Practice) -> Session:
    """What a row of the index stands for, as a session of its own."""
    if session.dates:
        here = (each for each in each_date(session) if _span(each, practice)[0].timestamp() == row.starts_at)
        return next(here, session)
    if not session.is_series:
        return session
    on: When = date.fromisoformat(row.on[:8])
    if isinstance(session.start, datetime):
        on = datetime.fromisoformat(row.on).astimezone(session.start.tzinfo)
    return session.at(on, plus(on, elapsed(session.start, session.end)))


def _as_left(found: list[Session], session: Session, counted: tuple[Session, ...]) -> list[Session]:
    """Other sessions than this one, those of the write as it leaves them."""
    changed = {session.id, *(each.id for each in counted)}
    return [*(each for each in found if each.id not in changed), *counted]


def _meeting(other: Session, spans: list[tuple[datetime, datetime]], practice: Practice) -> list[Session]:
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    occurring = list(each_date(other)) or recurrence.occurrences(other, first, last, practice.zone)
    return [
        each
        for each in occurring
        if any(
            begin < end and finish > start
            for start, end in spans
            for begin, finish in [_span(each, practice)]
        )
    ]


def _span(session: Session, practice: Practice) -> tuple[datetime, datetime]:
    return instant(session.start, practice.zone), end_instant(session.end, practice.zone)


def _fullest(
    office: Office, session: Session, practice: Practice, now: datetime, counted: tuple[Session, ...]
) -> Hours | None:
    """As scheduled_hours; of a series, in the coming week (month, period) that it fills most."""
    coming = upcoming(session, now, practice) if session.is_series else []
    found: dict[object, tuple[float, Hours]] = {}
    for each in coming or [session.at(session.start, session.end) if session.is_series else session]:
        hours = _known(found, each, practice) or scheduled_hours(office, each, practice, counted)
        if hours is not None and hours.period not in found and hours.period is not None:
            own = counting.counted(session, hours.period, practice.zone)
            found[hours.period] = (hours.scheduled + own - hours.assigned, hours)
    return max(found.values(), key=lambda each: each[0])[1] if found else None


def _known(found: dict[object, tuple[float, Hours]], session: Session, practice: Practice) -> Hours | None:
    """The hours of a period that was asked about already."""
    day = local_day(session.start, zone_of(session.start, practice.zone))
    return next(
        (each for _, each in found.values() if each.period and each.period[0] <= day <= each.period[1]), None
    )


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
    since, until = counting.window_of(period, practice.zone)
    assigned = assignment.practitioner, assignment.client, assignment.service
    found = sessions.of_assignment(office.tx, office.org, assigned, since, until, session.id)
    others = _as_left(found, session, counted)
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
    coming = recurrence.occurrences(session, now, now + timedelta(days=62), practice.zone)
    return coming[0] if coming else session.at(session.start, session.end)
