"""Splits that clients make of two writes, a cut of the series and a new one, in either order (R-SER-6, 7, 8).

A new half that comes first is held: stored and shown, but not busy, until the cut comes or its time is up. A
cut that comes first is remembered as long, so that the half that follows is known for what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from calgate.domain.change import Change, Cut
from calgate.domain.ending import cut
from calgate.domain.event import Document
from calgate.domain.pattern import RuleError, canonical
from calgate.domain.practice import Practice
from calgate.domain.second_half import counted, cut_at, fits, is_last, leaves_doubled, slot_of
from calgate.domain.session import Session
from calgate.domain.splitting import FIRST, NEXT, first_of, linked
from calgate.domain.when import When, instant
from calgate.gate import lookups
from calgate.gate.cases import build
from calgate.gate.copies import notice_of, personal_of
from calgate.gate.decide import NOTHING, Asked, Beside
from calgate.gate.office import Office
from calgate.gate.publish import Writer, bounce, publish, withdraw
from calgate.gate.values import Along
from calgate.store import codec, decisions, holds, organizations, resources, sessions
from calgate.store.decisions import Decision
from calgate.store.holds import Hold

HOLD_SECONDS = 120
HALF, CUT, RULE = "half", "cut", "rule"
NEVER_CUT = (
    "The change of this and later appointments came only in part, so nothing was changed. Please repeat it."
)
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Second:
    """A new session that is the second half of `series`, to be cut at `slot`. `sent_rule` is the client's,
    where its COUNT was reduced; `room`: the series as it is cut for it, None when it was cut before."""

    new: Session
    series: Session
    slot: When
    sent_rule: str | None
    room: Session | None
    beside: Beside


def second_half(
    office: Office, new: Session, named: str, asked: Asked, practice: Practice, now: datetime
) -> Second | None:
    """What the new session is the second half of, if it is one; `named` is its X-CALGATE-ID."""
    if before := _after_its_cut(office, new, named, now):
        return _second(office, new, *before, asked, practice, is_cut=True)
    for series in _candidates(office, new, named):
        if (slot := slot_of(new, series, series.id == named)) is not None:
            return _second(office, new, series, series, slot, asked, practice, is_cut=False)
    return None


def _candidates(office: Office, new: Session, named: str) -> list[Session]:
    known = sessions.get(office.tx, office.org, named) if named else None
    first = [known] if known is not None else []
    if new.client is None or new.service is None:
        return first
    start = instant(new.start, office.zone)
    assigned = new.practitioner, new.client, new.service
    alike = sessions.of_assignment(office.tx, office.org, assigned, start, start)
    others = [each for each in alike if each.is_series and each.history is None and not each.held]
    return [*first, *(each for each in others if each.id != named)]


def _after_its_cut(
    office: Office, new: Session, named: str, now: datetime
) -> tuple[Session, Session, When] | None:
    """The series that was cut a moment ago for this half: as it is, as it was, and where it was cut."""
    for each in holds.kept(office.tx, office.org, CUT, int(now.timestamp())):
        series = sessions.get(office.tx, office.org, each.session_id)
        if series is None:
            continue
        was = replace(series, rrule=each.body["rrule"])
        slot = slot_of(new, was, series.id == named)
        at = codec.when(each.body["at"])
        late = slot is not None and is_last(series, slot)
        if slot is not None and (late or instant(slot, office.zone) >= instant(at, office.zone)):
            return series, was, slot
    return None


def _second(
    office: Office,
    new: Session,
    series: Session,
    was: Session,
    slot: When,
    asked: Asked,
    practice: Practice,
    *,
    is_cut: bool,
) -> Second:
    assert was.rrule is not None
    half = counted(new, was.rrule, was.start, slot)
    sent_rule = new.rrule if half.rrule != new.rrule else None
    room, beside = None, NOTHING
    if not is_cut or is_last(series, slot):
        change = cut_at(series, slot)
        room = cut(series, slot, change.rrule)
        cases, _ = build(
            series,
            (change,),
            asked.actor,
            asked.received,
            office.policy,
            practice,
            lookups.NOTHING,
            asked.calendar,
        )
        beside = Beside(tuple(cases), (room,))
    if is_cut:
        half = linked(half, FIRST, first_of(series))
    return Second(replace(half, held=not is_cut), series, slot, sent_rule, room, beside)


def keep(office: Office, second: Second, practice: Practice, number: int, now: datetime) -> tuple[Along, ...]:
    """After the second half was stored: it waits for the cut, or belongs together with the one that came;
    the series that this changed."""
    due = int(now.timestamp()) + HOLD_SECONDS
    new, series = second.new, second.series
    if second.sent_rule is not None:
        _remember_rule(office, new.id, second.sent_rule, new.rrule, due)
    if new.held:
        body = {"slot": codec.plain(second.slot)}
        holds.put(office.tx, office.org, Hold(HALF, new.id, series.id, body, due))
        return ()
    holds.remove(office.tx, office.org, CUT, series.id)
    first = series
    if second.room is not None:
        first = second.room
        _remember_rule(office, series.id, series.rrule, first.rrule, due)
    before = _store(office, linked(first, NEXT, new.uid), practice, number, now)
    return (Along(first.id, before),)


def sent_as_kept(office: Office, session: Session, sent: Document) -> Document:
    """A document with our rule in place of the client's own that we have corrected: it may be sent again."""
    master = sent.master
    if master is None or master.rrule is None:
        return sent
    known = holds.get(office.tx, office.org, RULE, session.id)
    try:
        if known is None or canonical(master.rrule) != known.body["sent"]:
            return sent
    except RuleError:
        return sent
    return replace(sent, master=replace(master, rrule=known.body["kept"]))


