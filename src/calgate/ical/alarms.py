"""When alarms ring (RFC 4791 section 9.9, VALARM; RFC 5545 section 3.6.6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from calgate.ical.filters import TimeRange
from calgate.ical.inspect import entries
from calgate.ical.lines import Component
from calgate.ical.moments import duration, moment

BEGINNING: Final = datetime(1900, 1, 1, tzinfo=UTC)
HORIZON: Final = timedelta(days=3653)
"""How far an open range reaches into a series that never ends."""
_LAST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_MAX_REPEAT: Final = 1000


def bounds(asked: TimeRange, recurs: bool) -> tuple[datetime, datetime]:
    """Both ends of a range, open ones put where they bound the work."""
    since = asked.start or BEGINNING
    return since, asked.end or (_plus(since, HORIZON) if recurs else _LAST)


def rings(alarm: Component, asked: TimeRange, text: str, zone: ZoneInfo, part: int, event: Component) -> bool:
    """Whether an alarm of that part of the object, or one of its repetitions, rings in the range."""
    trigger = alarm.get("TRIGGER")
    if trigger is None:
        return False
    params, value = trigger.parts()
    later = list(_repetitions(alarm))
    if params.get("VALUE", "").upper() == "DATE-TIME" or value[:1].isdigit():
        at = moment(value, params.get("TZID"), text, zone)
        return at is not None and any(asked.contains(at + more) for more in later)
    offset = duration(value)
    if offset is None:
        return False
    at_end = params.get("RELATED", "").upper() == "END" or not event.get("DTSTART")
    since, until = _window(asked, offset, later, event)
    return any(
        asked.contains((one.end if at_end else one.start) + offset + more)
        for one in entries(text, zone, since, until)
        if one.part == part
        for more in later
    )


def _repetitions(alarm: Component) -> Iterator[timedelta]:
    yield timedelta()
    between = duration(alarm.text("DURATION"))
    count = alarm.text("REPEAT")
    if between is not None and count.isdigit():
        for number in range(1, min(int(count), _MAX_REPEAT) + 1):
            yield number * between


def _window(
    asked: TimeRange, offset: timedelta, later: list[timedelta], event: Component
) -> tuple[datetime, datetime]:
    """Where the occurrences lie whose alarms may ring in the range."""
    since, until = bounds(asked, event.get("RRULE") is not None)
    slack = timedelta(days=1)
    return _plus(since, -offset - later[-1] - slack), _plus(until, slack - offset)


def _plus(moment: datetime, delta: timedelta) -> datetime:
    try:
        return moment + delta
    except OverflowError:
        return moment
