"""From checked models to domain values: times in their zones, rules of recurrence, references that exist."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calgate.domain import recurrence
from calgate.domain.pattern import parse as parse_rule
from calgate.domain.policy import Policy, PolicyError, policy_from
from calgate.domain.practice import Assignment, Client, Location, Person, Practice, Service
from calgate.domain.session import (
    CLIENT_KINDS,
    DATED_KINDS,
    NO_DATE,
    Cancellation,
    Fact,
    Kind,
    Override,
    ScheduledBy,
    Session,
    Status,
)
from calgate.domain.telehealth import modifiers_at
from calgate.domain.when import Span, When, day_of, instant, is_day, key
from calgate.gate.practice_dates import dated_session
from calgate.gate.practice_file import LoadError, OccurrenceBody, OrganizationBody, SessionBody
from calgate.gate.practice_times import check_order, check_year, moment, zone_named

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Records:
    """What one organization's part of a file holds, as domain values; sessions come separately."""

    people: tuple[Person, ...]
    clients: tuple[Client, ...]
    services: tuple[Service, ...]
    locations: tuple[Location, ...]
    programmes: Mapping[str, str]
    assignments: tuple[Assignment, ...]


def check_policy(body: OrganizationBody, defaults: Policy, path: str) -> None:
    """The organization's own choices; LoadError names a wrong key or value."""
    try:
        policy_from(body.policy, defaults)
    except PolicyError as error:
        raise LoadError(f"{path}.policy", str(error)) from None


def records_of(body: OrganizationBody) -> Records:
    """The organization's people, clients, services, places, programmes and assignments."""
    return Records(
        people=tuple(
            Person(id=p.id, name=p.name or p.id, email=p.email, roles=frozenset(p.roles)) for p in body.people
        ),
        clients=tuple(Client(**c.model_dump()) for c in body.clients),
        services=tuple(Service(**s.model_dump()) for s in body.services),
        locations=tuple(Location(**each.model_dump()) for each in body.locations),
        programmes={p.id: p.name or p.id for p in body.programmes},
        assignments=tuple(Assignment(**a.model_dump()) for a in body.assignments),
    )


def check_assignments(records: Records, known: Practice, path: str) -> None:
    """Every assignment names people, clients and services that exist."""
    for i, each in enumerate(records.assignments):
        where = f"{path}.assignments[{i}]"
        _known(each.practitioner, known.people, f"{where}.practitioner", "person")
        _known(each.client, known.clients, f"{where}.client", "client")
        _known(each.service, known.services, f"{where}.service", "service")


def session_of(body: SessionBody, known: Practice, pack: str, uid: str, path: str) -> Session:
    """One session with its recurrence and occurrences. `known` holds every record of the organization."""
    zone = zone_named(body.timezone, f"{path}.timezone") if body.timezone else known.zone
    _references(body, known, path)
    span = _span(body, zone, path)
    by_org = body.scheduled_by == "org"
    session = Session(
        id=body.id,
        uid=uid,
        kind=Kind(body.kind),
        practitioner=body.practitioner,
        start=span.start,
        end=span.end,
        scheduled_by=ScheduledBy(body.scheduled_by),
        status=Status(body.status) if body.status else _first_status(body, pack),
        status_reason=body.status_reason,
        client=body.client,
        service=body.service,
        modifiers=modifiers_at(body.modifiers, None, body.location, known),
        location=body.location,
        room=body.room,
        title=body.title,
        instructions=body.instructions,
        telehealth_url=body.telehealth_url,
        busy=body.busy,
        reminders=body.reminders,
        medium=body.medium,
        contact_with=body.contact_with,
        diagnosis=(body.diagnosis,) if isinstance(body.diagnosis, str) else body.diagnosis,
        session_bridge=body.session_bridge,
        cancel=_cancellation(body.cancel, body.status),
        facts=frozenset(Fact(each) for each in body.facts),
        rrule=_rrule(body, span.start, zone, path),
        programmes=body.programmes,
        year_groups=tuple(str(each) for each in body.year_groups),
        consent=body.consent.model_dump(mode="json", exclude_none=True) if body.consent else {},
        original=span if by_org else None,
    )
    if session.kind in DATED_KINDS:
        return dated_session(session, body, zone, path)
    return _with_occurrences(session, body, zone, by_org, path)


def _known(value: str, records: Mapping[str, object], path: str, noun: str) -> None:
    if value not in records:
        raise LoadError(path, f"there is no {noun} '{value[:60]}'")


def _references(body: SessionBody, known: Practice, path: str) -> None:
    _known(body.practitioner, known.people, f"{path}.practitioner", "person")
    _common_references(body, known, path)
    for i, each in enumerate(body.occurrences):
        _common_references(each, known, f"{path}.occurrences[{i}]")
    for i, programme in enumerate(body.programmes):
        _known(programme, known.programmes, f"{path}.programmes[{i}]", "programme")
    if body.dates and Kind(body.kind) not in DATED_KINDS:
        raise LoadError(f"{path}.dates", "only a school or clinic session has several dates")
    if body.kind == "client_session" and body.service is None:
        raise LoadError(f"{path}.service", "a client session needs a service")
    if Kind(body.kind) in CLIENT_KINDS and body.client is None:
        raise LoadError(f"{path}.client", f"a {body.kind} needs a client")
    rooms: Collection[str] = known.locations[body.location].rooms if body.location else ()
    if body.room is not None and rooms and body.room not in rooms:
        raise LoadError(f"{path}.room", f"the location has no room '{body.room[:60]}'")


