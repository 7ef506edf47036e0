"""When people can be met: the practice's office hours and a person's own, laid over each other by priority
(RFC 7953 section 4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from calgate.domain.freebusy import Busy, without
from calgate.domain.week import DAYS
from calgate.domain.when import instant

UNAVAILABLE: Final = "BUSY-UNAVAILABLE"
Period: TypeAlias = tuple[datetime, datetime]

_BELOW_ALL: Final = 99
_UNDEFINED: Final = 10
_MIDNIGHT: Final = "24:00"
_DAY: Final = timedelta(days=1)
_NAME: Final = f"(?:{'|'.join(DAYS)})"
_CLOCK: Final = r"(?:[01]\d|2[0-3]):[0-5]\d"
_LINE: Final = re.compile(rf"({_NAME}(?:-{_NAME}|(?:,{_NAME})*)) ({_CLOCK})-({_CLOCK}|{_MIDNIGHT})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Layer:
    """Hours from `start` to `end`, UTC: outside of `open` their owner is busy in the way of `type`.
    `priority` as in RFC 5545 section 3.8.1.9: 1 is the highest, 9 the lowest, 0 (undefined) below that."""

    start: datetime
    end: datetime
    open: tuple[Period, ...]
    type: str = UNAVAILABLE
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """Hours of a weekday (0: Monday) by the wall clock; `end` None is midnight."""

    weekday: int
    start: time
    end: time | None


def closed(layers: Iterable[Layer]) -> list[Busy]:
    """When nobody is there, UTC, not merged: where layers overlap the highest priority alone counts; of equal
    ones each closes its own hours."""
    found: dict[str, list[Period]] = {}
    for _, group in groupby(sorted(layers, key=_rank), key=_rank):
        same = list(group)
        spans = [(each.start, each.end) for each in same]
        found = {kind: without(periods, spans) for kind, periods in found.items()}
        for each in same:
            found.setdefault(each.type, []).extend(without([(each.start, each.end)], each.open))
    return [Busy(start, end, kind) for kind, periods in found.items() for start, end in periods]


def _rank(layer: Layer) -> int:
    return -(layer.priority or _UNDEFINED)


def openings(lines: Iterable[str]) -> list[Opening]:
    """Office hours such as `MO-FR 08:00-18:00` or `TU,SA 09:00-24:00`; ValueError for a line that is none."""
    found: list[Opening] = []
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None or match[2] >= match[3]:
            raise ValueError(f"'{line}' is no office hours like 'MO-FR 08:00-18:00'")
        end = None if match[3] == _MIDNIGHT else time.fromisoformat(match[3])
        found += [Opening(day, time.fromisoformat(match[2]), end) for day in _weekdays(match[1])]
    return found


def _weekdays(text: str) -> list[int]:
    first, dash, last = text.partition("-")
    if not dash:
        return [DAYS.index(name) for name in text.split(",")]
    begin = DAYS.index(first)
    return [(begin + day) % 7 for day in range((DAYS.index(last) - begin) % 7 + 1)]


def office_layer(lines: Iterable[str], zone: ZoneInfo, since: datetime, until: datetime) -> Layer | None:
    """The practice's office hours between two UTC instants, in its `zone`, below all that people say of
    themselves; None without any, which is always open."""
    hours = openings(lines)
    if not hours or since >= until:
        return None
    return Layer(since, until, tuple(_opened(hours, zone, since, until)), priority=_BELOW_ALL)


def _opened(hours: list[Opening], zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[Period]:
    day, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    while day <= last:
        for each in hours:
            if each.weekday == day.weekday():
                yield _at(day, each.start, zone), _at(day, each.end, zone)
        day += _DAY


def _at(day: date, clock: time | None, zone: ZoneInfo) -> datetime:
    return instant(day + _DAY if clock is None else datetime.combine(day, clock, zone), zone)
