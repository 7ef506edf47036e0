"""What of an object a client asks for: some components and properties, or the overrides of a range.

RFC 4791 sections 9.6.1 to 9.6.4 and 9.6.6, at text level.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from calgate.ical.filters import TimeRange
from calgate.ical.moments import duration, moment
from calgate.ical.pieces import split

_LINE = re.compile(r"[^\n]*(?:\n[ \t][^\n]*)*\n?")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_DATE = re.compile(
    r"(?:^|\n)(RECURRENCE-ID|DTSTART|DTEND|DUE|DURATION)((?:;[^:\r\n]*)?):([^\r\n]*)", re.IGNORECASE
)
_TZID = re.compile(r';TZID="?([^":;]+)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Selection:
    """C:comp of C:calendar-data. `props` maps a property to whether its value is left out (novalue); None for
    either field means all of them."""

    name: str
    props: tuple[tuple[str, bool], ...] | None = None
    comps: tuple[Selection, ...] | None = None


def partial(text: str, selection: Selection) -> str:
    """Only the components and properties selected; `selection` is that of VCALENDAR."""
    return "".join(_selected(text, selection))


def _selected(text: str, selection: Selection) -> Iterator[str]:
    """Whole content lines, folded as they are. The stack holds None inside of what is left out."""
    stack: list[Selection | None] = []
    for line in _LINE.findall(text):
        found = _NAME.match(line)
        name = found[0].upper() if found else ""
        if name == "BEGIN":
            stack.append(_inner(stack, _value(line), selection))
        current = stack[-1] if stack else None
        if name in ("BEGIN", "END"):
            if current is not None:
                yield line
            if name == "END" and stack:
                stack.pop()
        elif current is not None:
            yield from _property(line, name, current)


def _inner(stack: list[Selection | None], name: str, root: Selection) -> Selection | None:
    if not stack:
        return root if name == root.name else None
    outer = stack[-1]
    if outer is None:
        return None
    if outer.comps is None:
        return Selection(name)
    return next((comp for comp in outer.comps if comp.name == name), None)


def _property(line: str, name: str, current: Selection) -> Iterator[str]:
    if current.props is None:
        yield line
        return
    for wanted, without_value in current.props:
        if wanted == name:
            yield _without_value(line) if without_value else line
            return


def _without_value(line: str) -> str:
    """The line up to its colon, which parameters in quotes may hold too."""
    quoted = False
    for at, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == ":" and not quoted:
            return line[: at + 1] + ("\r\n" if line.endswith("\r\n") else "\n")
    return line


def _value(line: str) -> str:
    return line.partition(":")[2].strip().upper()


def limit_recurrence_set(text: str, limit: TimeRange, zone: ZoneInfo) -> str:
    """The object without the overrides whose present and original times both lie outside of `limit`
    (RFC 4791 section 9.6.6). Overrides without a master stay: there is nothing else to tell of them."""
    pieces = split(text)
    if not pieces.master or not pieces.overrides:
        return text
    length = _length(pieces.master, text, zone)
    for content in pieces.overrides:
        dates = _dates(content)
        now, original = _moment(dates, "DTSTART", text, zone), _moment(dates, "RECURRENCE-ID", text, zone)
        spans = [(original, length), (now, _length(content, text, zone))]
        if not any(start is None or limit.overlaps(start, start + long) for start, long in spans):
            text = _cut(text, pieces.component, content, pieces.eol)
    return text


def _cut(text: str, component: str, content: str, eol: str) -> str:
    return text.replace(f"BEGIN:{component}{eol}{content}END:{component}{eol}", "", 1)


def _dates(content: str) -> dict[str, tuple[str, str]]:
    """Parameters and value of the date lines of a component; its alarms are not looked at."""
    own = re.split(r"\nBEGIN:", content, maxsplit=1, flags=re.IGNORECASE)[0]
    return {
        name.upper(): (params, value) for name, params, value in _DATE.findall(re.sub(r"\r?\n[ \t]", "", own))
    }


def _moment(dates: dict[str, tuple[str, str]], name: str, text: str, zone: ZoneInfo) -> datetime | None:
    if name not in dates:
        return None
    params, value = dates[name]
    tzid = _TZID.search(params)
    return moment(value, tzid[1] if tzid else None, text, zone)


def _length(content: str, text: str, zone: ZoneInfo) -> timedelta:
    dates = _dates(content)
    start = _moment(dates, "DTSTART", text, zone)
    end = _moment(dates, "DTEND", text, zone) or _moment(dates, "DUE", text, zone)
    if start and end:
        return max(end - start, timedelta())
    if "DURATION" in dates:
        return duration(dates["DURATION"][1]) or timedelta()
    return timedelta(days=1 if start and len(dates["DTSTART"][1]) == 8 else 0)
