"""Single sessions to come, and the PUT that moves one of them: through calgate's gate in this process."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from calgate.gate.gate import Gate
from calgate.gate.values import Put, Resource, Stored

SINGLES = 40


class NotAccepted(RuntimeError):
    """A write was not accepted, or changed nothing."""


def singles(like: dict[str, Any], today: date) -> Iterator[dict[str, Any]]:
    """SINGLES sessions of a practice file, one on each coming weekday, otherwise as `like` says."""
    monday = today + timedelta(days=14 - today.weekday())
    for number in range(SINGLES):
        day = monday + timedelta(weeks=number // 5, days=number % 5)
        yield {**like, "id": f"single-{number}", **hour_of(day, 9)}


def hour_of(day: date, hour: int) -> dict[str, str]:
    """Start and end of a session of one hour, as in a practice file."""
    return {"start": at(day, hour), "end": at(day, hour + 1)}


def at(day: date, hour: int) -> str:
    return datetime.combine(day, clock_time(hour)).isoformat(timespec="minutes")


def minute_of(turn: int) -> int:
    """From 1 to 50: another one each time that the same single session has its turn."""
    return (turn + turn // SINGLES) % 50 + 1


def moved_part(text: str, part: int, minute: int) -> str:
    """The object with one of its components moved to a minute of its hour; part 0 is the master."""
    pieces = text.split("BEGIN:VEVENT")
    pieces[part + 1] = re.sub(
        r"(DT(?:START|END);[^:]*:\d{8}T\d\d)\d\d", rf"\g<1>{minute:02d}", pieces[part + 1]
    )
    return "BEGIN:VEVENT".join(pieces)


def move(gate: Gate, person: str, session: str, part: int, minute: int) -> float:
    """Milliseconds from the request's body to the outcome, of one component moved; NotAccepted."""
    principal = gate.principal(person)
    calendar = gate.collection(principal, "sessions") if principal else None
    assert principal is not None and calendar is not None
    found = _copy_of(gate, calendar, session)
    body = moved_part(found.text, part, minute).encode()
    put = Put(
        principal=principal, collection=calendar, href=found.href, body=body, received=gate.now(),
        if_match=(found.etag,),
    )  # fmt: skip
    gc.disable()
    try:
        began = time.perf_counter()
        outcome = gate.submit(put)
        spent = (time.perf_counter() - began) * 1000
    finally:
        gc.enable()
    if not isinstance(outcome, Stored) or _copy_of(gate, calendar, session).etag == found.etag:
        raise NotAccepted(f"The PUT of {session} was not accepted: {outcome}")
    return spent


def _copy_of(gate: Gate, calendar: Any, session: str) -> Resource:
    hrefs = [href for href, _, _ in gate.listing(calendar)]
    return next(each for each in gate.resources(calendar, hrefs) if each.session == session)
