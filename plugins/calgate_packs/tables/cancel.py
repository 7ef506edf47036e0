"""Rows of R-CAN for sessions with a client, and for clinics."""

# Rows are read as a table.
# fmt: off

from __future__ import annotations

from calgate.domain.change import Cancel, Delete
from calgate.domain.scenario import Scenario
from calgate.domain.session import Fact, Kind, Status
from calgate_packs.tables.world import instant, own, past, row, series

KEPT = "Sessions can't be deleted from a calendar. Cancel this one instead."
DELETE = Cancel(deleted=True)


def rows() -> tuple[Scenario, ...]:
    """R-CAN-1, 4 and 5."""
    contact = own(kind=Kind.CLIENT_CONTACT)
    return (
        row("R-CAN-1", "a session is cancelled with a type", own(), Cancel(type="late_cancel"), "allowed"),
        row("R-CAN-1", "a session is deleted, which cancels it", own(), DELETE, "allowed"),
        row("R-CAN-1", "the policy refuses deletion", own(), DELETE, "refused R-CAN-1", KEPT,
            policy={"delete_means": "refuse"}),
        row("R-CAN-1", "a type that the practice doesn't know", own(), Cancel(type="rain"), "refused R-CAN-1",
            "Cancel with one of these types: late_cancel, no_show, therapist_cancel, other."),
        row("R-CAN-1", "the practice has its own types", own(), Cancel(type="rain"), "allowed",
            policy={"cancel_types": ["rain", "other"]}),
        row("R-CAN-1", "after the start no type is guessed", past(), DELETE, "allowed, told R-CAN-1",
            "Set no-show or late cancel in the practice system."),
        row("R-CAN-1", "a running series is deleted: its future hasn't started", series(), DELETE, "allowed",
            ""),
        row("R-CAN-1", "nor when the gate filled in the general one", past(), Cancel(type="other"),
            "allowed, told R-CAN-1"),
        row("R-CAN-1", "the practice's own types need not have the general one", own(), Cancel(type="other"),
            "allowed", policy={"cancel_types": ["rain"]}),
        row("R-CAN-1", "after the start a type may be given", past(), Cancel(type="no_show"), "allowed"),
        row("R-CAN-4", "a session is deleted for good", own(), Delete(), "refused R-CAN-4", KEPT),
        row("R-CAN-4", "the policy lets calendars delete", own(), Delete(), "allowed",
            policy={"delete_means": "delete"}),
        row("R-CAN-4", "a contact is deleted for good", contact, Delete(), "refused R-CAN-4", KEPT),
        row("R-CAN-4", "the policy allows that", contact, Delete(), "allowed",
            policy={"contact_delete": "on"}),
        row("R-CAN-4", "the practice system deletes", own(), Delete(), "allowed", role="org", calendar=False),
        row("R-CAN-5", "a session is deleted because it was created in error", own(),
            Delete(reason="Created in error."), "allowed"),
        row("R-CAN-5", "but something was recorded", own(facts=frozenset({Fact.ATTENDANCE})),
            Delete(reason="Created in error"), "refused R-CAN-4", KEPT),
        row("R-CAN-5", "but its data is there", past(status=Status.READY_TO_SUBMIT),
            Delete(reason="Created in error"), "refused R-CAN-4", KEPT),
        row("R-CAN-5", "the policy doesn't know that reason", own(), Delete(reason="Created in error"),
            "refused R-CAN-4", KEPT, policy={"error_reason_deletes": "off"}),
    )


def clinics() -> tuple[Scenario, ...]:
    """R-CAN-7."""
    clinic = own(kind=Kind.CLINIC_SESSION, client=None, service=None, facts=frozenset({Fact.BOOKINGS}))
    booked = "Appointments are booked. Cancel this clinic in the practice system."
    return (
        row("R-CAN-7", "a booked clinic is deleted from a calendar", clinic, DELETE, "refused R-CAN-7",
            booked),
        row("R-CAN-7", "a booked clinic is cancelled in a calendar", clinic, Cancel(type="other"),
            "refused R-CAN-7", booked),
        row("R-CAN-7", "a booked clinic is cancelled on the web", clinic, Cancel(type="other"), "allowed",
            calendar=False),
        row("R-CAN-7", "a booked clinic has begun", clinic, Cancel(type="other"), "refused R-CAN-7",
            "This clinic has started and can't be cancelled. Contact your organization.", calendar=False,
            now=instant("2026-03-05 10:30")),
        row("R-CAN-7", "a clinic without bookings is cancelled",
            own(kind=Kind.CLINIC_SESSION, client=None, service=None), Cancel(type="other"), "allowed"),
    )
