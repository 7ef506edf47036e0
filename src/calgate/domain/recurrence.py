"""Which occurrences a series has: original starts, overrides in place, windows, ends (R-SER-10).

Recurrence keeps wall-clock time: a start in a DST gap moves on by the gap, in an overlap it is the first.
A day (all-day event) begins at midnight of the zone given, of UTC where none is.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from calgate.domain.event import Document, Event
from calgate.domain.pattern import LAST_YEAR, Pattern, RuleError, canonical, join, parse, rule_parts, walls
from calgate.domain.session import Session
from calgate.domain.when import When, day_of, elapsed, end_instant, instant, is_day, key, plus

__all__ = [
    "RuleError",
    "Slot",
    "canonical",
    "endless",
    "last_end",
    "occurrences",
    "rule_parts",
    "slots",
    "starts",
    "truncated",
]

SLOT_LIMIT = 10_000
DAY = timedelta(days=1)
_UTC = ZoneInfo("UTC")
_FIRST = datetime(1, 1, 3, tzinfo=UTC)
_LAST = datetime(LAST_YEAR, 12, 28, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Slot:
    """One occurrence of a document: its original start, where it is, and the event that describes it:
    part 0 is the master, i is overrides[i - 1]."""

    on: When
    start: When
    end: When
    part: int


def starts(
    event_start: When,
    rrule: str | None,
    rdates: tuple[When, ...] = (),
    exdates: tuple[When, ...] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
) -> Iterator[When]:
    """Original starts in order, each once, of the type and zone of `event_start`.

    `since` (inclusive) and `until` (exclusive) are UTC instants; a day counts from midnight UTC. The first
    start always belongs to a series (RFC 5545 section 3.8.5.3). Nothing recurs beyond the year 2100.
    RuleError for rules that are hostile or senseless.
    """
    rule = _rule_starts(event_start, rrule, since, until)
    merged = rule if not rdates else heapq.merge(rule, _extra(event_start, rdates), key=_instant)
    gone = {key(each) for each in exdates}
    return islice(_between(merged, gone, since, until), limit)


def _between(
    candidates: Iterator[When], gone: set[str], since: datetime | None, until: datetime | None
) -> Iterator[When]:
    before: datetime | None = None
    for each in candidates:
        at = _instant(each)
        if until is not None and at >= until:
            return
        if at == before or (since is not None and at < since):
            continue
        before = at
        # An EXDATE that is a day, beside timed starts, removes that day: some clients write it so.
        if not gone or (key(each) not in gone and f"{day_of(each):%Y%m%d}" not in gone):
            yield each


def _instant(when: When) -> datetime:
    return instant(when, _UTC)


def _extra(event_start: When, rdates: tuple[When, ...]) -> list[When]:
    """RDATEs in the type and zone of the series, in order."""
    if not isinstance(event_start, datetime):
        return sorted(day_of(each) for each in rdates)
    clock, zone = event_start.timetz(), event_start.tzinfo
    timed = (
        each.astimezone(zone) if isinstance(each, datetime) else datetime.combine(each, clock)
        for each in rdates
    )
    return sorted(timed, key=_instant)


def _rule_starts(
    event_start: When, rrule: str | None, since: datetime | None, until: datetime | None
) -> Iterator[When]:
    if rrule is None:
        yield event_start
        return
    pattern = parse(rrule)
    zone = event_start.tzinfo if isinstance(event_start, datetime) else None
    first = datetime.combine(event_start, time())
    if isinstance(event_start, datetime):
        first = event_start.replace(tzinfo=None, fold=0)
    # Two days of slack: wall-clock times and instants differ by up to 14 hours.
    begin = (max(since, _FIRST) if since else _FIRST) - 2 * DAY
    last = (min(until, _LAST) if until else _LAST) + 2 * DAY
    found = walls(pattern, first, begin.replace(tzinfo=None), last.replace(tzinfo=None))
    if len(pattern.hours) > 1 or len(pattern.minutes) > 1:
        found = _in_order(found, zone)
    head = next(found, None)
    if (head is None or head > first) and not _ended(pattern, event_start):
        yield event_start
    if head is None:
        return
    for wall in _chain(head, found):
        start: When = wall.date() if zone is None else wall.replace(tzinfo=zone)
        if _ended(pattern, start):
            return
        yield start


def _chain(head: datetime, tail: Iterator[datetime]) -> Iterator[datetime]:
    yield head
    yield from tail


def _in_order(found: Iterator[datetime], zone: object) -> Iterator[datetime]:
    """Several starts a day by instant: in a DST gap the order of the wall clock is not that of time."""
    for _, day in groupby(found, key=datetime.date):
        yield from sorted(day, key=lambda wall: wall.replace(tzinfo=zone).astimezone(UTC))  # type: ignore[arg-type]


def _ended(pattern: Pattern, start: When) -> bool:
    until = pattern.until
    if until is None:
        return False
    if not isinstance(start, datetime):
        return start > day_of(until)
    if not isinstance(until, datetime):
        return start.date() > until
    if until.tzinfo is None:
        return start.replace(tzinfo=None) > until
    return start.replace(fold=0).astimezone(UTC) > until


def slots(
    document: Document, since: datetime, until: datetime, zone: ZoneInfo, limit: int = SLOT_LIMIT
) -> list[Slot]:
    """Every occurrence that overlaps the window, by where it is, in order of start; cancelled ones too.

    `since` and `until` are UTC instants, `zone` is where days begin. A zero-length occurrence overlaps at its
    start (RFC 4791 section 9.9). RuleError as `starts`.
    """
    named = [
        Slot(each.recurrence_id, each.start, each.end, number)
        for number, each in enumerate(document.overrides, 1)
        if each.recurrence_id is not None
    ]
    found = [slot for slot in named if _overlaps(slot.start, slot.end, since, until, zone)]
    if document.master is not None:
        taken = {key(slot.on) for slot in named}
        found += _plain_slots(document.master, taken, since, until, zone, limit)
    found.sort(key=lambda slot: (instant(slot.start, zone), instant(slot.on, zone)))
    return found[:limit]


def _plain_slots(
    master: Event, taken: set[str], since: datetime, until: datetime, zone: ZoneInfo, limit: int
) -> list[Slot]:
    length = elapsed(master.start, master.end)
    # A day begins up to 14 hours away from midnight UTC: the window is widened and the overlap asked again.
    slack = DAY if is_day(master.start) else timedelta()
    begin = _shift(since, -(length + slack))
    found: list[Slot] = []
    for on in starts(master.start, master.rrule, master.rdates, master.exdates, begin, _shift(until, slack)):
        end = plus(on, length)
        if key(on) not in taken and _overlaps(on, end, since, until, zone):
            found.append(Slot(on, on, end, 0))
            if len(found) >= limit:
                break
    return found


def _shift(at: datetime, delta: timedelta) -> datetime:
    try:
        return at + delta
    except OverflowError:
        return at


def _overlaps(start: When, end: When, since: datetime, until: datetime, zone: ZoneInfo) -> bool:
    begin, finish = instant(start, zone), end_instant(end, zone)
    return begin < until and (finish > since or begin == finish == since)


def endless(document: Document) -> bool:
    """Whether the rule has neither COUNT nor UNTIL; RuleError when it can't be read."""
    if document.master is None or document.master.rrule is None:
        return False
    pattern = parse(document.master.rrule)
    return pattern.count is None and pattern.until is None


