"""What every feed must be, whoever reads it, and a third parser for it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import datetime
from functools import cache

import pytest

_PARSE = """
const found = require("ical.js"), ical = found.default || found;
const calendar = new ical.Component(ical.parse(require("fs").readFileSync(0, "utf8")));
const zones = calendar.getAllSubcomponents("vtimezone").map(each => each.getFirstPropertyValue("tzid"));
const events = calendar.getAllSubcomponents("vevent").map(each => {
  const event = new ical.Event(each), start = event.startDate;
  return [event.uid, start.toString(), start.zone.tzid, event.summary || ""];
});
console.log(JSON.stringify({zones, events}));
"""


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


@cache
def _node() -> str:
    """The node program, which must find ical.js where it looks for packages (NODE_PATH)."""
    node = shutil.which("node")
    if node is None:
        return ""
    found = subprocess.run([node, "-e", "require('ical.js')"], capture_output=True, timeout=30, check=False)
    return node if found.returncode == 0 else ""


def read_by_ical_js(text: str) -> tuple[set[str], list[tuple[str, datetime, str, str]]]:
    """The zones, and (UID, wall clock of the start, its zone, title) of each event. Skips without ical.js."""
    if not _node():
        pytest.skip("node with ical.js is not installed (NODE_PATH)")
    done = subprocess.run(
        [_node(), "-e", _PARSE], input=text, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    return set(said["zones"]), [
        (uid, datetime.fromisoformat(start), zone, title) for uid, start, zone, title in said["events"]
    ]
