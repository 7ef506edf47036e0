"""Overrides that exist for their viewer's sake: an occurrence with an alarm or a snooze of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from calgate.domain.event import Document, Event
from calgate.domain.recurrence import starts
from calgate.domain.when import elapsed, key, plus
from calgate.ical.personal import CALENDAR, Personal

SECOND = timedelta(seconds=1)


def with_own_occurrences(document: Document, personal: Personal) -> Document:
    """The document with an override, equal to the series, for every occurrence that only the viewer has
    something of: without it those lines would have no place to stand (R-GEN-4)."""
    master = document.master
    if master is None or (master.rrule is None and not master.rdates):
        return document
    taken = {key(each.recurrence_id) for each in document.overrides if each.recurrence_id is not None}
    wanted = [on for on, lines in personal.items() if lines and on not in ("", CALENDAR) and on not in taken]
    added = [event for on in sorted(wanted) for event in _occurrence(master, on)]
    return replace(document, overrides=(*document.overrides, *added)) if added else document


def _occurrence(master: Event, on: str) -> Iterator[Event]:
    """The occurrence of that key, if the series has it."""
    form = "%Y%m%dT%H%M%SZ" if "T" in on else "%Y%m%d"
    at = datetime.strptime(on, form).replace(tzinfo=UTC)
    for start in starts(master.start, master.rrule, master.rdates, master.exdates, at, at + SECOND, 1):
        end = plus(start, elapsed(master.start, master.end))
        yield replace(master, start=start, end=end, recurrence_id=start, rrule=None, rdates=(), exdates=())
