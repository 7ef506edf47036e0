"""Rows of R-STA that several packs share. `undone` is where an undo leads in the pack."""

# Rows are read as a table.
# fmt: off

from __future__ import annotations

from calgate.domain.change import Cancel, Edit, Field, Hide, Undo
from calgate.domain.scenario import Scenario
from calgate_packs.tables.world import CANCELLED, event, instant, move, own, past, row, series

CANCELLED_FIRST = "This session is cancelled. Undo the cancellation first."
NOTE = Edit(Field.INSTRUCTIONS, "Bring the blue folder.")


def cancelled(undone: str) -> tuple[Scenario, ...]:
    """R-STA-3 and R-STA-4."""
    return (
        row("R-STA-3", "a cancelled session is moved", own(**CANCELLED),
            move("2026-03-05 12:00", "2026-03-05 13:00"), "refused R-STA-3", CANCELLED_FIRST),
        row("R-STA-3", "a cancelled session is cancelled again", own(**CANCELLED), Cancel(type="other"),
            "refused R-STA-3", CANCELLED_FIRST),
        row("R-STA-3 R-CAN-2", "a cancelled session is hidden", own(**CANCELLED), Hide(), "allowed"),
        row("R-STA-4", "a cancellation is undone", own(**CANCELLED), Undo(), f"allowed -> {undone}"),
        row("R-STA-3 R-STA-4", "it is undone and edited in one write", own(**CANCELLED), (Undo(), NOTE),
            f"allowed -> {undone}"),
        row("R-STA-3 R-STA-4", "a series is undone as a whole, and one occurrence of it moved",
            series(**CANCELLED),
            (Undo(), move("2026-03-11 09:00", "2026-03-11 10:00", "2026-03-10 14:00")),
            f"allowed -> {undone}", now=instant("2026-02-02 09:00")),
        row("R-STA-4", "another event's cancellation is undone", event(**CANCELLED), Undo(),
            "allowed -> scheduled"),
        row("R-STA-3", "an occurrence of a cancelled series is moved", series(**CANCELLED),
            move("2026-03-11 09:00", "2026-03-11 10:00", "2026-03-10 14:00"), "refused R-STA-3",
            CANCELLED_FIRST),
    )


def late(undone: str) -> tuple[Scenario, ...]:
    """R-STA-5 for own sessions."""
    return (
        row("R-STA-5", "a past session's cancellation is undone", past(**CANCELLED), Undo(),
            "allowed -> incomplete"),
        row("R-STA-5 R-GEN-6", "it is undone in the minute before the start", own(**CANCELLED), Undo(),
            f"allowed -> {undone}", now=instant("2026-03-05 09:59")),
        row("R-STA-5 R-GEN-6", "it is undone at the start", own(**CANCELLED), Undo(), "allowed -> incomplete",
            now=instant("2026-03-05 10:00")),
        row("R-STA-4 R-STA-5", "a past one's is undone and it is moved to a time to come, in one write",
            past(**CANCELLED), (Undo(), move("2026-03-18 10:00", "2026-03-18 11:00")),
            f"allowed -> {undone}"),
        row("R-STA-5", "another event's is undone at the start", event(**CANCELLED), Undo(),
            "allowed -> scheduled", now=instant("2026-03-05 10:00")),
    )
