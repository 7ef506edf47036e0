"""A series that the practice has whole while a person split it ("this and future", R-SER-6): what the
practice's version says of its halves."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from calgate.domain.ending import cut
from calgate.domain.halves import has_start, with_occurrence
from calgate.domain.pattern import join, rule_parts
from calgate.domain.recurrence import starts
from calgate.domain.session import Session
from calgate.domain.shift import shifted
from calgate.domain.when import When, instant
from calgate.gate import parts
from calgate.gate.office import Office

_UTC, _MOMENT = ZoneInfo("UTC"), timedelta(seconds=1)


class Unplaced(LookupError):
    """The practice's version speaks of an occurrence, originally starting at `on`, that no half can take; the
    text says why."""

    def __init__(self, on: When, why: str) -> None:
        super().__init__(why)
        self.on = on


def rejoined(
    office: Office, known: Sequence[Session], new: Session, named: Collection[str], now: datetime
) -> Iterator[parts.Version]:
    """What the practice's version `new` says of a series, `known` by its parts, and of what a person split
    off; nothing when no half takes place beside it.

    What the practice says stands, and the later half goes, lest both be busy. A half that has begun, or that
    is `named` by the practice itself, stays: the series ends at it, and what the practice says of later
    occurrences is laid on it. Raises Unplaced.
    """
    live = next((each for each in known if each.history is None), None)
    split_off = parts.split_off(office, live) if live is not None and new.is_series else []
    at = parts.runs_into(live, new) if live is not None and split_off else None
    if live is None or at is None:
        return
    halves = [parts.stored(office, each.id) for each in split_off]
    if any(each[-1].id in named or instant(each[0].start, office.zone) <= now for each in halves):
        yield from parts.versions(known, cut(new, at), office.zone)
        yield from _laid_on([part for half in halves for part in half], at, new, named)
        return
    yield from ((each, None) for each in split_off)
    lone = [parts.without_next(each) if each is live else each for each in known]
    yield from parts.versions(lone, new, office.zone)


def _laid_on(
    halves: Sequence[Session], at: When, new: Session, named: Collection[str]
) -> Iterator[parts.Version]:
    """The halves, which begin where the series has `at`, with what the practice says of their occurrences."""
    laid = {each.id: each for each in halves}
    for own in new.overrides:
        if instant(own.on, _UTC) < instant(at, _UTC):
            continue
        found = _occurrence(halves, at, own.on)
        if found is None:
            raise Unplaced(own.on, "a person split this series, and its later half has no such occurrence")
        part, on = found
        if (whole := part.history.of if part.history else part.id) in named:
            raise Unplaced(own.on, f"this is an occurrence of '{whole}', which the file has: say it there")
        laid[part.id] = with_occurrence(laid[part.id], replace(own, on=on))
    yield from ((each, laid[each.id]) for each in halves)


def _occurrence(halves: Sequence[Session], at: When, on: When) -> tuple[Session, When] | None:
    """The half with the occurrence that the series has at `on`, and its original start there: the same, or
    moved as the halves were."""
    if found := next((each for each in halves if has_start(each, on)), None):
        return found, on
    own = shifted(on, at, halves[0].start)
    for half, following in pairwise((*halves, None)):
        assert half is not None
        if has_start(half, own):
            return half, own
        until = _end(half)
        if following is None or until is None:
            return None
        own = shifted(own, until, following.start)
    return None


def _end(half: Session) -> When | None:
    """Where a half was cut for the one that follows: its first start that is not there any more."""
    if half.history is not None or half.rrule is None:
        return half.history.until if half.history else None
    last = deque(starts(half.start, half.rrule), maxlen=1)
    rule = {name: value for name, value in rule_parts(half.rrule).items() if name not in ("COUNT", "UNTIL")}
    since = instant(last[0], _UTC) + _MOMENT if last else None
    return next(starts(half.start, join(rule), since=since, limit=1), None)
