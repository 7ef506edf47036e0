"""From a sent body to what it says, for managed collections (VEVENT only)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from calgate.domain.event import Document, Event, EventStatus
from calgate.domain.pattern import FIRST_YEAR, LAST_YEAR
from calgate.domain.pattern import parse as rule_pattern
from calgate.domain.recurrence import RuleError, starts
from calgate.domain.when import TWO_YEARS, instant, is_day, key
from calgate.ical.errors import MAX_INSTANCES, BadCalendar, bad_data, bad_object
from calgate.ical.lines import Component, Property, decode, parse
from calgate.ical.nesting import check_nesting
from calgate.ical.personal import CALENDAR, MARK, Personal, categories, is_personal
from calgate.ical.quirks import QUIRKS, Quirk, mended
from calgate.ical.shape import shape
from calgate.ical.times import Times, check_order, of
from calgate.ical.zones import Zones, without_known

MAX_CATEGORIES = 20_000
"""Characters of all CATEGORIES lines of an event."""
INSTANCES = 1_000
"""More occurrences in the first two years are not even judged; R-SER-11 refuses from 401 on."""

_TEXTS = {"SUMMARY": "summary", "DESCRIPTION": "description", "LOCATION": "location"}
_STATUSES: dict[str, EventStatus] = {
    "CONFIRMED": "CONFIRMED",
    "TENTATIVE": "TENTATIVE",
    "CANCELLED": "CANCELLED",
    "CANCELED": "CANCELLED",
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was sent: the document, the viewer's own lines, and the PRODID of the program."""

    document: Document
    personal: Personal
    product: str


def read(body: bytes, zone: ZoneInfo, quirks: Sequence[Quirk] = QUIRKS) -> Parsed:
    """One calendar object; floating times are in `zone`, the calendar's. BadCalendar names what is wrong."""
    calendar = parse(without_known(decode(body)))
    parsed = _parsed(calendar, zone, quirks)
    check_nesting(calendar)
    return parsed


def read_stored(text: str, zone: ZoneInfo) -> Parsed:
    """A copy's text: what was inside its events when it was taken stands in the way of no later edit."""
    return _parsed(parse(without_known(text)), zone, QUIRKS)


def _parsed(calendar: Component, zone: ZoneInfo, quirks: Sequence[Quirk]) -> Parsed:
    found = shape(calendar, ("VEVENT",))
    zones = Zones(calendar, zone)
    master_times = _times(found.master, zones, None, quirks) if found.master else None
    master = _event(found.master, master_times) if found.master and master_times else None
    if master:
        _check_series(master, zone)
    personal = {CALENDAR: _calendar_lines(calendar), "": _personal(found.master) if found.master else ()}
    overrides: dict[str, Event] = {}
    for each in found.overrides:
        override = _event(each, _times(each, zones, master, quirks))
        assert override.recurrence_id is not None
        on = key(override.recurrence_id)
        overrides[on] = override
        personal[on] = _personal(each)
    document = Document(
        uid=found.uid,
        master=master,
        overrides=tuple(overrides.values()),
        sequence=max(_sequence(each) for each in (*found.overrides, found.master) if each),
    )
    kept = {part: lines for part, lines in personal.items() if lines or part in overrides}
    return Parsed(document, kept, calendar.text("PRODID"))


def _times(component: Component, zones: Zones, master: Event | None, quirks: Sequence[Quirk]) -> Times:
    times = of(component, zones)
    if times.start is None:
        raise bad_data("The event has no DTSTART.")
    if times.this_and_future:
        raise bad_object("Changing “this and all future” occurrences at once by RANGE is not supported.")
    if component.get("EXRULE"):
        raise bad_data("A rule for what is left out (EXRULE) is not supported.")
    if times.periods:
        raise bad_data("An additional date of a length of its own (RDATE;VALUE=PERIOD) is not supported.")
    if times.end is not None and is_day(times.end) != is_day(times.start):
        raise bad_data("DTSTART and DTEND are of different types: a day and a time.")
    times = mended(times, master.start if master else times.start, quirks)
    check_order(times)
    on = times.recurrence_id
    if master and on is not None and is_day(on) != is_day(master.start):
        raise bad_data("RECURRENCE-ID and DTSTART of the series are of different types.")
    return times


