"""R-NEW: creating sessions. R-NEW-4 (zones) is the reader's, R-NEW-7 (modifier 95) is apply's."""

from __future__ import annotations

from datetime import date, timedelta

from calgate.domain.case import Case
from calgate.domain.change import Create, Move, Repattern, Replace, Undo
from calgate.domain.hours import UNCOUNTED
from calgate.domain.pack import Rule
from calgate.domain.rules.facts import by_practitioner, is_client_kind, occurrence, started
from calgate.domain.session import DATED_KINDS, Kind, ScheduledBy, Session, Status
from calgate.domain.splitting import FIRST
from calgate.domain.verdict import Becomes, Notice, Opinion, Refused
from calgate.domain.week import local_day
from calgate.domain.when import elapsed, instant, is_day, zone_of

ORG_TAKEN = "Your organization has scheduled another session for you at this time. Contact your organization."
LONGEST = timedelta(hours=24)


def recognized(case: Case) -> Refused | None:
    """R-NEW-1: a session with a client names the client, and a client session its service."""
    new = _created(case)
    if new is None:
        return None
    missing = new.client is None or (new.kind is Kind.CLIENT_SESSION and new.service is None)
    unmatched = case.calendar and new.kind is Kind.OTHER_EVENT and case.policy.new_unmatched == "refuse"
    if unmatched or (is_client_kind(new) and missing):
        return Refused("R-NEW-1", "Name one of your clients and one service in the title.")
    return None


def created_pending(case: Case) -> Opinion | None:
    """R-NEW-2: an own session of an assigned client and service waits for validation. Of a series the first
    day counts: assignments are renewed, and few series have an end of their own."""
    new = _created_by_practitioner(case)
    if new is None:
        return None
    if not (_is_second_half(new) or _assigned(case, new, _first_day(case, new))):
        sentence = "This client and service aren't assigned to you on that day. Contact your organization."
        return Refused("R-NEW-2", sentence)
    return _becomes(new, "R-NEW-2", Status.PENDING_VALIDATION)


def created_scheduled(case: Case) -> Opinion | None:
    """R-NEW-2: an own session is scheduled at once, where nobody validates; X-CALGATE-CLIENT names nobody
    else's clients, or guessing would tell their names."""
    new = _created_by_practitioner(case)
    if new is None:
        return None
    if not (_is_second_half(new) or new.client in case.practice.clients_of(new.practitioner)):
        return Refused("R-NEW-2", "This client isn't assigned to you. Contact your organization.")
    return _becomes(new, "R-NEW-2", Status.SCHEDULED)


def _becomes(new: Session, rule: str, status: Status) -> Becomes | None:
    """The status of a new session; a copy of a cancelled event is no appointment."""
    return None if new.status is Status.CANCELLED else Becomes(rule, status)


def timed(case: Case) -> Refused | None:
    """R-NEW-3: a session with a client has a start and an end, at any minute, at most 24 hours apart."""
    if not isinstance(case.change, (Create, Move, Replace)) or case.after is None:
        return None
    for each in (case.after, *(occurrence(case.after, own.on) for own in case.after.overrides)):
        sentence = _times_wrong(each)
        if sentence:
            return Refused("R-NEW-3", sentence)
    return None


def past_incomplete(case: Case) -> Opinion | None:
    """R-NEW-5: a session added after its start lacks its data; it may be added some days back."""
    return _backdated(case, Status.INCOMPLETE)


def past_scheduled(case: Case) -> Opinion | None:
    """R-NEW-5: a session may be added some days back, as scheduled."""
    return _backdated(case, Status.SCHEDULED)


def double_booking(case: Case) -> Opinion | None:
    """R-NEW-6: a double booking is told; over an organization's session the policy may refuse it."""
    if not isinstance(case.change, (Create, Move, Undo, Repattern)) or not is_client_kind(case.after):
        return None
    taken = [each for each in case.overlaps if each.busy and each.status not in UNCOUNTED]
    if case.policy.overlap == "refuse" and any(each.scheduled_by is ScheduledBy.ORG for each in taken):
        return Refused("R-NEW-6", ORG_TAKEN)
    return Notice("R-NEW-6", "You have another session at this time.") if taken else None


def _created(case: Case) -> Session | None:
    return case.change.session if isinstance(case.change, Create) else None


def _created_by_practitioner(case: Case) -> Session | None:
    """A client session that a practitioner adds; nothing is said of other events."""
    new = _created(case)
    return new if by_practitioner(case) and is_client_kind(new) else None


def _is_second_half(new: Session) -> bool:
    """Whether it is the second half of a series that there was: for that the cut answers (R-SER-6)."""
    return new.held or any(relation == FIRST for relation, _ in new.related)


def _first_day(case: Case, new: Session) -> date:
    return local_day(new.start, zone_of(new.start, case.practice.zone))


def _assigned(case: Case, new: Session, day: date) -> bool:
    """Whether the client and service are assigned that day; yes where the practice keeps no assignments."""
    return not case.practice.keeps_assignments or any(
        (each.practitioner, each.client) == (new.practitioner, new.client)
        and new.service in (None, each.service)
        and (each.from_ or day) <= day <= (each.to or day)
        for each in case.practice.assignments
    )


def _times_wrong(session: Session) -> str:
    if session.kind in DATED_KINDS:
        return ""
    if is_client_kind(session) and (is_day(session.start) or is_day(session.end)):
        return "Give a start and end time."
    length = elapsed(session.start, session.end)
    if length < timedelta() or (is_client_kind(session) and not length):
        return "The end must be after the start."
    if is_client_kind(session) and length > LONGEST:
        return "A session can last 24 hours at most."
    return ""


def _backdated(case: Case, status: Status) -> Opinion | None:
    new, zone = _created(case), case.practice.zone
    if new is None or not is_client_kind(new) or not started(new, case.now, zone):
        return None
    back = case.now - instant(new.start, zone)
    if back > timedelta(days=case.policy.backdate_days):
        days = case.policy.backdate_days
        sentence = f"Sessions can be added up to {days} days back. Contact your organization."
        return Refused("R-NEW-5", sentence)
    return _becomes(new, "R-NEW-5", status) if by_practitioner(case) and not new.is_series else None


CREATED_PENDING = Rule(
    "R-NEW-2", "An own session of an assigned client waits for validation.", created_pending
)
CREATED_SCHEDULED = Rule("R-NEW-2", "An own session is scheduled at once.", created_scheduled)
PAST_INCOMPLETE = Rule(
    "R-NEW-5",
    "A session added after its start is incomplete; only some days back.",
    past_incomplete,
    keys=("backdate_days",),
)
PAST_SCHEDULED = Rule(
    "R-NEW-5",
    "A session may be added after its start; only some days back.",
    past_scheduled,
    keys=("backdate_days",),
)

RULES: tuple[Rule, ...] = (
    Rule(
        "R-NEW-1",
        "A session with a client names one client and one service.",
        recognized,
        keys=("new_unmatched", "create_pattern"),
    ),
    # Before R-NEW-2, because the first status wins.
    PAST_INCOMPLETE,
    CREATED_PENDING,
    Rule(
        "R-NEW-3",
        "A session with a client has a start and an end, at most 24 hours apart.",
        timed,
        always=True,
    ),
    Rule(
        "R-NEW-6",
        "A double booking is told, or refused over an organization's session.",
        double_booking,
        keys=("overlap",),
    ),
)
