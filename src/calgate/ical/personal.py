"""One viewer's own properties of a calendar object: alarms, colours and what nobody else knows (R-GEN-3, 4).

Kept as unfolded content lines, because what is not understood must come back as it was sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from icalendar.parser import split_on_unescaped_comma

from calgate.domain.event import Document, Event
from calgate.domain.when import key
from calgate.ical.lines import Property
from calgate.ical.text import escape

Personal: TypeAlias = Mapping[str, tuple[str, ...]]
"""Content lines by component: "" master, domain.when.key(recurrence_id) override, "calendar" VCALENDAR."""

CALENDAR = "calendar"
NOTHING: Personal = MappingProxyType({})

_OURS = frozenset({
    "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE",
    "RDATE", "EXDATE", "EXRULE", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "CONFERENCE", "COMMENT",
    "STATUS", "TRANSP", "CLASS", "RELATED-TO", "X-MICROSOFT-CDO-BUSYSTATUS",
    "VERSION", "PRODID", "CALSCALE", "METHOD",
})  # fmt: skip
MARK = "X-CALGATE-"
_AS_A_SET = frozenset({"VALARM", "ATTENDEE", "ORGANIZER"})
"""What absence does take away."""


def is_personal(name: str) -> bool:
    """Whether a property (or VALARM) is the viewer's own. CATEGORIES and COLOR are ours and theirs."""
    name = name.upper()
    return name not in _OURS and not name.startswith(MARK)


def merge(old: Personal, new: Personal, shown: Document | None = None) -> Personal:
    """What a viewer keeps after a write: sent properties replace those of their name, absence deletes none,
    alarms and the people of a meeting are replaced as a set. What `shown` had of ours among CATEGORIES and
    COLOR is not theirs.

    An override that was sent without any line keeps an empty entry: without one it is served the master's."""
    ours = {"" if e.recurrence_id is None else key(e.recurrence_id): e for e in shown.events} if shown else {}
    default = ours.get("")
    merged = dict(old)
    for part, lines in new.items():
        sent = {name for name, _ in groups(lines)}
        served = old.get(part, old.get("", ()) if part != CALENDAR else ())
        merged[part] = _merged(served, _theirs(lines, ours.get(part, default)), sent)
    return _tidy(merged)


def without_people(personal: Personal) -> Personal:
    """Without every ORGANIZER and ATTENDEE; an alarm that would be mailed is displayed instead."""
    if not any(_is_person(line) for lines in personal.values() for line in lines):
        return personal
    return {part: tuple(_displayed(lines)) for part, lines in personal.items()}


def _displayed(lines: Sequence[str]) -> Iterator[str]:
    for _, block in groups(lines):
        mailed = len(block) > 1 and any(map(_is_person, block))
        for line in block:
            if not _is_person(line):
                yield "ACTION:DISPLAY" if mailed and line.upper().startswith("ACTION") else line


def _is_person(line: str) -> bool:
    return line[:8].upper() == "ATTENDEE" or line[:9].upper() == "ORGANIZER"


def _tidy(personal: Personal) -> Personal:
    return {part: lines for part, lines in personal.items() if lines or part not in ("", CALENDAR)}


def groups(lines: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The properties and blocks (a VALARM with its lines) of a component, in order, by name."""
    block: list[str] = []
    depth = 0
    for line in lines:
        name = line[: min(at for at in (line.find(":"), line.find(";"), len(line)) if at >= 0)].upper()
        depth += (name == "BEGIN") - (name == "END")
        block.append(line)
        if depth == 0:
            yield (block[0][6:].strip().upper() if len(block) > 1 else name), tuple(block)
            block = []


def categories(lines: Iterable[str]) -> list[str]:
    """The categories that CATEGORIES lines name."""
    found = [split_on_unescaped_comma(Property("CATEGORIES", line).value) for line in lines]
    return [each.strip() for names in found for each in names if each.strip()]


def _merged(old: Sequence[str], new: Sequence[str], sent: set[str]) -> tuple[str, ...]:
    replaced = sent | _AS_A_SET
    kept = [line for name, block in groups(old) if name not in replaced for line in block]
    return (*kept, *new)


def _theirs(lines: Sequence[str], ours: Event | None) -> tuple[str, ...]:
    """Sent lines without what is ours among CATEGORIES and COLOR."""
    if ours is None:
        return tuple(lines)
    kept: list[str] = []
    named: list[str] = []
    for name, block in groups(lines):
        if name == "CATEGORIES":
            named += categories(block)
        elif name != "COLOR" or Property(name, block[0]).text.casefold() != ours.color.casefold():
            kept += block
    known = {each.casefold() for each in ours.categories}
    extra = [escape(each) for each in named if each.casefold() not in known]
    return (*kept, f"CATEGORIES:{','.join(extra)}") if extra else tuple(kept)


def dumps(personal: Personal) -> str:
    """As JSON, keys sorted."""
    return json.dumps(
        {part: list(lines) for part, lines in _tidy(personal).items()},
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )


def loads(text: str | None) -> Personal:
    """From `dumps`; nothing from an empty text."""
    return {part: tuple(lines) for part, lines in json.loads(text).items()} if text else NOTHING
