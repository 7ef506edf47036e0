"""What sessions_health promises."""

# Rows are read as a table.
# fmt: off

from __future__ import annotations

from calgate.domain.change import Accept, Cancel, Cut, Decline, Edit, Field
from calgate.domain.scenario import Scenario
from calgate.domain.session import Override, ScheduledBy, Status
from calgate_packs.tables import cancel, creation, locks, series, states
from calgate_packs.tables.world import at, move, org, own, past, row
from calgate_packs.tables.world import series as weekly

OK = "allowed"
FIRST = "This is a pending request. Accept or decline it first."
LATER = move("2026-03-05 12:00", "2026-03-05 13:00")
REQUEST = own(scheduled_by=ScheduledBy.REQUEST, status=Status.REQUESTED)

REQUESTS: tuple[Scenario, ...] = (
    row("R-STA-7", "a request is moved", REQUEST, LATER, "refused R-STA-7", FIRST),
    row("R-STA-7", "a request is deleted", REQUEST, Cancel(deleted=True), "refused R-STA-7", FIRST),
    row("R-STA-7", "a request is accepted by its status", REQUEST, Accept(), "allowed -> scheduled"),
    row("R-STA-7", "the policy doesn't take that from a calendar", REQUEST, Accept(), "refused R-STA-7",
        FIRST,
        policy={"request_accept_by_status": "off"}),
    row("R-STA-7", "but from the portal", REQUEST, Accept(), "allowed -> scheduled", calendar=False,
        policy={"request_accept_by_status": "off"}),
    row("R-STA-7", "deleting doesn't decline it", REQUEST, Decline(), "refused R-STA-7", FIRST),
    row("R-STA-7", "the policy lets it", REQUEST, Decline(), "allowed",
        policy={"request_delete_declines": "on"}),
    row("R-STA-7", "it is accepted and moved in one write", REQUEST, (Accept(), LATER), "refused R-STA-7",
        FIRST),
)

OTHERS: tuple[Scenario, ...] = (
    row("R-SER-4", "a series is cut before an occurrence under validation",
        weekly(Override(on=at("2026-03-17 14:00"), status=Status.VALIDATING)),
        Cut(at("2026-03-10 14:00"), series.UNTIL_NEXT_WEEK), "refused R-SER-4", series.LOCKED),
    row("R-LOCK-1", "a submitted session counts as a claim", past(status=Status.SUBMITTED),
        Edit(Field.INSTRUCTIONS, "Ring twice."), "refused R-LOCK-1", locks.CLAIMED),
    row("R-OWN-1", "there is no week to stay in", org(), move("2026-03-19 10:00", "2026-03-19 11:00"),
        "allowed"),
)

SCENARIOS: tuple[Scenario, ...] = (
    *locks.locks(OK),
    *REQUESTS,
    *states.cancelled("scheduled"),
    *states.late("scheduled"),
    *series.rows(OK),
    *creation.creation(OK, "allowed -> scheduled", "allowed -> scheduled"),
    *creation.owned(OK),
    *cancel.rows(),
    *OTHERS,
)
