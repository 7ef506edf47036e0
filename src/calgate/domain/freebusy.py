"""Busy time: periods in UTC, merged so that each moment is told once (RFC 4791 section 7.10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Final, Literal, TypeAlias, TypeVar

BusyType: TypeAlias = Literal["BUSY", "BUSY-UNAVAILABLE", "BUSY-TENTATIVE"]
_Point = TypeVar("_Point", datetime, int)

STRONGEST_FIRST: Final[tuple[BusyType, ...]] = ("BUSY", "BUSY-UNAVAILABLE", "BUSY-TENTATIVE")


@dataclass(frozen=True, slots=True)
class Busy:
    """A period in UTC, end exclusive, and how busy it is (RFC 5545 section 3.2.9)."""

    start: datetime
    end: datetime
    type: str = "BUSY"


def merge(busy: Iterable[Busy]) -> list[Busy]:
    """Sorted periods that do not overlap; touching ones of a type are one. BUSY wins over BUSY-UNAVAILABLE,
    both over BUSY-TENTATIVE; an unknown type counts as BUSY (RFC 5545 section 3.2.9)."""
    by_type: dict[BusyType, list[tuple[datetime, datetime]]] = {kind: [] for kind in STRONGEST_FIRST}
    for one in busy:
        by_type.get(one.type, by_type["BUSY"]).append((one.start, one.end))  # type: ignore[call-overload]
    return [Busy(*period) for period in _merged(by_type)]


def from_seconds(by_type: Mapping[BusyType, Iterable[tuple[int, int]]], first: int, last: int) -> list[Busy]:
    """As `merge`, of starts and ends in UTC seconds by type that overlap `first` to `last`: cut there."""
    return [
        Busy(_instant(max(start, first)), _instant(min(end, last)), kind)
        for start, end, kind in _merged(by_type)
        if start < last and end > first
    ]


@lru_cache(maxsize=4096)
def _instant(seconds: int) -> datetime:
    """People's days are much alike: of many people most are asked for again."""
    return datetime.fromtimestamp(seconds, UTC)


def clip(busy: Iterable[Busy], start: datetime, end: datetime) -> list[Busy]:
    """The parts of the periods between start and end."""
    return [
        one if start <= one.start and one.end <= end else _cut(one, start, end)
        for one in busy
        if one.start < end and one.end > start
    ]


def without(
    periods: Iterable[tuple[datetime, datetime]], holes: Iterable[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    """Sorted periods, none of which touch: what is left of `periods` outside of `holes`."""
    return list(_without(_union(periods), _union(holes)))


def _cut(one: Busy, start: datetime, end: datetime) -> Busy:
    return Busy(max(one.start, start), min(one.end, end), one.type)


def _merged(
    by_type: Mapping[BusyType, Iterable[tuple[_Point, _Point]]],
) -> list[tuple[_Point, _Point, BusyType]]:
    covered: list[tuple[_Point, _Point]] = []
    merged: list[tuple[_Point, _Point, BusyType]] = []
    for kind in STRONGEST_FIRST:
        own = _union(by_type.get(kind, ()))
        if covered and own:
            merged += [(start, end, kind) for start, end in _without(own, covered)]
            covered = _union(covered + own)
            merged.sort()
        elif own:
            merged, covered = [(start, end, kind) for start, end in own], own
    return merged


def _union(periods: Iterable[tuple[_Point, _Point]]) -> list[tuple[_Point, _Point]]:
    """Sorted periods that neither overlap nor touch; empty ones are left out."""
    found: list[tuple[_Point, _Point]] = []
    last: _Point | None = None
    for start, end in sorted(periods):
        if last is not None and start <= last:
            if end > last:
                found[-1] = (found[-1][0], end)
                last = end
        elif start < end:
            found.append((start, end))
            last = end
    return found


def _without(
    periods: list[tuple[_Point, _Point]], holes: list[tuple[_Point, _Point]]
) -> Iterator[tuple[_Point, _Point]]:
    """What is left of `periods` outside of `holes`; both are unions."""
    first = 0
    for start, end in periods:
        at = start
        while first < len(holes) and holes[first][1] <= start:
            first += 1
        for hole_start, hole_end in islice(holes, first, None):
            if hole_start >= end:
                break
            if at < hole_start:
                yield at, hole_start
            at = max(at, hole_end)
        if at < end:
            yield at, end
