"""Lay a change on a session as it is now. Total and without judgement: the rules have spoken before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from calgate.domain import dates
from calgate.domain.change import (
    Accept,
    Cancel,
    Change,
    Create,
    Cut,
    Decline,
    Delete,
    Edit,
    Field,
    Move,
    Repattern,
    Replace,
    Restore,
    SetFact,
    SetStatus,
    Undo,
)
from calgate.domain.consent import settled
from calgate.domain.ending import cut, stopped
from calgate.domain.pattern import RuleError
from calgate.domain.practice import Practice
from calgate.domain.recurrence import occurrences, starts
from calgate.domain.session import OVERRIDABLE, Cancellation, Fact, Kind, Override, Session, Status
from calgate.domain.shift import shifted, shifted_rule
from calgate.domain.telehealth import modifiers_at
from calgate.domain.when import Span, When, elapsed, instant, plus, same

_TEXTS = frozenset({Field.TITLE, Field.PLACE, Field.INSTRUCTIONS, Field.TELEHEALTH_URL})
_MOMENT = timedelta(microseconds=1)
_ZONELESS = ZoneInfo("UTC")


def apply(
    session: Session | None, change: Change, by_org: bool, practice: Practice, now: datetime
) -> Session | None:
    """The session after the change, None when nothing is left of it or there was none; `now` is in UTC.

    Several changes of one write are laid on one after the other. The organization's changes reset `original`.
    """
    match change:
        case Create(session=new):
            return _put(None, new, by_org, practice, now)
        case Replace(session=new):
            return _put(session, new, by_org, practice, now)
    if session is None:
        return None
    if (dated := dates.laid_on(session, change, practice, now)) is not None:
        return dated
    match change:
        case Delete(on=None):
            return None
        case Delete(on=on) if on is not None:
            return _without(session, on)
        case Cancel():
            return _cancel(session, change, practice, now)
        case Cut(at=at, rrule=rrule):
            return _cut(session, at, rrule, practice)
        case Decline() if session.status is Status.REQUESTED:
            return None
    return _folded(_changed(session, change, by_org, practice))


def _changed(session: Session, change: Change, by_org: bool, practice: Practice) -> Session:
    match change:
        case Move():
            return _move(session, change, by_org)
        case Edit():
            return _edit(session, change, by_org, practice)
        case Repattern():
            return _repattern(session, change)
        case Undo(on=on):
            return _undo(session, on)
        case Restore(on=on):
            return _undo(session, on)
        case Accept():
            return replace(session, status=Status.SCHEDULED)
        case Decline(reason=reason):
            return replace(session, status=Status.DECLINED, status_reason=reason)
        case SetStatus():
            return _set_status(session, change)
        case SetFact():
            return _set_fact(session, change)
        case _:
            return session


def _put(old: Session | None, new: Session, by_org: bool, practice: Practice, now: datetime) -> Session:
    session = replace(new, modifiers=modifiers_at(new.modifiers, None, new.location, practice))
    if old is not None:
        session = own_numbers(old, session)
        session = settled(old, dates.carried(old, session), now, practice.zone, recompute=False)
    if by_org:
        session = replace(session, original=Span(new.start, new.end))
    return _folded(session)


def own_numbers(old: Session, new: Session) -> Session:
    """The new version with what is calgate's own of a session: its revision, and how it was split."""
    return replace(
        new, revision=old.revision, history=old.history, splits=old.splits, related=old.related, held=old.held
    )


def _move(session: Session, move: Move, by_org: bool) -> Session:
    place = Span(move.start, move.end)
    if move.on is not None and session.is_series:
        own = session.override(move.on) or Override(on=move.on)
        moved = replace(own, start=move.start, end=move.end, original=place if by_org else own.original)
        return session.with_override(moved)
    old, new = session.start, move.start
    return replace(
        session,
        start=move.start,
        end=move.end,
        original=place if by_org else session.original,
        rrule=_quietly_shifted(session.rrule, old, new),
        rdates=tuple(shifted(each, old, new) for each in session.rdates),
        exdates=tuple(shifted(each, old, new) for each in session.exdates),
        # An occurrence that was moved by itself stays where it is; the others go along.
        overrides=tuple(replace(each, on=shifted(each.on, old, new)) for each in session.overrides),
    )


def _quietly_shifted(rrule: str | None, old: When, new: When) -> str | None:
    try:
        return shifted_rule(rrule, old, new)
    except RuleError:
        return rrule


def _edit(session: Session, edit: Edit, by_org: bool, practice: Practice) -> Session:
    name, value = edit.field.value, edit.value
    if value is None and edit.field in _TEXTS:
        value = ""
    if edit.on is not None and session.is_series:
        if name not in OVERRIDABLE:
            return session
        own = session.override(edit.on) or Override(on=edit.on)
        fields: dict[str, Any] = {name: _explicit(value)} | _beside(edit.field, "")
        return session.with_override(replace(own, **fields))
    if not by_org:
        pinned = tuple(_pinned(session, each, name) for each in session.overrides)
        session = replace(session, overrides=pinned)
    changed = replace(session, **({name: value} | _beside(edit.field, None)))
    modifiers = modifiers_at(changed.modifiers, session.location, changed.location, practice)
    return replace(changed, modifiers=modifiers)


