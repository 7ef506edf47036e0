"""What a judgement asks the store about other sessions: double booking, and hours already scheduled."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from calgate.domain import hours as counting
from calgate.domain import recurrence
from calgate.domain.case import Actor, Hours
from calgate.domain.dates import each_date
from calgate.domain.practice import Practice
from calgate.domain.session import Kind, Session
from calgate.domain.week import local_day
from calgate.domain.when import end_instant, instant, zone_of
from calgate.gate.cases import Lookups, upcoming
from calgate.gate.office import Office
from calgate.store import occurrences, resources, sessions


def lookups(
    office: Office, practice: Practice, actor: Actor, now: datetime, counted: tuple[Session, ...] = ()
) -> Lookups:
    """Both look-ups for one write; hours only where the pack counts them. Nobody warns the
    organization of its
    own plans, so for it nothing is looked up. `counted` are sessions as the write leaves them."""
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
    office: Office, session: Session, practice: Practice, now: datetime, counted: tuple[Session, ...] = ()
) -> tuple[Session, ...]:
    """The practitioner's other sessions at the times of this one, each as the occurrence in question."""
    home = office.home(session.practitioner)
    spans = [_span(each, practice) for each in upcoming(session, now, practice)]
    if home is None or not spans:
        return ()
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    rows = occurrences.between(office.tx, office.org, home.id, int(first.timestamp()), int(last.timestamp()))
    busy = {
        row.resource_id
        for row in rows
        if row.busy
        and any(row.starts_at < end.timestamp() and row.ends_at > start.timestamp() for start, end in spans)
    }
    copies = resources.by_ids(office.tx, office.org, busy) if busy else []
    others = {copy.session_id for copy in copies if copy.session_id not in (None, session.id)}
    found = _as_left(
        sessions.get_many(office.tx, office.org, [each for each in others if each]), session, counted
    )
    return tuple(each for other in found for each in _meeting(other, spans, practice))


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
    found = sessions.of_assignment(
        office.tx, office.org, assignment.practitioner, assignment.client, assignment.service, since, until
    )
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
