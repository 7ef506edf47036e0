"""Ending a series before its time: cut at an occurrence, or stopped now with its past left as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from calgate.domain.practice import Practice
from calgate.domain.recurrence import starts, truncated
from calgate.domain.session import Cancellation, Override, Session, Status
from calgate.domain.when import When, elapsed, instant, plus, zone_of

_DAY = timedelta(days=1)
_UTC = ZoneInfo("UTC")


def stopped(session: Session, record: Cancellation, practice: Practice, now: datetime) -> Session:
    """A running series ended now: its past stays and its future is cut off (section 12, Verbs).

    Cut off, not kept as cancelled overrides: an endless series would have endlessly many of them, and the
    decision keeps the record of what was.
    """

    def is_past(own: Override) -> bool:
        place = session.at(own.on, plus(own.on, elapsed(session.start, session.end)))
        return instant(place.start, practice.zone) <= now

    zone = zone_of(session.start, practice.zone)
    upcoming = starts(session.start, session.rrule, session.rdates, (), now - _DAY)
    first = next((each for each in upcoming if instant(each, zone) > now), None)
    kept = session if first is None else cut(session, first)
    # What was moved from the future into the past has happened; what was moved the other way has not.
    early = [own for own in session.overrides if is_past(own) and kept.override(own.on) is None]
    overrides = [
        own if is_past(own) else replace(own, status=Status.CANCELLED, cancel=record)
        for own in kept.overrides
    ]
    return replace(kept, overrides=(*overrides, *early))


def cut(session: Session, at: When, rrule: str | None = None) -> Session:
    """The series without the occurrences that originally start at `at` or later; `rrule` is its new rule."""
    limit = instant(at, _UTC)

    def is_kept(on: When) -> bool:
        return instant(on, _UTC) < limit

    ended = rrule
    if rrule is None and session.rrule is not None:
        ended = truncated(session.rrule, session.start, at)
    return replace(
        session,
        rrule=ended,
        rdates=tuple(each for each in session.rdates if is_kept(each)),
        exdates=tuple(each for each in session.exdates if is_kept(each)),
        overrides=tuple(each for each in session.overrides if is_kept(each.on)),
    )
