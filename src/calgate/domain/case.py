"""A Case: everything a rule may know about one change. Never the door, the clock or the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from calgate.domain.change import Change
from calgate.domain.policy import Policy
from calgate.domain.practice import Practice
from calgate.domain.session import Session


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `org` is the front desk, a scheduler, an admin or an API token; `person` is the
    login name."""

    role: Literal["practitioner", "org"]
    person: str


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of one assignment in the week, month or period of the session, this session left out;
    `period` is its first and last day."""

    assigned: float
    scheduled: float
    per: str
    period: tuple[date, date] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One change of one write.

    `session` is the session as it is now, None for a creation. `before` is what the change touches: the
    occurrence it names as a session of its own, else `session`. `after` is the same thing when the change
    has been laid on (None when nothing is left of it). `changes` is the whole write, `change` the one judged.
    `now` is when the write was received, in UTC (R-GEN-6). `overlaps` are the practitioner's other sessions
    at the time of `after`; `hours` the assignment that `after` falls under. `calendar` says that the write
    came as a calendar document: what only the practice system may do explicitly is then refused or guessed.
    `history` is given when the write changes a running series as a whole: the past half, which stays as it
    is, while `session` is the half that is still to come (R-SER-2).
    """

    session: Session | None
    before: Session | None
    after: Session | None
    change: Change
    changes: tuple[Change, ...]
    actor: Actor
    now: datetime
    policy: Policy
    practice: Practice
    overlaps: tuple[Session, ...] = ()
    hours: Hours | None = None
    calendar: bool = True
    history: Session | None = None
