"""Time zones by name: IANA, Windows, prefixed paths, and definitions that mean one of them.

A VTIMEZONE is looked at only when its TZID is no known name, only for the object it came with, and then only
to find the IANA zone with the same offsets: one person's definition never reaches another's times.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from calgate.ical.definitions import Offsets, observances, samples
from calgate.ical.errors import BadCalendar, bad_data
from calgate.ical.lines import Component, component
from calgate.ical.zonetext import vtimezone

__all__ = ["Zones", "named", "vtimezone", "zone_for"]

UTC_ZONE = ZoneInfo("UTC")
_AROUND = timedelta(days=2 * 366)
_MAX_DEFINITIONS = 10
_EXTRA = ("Europe/Lisbon", "America/Havana", "Asia/Gaza", "Antarctica/Troll")
_BEGIN, _END = "\nBEGIN:VTIMEZONE\r\n", "\nEND:VTIMEZONE\r\n"
_WORD = re.compile(r"[A-Za-z]+(?:[_ ][A-Z][A-Za-z]+)*")


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    """Names in lower case: IANA's own, and the Windows ones."""
    names = {key.casefold(): key for key in available_timezones() if key not in ("Factory", "localtime")}
    windows = {name.casefold(): key for name, key in WINDOWS_TO_OLSON.items()}
    return {**windows, **names, "z": "UTC"}


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    return {key.rsplit("/", 1)[-1].casefold(): key for key in sorted(available_timezones()) if "/" in key}


@lru_cache(maxsize=1)
def _candidates() -> tuple[ZoneInfo, ...]:
    """One zone for every set of rules in use today, fixed offsets last."""
    names = dict.fromkeys((*WINDOWS_TO_OLSON.values(), *_EXTRA))
    fixed = [f"Etc/GMT{hours:+d}" for hours in range(-14, 13) if hours] + ["UTC"]
    known = _known()
    return tuple(ZoneInfo(each) for each in (*names, *fixed) if known.get(each.casefold()) == each)


def named(tzid: str) -> ZoneInfo | None:
    """The zone that a TZID names by itself: `Europe/Berlin`, `W. Europe Standard Time`,
    `/freeassociation.sourceforge.net/Europe/Berlin`; None for all others."""
    text = tzid.strip().strip('"').strip("/")
    known = _known()
    if found := known.get(text.casefold()):
        return ZoneInfo(found)
    parts = text.split("/")[-6:]
    for at in range(1, len(parts) - 1):
        if found := known.get("/".join(parts[at:]).casefold()):
            return ZoneInfo(found)
    return None


def zone_for(
    tzid: str, vtimezone_text: str | None, at: datetime | None = None, prefer: ZoneInfo | None = None
) -> ZoneInfo | None:
    """The IANA zone that a TZID means; None when neither its name nor its definition tells.

    A definition is compared around `at` (the event's start) and around today; `prefer` is tried first among
    zones with equal offsets. Hostile definitions raise BadCalendar.
    """
    if zone := named(tzid):
        return zone
    return _defined(tzid, component(vtimezone_text, "VTIMEZONE"), at, prefer) if vtimezone_text else None


def _defined(
    tzid: str, definition: Component, at: datetime | None, prefer: ZoneInfo | None
) -> ZoneInfo | None:
    parts = observances(definition)
    candidates = _guesses(f"{definition.text('X-LIC-LOCATION')} {tzid}")
    candidates += [prefer] if prefer else []
    candidates += _candidates()
    now = datetime.now(UTC).replace(tzinfo=None)
    for middle in (now,) if at is None else (at.astimezone(UTC).replace(tzinfo=None), now):
        since, until = _window(middle)
        wanted = samples(Offsets(parts, since, until), since, until)
        for zone in candidates:
            if all(moment.astimezone(zone).utcoffset() == offset for moment, offset in wanted):
                return zone
    return None


def _window(middle: datetime) -> tuple[datetime, datetime]:
    middle = min(max(middle, datetime(1900, 1, 1)), datetime(2200, 1, 1))  # noqa: DTZ001
    return middle - _AROUND, middle + _AROUND


def _guesses(text: str) -> list[ZoneInfo]:
    """Zones whose name or city stands in the text."""
    words = [word for found in _WORD.findall(text[:500]) for word in {found, *found.split()}]
    keys = [_cities()[name] for word in words if (name := word.replace(" ", "_").casefold()) in _cities()]
    whole = [zone for each in text.split() if (zone := named(each))]
    return whole + [ZoneInfo(key) for key in dict.fromkeys(keys)]


def without_known(text: str) -> str:
    """The text of a calendar object without its definitions of zones that are known by name: they are never
    looked at, and are most of the lines of a single event. What is spelled unusually stays."""
    begin = text.find(_BEGIN)
    while begin >= 0:
        end = text.find(_END, begin)
        if end < 0:  # it is not closed: the parser will say so
            return text
        name = text.find("\nTZID:", begin, end)
        after = text.find("\r\n", name + 1)
        if name < 0 or text[after + 2 : after + 3].isspace() or named(text[name + 6 : after]) is None:
            begin = text.find(_BEGIN, begin + 1)
            continue
        text = text[: begin + 1] + text[end + len(_END) :]
        begin = text.find(_BEGIN, begin)
    return text


class Zones:
    """The zones of one calendar object; forgotten with it."""

    def __init__(self, calendar: Component, default: ZoneInfo) -> None:
        """`default` is the calendar's zone, for floating times and days (R-NEW-4)."""
        self.default = default
        self._definitions: dict[str, Component] = {}
        self._found: dict[str, ZoneInfo | None] = {}
        self._looked_at = 0
        for each in calendar.children:
            if each.name == "VTIMEZONE":
                self._definitions.setdefault(each.text("TZID").strip(), each)

    def zone(self, tzid: str, wall: datetime) -> ZoneInfo:
        """The zone of a TZID; `wall` is a time written in it. BadCalendar when nobody knows it."""
        if tzid not in self._found:
            self._found[tzid] = self._look_up(tzid, wall)
        if zone := self._found[tzid]:
            return zone
        raise bad_data(f"The time zone “{tzid[:60]}” is not known.")

    def _look_up(self, tzid: str, wall: datetime) -> ZoneInfo | None:
        if zone := named(tzid):
            return zone
        definition = self._definitions.get(tzid.strip())
        if definition is None:
            return None
        self._looked_at += 1
        if self._looked_at > _MAX_DEFINITIONS:
            raise bad_data("The calendar object defines too many time zones.")
        try:
            return _defined(tzid, definition, wall.replace(tzinfo=UTC), self.default)
        except OverflowError:
            raise BadCalendar(bad_data("").precondition, "A time zone definition cannot be used.") from None
