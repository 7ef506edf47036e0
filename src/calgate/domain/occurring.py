"""How far a change reaches in a series: the index of a long one is written again only where it changed."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime

from calgate.domain.session import Session
from calgate.domain.when import When, key

ALONE = ""
"""Key of the only occurrence of a session that does not recur."""
_OF_ALL = ("start", "end", "rrule", "rdates", "exdates", "status", "busy", "held", "kind")
"""What says when every occurrence is, and whether it makes busy."""


def changed_alone(before: Session | None, after: Session) -> Set[str] | None:
    """Keys of the occurrences that a change is about, if they were there before: of a series overrides alone;
    None when other occurrences may have changed as well, come or gone."""
    if before is None:
        return None
    if not any(each.is_series or each.overrides or each.dates for each in (before, after)):
        return {ALONE}
    if not after.is_series or len(before.overrides) != len(after.overrides):
        return None
    if _zone(before.start) is not _zone(after.start):
        return None  # equal instants in another zone are the same start, but not the same series
    if any(getattr(before, name) != getattr(after, name) for name in _OF_ALL):
        return None
    found: set[str] = set()
    for old, new in zip(before.overrides, after.overrides, strict=True):
        if old is new:
            continue
        if old.on != new.on or old.differs != new.differs:
            return None
        if old != new:
            found.add(key(new.on))
    return found


def _zone(when: When) -> object:
    return when.tzinfo if isinstance(when, datetime) else None
