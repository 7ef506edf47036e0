"""A VFREEBUSY request: who asks when whom is busy (RFC 5546 section 3.3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from calgate.ical.lines import decode, parse
from calgate.ical.meetings import Party, party
from calgate.ical.times import of
from calgate.ical.zones import UTC_ZONE, Zones


@dataclass(frozen=True, slots=True)
class Lookup:
    """A request as it was sent; times are UTC instants, end exclusive."""

    uid: str
    organizer: Party
    attendees: tuple[Party, ...]
    start: datetime
    end: datetime


class NoLookup(Exception):
    """The body is iCalendar, but no VFREEBUSY request; the text says what is missing."""


def lookup(body: bytes) -> Lookup:
    """BadCalendar when the body is no iCalendar, NoLookup when it asks for something else."""
    calendar = parse(decode(body))
    found = [each for each in calendar.children if each.name != "VTIMEZONE"]
    if calendar.text("METHOD").strip().upper() != "REQUEST":
        raise NoLookup("Only METHOD:REQUEST can be sent to the outbox.")
    if len(found) != 1 or found[0].name != "VFREEBUSY":
        raise NoLookup("Only one VFREEBUSY can be sent to the outbox: meetings are stored in a calendar.")
    asked = found[0]
    organizer, attendees = asked.get("ORGANIZER"), asked.all("ATTENDEE")
    if organizer is None or not attendees or not asked.text("UID").strip():
        raise NoLookup("The request needs a UID, an ORGANIZER and ATTENDEEs.")
    times = of(asked, Zones(calendar, UTC_ZONE))
    if not isinstance(times.start, datetime) or not isinstance(times.finish, datetime):
        raise NoLookup("The request needs a DTSTART and a DTEND with a time.")
    start, end = times.start.astimezone(UTC), times.finish.astimezone(UTC)
    if start >= end:
        raise NoLookup("The DTEND of the request must be after its DTSTART.")
    return Lookup(
        uid=asked.text("UID").strip(),
        organizer=party(organizer),
        attendees=tuple(dict.fromkeys(party(each) for each in attendees)),
        start=start,
        end=end,
    )
