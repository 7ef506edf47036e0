"""Judging a write and carrying out what was allowed: the heart of the gate. One transaction, one number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from calgate.domain.case import Actor, Case, Hours
from calgate.domain.change import Cancel, Change, Create
from calgate.domain.intent import meant, typed
from calgate.domain.judge import judge
from calgate.domain.practice import Practice
from calgate.domain.session import Override, Session, Status
from calgate.domain.splitting import divided, linked
from calgate.domain.verdict import Allowed, Rejected, Verdict
from calgate.gate.cases import build, only_hides, touched
from calgate.gate.copies import notice_of, personal_of
from calgate.gate.lookups import lookups
from calgate.gate.office import Office
from calgate.gate.publish import Writer, home_of, publish, withdraw
from calgate.store import codec, decisions, resources, sessions
from calgate.store.decisions import Decision
from calgate.store.resources import Copy

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, through which door, when it was received (UTC), and whether as a calendar document."""

    actor: Actor
    door: str
    received: datetime
    calendar: bool = True


@dataclass(frozen=True, slots=True)
class Decided:
    """A judgement, recorded under `number`; `after` is the session it leads to and `copies` the
    practitioner's, by UID, when it was allowed."""

    verdict: Verdict
    number: int
    after: Session | None = None
    copies: dict[str, Copy] | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What is judged together with a write although it changes nothing; sessions as the write leaves them,
    for counting hours and double bookings in place of the stored ones; and a RELATED-TO that it adds."""

    cases: tuple[Case, ...] = ()
    counted: tuple[Session, ...] = ()
    related: tuple[str, str] | None = None


NOTHING = Beside()


def decide(
    office: Office,
    session: Session | None,
    changes: Sequence[Change],
    asked: Asked,
    practice: Practice,
    now: datetime,
    writer: Writer | None = None,
    beside: Beside = NOTHING,
) -> Decided:
    """Judges the whole write (R-GEN-1), records the decision, and when it is allowed applies and
    publishes it.

    A write that changes a running series as a whole is laid on its future alone (R-SER-2).
    """
    changes = [_resolved(office, session, change, practice, asked.received) for change in changes]
    division = None
    if asked.calendar or asked.actor.role == "practitioner":
        division = divided(session, changes, asked.received, practice)
    history = division.past if division else None
    laid = division.changes if division else changes
    counted = (history, *beside.counted) if history else beside.counted
    cases, after = build(
        division.future if division else session,
        laid,
        asked.actor,
        asked.received,
        office.policy,
        practice,
        lookups(office, practice, asked.actor, asked.received, session, counted),
        asked.calendar,
        history,
    )
    verdict = judge(office.pack, [*cases, *beside.cases])
    number = office.next_number()
    _record(office, session or after, changes, asked, verdict, number, now)
    if isinstance(verdict, Rejected):
        _log_faults(office, session or after, verdict, number)
        return Decided(verdict, number)
    if session is not None and changes and only_hides(changes):
        return Decided(verdict, number, session, {})
    if history is not None:
        _keep_history(office, history, practice, number, now)
    hours = cases[-1].hours if cases else None
    if after is not None and beside.related is not None:
        after = linked(after, *beside.related)
    return _carry_out(office, session, after, laid, verdict, practice, number, now, writer, hours)


def _resolved(
    office: Office, session: Session | None, change: Change, practice: Practice, received: datetime
) -> Change:
    """A cancel with the type it gets, or the delete that it means (R-CAN-1, R-CAN-5)."""
    if session is None or not isinstance(change, Cancel):
        return change
    target = touched(session, change) or session
    change = typed(change, target, office.policy, received, practice.zone)
    return meant(change, session, office.policy)


def _carry_out(
    office: Office,
    session: Session | None,
    after: Session | None,
    changes: Sequence[Change],
    verdict: Allowed,
    practice: Practice,
    number: int,
    now: datetime,
    writer: Writer | None,
    hours: Hours | None,
) -> Decided:
    if after is None:
        if session is not None:
            withdraw(office, session, number, now)
            sessions.delete(office.tx, office.org, session.id)
        return Decided(verdict, number, None, {})
    for index, status in verdict.becomes:
        after = _with_status(after, changes[index], status) if index < len(changes) else after
    after = replace(after, revision=after.revision + 1 if session else after.revision)
    sessions.put(office.tx, office.org, after, number, office.zone, session)
    hints = tuple(dict.fromkeys(notice.sentence for notice in verdict.notices))
    copies = publish(
        office, after, practice, number, now, before=session, writer=writer, hints=hints, hours=hours
    )
    return Decided(verdict, number, after, copies)


def _keep_history(office: Office, history: Session, practice: Practice, number: int, now: datetime) -> None:
    """Stores and publishes the past half of a split series, with what its viewer had of the whole
    (R-GEN-4)."""
    assert history.history is not None
    sessions.put(office.tx, office.org, history, number, office.zone)
    home = home_of(office, history.practitioner, number)
    copies = resources.by_session(office.tx, office.org, history.history.of)
    whole = next((each for each in copies if each.collection_id == home.id), None)
    writer = Writer(
        collection=home.id, uid=history.uid, href=f"{history.uid}.ics", personal=personal_of(whole)
    )
    publish(office, history, practice, number, now, writer=writer, hints=notice_of(whole).hints)


def _log_faults(office: Office, session: Session | None, verdict: Rejected, number: int) -> None:
    """Tells the operator of rules that crashed; ids only, because a session's texts name clients."""
    for each in verdict.all:
        if each.fault:
            log.error(
                "a rule crashed",
                rule=each.rule,
                fault=each.fault,
                org=office.org,
                pack=office.pack.name,
                session=session.id if session else None,
                number=number,
            )


def _with_status(session: Session, change: Change, status: Status) -> Session:
    """The session with the status on what the change touched: one occurrence of a series, or all of it."""
    on = getattr(change, "on", None)
    keeps_cancel = status is Status.CANCELLED
    if on is None or not session.is_series or isinstance(change, Create):
        return replace(session, status=status, cancel=session.cancel if keeps_cancel else None)
    own = session.override(on) or Override(on=on)
    return session.with_override(replace(own, status=status, cancel=own.cancel if keeps_cancel else None))


def _record(
    office: Office,
    session: Session | None,
    changes: Sequence[Change],
    asked: Asked,
    verdict: Verdict,
    number: int,
    now: datetime,
) -> None:
    """Keeps the decision, with the rules and the pack version it fell under."""
    first = verdict.first if isinstance(verdict, Rejected) else None
    found = [each.rule for each in verdict.all] if isinstance(verdict, Rejected) else verdict.overridden
    decisions.put(
        office.tx,
        office.org,
        Decision(
            number=number,
            at=int(now.timestamp()),
            actor=asked.actor.person,
            role=asked.actor.role,
            door=asked.door,
            session_id=_known_as(session),
            changes=[_told(change) for change in changes],
            verdict="refused" if first else "allowed",
            rule=first.rule if first else "",
            rules=list(dict.fromkeys(found)),
            sentence=first.sentence if first else "",
            contact=first.contact if first else "",
            pack=office.pack.name,
            pack_version=office.pack.version,
            seq=office.next_decision(),
        ),
    )


def _known_as(session: Session | None) -> str | None:
    """The id under which the practice knows a session: the past part of a split one has the whole's."""
    return None if session is None else session.history.of if session.history else session.id


def _told(change: Change) -> dict[str, Any]:
    """A change in JSON's terms, its name first."""
    return {"change": type(change).__name__.lower(), **codec.plain(change)}