def _explicit(value: object) -> object:
    """In an override None means "as the series has it", so "none" is written as an empty text."""
    return "" if value is None else value


def _beside(field: Field, none: str | None) -> dict[str, Any]:
    """Free text for a place takes the office's place, which would hide it."""
    return {"location": none, "room": none} if field is Field.PLACE else {}


def _pinned(session: Session, own: Override, name: str) -> Override:
    """The override with the old value as its own: a calendar that edits a series leaves its overrides alone.

    Those that are only cancelled have nothing of their own to keep.
    """
    bare = replace(own, status=None, cancel=None) if own.status is Status.CANCELLED else own
    if name not in OVERRIDABLE or getattr(own, name) is not None or bare == Override(on=own.on):
        return own
    kept: dict[str, Any] = {name: _explicit(getattr(session, name))}
    return replace(own, **kept)


def _repattern(session: Session, change: Repattern) -> Session:
    new = replace(session, rrule=change.rrule, rdates=change.rdates, overrides=(), exdates=())
    if not new.is_series:
        return new
    return replace(
        new,
        overrides=tuple(each for each in session.overrides if _is_start(new, each.on)),
        exdates=tuple(each for each in session.exdates if _is_start(new, each)),
    )


def _is_start(session: Session, on: When) -> bool:
    at = instant(on, _ZONELESS)
    try:
        found = starts(session.start, session.rrule, session.rdates, (), at, at + _MOMENT)
        return any(same(each, on) for each in found)
    except RuleError:
        return False


def _without(session: Session, on: When) -> Session:
    return replace(
        session,
        exdates=(*(each for each in session.exdates if not same(each, on)), on),
        overrides=tuple(each for each in session.overrides if not same(each.on, on)),
    )


def _cancel(session: Session, cancel: Cancel, practice: Practice, now: datetime) -> Session:
    record = Cancellation(cancel.type, cancel.reason)
    if cancel.on is not None and session.is_series:
        own = session.override(cancel.on) or Override(on=cancel.on)
        return session.with_override(replace(own, status=Status.CANCELLED, cancel=record))
    if session.is_series and occurrences(session, None, now + _MOMENT, practice.zone):
        return stopped(session, record, practice, now)
    return _cancelled(session, record)


def _cancelled(session: Session, record: Cancellation) -> Session:
    overrides = tuple(replace(each, status=None, cancel=None) for each in session.overrides)
    return _folded(replace(session, status=Status.CANCELLED, cancel=record, overrides=overrides))


def _cut(session: Session, at: When, rrule: str, practice: Practice) -> Session | None:
    if instant(at, practice.zone) > instant(session.start, practice.zone):
        return _folded(cut(session, at, rrule))
    return None if session.kind is Kind.OTHER_EVENT else _cancelled(session, Cancellation(""))


def _undo(session: Session, on: When | None) -> Session:
    if on is None or not session.is_series:
        return replace(session, status=Status.SCHEDULED, cancel=None)
    kept = replace(session, exdates=tuple(each for each in session.exdates if not same(each, on)))
    own = kept.override(on)
    if own is None and kept.status is not Status.CANCELLED:
        return kept
    status = Status.SCHEDULED if kept.status is Status.CANCELLED else None
    return kept.with_override(replace(own or Override(on=on), status=status, cancel=None))


def _set_status(session: Session, change: SetStatus) -> Session:
    cancelled = change.status is Status.CANCELLED
    if change.on is not None and session.is_series:
        own = session.override(change.on) or Override(on=change.on)
        return session.with_override(
            replace(own, status=change.status, cancel=own.cancel if cancelled else None)
        )
    cancel = session.cancel if cancelled else None
    return replace(session, status=change.status, status_reason=change.reason, cancel=cancel)


def _set_fact(session: Session, change: SetFact) -> Session:
    def laid_on(facts: frozenset[Fact]) -> frozenset[Fact]:
        return facts | {change.fact} if change.value else facts - {change.fact}

    if change.on is not None and session.is_series:
        own = session.override(change.on) or Override(on=change.on)
        return session.with_override(replace(own, facts=laid_on(own.facts)))
    return replace(session, facts=laid_on(session.facts))


def _folded(session: Session) -> Session:
    """The session with overrides that say only what differs from the series."""
    if not session.overrides:
        return session
    folded = (_fold(session, each) for each in session.overrides)
    return replace(session, overrides=tuple(each for each in folded if each.differs or each.original))


def _fold(session: Session, own: Override) -> Override:
    names = [name for name in OVERRIDABLE if getattr(own, name) == _explicit(getattr(session, name))]
    fields: dict[str, Any] = dict.fromkeys(names)
    slot_end = plus(own.on, elapsed(session.start, session.end))
    if own.start is not None and same(own.start, own.on) and (own.end is None or same(own.end, slot_end)):
        fields |= {"start": None, "end": None}
    if own.status is session.status and own.status is not Status.CANCELLED:
        fields["status"] = None
    return replace(own, **fields) if fields else own
