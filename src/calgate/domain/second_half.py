"""The second half of a client's split: a new series where another one would be cut (R-SER-6, 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from calgate.domain.change import Cut
from calgate.domain.halves import has_start
from calgate.domain.pattern import RuleError, join, rule_parts
from calgate.domain.recurrence import starts, truncated
from calgate.domain.session import CLIENT_KINDS, Session, Status
from calgate.domain.splitting import remaining
from calgate.domain.when import When, day_of, instant, same

_UTC = ZoneInfo("UTC")
_REACH = timedelta(days=400)
_MOMENT = timedelta(microseconds=1)


def slot_of(new: Session, series: Session, named: bool) -> When | None:
    """Where the series would be cut for `new` to be its second half; None when it is none.

    It has the client and the service of the series and begins at one of its starts, or it is `named` after
    the series (X-CALGATE-ID); then it may have been moved, and the nearest start counts.
    """
    if series.rrule is None or series.status is Status.CANCELLED or new.practitioner != series.practitioner:
        return None
    if not named and not _alike(new, series):
        return None
    try:
        slot = new.start if has_start(series, new.start) else _nearest(new, series) if named else None
    except RuleError:
        return None
    if slot is None or instant(slot, _UTC) <= instant(series.start, _UTC):
        return None
    # A single event at one of the times is a second half only where nothing else would follow.
    return slot if new.is_series or following(series, slot) is None else None


def cut_at(series: Session, slot: When) -> Cut:
    """The cut that makes room for a second half from `slot` on."""
    assert series.rrule is not None
    return Cut(slot, truncated(series.rrule, series.start, slot))


def following(series: Session, slot: When) -> When | None:
    """The start after `slot`."""
    since = instant(slot, _UTC) + _MOMENT
    return next(starts(series.start, series.rrule, series.rdates, (), since=since, limit=1), None)


def fits(cut: Cut, series: Session, slot: When) -> bool:
    """Whether a second half at `slot` waits for this cut: it is there, before it, or one start late."""
    if instant(cut.at, _UTC) <= instant(slot, _UTC):
        return True
    return leaves_doubled(cut, series, slot)


def leaves_doubled(cut: Cut, series: Session, slot: When) -> bool:
    """Whether the cut leaves the occurrence at `slot` in the first half: UNTIL on the day of the split."""
    after = following(series, slot)
    return after is not None and same(after, cut.at)


def is_last(series: Session, on: When) -> bool:
    """Whether `on` is the last start of the series, on the day on which a second half begins."""
    return has_start(series, on) and following(series, on) is None


def counted(new: Session, rrule: str, start: When, slot: When) -> Session:
    """The second half, its COUNT reduced to what is left at `slot` of the series as it was before the cut, if
    the client did not reduce it (R-SER-7)."""
    if new.rrule is None:
        return new
    parts, whole = rule_parts(new.rrule), rule_parts(rrule)
    if "COUNT" not in parts or parts["COUNT"] != whole.get("COUNT"):
        return new
    left = rule_parts(remaining(rrule, start, slot))["COUNT"]
    return replace(new, rrule=join({**parts, "COUNT": left}))


def _alike(new: Session, series: Session) -> bool:
    if new.kind not in CLIENT_KINDS or series.kind not in CLIENT_KINDS:
        return False
    return (new.client, new.service) == (series.client, series.service)


def _nearest(new: Session, series: Session) -> When | None:
    """The start nearest to that of a half that was moved; of a single event only one of the same day."""
    at = instant(new.start, _UTC)
    found = list(starts(series.start, series.rrule, series.rdates, (), at - _REACH, at + _REACH))
    if not new.is_series:
        found = [each for each in found if day_of(each) == day_of(new.start)]
    return min(found, key=lambda each: abs(instant(each, _UTC) - at), default=None)
