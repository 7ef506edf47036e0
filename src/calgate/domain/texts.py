"""The words on a calendar: DESCRIPTION's layout, status in words, and the prefixes of titles.

DESCRIPTION (section 12, Texts): the refusal notice first, then the header, then the instructions below a
fixed marker line. Only what stands below the marker is the person's to edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from types import MappingProxyType

from calgate.domain.consent import Progress, consent_days, progress
from calgate.domain.session import DATED_KINDS, Fact, Kind, Session, Status

MARKER = "──── Instructions: edit below this line ────"

STATUS_WORDS = MappingProxyType(
    {
        Status.PENDING_VALIDATION: "Waiting for your organization to check it",
        Status.VALIDATING: "Your organization is checking it",
        Status.SCHEDULED: "Scheduled",
        Status.INCOMPLETE: "Past, session data missing",
        Status.READY_TO_SUBMIT: "Ready to submit",
        Status.SUBMITTED: "Submitted",
        Status.CANCELLED: "Cancelled",
        Status.DECLINED: "Declined by your organization",
        Status.REQUESTED: "Requested by the client, waiting for your answer",
    }
)

FACT_WORDS = MappingProxyType(
    {
        Fact.NOTE_SIGNED: "the note is signed",
        Fact.BILLING_STARTED: "billing has started",
        Fact.PAYMENT_APPLIED: "a payment is applied",
        Fact.CLAIM: "on a submitted or processed claim",
        Fact.BOOKINGS: "appointments are booked",
        Fact.ATTENDANCE: "attendance is recorded",
    }
)

KIND_WORDS = MappingProxyType(
    {
        Kind.CLIENT_SESSION: "Client session",
        Kind.CLIENT_CONTACT: "Client contact",
        Kind.COLLATERAL_CONTACT: "Collateral contact",
        Kind.OTHER_EVENT: "Other event",
        Kind.SCHOOL_SESSION: "School session",
        Kind.CLINIC_SESSION: "Clinic session",
    }
)

CONSENT_OPENS = "Consent opens"
CONSENT_REMINDER = "Consent reminder"

PROGRESS_WORDS = MappingProxyType(
    {
        Progress.UNSCHEDULED: "Not scheduled yet",
        Progress.SCHEDULED: "Scheduled",
        Progress.IN_PROGRESS: "In progress",
        Progress.COMPLETED: "Completed",
    }
)

PREFIXES = MappingProxyType(
    {
        Status.CANCELLED: "Cancelled: ",
        Status.DECLINED: "Declined: ",
        Status.REQUESTED: "Request: ",
    }
)


def cancel_words(cancel_type: str) -> str:
    """A cancel type as people read it: `no_show` is "no show"."""
    return cancel_type.replace("_", " ")


def status_line(session: Session, today: date | None = None) -> str:
    """Status in words, with the cancel type and reason or the organization's reason where there is one.

    With `today` a scheduled session with dates says how far along it is (R-DAT-6).
    """
    words = STATUS_WORDS[session.status]
    if today is not None and session.kind in DATED_KINDS and session.status is Status.SCHEDULED:
        words = PROGRESS_WORDS[progress(session, today)]
    if session.status is Status.CANCELLED and session.cancel:
        words += f" ({cancel_words(session.cancel.type)})" if session.cancel.type else ""
        words += f": {session.cancel.reason}" if session.cancel.reason else ""
    elif session.status_reason:
        words += f": {session.status_reason}"
    return f"Status: {words}"


def consent_line(session: Session) -> str:
    """When consent requests, or a clinic's invitations, go out and until when parents answer (R-DAT-2)."""
    found = consent_days(session)
    if session.kind not in DATED_KINDS or found is None:
        return ""
    what = "Invitations" if session.kind is Kind.CLINIC_SESSION else "Consent requests"
    return f"{what}: from {day_words(found.opens_on)} to {day_words(found.closes_on)}"


def day_words(day: date) -> str:
    """A day as people write it: 2 April 2026."""
    return f"{day.day} {day:%B %Y}"


def lock_line(session: Session) -> str:
    """What locks the session, in words; empty when nothing does."""
    facts = [FACT_WORDS[fact] for fact in Fact if fact in session.facts]
    return f"Locked: {', '.join(facts)}" if facts else ""


def compose(refusal: str, header: Sequence[str], instructions: str) -> str:
    """The DESCRIPTION. Without notice and header it is the instructions alone (an other_event's own text)."""
    head = [refusal, ""] if refusal else []
    lines = [*head, *(line for line in header if line)]
    if not lines:
        return instructions
    return (
        "\n".join([*lines, MARKER, instructions]).rstrip("\n")
        if instructions
        else "\n".join([*lines, MARKER])
    )


def instructions_of(description: str) -> str:
    """What the person wrote: the text below the marker, or all of it when there is no marker."""
    _, found, below = description.partition(MARKER)
    return below.lstrip("\r\n") if found else description
