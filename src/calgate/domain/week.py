"""Weeks, months and days as the practice counts them, by wall clock in the session's own zone (R-ORG-8)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calgate.domain.when import Span, When, end_instant, first

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def local_day(when: When, zone: ZoneInfo) -> date:
    """The wall-clock day of a When in `zone`."""
    return first(when).astimezone(zone).date() if isinstance(when, datetime) else when


def last_day(start: When, end: When, zone: ZoneInfo) -> date:
    """The day on which something ends: an end exactly at midnight belongs to the day before (section 12)."""
    day = local_day(end, zone)
    at_midnight = not isinstance(end, datetime) or end.astimezone(zone).time() == time()
    return max(day - timedelta(days=1), local_day(start, zone)) if at_midnight else day


def week_of(day: date, week_start: str) -> date:
    """The first day of the week that contains `day`; `week_start` is MO ... SU."""
    return day - timedelta(days=(day.weekday() - DAYS.index(week_start)) % 7)


def month_of(day: date) -> date:
    """The first day of the month that contains `day`."""
    return day.replace(day=1)


def same_week(original: Span, moved: Span, week_start: str, zone: ZoneInfo) -> bool:
    """Whether `moved` stays in the week of the original start, its end included (R-ORG-8).

    A session that the organization itself let run into the next week may end there, but not later.
    """
    week = week_of(local_day(original.start, zone), week_start)
    if week_of(local_day(moved.start, zone), week_start) != week:
        return False
    if week_of(last_day(moved.start, moved.end, zone), week_start) == week:
        return True
    return end_instant(moved.end, zone) <= end_instant(original.end, zone)


def same_day(before: Span, after: Span, zone: ZoneInfo) -> bool:
    """Whether new times stay on the old day: same first day, and no later last day."""
    if local_day(before.start, zone) != local_day(after.start, zone):
        return False
    return last_day(after.start, after.end, zone) <= last_day(before.start, before.end, zone)
