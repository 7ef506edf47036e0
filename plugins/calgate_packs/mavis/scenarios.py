"""What mavis promises."""

# Rows are read as a table.
# fmt: off

from __future__ import annotations

from calgate.domain.change import Edit, Field
from calgate.domain.scenario import Scenario
from calgate.domain.session import Status
from calgate_packs.tables import cancel, dates, locks, series, states
from calgate_packs.tables.world import past, row

SCENARIOS: tuple[Scenario, ...] = (
    *locks.claims(),
    row("R-LOCK-1", "a submitted session counts as a claim", past(status=Status.SUBMITTED),
        Edit(Field.INSTRUCTIONS, "Ring twice."), "refused R-LOCK-1", locks.CLAIMED),
    *states.cancelled("scheduled"),
    *dates.rows(),
    *series.limits(),
    *cancel.rows(),
    *cancel.clinics(),
)
