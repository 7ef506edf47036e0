"""Rows of R-LOCK. `ok` is what an allowed change leads to in the pack."""

# Rows are read as a table.
# fmt: off

from __future__ import annotations

from typing import Any

from calgate.domain.change import Cancel, Cut, Delete, Edit, Field, Hide, Replace, Undo
from calgate.domain.scenario import Scenario
from calgate.domain.session import Fact, Override, Status
from calgate_packs.tables.world import at, event, instant, move, own, row, series

CLAIMED = "This session is on a submitted or processed claim and can't be changed. Contact billing."
PAID = "A payment is applied. Remove or refund it, then cancel the bill, then delete."
BILLED = "Billing has started. Make this change from the bill."
SIGNED = "The note is signed. Unlock it to change more than the times."
CANCEL = Cancel(type="other")
DELETE = Cancel(deleted=True)
LATER = move("2026-03-05 10:10", "2026-03-05 11:10")
NEXT_DAY = move("2026-03-06 10:00", "2026-03-06 11:00")
NOTE = Edit(Field.INSTRUCTIONS, "Bring the blue folder.")
NEXT_TUESDAY = "2026-03-10 14:00"


def having(*facts: Fact, **fields: Any) -> Any:
    """Fields of a session with facts."""
    return {"facts": frozenset(facts), **fields}


def locked(on: str, *facts: Fact) -> Override:
    """An occurrence with facts of its own."""
    return Override(on=at(on), facts=frozenset(facts))


def claims() -> tuple[Scenario, ...]:
    """R-LOCK-1 for every pack."""
    claim = own(**having(Fact.CLAIM))
    return (
        row("R-LOCK-1", "a claimed session is moved", claim, LATER, "refused R-LOCK-1", CLAIMED),
        row("R-LOCK-1", "a claimed session's instructions are edited", claim, NOTE, "refused R-LOCK-1",
            CLAIMED),
        row("R-LOCK-1", "a claimed session is cancelled", claim, CANCEL, "refused R-LOCK-1", CLAIMED),
        row("R-LOCK-1", "the organization moves a claimed session", claim, LATER, "refused R-LOCK-1", CLAIMED,
            role="org"),
        row("R-LOCK-1", "a claimed cancelled session is hidden",
            own(**having(Fact.CLAIM, status=Status.CANCELLED)), Hide(), "refused R-LOCK-1", CLAIMED),
    )


def locks(ok: str) -> tuple[Scenario, ...]:
    """R-LOCK for packs that have the whole family."""
    return (*claims(), *_bills(), *_notes(ok), *_occurrences(ok), *_loaded())


def _bills() -> tuple[Scenario, ...]:
    paid, billed = own(**having(Fact.PAYMENT_APPLIED)), own(**having(Fact.BILLING_STARTED))
    return (
        row("R-LOCK-2", "a paid session is deleted", paid, DELETE, "refused R-LOCK-2 R-LOCK-3 R-LOCK-7",
            PAID),
        row("R-LOCK-2", "the organization deletes a paid session", paid, DELETE, "refused R-LOCK-2", PAID,
            role="org"),
        row("R-LOCK-3", "a billed session is deleted", billed, DELETE, "refused R-LOCK-3 R-LOCK-7",
            "Billing has started. Cancel the bill first."),
        row("R-LOCK-3", "the organization deletes a billed session", billed, DELETE,
            "allowed, overriding R-LOCK-3 R-LOCK-7", role="org"),
        row("R-LOCK-4", "a billed session is moved", billed, LATER, "refused R-LOCK-4", BILLED),
        row("R-LOCK-4", "a billed session's instructions are edited", billed, NOTE, "refused R-LOCK-4",
            BILLED),
        row("R-LOCK-4", "payment counts as billing", paid, LATER, "refused R-LOCK-4", BILLED),
        row("R-LOCK-4", "a billed session with a signed note is moved: the bill beats the note",
            own(**having(Fact.BILLING_STARTED, Fact.NOTE_SIGNED)), LATER, "refused R-LOCK-4", BILLED),
        row("R-LOCK-7", "a billed session is cancelled", billed, CANCEL, "refused R-LOCK-7", BILLED),
    )


