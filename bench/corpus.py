"""Deterministic calendar objects of about 1 KB, 30 % of them weekly series, spread over two years."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("America/New_York")
FIRST_DAY: Final = date(2026, 1, 5)  # a Monday
DAYS: Final = 728
MONTH: Final = (datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC))
SERIES_OF_TEN: Final = frozenset({1, 4, 8})
TEXT_BYTES: Final = 1000  # of an object without overrides
_ENDLESS: Final = FIRST_DAY + timedelta(days=4000)
_SERVICES: Final = (
    "Adaptive behavior treatment",
    "Speech therapy",
    "Family training",
    "Assessment",
    "Supervision",
)
_FILLER: Final = "Bring the progress notes and the signed plan. Ask the front desk for the key. "
_VTIMEZONE: Final = (
    "BEGIN:VTIMEZONE", "TZID:America/New_York",
    "BEGIN:DAYLIGHT", "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400", "TZNAME:EDT",
    "DTSTART:20070311T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "END:DAYLIGHT",
    "BEGIN:STANDARD", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500", "TZNAME:EST",
    "DTSTART:20071104T020000", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU", "END:STANDARD",
    "END:VTIMEZONE",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """A weekly recurrence: ends at `until` (a local date), after `count`, or never."""

    interval: int = 1
    until: date | None = None
    count: int | None = None


@dataclass(frozen=True)
class Event:
    """One calendar object; times are local to ZONE, `moved` maps an original day to a shift in minutes."""

    number: int
    day: date
    at: time
    minutes: int
    summary: str
    rule: Rule | None = None
    dropped: frozenset[date] = frozenset()
    moved: dict[date, int] = field(default_factory=dict)
    revision: int = 0

    @property
    def uid(self) -> str:
        return f"bench-{self.number:06d}@bench.example"

    @property
    def href(self) -> str:
        return f"bench-{self.number:06d}.ics"

    @cached_property
    def text(self) -> str:
        return "\r\n".join(_lines(self)) + "\r\n"

    def revised(self, revision: int) -> Event:
        """The same event with another summary and a higher SEQUENCE."""
        return replace(self, revision=revision, summary=f"{self.summary.split(' #')[0]} #{revision}")

    def after(self, day: date) -> Event:
        """The same event, whole years of weeks later, so that it starts after `day`."""
        weeks = 52 * max(0, -(-((day - self.day).days + 1) // 364))
        if not weeks:
            return self
        later = timedelta(weeks=weeks)
        rule = self.rule and replace(self.rule, until=self.rule.until and self.rule.until + later)
        dropped = frozenset(each + later for each in self.dropped)
        moved = {each + later: shift for each, shift in self.moved.items()}
        return replace(self, day=self.day + later, rule=rule, dropped=dropped, moved=moved)

    def instances(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Occurrences (UTC) that overlap [start, end)."""
        for day in self._days(end.date()):
            if day in self.dropped:
                continue
            local = datetime.combine(day, self.at, ZONE) + timedelta(minutes=self.moved.get(day, 0))
            begins = local.astimezone(UTC)
            ends = begins + timedelta(minutes=self.minutes)
            if begins < end and ends > start:
                yield begins, ends

    def _days(self, last: date) -> Iterator[date]:
        if self.rule is None:
            yield self.day
            return
        until = min(last, self.rule.until or _ENDLESS)
        day, number = self.day, 0
        while day <= until and (self.rule.count is None or number < self.rule.count):
            yield day
            day += timedelta(weeks=self.rule.interval)
            number += 1


@dataclass(frozen=True)
class Corpus:
    """The first `size` events, and what a correct server answers about them."""

    size: int

    @cached_property
    def events(self) -> tuple[Event, ...]:
        return tuple(make_event(number) for number in range(self.size))

    @cached_property
    def in_month(self) -> dict[str, list[tuple[datetime, datetime]]]:
        """Occurrences in MONTH by href; only objects that have any."""
        found = {event.href: list(event.instances(*MONTH)) for event in self.events}
        return {href: instances for href, instances in found.items() if instances}

    @cached_property
    def busy(self) -> list[tuple[datetime, datetime]]:
        """Busy time of MONTH, clipped to it and merged."""
        return merged(span for spans in self.in_month.values() for span in spans)


