"""What calendar programs write otherwise than RFC 5545 says, and how each is mended.

Judged by the symptom, never by the product's name (names change with releases): that is told for the reader.
Not here, since they need more than one component's times: Windows and prefixed TZIDs (zones), floating times
(times.parse_when), DURATION or no DTEND (times.Times.finish), a copied override that became a master (read).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from calgate.domain.when import When, is_day
from calgate.ical.times import Times


@dataclass(frozen=True, slots=True)
class Quirk:
    """One deviation: who was seen with it, how it looks, and the mending of a component's times. The second
    argument is the start of the series (the component's own, or the master's for an override)."""

    product: str
    symptom: str
    mend: Callable[[Times, When], Times]


def mended(times: Times, first: When, quirks: Sequence[Quirk]) -> Times:
    """The times with every quirk mended; `first` is the start of the series."""
    for each in quirks:
        times = each.mend(times, first)
    return times


def _exdate_of_type(times: Times, first: When) -> Times:
    if not times.exdates:
        return times
    return replace(times, exdates=tuple(dict.fromkeys(_as(each, first) for each in times.exdates)))


def _rdate_of_type(times: Times, first: When) -> Times:
    if not times.rdates:
        return times
    periods = tuple((_as(start, first), _as(end, first)) for start, end in times.periods)
    rdates = tuple(dict.fromkeys(_as(each, first) for each in times.rdates))
    return replace(times, rdates=rdates, periods=periods)


def _as(when: When, first: When) -> When:
    """The occurrence that is meant, written as DTSTART is."""
    if isinstance(first, datetime):
        if isinstance(when, datetime):
            return when if when.tzinfo is first.tzinfo else when.astimezone(first.tzinfo)
        return datetime.combine(when, first.timetz())
    return when.date() if isinstance(when, datetime) else when


def _recurrence_id_zone(times: Times, first: When) -> Times:
    on = times.recurrence_id
    if isinstance(on, datetime) and isinstance(first, datetime) and on.tzinfo is not first.tzinfo:
        return replace(times, recurrence_id=on.astimezone(first.tzinfo))
    return times


def _end_of_type(times: Times, _: When) -> Times:
    """In plain calendars only: among sessions it is refused (RFC 5545 section 3.8.2.2), see read."""
    start, end = times.start, times.end
    if start is None or end is None or is_day(start) == is_day(end):
        return times
    if isinstance(start, datetime):
        return replace(times, end=datetime.combine(end, time(), start.tzinfo))
    assert isinstance(end, datetime)
    last = end.date() if end.time() == time() else end.date() + timedelta(days=1)
    return replace(times, end=last)


def _end_in_repeated_hour(times: Times, _: When) -> Times:
    start, end = times.start, times.end
    if not isinstance(start, datetime) or not isinstance(end, datetime) or end.tzinfo is not start.tzinfo:
        return times
    return replace(times, end=end.replace(fold=1)) if end < start else times


def _day_without_length(times: Times, _: When) -> Times:
    start = times.start
    if start is None or times.is_task or not is_day(start):
        return times
    if times.end != start and times.duration != timedelta():
        return times
    return replace(times, end=start + timedelta(days=1), duration=None)


def _until_of_type(times: Times, first: When) -> Times:
    rule = times.rrule
    if rule is None or "UNTIL=" not in rule.upper():
        return times
    parts = [_until(part, first) if part.upper().startswith("UNTIL=") else part for part in rule.split(";")]
    return replace(times, rrule=";".join(parts))


def _until(part: str, first: When) -> str:
    value = part[6:].strip().upper()
    try:
        if not isinstance(first, datetime):
            return f"UNTIL={date.fromisoformat(value[:8]):%Y%m%d}"
        if value.endswith("Z"):
            return part
        if len(value) == 8:
            wall = datetime.combine(date.fromisoformat(value), time(23, 59, 59))
        else:
            wall = datetime.fromisoformat(value)
        return f"UNTIL={wall.replace(tzinfo=first.tzinfo).astimezone(UTC):%Y%m%dT%H%M%SZ}"
    except (ValueError, OverflowError):
        return part


QUIRKS: tuple[Quirk, ...] = (
    Quirk("Evolution, Outlook", "EXDATE in UTC, or as a day, beside a DTSTART with TZID", _exdate_of_type),
    Quirk("older Apple and KDE", "RDATE in another zone or type than DTSTART", _rdate_of_type),
    Quirk("python-caldav, Evolution", "RECURRENCE-ID in UTC beside DTSTART with TZID", _recurrence_id_zone),
    Quirk("Outlook", "DTEND a day beside a timed DTSTART, or the other way round", _end_of_type),
    Quirk("all", "DTEND before DTSTART by the wall clock, in a repeated hour", _end_in_repeated_hour),
    Quirk("calcurse, Outlook", "an all-day event that ends on the day it begins", _day_without_length),
    Quirk("Google, KDE", "UNTIL as a day or in local time beside a timed DTSTART", _until_of_type),
)
