"""Meetings of ada's with others, as their programs write them."""

from __future__ import annotations

from typing import Any

from tests.support import bodies
from tests.support.practice import Device

ADA, BOB, RITA = (f"mailto:{name}@riverside.example" for name in ("ada", "bob", "rita"))
TIMES = bodies.times("20260310T120000", "20260310T130000")
ORGANIZER = f"ORGANIZER;CN=Ada:{ADA}"
SELF = f"ATTENDEE;PARTSTAT=ACCEPTED:{ADA}"
WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=4"


def invited(address: str = BOB, *more: str) -> str:
    return "".join(
        ("ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION", *(f";{each}" for each in more), f":{address}")
    )


def a_meeting(*lines: str, uid: str = "m-1", times: tuple[str, ...] = TIMES) -> str:
    people = lines or (ORGANIZER, SELF, invited())
    return bodies.new(uid, "Case review", *times, *people, "DESCRIPTION:Agenda", "LOCATION:Room 4")


def inbox(device: Device) -> list[str]:
    return [each.text for each in Device(device.practice, device.principal, "inbox").all()]


def methods(device: Device) -> list[str]:
    return sorted(method for text in inbox(device) for method in bodies.values(text, "METHOD"))


def of_uid(device: Device, uid: str = "m-1") -> Any:
    found = [each for each in device.all() if each.uid == uid]
    return found[0] if found else None


def attendee(text: str, address: str) -> str:
    (line,) = [
        line for line in bodies.unfolded(text) if line.startswith("ATTENDEE") and line.endswith(address)
    ]
    return line


def answer(device: Device, partstat: str, uid: str = "m-1") -> Any:
    shown = of_uid(device, uid)
    me = attendee(shown.text, f"mailto:{device.principal.email}")
    lines = [
        line.replace("NEEDS-ACTION", partstat) if line == me else line for line in bodies.unfolded(shown.text)
    ]
    return device.put(shown.href, bodies.joined(lines), if_match=shown.etag)


def on(day: str, moved_to: str = "") -> tuple[str, ...]:
    """Where an occurrence of the series belongs, and when it takes place."""
    at = moved_to or day
    return f"RECURRENCE-ID;TZID=America/New_York:{day}T120000", *bodies.times(f"{at}T120000", f"{at}T130000")
