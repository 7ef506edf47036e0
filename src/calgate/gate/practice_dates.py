"""The dates of a session with several, and what is recorded of each, as a practice file has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from calgate.domain.dates import with_dates
from calgate.domain.session import Fact, Period, Session
from calgate.domain.when import When, day_of, is_day, same
from calgate.gate.practice_file import LoadError, PeriodBody, SessionBody
from calgate.gate.practice_times import check_order, check_year, moment


def dated_session(session: Session, body: SessionBody, zone: ZoneInfo, path: str) -> Session:
    """A session with its dates and what is recorded of them; one given by start and end has that one."""
    periods = [_period(each, zone, f"{path}.dates[{i}]") for i, each in enumerate(body.dates)]
    if not periods and body.start is not None:
        periods = [Period(session.start, session.end)]
    for i, each in enumerate(body.occurrences):
        where = f"{path}.occurrences[{i}]"
        if each.model_fields_set - {"on", "facts"}:
            raise LoadError(where, "of a date only facts can be told here")
        on = moment(each.on, zone, f"{where}.on")
        found = [n for n, period in enumerate(periods) if _is_on(period, on)]
        if not found:
            raise LoadError(f"{where}.on", f"the session has no date {each.on}")
        for n in found:
            periods[n] = replace(periods[n], facts=periods[n].facts | {Fact(fact) for fact in each.facts})
    return with_dates(replace(session, rrule=None), periods, zone)


def _is_on(period: Period, on: When) -> bool:
    """Whether a date is the one meant: that start, or any period of that day."""
    return day_of(period.start) == on if is_day(on) else same(period.start, on)


def _period(entry: date | PeriodBody, zone: ZoneInfo, path: str) -> Period:
    if isinstance(entry, PeriodBody):
        start = moment(f"{entry.date}T{entry.start}", zone, f"{path}.start")
        end = moment(f"{entry.date}T{entry.end}", zone, f"{path}.end")
        check_order(start, end, zone, path)
        return Period(start, end)
    check_year(entry, path)
    return Period(entry, entry + timedelta(days=1))