def merged(
    spans: Iterator[tuple[datetime, datetime]], bounds: tuple[datetime, datetime] = MONTH
) -> list[tuple[datetime, datetime]]:
    """Sorted union of `spans` inside of `bounds`."""
    union: list[tuple[datetime, datetime]] = []
    for start, end in sorted((max(start, bounds[0]), min(end, bounds[1])) for start, end in spans):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((start, end))
    return union


def make_event(number: int) -> Event:
    """Event `number`; the same on every machine, whatever the size of the corpus."""
    chance = random.Random(f"calgate-bench-{number}")
    day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    at = time(8 + chance.randrange(9), 15 * chance.randrange(4))
    event = Event(
        number=number, day=day, at=at, minutes=chance.choice((30, 45, 60, 90)),
        summary=f"{chance.choice(_SERVICES)} {chance.randrange(100, 1000)}",
    )  # fmt: skip
    if number % 10 not in SERIES_OF_TEN:
        return event
    rule = _make_rule(chance, day)
    dropped = frozenset({_nth(day, rule, 2)}) if chance.random() < 0.25 else frozenset()
    moved = {_nth(day, rule, n): chance.choice((-60, 30, 90)) for n in (1, 3) if chance.random() < 0.15}
    return replace(event, rule=rule, dropped=dropped, moved=moved)


def _make_rule(chance: random.Random, day: date) -> Rule:
    kind = chance.choice(("until", "until", "count", "count", "open"))
    interval = chance.choice((1, 1, 1, 2))
    if kind == "until":
        return Rule(interval, until=day + timedelta(weeks=chance.randrange(8, 40)))
    if kind == "count":
        return Rule(interval, count=chance.randrange(6, 26))
    return Rule(interval)


def _nth(day: date, rule: Rule, number: int) -> date:
    return day + timedelta(weeks=rule.interval * number)


def _lines(event: Event) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//bench//EN", *_VTIMEZONE)
    master = list(_component(event))
    used = sum(len(line) + 2 for line in master) + 450
    master.insert(-1, _folded("DESCRIPTION:" + (_FILLER * 10)[: TEXT_BYTES - used].strip()))
    yield from master
    for day in sorted(event.moved):
        yield from _override(event, day)
    yield "END:VCALENDAR"


def _component(event: Event) -> Iterator[str]:
    start = datetime.combine(event.day, event.at)
    yield from ("BEGIN:VEVENT", f"UID:{event.uid}", "DTSTAMP:20260101T000000Z")
    yield f"DTSTART;TZID=America/New_York:{_local(start)}"
    yield f"DTEND;TZID=America/New_York:{_local(start + timedelta(minutes=event.minutes))}"
    if event.rule is not None:
        yield f"RRULE:{_rrule(event)}"
    for day in sorted(event.dropped):
        yield f"EXDATE;TZID=America/New_York:{_local(datetime.combine(day, event.at))}"
    yield from (f"SEQUENCE:{event.revision}", f"SUMMARY:{event.summary}", "LOCATION:Main office\\, room 2")
    yield "END:VEVENT"


def _override(event: Event, day: date) -> Iterator[str]:
    original = datetime.combine(day, event.at)
    start = original + timedelta(minutes=event.moved[day])
    yield from ("BEGIN:VEVENT", f"UID:{event.uid}", "DTSTAMP:20260101T000000Z")
    yield f"RECURRENCE-ID;TZID=America/New_York:{_local(original)}"
    yield f"DTSTART;TZID=America/New_York:{_local(start)}"
    yield f"DTEND;TZID=America/New_York:{_local(start + timedelta(minutes=event.minutes))}"
    yield from (f"SEQUENCE:{event.revision}", f"SUMMARY:{event.summary} (moved)", "END:VEVENT")


def _rrule(event: Event) -> str:
    assert event.rule is not None
    parts = ["FREQ=WEEKLY"]
    if event.rule.interval > 1:
        parts.append(f"INTERVAL={event.rule.interval}")
    if event.rule.until is not None:
        last = datetime.combine(event.rule.until, event.at, ZONE).astimezone(UTC)
        parts.append(f"UNTIL={_local(last)}Z")
    if event.rule.count is not None:
        parts.append(f"COUNT={event.rule.count}")
    return ";".join(parts)


def _local(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%S")


def _folded(line: str) -> str:
    return "\r\n ".join([line[:74], *(line[at : at + 73] for at in range(74, len(line), 73))])
