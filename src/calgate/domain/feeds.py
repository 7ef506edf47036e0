"""A session as a link's audience is shown it: built from the fields that the pack's table gives, nothing
else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from calgate.domain import texts
from calgate.domain.audience import Audience, Field, Shown, Table, View
from calgate.domain.dates import is_unscheduled, keyed, on_date
from calgate.domain.disclosure import client_name, color_of, event_status
from calgate.domain.event import Document, Event
from calgate.domain.policy import Policy
from calgate.domain.practice import Practice
from calgate.domain.recurrence import starts
from calgate.domain.session import CLIENT_KINDS, DATED_KINDS, Kind, Session, Status
from calgate.domain.when import When, elapsed, key, plus

OUTCOMES: Mapping[Status, Status] = MappingProxyType(
    {
        Status.VALIDATING: Status.PENDING_VALIDATION,
        Status.INCOMPLETE: Status.SCHEDULED,
        Status.READY_TO_SUBMIT: Status.SCHEDULED,
        Status.SUBMITTED: Status.SCHEDULED,
    }
)
"""What those are told who are told only whether a session takes place; other statuses are told as they
are."""
OUTCOME_WORDS: Mapping[Status, str] = MappingProxyType(
    {
        Status.PENDING_VALIDATION: "Waiting for confirmation",
        Status.REQUESTED: "Waiting for confirmation",
        Status.SCHEDULED: "Scheduled",
        Status.CANCELLED: "Cancelled",
        Status.DECLINED: "Not confirmed",
    }
)


@dataclass(frozen=True, slots=True)
class _Viewer:
    practice: Practice
    policy: Policy
    view: View
    row: Shown

    def sees(self, field: Field) -> bool:
        """Whether the table gives this audience the field at the view's level of detail."""
        detail = self.view.detail
        return detail != "busy" and detail in self.row.fields.get(field, ())

    def shown(self, session: Session) -> bool:
        """Whether a session, or one occurrence of a series, is in the view at all."""
        view, cancelled = self.view, session.status is Status.CANCELLED
        return (
            not session.held
            and session.kind in self.row.kinds
            and session.status in self.row.statuses
            and (not view.statuses or session.status in view.statuses)
            and not (cancelled and view.cancelled == "omit")
            and not (view.detail == "busy" and (cancelled or not session.busy))
            and (view.audience, view.target) in _targets(session, self.practice.id)
        )


def concerned(session: Session, org: str) -> frozenset[tuple[Audience, str]]:
    """Audience and target of every view that may show the session or an occurrence of it."""
    found = set(_targets(session, org))
    for each in session.overrides:
        found.update(_targets(session.overridden(each, each.on), org))
    return frozenset(found)


def _targets(session: Session, org: str) -> Iterator[tuple[Audience, str]]:
    yield "person", session.practitioner
    yield "organization", org
    if session.client:
        yield "client", session.client
    if session.location:
        yield "location", session.location
        if session.room:
            yield "location", f"{session.location}/{session.room}"


def versions(
    session: Session, practice: Practice, policy: Policy, table: Table, view: View
) -> tuple[Document, ...]:
    """What the view shows of a session: a document for it, for each of its dates, or for single occurrences
    of a series that as a whole is not in the view; none when it shows nothing.

    Occurrences that the view does not show become EXDATEs. UIDs are stable, and made anew: those that
    people's programs gave to their events tell of the programs.
    """
    viewer = _Viewer(practice, policy, view, table[view.audience])
    if session.kind in DATED_KINDS and (session.dates or is_unscheduled(session)):
        dates = ((each.key, on_date(session, each)) for each in keyed(session.dates))
        return tuple(_alone(viewer, session, name, date) for name, date in dates if viewer.shown(date))
    if not session.is_series:
        return (_alone(viewer, session, "", session),) if viewer.shown(session) else ()
    length = elapsed(session.start, session.end)
    own = [(each.on, session.overridden(each, plus(each.on, length))) for each in session.overrides]
    if viewer.shown(session):
        return _series(viewer, session, own)
    return tuple(_alone(viewer, session, key(on), each) for on, each in own if viewer.shown(each))


def _series(viewer: _Viewer, session: Session, own: list[tuple[When, Session]]) -> tuple[Document, ...]:
    length = elapsed(session.start, session.end)
    hidden = tuple(on for on, each in own if not viewer.shown(each))
    master = replace(_event(viewer, session), exdates=(*session.exdates, *hidden))
    events = [(on, _event(viewer, each, on)) for on, each in own if on not in hidden]
    overrides = tuple(each for on, each in events if each != _occurrence(master, on, plus(on, length)))
    if master.exdates and not overrides:
        rest = starts(master.start, master.rrule, master.rdates, master.exdates, limit=1)
        if next(rest, None) is None:
            return ()
    return (Document(uid=_uid(session, ""), master=master, overrides=overrides),)


def _occurrence(master: Event, on: When, end: When) -> Event:
    """The occurrence as the master tells it: an override that says the same, since what sets it apart is not
    for this audience, is left out."""
    return replace(master, start=on, end=end, recurrence_id=on, rrule=None, rdates=(), exdates=())


def _alone(viewer: _Viewer, session: Session, name: str, occurrence: Session) -> Document:
    return Document(uid=_uid(session, name), master=_event(viewer, occurrence))


