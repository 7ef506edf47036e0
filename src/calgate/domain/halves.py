"""The parts of a split series as one: which of them has an occurrence, where the last begins (R-SER-2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from calgate.domain.pattern import RuleError
from calgate.domain.recurrence import starts
from calgate.domain.session import Override, Session
from calgate.domain.shift import shifted
from calgate.domain.when import When, instant, same

_MOMENT = timedelta(microseconds=1)
_UTC = ZoneInfo("UTC")


def locate(parts: Sequence[Session], on: When) -> tuple[Session, When] | None:
    """The part with the occurrence that originally starts at `on`, and that start in the part's own terms.

    `parts` are the past ones, oldest first, then the one that goes on. `on` may also be what it was before
    the later parts were moved: the practice's own version of the series still says so.
    """
    for part in parts:
        if has_start(part, on):
            return part, on
    for part, own in _terms(parts, on):
        if has_start(part, own) and (
            part.history is None or instant(own, _UTC) < instant(part.history.until, _UTC)
        ):
            return part, own
    return None


def boundary(parts: Sequence[Session]) -> When | None:
    """Where the part that goes on begins, in the terms of the oldest part; None when nothing was split."""
    past = [each for each in parts if each.history is not None]
    found: When | None = None
    for index in range(len(past) - 1, -1, -1):
        history = past[index].history
        assert history is not None
        found = history.until if found is None else shifted(found, past[index + 1].start, history.until)
    return found


def has_start(session: Session, on: When) -> bool:
    """Whether the session has an occurrence that originally starts at `on`; one removed for good counts."""
    if not session.is_series:
        return same(session.start, on)
    at = instant(on, _UTC)
    try:
        found = starts(session.start, session.rrule, session.rdates, (), at, at + _MOMENT)
        return any(same(each, on) for each in found)
    except RuleError:
        return False


def with_occurrence(part: Session, own: Override) -> Session:
    """A past part with what the practice says of one of its occurrences; its place stays, unless it says."""
    old = part.override(own.on)
    if own.start is not None or old is None:
        return part.with_override(own)
    return part.with_override(replace(own, start=old.start, end=old.end, original=old.original))


def _terms(parts: Sequence[Session], on: When) -> list[tuple[Session, When]]:
    """Each part with `on` carried along from one part to the next as the parts were moved."""
    found: list[tuple[Session, When]] = []
    own = on
    for index, part in enumerate(parts):
        found.append((part, own))
        if part.history is not None and index + 1 < len(parts):
            own = shifted(own, part.history.until, parts[index + 1].start)
    return found
