"""Which occurrences a series has: original starts, overrides in place, windows, ends (R-SER-10).

Recurrence keeps wall-clock time: a start in a DST gap moves on by the gap, in an overlap it is the first.
A day (all-day event) begins at midnight of the zone given, of UTC where none is.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import deque
from collections.abc import Collection, Iterator, Set
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import groupby, islice
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from calgate.domain.event import Document, Event
from calgate.domain.pattern import LAST_YEAR, Pattern, RuleError, canonical, join, parse, rule_parts, walls
from calgate.domain.session import Override, Session
from calgate.domain.when import When, day_of, elapsed, end_instant, first, instant, is_day, key, plus

__all__ = [
    "RuleError",
    "Slot",
    "canonical",
    "changed",
    "endless",
    "last_end",
    "master_of",
    "occurrences",
    "rule_parts",
    "slots",
    "starts",
    "truncated",
    "unchanged_starts",
]

SLOT_LIMIT = 10_000
_KEPT_COUNT = 1_000
DAY = timedelta(days=1)
_UTC = ZoneInfo("UTC")
_FIRST = datetime(1, 1, 3, tzinfo=UTC)
_LAST = datetime(LAST_YEAR, 12, 28, tzinfo=UTC)


class Slot(NamedTuple):
    """One occurrence of a document: its original start, where it is, and the event that describes it:
    part 0 is the master, i is overrides[i - 1]. `begins` and `finishes` are start and end as UTC instants."""

    on: When
    start: When
    end: When
    part: int
    begins: datetime
    finishes: datetime


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
    found = _dated_starts(event_start, rrule, rdates, exdates, since, until)
    return (each for _, each in islice(found, limit))


Dated = tuple[datetime, When]
"""A start and its UTC instant, which is not cheap to find."""


def _dated_starts(
    event_start: When,
    rrule: str | None,
    rdates: tuple[When, ...],
    exdates: tuple[When, ...],
    since: datetime | None,
    until: datetime | None,
) -> Iterator[Dated]:
    merged = _rule_starts(event_start, rrule, since, until)
    if rdates:
        extra = ((_instant(each), each) for each in _extra(event_start, rdates))
        merged = heapq.merge(merged, extra, key=itemgetter(0))
    gone = {key(each) for each in exdates}
    before: datetime | None = None
    for at, each in merged:
        if until is not None and at >= until:
            return
        if at == before or (since is not None and at < since):
            continue
        before = at
        # An EXDATE that is a day, beside timed starts, removes that day: some clients write it so.
        if not gone or (key(each) not in gone and f"{day_of(each):%Y%m%d}" not in gone):
            yield at, each


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
) -> Iterator[Dated]:
    if rrule is None:
        yield _instant(event_start), event_start
        return
    pattern = parse(rrule)
    zone = event_start.tzinfo if isinstance(event_start, datetime) else None
    if pattern.count is not None and pattern.count <= _KEPT_COUNT:
        wall = event_start.replace(tzinfo=None) if isinstance(event_start, datetime) else event_start
        found = _counted_starts(rrule, wall, zone)
        yield from found[bisect_left(found, since, key=itemgetter(0)) if since else 0 :]
        return
    for start in _computed(pattern, event_start, zone, since, until):
        yield _instant(start), start


@lru_cache(maxsize=128)
def _counted_starts(rrule: str, wall: When, zone: tzinfo | None) -> tuple[Dated, ...]:
    """All starts of a rule with COUNT, which can't be asked about a window without counting from the first:
    one write asks several times. By wall clock and zone, since equal instants of two zones are no equal
    starts."""
    start = wall.replace(tzinfo=zone) if isinstance(wall, datetime) else wall
    return tuple((_instant(each), each) for each in _computed(parse(rrule), start, zone, None, None))


def _computed(
    pattern: Pattern,
    event_start: When,
    zone: tzinfo | None,
    since: datetime | None,
    until: datetime | None,
) -> Iterator[When]:
    begins = datetime.combine(event_start, time())
    if isinstance(event_start, datetime):
        begins = event_start.replace(tzinfo=None, fold=0)
    # Two days of slack: wall-clock times and instants differ by up to 14 hours.
    begin = (max(since, _FIRST) if since else _FIRST) - 2 * DAY
    last = (min(until, _LAST) if until else _LAST) + 2 * DAY
    found = walls(pattern, begins, begin.replace(tzinfo=None), last.replace(tzinfo=None))
    if len(pattern.hours) > 1 or len(pattern.minutes) > 1:
        found = _in_order(found, zone)
    head = next(found, None)
    if (head is None or head > begins) and not _ended(pattern, event_start):
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
    return first(start).astimezone(UTC) > until


def slots(
    document: Document,
    since: datetime,
    until: datetime,
    zone: ZoneInfo,
    limit: int = SLOT_LIMIT,
    parts: Collection[int] | None = None,
) -> list[Slot]:
    """Every occurrence that overlaps the window, by where it is, in order of start; cancelled ones too.

    With `parts` only those of these parts (Slot). `since` and `until` are UTC instants, `zone` is where days
    begin. A zero-length occurrence overlaps at its start (RFC 4791 section 9.9). RuleError as `starts`.
    """
    named = [
        _slot(each.recurrence_id, each.start, each.end, number, zone)
        for number, each in enumerate(document.overrides, 1)
        if each.recurrence_id is not None and (parts is None or number in parts)
    ]
    found = [slot for slot in named if _overlaps(slot.begins, slot.finishes, since, until)]
    if document.master is not None and (parts is None or 0 in parts):
        taken = {_instant(each.recurrence_id) for each in document.overrides if each.recurrence_id}
        found += _plain_slots(document.master, taken, since, until, zone, limit)
    found.sort(key=lambda slot: (slot.begins, instant(slot.on, zone) if slot.part else slot.begins))
    return found[:limit]


def _slot(on: When, start: When, end: When, part: int, zone: ZoneInfo) -> Slot:
    return Slot(on, start, end, part, instant(start, zone), end_instant(end, zone))


def _plain_slots(
    master: Event, taken: Set[datetime], since: datetime, until: datetime, zone: ZoneInfo, limit: int
) -> list[Slot]:
    length = elapsed(master.start, master.end)
    by_day = is_day(master.start)
    # A day begins up to 14 hours away from midnight UTC: the window is widened and the overlap asked again.
    slack = DAY if by_day else timedelta()
    window = _shift(since, -(length + slack)), _shift(until, slack)
    found: list[Slot] = []
    for at, on in _dated_starts(master.start, master.rrule, master.rdates, master.exdates, *window):
        if at in taken:
            continue
        if isinstance(on, datetime):
            finishes = at + length
            slot = Slot(on, on, finishes.astimezone(on.tzinfo), 0, at, finishes)
        else:
            slot = _slot(on, on, on + length, 0, zone)
        if _overlaps(slot.begins, slot.finishes, since, until):
            found.append(slot)
            if len(found) >= limit:
                break
    return found


def _shift(at: datetime, delta: timedelta) -> datetime:
    try:
        return at + delta
    except OverflowError:
        return at


def _overlaps(begins: datetime, finishes: datetime, since: datetime, until: datetime) -> bool:
    return begins < until and (finishes > since or begins == finishes == since)


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
    window = since or _FIRST, until or _LAST
    found = changed(session, *window, zone)
    plain = _plain_slots(master_of(session), _taken(session), *window, zone, SLOT_LIMIT)
    found += [session.overridden(Override(on=slot.on), slot.end) for slot in plain]
    return sorted(found, key=lambda each: (instant(each.start, zone), each.id))


def changed(session: Session, since: datetime, until: datetime, zone: ZoneInfo) -> list[Session]:
    """Of the occurrences of a series those with an override, each as a session of its own."""
    length = elapsed(session.start, session.end)
    # Days are cheap to compare. No zone is two days away from UTC, and most overrides are years away.
    earliest, latest = since.toordinal() - length.days - 2, until.toordinal() + 2
    found: list[Session] = []
    for each in session.overrides:
        begins = each.start or each.on
        if begins.toordinal() > latest or (each.end or begins).toordinal() < earliest:
            continue
        end = plus(each.on, length)
        span = instant(begins, zone), end_instant(each.end or end, zone)
        if _overlaps(*span, since, until):
            found.append(session.overridden(each, end))
    return found


def unchanged_starts(session: Session, since: datetime, until: datetime) -> Iterator[When]:
    """Of the occurrences of a series those without an override that start in the window (see `starts`): all
    that sets one apart is when it is."""
    taken = _taken(session)
    found = _dated_starts(session.start, session.rrule, session.rdates, session.exdates, since, until)
    return (each for at, each in found if at not in taken)


def _taken(session: Session) -> Set[datetime]:
    return {_instant(each.on) for each in session.overrides}


def master_of(session: Session) -> Event:
    """When a session is, as an event: what recurrence asks for."""
    return Event(
        start=session.start,
        end=session.end,
        rrule=session.rrule,
        rdates=session.rdates,
        exdates=session.exdates,
    )


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
