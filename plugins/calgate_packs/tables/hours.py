"""Rows of R-HRS: two hours a week are assigned."""

# Rows are read as a table.
# fmt: off

from __future__ import annotations

from dataclasses import replace
from datetime import date

from calgate.domain.change import Create, Repattern, Undo
from calgate.domain.scenario import Scenario
from calgate_packs.tables.world import CANCELLED, move, own, row, two_hours

OVER = "0.5 h over the hours assigned this week"


def rows(ok: str) -> tuple[Scenario, ...]:
    """R-HRS-1."""
    longer = move("2026-03-05 10:00", "2026-03-05 11:30")
    half_over = two_hours(1.5)
    return (
        row("R-HRS-1", "within the hours assigned", None, Create(own()), ok, hours=two_hours(1)),
        row("R-HRS-1", "half an hour over", None, Create(own()), f"{ok}, told R-HRS-1", OVER,
            hours=half_over),
        row("R-HRS-1", "a session is lengthened beyond them", own(), longer, f"{ok}, told R-HRS-1", OVER,
            hours=two_hours(1)),
        row("R-HRS-1", "the policy refuses", own(), longer, "refused R-HRS-1",
            f"{OVER}. Contact your organization.",
            hours=two_hours(1), policy={"hours_over": "refuse"}),
        row("R-HRS-1", "a session is moved within a week that is over", own(),
            move("2026-03-06 10:00", "2026-03-06 11:00"), ok, hours=half_over),
        row("R-HRS-1", "a session is moved into a full week", own(),
            move("2026-03-12 10:00", "2026-03-12 11:00"),
            f"{ok}, told R-HRS-1", OVER, hours=half_over),
        row("R-HRS-1", "a session is shortened in a week that is over", own(),
            move("2026-03-05 10:00", "2026-03-05 10:45"), ok, hours=two_hours(2)),
        *_patterns(ok),
        *_undone(ok),
    )


def _patterns(ok: str) -> tuple[Scenario, ...]:
    """What is added to a session or to a series is judged as a new one is."""
    single, twice = own(), own(rrule="FREQ=WEEKLY;COUNT=2")
    next_week = replace(two_hours(1.5), period=(date(2026, 3, 9), date(2026, 3, 15)))
    in_three = replace(two_hours(1.5), period=(date(2026, 3, 16), date(2026, 3, 22)))
    weekly = Repattern("FREQ=WEEKLY;COUNT=4")
    return (
        row("R-HRS-1", "a single session becomes a series", single, weekly, f"{ok}, told R-HRS-1", OVER,
            hours=next_week),
        row("R-HRS-1", "a series goes on longer", twice, weekly, f"{ok}, told R-HRS-1", OVER, hours=in_three),
        row("R-HRS-1", "the policy refuses more appointments", twice, weekly, "refused R-HRS-1",
            f"{OVER}. Contact your organization.", hours=in_three, policy={"hours_over": "refuse"}),
        row("R-HRS-1", "a series goes on longer than a week that is over", twice, weekly, ok,
            hours=next_week, policy={"hours_over": "refuse"}),
        row("R-HRS-1", "a series has fewer appointments in a week that is over", own(rrule="FREQ=WEEKLY"),
            Repattern("FREQ=WEEKLY;INTERVAL=2"), ok, hours=in_three, policy={"hours_over": "refuse"}),
    )


def _undone(ok: str) -> tuple[Scenario, ...]:
    """Who takes a cancellation back is told, and never refused for the hours."""
    cancelled, refuses = own(**CANCELLED), {"hours_over": "refuse"}
    longer = move("2026-03-05 10:00", "2026-03-05 11:30")
    return (
        row("R-HRS-1", "a cancellation is undone in a full week", cancelled, Undo(), f"{ok}, told R-HRS-1",
            OVER, hours=two_hours(1.5), policy=refuses),
        row("R-HRS-1", "a cancellation is undone within the hours assigned", cancelled, Undo(), ok,
            hours=two_hours(1), policy=refuses),
        row("R-HRS-1", "it is undone and moved within the week", cancelled,
            (Undo(), move("2026-03-06 10:00", "2026-03-06 11:00")), f"{ok}, told R-HRS-1", OVER,
            hours=two_hours(1.5), policy=refuses),
        row("R-HRS-1", "it is undone and lengthened", cancelled, (Undo(), longer), "refused R-HRS-1",
            hours=two_hours(1.5), policy=refuses),
    )
