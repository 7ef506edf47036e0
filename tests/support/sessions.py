"""One small practice and sessions in it, as the tests of the domain use them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from calgate.domain.apply import apply
from calgate.domain.change import Change
from calgate.domain.diff import diff
from calgate.domain.disclosure import show
from calgate.domain.event import Document
from calgate.domain.policy import Policy
from calgate.domain.practice import Client, Location, Practice, Service
from calgate.domain.session import Kind, Session
from calgate.domain.when import When, plus

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
POLICY = Policy()
PRACTICE = Practice(
    id="o",
    name="Practice",
    pack="sessions_health",
    zone=NEW_YORK,
    clients={
        "c1": Client(id="c1", first_name="Ann", last_name="Lee", internal_id="AL-17"),
        "c2": Client(id="c2", first_name="Bo", last_name="Chen", internal_id="BC-2"),
    },
    services={
        "97153": Service(id="97153", name="Speech therapy", modifiers=("HN",)),
        "92507": Service(id="92507", name="Speech"),
    },
    locations={
        "main": Location(
            id="main", name="Main office", address="12 Elm Street, Springfield", rooms=("2", "Blue")
        ),
        "annex": Location(id="annex", name="Annex"),
        "tele": Location(id="tele", name="Telehealth", place_of_service="10", type="telehealth"),
    },
)


def at(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    """`2026-03-02 09:00` in New York unless another zone is given."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=zone)


def single(**fields: Any) -> Session:
    """A client session on Monday, 2 March 2026, 9 to 10."""
    start = fields.pop("start", at("2026-03-02 09:00"))
    base = Session(
        id="s1",
        uid="u1",
        kind=Kind.CLIENT_SESSION,
        practitioner="p",
        client="c1",
        service="97153",
        location="main",
        room="2",
        instructions="Bring the forms.",
        start=start,
        end=plus(start, HOUR),
    )
    return replace(base, **fields)


def own_event(**fields: Any) -> Session:
    """An other_event at the same time."""
    own = {"kind": Kind.OTHER_EVENT, "client": None, "service": None, "location": None, "room": None}
    return single(**{**own, "title": "Staff meeting", "place": "Library", **fields})


def series(**fields: Any) -> Session:
    """Six weekly client sessions, Mondays from 2 March: across the change to summer time on 8 March."""
    return single(**{"rrule": "FREQ=WEEKLY;BYDAY=MO;COUNT=6", **fields})


def own_series(**fields: Any) -> Session:
    """The same as other_event."""
    return own_event(**{"rrule": "FREQ=WEEKLY;BYDAY=MO;COUNT=6", **fields})


def shown(session: Session, **fields: Any) -> Document:
    """What the practitioner sees."""
    (document,) = show(session, PRACTICE, POLICY, **fields).values()
    return document


def with_master(document: Document, **fields: Any) -> Document:
    """The document with other values in its master."""
    assert document.master is not None
    return replace(document, master=replace(document.master, **fields))


def with_override(document: Document, on: When, **fields: Any) -> Document:
    """The document with an override as clients make it: the master's copy at its slot, with other values."""
    master = document.master
    assert master is not None
    length = plus(on, HOUR)
    bare = replace(master, rrule=None, rdates=(), exdates=(), recurrence_id=on, start=on, end=length)
    old = document.override(on) or bare
    others = tuple(each for each in document.overrides if each is not old)
    return replace(document, overrides=(*others, replace(old, **fields)))


def changes(session: Session, sent: Document, policy: Policy = POLICY) -> tuple[Change, ...]:
    """The difference between what is shown of a session and what was sent."""
    return diff(shown(session), sent, session, PRACTICE, policy)


def after(
    session: Session | None, *changes: Change, by_org: bool = False, now: datetime = NOW
) -> Session | None:
    """The session when the changes are laid on one after the other."""
    current: Session | None = session
    for change in changes:
        current = apply(current, change, by_org, PRACTICE, now)
    return current