@dataclass(frozen=True, slots=True)
class Awaited:
    """A cut of a series, as it is carried out, and the held halves that waited for it."""

    changes: tuple[Change, ...]
    halves: tuple[Hold, ...]
    sent_rule: str | None = None

    def beside(self, office: Office) -> Beside:
        """What the first half is told of the second one."""
        found = [sessions.get(office.tx, office.org, each.session_id) for each in self.halves]
        uid = next((each.uid for each in found if each is not None), None)
        return Beside(related=(NEXT, uid)) if uid else NOTHING


def awaited(office: Office, session: Session, changes: Sequence[Change]) -> Awaited:
    """The halves that this write is the cut for; a doubled occurrence on the day of the split is dropped."""
    asked = next((each for each in changes if isinstance(each, Cut)), None)
    if asked is None:
        return Awaited(tuple(changes), ())
    found = [
        each
        for each in holds.of(office.tx, office.org, HALF, session.id)
        if fits(asked, session, codec.when(each.body["slot"]))
    ]
    for each in found:
        slot = codec.when(each.body["slot"])
        if leaves_doubled(asked, session, slot):
            earlier = cut_at(session, slot)
            kept = tuple(earlier if each is asked else each for each in changes)
            return Awaited(kept, tuple(found), asked.rrule)
    return Awaited(tuple(changes), tuple(found))


def join(
    office: Office,
    before: Session,
    after: Session,
    write: Awaited,
    practice: Practice,
    number: int,
    now: datetime,
) -> tuple[Along, ...]:
    """After a cut was carried out: its held halves are free, which are given, or the cut is remembered for
    the one to come."""
    due = int(now.timestamp()) + HOLD_SECONDS
    asked = next((each for each in write.changes if isinstance(each, Cut)), None)
    if asked is None:
        return ()
    if write.sent_rule is not None:
        _remember_rule(office, after.id, write.sent_rule, after.rrule, due)
    if not write.halves:
        body = {"at": codec.plain(asked.at), "rrule": before.rrule}
        holds.put(office.tx, office.org, Hold(CUT, after.id, after.id, body, due))
    along: list[Along] = []
    for each in write.halves:
        holds.remove(office.tx, office.org, HALF, each.session_id)
        half = sessions.get(office.tx, office.org, each.session_id)
        if half is not None:
            freed = linked(replace(half, held=False), FIRST, first_of(after))
            _store(office, freed, practice, number, now)
            along.append(Along(half.id, None))
    return tuple(along)


def refuse(office: Office, write: Awaited, number: int, now: datetime) -> None:
    """The cut was refused: the halves that waited for it go, too."""
    for each in write.halves:
        _drop(office, each, number, now)


def expire(office: Office, now: datetime) -> int:
    """Drops the halves whose cut never came, and forgets what was remembered long enough."""
    due = holds.due(office.tx, office.org, int(now.timestamp()), _BATCH)
    for each in due:
        if each.kind != HALF:
            holds.remove(office.tx, office.org, each.kind, each.session_id)
            continue
        number = organizations.next_number(office.tx, office.org)
        _record(office, each, number, now)
        _drop(office, each, number, now)
        series = sessions.get(office.tx, office.org, each.of_id)
        copies = resources.by_session(office.tx, office.org, each.of_id)
        for copy in (each for each in copies if series is not None and not each.gone):
            assert series is not None
            bounce(office, copy, series, office.records(series), NEVER_CUT, number, now)
    return len(due)


def _drop(office: Office, hold: Hold, number: int, now: datetime) -> None:
    holds.remove(office.tx, office.org, HALF, hold.session_id)
    half = sessions.get(office.tx, office.org, hold.session_id)
    if half is not None and half.held:
        withdraw(office, half, number, now)
        sessions.delete(office.tx, office.org, half.id)


def _store(office: Office, session: Session, practice: Practice, number: int, now: datetime) -> str | None:
    """Stores and publishes one half on account of the other one's write, which is the same person's: it makes
    no later edit of theirs stale. The text of its copy as it was."""
    stored = replace(session, revision=session.revision + 1)
    sessions.put(office.tx, office.org, stored, number, office.zone)
    copies = resources.by_session(office.tx, office.org, session.id)
    copy = next((each for each in copies if not each.gone), None)
    writer = None
    if copy is not None:
        writer = Writer(
            collection=copy.collection_id, uid=copy.uid, href=copy.href, personal=personal_of(copy)
        )
    publish(office, stored, practice, number, now, writer=writer, hints=notice_of(copy).hints)
    return copy.text if copy is not None else None


def _remember_rule(office: Office, session: str, sent: str | None, kept: str | None, due: int) -> None:
    if sent is not None and kept is not None:
        body = {"sent": canonical(sent), "kept": kept}
        holds.put(office.tx, office.org, Hold(RULE, session, session, body, due))


def _record(office: Office, hold: Hold, number: int, now: datetime) -> None:
    told: dict[str, Any] = {"change": "delete"}
    decisions.put(
        office.tx,
        office.org,
        Decision(
            number=number,
            at=int(now.timestamp()),
            actor="calgate",
            role="org",
            door="hold",
            session_id=hold.session_id,
            changes=[told],
            verdict="refused",
            rule="R-SER-6",
            rules=["R-SER-6"],
            sentence=NEVER_CUT,
            contact="org",
            pack=office.pack.name,
            pack_version=office.pack.version,
        ),
    )
