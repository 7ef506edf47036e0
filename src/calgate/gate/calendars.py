"""Calendars themselves: made, given properties, removed. The sessions calendar is made with its person and
stays."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from calgate.domain.verdict import Refused
from calgate.gate.conditions import unmet_by
from calgate.gate.copies import FAR_OFF, HORIZON, LONG_AGO
from calgate.gate.office import SESSIONS, Office
from calgate.gate.publish import next_number
from calgate.gate.read import collection_of, index_rows
from calgate.gate.values import (
    INBOX,
    OUTBOX,
    DropCalendar,
    Failed,
    MakeCalendar,
    Outcome,
    Refusal,
    Removed,
    SetAvailability,
    SetProperties,
    Stored,
)
from calgate.ical.inspect import entries
from calgate.store import availabilities, collections, occurrences, resources

KEEP_INBOX = "The scheduling inbox can't be deleted."
KEEP_SESSIONS = "The calendar of your sessions can't be deleted. Remove the account from this device instead."


def make(office: Office, proposal: MakeCalendar) -> Outcome:
    """MKCALENDAR: an empty plain calendar."""
    owner = proposal.principal.person
    reserved = proposal.slug in (SESSIONS, INBOX, OUTBOX)
    if reserved or collections.by_slug(office.tx, office.org, owner, proposal.slug):
        return Failed(405, "There is a calendar of that name already.")
    collections.create(
        office.tx,
        office.org,
        owner=owner,
        slug=proposal.slug,
        managed=False,
        components=proposal.components,
        number=next_number(office),
        props=proposal.props,
        zone=proposal.zone,
    )
    return Stored(True, None)


def drop(office: Office, proposal: DropCalendar) -> Outcome:
    """DELETE of a whole calendar; never of the sessions (R-CAN-6)."""
    if proposal.collection.managed:
        return Refusal(Refused("R-CAN-6", KEEP_SESSIONS), 0)
    if proposal.collection.inbox:
        return Failed(403, KEEP_INBOX, "{DAV:}need-privileges")
    found = collections.get(office.tx, office.org, proposal.collection.id)
    if found is None:
        return Failed(404, "There is no such calendar.")
    ctag = collection_of(office.org, found).ctag
    if failed := unmet_by(ctag, proposal.if_match, proposal.if_none_match):
        return failed
    collections.drop(office.tx, office.org, proposal.collection.id, next_number(office))
    return Removed()


def set_properties(office: Office, proposal: SetProperties, now: datetime) -> Outcome:
    """PROPPATCH: dead properties, and with them the zone that floating times and whole days are read in."""
    found = collections.get(office.tx, office.org, proposal.collection.id)
    if found is None:
        return Failed(404, "There is no such calendar.")
    ctag = collection_of(office.org, found).ctag
    if failed := unmet_by(ctag, proposal.if_match, proposal.if_none_match):
        return failed
    props = {name: xml for name, xml in found.props.items() if name not in proposal.remove}
    own_zone = collections.own_zone(office.tx, office.org, found.id)
    zone = proposal.zone if proposal.sets_zone else own_zone
    collections.set_props(
        office.tx, office.org, found.id, {**props, **proposal.set}, zone, next_number(office)
    )
    if (zone or office.zone.key) != found.zone and not found.managed:
        index_anew(office, found.id, ZoneInfo(zone or office.zone.key), now)
    return Stored(False, None)


def set_availability(office: Office, proposal: SetAvailability, now: datetime) -> Outcome:
    """PROPPATCH of a home: its owner's hours, together with what else was set there."""
    if proposal.properties is not None:
        outcome = set_properties(office, proposal.properties, now)
        if isinstance(outcome, Failed):
            return outcome
    if proposal.text is None:
        availabilities.remove(office.tx, office.org, proposal.principal.person)
    else:
        availabilities.put(office.tx, office.org, proposal.principal.person, proposal.text)
    return Stored(False, None)


def index_anew(office: Office, collection: int, zone: ZoneInfo, now: datetime) -> None:
    """Whole days and floating times of a calendar in another zone than before."""
    for copy in resources.of_collection(office.tx, office.org, collection):
        until = FAR_OFF if copy.indexed_until is None else now + HORIZON
        rows = index_rows(entries(copy.text, zone, LONG_AGO, until))
        occurrences.replace(office.tx, office.org, collection, copy.id, rows)