def last_end(document: Document, zone: ZoneInfo) -> datetime | None:
    """When the last occurrence ends, as a UTC instant; None for endless series."""
    if endless(document):
        return None
    ends = [end_instant(each.end, zone) for each in document.overrides]
    master = document.master
    if master is not None:
        length = elapsed(master.start, master.end)
        last = deque(starts(master.start, master.rrule, master.rdates, master.exdates), maxlen=1)
        ends += [end_instant(plus(each, length), zone) for each in last or [master.start]]
    return max(ends, default=None)


def occurrences(
    session: Session, since: datetime | None, until: datetime | None, zone: ZoneInfo
) -> list[Session]:
    """The occurrences that overlap the window, by where they are, each as a session of its own, in order.

    A session that does not recur gives itself, wherever it is.
    """
    if not session.is_series:
        return [session]
    begin, finish = since or _FIRST, until or _LAST
    length = elapsed(session.start, session.end)
    found: list[Session] = []
    for each in session.overrides:
        end = plus(each.on, length)
        if _overlaps(each.start or each.on, each.end or end, begin, finish, zone):
            found.append(session.at(each.on, end))
    master = Event(
        start=session.start,
        end=session.end,
        rrule=session.rrule,
        rdates=session.rdates,
        exdates=session.exdates,
    )
    taken = {key(each.on) for each in session.overrides}
    plain = _plain_slots(master, taken, begin, finish, zone, SLOT_LIMIT)
    found += [session.at(slot.on, slot.end) for slot in plain]
    return sorted(found, key=lambda each: (instant(each.start, zone), each.id))


def truncated(rrule: str, start: When, at: When) -> str:
    """The rule ended before `at`: UNTIL one second earlier in UTC, or the day before for all-day series.

    A rule that has ended earlier stays as it is.
    """
    pattern = parse(rrule)
    if pattern.until is not None and not is_day(at) and _until_instant(pattern.until, start) < _instant(at):
        return rrule
    if pattern.until is not None and is_day(at) and day_of(pattern.until) < day_of(at):
        return rrule
    parts = rule_parts(rrule)
    parts.pop("COUNT", None)
    if is_day(start):
        parts["UNTIL"] = f"{day_of(at) - DAY:%Y%m%d}"
    else:
        parts["UNTIL"] = f"{_instant(at) - timedelta(seconds=1):%Y%m%dT%H%M%SZ}"
    return join(parts)


def _until_instant(until: datetime | date, start: When) -> datetime:
    zone = start.tzinfo if isinstance(start, datetime) else UTC
    if not isinstance(until, datetime):
        return datetime.combine(until, time(23, 59, 59), zone).astimezone(UTC)
    return until if until.tzinfo else until.replace(tzinfo=zone).astimezone(UTC)
