"""What a deletion or a cancellation means under the policy, before it is judged and applied."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from calgate.domain.change import Cancel, Change, Decline, Delete, Hide
from calgate.domain.policy import Policy
from calgate.domain.session import CLIENT_KINDS, DATED_KINDS, Kind, Session, Status
from calgate.domain.when import instant

ERROR_REASON = "created in error"
GUESSED = "other"
"""The type of a cancel after the start that names none: no-show or late cancel is not guessed (R-CAN-1)."""

_WITH_DATA = frozenset({Status.READY_TO_SUBMIT, Status.SUBMITTED})


def removal(session: Session, policy: Policy) -> Change:
    """What an HTTP DELETE of the whole event asks for (R-CAN-1, R-CAN-2, R-CAN-4, R-STA-7)."""
    if session.status is Status.CANCELLED:
        return Hide()
    if session.status is Status.REQUESTED and policy.request_delete_declines == "on":
        return Decline()
    if session.kind is Kind.OTHER_EVENT:
        return Delete()
    contact = session.kind in (Kind.CLIENT_CONTACT, Kind.COLLATERAL_CONTACT)
    if session.kind in CLIENT_KINDS and policy.delete_means == "delete":
        return Delete()
    return Delete() if contact and policy.contact_delete == "on" else Cancel(deleted=True)


def meant(change: Change, session: Session, policy: Policy) -> Change:
    """A cancel because of an error is a delete, if nothing was recorded (R-CAN-5); all else is itself."""
    if not isinstance(change, Cancel) or change.on is not None or session.is_series:
        return change
    if session.kind in DATED_KINDS or policy.delete_means == "refuse":
        return change
    as_delete = Delete(reason=change.reason)
    return as_delete if in_error(as_delete, session, policy) else change


def in_error(change: Delete, session: Session, policy: Policy) -> bool:
    """Whether a session of which nothing was recorded is deleted as created in error (R-CAN-5)."""
    reason = change.reason.strip().rstrip(".").casefold()
    recorded = session.facts or session.status in _WITH_DATA
    return reason == ERROR_REASON and policy.error_reason_deletes == "on" and not recorded


def typed(change: Cancel, session: Session, policy: Policy, now: datetime, zone: ZoneInfo) -> Cancel:
    """The cancel with a type: the policy's default, but `other` after the start, where none is guessed.

    R-CAN-1. `session` is what the cancel touches, a series as a whole being its future; `zone` is where a day
    begins.
    """
    if change.type:
        return change
    started = not session.is_series and instant(session.start, zone) <= now
    return replace(change, type=GUESSED if started else policy.default_cancel_type)
