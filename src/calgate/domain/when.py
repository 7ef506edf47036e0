"""Points in time as calendars write them: an aware datetime in a named zone, or a whole day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

TWO_YEARS = timedelta(days=731)
"""How far series are looked at and indexed (R-GEN-5, R-SER-11)."""
When: TypeAlias = datetime | date
"""An aware datetime whose tzinfo is a ZoneInfo, or a date for all-day events. Never a naive datetime."""

_UTC_NAMES = frozenset({"UTC", "Etc/UTC", "Zulu", "Etc/Zulu", "GMT", "Etc/GMT"})


@dataclass(frozen=True, slots=True)
class Span:
    """From start to end, end exclusive; both datetimes or both dates."""

    start: When
    end: When


def first(when: datetime) -> datetime:
    """The same wall clock, the first of two in an overlap (R-SER-10). A fold is rare, and replace() takes
    longer than most that is done with the result."""
    return when.replace(fold=0) if when.fold else when


def instant(when: When, zone: ZoneInfo) -> datetime:
    """The UTC instant of a When; a date begins at midnight in `zone`.

    A wall-clock time in a DST gap moves forward by the gap, one in an overlap is the first (R-SER-10):
    that is what fold=0 means to zoneinfo, so fold is dropped first.
    """
    if isinstance(when, datetime):
        return first(when).astimezone(UTC)
    return datetime.combine(when, time(), zone).astimezone(UTC)


def end_instant(when: When, zone: ZoneInfo) -> datetime:
    """As `instant`, of an end: one that was reckoned by elapsed time may lie in an overlap's second half."""
    return when.astimezone(UTC) if isinstance(when, datetime) else instant(when, zone)


def in_utc(when: When) -> bool:
    """Whether a time is written in UTC, where nobody is."""
    zone = when.tzinfo if isinstance(when, datetime) else None
    return isinstance(zone, ZoneInfo) and zone.key in _UTC_NAMES


def is_day(when: When) -> bool:
    """Whether a When is a whole day (iCalendar VALUE=DATE)."""
    return not isinstance(when, datetime)


def same(a: When, b: When) -> bool:
    """Whether two Whens are the same instant (R-GEN-5), or the same day; a day never equals an instant."""
    if isinstance(a, datetime) and isinstance(b, datetime):
        if abs(a.toordinal() - b.toordinal()) > 2:  # no two zones are so far apart
            return False
        return first(a).astimezone(UTC) == first(b).astimezone(UTC)
    return is_day(a) and is_day(b) and a == b


def elapsed(start: When, end: When) -> timedelta:
    """Elapsed time from start to end; DST changes count (R-ORG-8). Days count 24 hours."""
    if isinstance(start, datetime) and isinstance(end, datetime):
        return end.astimezone(UTC) - first(start).astimezone(UTC)
    return timedelta(days=(day_of(end) - day_of(start)).days)


def day_of(when: When) -> date:
    """The wall-clock day of a When in its own zone."""
    return when.date() if isinstance(when, datetime) else when


def zone_of(when: When, default: ZoneInfo) -> ZoneInfo:
    """The zone a When is written in; `default` for days, and for UTC, where nobody is."""
    zone = when.tzinfo if isinstance(when, datetime) and not in_utc(when) else None
    return zone if isinstance(zone, ZoneInfo) else default


def plus(when: When, delta: timedelta) -> When:
    """Elapsed-time addition: one hour later is one hour later across a DST change too."""
    if isinstance(when, datetime):
        return (first(when).astimezone(UTC) + delta).astimezone(when.tzinfo)
    return when + delta


def key(when: When) -> str:
    """A stable text for a When: `20260302T090000Z` (UTC) or `20260302`; equal for the same instants."""
    if isinstance(when, datetime):
        text = first(when).astimezone(UTC).isoformat()  # three times as fast as strftime
        return f"{text[:4]}{text[5:7]}{text[8:13]}{text[14:16]}{text[17:19]}Z"
    return when.strftime("%Y%m%d")
