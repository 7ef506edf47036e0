"""Moving a whole series: the same step on the wall clock for every occurrence, its rule and its end."""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo

from calgate.domain.pattern import WEEKDAYS, join, parse, rule_parts
from calgate.domain.when import When, day_of, is_day, key, same


def shifted(when: When, old: When, new: When) -> When:
    """Where an occurrence goes when its series goes from `old` to `new`, in the type and zone of `new`."""
    if not isinstance(new, datetime):
        return day_of(when) + (new - day_of(old))
    wall = new.replace(tzinfo=None, fold=0)
    if isinstance(when, datetime) and isinstance(old, datetime):
        local = when.astimezone(old.tzinfo).replace(tzinfo=None)
        return (local + (wall - old.replace(tzinfo=None, fold=0))).replace(tzinfo=new.tzinfo)
    days = day_of(when) - day_of(old)
    return (wall + days).replace(tzinfo=new.tzinfo)


def shifted_rule(rrule: str | None, old: When, new: When) -> str | None:
    """The rule that goes with the series: weekday, day of the month and UNTIL move along.

    RuleError for rules that can't be read.
    """
    if rrule is None or (same(old, new) and _zone(old) == _zone(new)):
        return rrule
    pattern, parts = parse(rrule), rule_parts(rrule)
    days = (day_of(new) - day_of(old)).days
    if days and pattern.freq == "WEEKLY" and "BYDAY" in parts:
        parts["BYDAY"] = ",".join(WEEKDAYS[(weekday + days) % 7] for _, weekday in pattern.days)
    if days and pattern.freq == "MONTHLY" and pattern.monthdays == (day_of(old).day,):
        parts["BYMONTHDAY"] = str(day_of(new).day)
    if pattern.until is not None:
        parts["UNTIL"] = _shifted_until(pattern.until, old, new)
    return rrule if parts == rule_parts(rrule) else join(parts)


def _zone(when: When) -> tzinfo | None:
    return when.tzinfo if isinstance(when, datetime) else None


def _shifted_until(until: datetime | date, old: When, new: When) -> str:
    if is_day(new) or (not isinstance(until, datetime) and is_day(old) == is_day(new)):
        is_aware = isinstance(until, datetime) and until.tzinfo is not None
        local = until.astimezone(_zone(old)) if is_aware and isinstance(until, datetime) else until
        return key(day_of(local) + (day_of(new) - day_of(old)))
    last = until if isinstance(until, datetime) else datetime.combine(until, time(23, 59, 59))
    aware = last if last.tzinfo else last.replace(tzinfo=_zone(old) or _zone(new))
    moved = shifted(aware, old, new)
    return key(moved)
