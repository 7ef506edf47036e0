"""Occurrence-index rows: when each occurrence is looked for, in UTC (RFC 4791 section 9.9).

The index asks `start < until and end > since` (a row of no length: `since <= start < until`). The closed ends
in the tables for VTODO and VJOURNAL are therefore widened by one second here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from calgate.domain.event import Document, Event
from calgate.domain.pattern import FIRST_YEAR
from calgate.domain.recurrence import Slot, slots
from calgate.domain.when import When, elapsed, end_instant, instant, is_day, key, plus
from calgate.ical.dated import Part
from calgate.ical.times import lasting

MIN = datetime(1, 1, 1, tzinfo=UTC)
MAX = datetime(9999, 12, 31, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
MOST = 20_000
"""Rows of one object: more than two years of the densest rule that domain.pattern takes."""


class Entry(NamedTuple):
    """One occurrence. `part`: 0 the master, i the i-th override of the text. `on`: its RECURRENCE-ID in UTC
    basic format or yyyymmdd, "" where nothing recurs. `busy`: "B" BUSY, "T" BUSY-TENTATIVE, "" none."""

    start: datetime
    end: datetime
    part: int
    on: str
    busy: str


@dataclass(frozen=True, slots=True)
class _Place:
    """An occurrence before it becomes a row: its original start and where the anchor of its part is."""

    on: When | None
    start: When
    end: When
    part: Part


def document_entries(
    document: Document,
    zone: ZoneInfo,
    since: datetime,
    until: datetime,
    parts: Collection[int] | None = None,
) -> list[Entry]:
    """The rows of a session's document, with `parts` those of these overrides only; days begin at midnight in
    `zone`."""
    master = document.master
    series = document.overrides or (master is not None and (master.rrule or master.rdates))
    if not series and master is not None:
        start, end = instant(master.start, zone), end_instant(master.end, zone)
        return (
            [Entry(start, end, 0, "", _busy(master.status, master.transparent, start < end))]
            if _overlap(start, end, since, until)
            else []
        )
    found: list[Entry] = []
    for slot in slots(document, since, until, zone, parts=parts):
        event = master if slot.part == 0 else document.overrides[slot.part - 1]
        assert event is not None
        busy = _busy(event.status, event.transparent, slot.begins < slot.finishes)
        on = _on(slot.on, slot.start, slot.begins)
        found.append(Entry(slot.begins, slot.finishes, slot.part, on, busy))
    return found


def part_entries(
    component: str, parts: Sequence[Part], zone: ZoneInfo, since: datetime, until: datetime
) -> list[Entry]:
    """The rows of a plain object; RuleError for a rule that cannot be expanded."""
    rows = [_entry(component, place, zone) for place in _places(parts, zone, since, until)]
    return sorted(
        (row for row in rows if row is not None and _overlap(row.start, row.end, since, until)),
        key=lambda row: (row.start, row.on),
    )


def _on(on: When, start: When, at: datetime) -> str:
    """key(on), from the instant of the start where they are one: most rows of a long series."""
    if on is not start or is_day(on):
        return key(on)
    text = at.isoformat()
    return f"{text[:4]}{text[5:7]}{text[8:13]}{text[14:16]}{text[17:19]}Z"


def _busy(status: str, transparent: bool, lasts: bool) -> str:
    if transparent or status == "CANCELLED" or not lasts:
        return ""
    return "T" if status == "TENTATIVE" else "B"


def _overlap(start: datetime, end: datetime, since: datetime, until: datetime) -> bool:
    return start < until and (end > since or start == end == since)


def pseudo(part: Part) -> Event | None:
    """An event that recurs as this part does; None without any date."""
    start = part.anchor
    if start is None:
        return None
    times = part.times
    end = times.finish if times.start is not None else start
    if start.year < FIRST_YEAR and _is_yearly(times.rrule):
        # Birthdays without a year are written as of 1604; rules are expanded from 1900 on.
        start, end = _in_year(start, 1904), _in_year(end, 1904 + end.year - start.year)
    return Event(
        start=start,
        end=end,
        rrule=times.rrule,
        rdates=times.rdates,
        exdates=times.exdates,
        recurrence_id=times.recurrence_id,
    )


def _is_yearly(rrule: str | None) -> bool:
    parts = (rrule or "").upper().split(";")
    others = [each for each in parts if each.startswith(("COUNT=", "INTERVAL=")) and each != "INTERVAL=1"]
    return "FREQ=YEARLY" in parts and not others


def _in_year(when: When, year: int) -> When:
    """The same day of another year, 28 February for a 29th that is missing there."""
    try:
        return when.replace(year=year)
    except ValueError:
        return when.replace(year=year, day=28)


def _places(parts: Sequence[Part], zone: ZoneInfo, since: datetime, until: datetime) -> list[_Place]:
    events = {part.number: pseudo(part) for part in parts}
    by_number = {part.number: part for part in parts}
    master = events.get(0)
    if len(parts) == 1 and master is not None and not master.rrule and not master.rdates:
        return [_Place(None, master.start, master.end, parts[0])]
    undated = [_Place(None, MIN, MAX, part) for part in parts if events[part.number] is None]
    overrides = [event for number, event in events.items() if number and event is not None]
    numbers = [number for number, event in events.items() if number and event is not None]
    document = Document(uid="", master=master, overrides=tuple(overrides))
    shifts = _Shifts([part for part in parts if part.times.this_and_future], zone)
    # RANGE moves occurrences into the window and periods lengthen them.
    slack = shifts.reach + _longest_period(parts, zone) + DAY
    found = _latest(document, _safe(since, -slack), _safe(until, slack), zone)
    places = [
        _Place(slot.on, slot.start, slot.end, by_number[numbers[slot.part - 1] if slot.part else 0])
        for slot in found
    ]
    ends = dict(by_number[0].times.periods) if master is not None else {}
    return undated + [shifts.moved(_lengthened(place, ends)) for place in places]


def _latest(document: Document, since: datetime, until: datetime, zone: ZoneInfo) -> list[Slot]:
    """Its occurrences; of more than MOST those of the latest years, since what is near must be found."""
    found = slots(document, since, until, zone, MOST)
    if len(found) < MOST:
        return found
    reach = instant(found[-1].start, zone) - instant(found[0].start, zone)
    return slots(document, max(since, until - reach * 0.9), until, zone, MOST)


def _safe(at: datetime, delta: timedelta) -> datetime:
    try:
        return at + delta
    except OverflowError:
        return at


def _longest_period(parts: Sequence[Part], zone: ZoneInfo) -> timedelta:
    periods = [period for part in parts for period in part.times.periods]
    return max((instant(end, zone) - instant(start, zone) for start, end in periods), default=timedelta())


def _lengthened(place: _Place, ends: dict[When, When]) -> _Place:
    """An RDATE period ends where it says."""
    if place.part.number or place.start not in ends:
        return place
    return _Place(place.on, place.start, ends[place.start], place.part)


class _Shifts:
    """Overrides with RANGE=THISANDFUTURE: later occurrences move with them (RFC 5545 section 3.8.4.4)."""

    def __init__(self, parts: Sequence[Part], zone: ZoneInfo) -> None:
        self._zone = zone
        dated = [
            (instant(part.times.recurrence_id, zone), part)
            for part in parts
            if part.times.recurrence_id is not None and part.times.start is not None
        ]
        self._from = sorted(dated, key=lambda each: each[0])
        self.reach = max((self._reach(part) for _, part in dated), default=timedelta())

    def _reach(self, part: Part) -> timedelta:
        assert part.times.recurrence_id is not None
        assert part.times.start is not None
        moved = instant(part.times.start, self._zone) - instant(part.times.recurrence_id, self._zone)
        return abs(moved) + elapsed(part.times.start, part.times.finish)

    def moved(self, place: _Place) -> _Place:
        if place.part.number or place.on is None or not self._from:
            return place
        at = instant(place.on, self._zone)
        part = next((part for begin, part in reversed(self._from) if begin < at), None)
        if part is None:
            return place
        old, new = part.times.recurrence_id, part.times.start
        assert old is not None
        assert new is not None
        start = _like(place.start, old, new)
        return _Place(place.on, start, plus(start, elapsed(new, part.times.finish)), part)


def _like(start: When, old: When, new: When) -> When:
    """`start` moved as `old` was moved to `new`, by the wall clock."""
    if isinstance(old, datetime) and isinstance(new, datetime) and isinstance(start, datetime):
        shift = new.replace(tzinfo=None) - old.astimezone(new.tzinfo).replace(tzinfo=None)
        return start.astimezone(new.tzinfo) + shift
    days = timedelta(days=new.toordinal() - old.toordinal())
    if isinstance(new, datetime):
        return datetime.combine(start, new.timetz()) + days
    return (start.date() if isinstance(start, datetime) else start) + days


def _entry(component: str, place: _Place, zone: ZoneInfo) -> Entry | None:
    part = place.part
    if component == "VEVENT":
        start, end = instant(place.start, zone), end_instant(place.end, zone)
        on = "" if place.on is None else _on(place.on, place.start, start)
        return Entry(start, end, part.number, on, _busy(part.status, part.transparent, start < end))
    on = "" if place.on is None else key(place.on)
    span = _journal(place, zone) if component == "VJOURNAL" else _todo(place, zone)
    return Entry(*span, part.number, on, "") if span else None


def _journal(place: _Place, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """A VJOURNAL is found at its DTSTART, for the whole of a day; one without a date never."""
    if place.part.anchor is None:
        return None
    start = instant(place.start, zone)
    return start, instant(place.end, zone) if is_day(place.start) else start + SECOND


def _todo(place: _Place, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The table for VTODO: DTSTART, DUE and DURATION before COMPLETED and CREATED."""
    times, part = place.part.times, place.part
    if times.start is None and times.end is None:
        return _undated(part)
    if times.start is None:
        due = instant(place.start, zone)
        return due - SECOND, due
    start = instant(place.start, zone)
    if times.duration is not None:
        end = end_instant(lasting(place.start, times.duration), zone)
        return start, end + SECOND
    if times.end is None:
        return start, start + SECOND
    due = end_instant(place.end, zone)
    return (start, due) if due >= start else (due - SECOND, start + SECOND)


def _undated(part: Part) -> tuple[datetime, datetime]:
    if part.completed and part.created:
        return min(part.completed, part.created) - SECOND, max(part.completed, part.created) + SECOND
    if part.completed:
        return part.completed - SECOND, part.completed + SECOND
    return (part.created, MAX) if part.created else (MIN, MAX)
