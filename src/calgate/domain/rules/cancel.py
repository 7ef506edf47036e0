"""R-CAN: cancelling and deleting. R-CAN-2 and R-CAN-6 are the gate's; no change can carry a fee (R-CAN-3)."""

from __future__ import annotations

from calgate.domain.case import Case
from calgate.domain.change import Cancel, Delete
from calgate.domain.intent import GUESSED, in_error
from calgate.domain.pack import Rule
from calgate.domain.rules.facts import cancels, deletes, is_client_kind, past
from calgate.domain.session import Fact, Kind
from calgate.domain.verdict import Notice, Opinion, Refused

_CONTACTS = frozenset({Kind.CLIENT_CONTACT, Kind.COLLATERAL_CONTACT})


def cancel(case: Case) -> Opinion | None:
    """R-CAN-1: a cancel has one of the practice's types; after the start none is guessed."""
    if not is_client_kind(case.before):
        return None
    if deletes(case.change) and case.policy.delete_means == "refuse":
        return Refused("R-CAN-1", "Sessions can't be deleted from a calendar. Cancel this one instead.")
    if not isinstance(case.change, Cancel):
        return None
    types = case.policy.cancel_types
    if case.change.type not in {"", GUESSED, case.policy.default_cancel_type, *types}:
        return Refused("R-CAN-1", f"Cancel with one of these types: {', '.join(types)}.")
    if case.calendar and case.change.type in ("", GUESSED) and past(case):
        return Notice("R-CAN-1", "Set no-show or late cancel in the practice system.")
    return None


def delete(case: Case) -> Refused | None:
    """R-CAN-4: from a calendar only other events are deleted for good, and contacts if the policy says so."""
    change, before = case.change, case.before
    if not case.calendar or not isinstance(change, Delete) or before is None:
        return None
    if before.kind is Kind.OTHER_EVENT or (not is_client_kind(before) and change.on is not None):
        return None
    if before.kind in _CONTACTS and case.policy.contact_delete == "on":
        return None
    allowed = case.policy.delete_means == "delete" or in_error(change, before, case.policy)
    if is_client_kind(before) and allowed:
        return None
    return Refused("R-CAN-4", "Sessions can't be deleted from a calendar. Cancel this one instead.")


def booked_clinic(case: Case) -> Refused | None:
    """R-CAN-7: a clinic with bookings is cancelled in the practice system, before it starts."""
    before = case.before
    if before is None or before.kind is not Kind.CLINIC_SESSION or Fact.BOOKINGS not in before.facts:
        return None
    if not cancels(case.change) or not (case.calendar or past(case)):
        return None
    if past(case):
        sentence = "This clinic has started and can't be cancelled. Contact your organization."
        return Refused("R-CAN-7", sentence)
    return Refused("R-CAN-7", "Appointments are booked. Cancel this clinic in the practice system.")


RULES: tuple[Rule, ...] = (
    Rule(
        "R-CAN-1",
        "A cancelled session is kept, with a type and a reason.",
        cancel,
        keys=("delete_means", "default_cancel_type", "cancel_types"),
    ),
    Rule(
        "R-CAN-4",
        "From a calendar only other events are deleted for good.",
        delete,
        keys=("contact_delete", "delete_means", "error_reason_deletes"),
    ),
    Rule("R-CAN-7", "A clinic with bookings is cancelled in the practice system.", booked_clinic),
)
