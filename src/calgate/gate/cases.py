"""One Case per change of a write: what the change touches, before and after, and what the rules
may ask about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from calgate.domain import dates, recurrence
from calgate.domain.apply import apply
from calgate.domain.case import Actor, Case, Hours
from calgate.domain.change import Change, Create, Hide, Move, Repattern, Replace, Undo
from calgate.domain.policy import Policy
from calgate.domain.practice import Practice
from calgate.domain.session import Override, Session, Status
from calgate.domain.when import When, elapsed, end_instant, instant, plus

OVERLAP_HORIZON = timedelta(days=60)
"""How far ahead the occurrences of a series are looked at for double booking: further on, plans change."""


@dataclass(frozen=True, slots=True)
class Lookups:
    """What only the store can tell; called when a change touches times."""

    overlaps: Callable[[Session, Change, Session | None], tuple[Session, ...]]
    """Of a session as the change leaves it; and the rest of a series that it is one occurrence of."""
    hours: Callable[[Session, Session | None, Session | None], Hours | None]
    """Of a session; as it was before; and the rest of a series as above."""


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
        asked = after if isinstance(change, Move | Create | Undo | Replace | Repattern) else None
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
                hours=lookups.hours(asked, before, rest) if asked else None,
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


def _rest(session: Session | None, change: Change) -> Session | None:
    """The series without the occurrence that the change names; None when it is not about one."""
    on: When | None = getattr(change, "on", None)
    if session is None or on is None or not session.is_series:
        return None
    return session.with_override(Override(on=on, status=Status.CANCELLED))


def upcoming(session: Session, now: datetime, practice: Practice) -> list[Session]:
    """The occurrences or dates that a double booking is looked for among; a single session gives itself."""
    return list(dates.each_date(session)) or recurrence.occurrences(
        session, now, now + OVERLAP_HORIZON, practice.zone
    )


def in_question(
    session: Session, change: Change, was: Session | None, now: datetime, practice: Practice
) -> list[Session]:
    """Of a session as a change leaves it the occurrences or dates that may be new over others: those of
    another pattern than `was` had, as far as they are at no time that it had one at."""
    found = upcoming(session, now, practice)
    if was is None or not isinstance(change, Repattern):
        return found
    had = {span(each, practice) for each in upcoming(was, now, practice)}
    return [each for each in found if span(each, practice) not in had]


def span(session: Session, practice: Practice) -> tuple[datetime, datetime]:
    """From when to when a session is, as UTC instants."""
    return instant(session.start, practice.zone), end_instant(session.end, practice.zone)


def only_hides(changes: Sequence[Change]) -> bool:
    """Whether the write just takes a cancelled session out of the person's sight (R-CAN-2)."""
    return all(isinstance(change, Hide) for change in changes)
