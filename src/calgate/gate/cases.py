"""One Case per change of a write: what the change touches, before and after, and what the rules
may ask about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from calgate.domain import dates, recurrence
from calgate.domain.apply import apply
from calgate.domain.case import Actor, Case, Hours
from calgate.domain.change import Change, Create, Hide, Move, Repattern, Replace, Undo
from calgate.domain.hours import UNCOUNTED
from calgate.domain.policy import Policy
from calgate.domain.practice import Practice
from calgate.domain.session import Override, Session, Status
from calgate.domain.when import When, elapsed, end_instant, instant, plus
from calgate.gate.copies import HORIZON


@dataclass(frozen=True, slots=True)
class Lookups:
    """What only the store can tell; called when a change touches times."""

    overlaps: Callable[[Session, Change, Session | None], tuple[Session, ...]]
    """Of a session as the change leaves it; and the rest of a series that it is one occurrence of."""
    hours: Callable[[Session, Change, Session | None, Session | None], Hours | None]
    """The same, of a session as it was before the change in between."""


def build(
    session: Session | None,
    changes: Sequence[Change],
    actor: Actor,
    now: datetime,
    policy: Policy,
    practice: Practice,
    lookups: Lookups,
    calendar: bool = True,
    history: Session | None = None,
) -> tuple[list[Case], Session | None]:
    """The cases of a write and the session as it would be after all of them."""
    states: list[Session | None] = []
    left = session
    for change in changes:
        left = apply(left, change, actor.role == "org", practice, now)
        states.append(left)
    cases: list[Case] = []
    for change, following in zip(changes, states, strict=True):
        before, after = touched(session, change), touched(following, change)
        timed = isinstance(change, Move | Create | Undo | Replace | Repattern)
        asked = _as_left(after, left, change) if timed else None
        rest = _rest(left, change) if asked else None
        cases.append(
            Case(
                session=session,
                before=before,
                after=after,
                change=change,
                changes=tuple(changes),
                actor=actor,
                now=now,
                policy=policy,
                practice=practice,
                overlaps=lookups.overlaps(asked, change, rest) if asked else (),
                hours=lookups.hours(asked, change, before, rest) if asked else None,
                calendar=calendar,
                history=history,
            )
        )
    return cases, left


def touched(session: Session | None, change: Change) -> Session | None:
    """The occurrence that the change names, as a session of its own; else the session."""
    on: When | None = getattr(change, "on", None)
    if session is not None and session.dates:
        return dates.touched(session, change)
    if session is None or on is None or not session.is_series:
        return session
    return session.at(on, plus(on, elapsed(session.start, session.end)))


def _as_left(after: Session | None, left: Session | None, change: Change) -> Session | None:
    """What others are looked up for: of a series as a whole, as all of the write leaves it."""
    whole = after is not None and after.is_series and getattr(change, "on", None) is None
    return left if whole and left is not None else after


def _rest(session: Session | None, change: Change) -> Session | None:
    """The series without the occurrence that the change names; None when it is not about one."""
    on: When | None = getattr(change, "on", None)
    if session is None or on is None or not session.is_series:
        return None
    return session.with_override(Override(on=on, status=Status.CANCELLED))


def in_question(
    session: Session, change: Change, was: Session | None, now: datetime, practice: Practice
) -> list[Session]:
    """Of a session as a change leaves it the occurrences or dates that may be new over others, as far as they
    are indexed; those of another pattern, as far as they are at no time that `was` had one at."""
    if session.dates:
        return list(dates.each_date(session))
    window = since(change, now), now + HORIZON
    found = recurrence.occurrences(session, *window, practice.zone)
    if session.is_series:
        found = [each for each in found if each.status not in UNCOUNTED]
    if was is None or not isinstance(change, Repattern):
        return found
    had = {span(each, practice) for each in recurrence.occurrences(was, *window, practice.zone)}
    return [each for each in found if span(each, practice) not in had]


def since(change: Change, now: datetime) -> datetime:
    """From when on a change adds to a series: what is new may be past, of a running one the past stays."""
    return now - HORIZON if isinstance(change, Create | Repattern) else now


def span(session: Session, practice: Practice) -> tuple[int, int]:
    """From when to when a session is, in UTC seconds."""
    begins, finishes = instant(session.start, practice.zone), end_instant(session.end, practice.zone)
    return int(begins.timestamp()), int(finishes.timestamp())


def only_hides(changes: Sequence[Change]) -> bool:
    """Whether the write just takes a cancelled session out of the person's sight (R-CAN-2)."""
    return all(isinstance(change, Hide) for change in changes)
