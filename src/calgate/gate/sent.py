"""What a PUT to a sessions collection sent, read before its transaction: nobody waits for the parser."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias
from zoneinfo import ZoneInfo

from calgate.domain.event import Document
from calgate.domain.session import Session
from calgate.domain.when import key
from calgate.gate.copies import as_read
from calgate.gate.values import Put
from calgate.ical.errors import BadCalendar
from calgate.ical.personal import Personal
from calgate.ical.read import read, read_stored
from calgate.ical.unchanged import differing
from calgate.store import Store, resources
from calgate.store.resources import Copy

_LARGE = 10_000
"""Bytes of a body from which on it is worth a look at the stored copy: a series with several overrides."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A sent object. Where it repeats overrides of the copy `beside` byte for byte, they are neither in the
    `document` nor in `shown`, which is what that copy says otherwise."""

    document: Document
    personal: Personal
    beside: str | None = None
    shown: Document | None = None


Found: TypeAlias = Sent | BadCalendar
"""What is wrong with a body is reported after the conditions of its request."""


def sent_by(store: Store, proposal: Put) -> Found:
    """The body as a document, of a large one only what differs from the copy at its place."""
    stored = _stored(store, proposal) if len(proposal.body) >= _LARGE else None
    rests = differing(proposal.body, stored) if stored else None
    if stored is None or rests is None:
        return whole(proposal)
    zone = ZoneInfo(proposal.collection.zone)
    try:
        found = read(rests[0], zone)
    except BadCalendar as error:
        return error
    return Sent(found.document, found.personal, stored, read_stored(rests[1].decode(), zone).document)


def _stored(store: Store, proposal: Put) -> str | None:
    with store.look() as tx:
        copy = resources.get(tx, proposal.collection.org, proposal.collection.id, proposal.href)
    return None if copy is None or copy.gone else copy.text


def whole(proposal: Put) -> Found:
    """All of the body as a document."""
    try:
        found = read(proposal.body, ZoneInfo(proposal.collection.zone))
    except BadCalendar as error:
        return error
    return Sent(found.document, found.personal)


def still_valid(sent: Found, copy: Copy | None, proposal: Put) -> Found:
    """The body as it was read, or read again when the copy it was read beside has changed since."""
    if isinstance(sent, Sent) and sent.beside is not None and (copy is None or copy.text != sent.beside):
        return whole(proposal)
    return sent


def shown_by(copy: Copy, sent: Sent, ours: Document, zone: ZoneInfo) -> Document:
    """What the copy's viewer was last shown; `ours` is what the session would be shown as now."""
    return sent.shown or as_read(copy, ours) or read_stored(copy.text, zone).document


def part_sent(session: Session, sent: Sent) -> Session:
    """The session with those of its overrides that the document has to be compared with."""
    if sent.shown is None:
        return session
    ons = {key(each.recurrence_id) for each in sent.shown.events if each.recurrence_id is not None}
    ons |= {key(each.recurrence_id) for each in sent.document.events if each.recurrence_id is not None}
    return replace(session, overrides=tuple(each for each in session.overrides if key(each.on) in ons))
