"""The way in for every change: parse, then load, judge, apply, publish and record in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import assert_never

from calgate.domain.pack import Pack
from calgate.domain.verdict import Rejected
from calgate.gate import calendars, parts, plain
from calgate.gate.decide import Asked, decide
from calgate.gate.office import Office, Records, enter
from calgate.gate.scheduling import asks, writes
from calgate.gate.sent import sent_by
from calgate.gate.values import (
    Ask,
    DropCalendar,
    Failed,
    MakeCalendar,
    MoveObject,
    Outcome,
    Proposal,
    Put,
    Refusal,
    Remove,
    SetAvailability,
    SetProperties,
    Stored,
)
from calgate.store import Store

SEVERAL_PARTS = "The series was split: send changes of its past and of its later occurrences apart."
NOT_MOVED = "Sessions can't be moved out of their calendar, nor other events into it, by MOVE."


def submit(
    store: Store, packs: Mapping[str, Pack], records: Records, proposal: Proposal, now: datetime
) -> Outcome:
    """Carries a proposal out, or says why not. `now` is UTC.

    BadCalendar for a body that is no calendar object, UnknownOrganization when there is none of that id.
    """
    carry_out = _prepared(store, proposal, now)
    org = proposal.org if isinstance(proposal, Ask) else proposal.principal.org
    with store.write(org) as tx:
        return carry_out(enter(tx, org, packs, records))


def _prepared(store: Store, proposal: Proposal, now: datetime) -> Callable[[Office], Outcome]:
    """What can be done before the transaction is done here: nobody waits while a body is parsed."""
    match proposal:
        case Put() if proposal.collection.managed:
            sent = sent_by(store, proposal)
            return lambda office: writes.put(office, proposal, sent, now)
        case Put():
            found = plain.inspected(proposal, now)
            return lambda office: (
                plain.source_unmet(office, proposal) or writes.put(office, proposal, found, now)
            )
        case Remove():
            return lambda office: writes.remove(office, proposal, now)
        case MoveObject() if proposal.source.managed or proposal.target.managed:
            return lambda office: Failed(403, NOT_MOVED, "{DAV:}need-privileges")
        case MoveObject():
            return lambda office: plain.move(office, proposal, now)
        case MakeCalendar():
            return lambda office: calendars.make(office, proposal)
        case DropCalendar():
            return lambda office: writes.drop(office, proposal, now)
        case SetProperties():
            return lambda office: calendars.set_properties(office, proposal, now)
        case SetAvailability():
            return lambda office: calendars.set_availability(office, proposal, now)
        case Ask():
            return lambda office: ask(office, proposal, now)
        case _:
            assert_never(proposal)


def ask(office: Office, proposal: Ask, now: datetime) -> Outcome:
    """Typed changes of one session, from a command or another door that speaks of sessions."""
    stored = parts.stored(office, proposal.session)
    if not stored:
        return Failed(404, "There is no such session.")
    found = parts.addressed(stored, proposal.changes)
    if found is None:
        return Failed(409, SEVERAL_PARTS)
    session, changes = found
    asked = Asked(actor=proposal.actor, door=proposal.door, received=proposal.received, calendar=False)

    def carried_out(office: Office) -> Outcome:
        decided = decide(office, session, changes, asked, office.records(session), now)
        if isinstance(decided.verdict, Rejected):
            return Refusal(decided.verdict.first, decided.number)
        return Stored(False, None)

    return asks.ask(office, session, changes, carried_out, now)
