"""VAVAILABILITY: the hours in which somebody can be met (RFC 7953 section 3.1).

Its AVAILABLE parts recur as events do, and are expanded by the same code and within the same limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from calgate.domain.availability import UNAVAILABLE, Layer
from calgate.domain.recurrence import RuleError
from calgate.domain.when import When, end_instant, instant, is_day
from calgate.ical.dated import Part
from calgate.ical.entries import part_entries
from calgate.ical.errors import SUPPORTED_DATA, BadCalendar, bad_data
from calgate.ical.inspect import parts
from calgate.ical.lines import Component, decode, parse
from calgate.ical.shape import Shape
from calgate.ical.times import Times, of
from calgate.ical.zones import Zones

MAX_LINES: Final = 2_000
MAX_OPENINGS: Final = 100
_TYPES: Final = frozenset({"BUSY", "BUSY-TENTATIVE", UNAVAILABLE})
_TIMES: Final = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})
_TRIAL: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class _Hours:
    """One VAVAILABILITY: UTC instants, None without bound; each opening is a master with its overrides."""

    start: datetime | None
    end: datetime | None
    openings: tuple[tuple[Part, ...], ...]
    type: str
    priority: int


def check(text: str, zone: ZoneInfo) -> None:
    """BadCalendar unless the text is one VCALENDAR of VAVAILABILITY and VTIMEZONE components (RFC 7953,
    section 7.2.4); `zone` is that of floating times."""
    for hours in _read(decode(text.encode()), zone):
        for opening in hours.openings:
            start = opening[0].times.start
            assert start is not None
            begin = instant(start, zone)
            _periods(opening, zone, begin, begin + _TRIAL)


def layers(text: str, zone: ZoneInfo, since: datetime, until: datetime) -> list[Layer]:
    """Its hours between two UTC instants; BadCalendar as `check`."""
    found: list[Layer] = []
    for hours in _read(text, zone):
        start, end = max(hours.start or since, since), min(hours.end or until, until)
        if start < end:
            opened = tuple(
                period for opening in hours.openings for period in _periods(opening, zone, start, end)
            )
            found.append(Layer(start, end, opened, hours.type, hours.priority))
    return found


def _periods(
    opening: tuple[Part, ...], zone: ZoneInfo, since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    try:
        return [(row.start, row.end) for row in part_entries("VEVENT", opening, zone, since, until)]
    except RuleError as error:
        raise bad_data(str(error)) from None


@lru_cache(maxsize=128)
def _read(text: str, zone: ZoneInfo) -> tuple[_Hours, ...]:
    """Remembered: the same few texts are asked for again and again."""
    calendar = parse(text, MAX_LINES)
    if calendar.text("VERSION").strip() not in ("", "2.0"):
        raise BadCalendar(SUPPORTED_DATA, "Only iCalendar 2.0 is supported.")
    found = [each for each in calendar.children if each.name != "VTIMEZONE"]
    if not found or any(each.name != "VAVAILABILITY" for each in found):
        raise bad_data("An availability consists of VAVAILABILITY components.")
    zones = Zones(calendar, zone)
    return tuple(_hours(each, zones) for each in found)


def _hours(component: Component, zones: Zones) -> _Hours:
    times = _times(component, zones)
    if times.start is None and times.duration is not None:
        raise bad_data("A VAVAILABILITY with a DURATION needs a DTSTART.")
    start = None if times.start is None else instant(times.start, zones.default)
    last = times.end if times.duration is None else times.finish
    end = None if last is None else end_instant(last, zones.default)
    if start is not None and end is not None and end <= start:
        raise bad_data("A VAVAILABILITY ends before it begins.")
    said = component.text("BUSYTYPE").strip().upper()
    available = [each for each in component.children if each.name == "AVAILABLE"]
    if len(available) > MAX_OPENINGS:
        raise bad_data(f"A VAVAILABILITY can have {MAX_OPENINGS} AVAILABLE parts.")
    by_uid: dict[str, list[Component]] = {}
    for each in available:
        by_uid.setdefault(each.text("UID").strip(), []).append(_checked(each, zones))
    return _Hours(
        start=None if start is None else start.astimezone(UTC),
        end=None if end is None else end.astimezone(UTC),
        openings=tuple(_opening(uid, some, zones) for uid, some in by_uid.items()),
        type=said if said in _TYPES else UNAVAILABLE,
        priority=_priority(component.text("PRIORITY").strip()),
    )


def _times(component: Component, zones: Zones) -> Times:
    """What both kinds must have (RFC 7953 section 3.1): UID and DTSTAMP, times that are no days, one end."""
    for name in ("UID", "DTSTAMP"):
        if not component.text(name).strip():
            raise bad_data(f"{component.name} needs a {name}.")
    times = of(component, zones)
    if times.end is not None and times.duration is not None:
        raise bad_data(f"{component.name} has a DTEND or a DURATION, not both.")
    if _is_date(times.start) or _is_date(times.end):
        raise bad_data(f"{component.name} is of times, not of days.")
    return times


def _is_date(when: When | None) -> bool:
    return when is not None and is_day(when)


def _priority(text: str) -> int:
    if not text:
        return 0
    if len(text) != 1 or not text.isascii() or not text.isdecimal():
        raise bad_data("PRIORITY is a number from 0 to 9.")
    return int(text)


def _checked(component: Component, zones: Zones) -> Component:
    times = _times(component, zones)
    if times.start is None or (times.end is None and times.duration is None):
        raise bad_data("AVAILABLE needs a DTSTART, and a DTEND or a DURATION.")
    return component


def _opening(uid: str, found: list[Component], zones: Zones) -> tuple[Part, ...]:
    """AVAILABLE parts of one UID as an event that recurs alike."""
    events = [
        Component("VEVENT", [line for line in each.properties if line.name in _TIMES]) for each in found
    ]
    masters = [each for each in events if each.get("RECURRENCE-ID") is None]
    if len(masters) > 1:
        raise bad_data("Two AVAILABLE parts have the same UID.")
    overrides = tuple(each for each in events if each.get("RECURRENCE-ID") is not None)
    return parts(Shape(uid, "VEVENT", masters[0] if masters else None, overrides), zones)
