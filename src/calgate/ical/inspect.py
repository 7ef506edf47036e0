"""Calendar objects of plain calendars: validated, kept as sent, and when they take place.

Liberal where `read` is strict: the text is not rewritten, so only what must be computed has to be understood.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from calgate.domain.event import Document, Event
from calgate.domain.recurrence import RuleError, endless, starts
from calgate.domain.when import When, is_day
from calgate.ical.dated import Part
from calgate.ical.entries import MAX, MIN, Entry, document_entries, part_entries, pseudo
from calgate.ical.errors import BadCalendar, bad_data
from calgate.ical.lines import Component, decode, parse
from calgate.ical.quirks import QUIRKS, mended
from calgate.ical.shape import Shape, shape
from calgate.ical.times import check_order, of, parse_when
from calgate.ical.zones import UTC_ZONE, Zones

__all__ = ["MAX", "MIN", "CalendarObject", "Entry", "Part", "document_entries", "entries", "inspect"]

MAX_LINES = 20_000
ANY = ("VEVENT", "VTODO", "VJOURNAL")


@dataclass(frozen=True, slots=True)
class CalendarObject:
    """One object of a plain calendar. `text` is the body as sent, decoded. `parts`: the master (number 0),
    then the overrides, numbered from 1 in the order of the text. `endless`: it recurs beyond the horizon."""

    uid: str
    component: str
    text: str
    parts: tuple[Part, ...]
    endless: bool


def inspect(
    body: bytes, zone: ZoneInfo, components: Collection[str] = ANY, horizon: datetime | None = None
) -> CalendarObject:
    """The object in a body, for a collection that takes `components`; BadCalendar when it is none.

    `zone` is the calendar's. Without `horizon` (UTC) only rules without COUNT and UNTIL are endless; with it,
    all that go on beyond it.
    """
    text = decode(body)
    return _inspected(text, zone, [each for each in components if each in ANY], horizon)


def entries(found: CalendarObject | str, zone: ZoneInfo, since: datetime, until: datetime) -> list[Entry]:
    """The occurrence-index rows between two UTC instants, of an object or of its stored text."""
    if isinstance(found, str):
        found = _inspected(found, zone, ANY, None)
    try:
        return part_entries(found.component, found.parts, zone, since, until)
    except RuleError as error:
        raise bad_data(str(error)) from None


def _inspected(
    text: str, zone: ZoneInfo, components: Collection[str], horizon: datetime | None
) -> CalendarObject:
    calendar = parse(text, MAX_LINES)
    found = shape(calendar, components)
    found_parts = parts(found, Zones(calendar, zone))
    return CalendarObject(
        found.uid, found.component, text, found_parts, _goes_on(found.uid, found_parts, horizon)
    )


def _goes_on(uid: str, parts: tuple[Part, ...], horizon: datetime | None) -> bool:
    """Whether the series recurs beyond the horizon; a rule that cannot be expanded is refused here."""
    master = next((pseudo(part) for part in parts if part.number == 0), None)
    if master is None or (master.rrule is None and not master.rdates):
        return False
    try:
        if endless(Document(uid=uid, master=master)):
            return True
        return horizon is not None and _later(master, horizon)
    except RuleError as error:
        raise bad_data(str(error)) from None


def _later(master: Event, horizon: datetime) -> bool:
    found = starts(master.start, master.rrule, master.rdates, master.exdates, horizon, None, 1)
    return next(found, None) is not None


def parts(found: Shape, zones: Zones) -> tuple[Part, ...]:
    """The master and its overrides as their clients dated them; BadCalendar when one cannot be read."""
    master = _part(found.master, zones, 0, None) if found.master else None
    first = master.anchor if master else None
    overrides = [_part(each, zones, number, first) for number, each in enumerate(found.overrides, 1)]
    return (*([master] if master else []), *overrides)


def _part(component: Component, zones: Zones, number: int, first: When | None) -> Part:
    times = of(component, zones)
    anchor = first or times.start or times.end
    if anchor is not None:
        times = mended(times, anchor, QUIRKS)
        check_order(times)
    elif component.name == "VEVENT":
        raise bad_data("The event has no DTSTART.")
    if component.name == "VEVENT" and times.start is None:
        raise bad_data("The event has no DTSTART.")
    if first is not None and times.recurrence_id is not None and is_day(first) != is_day(times.recurrence_id):
        raise bad_data("RECURRENCE-ID and DTSTART of the series are of different types.")
    return Part(
        number=number,
        times=times,
        status=component.text("STATUS").strip().upper(),
        transparent=component.text("TRANSP").strip().upper() == "TRANSPARENT",
        completed=_stamp(component, "COMPLETED"),
        created=_stamp(component, "CREATED"),
    )


def _stamp(component: Component, name: str) -> datetime | None:
    """A UTC property of a VTODO; nobody's object is refused for one that cannot be read."""
    if component.name != "VTODO" or (found := component.get(name)) is None:
        return None
    try:
        value = parse_when(found.value, {}, Zones(Component("VCALENDAR"), UTC_ZONE))
    except BadCalendar:
        return None
    return value if isinstance(value, datetime) else None
