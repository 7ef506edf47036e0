"""A whole calendar as one VCALENDAR, joined from stored texts without parsing them (RFC 5545 section 3.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from calgate.ical.text import PRODID

_HEAD = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{PRODID}\r\nCALSCALE:GREGORIAN\r\n"
_TAIL = "END:VCALENDAR\r\n"
_FIRST = re.compile(r"^BEGIN:(?!VCALENDAR)", re.IGNORECASE | re.MULTILINE)
_LAST = re.compile(r"^END:VCALENDAR", re.IGNORECASE | re.MULTILINE)
_ZONE = re.compile(r"^BEGIN:VTIMEZONE\r?\n.*?^END:VTIMEZONE[ \t]*\r?\n", re.I | re.M | re.DOTALL)
_END_ZONE = "\nEND:VTIMEZONE\r\n"
_MOST_HEADS = 16
_TZID = re.compile(r"^TZID(?:;[^:\r\n]*)?:([^\r\n]*)", re.I | re.M)


def whole_calendar(texts: Iterable[str]) -> str:
    """`texts` are whole VCALENDARs; of time zones with the same TZID the first definition is kept."""
    zones: dict[str, str] = {}
    heads: list[str] = []
    parts: list[str] = []
    for text in texts:
        # Thousands of objects begin alike, with the same time zones: these are looked into once.
        for head in heads:
            if text.startswith(head) and text.endswith(_TAIL) and text.find(_END_ZONE, len(head)) < 0:
                parts.append(text[len(head) : -len(_TAIL)])
                break
        else:
            parts.append(_taken_apart(text, zones, heads))
    return "".join((_HEAD, *zones.values(), *parts, _TAIL))


def _taken_apart(text: str, zones: dict[str, str], heads: list[str]) -> str:
    """The components of a text without its time zones, which go to `zones`; what others may begin with, too,
    goes to `heads`."""
    inner = _inner(text)
    if "BEGIN:VTIMEZONE" not in inner and "begin:vtimezone" not in inner.lower():
        if len(heads) < _MOST_HEADS and inner and text.endswith(inner + _TAIL):
            heads.append(text[: -len(inner + _TAIL)])
        return inner
    for zone in _ZONE.findall(inner):
        name = _TZID.search(zone)
        zones.setdefault(name[1].strip() if name else zone, zone)
    start, rest = text.find("\nBEGIN:") + 1, text.rfind(_END_ZONE) + len(_END_ZONE)
    if len(heads) < _MOST_HEADS and start < rest and not _ZONE.sub("", text[start:rest]):
        heads.append(text[:rest])
    return _ZONE.sub("", inner)


def _inner(text: str) -> str:
    """The components of one VCALENDAR. Our own texts and almost all others are written in capitals."""
    start, end = text.find("\nBEGIN:") + 1, text.rfind("\nEND:VCALENDAR") + 1
    if start == 0 or end == 0:
        first, last = _FIRST.search(text), list(_LAST.finditer(text))
        start, end = (first.start(), last[-1].start()) if first and last else (0, 0)
    return text[start:end]
