"""A stored calendar object taken apart at text level: its calendar properties and its components.

Nothing is parsed or unfolded; what is not asked for keeps its bytes. What is stored is well-formed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SCHEDULED = ("VEVENT", "VTODO", "VJOURNAL")
_COMPONENT = re.compile(
    r"^BEGIN:(VEVENT|VTODO|VJOURNAL)[ \t]*\r?\n(.*?)^END:\1[ \t]*\r?$",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_OVERRIDE = re.compile(r"(?:^|\n)RECURRENCE-ID[;:]", re.IGNORECASE)
_FIRST_BEGIN = re.compile(r"^BEGIN:", re.MULTILINE | re.IGNORECASE)
_BEGIN_CALENDAR = re.compile(r"\s*BEGIN:VCALENDAR[ \t]*\r?\n", re.IGNORECASE)
_VTIMEZONE = re.compile(
    r"^BEGIN:VTIMEZONE[ \t]*\r?\n.*?^END:VTIMEZONE[ \t]*\r?\n", re.MULTILINE | re.DOTALL | re.IGNORECASE
)


class Pieces(NamedTuple):
    """`head`: the calendar's own properties, whole lines. `master`: content lines of the component without
    RECURRENCE-ID, "" when there is none; `overrides`: those of the others in order. `eol`: line ending."""

    component: str
    head: str
    master: str
    overrides: tuple[str, ...]
    eol: str

    def content(self, part: int) -> str:
        """Content lines of part 0, the master, or i, the i-th override; "" when there is no such part."""
        if part == 0:
            return self.master
        return self.overrides[part - 1] if part <= len(self.overrides) else ""


def split(text: str) -> Pieces:
    """The pieces of a calendar object resource: one master at most, and its overrides."""
    component, contents = _fast(text) or _slow(text)
    master, overrides = "", []
    for content in contents:
        if "RECURRENCE-ID" in content.upper() and _OVERRIDE.search(content):
            overrides.append(content)
        else:
            master = content
    return Pieces(component, _head(text), master, tuple(overrides), "\r\n" if "\r\n" in text else "\n")


def vtimezone(text: str, tzid: str) -> str | None:
    """The text of the object's own definition of a time zone, if it brings one."""
    for found in _VTIMEZONE.finditer(text):
        if re.search(rf"\nTZID:{re.escape(tzid)}[ \t]*\r?\n", found[0]):
            return found[0]
    return None


def _fast(text: str) -> tuple[str, list[str]] | None:
    """Splits by the usual spelling; None when the text is spelled otherwise."""
    for component in _SCHEDULED:
        found = text.split(f"\nBEGIN:{component}\r\n")
        if len(found) > 1:
            contents = []
            for piece in found[1:]:
                content, end, _ = piece.partition(f"\nEND:{component}\r\n")
                if not end:
                    return None
                contents.append(content + "\n")
            return component, contents
    return None


def _slow(text: str) -> tuple[str, list[str]]:
    found = _COMPONENT.findall(text)
    return (found[0][0].upper() if found else "VEVENT"), [content for _, content in found]


def _head(text: str) -> str:
    opening = _BEGIN_CALENDAR.match(text)
    start = opening.end() if opening else 0
    first = text.find("\nBEGIN:", max(start - 1, 0)) + 1
    if not first:
        found = _FIRST_BEGIN.search(text, start)
        first = found.start() if found else start
    return text[start:first]
