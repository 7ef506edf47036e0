"""A feed: many stored VEVENTs under one header, joined without parsing them (RFC 5545, RFC 7986)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from calgate.ical.text import PRODID, escape, fold
from calgate.ical.zones import vtimezone

_END_ZONE = "\r\nEND:VTIMEZONE\r\n"
_END = "END:VCALENDAR\r\n"


def feed(
    texts: Iterable[str],
    zones: Iterable[str],
    *,
    name: str,
    zone: str,
    refresh: timedelta,
    color: str = "",
    description: str = "",
) -> str:
    """The text of a feed. `texts` are VEVENTs as `components` gives them, `zones` the IANA names of every
    TZID in them, each once; `zone` the calendar's own. `color` is a CSS name or #RRGGBB."""
    every = f"PT{int(refresh.total_seconds()) // 60}M"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODID}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escape(name)}",
        f"X-WR-CALNAME:{escape(name)}",
        f"X-WR-TIMEZONE:{zone}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{every}",
        f"X-PUBLISHED-TTL:{every}",
    ]
    if description:
        lines += [f"DESCRIPTION:{escape(description)}", f"X-WR-CALDESC:{escape(description)}"]
    if color:
        lines.append(f"X-APPLE-CALENDAR-COLOR:{color}" if color.startswith("#") else f"COLOR:{color}")
    defined = (vtimezone(ZoneInfo(each)) for each in sorted(set(zones)))
    return "".join((*map(fold, lines), *defined, *texts, _END))


def components(text: str) -> tuple[str, tuple[str, ...]]:
    """The VEVENTs of a text that ical.write wrote, and the zones that they name."""
    definitions, found, _ = text.rpartition(_END_ZONE)
    start = len(definitions) + len(found) if found else text.index("\r\nBEGIN:") + 2
    named = [line[5:] for line in definitions.split("\r\n") if line.startswith("TZID:")]
    return text[start : -len(_END)], tuple(named)
