"""Whether a stored object matches a CALDAV:filter (RFC 4791 section 9.7).

A component must hold all that its comp-filter asks for by itself: a master and its overrides are judged each
alone, and one of them is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize
from zoneinfo import ZoneInfo

from icalendar.parser import Contentline

from calgate.ical import alarms
from calgate.ical.errors import BadCalendar
from calgate.ical.expand import Row
from calgate.ical.filters import CompFilter, ParamFilter, PropFilter, TextMatch, TimeRange
from calgate.ical.inspect import entries
from calgate.ical.lines import Component, Property, parse
from calgate.ical.moments import moment

_LISTS = frozenset({"CATEGORIES", "RESOURCES"})
_UNESCAPED_COMMA = re.compile(r"(?<!\\),")
_FOLD = re.compile(r"\r?\n[ \t]")
_WORD = re.compile(r"[a-z0-9@._-]{2,}")
_ASCII_LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def matches(text: str, wanted: CompFilter, zone: ZoneInfo, rows: Sequence[Row] | None = None) -> bool:
    """Whether the object matches the filter of its VCALENDAR. `zone` places floating times and days.

    `rows` are the occurrences in the time-range of the scheduled component, when the caller has them from
    the index already.
    """
    if not _may_match(text, wanted):
        return False
    try:
        calendar = parse(text)
    except BadCalendar:
        return False
    return _Trial(text, zone, rows).holds(calendar, wanted, 0)


@dataclass(frozen=True, slots=True)
class _Trial:
    """One object being judged."""

    text: str
    zone: ZoneInfo
    rows: Sequence[Row] | None

    def holds(self, component: Component, wanted: CompFilter, part: int) -> bool:
        """Whether this very component holds all that is asked; `part` is its number in the index."""
        return all(self._property(component, each) for each in wanted.props) and all(
            self._child(component, each, part) for each in wanted.comps
        )

    def _child(self, parent: Component, wanted: CompFilter, part: int) -> bool:
        children = [child for child in parent.children if child.name == wanted.name]
        if wanted.absent:
            return not children
        if wanted.name == "VALARM":
            return any(
                self._rings(child, wanted.time_range, part, parent) and self.holds(child, wanted, part)
                for child in children
            )
        inside = self._parts_inside(wanted.time_range)
        return any(
            (inside is None or number in inside) and self.holds(child, wanted, number)
            for number, child in _numbered(children)
        )

    def _parts_inside(self, asked: TimeRange | None) -> set[int] | None:
        if asked is None:
            return None
        if self.rows is not None:
            return {row.part for row in self.rows}
        found = entries(self.text, self.zone, *alarms.bounds(asked, "RRULE" in self.text))
        return {one.part for one in found}

    def _rings(self, alarm: Component, asked: TimeRange | None, part: int, event: Component) -> bool:
        return asked is None or alarms.rings(alarm, asked, self.text, self.zone, part, event)

    def _property(self, component: Component, wanted: PropFilter) -> bool:
        found = component.all(wanted.name)
        if wanted.absent:
            return not found
        return any(self._value(one, found, wanted) and self._params(one, wanted.params) for one in found)

    def _value(self, one: Property, same_name: list[Property], wanted: PropFilter) -> bool:
        if wanted.time_range is not None:
            tzid = one.parts()[0].get("TZID")
            at = moment(one.value, tzid, self.text, self.zone)
            return at is not None and wanted.time_range.contains(at)
        if wanted.match is None:
            return True
        if one.name in _LISTS:  # several lines are one list (RFC 5545 section 3.8.1.2)
            values = [item for each in same_name for item in _UNESCAPED_COMMA.split(each.value)]
            return _matches([Property(one.name, f"{one.name}:{item}").text for item in values], wanted.match)
        return _matches([one.text], wanted.match)

    def _params(self, one: Property, wanted: Iterable[ParamFilter]) -> bool:
        if not wanted:
            return True
        params = Contentline(one.line).raw_parts()[1]  # type: ignore[no-untyped-call]
        return all(_parameter(params.get(each.name), each) for each in wanted)


def _numbered(children: list[Component]) -> Iterator[tuple[int, Component]]:
    """Each component with its number in the index: 0 for the master, from 1 on for the overrides."""
    overrides = 0
    for child in children:
        if child.get("RECURRENCE-ID"):
            overrides += 1
            yield overrides, child
        else:
            yield 0, child


def _parameter(value: str | list[str] | None, wanted: ParamFilter) -> bool:
    if wanted.absent or value is None:
        return wanted.absent and value is None
    return wanted.match is None or _matches([value] if isinstance(value, str) else value, wanted.match)


def _matches(values: Iterable[str], wanted: TextMatch) -> bool:
    needle = _mapped(wanted.needle, wanted.collation)
    return any(needle in _mapped(value, wanted.collation) for value in values) is not wanted.negate


def _mapped(value: str, collation: str) -> str:
    if collation == "i;octet":
        return value
    if collation == "i;unicode-casemap":
        return normalize("NFKD", value.casefold())
    return value.translate(_ASCII_LOWER)


# ---- what a matching text must hold, so that most objects are never taken apart -----------------------


def _may_match(text: str, wanted: CompFilter) -> bool:
    marks = _marks(wanted)
    if not marks:
        return True
    flat = "\n" + _FOLD.sub("", text).casefold()
    return all(mark in flat for mark, plain_only in marks if not plain_only or text.isascii())


@lru_cache(maxsize=64)
def _marks(wanted: CompFilter) -> tuple[tuple[str, bool], ...]:
    """Strings that a text must hold once unfolded and case-folded; True: certain for ASCII texts only, as
    other characters may decompose to the one sought."""
    return tuple(mark for each in wanted.comps if not each.absent for mark in _marks_of(each))


def _marks_of(wanted: CompFilter) -> Iterator[tuple[str, bool]]:
    yield f"\nbegin:{wanted.name.casefold()}", False
    for each in wanted.props:
        if each.absent:
            continue
        yield f"\n{each.name.casefold()}", False
        for match in (each.match, *(param.match for param in each.params if not param.absent)):
            if match is not None and not match.negate:
                words = _WORD.findall(match.needle.casefold())
                if words:
                    yield max(words, key=len), match.collation == "i;unicode-casemap"
    for inner in wanted.comps:
        if not inner.absent:
            yield from _marks_of(inner)
