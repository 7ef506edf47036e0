"""Changes of a meeting that come from another door than its calendar: the people are told all the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from calgate.domain.change import Cancel, Change, Delete, Edit, Field, Hide
from calgate.domain.session import Kind, Session
from calgate.domain.verdict import Refused
from calgate.gate.office import Office
from calgate.gate.scheduling.attendee import ONLY_ANSWERS, RULE
from calgate.gate.scheduling.delivery import Desk, held
from calgate.gate.scheduling.roles import Role, role, tell_removed
from calgate.gate.scheduling.spread import spread
from calgate.gate.values import Outcome, Refusal, Stored
from calgate.ical import attending
from calgate.ical.meetings import Meeting, mentions
from calgate.store import resources


@dataclass(frozen=True, slots=True)
class Watch:
    """A session before a write that does not come from its calendar: the meeting that its practitioner has
    in it, and what they are in that. What is written by `desk.office` has one number with what is told."""

    desk: Desk
    session: Session
    before: Meeting
    role: Role

    def tell(self) -> bool:
        """Tells the people what has become of it. False, and nobody is told, when it was somebody else's
        meeting and the write changed what only its organizer may."""
        owner = self.session.practitioner
        after, there = _meeting(self.desk, self.session)
        if not there or (after is not None and after.cancelled):
            tell_removed(self.desk, owner, self.before)
        elif self.role == "organizer":
            spread(self.desk, owner, self.before, after)
        else:
            return after is not None and attending.allowed(
                self.before, after, self.desk.directory.mine(owner)
            )
        return True


def watched(office: Office, session: Session, now: datetime) -> Watch | None:
    """The session as a meeting, None when it is none that the server schedules. What is past of a series
    that goes on, or waits for its cut, is told to nobody."""
    if session.kind is not Kind.OTHER_EVENT or session.history is not None or session.held:
        return None
    copies = resources.by_session(office.tx, office.org, session.id)
    if not any(mentions(each.text) for each in copies if not each.gone):
        return None
    desk = Desk.of(office.with_one_number(), now)
    found, _ = _meeting(desk, session)
    own = role(desk, session.practitioner, found)
    return Watch(desk, session, found, own) if found is not None and own is not None else None


def _meeting(desk: Desk, session: Session) -> tuple[Meeting | None, bool]:
    """The meeting in the practitioner's copy, and whether there is a copy."""
    found = held(desk, session.practitioner, session.uid)
    copy = next((each for each in found if each.copy.session_id == session.id), None)
    return (copy.meeting, True) if copy is not None else (None, False)


def ask(
    office: Office,
    session: Session,
    changes: Sequence[Change],
    carry_out: Callable[[Office], Outcome],
    now: datetime,
) -> Outcome:
    """Carries typed changes of a session out, and delivers them when it is a meeting."""
    watch = watched(office, session, now)
    if watch is None:
        return carry_out(office)
    if watch.role == "attendee" and not all(map(_of_an_attendee, changes)):
        return Refusal(Refused(RULE, ONLY_ANSWERS), 0)
    outcome = carry_out(watch.desk.office)
    if isinstance(outcome, Stored):
        watch.tell()
    return outcome


def _of_an_attendee(change: Change) -> bool:
    """Whether somebody invited may do it: stay away, or be free."""
    whole = isinstance(change, Cancel | Delete) and getattr(change, "on", None) is None
    return whole or isinstance(change, Hide) or (isinstance(change, Edit) and change.field is Field.BUSY)
