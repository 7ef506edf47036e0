"""A running series changed as a whole is divided: its past stays, the rest goes on changed (R-SER-2)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from calgate.domain.apply import apply
from calgate.domain.change import Change, Cut, Delete, Edit, Move, Repattern, Restore, Undo
from calgate.domain.ending import cut
from calgate.domain.pattern import RuleError, join
from calgate.domain.practice import Practice
from calgate.domain.recurrence import occurrences, rule_parts, starts
from calgate.domain.session import OVERRIDABLE, History, Session, Status
from calgate.domain.shift import shifted
from calgate.domain.when import Span, When, elapsed, instant, key, plus

FIRST, NEXT = "FIRST", "NEXT"
_UTC = ZoneInfo("UTC")
_DAY, _MOMENT = timedelta(days=1), timedelta(microseconds=1)
_NAMES = uuid.UUID("5a1c3e0e-4d0a-5f0b-9a7e-3c8a54c3f1d2")


@dataclass(frozen=True, slots=True)
class Division:
    """A write on a running series: the past half as it stays, the future half as it was, and the changes in
    its terms."""

    past: Session
    future: Session
    changes: tuple[Change, ...]


def divide(session: Session, at: When, zone: ZoneInfo, now: datetime) -> tuple[Session, Session]:
    """The two halves of a series: original starts before `at`, and from `at` on, which is one of them.

    The first half has an id and a UID of its own, the second one keeps those of the session. What was moved
    from the second half to a time before `now` (UTC) has happened and belongs to the first. RuleError for
    rules that can't be read.
    """
    early = [each for each in session.overrides if _is_early(each.start, each.on, at, now, zone)]
    ons = tuple(each.on for each in early)
    kept = cut(session, at)
    past = replace(
        _renamed(session, at),
        rrule=kept.rrule,
        rdates=(*kept.rdates, *ons),
        exdates=kept.exdates,
        overrides=(*kept.overrides, *early),
    )
    limit, taken = instant(at, zone), {key(on) for on in ons}

    def stays(on: When) -> bool:
        return instant(on, zone) >= limit

    length = elapsed(session.start, session.end)
    future = replace(
        session,
        start=at,
        end=plus(at, length),
        rrule=session.rrule and remaining(session.rrule, session.start, at),
        rdates=tuple(each for each in session.rdates if stays(each) and key(each) != key(at)),
        exdates=(*(each for each in session.exdates if stays(each)), *ons),
        overrides=tuple(each for each in session.overrides if stays(each.on) and key(each.on) not in taken),
        original=session.original and _original_at(session.original, at),
    )
    return past, _going_on(future, past)


def divided(
    session: Session | None, changes: Sequence[Change], now: datetime, practice: Practice
) -> Division | None:
    """How a write on a running series as a whole is laid on its future alone.

    None when nothing is to be divided: it touches no more than occurrences, the series has no past or no
    future, or the write changes the past by name.
    """
    if session is None or not session.is_series or not any(_is_whole(each) for each in changes):
        return None
    if not occurrences(session, None, now + _MOMENT, practice.zone):
        return None
    try:
        return _Write(session, tuple(changes), now, practice).division()
    except RuleError:
        return None


def remaining(rrule: str, start: When, at: When) -> str:
    """The rule of a series from `start` when it begins at `at` instead: a COUNT is what is left of it."""
    parts = rule_parts(rrule)
    if "COUNT" not in parts:
        return rrule
    left = sum(1 for _ in starts(start, rrule, since=instant(at, _UTC)))
    return join({**parts, "COUNT": str(max(left, 1))})


def first_to_come(session: Session, now: datetime, zone: ZoneInfo) -> When | None:
    """The original start of the next occurrence that is still to come where the rule puts it."""
    early = {
        key(each.on)
        for each in session.overrides
        if each.start is not None and instant(each.start, zone) <= now
    }
    dates = session.rdates if session.rrule is None else ()
    found = starts(session.start, session.rrule, dates, session.exdates, since=now - _DAY)
    return next((on for on in found if instant(on, zone) > now and key(on) not in early), None)


def linked(session: Session, relation: str, uid: str) -> Session:
    """The session with that RELATED-TO in place of any other of its type (R-SER-8)."""
    others = tuple(each for each in session.related if each[0] != relation)
    return replace(session, related=(*others, (relation, uid)))


def first_of(session: Session) -> str:
    """The UID with which the chain of halves begins that the session belongs to."""
    return next((uid for relation, uid in session.related if relation == FIRST), session.uid)


@dataclass(frozen=True, slots=True)
class _Write:
    session: Session
    changes: tuple[Change, ...]
    now: datetime
    practice: Practice

    @property
    def move(self) -> Move | None:
        return next((each for each in self.changes if isinstance(each, Move) and each.on is None), None)

    @property
    def repatterns(self) -> bool:
        return any(isinstance(each, Repattern) for each in self.changes)

    def division(self) -> Division | None:
        zone = self.practice.zone
        changed = self._laid_on([each for each in self.changes if _is_whole(each)])
        at = first_to_come(self.session, self.now, zone)
        first = None if at is None else self._moved(at)
        if self.repatterns:
            first = first_to_come(changed, self.now, zone) if changed.is_series else None
        if first is None or not self._leaves_past(first):
            return None
        past, future = self._ended(first) if at is None else divide(self.session, at, zone, self.now)
        return Division(past, future, tuple(self._rebased(future, changed, first)))

    def _ended(self, first: When) -> tuple[Session, Session]:
        """A series that is over and is given a new pattern: all of it is past."""
        past = _renamed(self.session, first)
        rule = self.session.rrule
        only = None if rule is None else join({**_bare(rule), "COUNT": "1"})
        length = elapsed(self.session.start, self.session.end)
        future = replace(
            self.session,
            start=first,
            end=plus(first, length),
            rrule=only,
            rdates=() if rule else (first,),
            exdates=(),
            overrides=(),
            original=self.session.original and _original_at(self.session.original, first),
        )
        return past, _going_on(future, past)

    def _laid_on(self, changes: Sequence[Change]) -> Session:
        current = self.session
        for change in changes:
            current = apply(current, change, False, self.practice, self.now) or current
        return current

    def _moved(self, on: When) -> When:
        return on if self.move is None else shifted(on, self.session.start, self.move.start)

    def _unmoved(self, on: When) -> When:
        return on if self.move is None else shifted(on, self.move.start, self.session.start)

    def _leaves_past(self, first: When) -> bool:
        """Whether the write says of past occurrences no more than it says of the series."""
        zone = self.practice.zone
        named: list[tuple[When, Change]] = [
            (on, each) for each in self.changes if (on := getattr(each, "on", None)) is not None
        ]
        past = [(on, each) for on, each in named if instant(on, zone) < instant(first, zone)]
        if any(isinstance(each, (Delete, Restore)) for _, each in past):
            return False
        final = self._laid_on(self.changes) if past else self.session
        return all(self._says_nothing(on, final) for on, _ in past)

    def _says_nothing(self, on: When, final: Session) -> bool:
        """It is as it was, or went along with the series (Thunderbird), or fell back to it (left out)."""
        bare = replace(final, overrides=tuple(each for each in final.overrides if key(each.on) != key(on)))
        before = _occurrence(self.session, self._unmoved(on))
        along = replace(before, start=self._moved(before.start), end=self._moved(before.end))
        meant = (before, along, _occurrence(bare, on))
        return _content(_occurrence(final, on)) in [_content(each) for each in meant]

    def _rebased(self, future: Session, changed: Session, first: When) -> list[Change]:
        found: list[Change] = []
        start = self._moved(future.start)
        for each in self.changes:
            on = getattr(each, "on", None)
            if on is not None:
                if instant(on, self.practice.zone) >= instant(first, self.practice.zone):
                    found.append(each)
            elif isinstance(each, Move):
                found.append(Move(start, plus(start, elapsed(each.start, each.end))))
            elif isinstance(each, Repattern):
                found += self._pattern_from(each, changed, start, first)
            elif isinstance(each, Cut):
                found.append(Cut(each.at, remaining(each.rrule, changed.start, first)))
            else:
                found.append(each)
        return found

    def _pattern_from(self, change: Repattern, changed: Session, start: When, first: When) -> list[Change]:
        """The pattern beginning at its own next start, which may be another one than the old pattern's."""
        rule = change.rrule and remaining(change.rrule, changed.start, first)
        dates = tuple(each for each in change.rdates if instant(each, self.practice.zone) > self.now)
        pattern = Repattern(rule, dates)
        if key(start) == key(first):
            return [pattern]
        return [Move(first, plus(first, elapsed(changed.start, changed.end))), pattern]


