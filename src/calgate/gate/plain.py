"""Writes to plain calendars: what is sent is kept byte for byte, validated and indexed; no session rule
applies."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from calgate.gate.conditions import uid_changed, uid_conflict, unmet
from calgate.gate.copies import FAR_OFF, HORIZON, LONG_AGO, etag_of
from calgate.gate.office import Office
from calgate.gate.publish import next_id, next_number
from calgate.gate.read import index_rows
from calgate.gate.values import CALDAV, Collection, Failed, MoveObject, Outcome, Put, Remove, Removed, Stored
from calgate.ical.errors import BadCalendar
from calgate.ical.inspect import CalendarObject, entries, inspect
from calgate.store import occurrences, resources
from calgate.store.resources import Copy

IndexRow = tuple[int, int, int, str, str]
Inspected = tuple[CalendarObject, list[IndexRow]]


def inspected(proposal: Put, now: datetime) -> Inspected | BadCalendar:
    """The object of a PUT with its rows of the index; what is wrong with it is reported after the
    conditions of the request."""
    collection = proposal.collection
    zone, horizon = ZoneInfo(collection.zone), now + HORIZON
    try:
        found = inspect(proposal.body, zone, collection.components, horizon)
        return found, index_rows(entries(found, zone, LONG_AGO, horizon if found.endless else FAR_OFF))
    except BadCalendar as error:
        return error


def source_unmet(office: Office, proposal: Put) -> Failed | None:
    """412 when what a COPY copies does not meet the conditions any more (RFC 4918 section 9.8)."""
    source = proposal.source
    if source is None:
        return None
    copy = resources.get(office.tx, office.org, source.collection.id, source.href)
    return unmet(copy, source.if_match, source.if_none_match) or unmet(copy, (source.etag,))


def put(
    office: Office, proposal: Put, sent: Inspected | BadCalendar, now: datetime, copy: Copy | None
) -> Outcome:
    """A PUT over `copy`. BadCalendar when the body is none, after the conditions of the request were met."""
    collection = proposal.collection
    if failed := unmet(copy, proposal.if_match, proposal.if_none_match):
        return failed
    if isinstance(sent, BadCalendar):
        raise sent
    found, rows = sent
    there = copy is not None and not copy.gone
    if copy is not None and there and copy.uid != found.uid:
        return uid_changed(copy.href)
    if failed := uid_conflict(office.tx, office.org, collection.id, found.uid, proposal.href):
        return failed
    etag = etag_of(found.text)
    as_sent = etag if found.text.encode() == proposal.body else None
    if copy is None or not there or copy.etag != etag:
        _store(office, collection, copy, proposal.href, found, rows, now)
    return Stored(not there, as_sent)


def _store(
    office: Office,
    collection: Collection,
    copy: Copy | None,
    href: str,
    found: CalendarObject,
    rows: list[IndexRow],
    now: datetime,
) -> None:
    number = next_number(office)
    stored = Copy(
        id=copy.id if copy else next_id(office),
        collection_id=collection.id,
        href=href,
        uid=found.uid,
        component=found.component,
        session_id=None,
        etag=etag_of(found.text),
        number=number,
        size=len(found.text.encode()),
        modified_at=int(now.timestamp()),
        gone=False,
        indexed_until=int((now + HORIZON).timestamp()) if found.endless else None,
        hidden=False,
        sequence=0,
        sequence_floor=0,
        text=found.text,
        personal="",
        notice=None,
    )
    resources.put(office.tx, office.org, stored, copy)
    write_rows = occurrences.replace if copy else occurrences.add
    write_rows(office.tx, office.org, collection.id, stored.id, rows)


def remove(office: Office, proposal: Remove, now: datetime, copy: Copy | None) -> Outcome:
    """A DELETE."""
    if copy is None or copy.gone:
        return Failed(404, "There is no such object.")
    if failed := unmet(copy, proposal.if_match, proposal.if_none_match):
        return failed
    resources.bury(office.tx, office.org, copy.id, next_number(office), int(now.timestamp()))
    return Removed()


def move(office: Office, proposal: MoveObject, now: datetime) -> Outcome:
    """A MOVE between plain calendars of one's own (RFC 4918 section 9.9): both ends in one transaction."""
    source, target = proposal.source, proposal.target
    copy = resources.get(office.tx, office.org, source.id, proposal.href)
    if copy is None or copy.gone:
        return Failed(404, "There is no such object.")
    if (source.id, proposal.href) == (target.id, proposal.new_href):
        return Failed(403, "The object is there already.")
    if failed := unmet(copy, proposal.if_match, proposal.if_none_match):
        return failed
    there = resources.get(office.tx, office.org, target.id, proposal.new_href)
    occupied = there is not None and not there.gone
    if occupied and not proposal.overwrite:
        return Failed(412, "There is an object at that address already.")
    if copy.component not in target.components:
        sentence = f"That calendar takes no {copy.component}."
        return Failed(403, sentence, CALDAV + "supported-calendar-component")
    failed = uid_conflict(office.tx, office.org, target.id, copy.uid, proposal.new_href)
    if failed and (source.id, proposal.href) != (target.id, failed.href):
        return failed
    at, number = int(now.timestamp()), next_number(office)
    resources.bury(office.tx, office.org, copy.id, number, at)
    if there is not None and occupied:
        resources.bury(office.tx, office.org, there.id, number, at)
    _arrive(office, target, there, copy, proposal.new_href, number, now)
    return Stored(not occupied, copy.etag)


def _arrive(
    office: Office, target: Collection, there: Copy | None, copy: Copy, href: str, number: int, now: datetime
) -> None:
    zone, horizon = ZoneInfo(target.zone), now + HORIZON
    arrived = copy._replace(
        id=there.id if there else next_id(office),
        collection_id=target.id,
        href=href,
        number=number,
        modified_at=int(now.timestamp()),
        indexed_until=int(horizon.timestamp()) if copy.indexed_until is not None else None,
    )
    resources.put(office.tx, office.org, arrived)
    until = FAR_OFF if copy.indexed_until is None else horizon
    rows = index_rows(entries(copy.text, zone, LONG_AGO, until))
    occurrences.replace(office.tx, office.org, target.id, arrived.id, rows)
