"""CALDAV:filter as values (RFC 4791 section 9.7). Names are upper case, times UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

Collation = Literal["i;ascii-casemap", "i;octet", "i;unicode-casemap"]
COLLATIONS: Final[tuple[Collation, ...]] = ("i;ascii-casemap", "i;octet", "i;unicode-casemap")


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From start to end, end exclusive, at least one of them given; None is open."""

    start: datetime | None
    end: datetime | None

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether an event from start to end counts (RFC 4791 section 9.9, VEVENT); an empty one counts at
        its start."""
        begins_before = self.end is None or start < self.end
        ends_after = self.start is None or end > self.start or (start == end == self.start)
        return begins_before and ends_after

    def contains(self, moment: datetime) -> bool:
        """Whether a moment lies in the range."""
        return (self.start is None or self.start <= moment) and (self.end is None or moment < self.end)


@dataclass(frozen=True, slots=True)
class TextMatch:
    """Substring match under a collation, turned round by `negate`."""

    needle: str
    collation: Collation = "i;ascii-casemap"
    negate: bool = False


@dataclass(frozen=True, slots=True)
class ParamFilter:
    """A parameter that is there, is absent, or whose value matches."""

    name: str
    absent: bool = False
    match: TextMatch | None = None


@dataclass(frozen=True, slots=True)
class PropFilter:
    """A property that is there, is absent, or matches all that is given."""

    name: str
    absent: bool = False
    time_range: TimeRange | None = None
    match: TextMatch | None = None
    params: tuple[ParamFilter, ...] = ()


@dataclass(frozen=True, slots=True)
class CompFilter:
    """A component that is there, is absent, or matches all that is given."""

    name: str
    absent: bool = False
    time_range: TimeRange | None = None
    props: tuple[PropFilter, ...] = ()
    comps: tuple[CompFilter, ...] = ()

    @property
    def simple(self) -> bool:
        """Whether it asks for no more than the component and a range of time."""
        return not self.absent and not self.props and not self.comps
