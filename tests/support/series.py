"""Series as their viewers see them, and as clients edit them: occurrences of a calendar, and edited texts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from calgate.domain.recurrence import slots
from calgate.ical.read import read
from calgate.store import sessions
from tests.support import bodies
from tests.support.practice import Device, Practice

NEW_YORK = ZoneInfo("America/New_York")
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)
ZONE = "TZID=America/New_York"
ORG = "riverside"


class Seen(NamedTuple):
    """One occurrence on a calendar, in the wall-clock time of New York."""

    start: str
    end: str
    title: str
    status: str
    locks: str
    note: str


def seen(
    device: Device, since: datetime = SINCE, until: datetime = UNTIL, summary: str = "Brooks"
) -> list[Seen]:
    """Every occurrence with that word in its title, from the published texts alone, in order; the single
    session `own` left out."""
    found = []
    for each in device.all():
        if each.session == "own":
            continue
        document = read(each.text.encode(), NEW_YORK).document
        for slot in slots(document, since, until, NEW_YORK):
            event = document.events[slot.part] if document.master else document.overrides[slot.part - 1]
            if summary in event.summary:
                note = event.description.partition("—")[2] or event.description
                found.append(
                    Seen(
                        _local(slot.start),
                        _local(slot.end),
                        event.summary,
                        event.marks.get("STATUS", ""),
                        event.marks.get("LOCKS", ""),
                        note,
                    )
                )
    return sorted(found)


def starts(
    device: Device, summary: str = "Brooks", since: datetime = SINCE, until: datetime = UNTIL
) -> list[str]:
    return [each.start for each in seen(device, since, until, summary)]


def _local(when: object) -> str:
    assert isinstance(when, datetime)
    return when.astimezone(UTC).astimezone(NEW_YORK).strftime("%m-%d %H:%M")


def busy_minutes(device: Device, since: datetime = SINCE, until: datetime = UNTIL) -> int:
    found = device.busy(since, until)
    return int(sum((each.end - each.start).total_seconds() for each in found) // 60)


def parts(practice: Practice, id_: str) -> list[str]:
    """The ids of the parts of a session."""
    with practice.store.read() as tx:
        return [each.id for each in sessions.parts(tx, ORG, id_)]


def override(text: str, on: str, start: str, end: str, *lines: str) -> str:
    """One more occurrence of its own, as clients write it: local times, the title as it was shown."""
    summary = f"SUMMARY:{bodies.value(text, 'SUMMARY')}"
    return bodies.with_override(
        text, f"RECURRENCE-ID;{ZONE}:{on}", *bodies.times(start, end), summary, *lines
    )
