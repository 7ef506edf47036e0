"""Occurrences where a request's own time zone puts floating times and whole days.

The index has them in the calendar's zone; a request may bring another (RFC 4791 section 9.8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from calgate.doors.caldav.property_values import zone_of
from calgate.doors.caldav.request import Request
from calgate.gate.values import Collection, Resource, Row
from calgate.ical.alarms import bounds
from calgate.ical.filters import TimeRange
from calgate.ical.inspect import entries

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

_FLOATING = re.compile(r"\n(?:DTSTART|DTEND|DUE)(?:;(?!TZID)[^:;\n]*)*:\d{8}(?:T\d{6})?\r?\n", re.IGNORECASE)
_WIDEST_OFFSET = timedelta(hours=26)


def is_moved(request: Request, collection: Collection, zone: ZoneInfo) -> bool:
    """Whether floating times are not where the index has them."""
    return zone.key != zone_of(request, collection)


def occurring(
    gate: Gate, collection: Collection, span: TimeRange, component: str, zone: ZoneInfo
) -> Iterator[tuple[Resource, Sequence[Row]]]:
    """As Gate.between, with floating times and days in `zone`."""
    since, until = _shifted(span.start, -_WIDEST_OFFSET), _shifted(span.end, _WIDEST_OFFSET)
    for resource, rows in gate.between(collection, since, until, component):
        placed = _placed(resource.text, span, zone) if _FLOATING.search(resource.text) else rows
        inside = [row for row in placed if _overlaps(span, row)]
        if inside:
            yield resource, inside


def _shifted(moment: datetime | None, delta: timedelta) -> datetime | None:
    try:
        return moment + delta if moment is not None else None
    except OverflowError:
        return moment


def _placed(text: str, span: TimeRange, zone: ZoneInfo) -> list[Row]:
    return [
        Row(int(one.start.timestamp()), int(one.end.timestamp()), one.part, one.on, one.busy)
        for one in entries(text, zone, *bounds(span, "RRULE" in text))
    ]


def _overlaps(span: TimeRange, row: Row) -> bool:
    start, end = (datetime.fromtimestamp(seconds, UTC) for seconds in (row.starts_at, row.ends_at))
    return span.overlaps(start, end)
