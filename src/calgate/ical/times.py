"""The times of one component as its client wrote them: values, types and zones (RFC 5545 section 3.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from calgate.domain.when import When, elapsed, is_day, plus
from calgate.ical.errors import bad_data
from calgate.ical.lines import Component, Property
from calgate.ical.zones import UTC_ZONE, Zones

_WHEN = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?", re.ASCII
)
_YEARS = range(2, 9998)
MAX_VALUES = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Times as sent, every one aware or a day. `end` is DTEND or DUE; `periods`: ends of RDATE periods."""

    start: When | None = None
    end: When | None = None
    duration: timedelta | None = None
    recurrence_id: When | None = None
    this_and_future: bool = False
    is_task: bool = False
    rrule: str | None = None
    rdates: tuple[When, ...] = ()
    periods: tuple[tuple[When, When], ...] = ()
    exdates: tuple[When, ...] = ()

    @property
    def finish(self) -> When:
        """The exclusive end that the component means (RFC 5545 section 3.6.1); only with a start."""
        assert self.start is not None
        if self.end is not None:
            return self.end
        if self.duration is not None:
            return lasting(self.start, self.duration)
        return self.start + timedelta(days=1) if is_day(self.start) else self.start


def lasting(start: When, duration: timedelta) -> When:
    """Start plus a DURATION: whole days keep the wall clock, the rest is elapsed time (RFC 5545 3.3.6)."""
    try:
        if isinstance(start, datetime):
            return plus(start + timedelta(days=duration.days), timedelta(seconds=duration.seconds))
        return start + timedelta(days=-(-duration // timedelta(days=1)))
    except OverflowError:
        raise bad_data("The duration is too long.") from None


def of(component: Component, zones: Zones) -> Times:
    """The times of a VEVENT, VTODO or VJOURNAL; BadCalendar when one cannot be read."""
    one: dict[str, Property] = {}
    many: dict[str, list[Property]] = {"RDATE": [], "EXDATE": [], "RRULE": []}
    for each in component.properties:
        if each.name in many:
            many[each.name].append(each)
        elif each.name in one and each.name in ("DTSTART", "DTEND", "DUE", "DURATION", "RECURRENCE-ID"):
            raise bad_data(f"{each.name} stands twice in one {component.name}.")
        else:
            one[each.name] = each
    rules = {each.value.strip() for each in many["RRULE"]}
    if len(rules) > 1:
        raise bad_data("A component can have one recurrence rule only.")
    end, on, duration = one.get("DTEND") or one.get("DUE"), one.get("RECURRENCE-ID"), one.get("DURATION")
    rdates, periods = _rdates(many["RDATE"], zones)
    return Times(
        start=_one(one.get("DTSTART"), zones),
        end=_one(end, zones),
        duration=parse_duration(duration.value) if duration else None,
        recurrence_id=_one(on, zones),
        this_and_future=on is not None and on.parts()[0].get("RANGE", "").upper() == "THISANDFUTURE",
        rrule=next(iter(rules), None) or None,
        rdates=rdates,
        periods=periods,
        exdates=_exdates(many["EXDATE"], zones),
        is_task=component.name == "VTODO",
    )


def _one(found: Property | None, zones: Zones) -> When | None:
    if found is None:
        return None
    params, value = found.parts() if found.line[len(found.name)] == ";" else ({}, found.value)
    return parse_when(value, params, zones)


def parse_when(value: str, params: Mapping[str, str], zones: Zones) -> When:
    """A DATE or DATE-TIME: UTC, in its TZID, or floating in the calendar's zone (R-NEW-4)."""
    match = _WHEN.fullmatch(value.strip())
    if match is None or int(match[1]) not in _YEARS:
        raise bad_data(f"“{value[:40]}” is not a date or time.")
    try:
        if match[4] is None:
            return date(int(match[1]), int(match[2]), int(match[3]))
        year, month, day, hour, minute, second = map(int, match.groups()[:6])
        wall = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
    except ValueError:
        raise bad_data(f"“{value[:40]}” is not a date or time.") from None
    if params.get("VALUE", "").upper() == "DATE":
        return wall.date()
    if match[7]:
        return wall.replace(tzinfo=UTC_ZONE)
    tzid = params.get("TZID")
    return wall.replace(tzinfo=zones.zone(tzid, wall) if tzid else zones.default)


def parse_duration(value: str) -> timedelta:
    """A DURATION (RFC 5545 section 3.3.6); BadCalendar when it is not one."""
    match = _DURATION.fullmatch(value.strip().upper())
    if match is None or not any(match.groups()[1:]):
        raise bad_data(f"“{value[:40]}” is not a duration.")
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in match.groups()[1:])
    size = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -size if match[1] == "-" else size


def _exdates(found: Sequence[Property], zones: Zones) -> tuple[When, ...]:
    _check_number(found)
    values: list[When] = []
    for each in found:
        params, value = each.parts()
        values += [parse_when(text, params, zones) for text in _listed(value)]
    return tuple(dict.fromkeys(values))


def _rdates(
    found: Sequence[Property], zones: Zones
) -> tuple[tuple[When, ...], tuple[tuple[When, When], ...]]:
    """RDATEs, and for those that are periods also their ends."""
    _check_number(found)
    starts: list[When] = []
    periods: list[tuple[When, When]] = []
    for each in found:
        params, value = each.parts()
        for text in _listed(value):
            begin, slash, end = text.partition("/")
            start = parse_when(begin, params, zones)
            starts.append(start)
            if slash and end[:1].upper() in ("P", "+"):
                periods.append((start, lasting(start, parse_duration(end))))
            elif slash:
                periods.append((start, parse_when(end, params, zones)))
    return tuple(dict.fromkeys(starts)), tuple(periods)


def _listed(value: str) -> list[str]:
    return [text for each in value.split(",") if (text := each.strip())]


def _check_number(found: Sequence[Property]) -> None:
    if sum(each.line.count(",") + 1 for each in found) > MAX_VALUES:
        raise bad_data(f"An event lists more than {MAX_VALUES} dates.")


def check_order(times: Times) -> None:
    """BadCalendar when a component ends before it begins."""
    if times.start is None:
        return
    if times.duration is not None and times.duration < timedelta():
        raise bad_data("The duration is negative.")
    if times.is_task:
        return  # task programs let DUE lie before DTSTART
    finish = times.finish
    if is_day(finish) == is_day(times.start) and elapsed(times.start, finish) < timedelta():
        raise bad_data("The end lies before the start.")


def in_zone(when: When, zone: ZoneInfo) -> When:
    """The same instant in another zone; days stay."""
    return when.astimezone(zone) if isinstance(when, datetime) else when
