"""Changes of a meeting that come from another door than its calendar: the people are told all the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from calgate.domain.change import Cancel, Change, Delete, Edit, Field, Hide
from calgate.domain.session import Kind, Session
from calgate.domain.verdict import Refused
from calgate.gate.office import Office
from calgate.gate.scheduling.attendee import ONLY_ANSWERS, RULE
from calgate.gate.scheduling.delivery import Desk, Held, held
from calgate.gate.scheduling.roles import role, tell_removed
from calgate.gate.scheduling.spread import spread
from calgate.gate.values import Outcome, Refusal, Stored


def ask(
    office: Office,
    session: Session,
    changes: Sequence[Change],
    carry_out: Callable[[Office], Outcome],
    now: datetime,
) -> Outcome:
    """Carries typed changes of a session out, and delivers them when it is a meeting."""
    if session.kind is not Kind.OTHER_EVENT:
        return carry_out(office)
    desk = Desk.of(office.with_one_number(), now)
    there = _copy(desk, session)
    own = role(desk, session.practitioner, there.meeting) if there else None
    if there is None or there.meeting is None or own is None:
        return carry_out(office)
    if own == "attendee" and not all(map(_of_an_attendee, changes)):
        return Refusal(Refused(RULE, ONLY_ANSWERS), 0)
    outcome = carry_out(desk.office)
    if isinstance(outcome, Stored):
        after = _copy(desk, session)
        if after is None or (after.meeting and after.meeting.cancelled):
            tell_removed(desk, session.practitioner, there.meeting)
        elif own == "organizer":
            spread(desk, session.practitioner, there.meeting, after.meeting)
    return outcome


def _copy(desk: Desk, session: Session) -> Held | None:
    found = held(desk, session.practitioner, session.uid)
    return next((each for each in found if each.copy.session_id == session.id), None)


def _of_an_attendee(change: Change) -> bool:
    """Whether somebody invited may do it: stay away, or be free."""
    whole = isinstance(change, Cancel | Delete) and getattr(change, "on", None) is None
    return whole or isinstance(change, Hide) or (isinstance(change, Edit) and change.field is Field.BUSY)
