"""What every feed must be, whoever reads it."""

from __future__ import annotations

import re


def logical_lines(text: str) -> list[str]:
    """The content lines without their folding."""
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def check_text(text: str) -> None:
    """RFC 5545 section 3.1, and that each TZID is defined before it is used: Outlook insists on both."""
    raw = text.encode()
    assert raw.endswith(b"END:VCALENDAR\r\n") and not raw.startswith(b"\xef\xbb\xbf")
    lines = raw.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines), "a line does not end in CRLF"
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # a fold within a character would fail here
    content = logical_lines(text)
    defined = [line[5:] for line in content if line.startswith("TZID:")]
    assert len(defined) == len(set(defined)), "a time zone is defined twice"
    named = {zone for line in content if (zone := _zone(line))}
    assert named <= set(defined)
    if defined and "BEGIN:VEVENT" in content:
        assert content.index("BEGIN:VEVENT") > len(content) - content[::-1].index("END:VTIMEZONE") - 1
    assert not any(zone[0] == "/" for zone in defined)


def _zone(line: str) -> str:
    found = re.match(r"[A-Z-]+(?:;[^:;]*)*;TZID=([^:;]+)[:;]", line)
    return found[1] if found else ""


def events(text: str) -> dict[str, list[str]]:
    """The unfolded lines of each VEVENT that is no override, by UID."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in logical_lines(text):
        if line == "BEGIN:VEVENT":
            current = []
        elif line == "END:VEVENT":
            if not any(each.startswith("RECURRENCE-ID") for each in current):
                found[next(each[4:] for each in current if each.startswith("UID:"))] = current
        else:
            current.append(line)
    return found
