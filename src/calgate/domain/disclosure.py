"""What a viewer is shown of a session: the one place that decides which name, text and mark goes out.

`show` gives one Document per calendar object: key "" for a session or series, the date's own key for each
date of a session with several (R-DAT-8), `opens` and `reminder-<key>` for markers of consent days (R-DAT-9).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from calgate.domain import texts
from calgate.domain.case import Hours
from calgate.domain.consent import consent_days, reminder_weeks
from calgate.domain.dates import is_unscheduled, keyed, on_date, whole_days
from calgate.domain.event import MARKER, Document, Event, EventStatus
from calgate.domain.policy import Policy, Title
from calgate.domain.practice import Client, Practice
from calgate.domain.session import (
    CLIENT_KINDS,
    DATED_KINDS,
    TENTATIVE_STATUSES,
    Kind,
    Override,
    Session,
    Status,
)
from calgate.domain.telehealth import modifiers_at
from calgate.domain.week import local_day
from calgate.domain.when import When, day_of, elapsed, plus, zone_of

STATUS_COLORS = MappingProxyType(
    {
        Status.PENDING_VALIDATION: "goldenrod",
        Status.VALIDATING: "goldenrod",
        Status.SCHEDULED: "steelblue",
        Status.INCOMPLETE: "darkorange",
        Status.READY_TO_SUBMIT: "seagreen",
        Status.SUBMITTED: "slategray",
        Status.CANCELLED: "lightgray",
        Status.DECLINED: "indianred",
        Status.REQUESTED: "mediumpurple",
    }
)
SERVICE_COLORS = (
    "steelblue",
    "seagreen",
    "darkorange",
    "mediumpurple",
    "teal",
    "indianred",
    "olive",
    "slateblue",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What this copy says beside the session itself: why the last edit was refused, hints, hours, and how far
    along it is today (R-DAT-6)."""

    refusal: str = ""
    notices: tuple[str, ...] = ()
    hours: Hours | None = None
    today: date | None = None


def show(
    session: Session,
    practice: Practice,
    policy: Policy,
    title: Title = "full",
    notes: Notes | None = None,
    sequence: int = 0,
) -> dict[str, Document]:
    """The documents of a session for the viewer who may see titles at that level; none while it
    has no date."""
    view = _View(practice, policy, title, notes or Notes())
    if session.kind in DATED_KINDS and (session.dates or is_unscheduled(session)):
        shown = {**_dated(view, session), **_markers(view, session)}
        return {
            name: Document(uid=_uid(session, name), master=event, sequence=sequence)
            for name, event in shown.items()
        }
    master = _event(view, session, related=session.related)
    overrides = tuple(
        _event(view, _overridden(view, session, each), recurrence_id=each.on)
        for each in session.overrides
        if session.is_series and each.differs
    )
    return {"": Document(uid=session.uid, master=master, overrides=overrides, sequence=sequence)}


def _overridden(view: _View, session: Session, own: Override) -> Session:
    """One occurrence as a session of its own, with the modifiers that its place asks for (R-NEW-7)."""
    found = session.overridden(own, plus(own.on, elapsed(session.start, session.end)))
    if found.location == session.location:
        return found
    modifiers = modifiers_at(found.modifiers, session.location, found.location, view.practice)
    return replace(found, modifiers=modifiers)


@dataclass(frozen=True, slots=True)
class _View:
    practice: Practice
    policy: Policy
    title: Title
    notes: Notes
    said: dict[object, Mapping[str, Any]] = field(default_factory=dict)
    """Of one session, by the content of its occurrences: see _said."""


def part_of(session: Session, uid: str) -> str:
    """Which of a session's documents has that UID: the key that `show` gives it."""
    own = next((each.key for each in session.dates if each.uid == uid), None)
    return own or ("" if uid == session.uid else uid.removesuffix(f"-{session.uid}"))


def _uid(session: Session, name: str) -> str:
    own = next((each.uid for each in session.dates if each.key == name), "")
    return own or (f"{name}-{session.uid}" if name else session.uid)


