"""Rows of R-HRS: two hours a week are assigned."""

# Rows are read as a table.
# fmt: off

from __future__ import annotations

from calgate.domain.change import Create
from calgate.domain.scenario import Scenario
from calgate_packs.tables.world import move, own, row, two_hours

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
    )