def _uid(session: Session, name: str) -> str:
    # By the session, too: the sessions of those who meet have one UID.
    named = f"{name}\n{session.uid}\n{session.id}"
    return hashlib.blake2b(named.encode(), digest_size=16).hexdigest()


def _event(viewer: _Viewer, session: Session, recurrence_id: When | None = None) -> Event:
    cancelled = session.status is Status.CANCELLED
    kept = cancelled and viewer.view.cancelled == "keep"
    join = session.telehealth_url if viewer.view.join_link and viewer.sees(Field.JOIN_LINK) else ""
    return Event(
        start=session.start,
        end=session.end,
        recurrence_id=recurrence_id,
        rrule=session.rrule,
        rdates=session.rdates,
        exdates=session.exdates,
        summary="Busy" if viewer.view.detail == "busy" else _summary(viewer, session),
        description=_description(viewer, session, join),
        location=_location(viewer, session),
        url=join,
        conference=join,
        status="CONFIRMED" if kept else event_status(session),
        status_stated=not kept,
        transparent=cancelled or not session.busy,
        private=session.kind in CLIENT_KINDS and viewer.sees(Field.KIND),
        categories=_categories(viewer, session),
        color=color_of(viewer.policy, session) if viewer.sees(Field.COLOR) else "",
        marks=MappingProxyType(_marks(viewer, session) if viewer.sees(Field.MARKS) else {}),
    )


def _summary(viewer: _Viewer, session: Session) -> str:
    practice = viewer.practice
    client = practice.clients.get(session.client or "") if viewer.sees(Field.CLIENT) else None
    person = practice.people.get(session.practitioner) if viewer.sees(Field.PRACTITIONER) else None
    parts = (client_name(client, viewer.view.detail), _what(viewer, session), person.name if person else "")
    return texts.PREFIXES.get(session.status, "") + ", ".join(each for each in parts if each)


def _what(viewer: _Viewer, session: Session) -> str:
    words = texts.KIND_WORDS[session.kind]
    match session.kind:
        case Kind.OTHER_EVENT:
            return (session.title if viewer.sees(Field.TITLE) else "") or words
        case Kind.SCHOOL_SESSION | Kind.CLINIC_SESSION:
            programmes = ", ".join(_programmes(viewer, session))
            return f"{words}: {programmes}" if programmes else words
        case Kind.CLIENT_SESSION:
            service = viewer.practice.services.get(session.service or "")
            named = service is not None and viewer.sees(Field.SERVICE)
            return (service.name or service.id) if service is not None and named else words
    detail = session.medium if session.kind is Kind.CLIENT_CONTACT else session.contact_with
    return f"{words} ({detail.replace('_', ' ')})" if detail and viewer.sees(Field.CONTACT) else words


def _programmes(viewer: _Viewer, session: Session) -> tuple[str, ...]:
    if not viewer.sees(Field.PROGRAMMES):
        return ()
    return tuple(viewer.practice.programmes.get(each, each) for each in session.programmes)


def _description(viewer: _Viewer, session: Session, join: str) -> str:
    lines = [
        _status_line(viewer, session),
        texts.consent_line(session) if viewer.sees(Field.CONSENT) else "",
        texts.lock_line(session) if viewer.sees(Field.LOCKS) else "",
        f"Join: {join}" if join else "",
    ]
    head = "\n".join(each for each in lines if each)
    own = session.instructions if viewer.sees(Field.INSTRUCTIONS) else ""
    return "\n\n".join(each for each in (head, own) if each)


def _status_line(viewer: _Viewer, session: Session) -> str:
    if session.kind is Kind.OTHER_EVENT and session.status is Status.SCHEDULED:
        return ""
    if viewer.sees(Field.STATUS):
        told = session if viewer.sees(Field.REASON) else replace(session, cancel=None, status_reason="")
        return texts.status_line(told)
    return f"Status: {OUTCOME_WORDS[_outcome(session)]}" if viewer.sees(Field.OUTCOME) else ""


def _outcome(session: Session) -> Status:
    return OUTCOMES.get(session.status, session.status)


def _location(viewer: _Viewer, session: Session) -> str:
    location = viewer.practice.locations.get(session.location or "")
    if location is None:
        return session.place if viewer.sees(Field.PLACE) else ""
    parts = (
        location.name if viewer.sees(Field.LOCATION) else "",
        f"room {session.room}" if session.room and viewer.sees(Field.ROOM) else "",
        location.address if viewer.sees(Field.ADDRESS) else "",
    )
    return ", ".join(each for each in parts if each)


def _categories(viewer: _Viewer, session: Session) -> tuple[str, ...]:
    kind = (texts.KIND_WORDS[session.kind],) if viewer.sees(Field.KIND) else ()
    return (*kind, *_programmes(viewer, session))


def _marks(viewer: _Viewer, session: Session) -> dict[str, str]:
    """The marks that every session carries; the others are its practitioner's alone."""
    marks = {
        "ID": session.history.of if session.history else session.id,
        "KIND": session.kind.value,
        "SCHEDULED-BY": session.scheduled_by.value,
    }
    if viewer.sees(Field.STATUS):
        marks["STATUS"] = session.status.value
    elif viewer.sees(Field.OUTCOME):
        marks["STATUS"] = _outcome(session).value
    return marks