def _dated(view: _View, session: Session) -> dict[str, Event]:
    """An event for each date, or one for all of them as RDATEs where they are whole days (R-DAT-8)."""
    periods = keyed(session.dates)
    if view.policy.multi_date == "rdate" and periods and whole_days(session):
        return {"": replace(_event(view, session), rdates=tuple(each.start for each in periods[1:]))}
    uids = {each.key: _uid(session, each.key) for each in periods}
    return {
        each.key: _event(
            view,
            on_date(session, each),
            related=tuple(("SIBLING", uid) for name, uid in uids.items() if name != each.key),
        )
        for each in periods
    }


def _markers(view: _View, session: Session) -> dict[str, Event]:
    """All-day, free, read-only events on the consent days (R-DAT-9)."""
    found = consent_days(session)
    if view.policy.markers == "off" or found is None or session.status is not Status.SCHEDULED:
        return {}
    days = {"opens": (texts.CONSENT_OPENS, found.opens_on)}
    weeks = timedelta(weeks=reminder_weeks(session))
    for period in keyed(session.dates):
        day = day_of(period.start) - weeks
        if day in found.reminders_on and all(day != other for _, other in days.values()):
            days[f"reminder-{period.key}"] = (texts.CONSENT_REMINDER, day)
    return {name: _marker(view, session, words, day) for name, (words, day) in days.items()}


def _marker(view: _View, session: Session, words: str, day: date) -> Event:
    hidden = view.title == "busy"
    return Event(
        start=day,
        end=day + timedelta(days=1),
        summary="Busy" if hidden else f"{words}: {_plain_title(view, session)}",
        description="" if hidden else texts.compose(view.notes.refusal, (), ""),
        location="" if hidden else _location(view, session),
        transparent=True,
        marks=MappingProxyType({MARKER: words} if hidden else {**_marks(view, session), MARKER: words}),
    )


def _event(
    view: _View,
    session: Session,
    recurrence_id: When | None = None,
    related: tuple[tuple[str, str], ...] = (),
) -> Event:
    said = _said(view, session)
    marks = {} if view.title == "busy" else {**said["marks"], **_hours_marks(view, session)}
    return Event(
        start=session.start,
        end=session.end,
        recurrence_id=recurrence_id,
        rrule=session.rrule,
        rdates=session.rdates,
        exdates=session.exdates,
        related=related,
        **{**said, "marks": MappingProxyType(marks)},
    )


_content = attrgetter(
    "status", "cancel", "facts", "title", "client", "service", "location", "room", "place", "instructions",
    "telehealth_url", "busy", "modifiers",
)  # fmt: skip
"""All that an occurrence may have of its own, besides when it is."""


def _said(view: _View, session: Session) -> Mapping[str, Any]:
    """What an event says, besides when it is and what hours it is counted in: made once for all the
    occurrences of a series that say the same."""
    if session.kind in DATED_KINDS:  # these also say when their other dates are
        return _words(view, session)
    content = _content(session)
    if content not in view.said:
        view.said[content] = _words(view, session)
    return view.said[content]


def _words(view: _View, session: Session) -> Mapping[str, Any]:
    hidden = view.title == "busy"
    return {
        "summary": _summary(view, session),
        "description": "" if hidden else _description(view, session),
        "location": "" if hidden else _location(view, session),
        "url": "" if hidden else session.telehealth_url,
        "conference": "" if hidden else session.telehealth_url,
        "status": event_status(session),
        "transparent": session.status is Status.CANCELLED or not session.busy,
        "private": session.kind in CLIENT_KINDS,
        "categories": () if hidden else _categories(view, session),
        "color": color_of(view.policy, session),
        "marks": {} if hidden else _marks(view, session),
    }


def event_status(session: Session) -> EventStatus:
    """The session's status in iCalendar's terms."""
    if session.status is Status.CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if session.status in TENTATIVE_STATUSES else "CONFIRMED"


def client_name(client: Client | None, title: Title) -> str:
    """A client's name at a level of detail; empty when nobody is known or nothing may be said."""
    if client is None or title == "busy":
        return ""
    match title:
        case "full":
            return f"{client.first_name} {client.last_name}".strip() or client.internal_id
        case "first_name":
            return client.first_name or client.internal_id
        case "initials":
            return " ".join(f"{name[0]}." for name in (client.first_name, client.last_name) if name)
        case _:
            return client.internal_id or client.id


