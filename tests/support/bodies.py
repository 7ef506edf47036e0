"""Calendar texts as clients edit them: content lines unfolded, changed, and put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable

LINE_END = "\r\n"


def unfolded(text: str) -> list[str]:
    return re.sub(r"\r?\n[ \t]", "", text).splitlines()


def joined(lines: Iterable[str]) -> str:
    return LINE_END.join([*lines, ""])


def name_of(line: str) -> str:
    return re.split("[:;]", line, maxsplit=1)[0].upper()


def value(text: str, name: str) -> str:
    """The value of the first such property of the (first) VEVENT; "" when it has none."""
    found = next((line for line in event(text) if name_of(line) == name), "")
    return found.partition(":")[2]


def values(text: str, name: str) -> list[str]:
    return [line.partition(":")[2] for line in unfolded(text) if name_of(line) == name]


def event(text: str) -> list[str]:
    lines = unfolded(text)
    return lines[lines.index("BEGIN:VEVENT") : lines.index("END:VEVENT") + 1]


def without(text: str, *prefixes: str) -> str:
    """Without every property whose name begins so."""
    return joined(line for line in unfolded(text) if not name_of(line).startswith(prefixes))


def put(text: str, *lines: str) -> str:
    """The first VEVENT with these properties in place of any of their names, or added."""
    all_ = unfolded(text)
    begin, end = all_.index("BEGIN:VEVENT"), all_.index("END:VEVENT")
    names = {name_of(line) for line in lines}
    kept = [line for line in all_[begin + 1 : end] if name_of(line) not in names]
    return joined([*all_[: begin + 1], *lines, *kept, *all_[end:]])


def added(text: str, *lines: str) -> str:
    """The first VEVENT with these lines at its end (alarms, more of a property)."""
    all_ = unfolded(text)
    end = all_.index("END:VEVENT")
    return joined([*all_[:end], *lines, *all_[end:]])


def with_override(text: str, *lines: str) -> str:
    """One more VEVENT of the same UID after the others."""
    all_ = unfolded(text)
    end = len(all_) - 1 - all_[::-1].index("END:VEVENT")
    block = ["BEGIN:VEVENT", f"UID:{value(text, 'UID')}", "DTSTAMP:20260302T140000Z", *lines, "END:VEVENT"]
    return joined([*all_[: end + 1], *block, *all_[end + 1 :]])


def times(start: str, end: str, zone: str = "America/New_York") -> tuple[str, str]:
    return f"DTSTART;TZID={zone}:{start}", f"DTEND;TZID={zone}:{end}"


def alarm(minutes: int = 15) -> tuple[str, ...]:
    return ("BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-PT{minutes}M", "DESCRIPTION:Soon", "END:VALARM")


def new(uid: str, summary: str, *lines: str) -> str:
    """What a client sends for a new event."""
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//client//EN", "BEGIN:VEVENT", f"UID:{uid}")
    return joined(
        [*head, "DTSTAMP:20260302T140000Z", f"SUMMARY:{summary}", *lines, "END:VEVENT", "END:VCALENDAR"]
    )
