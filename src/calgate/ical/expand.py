"""Expansion of recurring objects at text level (RFC 4791 section 9.6.5), from rows of the occurrence index.

The index has already found each instance's start and end, so no rule is evaluated and nothing is parsed: the
date lines of each instance are written anew before the other lines of its component, which keep their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from time import gmtime
from typing import Final, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from calgate.ical import zones
from calgate.ical.moments import moment
from calgate.ical.pieces import Pieces, split, vtimezone

_DATE_LINES: Final = (
    r"\n(D(?:TSTART|TEND|UE|URATION)|R(?:ECURRENCE-ID|RULE|DATE)|EX(?:DATE|RULE))([;:].*(?:\n[ \t].*)*)"
)
_DATE_LINE: Final = re.compile(_DATE_LINES)
_DATE_LINE_IN_ANY_CASE: Final = re.compile(_DATE_LINES, re.IGNORECASE)
_SMALL_NAME: Final = re.compile(r"\n[a-z]")
"""Nearly nobody writes names in small letters, and without them the search takes a third of the time."""
_FOLD: Final = re.compile(r"\r?\n[ \t]")
_ZONED: Final = re.compile(
    r'\n([A-Z0-9-]+)((?:;[^:\r\n]*)?);TZID="?([^":;\r\n]+)"?((?:;[^:\r\n]*)?):(\d{8}T\d{6})(\r?)(?=\n)'
)
_UTC: Final = ZoneInfo("UTC")
_TZID: Final = re.compile(r';TZID="?([^":;]+)', re.IGNORECASE)
_NOMINAL: Final = re.compile(r":[+]?P\d+[DW]", re.IGNORECASE)


class Row(Protocol):
    """A row of the occurrence index (gate.values.Row): UTC seconds, the part it is of, its RECURRENCE-ID."""

    @property
    def starts_at(self) -> int: ...
    @property
    def ends_at(self) -> int: ...
    @property
    def part(self) -> int: ...
    @property
    def on(self) -> str: ...


class _Template(NamedTuple):
    """A component without its date lines, and how those were written; `plain`: all of them as instants."""

    rest: str
    start: str
    end_name: str
    end: str
    recurs_floating: bool
    plain: bool


def expand(text: str, rows: Iterable[Row], zone: ZoneInfo) -> str:
    """The object with one component for each row, times in UTC, without recurrence rules and VTIMEZONE.

    `rows` are the instances wanted; `zone` is the one that the index placed floating times and days in: they
    stay floating, or VALUE=DATE. Without rows the calendar comes back without components.
    """
    pieces, templates = _taken_apart(text)
    written = [f"BEGIN:VCALENDAR{pieces.eol}", pieces.head]
    for row in rows:
        template = templates.get(row.part)
        if template is None:
            content = pieces.content(row.part)
            if not content:
                continue
            template = _template(content, pieces)
            if "TZID=" in template.rest:
                template = _in_utc(template, text)
            templates[row.part] = template
        if pieces.component == "VTODO":
            row = _of_todo(template, row, text, zone)
        written.append(_instance(template, row, pieces, zone))
    written.append(f"END:VCALENDAR{pieces.eol}")
    return "".join(written)


@lru_cache(maxsize=2048)
def _taken_apart(text: str) -> tuple[Pieces, dict[int, _Template]]:
    """The pieces of an object, and the templates of its components, made as they are asked for. Whoever has a
    month expanded asks for the same one again."""
    return split(text), {}


def _template(content: str, pieces: Pieces) -> _Template:
    lines: dict[str, str] = {}
    nested = content.upper().find("\nBEGIN:")

    def take(found: re.Match[str]) -> str:
        name = found[1].upper()
        if name == "DURATION" and nested >= 0 and found.start() > nested:
            return found[0]  # an alarm's own
        lines[name] = _FOLD.sub("", found[2]).rstrip("\r")
        return ""

    whole = "\n" + content
    pattern = _DATE_LINE_IN_ANY_CASE if _SMALL_NAME.search(whole) else _DATE_LINE
    rest = pattern.sub(take, whole)[1:]
    start = lines.get("DTSTART", "")
    end_name = "DUE" if pieces.component == "VTODO" else "DTEND"
    end = lines.get(end_name, "")
    duration = lines.get("DURATION", "")
    inexact = _NOMINAL.search(duration) or "VALUE=PERIOD" in lines.get("RDATE", "").upper()
    if inexact and pieces.component == "VEVENT":
        end = end or start  # a wall-clock day is not always 24 hours; a period brings its own length
    if duration and (not end or _is_day(start)):
        rest, end = f"DURATION{duration}{pieces.eol}{rest}", ""
    recurrence = lines.get("RECURRENCE-ID") or start
    plain = _is_instant(recurrence) and _is_instant(start) and (not end or _is_instant(end))
    return _Template(rest, start, end_name, end, _is_floating(recurrence), plain)


def _instance(template: _Template, row: Row, pieces: Pieces, zone: ZoneInfo) -> str:
    eol, on = pieces.eol, row.on
    if template.plain:
        recurrence = f"RECURRENCE-ID:{on}{eol}" if on else ""
        end = f"{template.end_name}:{utc(row.ends_at)}{eol}" if template.end else ""
        dates = f"{recurrence}DTSTART:{utc(row.starts_at)}{eol}{end}"
        return f"BEGIN:{pieces.component}{eol}{dates}{template.rest}END:{pieces.component}{eol}"
    lines = [f"BEGIN:{pieces.component}{eol}"]
    if on:
        if len(on) == 8:
            lines.append(f"RECURRENCE-ID;VALUE=DATE:{on}{eol}")
        else:
            value = _floating(on, zone) if template.recurs_floating else on
            lines.append(f"RECURRENCE-ID:{value}{eol}")
    if template.start:
        lines.append(_line("DTSTART", template.start, row.starts_at, zone, eol))
        if template.end:
            lines.append(_end_line(template, row, zone, eol))
    elif template.end:
        lines.append(_line(template.end_name, template.end, row.ends_at, zone, eol))
    lines.append(f"{template.rest}END:{pieces.component}{eol}")
    return "".join(lines)


def _line(name: str, written: str, seconds: int, zone: ZoneInfo, eol: str) -> str:
    if _is_day(written):
        return f"{name};VALUE=DATE:{datetime.fromtimestamp(seconds, zone):%Y%m%d}{eol}"
    if _is_floating(written):
        return f"{name}:{datetime.fromtimestamp(seconds, zone):%Y%m%dT%H%M%S}{eol}"
    return f"{name}:{utc(seconds)}{eol}"


def _end_line(template: _Template, row: Row, zone: ZoneInfo, eol: str) -> str:
    name, written = template.end_name, template.end
    if not _is_day(written):
        return _line(name, written, row.ends_at, zone, eol)
    first = datetime.fromtimestamp(row.starts_at, zone).date()
    days = _day(written) - _day(template.start) if _is_day(template.start) else timedelta(days=1)
    return f"{name};VALUE=DATE:{first + days:%Y%m%d}{eol}"


@lru_cache(maxsize=4096)
def _midnight(day: int) -> str:
    moment = gmtime(day * 86400)
    return f"{moment.tm_year:04d}{moment.tm_mon:02d}{moment.tm_mday:02d}T"


_CLOCK: Final[dict[int, str]] = {}


def utc(seconds: int) -> str:
    """UTC seconds as `20260302T090000Z`."""
    day, second = divmod(seconds, 86400)
    clock = _CLOCK.get(second)
    if clock is None:
        clock = _CLOCK[second] = f"{second // 3600:02d}{second // 60 % 60:02d}{second % 60:02d}Z"
    return _midnight(day) + clock


def _is_day(written: str) -> bool:
    return len(written) < 9 or (written[-9] == ":" and written[-8:].isdigit())


def _is_instant(written: str) -> bool:
    return not _is_day(written) and not _is_floating(written)


def _is_floating(written: str) -> bool:
    return not written.endswith(("Z", "z")) and "TZID=" not in written.upper() and not _is_day(written)


def _day(written: str) -> date:
    return datetime.strptime(written[-8:], "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone


def _floating(on: str, zone: ZoneInfo) -> str:
    moment = datetime.strptime(on, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return moment.astimezone(zone).strftime("%Y%m%dT%H%M%S")


def _in_utc(template: _Template, text: str) -> _Template:
    """Other lines with TZID in UTC; those of an unknown zone as they are."""

    def convert(found: re.Match[str]) -> str:
        if zones.zone_for(found[3], vtimezone(text, found[3])) is None:
            return found[0]
        at = moment(found[5], found[3], text, _UTC)
        return f"\n{found[1]}{found[2]}{found[4]}:{at:%Y%m%dT%H%M%SZ}{found[6]}"

    return template._replace(rest=_ZONED.sub(convert, f"\n{template.rest}")[1:])


class _Times(NamedTuple):
    """A Row of our own making."""

    starts_at: int
    ends_at: int
    part: int
    on: str


def _of_todo(template: _Template, row: Row, text: str, zone: ZoneInfo) -> _Times:
    """The very times of a VTODO: its rows are wider, by the closed ends of RFC 4791 section 9.9."""
    start, due = (_seconds(written, text, zone) for written in (template.start, template.end))
    anchor = start if start is not None else due
    if anchor is None:
        return _Times(row.starts_at, row.ends_at, row.part, row.on)
    at = _seconds(f":{row.on}", text, zone) if row.on and row.part == 0 else None
    shift = 0 if at is None else at - anchor
    return _Times((start or 0) + shift, (due or 0) + shift, row.part, row.on)


def _seconds(written: str, text: str, zone: ZoneInfo) -> int | None:
    params, _, value = written.rpartition(":")
    tzid = _TZID.search(params)
    at = moment(value, tzid[1] if tzid else None, text, zone) if value else None
    return None if at is None else int(at.timestamp())