def _summary(view: _View, session: Session) -> str:
    if view.title == "busy":
        return "Busy"
    prefix = texts.PREFIXES.get(session.status, "")
    return prefix + _plain_title(view, session)


def _plain_title(view: _View, session: Session) -> str:
    if session.kind is Kind.OTHER_EVENT:
        return session.title
    if session.kind in DATED_KINDS:
        programmes = ", ".join(view.practice.programmes.get(each, each) for each in session.programmes)
        return (
            f"{texts.KIND_WORDS[session.kind]}: {programmes}"
            if programmes
            else texts.KIND_WORDS[session.kind]
        )
    name = client_name(view.practice.clients.get(session.client or ""), view.title)
    if session.kind is Kind.CLIENT_SESSION:
        service = view.practice.services.get(session.service or "")
        return ", ".join(each for each in (name, service.name or service.id if service else "") if each)
    detail = session.medium if session.kind is Kind.CLIENT_CONTACT else session.contact_with
    words = f"{texts.KIND_WORDS[session.kind]}: {name}"
    return f"{words} ({detail.replace('_', ' ')})" if detail else words


def _description(view: _View, session: Session) -> str:
    notes = view.notes
    if session.kind is Kind.OTHER_EVENT and session.status is Status.SCHEDULED:
        return texts.compose(notes.refusal, notes.notices, session.instructions)
    join = f"Join: {session.telehealth_url}" if session.telehealth_url else ""
    status = texts.status_line(session, notes.today)
    header = (status, texts.consent_line(session), texts.lock_line(session), *notes.notices, join)
    return texts.compose(notes.refusal, header, session.instructions)


def _location(view: _View, session: Session) -> str:
    location = view.practice.locations.get(session.location or "")
    if location is None:
        return session.place
    return ", ".join(each for each in (location.name, f"room {session.room}" if session.room else "") if each)


def _categories(view: _View, session: Session) -> tuple[str, ...]:
    programmes = (view.practice.programmes.get(each, each) for each in session.programmes)
    return (texts.KIND_WORDS[session.kind], *programmes)


def color_of(policy: Policy, session: Session) -> str:
    """The session's colour by the organization's choice; "" for none."""
    match policy.color_by:
        case "status":
            return STATUS_COLORS[session.status]
        case "service" if session.service:
            return SERVICE_COLORS[sum(session.service.encode()) % len(SERVICE_COLORS)]
        case _:
            return ""


def _marks(view: _View, session: Session) -> Mapping[str, str]:
    client = view.practice.clients.get(session.client or "")
    cancel = session.cancel if session.status is Status.CANCELLED else None
    marks = {
        "ID": session.history.of if session.history else session.id,
        "REV": str(session.revision),
        "KIND": session.kind.value,
        "STATUS": session.status.value,
        "SCHEDULED-BY": session.scheduled_by.value,
        "CLIENT": (client.internal_id or client.id) if client else session.client or "",
        "SERVICE": session.service or "",
        "MODIFIERS": ",".join(session.modifiers),
        "LOCKS": ",".join(sorted(fact.value for fact in session.facts)),
        "ROOM": session.room or "",
        "MEDIUM": session.medium or "",
        "CONTACT-WITH": session.contact_with or "",
        "REMINDERS": ",".join(session.reminders),
        "YEAR-GROUPS": ",".join(session.year_groups),
        "CANCEL-TYPE": cancel.type if cancel else "",
        "CANCEL-REASON": cancel.reason if cancel else "",
    }
    return {name: value for name, value in marks.items() if value}


def _hours_marks(view: _View, session: Session) -> dict[str, str]:
    """Hours are those of one week, month or period: an override that lies in another one tells none."""
    hours = view.notes.hours
    if hours is None:
        return {}
    day = local_day(session.start, zone_of(session.start, view.practice.zone))
    if not session.is_series and hours.period and not hours.period[0] <= day <= hours.period[1]:
        return {}
    figures = {
        "ASSIGNED": hours.assigned,
        "SCHEDULED": hours.scheduled,
        "REMAINING": hours.assigned - hours.scheduled,
    }
    return {f"HOURS-{name}": f"{value:g}" for name, value in figures.items()}