def _loaded() -> tuple[Scenario, ...]:
    """The practice system sends its own full version (practice file, REST PUT)."""
    claim = own(**having(Fact.CLAIM))
    past = locked("2026-02-10 14:00", Fact.CLAIM)
    extra = Override(on=at(NEXT_TUESDAY), instructions="Ring twice.")
    by_system: dict[str, Any] = {"role": "org", "calendar": False}
    return (
        row("R-LOCK-1", "the practice sends a claimed session again", claim, Replace(claim), "allowed",
            **by_system),
        row("R-LOCK-1", "the practice takes the claim back", claim, Replace(own()), "allowed", **by_system),
        row("R-LOCK-1", "the practice sends it with another time", claim,
            Replace(own(end="2026-03-05 11:30", **having(Fact.CLAIM))), "refused R-LOCK-1", CLAIMED,
            **by_system),
        row("R-LOCK-1", "the practice changes another occurrence than the claimed one", series(past),
            Replace(series(past, extra)), "allowed", **by_system),
        row("R-LOCK-1", "the practice moves the series of a claimed occurrence", series(past),
            Replace(series(past, rrule="FREQ=WEEKLY;INTERVAL=2")), "refused R-LOCK-1", CLAIMED, **by_system),
        row("R-LOCK-4", "the practice changes a billed session", own(**having(Fact.BILLING_STARTED)),
            Replace(own(end="2026-03-05 11:30")), "allowed, overriding R-LOCK-4", **by_system),
    )


def _notes(ok: str) -> tuple[Scenario, ...]:
    signed = own(**having(Fact.NOTE_SIGNED))
    evening = own("2026-03-05 22:00", "2026-03-05 23:00", **having(Fact.NOTE_SIGNED))
    return (
        row("R-LOCK-5", "a signed note's times are corrected", signed, LATER, ok),
        row("R-LOCK-5", "they may end exactly at midnight", evening,
            move("2026-03-05 22:00", "2026-03-06 00:00"), ok),
        row("R-LOCK-6", "but not on the next day", evening, move("2026-03-05 22:00", "2026-03-06 00:01"),
            "refused R-LOCK-6", SIGNED),
        row("R-LOCK-5 R-LOCK-6", "a signed session is moved to another day", signed, NEXT_DAY,
            "refused R-LOCK-6",
            SIGNED),
        row("R-LOCK-5", "the policy allows any day", signed, NEXT_DAY, ok,
            policy={"signed_note_move": "any"}),
        row("R-LOCK-6", "the policy allows no move", signed, LATER, "refused R-LOCK-6", SIGNED,
            policy={"signed_note_move": "none"}),
        row("R-LOCK-6", "the instructions of a signed note are edited", signed, NOTE, "refused R-LOCK-6",
            SIGNED),
        row("R-LOCK-6 R-GEN-1", "times and instructions of a signed note are edited together", signed,
            (LATER, NOTE), "refused R-LOCK-6", SIGNED),
        row("R-LOCK-6", "the location of a signed note is edited", signed, Edit(Field.LOCATION, "online"),
            "refused R-LOCK-6", SIGNED),
        row("R-LOCK-7", "a session with a signed note is cancelled", signed, CANCEL, "refused R-LOCK-7",
            SIGNED),
        row("R-LOCK-7", "a session with a signed note is deleted", signed, DELETE, "refused R-LOCK-7",
            SIGNED),
        row("R-LOCK-1", "another event has no locks", event(), Delete(), "allowed"),
    )


def _occurrences(ok: str) -> tuple[Scenario, ...]:
    claimed = series(locked(NEXT_TUESDAY, Fact.CLAIM))
    signed = series(locked("2026-02-24 14:00", Fact.NOTE_SIGNED))
    return (
        row("R-LOCK-1", "an occurrence on a claim is moved", claimed,
            move("2026-03-10 15:00", "2026-03-10 16:00", NEXT_TUESDAY), "refused R-LOCK-1", CLAIMED),
        row("R-LOCK-1", "its neighbour is moved", claimed,
            move("2026-03-17 15:00", "2026-03-17 16:00", "2026-03-17 14:00"), ok),
        row("R-LOCK-1", "the series is cancelled although a future occurrence is on a claim", claimed, CANCEL,
            "refused R-LOCK-1", CLAIMED),
        row("R-LOCK-1", "the series is cancelled and only a past occurrence is on a claim",
            series(locked("2026-02-10 14:00", Fact.CLAIM)), CANCEL, "allowed"),
        row("R-LOCK-1", "a cancelled series on a claim isn't undone",
            series(**having(Fact.CLAIM, status=Status.CANCELLED)), Undo(), "refused R-LOCK-1", CLAIMED,
            now=instant("2026-01-05 09:00")),
        row("R-LOCK-5 R-SER-1", "the times of a past occurrence with a signed note are corrected", signed,
            move("2026-02-24 14:10", "2026-02-24 15:10", "2026-02-24 14:00"), ok),
        row("R-LOCK-2 R-SER-4", "the series is cut before a paid occurrence",
            series(locked(NEXT_TUESDAY, Fact.PAYMENT_APPLIED)),
            Cut(at(NEXT_TUESDAY), "FREQ=WEEKLY;UNTIL=20260310T175959Z"),
            "refused R-LOCK-2 R-LOCK-3 R-LOCK-7 R-SER-4", PAID),
    )
