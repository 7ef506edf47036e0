"""A small practice in New York on Tuesday 3 March 2026, 9:00, and short ways to write sessions and changes.

Clocks go forward there on Sunday 8 March 2026 and back on Sunday 1 November 2026.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from calgate.domain.case import Hours
from calgate.domain.change import Change, Move
from calgate.domain.practice import Assignment, Client, Location, Person, Practice, Service
from calgate.domain.scenario import Scenario, World
from calgate.domain.session import Kind, Override, ScheduledBy, Session, Status
from calgate.domain.when import Span, When

ZONE = ZoneInfo("America/New_York")
_Timed = TypeVar("_Timed", Session, Move)


def at(text: str) -> When:
    """`2026-03-05 10:00` in New York, or a day."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE) if ":" in text else date.fromisoformat(text)


def instant(text: str) -> datetime:
    """A time in New York."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


PRACTICE = Practice(
    id="riverside",
    name="Riverside Therapy",
    pack="",
    zone=ZONE,
    people={"ada": Person(id="ada", name="Ada Moss")},
    clients={each: Client(id=each, internal_id=each.upper()) for each in ("c-101", "c-102", "c-103")},
    services={"97153": Service(id="97153"), "97155": Service(id="97155")},
    locations={
        "main": Location(id="main", name="Main office", place_of_service="11"),
        "online": Location(id="online", name="Telehealth", place_of_service="02", type="telehealth"),
    },
    assignments=(
        Assignment(practitioner="ada", client="c-101", service="97153", hours=2, per="week"),
        Assignment(
            practitioner="ada",
            client="c-102",
            service="97153",
            hours=8,
            per="month",
            from_=date(2026, 3, 1),
            to=date(2026, 5, 31),
        ),
    ),
)
WORLD = World(PRACTICE, "ada", instant("2026-03-03 09:00"))

THURSDAY = ("2026-03-05 10:00", "2026-03-05 11:00")
MONDAY = ("2026-03-02 10:00", "2026-03-02 11:00")


def own(start: str = THURSDAY[0], end: str = THURSDAY[1], **fields: Any) -> Session:
    """A client session that the practitioner scheduled, Thursday 10:00 to 11:00."""
    plain: dict[str, Any] = {"client": "c-101", "service": "97153", "location": "main"}
    return Session(
        id="s-1",
        uid="s-1@example",
        practitioner="ada",
        start=at(start),
        end=at(end),
        **{"kind": Kind.CLIENT_SESSION, **plain, **fields},
    )


def past(**fields: Any) -> Session:
    """The same on Monday, the day before."""
    return own(*MONDAY, **fields)


def org(start: str = THURSDAY[0], end: str = THURSDAY[1], **fields: Any) -> Session:
    """A session that the organization scheduled there."""
    original = fields.pop("original", Span(at(start), at(end)))
    return own(start, end, scheduled_by=ScheduledBy.ORG, original=original, **fields)


def past_org(**fields: Any) -> Session:
    """The same on Monday, the day before."""
    return org(*MONDAY, **fields)


def series(*overrides: Override, rrule: str = "FREQ=WEEKLY", **fields: Any) -> Session:
    """An own weekly series, Tuesdays at 14:00 since 3 February."""
    session = own("2026-02-03 14:00", "2026-02-03 15:00", rrule=rrule, **fields)
    return replace(session, overrides=overrides)


def org_series(start: str = "2026-03-05 10:00", end: str = "2026-03-05 11:00", **fields: Any) -> Session:
    """A weekly series that the organization scheduled, Thursdays from 5 March."""
    return org(start, end, **{"rrule": "FREQ=WEEKLY", **fields})


def event(start: str = THURSDAY[0], end: str = THURSDAY[1], **fields: Any) -> Session:
    """The practitioner's own event, without a client."""
    return own(
        start,
        end,
        kind=Kind.OTHER_EVENT,
        client=None,
        service=None,
        location=None,
        title="Team meeting",
        **fields,
    )


def move(start: str, end: str, on: str | None = None) -> Move:
    """New times, of one occurrence when `on` is given."""
    return Move(at(start), at(end), on=at(on) if on else None)


def abroad(of: _Timed) -> _Timed:
    """The same instants, written in the zone of Berlin."""
    zone = ZoneInfo("Europe/Berlin")
    start, end = of.start, of.end
    assert isinstance(start, datetime)
    assert isinstance(end, datetime)
    return replace(of, start=start.astimezone(zone), end=end.astimezone(zone))


def row(
    rules: str,
    situation: str,
    session: Session | None,
    write: Change | tuple[Change, ...],
    expect: str,
    sentence: str = "",
    **more: Any,
) -> Scenario:
    """One scenario in this practice."""
    changes = write if isinstance(write, tuple) else (write,)
    return Scenario(rules, situation, session, changes, expect, WORLD, sentence, **more)


def two_hours(scheduled: float) -> Hours:
    """Two hours a week assigned, so many scheduled beside the session in question."""
    return Hours(2, scheduled, "week")


CANCELLED = {"status": Status.CANCELLED}
