"""The session that a new event means: one with a client where client and service are clear (R-NEW-1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from calgate.domain.apply import apply
from calgate.domain.diff import diff
from calgate.domain.event import Document, Event
from calgate.domain.fields import cancellation, office_of, sent_instructions
from calgate.domain.policy import Policy
from calgate.domain.practice import Client, Practice, Service
from calgate.domain.session import CLIENT_KINDS, Cancellation, Kind, ScheduledBy, Session, Status
from calgate.domain.when import in_utc


def recognize(
    sent: Document, practice: Practice, policy: Policy, owner: str, now: datetime, new_id: str
) -> Session:
    """A self-scheduled session of `owner` with the document's UID; whether it may be is for the rules.

    Its client and service are those of X-CALGATE-CLIENT and -SERVICE, or the ones that SUMMARY names; without
    them it is an other_event. A document without its master means its first event. `now` is in UTC.
    """
    event = sent.master if sent.master is not None else replace(sent.events[0], recurrence_id=None)
    session = _plain(event, sent.uid, practice, policy, owner, new_id)
    if event.status == "CANCELLED":
        cancel = cancellation(event, policy, None)
        session = replace(session, status=Status.CANCELLED, cancel=Cancellation(cancel.type, cancel.reason))
    # Overrides say of their occurrences what an edit of the bare series would say.
    bare = Document(uid=sent.uid, master=event)
    for change in diff(bare, replace(sent, master=event), session, practice, policy):
        session = apply(session, change, False, practice, now) or session
    return _at_home(session, practice.zone) if session.kind in CLIENT_KINDS else session


def _at_home(session: Session, zone: ZoneInfo) -> Session:
    """A session that the client wrote in UTC, where the practice is. A series stays: there its occurrences
    would be at other instants."""
    start, end = session.start, session.end
    if isinstance(start, datetime) and isinstance(end, datetime) and in_utc(start) and not session.is_series:
        return replace(session, start=start.astimezone(zone), end=end.astimezone(zone))
    return session


def _plain(event: Event, uid: str, practice: Practice, policy: Policy, owner: str, new_id: str) -> Session:
    link = event.url if event.url.lower().startswith(("https://", "http://")) else ""
    base = Session(
        id=new_id,
        uid=uid,
        kind=Kind.OTHER_EVENT,
        practitioner=owner,
        scheduled_by=ScheduledBy.SELF,
        start=event.start,
        end=event.end,
        rrule=event.rrule,
        rdates=event.rdates,
        exdates=event.exdates,
        instructions=sent_instructions(event.description),
        telehealth_url=event.conference or link,
    )
    client, service = client_and_service(event, practice, policy, owner)
    if client is None or service is None:
        title = " ".join(event.summary.split())
        return replace(base, title=title, place=event.location.strip(), busy=not event.transparent)
    office, room = office_of(event.location, practice) or (None, None)
    return replace(
        base,
        kind=Kind.CLIENT_SESSION,
        client=client.id,
        service=service.id,
        modifiers=service.modifiers,
        location=office.id if office else None,
        room=room,
    )


def client_and_service(
    event: Event, practice: Practice, policy: Policy, owner: str
) -> tuple[Client | None, Service | None]:
    """The one client and the one service that an event names; None for what is not clear."""
    title = _parts(event.summary, policy.create_pattern)
    marked = event.marks.get("CLIENT", "")
    # A copied event names its client by X-CALGATE-CLIENT: whether it is assigned is R-NEW-2's question.
    ids = practice.clients.keys() if marked else practice.clients_of(owner)
    client_names = {
        each.id: (marked and each.id, each.internal_id, _full_name(each))
        for each in practice.clients.values()
        if each.id in ids
    }
    client = _named(marked, client_names, exact=True) if marked else _named(title["client"], client_names)
    service_names = {each.id: (each.id, each.name) for each in practice.services.values()}
    service = event.marks.get("SERVICE", "") or _named(title["service"], service_names)
    return practice.clients.get(client or ""), practice.services.get(service or "")


def _full_name(client: Client) -> str:
    return f"{client.first_name} {client.last_name}" if client.first_name and client.last_name else ""


def _parts(summary: str, pattern: str) -> dict[str, str]:
    """Where in a title client and service are looked for: anywhere, or where "{client}, {service}" says."""
    if "{client}" not in pattern or "{service}" not in pattern:
        return {"client": summary, "service": summary}
    text = re.escape(pattern).replace(r"\{client\}", "(?P<client>.+)", 1)
    found = re.fullmatch(text.replace(r"\{service\}", "(?P<service>.+)", 1), summary.strip(), re.IGNORECASE)
    return found.groupdict() if found else {"client": "", "service": ""}


def _named(text: str, names: Mapping[str, Sequence[str]], exact: bool = False) -> str | None:
    """The id whose name stands in the text as whole words; None when none does, or several do.

    A name that is a part of another one found ("Speech" in "Speech therapy") was not meant.
    """
    wanted = _plain_words(text)
    found = {
        (plain, each)
        for each, own in names.items()
        for name in own
        if (plain := _plain_words(name)) and (wanted == plain if exact else f" {plain} " in f" {wanted} ")
    }
    ids = {
        each
        for plain, each in found
        if not any(plain != other and f" {plain} " in f" {other} " for other, _ in found)
    }
    return ids.pop() if len(ids) == 1 else None


def _plain_words(text: str) -> str:
    return " ".join(re.findall(r"[\w\-.]+", text.casefold()))
