"""R-STA: which states may be changed, and where undo leads."""

from __future__ import annotations

from calgate.domain.case import Case
from calgate.domain.change import Accept, Decline, Edit, Hide, Move, Repattern, Undo
from calgate.domain.pack import Rule
from calgate.domain.rules.facts import affected, by_practitioner, covers, of_org, past, tracked, with_undo
from calgate.domain.session import Kind, Status
from calgate.domain.verdict import Becomes, Opinion, Refused
from calgate.domain.when import instant

RETRY_AFTER = 120


def validating(case: Case) -> Refused | None:
    """R-STA-1: a session that is being checked waits."""
    if not tracked(case) or all(each.status is not Status.VALIDATING for each in affected(case)):
        return None
    sentence = "Your organization is checking this session. Try again in a few minutes."
    return Refused("R-STA-1", sentence, retry_after=RETRY_AFTER)


def submitted(case: Case) -> Refused | None:
    """R-STA-2: a submitted session is final; it counts as a claim, for the organization too."""
    if not tracked(case) or all(each.status is not Status.SUBMITTED for each in affected(case)):
        return None
    return Refused("R-STA-2", "Submitted sessions can't be edited. Contact your organization.")


def cancelled(case: Case) -> Refused | None:
    """R-STA-3: a cancelled session takes only an undo, alone or with other changes (R-STA-4), or a hiding."""
    if case.before is None or case.before.status is not Status.CANCELLED:
        return None
    if isinstance(case.change, Hide) or not tracked(case) or with_undo(case):
        return None
    return Refused("R-STA-3", "This session is cancelled. Undo the cancellation first.")


def undone_pending(case: Case) -> Becomes | None:
    """R-STA-4: an undone cancellation is validated again, save that of an event without a client, which
    nobody validates (section 12)."""
    return _undone(case, Status.SCHEDULED if _plain(case) else Status.PENDING_VALIDATION)


def undone_scheduled(case: Case) -> Becomes | None:
    """R-STA-4: an undone cancellation is scheduled again, where nobody validates."""
    return _undone(case, Status.SCHEDULED)


def _undone(case: Case, status: Status) -> Becomes | None:
    return Becomes("R-STA-4", status) if isinstance(case.change, Undo) else None


def undone_late(case: Case) -> Opinion | None:
    """R-STA-5: after the start only an own session's cancellation is undone, and its data is missing then."""
    if not isinstance(case.change, Undo) or not past(case):
        return None
    if of_org(case):
        sentence = "This session has already started. Contact your organization to undo the cancellation."
        return Refused("R-STA-5", sentence)
    return None if _plain(case) or _put_off(case) else Becomes("R-STA-5", Status.INCOMPLETE)


def _put_off(case: Case) -> bool:
    """Whether the same write moves it to a time that is still to come: then nothing is missing yet."""
    moves = (each for each in case.changes if isinstance(each, Move) and covers(each, case.change))
    return any(instant(each.start, case.practice.zone) > case.now for each in moves)


def _plain(case: Case) -> bool:
    """Whether it is an event without a client: nothing of it is validated or could be missing."""
    return case.before is not None and case.before.kind is Kind.OTHER_EVENT


def declined(case: Case) -> Becomes | None:
    """R-STA-6: a declined session that was edited is checked again."""
    if case.before is None or case.before.status is not Status.DECLINED or not by_practitioner(case):
        return None
    edited = isinstance(case.change, (Move, Edit, Repattern))
    return Becomes("R-STA-6", Status.PENDING_VALIDATION) if edited else None


def requested(case: Case) -> Opinion | None:
    """R-STA-7: a client's request is accepted or declined before anything else."""
    if case.before is None or case.before.status is not Status.REQUESTED:
        return None
    if tracked(case) or _not_by_calendar(case):
        sentence = "This is a pending request. Accept or decline it first."
        return Refused("R-STA-7", sentence, contact="client-portal")
    return Becomes("R-STA-7", Status.SCHEDULED) if isinstance(case.change, Accept) else None


def _not_by_calendar(case: Case) -> bool:
    """Whether the answer came through a calendar and the policy doesn't take it from there."""
    if not case.calendar:
        return False
    if isinstance(case.change, Accept):
        return case.policy.request_accept_by_status == "off"
    return isinstance(case.change, Decline) and case.policy.request_delete_declines == "off"


def undone_by_org_only(case: Case) -> Refused | None:
    """R-STA-8: what the organization scheduled and cancelled stays cancelled."""
    if not isinstance(case.change, Undo) or not of_org(case):
        return None
    sentence = "Your organization cancelled this session. Contact your organization."
    return Refused("R-STA-8", sentence)


UNDONE_PENDING = Rule(
    "R-STA-4",
    "An undone cancellation waits for validation; another event's is scheduled again.",
    undone_pending,
)
UNDONE_SCHEDULED = Rule("R-STA-4", "An undone cancellation is scheduled again.", undone_scheduled)

RULES: tuple[Rule, ...] = (
    Rule("R-STA-1", "A session under validation waits.", validating),
    Rule("R-STA-2", "A submitted session can't be edited.", submitted, always=True),
    Rule("R-STA-3", "A cancelled session takes only an undo.", cancelled),
    # Before R-STA-4, because the first status wins.
    Rule(
        "R-STA-5",
        "After the start an undone session is incomplete; an organization's is refused.",
        undone_late,
    ),
    UNDONE_PENDING,
    Rule("R-STA-6", "A declined session that is edited waits for validation.", declined),
    Rule(
        "R-STA-7",
        "A pending request is accepted or declined first.",
        requested,
        keys=("request_accept_by_status", "request_delete_declines"),
    ),
    Rule("R-STA-8", "An organization's cancellation isn't undone by a practitioner.", undone_by_org_only),
)
