"""Times as a practice file writes them, checked."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from calgate.domain.pattern import FIRST_YEAR, LAST_YEAR
from calgate.domain.when import When, instant, is_day
from calgate.gate.practice_file import LoadError


def zone_named(name: str, path: str) -> ZoneInfo:
    """The IANA zone of that name; LoadError at `path` when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise LoadError(path, f"'{name[:60]}' is not a known time zone") from None


def moment(text: str, zone: ZoneInfo, path: str) -> When:
    """A time of the file: local to `zone`, or with an offset of its own, or a whole day."""
    try:
        value = datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        raise LoadError(path, f"'{text[:40]}' is not a date or time") from None
    check_year(value, path)
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)


def check_year(day: date, path: str) -> None:
    """Further away nothing recurs, and times in other zones can't be told."""
    if not FIRST_YEAR < day.year < LAST_YEAR:
        raise LoadError(path, f"'{day}' is not between the years {FIRST_YEAR} and {LAST_YEAR}")


def check_order(start: When, end: When, zone: ZoneInfo, path: str) -> None:
    """LoadError unless both are times or both days, and the end is after the start."""
    if is_day(start) != is_day(end):
        raise LoadError(f"{path}.end", "start and end must both be times or both be days")
    if instant(end, zone) <= instant(start, zone):
        raise LoadError(f"{path}.end", "the end must be after the start")
