"""A split series (R-SER-2) as the practice knows it: one session under one id, whichever part is meant."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from calgate.domain.apply import own_numbers
from calgate.domain.change import Change, Create, Delete, Replace, on_occurrence
from calgate.domain.dates import carried
from calgate.domain.halves import boundary, locate, with_occurrence
from calgate.domain.recurrence import starts
from calgate.domain.session import Override, Session
from calgate.domain.splitting import FIRST, NEXT, divide, first_of
from calgate.domain.when import When, instant, key
from calgate.gate.office import Office
from calgate.store import sessions

_NEVER = datetime(1900, 1, 3, tzinfo=UTC)
_UTC, _MOMENT = ZoneInfo("UTC"), timedelta(seconds=1)

Version = tuple[Session | None, Session | None]
"""A part as it is (None: not there) and as the practice says it is (None: nothing is left of it)."""


def stored(office: Office, id_: str) -> list[Session]:
    """The past parts of a session, oldest first, then the one that goes on; it alone if nothing was split."""
    return sessions.parts(office.tx, office.org, id_)


def split_off(office: Office, session: Session) -> list[Session]:
    """The later halves that people split off a series (R-SER-8), the nearest first: sessions of their own."""
    found: list[Session] = []
    uid = _next(session)
    while uid:
        half = sessions.find_by_uid(office.tx, office.org, session.practitioner, uid)
        if half is None or half in found:
            break
        found.append(half)
        uid = _next(half)
    return found


def _next(session: Session) -> str | None:
    return next((uid for relation, uid in session.related if relation == NEXT), None)


def without_next(session: Session) -> Session:
    """The series with nothing split off."""
    return replace(session, related=tuple(each for each in session.related if each[0] != NEXT))


def runs_into(session: Session, new: Session) -> When | None:
    """The first start of the practice's version after the end of the series as it is: there a half was split
    off that takes place at the same time. None if the version ends by then."""
    last = deque(starts(session.start, session.rrule, session.rdates, session.exdates), maxlen=1)
    since = instant(last[0], _UTC) + _MOMENT if last else None
    found = starts(new.start, new.rrule, new.rdates, new.exdates, since=since, limit=1)
    return next(found, None)


def addressed(
    parts: Sequence[Session], changes: Sequence[Change]
) -> tuple[Session, tuple[Change, ...]] | None:
    """The part that the changes mean, and the changes in its terms; None when they mean several parts.

    Those that name no occurrence mean the part that goes on.
    """
    whole = parts[-1]
    found: dict[str, Session] = {}
    own_terms: list[Change] = []
    for change in changes:
        on: When | None = getattr(change, "on", None)
        part, own = (locate(parts, on) if on is not None and len(parts) > 1 else None) or (whole, on)
        found[part.id] = part
        own_terms.append(change if own is None or own == on else on_occurrence(change, own))
    if len(found) > 1:
        return None
    return next(iter(found.values()), whole), tuple(own_terms)


def versions(parts: Sequence[Session], new: Session, zone: ZoneInfo) -> list[Version]:
    """What the practice's version of a session says of each of its parts.

    Of a part that is past only occurrences that the version names change; the rest is the part that goes on.
    """
    live = next((each for each in parts if each.history is None), None)
    past = [each for each in parts if each.history is not None]
    at = _goes_on_at(parts, new, zone)
    if not past or not new.is_series:
        return [(live, new)]
    rest = None if at is None else divide(new, at, zone, _NEVER)[1]
    laid_on = {each.id: each for each in past}
    for own in new.overrides:
        found = locate(past, own.on)
        if found is not None:
            part, on = found
            laid_on[part.id] = with_occurrence(laid_on[part.id], replace(own, on=on))
    going_on = None if rest is None else _without(rest, _moved_early(past))
    if going_on is not None:
        related = live.related if live else ((FIRST, first_of(past[0])),)
        going_on = replace(going_on, splits=len(past), related=related)
    return [*((each, laid_on[each.id]) for each in past), (live, going_on)]


def difference(old: Session | None, new: Session | None) -> Change | None:
    """What brings a part to the practice's version of it; None when that says nothing new."""
    if old is None or new is None:
        return Create(new) if new else Delete() if old else None
    return None if _same(old, new) else Replace(new)


def _same(old: Session, new: Session) -> bool:
    """Whether both say the same, calgate's own numbers aside."""
    new = carried(old, replace(own_numbers(old, new), original=old.original, requested_on=old.requested_on))
    return replace(new, overrides=_bare(new)) == replace(old, overrides=_bare(old))


def _bare(session: Session) -> tuple[Override, ...]:
    return tuple(replace(each, original=None) for each in session.overrides)


def _goes_on_at(parts: Sequence[Session], new: Session, zone: ZoneInfo) -> When | None:
    """The first start of the practice's version that is not in a past part."""
    limit = boundary(parts)
    if limit is None or not new.is_series:
        return None
    since = instant(limit, zone)
    dates = new.rdates if new.rrule is None else ()
    return next(starts(new.start, new.rrule, dates, new.exdates, since=since, limit=1), None)


def _moved_early(past: Sequence[Session]) -> list[When]:
    """Starts after the split whose occurrences had taken place before it."""
    return [
        own.on
        for each in past
        if each.history is not None
        for own in each.overrides
        if instant(own.on, ZoneInfo("UTC")) >= instant(each.history.until, ZoneInfo("UTC"))
    ]


def _without(session: Session, ons: Sequence[When]) -> Session:
    gone = {key(on) for on in ons}
    return replace(
        session,
        exdates=(*session.exdates, *ons) if gone else session.exdates,
        overrides=tuple(each for each in session.overrides if key(each.on) not in gone),
    )