def _is_whole(change: Change) -> bool:
    return isinstance(change, Repattern) or (isinstance(change, (Move, Edit, Undo)) and change.on is None)


def _is_early(start: When | None, on: When, at: When, now: datetime, zone: ZoneInfo) -> bool:
    return start is not None and instant(on, zone) >= instant(at, zone) and instant(start, zone) <= now


def _renamed(session: Session, at: When) -> Session:
    """The past half's own identity: made from the session's, so that the same split gives the same."""
    number = session.splits + 1
    past = replace(
        session,
        id=f"{session.id}~{number}",
        uid=str(uuid.uuid5(_NAMES, f"{session.uid} {number}")),
        history=History(session.id, at),
        splits=0,
    )
    return linked(past, NEXT, session.uid)


def _going_on(future: Session, past: Session) -> Session:
    return linked(replace(future, splits=future.splits + 1), FIRST, first_of(past))


def _occurrence(session: Session, on: When) -> Session:
    """One occurrence of a series as a session of its own."""
    return session.at(on, plus(on, elapsed(session.start, session.end)))


def _original_at(original: Span, at: When) -> Span:
    return Span(at, plus(at, elapsed(original.start, original.end)))


def _bare(rrule: str) -> dict[str, str]:
    return {name: value for name, value in rule_parts(rrule).items() if name not in ("COUNT", "UNTIL")}


def _content(found: Session) -> tuple[object, ...]:
    cancelled = found.status is Status.CANCELLED
    return (key(found.start), key(found.end), cancelled, *(getattr(found, name) for name in OVERRIDABLE))
