"""R-LOCK: what the practice system has recorded locks a session, whichever pack holds."""

from __future__ import annotations

from dataclasses import replace

from calgate.domain.case import Case
from calgate.domain.change import Hide, Move, Replace
from calgate.domain.pack import Rule
from calgate.domain.rules.facts import affected, affected_with, cancels, deletes, edits, keeps_day, tracked
from calgate.domain.session import Fact, Session, Status
from calgate.domain.verdict import Contact, Refused

CLAIMED = "This session is on a submitted or processed claim and can't be changed. Contact billing."
BILLED = "Billing has started. Make this change from the bill."
SIGNED = "The note is signed. Unlock it to change more than the times."
_BILLING = (Fact.BILLING_STARTED, Fact.PAYMENT_APPLIED)


def claim(case: Case) -> Refused | None:
    """R-LOCK-1: nothing changes a session on a claim; not even hiding it. The practice's own
    version of it may say that it is on none any more."""
    if isinstance(case.change, Replace) and _claims_nothing(case.change.session):
        return None
    if not (tracked(case) or isinstance(case.change, Hide)) or not affected_with(case, Fact.CLAIM):
        return None
    return Refused("R-LOCK-1", CLAIMED, contact="billing")


def _claims_nothing(session: Session) -> bool:
    facts = session.facts.union(*(each.facts for each in session.overrides))
    return Fact.CLAIM not in facts


def claim_or_submitted(case: Case) -> Refused | None:
    """R-LOCK-1: as claim; a submitted session counts as one where no R-STA-2 reports it."""
    submitted = tracked(case) and any(each.status is Status.SUBMITTED for each in affected(case))
    return Refused("R-LOCK-1", CLAIMED, contact="billing") if submitted else claim(case)


def delete_when_paid(case: Case) -> Refused | None:
    """R-LOCK-2: a paid session isn't deleted."""
    if not deletes(case.change) or not affected_with(case, Fact.PAYMENT_APPLIED):
        return None
    sentence = "A payment is applied. Remove or refund it, then cancel the bill, then delete."
    return Refused("R-LOCK-2", sentence, contact="billing")


def delete_when_billed(case: Case) -> Refused | None:
    """R-LOCK-3: a session with a bill isn't deleted."""
    if not deletes(case.change) or not affected_with(case, *_BILLING):
        return None
    return Refused("R-LOCK-3", "Billing has started. Cancel the bill first.", contact="billing")


def change_when_billed(case: Case) -> Refused | None:
    """R-LOCK-4: a session with a bill is changed from the bill; this beats R-LOCK-5."""
    if not edits(case) or not affected_with(case, *_BILLING):
        return None
    return Refused("R-LOCK-4", BILLED, contact="billing")


def may_edit_times(case: Case) -> bool:
    """R-LOCK-5: the times of a signed note may be corrected, on the day that the policy allows."""
    if not isinstance(case.change, Move) or case.policy.signed_note_move == "none":
        return False
    return case.policy.signed_note_move == "any" or keeps_day(case)


def change_when_signed(case: Case) -> Refused | None:
    """R-LOCK-6: a signed note allows its times to be corrected (R-LOCK-5) and nothing else."""
    if not tracked(case) or cancels(case.change) or may_edit_times(case):
        return None
    if not affected_with(case, Fact.NOTE_SIGNED):
        return None
    return Refused("R-LOCK-6", SIGNED, contact="note")


def cancel_when_locked(case: Case) -> Refused | None:
    """R-LOCK-7: a signed or billed session isn't cancelled."""
    if not cancels(case.change):
        return None
    for facts, sentence, contact in _CANCEL_LOCKS:
        if affected_with(case, *facts):
            return Refused("R-LOCK-7", sentence, contact=contact)
    return None


_CANCEL_LOCKS: tuple[tuple[tuple[Fact, ...], str, Contact], ...] = (
    (_BILLING, BILLED, "billing"),
    ((Fact.NOTE_SIGNED,), SIGNED, "note"),
)


CLAIM = Rule("R-LOCK-1", "A session on a claim can't be changed.", claim, always=True)
CLAIM_OR_SUBMITTED = replace(CLAIM, check=claim_or_submitted)

RULES: tuple[Rule, ...] = (
    CLAIM,
    Rule("R-LOCK-2", "A paid session can't be deleted.", delete_when_paid, always=True),
    Rule("R-LOCK-3", "A session with a bill can't be deleted.", delete_when_billed),
    Rule("R-LOCK-4", "A session with a bill is changed from the bill.", change_when_billed),
    Rule(
        "R-LOCK-6",
        "A signed note allows only its times to be corrected (R-LOCK-5).",
        change_when_signed,
        keys=("signed_note_move",),
    ),
    Rule("R-LOCK-7", "A signed or billed session can't be cancelled.", cancel_when_locked),
)
