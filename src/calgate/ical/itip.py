"""Scheduling messages and what they do to calendar objects (RFC 5546, RFC 6638 sections 3.2 and 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from calgate.domain.texts import instructions_of
from calgate.ical.lines import Component, Property
from calgate.ical.meetings import (
    PEOPLE,
    Meeting,
    Mine,
    events_of,
    party,
    text_of,
    with_events,
    with_properties,
)
from calgate.ical.text import PRODID, escape

SHARED = frozenset({
    "UID", "DTSTAMP", "SEQUENCE", "CREATED", "LAST-MODIFIED", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID",
    "RRULE", "RDATE", "EXDATE", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "TRANSP", "CLASS", "PRIORITY",
    "URL", "CONFERENCE", "GEO", "CONTACT", "RESOURCES", "ATTACH", "IMAGE", "RELATED-TO", "ORGANIZER",
    "ATTENDEE", "X-ALT-DESC", "STYLED-DESCRIPTION", "X-APPLE-STRUCTURED-LOCATION", "X-GOOGLE-CONFERENCE",
})  # fmt: skip
"""What an organizer's event tells the people invited; all else is the organizer's own."""
_STAMPS = frozenset({"DTSTAMP", "SEQUENCE", "CREATED", "LAST-MODIFIED", "TRANSP"})
DELIVERY = ("SCHEDULE-AGENT", "SCHEDULE-STATUS", "SCHEDULE-FORCE-SEND")


def view(found: Meeting, mine: Mine) -> Component | None:
    """What a person invited sees of the organizer's object; None when not invited to any of it."""
    invited = [part for part in found.events if found.own(part, mine) is not None]
    if not invited:
        return None
    events = [shared(found.events[part]) for part in invited]
    if "" in invited:
        missing = [each for part, each in found.events.items() if part not in invited]
        dates = [line for each in missing for line in as_exdate(each)]
        master = events[invited.index("")]
        events[invited.index("")] = Component(master.name, [*master.properties, *dates])
    return enclosed(found.calendar, events)


def enclosed(source: Component, events: Iterable[Component]) -> Component:
    head = [Property("VERSION", "VERSION:2.0"), Property("PRODID", f"PRODID:{PRODID}")]
    head.append(Property("CALSCALE", "CALSCALE:GREGORIAN"))
    zones = [each for each in source.children if each.name == "VTIMEZONE"]
    return Component("VCALENDAR", head, [*zones, *events])


def shared(component: Component) -> Component:
    return Component(component.name, [_told(each) for each in component.properties if each.name in SHARED])


def _told(found: Property) -> Property:
    """A property without what is between the organizer and the server."""
    if found.name in PEOPLE:
        return Property(found.name, party(found).without(*DELIVERY).line)
    if found.name == "DESCRIPTION":
        return Property(found.name, f"DESCRIPTION:{escape(instructions_of(found.text))}")
    return found


def as_exdate(component: Component) -> Iterator[Property]:
    """An occurrence that a person is not invited to is none of theirs."""
    if on := component.get("RECURRENCE-ID"):
        yield Property("EXDATE", "EXDATE" + on.line[len("RECURRENCE-ID") :])


def told(calendar: Component | None, *, answers: bool = False) -> frozenset[str]:
    """What an object says to the people invited, stamps left out, and without `answers` these, too."""
    if calendar is None:
        return frozenset()
    lines = set()
    for number, event in enumerate(events_of(calendar)):
        for each in event.properties:
            if each.name not in _STAMPS:
                lines.add(f"{number} {_compared(each, answers)}")
    return frozenset(lines)


def _compared(found: Property, answers: bool) -> str:
    if found.name not in PEOPLE or answers:
        return found.line
    return party(found).without("PARTSTAT", "RSVP").line


def message(calendar: Component, method: str, now: datetime) -> str:
    """A scheduling message of that METHOD, as it lies in an inbox."""
    stamp = Property("DTSTAMP", f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    head = [*calendar.properties, Property("METHOD", f"METHOD:{method}")]
    children = [with_properties(each, stamp) if each.name == "VEVENT" else each for each in calendar.children]
    return text_of(Component(calendar.name, head, children))


def said_again(calendar: Component) -> Component:
    """The object with its next SEQUENCE: the only change that every program takes for one."""
    events = []
    for each in events_of(calendar):
        sequence = each.text("SEQUENCE").strip()
        following = int(sequence) + 1 if sequence.isdecimal() and len(sequence) < 10 else 1
        events.append(with_properties(each, Property("SEQUENCE", f"SEQUENCE:{following}")))
    return with_events(calendar, events)


def cancelled(calendar: Component) -> Component:
    """The object as called off."""
    status = Property("STATUS", "STATUS:CANCELLED")
    return with_events(calendar, [with_properties(each, status) for each in events_of(calendar)])


def standing_alone(seen: Meeting) -> Component:
    """Single occurrences that somebody is invited to, as an object with a master: a session needs one."""
    first, *others = seen.events.values()
    dates = [Property("RDATE", "RDATE" + start_of(each)) for each in others]
    kept = [each for each in first.properties if each.name != "RECURRENCE-ID"]
    master = Component(first.name, [*kept, *dates], first.children)
    overrides = [
        with_properties(each, Property("RECURRENCE-ID", "RECURRENCE-ID" + start_of(each))) for each in others
    ]
    return with_events(seen.calendar, [master, *overrides])


def start_of(component: Component) -> str:
    found = component.get("DTSTART")
    assert found is not None
    return found.line[len("DTSTART") :]
