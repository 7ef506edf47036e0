"""Days that follow from a session's dates: consent, reminders, the academic year, and how far along it is.

All days are wall-clock days; `today` is the organization's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from calgate.domain.session import DATED_KINDS, Session, Status
from calgate.domain.week import last_day, local_day
from calgate.domain.when import day_of, instant, zone_of

REQUESTS_BEFORE = timedelta(days=21)
REMINDER_WEEKS = 1
EARLIEST_MONTHS = 3
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_UTC = ZoneInfo("UTC")


class Progress(StrEnum):
    """How far along a session with dates is (R-DAT-6); derived, never stored."""

    UNSCHEDULED = "unscheduled"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class ConsentDays:
    """R-DAT-2. `opens_on`: requests go out, of a clinic invitations. Consent may be given until `closes_on`,
    that day included. `session_reminders_on`: the day before each date."""

    opens_on: date
    reminders_on: tuple[date, ...]
    closes_on: date
    session_reminders_on: tuple[date, ...]


def days_of(session: Session) -> tuple[date, ...]:
    """The days of a session's dates, each once, in order; none while it is unscheduled."""
    return tuple(sorted({day_of(each.start) for each in session.dates}))


def opens_on(session: Session) -> date | None:
    """When consent requests go or went out: on the day that was set, else 21 days before the first date."""
    if text := session.consent.get("requests_on"):
        return date.fromisoformat(text)
    days = days_of(session)
    return session.requested_on or (days[0] - REQUESTS_BEFORE if days else None)


def reminder_weeks(session: Session) -> int:
    """How many weeks before each date parents are reminded."""
    return int(session.consent.get("reminder_weeks", REMINDER_WEEKS))


def consent_days(session: Session) -> ConsentDays | None:
    """The consent days of a session; None while it has no date."""
    days, opens = days_of(session), opens_on(session)
    if not days or opens is None:
        return None
    reminders = (day - reminder_weeks(session) * _WEEK for day in days)
    return ConsentDays(
        opens_on=opens,
        reminders_on=tuple(day for day in reminders if day > opens),
        closes_on=days[-1] - _DAY,
        session_reminders_on=tuple(day - _DAY for day in days),
    )


def has_opened(session: Session, now: datetime, zone: ZoneInfo) -> bool:
    """Whether consent requests have gone out at `now` (UTC); still true when consent has closed."""
    opens = opens_on(session)
    return opens is not None and opens <= now.astimezone(zone).date()


def settled(before: Session, after: Session, now: datetime, zone: ZoneInfo, *, recompute: bool) -> Session:
    """`after` with the consent days that hold when the dates changed (R-DAT-4).

    Requests that have gone out keep their day. Otherwise, with `recompute`, a day that was set for another
    first date gives way to the usual one; without it the practice system has just said its days.
    """
    old, new = days_of(before), days_of(after)
    if old == new:
        return replace(after, requested_on=before.requested_on)
    if has_opened(before, now, zone):
        return replace(after, requested_on=opens_on(before))
    if not recompute or not old or old[:1] == new[:1]:
        return after
    consent = {name: value for name, value in after.consent.items() if name != "requests_on"}
    if reminder_weeks(after) * _WEEK >= REQUESTS_BEFORE:
        consent.pop("reminder_weeks", None)
    return replace(after, consent=consent)


def wrong_days(session: Session) -> str:
    """What is wrong with the consent days that the practice set, in a sentence; "" for nothing (R-DAT-3)."""
    days, opens, weeks = days_of(session), opens_on(session), reminder_weeks(session)
    if not days or opens is None:
        return ""
    if opens < months_before(days[0], EARLIEST_MONTHS):
        return "Consent requests can go out three months before the first date at the earliest."
    if weeks < 1:
        return "Consent reminders go out one week before each date at the latest."
    if weeks > (days[0] - opens) // _WEEK or opens >= days[0] - weeks * _WEEK:
        return "Consent requests must go out before the first consent reminder."
    return ""


def months_before(day: date, months: int) -> date:
    """The same day some months earlier, or the last day of that month when it is too short."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    following = date(years + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(years, month + 1, 1) + (day.day - 1) * _DAY, following - _DAY)


def academic_year(day: date, start: str) -> tuple[date, date]:
    """First and last day of the academic year that contains `day`; `start` is the policy's `MM-DD`."""
    month, first_day = int(start[:2]), int(start[3:])
    first = date(day.year, month, first_day)
    if day < first:
        first = date(day.year - 1, month, first_day)
    return first, date(first.year + 1, month, first_day) - _DAY


def progress(session: Session, today: date) -> Progress:
    """R-DAT-6: in progress on a day of its dates, scheduled while one is to come."""
    days = [
        (day_of(each.start), last_day(each.start, each.end, zone_of(each.start, _UTC)))
        for each in session.dates
    ]
    if not days:
        return Progress.UNSCHEDULED
    if any(first <= today <= last for first, last in days):
        return Progress.IN_PROGRESS
    return Progress.SCHEDULED if any(first > today for first, _ in days) else Progress.COMPLETED


def next_turn(session: Session, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The next midnight (UTC) at which `progress` may change; None when it won't, or isn't shown."""
    if session.kind not in DATED_KINDS or session.status is not Status.SCHEDULED:
        return None
    spans = [(local_day(each.start, zone), last_day(each.start, each.end, zone)) for each in session.dates]
    turns = sorted(instant(day, zone) for first, last in spans for day in (first, last + _DAY))
    return next((each for each in turns if each > now), None)
