"""A recurrence rule (RFC 5545 section 3.3.10): checked, and laid out as wall-clock times.

The days are computed here and not by dateutil because a rule that names no day ("31 February") keeps dateutil
busy until the year 9999: anybody may send such a rule. The tests hold this module against dateutil.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

Freq = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES: tuple[Freq, ...] = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
FIRST_YEAR, LAST_YEAR = 1900, 2100
MAX_COUNT, MAX_INTERVAL, MAX_DAILY, MAX_LENGTH = 100_000, 1000, 24, 1000
DAY = timedelta(days=1)
_RANGES = {
    "BYMONTH": 12,
    "BYMONTHDAY": -31,
    "BYYEARDAY": -366,
    "BYWEEKNO": -53,
    "BYSETPOS": -366,
    "BYHOUR": 23,
    "BYMINUTE": 59,
    "BYSECOND": 60,
}


class RuleError(ValueError):
    """A recurrence rule that is senseless, hostile or not supported; the text is one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A parsed rule. `until` is an aware UTC datetime, a naive wall-clock datetime or a date (inclusive).
    `days` are (ordinal or 0, weekday) with Monday 0; empty tuples mean "not given"."""

    freq: Freq
    interval: int = 1
    count: int | None = None
    until: datetime | date | None = None
    wkst: int = 0
    days: tuple[tuple[int, int], ...] = ()
    months: tuple[int, ...] = ()
    monthdays: tuple[int, ...] = ()
    yeardays: tuple[int, ...] = ()
    weeknos: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()

    @property
    def names_days(self) -> bool:
        """Whether the rule itself says which days; otherwise the day of the first start does."""
        return bool(self.days or self.monthdays or self.yeardays or self.weeknos)


def rule_parts(rrule: str) -> dict[str, str]:
    """The parts of an RRULE value in the order given, in upper case; RuleError when it is not one."""
    if len(rrule) > MAX_LENGTH:
        raise RuleError("The recurrence rule is too long.")
    parts: dict[str, str] = {}
    for each in rrule.upper().strip().strip(";").split(";"):
        name, equals, value = (text.strip() for text in each.partition("="))
        if not (name and equals and value) or name in parts:
            raise RuleError("The recurrence rule can't be read.")
        parts[name] = value
    return parts


@lru_cache(maxsize=1024)
def parse(rrule: str) -> Pattern:
    """The rule of an RRULE value; RuleError when it is unreadable, senseless or beyond the limits."""
    parts = rule_parts(rrule)
    freq = parts.pop("FREQ", "")
    if freq not in FREQUENCIES:
        raise RuleError("Events can recur daily, weekly, monthly or yearly only.")
    if "COUNT" in parts and "UNTIL" in parts:
        raise RuleError("A recurrence rule ends by COUNT or by UNTIL, not by both.")
    pattern = Pattern(
        freq=next(each for each in FREQUENCIES if each == freq),
        interval=_number(parts.pop("INTERVAL", "1"), 1, MAX_INTERVAL),
        count=_number(parts.pop("COUNT"), 1, MAX_COUNT) if "COUNT" in parts else None,
        until=_until(parts.pop("UNTIL")) if "UNTIL" in parts else None,
        wkst=_weekday(parts.pop("WKST", "MO")),
        days=_days(parts.pop("BYDAY", "")),
        months=_numbers(parts, "BYMONTH"),
        monthdays=_numbers(parts, "BYMONTHDAY"),
        yeardays=_numbers(parts, "BYYEARDAY"),
        weeknos=_numbers(parts, "BYWEEKNO"),
        positions=_numbers(parts, "BYSETPOS"),
        hours=_numbers(parts, "BYHOUR"),
        minutes=_numbers(parts, "BYMINUTE"),
        seconds=_numbers(parts, "BYSECOND"),
    )
    if parts:
        raise RuleError(f"The recurrence rule part {next(iter(parts))[:20]} is not supported.")
    if len(pattern.hours or "-") * len(pattern.minutes or "-") * len(pattern.seconds or "-") > MAX_DAILY:
        raise RuleError("The recurrence rule names too many times a day.")
    return pattern


def _number(text: str, least: int, most: int) -> int:
    if not text.lstrip("+-").isdecimal() or len(text) > 8 or not least <= int(text) <= most:
        raise RuleError(f"The recurrence rule has a number outside {least} to {most}.")
    return int(text)


def _numbers(parts: dict[str, str], name: str) -> tuple[int, ...]:
    most = _RANGES[name]
    least = most if most < 0 else int(name == "BYMONTH")
    found = {_number(each, least, abs(most)) for each in parts.pop(name, "").split(",") if each}
    if most < 0 and 0 in found:
        raise RuleError(f"{name} in a recurrence rule can't be 0.")
    return tuple(sorted(found))


def _weekday(text: str) -> int:
    if text not in WEEKDAYS:
        raise RuleError("The recurrence rule names an unknown weekday.")
    return WEEKDAYS.index(text)


def _days(text: str) -> tuple[tuple[int, int], ...]:
    found = {
        (_number(each[:-2], -53, 53) if each[:-2] else 0, _weekday(each[-2:]))
        for each in text.split(",")
        if each
    }
    return tuple(sorted(found, key=lambda day: (day[1], day[0])))


def _until(text: str) -> datetime | date:
    try:
        if len(text) == 8:
            return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
        if text.endswith("Z"):
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - wall-clock time
    except ValueError:
        raise RuleError("The recurrence rule's UNTIL is not a date.") from None


def walls(pattern: Pattern, first: datetime, since: datetime, last: datetime) -> Iterator[datetime]:
    """Naive wall-clock starts of the rule in order, `last` included; COUNT is respected, UNTIL is not.

    Without COUNT the times before `since` may be left out.
    """
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        raise RuleError(f"A recurring event starts between {FIRST_YEAR} and {LAST_YEAR}.")
    left = -1 if pattern.count is None else pattern.count
    times = _times(pattern, first)
    begin = max(first, since) if pattern.count is None else first
    for days in _periods(pattern, first.date(), begin.date(), last.date()):
        found = [datetime.combine(day, each) for day in days for each in times]
        for wall in _positioned(found, pattern.positions) if pattern.positions else found:
            if wall > last or left == 0:
                return
            if wall >= first:
                left -= 1
                yield wall


def _positioned(found: list[datetime], positions: tuple[int, ...]) -> list[datetime]:
    size = len(found)
    indices = sorted({at - 1 if at > 0 else size + at for at in positions})
    return [found[index] for index in indices if 0 <= index < size]


def _times(pattern: Pattern, first: datetime) -> list[time]:
    hours, minutes = pattern.hours or (first.hour,), pattern.minutes or (first.minute,)
    seconds = pattern.seconds or (first.second,)
    return [time(h, m, min(s, 59)) for h in hours for m in minutes for s in seconds]


def _periods(pattern: Pattern, first: date, begin: date, last: date) -> Iterator[list[date]]:
    """The days of each period (day, week, month or year) from the one of `begin` to the one of `last`."""
    last = min(last, date(LAST_YEAR, 12, 31))
    step = pattern.interval
    fits = _filter(pattern, first)
    match pattern.freq:
        case "DAILY" | "WEEKLY":
            weekly = pattern.freq == "WEEKLY"
            origin = first - timedelta(days=(first.weekday() - pattern.wkst) % 7) if weekly else first
            length = step * (7 if weekly else 1)
            skipped = max(0, (begin - origin).days // length)
            offsets = _week_offsets(pattern, first) if weekly else (0,)
            for start in range(origin.toordinal() + skipped * length, last.toordinal() + 1, length):
                days = [date.fromordinal(start + each) for each in offsets]
                yield [day for day in days if fits(day)] if pattern.months or not weekly else days
        case "MONTHLY":
            origin_month, last_month = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
            skipped = max(0, (begin.year * 12 + begin.month - 1 - origin_month) // step)
            for month in range(origin_month + skipped * step, last_month + 1, step):
                if not pattern.months or month % 12 + 1 in pattern.months:
                    yield _month_days(pattern, first, month // 12, month % 12 + 1, fits)
        case "YEARLY":
            skipped = max(0, (begin.year - first.year) // step)
            for year in range(first.year + skipped * step, last.year + 1, step):
                months = pattern.months or (range(1, 13) if pattern.names_days else (first.month,))
                yield [day for month in months for day in _month_days(pattern, first, year, month, fits)]


def _week_offsets(pattern: Pattern, first: date) -> tuple[int, ...]:
    weekdays = {weekday for _, weekday in pattern.days} or {first.weekday()}
    return tuple(sorted((weekday - pattern.wkst) % 7 for weekday in weekdays))


def _month_days(
    pattern: Pattern, first: date, year: int, month: int, fits: Callable[[date], bool]
) -> list[date]:
    size = monthrange(year, month)[1]
    if not pattern.names_days:
        return [date(year, month, first.day)] if first.day <= size else []
    start = date(year, month, 1).toordinal() - 1
    candidates = set(range(1, size + 1))
    if pattern.monthdays:
        candidates = {day if day > 0 else size + day + 1 for day in pattern.monthdays}
    elif pattern.days:
        begins = {(weekday - start) % 7 + 1 for _, weekday in pattern.days}
        candidates = {day for begin in begins for day in range(begin, size + 1, 7)}
    days = (date.fromordinal(start + day) for day in sorted(candidates) if 1 <= day <= size)
    return [day for day in days if fits(day)]


def _filter(pattern: Pattern, first: date) -> Callable[[date], bool]:
    """Whether a day passes the BY parts that its period has not already answered."""
    plain = {weekday for ordinal, weekday in pattern.days if not ordinal}
    ordinals = [day for day in pattern.days if day[0]]
    if pattern.freq in ("DAILY", "WEEKLY"):
        plain, ordinals = {weekday for _, weekday in pattern.days}, []
    in_month = pattern.freq == "MONTHLY" or bool(pattern.months)

    def fits(day: date) -> bool:
        return (
            (not pattern.months or day.month in pattern.months)
            and (not pattern.days or day.weekday() in plain or _is_nth(day, ordinals, in_month))
            and (
                not pattern.monthdays
                or _from_either_end(day.day, monthrange(day.year, day.month)[1], pattern.monthdays)
            )
            and (not pattern.yeardays or _from_either_end(*_place_in_year(day), pattern.yeardays))
            and (not pattern.weeknos or _from_either_end(*_week(day, pattern.wkst), pattern.weeknos))
        )

    return fits


def _from_either_end(place: int, size: int, wanted: tuple[int, ...]) -> bool:
    return place in wanted or place - size - 1 in wanted


def _place_in_year(day: date) -> tuple[int, int]:
    start = date(day.year, 1, 1).toordinal() - 1
    return day.toordinal() - start, date(day.year, 12, 31).toordinal() - start


def _is_nth(day: date, ordinals: list[tuple[int, int]], in_month: bool) -> bool:
    place, size = (day.day, monthrange(day.year, day.month)[1]) if in_month else _place_in_year(day)
    nth, from_end = (place - 1) // 7 + 1, -((size - place) // 7 + 1)
    return any(weekday == day.weekday() and ordinal in (nth, from_end) for ordinal, weekday in ordinals)


def _week(day: date, wkst: int) -> tuple[int, int]:
    """The day's week and how many weeks its year has; a week belongs to the year of its fourth day."""
    middle = day - timedelta(days=(day.weekday() - wkst) % 7 - 3)
    last = date(middle.year, 12, 31)
    last_middle = last - timedelta(days=(last.weekday() - wkst) % 7 - 3)
    if last_middle.year > middle.year:
        last_middle -= 7 * DAY
    return (middle.timetuple().tm_yday - 1) // 7 + 1, (last_middle.timetuple().tm_yday - 1) // 7 + 1


def canonical(rrule: str) -> str:
    """The rule in one fixed spelling: order, default INTERVAL and WKST; equal texts mean equal rules."""
    parts = rule_parts(rrule)
    if parts.get("INTERVAL") == "1":
        del parts["INTERVAL"]
    biweekly = parts.get("FREQ") == "WEEKLY" and "INTERVAL" in parts and "BYDAY" in parts
    if parts.get("WKST") == "MO" or not (biweekly or "BYWEEKNO" in parts):
        parts.pop("WKST", None)
    if "BYDAY" in parts:
        parts["BYDAY"] = ",".join(_day_text(*day) for day in _days(parts["BYDAY"]))
    for name in _RANGES.keys() & parts.keys():
        parts[name] = ",".join(sorted(parts[name].split(","), key=int))
    return join(parts)


def _day_text(ordinal: int, weekday: int) -> str:
    return f"{ordinal or ''}{WEEKDAYS[weekday]}"


def join(parts: Mapping[str, str]) -> str:
    """An RRULE value of parts: FREQ first, the rest by name."""
    names = sorted(parts, key=lambda name: (name != "FREQ", name))
    return ";".join(f"{name}={parts[name]}" for name in names)