def _event(component: Component, times: Times) -> Event:
    assert times.start is not None
    is_master = times.recurrence_id is None
    return Event(
        start=times.start,
        end=times.finish,
        recurrence_id=times.recurrence_id,
        rrule=times.rrule if is_master else None,
        rdates=times.rdates if is_master else (),
        exdates=times.exdates if is_master else (),
        **_fields(component.properties),
    )


def _fields(properties: Sequence[Property]) -> dict[str, Any]:
    """The fields of an Event that are not times."""
    fields: dict[str, Any] = {"status_stated": False}
    marks: dict[str, str] = {}
    related: list[tuple[str, str]] = []
    for each in properties:
        name = each.name
        if name in _TEXTS:
            fields.setdefault(_TEXTS[name], each.text)
        elif name.startswith(MARK):
            marks[name[len(MARK) :]] = each.text
        elif name in ("URL", "CONFERENCE"):
            fields.setdefault(name.lower(), each.value.strip())
        elif name in ("COMMENT", "COLOR"):
            fields.setdefault(name.lower(), each.text)
        elif name == "STATUS":
            fields["status"] = _STATUSES.get(each.value.strip().upper(), "CONFIRMED")
            fields["status_stated"] = True
        elif name == "TRANSP":
            fields["transparent"] = each.value.strip().upper() == "TRANSPARENT"
        elif name == "CLASS":
            fields["private"] = each.value.strip().upper() in ("PRIVATE", "CONFIDENTIAL")
        elif name == "RELATED-TO":
            params, _ = each.parts()
            related.append((params.get("RELTYPE", "PARENT").upper(), each.text))
    lines = [each.line for each in properties if each.name == "CATEGORIES"]
    if sum(map(len, lines)) > MAX_CATEGORIES:
        raise bad_data("The categories are too long.")
    named = categories(lines)
    return {**fields, "marks": marks, "related": tuple(related), "categories": tuple(named)}


def _personal(component: Component) -> tuple[str, ...]:
    kept: list[str] = []
    comments = 0
    for each in component.properties:
        comments += each.name == "COMMENT"
        if is_personal(each.name) or (each.name == "COMMENT" and comments > 1):
            kept.append(each.line)
    for child in component.children:
        kept.extend(child.lines())
    return tuple(kept)


def _calendar_lines(calendar: Component) -> tuple[str, ...]:
    kept = [each.line for each in calendar.properties if is_personal(each.name)]
    for child in calendar.children:
        if child.name not in ("VTIMEZONE", "VEVENT"):
            kept.extend(child.lines())
    return tuple(kept)


def _sequence(component: Component) -> int:
    text = component.text("SEQUENCE").strip()
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _check_series(master: Event, zone: ZoneInfo) -> None:
    if master.rrule is None and not master.rdates:
        return
    if _is_rare(master):
        return
    try:
        end = (instant(master.start, zone) + TWO_YEARS).astimezone(UTC)
        found = starts(master.start, master.rrule, master.rdates, master.exdates, None, end, INSTANCES + 1)
        if len(list(islice(found, INSTANCES + 1))) > INSTANCES:
            raise BadCalendar(MAX_INSTANCES, f"A series can have {INSTANCES} occurrences in two years.")
    except RuleError as error:
        raise bad_data(str(error)) from None


def check_occurs(document: Document) -> None:
    """BadCalendar for a series without any occurrence: as a new one it is no event, while an edit that takes
    the last one away is a deletion, for the rules to judge. Its rule was read before."""
    master = document.master
    if master is None or document.overrides or not (master.rrule or master.rdates):
        return
    if next(starts(master.start, master.rrule, master.rdates, master.exdates, limit=1), None) is None:
        raise bad_object("The series has no occurrence.")


def _is_rare(master: Event) -> bool:
    """Whether a look at the rule tells that so many are never reached: most are weekly on a few days."""
    try:
        pattern = rule_pattern(master.rrule or "")
    except RuleError:
        return False
    daily = pattern.hours or pattern.minutes or pattern.seconds or len(pattern.days) > 3
    return (
        pattern.freq == "WEEKLY"
        and not daily
        and len(master.rdates) < 80
        and FIRST_YEAR <= master.start.year <= LAST_YEAR
    )
