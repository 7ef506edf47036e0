"""Date and duration values of single content lines (RFC 5545 sections 3.3.4 to 3.3.6), as UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import vDuration

from calgate.ical import zones
from calgate.ical.pieces import vtimezone


def moment(value: str, tzid: str | None, text: str, zone: ZoneInfo) -> datetime | None:
    """The UTC instant of a DATE-TIME, or of the beginning of a DATE; None when it is neither.

    `text` is the object, which may define `tzid` itself; `zone` is for floating times and days.
    """
    try:
        if len(value) == 8:
            return datetime.strptime(value, "%Y%m%d").replace(tzinfo=zone).astimezone(UTC)
        naive = datetime.strptime(value.upper().rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - placed below
        if value[-1] in "Zz":
            return naive.replace(tzinfo=UTC)
        own = zones.zone_for(tzid, vtimezone(text, tzid)) if tzid else None
        return naive.replace(tzinfo=own or zone).astimezone(UTC)
    except (ValueError, OverflowError, IndexError):
        return None


def duration(value: str) -> timedelta | None:
    """A DURATION, which may be negative; None when it is none."""
    try:
        found: timedelta = vDuration.from_ical(value.strip())  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):
        return None
    return found
