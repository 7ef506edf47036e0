"""VTIMEZONE texts of IANA zones, short enough to travel with every event (RFC 5545 section 3.6.5).

Rules are found in the zone's own changes of 1970 to 2037 and written as RRULE, since Outlook reads nothing
else well; where that grows too long, the oldest years are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2037, 12, 31, tzinfo=UTC)
MAX_OCTETS = 1500
_CUTS = (1970, 1980, 1990, 2000, 2010, 2015, 2020, 2024)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Change:
    """One change of offset: the instant, the wall clock just before it, and what holds afterwards."""

    at: datetime
    wall: datetime
    before: timedelta
    after: timedelta
    name: str
    daylight: bool

    @property
    def kind(self) -> tuple[bool, timedelta, timedelta, str]:
        return self.daylight, self.before, self.after, self.name


@lru_cache(maxsize=700)
def vtimezone(zone: ZoneInfo) -> str:
    """The VTIMEZONE of a zone, CRLF at the end of each line; right from its first year on, and for ever."""
    changes = list(_changes(zone))
    for cut in _CUTS:
        text = _text(zone, [each for each in changes if each.at.year >= cut])
        if len(text) <= MAX_OCTETS:
            break
    return text


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _changes(zone: ZoneInfo) -> Iterator[Change]:
    """The changes of offset, found by halving: zoneinfo does not list them."""
    at, step = FIRST, timedelta(days=8)
    while at < LAST:
        later = at + step
        if _offset(zone, at) != _offset(zone, later):
            low, high = at, later
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
                low, high = (middle, high) if _offset(zone, middle) == _offset(zone, low) else (low, middle)
            yield _change(zone, high)
        at = later


def _change(zone: ZoneInfo, at: datetime) -> Change:
    before, after = _offset(zone, at - timedelta(seconds=1)), _offset(zone, at)
    local = at.astimezone(zone)
    summer = bool(local.dst()) if (local.dst() or timedelta()) >= timedelta() else False
    # Negative DST (Dublin, Casablanca): the half year with the larger offset is the summer one to clients.
    was_negative = ((at - timedelta(seconds=1)).astimezone(zone).dst() or timedelta()) < timedelta()
    wall = (at + before).replace(tzinfo=None)
    return Change(at, wall, before, after, local.tzname() or "", summer or was_negative)


def _text(zone: ZoneInfo, changes: Sequence[Change]) -> str:
    first = changes[0].before if changes else _offset(zone, LAST)
    start = FIRST if not changes else changes[0].at - timedelta(seconds=1)
    parts = [_part(False, "19700101T000000", first, first, start.astimezone(zone).tzname() or "", ())]
    singles: dict[tuple[bool, timedelta, timedelta, str], list[Change]] = {}
    for run, rule in _runs(changes):
        if rule:
            parts.append(_part(run[0].daylight, _stamp(run[0].wall), *run[0].kind[1:], (f"RRULE:{rule}",)))
        else:
            singles.setdefault(run[0].kind, []).extend(run)
    for found in singles.values():
        dates = (f"RDATE:{','.join(_stamp(each.wall) for each in found[1:])}",) if len(found) > 1 else ()
        parts.append(_part(found[0].daylight, _stamp(found[0].wall), *found[0].kind[1:], dates))
    body = "".join(parts)
    return f"BEGIN:VTIMEZONE\r\nTZID:{zone.key}\r\n{body}END:VTIMEZONE\r\n"


def _part(
    daylight: bool, start: str, before: timedelta, after: timedelta, name: str, more: Sequence[str]
) -> str:
    kind = "DAYLIGHT" if daylight else "STANDARD"
    lines = (
        f"BEGIN:{kind}",
        f"DTSTART:{start}",
        *(_folded(each) for each in more),
        f"TZOFFSETFROM:{_hours(before)}",
        f"TZOFFSETTO:{_hours(after)}",
        f"TZNAME:{name}",
        f"END:{kind}",
    )
    return "".join(f"{line}\r\n" for line in lines)


def _folded(line: str) -> str:
    return "\r\n ".join([line[:75], *(line[at : at + 74] for at in range(75, len(line), 74))])


def _stamp(wall: datetime) -> str:
    return f"{wall:%Y%m%dT%H%M%S}"


def _hours(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    tail = f"{seconds % 60:02d}" if seconds % 60 else ""
    return f"{sign}{seconds // 3600:02d}{seconds // 60 % 60:02d}{tail}"


def _runs(changes: Sequence[Change]) -> Iterator[tuple[list[Change], str]]:
    """Stretches of years with one rule, and the rule; "" for the ones that follow none."""

    def group(change: Change) -> tuple[object, ...]:
        return (*change.kind, change.wall.month, change.wall.time())

    for _, members in groupby(sorted(changes, key=lambda each: (str(group(each)), each.at)), key=group):
        run: list[Change] = []
        for each in members:
            if run and not (each.wall.year == run[-1].wall.year + 1 and _rule([*run, each])):
                yield run, _ended(run)
                run = []
            run.append(each)
        yield run, _ended(run)


def _ended(run: Sequence[Change]) -> str:
    """The rule of a run, with UNTIL unless it still holds; "" for less than three years."""
    if len(run) < 3:
        return ""
    # A day later than the last onset: some readers take UNTIL for local time and would lose that one.
    last = run[-1].at + timedelta(days=1)
    until = "" if run[-1].wall.year >= LAST.year else f";UNTIL={last:%Y%m%dT%H%M%SZ}"
    return _rule(run) + until


def _rule(run: Sequence[Change]) -> str:
    """The yearly rule that gives all the days of a run; "" when there is none."""
    weekdays = {each.wall.weekday() for each in run}
    days = [each.wall.day for each in run]
    base = f"FREQ=YEARLY;BYMONTH={run[0].wall.month}"
    if len(set(days)) == 1 and len(run) > 1:
        return f"{base};BYMONTHDAY={days[0]}"
    if len(weekdays) > 1:
        return ""
    day = _DAYS[weekdays.pop()]
    nths = {(each - 1) // 7 + 1 for each in days}
    if all(_is_last(each.wall) for each in run):
        return f"{base};BYDAY=-1{day}"
    if len(nths) == 1:
        return f"{base};BYDAY={nths.pop()}{day}"
    if max(days) - min(days) < 7:
        return f"{base};BYMONTHDAY={','.join(str(min(days) + each) for each in range(7))};BYDAY={day}"
    return ""


def _is_last(wall: datetime) -> bool:
    return (wall + timedelta(days=7)).month != wall.month