def _common_references(body: SessionBody | OccurrenceBody, known: Practice, path: str) -> None:
    if body.client is not None:
        _known(body.client, known.clients, f"{path}.client", "client")
    if body.service is not None:
        _known(body.service, known.services, f"{path}.service", "service")
    if body.location is not None:
        _known(body.location, known.locations, f"{path}.location", "location")


def _span(body: SessionBody, zone: ZoneInfo, path: str) -> Span:
    if body.start is None or body.end is None:
        if Kind(body.kind) in DATED_KINDS and body.start is None and body.end is None:
            return Span(NO_DATE, NO_DATE + timedelta(days=1))
        raise LoadError(f"{path}.{'start' if body.start is None else 'end'}", "is missing")
    start, end = moment(body.start, zone, f"{path}.start"), moment(body.end, zone, f"{path}.end")
    check_order(start, end, zone, path)
    return Span(start, end)


def _first_status(body: SessionBody, pack: str) -> Status:
    """Section 12, Defaults."""
    if pack == "provider_app" and body.scheduled_by == "self" and body.kind != "other_event":
        return Status.PENDING_VALIDATION
    return Status.REQUESTED if body.scheduled_by == "request" else Status.SCHEDULED


def _cancellation(body: object, status: str | None) -> Cancellation | None:
    if body is None:
        return Cancellation("other") if status == "cancelled" else None
    return Cancellation(getattr(body, "type", "") or "other", getattr(body, "reason", ""))


def _rrule(body: SessionBody, start: When, zone: ZoneInfo, path: str) -> str | None:
    repeat, path = body.repeat, f"{path}.repeat"
    if repeat is None:
        return None
    if (repeat.rrule is None) == (repeat.pattern is None):
        raise LoadError(path, "give either a pattern or an rrule")
    if repeat.rrule is not None:
        rule = repeat.rrule.removeprefix("RRULE:")
    elif repeat.pattern == "monthly_weekday":
        week = repeat.week or (start.day - 1) // 7 + 1
        rule = f"FREQ=MONTHLY;BYDAY={min(week, 4)}{WEEKDAYS[start.weekday()]}"
    elif repeat.pattern == "custom" and repeat.until is None:
        raise LoadError(f"{path}.until", "a custom pattern needs an end date")
    elif repeat.pattern == "weekly" and repeat.interval not in (1, 2, 4) and repeat.until is None:
        raise LoadError(f"{path}.interval", "a weekly pattern repeats every 1, 2 or 4 weeks")
    else:
        rule = f"FREQ=WEEKLY;INTERVAL={repeat.interval}" if repeat.interval > 1 else "FREQ=WEEKLY"
    if repeat.until is not None and "UNTIL" not in rule.upper():
        check_year(repeat.until, f"{path}.until")
        if repeat.until < day_of(start):
            raise LoadError(f"{path}.until", "the series ends before it starts")
        rule += f";UNTIL={_until(repeat.until, start, zone)}"
    try:
        parse_rule(rule)
        return recurrence.canonical(rule)
    except recurrence.RuleError as error:
        raise LoadError(path, str(error)) from None


def _until(day: date, start: When, zone: ZoneInfo) -> str:
    """UNTIL includes the whole last day; UTC when the series is timed (RFC 5545 section 3.3.10)."""
    if is_day(start):
        return f"{day:%Y%m%d}"
    return f"{datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _with_occurrences(
    session: Session, body: SessionBody, zone: ZoneInfo, by_org: bool, path: str
) -> Session:
    if body.occurrences and not session.is_series:
        raise LoadError(f"{path}.occurrences", "only a series has occurrences")
    overrides, seen = [], set[str]()
    for i, each in enumerate(body.occurrences):
        where = f"{path}.occurrences[{i}]"
        override = _override(each, session, zone, by_org, where)
        if key(override.on) in seen:
            raise LoadError(f"{where}.on", "this occurrence is there twice")
        seen.add(key(override.on))
        overrides.append(override)
    return _replace_overrides(session, overrides)


def _replace_overrides(session: Session, overrides: list[Override]) -> Session:
    for override in overrides:
        session = session.with_override(override)
    return session


def _override(body: OccurrenceBody, session: Session, zone: ZoneInfo, by_org: bool, path: str) -> Override:
    on = moment(body.on, zone, f"{path}.on")
    if not _is_start(session, on, zone):
        raise LoadError(f"{path}.on", f"the series has no occurrence that starts {body.on}")
    start = moment(body.start, zone, f"{path}.start") if body.start else None
    end = moment(body.end, zone, f"{path}.end") if body.end else None
    if (start is None) != (end is None):
        raise LoadError(f"{path}.{'start' if start is None else 'end'}", "is missing")
    if start is not None and end is not None:
        if is_day(start) != is_day(session.start):
            raise LoadError(f"{path}.start", "must be a time or a day, as the series has it")
        check_order(start, end, zone, path)
    return Override(
        on=on,
        start=start,
        end=end,
        status=Status(body.status) if body.status else None,
        cancel=_cancellation(body.cancel, body.status),
        facts=frozenset(Fact(each) for each in body.facts),
        title=body.title,
        client=body.client,
        service=body.service,
        location=body.location,
        room=body.room,
        instructions=body.instructions,
        telehealth_url=body.telehealth_url,
        busy=body.busy,
        original=Span(start, end) if by_org and start is not None and end is not None else None,
    )


def _is_start(session: Session, on: When, zone: ZoneInfo) -> bool:
    at = instant(on, zone)
    found = recurrence.starts(
        session.start,
        session.rrule,
        session.rdates,
        session.exdates,
        since=at,
        until=at + timedelta(seconds=1),
        limit=1,
    )
    return any(instant(each, zone) == at for each in found)
