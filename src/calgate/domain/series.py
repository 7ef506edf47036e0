"""Two versions of a series side by side: the series as a whole, its removed dates, its occurrences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from calgate.domain.change import Cancel, Change, Cut, Delete, Move, Repattern, Restore, Undo
from calgate.domain.event import Document, Event
from calgate.domain.pattern import canonical, join, rule_parts
from calgate.domain.recurrence import endless, starts
from calgate.domain.shift import shifted, shifted_rule
from calgate.domain.when import TWO_YEARS, Span, When, day_of, elapsed, instant, is_day, key, plus, same

_UTC = ZoneInfo("UTC")
_MOMENT, _DAY = timedelta(microseconds=1), timedelta(days=1)


def recurs(event: Event) -> bool:
    """Whether the event is the master of a series."""
    return event.rrule is not None or bool(event.rdates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What was shown of a series and what was sent. `expected` is the shown master, moved along when the
    whole series moved; `after` is the sent master, `before` again where none was sent.

    Overrides are keyed by their original start in the moved series: a client that moves a series may rewrite
    every RECURRENCE-ID with it (Thunderbird) or none.
    """

    before: Event
    expected: Event
    after: Event
    pattern: Cut | Repattern | None
    shown: Mapping[str, Event]
    sent: Mapping[str, Event]


def compare(shown: Document, before: Event, sent: Document) -> Comparison:
    """Lay the two versions side by side; RuleError when a rule can't be read."""
    after = sent.master if sent.master is not None else before
    expected = _expected(before, after)
    after = _with_its_end(before, expected, after)
    ours = {
        key(on): replace(each, recurrence_id=on)
        for each in shown.overrides
        if each.recurrence_id is not None
        for on in [_along(each.recurrence_id, before, expected)]
    }
    plain = Comparison(
        before=before, expected=expected, after=after, pattern=_pattern(expected, after), shown=ours, sent={}
    )
    theirs: dict[str, Event] = {}
    for each in sent.overrides:
        on = _resolved(each.recurrence_id, plain) if each.recurrence_id is not None else None
        if on is not None:
            theirs[key(on)] = replace(each, recurrence_id=on)
    return replace(plain, sent=theirs)


def has_stray(shown: Document, sent: Document) -> bool:
    """Whether something was sent for an occurrence that the series never had: an edit that would be lost.

    Not where it was shown before or lies beyond the series' ends, nor where the series was moved, ended or
    given another pattern by the same write: programs leave behind what belonged to the old one.
    """
    before = shown.master
    known = {key(each.recurrence_id) for each in shown.overrides if each.recurrence_id is not None}
    sent_ons = [each.recurrence_id for each in sent.overrides if each.recurrence_id is not None]
    new = {on for on in sent_ons if key(on) not in known}
    if not new or before is None or not recurs(before):
        return False
    found = compare(shown, before, sent)
    as_shown = found.pattern is None and found.expected.start is before.start
    return as_shown and any(key(on) not in found.sent and _is_inside(before, on) for on in new)


def _is_inside(series: Event, on: When) -> bool:
    """Whether a time lies between the first and the last start of a series."""
    at = instant(on, _UTC)
    later = starts(series.start, series.rrule, series.rdates, since=at, limit=1)
    return at > instant(series.start, _UTC) and next(later, None) is not None


def _expected(before: Event, after: Event) -> Event:
    """The shown master, moved to where the sent one is; another zone is a move where instants differ."""
    if same(before.start, after.start) and not _other_zone(before, after):
        length = elapsed(after.start, after.end)
        kept = same(before.end, after.end)
        return before if kept else replace(before, end=plus(before.start, length))
    old, new = before.start, after.start
    return replace(
        before,
        start=new,
        end=after.end,
        rrule=shifted_rule(before.rrule, old, new),
        rdates=tuple(shifted(each, old, new) for each in before.rdates),
        exdates=tuple(shifted(each, old, new) for each in before.exdates),
    )


def _with_its_end(before: Event, expected: Event, after: Event) -> Event:
    """An UNTIL left as it was by a client that moves a series says nothing of its end, which moves along."""
    if expected is before or not (before.rrule and expected.rrule and after.rrule):
        return after
    old, moved, sent = (rule_parts(each) for each in (before.rrule, expected.rrule, after.rrule))
    if "UNTIL" not in old or sent.get("UNTIL") != old["UNTIL"]:
        return after
    return replace(after, rrule=join({**sent, "UNTIL": moved["UNTIL"]}))


def _other_zone(before: Event, after: Event) -> bool:
    if not isinstance(before.start, datetime) or not isinstance(after.start, datetime):
        return False
    if before.start.tzinfo == after.start.tzinfo or not recurs(before) or not recurs(after):
        return False
    old, new = _both_starts(before, after)
    return _keys(new) != _keys(old)[: len(new)]


def _along(on: When, before: Event, expected: Event) -> When:
    return on if expected.start is before.start else shifted(on, before.start, expected.start)


def _both_starts(one: Event, other: Event) -> tuple[list[When], list[When]]:
    """The original starts of two series, EXDATEs aside: to the end, or for two years (R-GEN-5)."""
    forever = [each for each in (one, other) if endless(Document(uid="", master=each))]
    until: datetime | None = None
    if forever:
        lasts = [_starts(each)[-1:] for each in (one, other) if each not in forever]
        known = [one.start, other.start, *(last for found in lasts for last in found)]
        until = max(instant(each, _UTC) for each in known) + TWO_YEARS
    return _starts(one, until), _starts(other, until)


def _starts(event: Event, until: datetime | None = None) -> list[When]:
    return list(starts(event.start, event.rrule, event.rdates, until=until))


def _keys(found: list[When]) -> list[str]:
    return [key(each) for each in found]


def _pattern(expected: Event, after: Event) -> Cut | Repattern | None:
    """Another rule: ended earlier it is a cut, otherwise a new pattern; the same starts are no change."""
    if not recurs(after):
        return Repattern(None) if recurs(expected) else None
    if not recurs(expected):
        return Repattern(after.rrule, after.rdates)
    if _same_rule(expected, after):
        return None
    old, new = _both_starts(expected, after)
    if _keys(old) == _keys(new):
        return None
    if after.rrule is not None and _keys(new) == _keys(old)[: len(new)]:
        return Cut(old[len(new)], after.rrule)
    return Repattern(after.rrule, after.rdates)


def _same_rule(one: Event, other: Event) -> bool:
    """A quick look: spelled alike, from the same start in the same zone."""
    if one.rrule is None or other.rrule is None or one.rdates != other.rdates or one.start != other.start:
        return False
    in_zone = not isinstance(one.start, datetime) or one.start.tzinfo == getattr(other.start, "tzinfo", None)
    return in_zone and canonical(one.rrule) == canonical(other.rrule)


def _is_start(event: Event, on: When) -> bool:
    at = instant(on, _UTC)
    found = starts(event.start, event.rrule, event.rdates, since=at, until=at + _MOMENT)
    return any(same(each, on) for each in found)


def _resolved(on: When, series: Comparison) -> When | None:
    """The occurrence that the client names, in the moved series and its zone; None when there is none."""
    named = on
    if isinstance(on, datetime) and isinstance(series.expected.start, datetime):
        named = on.astimezone(series.expected.start.tzinfo)
    candidates = [named]
    if series.expected.start is not series.before.start and is_day(on) == is_day(series.before.start):
        candidates.append(shifted(on, series.before.start, series.expected.start))
    for each in candidates:
        if key(each) in series.shown or _is_start(series.after, each):
            return each
    return None


def whole(series: Comparison) -> Iterator[Change]:
    """What happened to the series as a whole: moved, cut, or given another pattern."""
    if series.expected is not series.before:
        yield Move(series.expected.start, series.expected.end)
    if series.pattern is not None:
        yield series.pattern


def removed_dates(series: Comparison, is_own: bool) -> Iterator[Change]:
    """EXDATEs that are new or taken back. One for a cancelled override says what we said (R-SER-3)."""
    old = {key(each): each for each in series.expected.exdates}
    new = {key(on): on for each in series.after.exdates for on in _excluded(each, series)}
    for name in sorted(new.keys() - old.keys() - series.sent.keys()):
        if name not in series.shown or series.shown[name].status != "CANCELLED":
            yield Delete(on=new[name]) if is_own else Cancel(on=new[name])
    for name in sorted(old.keys() - new.keys()):
        if _is_start(series.after, old[name]) and not _is_cut(series, old[name]):
            yield Restore(old[name]) if is_own else Undo(old[name])


def _excluded(exdate: When, series: Comparison) -> list[When]:
    """The occurrences that an EXDATE removes: one, or those of a day when it is a day beside timed starts."""
    after = series.after
    if is_day(exdate) and isinstance(after.start, datetime):
        noon = instant(exdate, _UTC)
        near = starts(after.start, after.rrule, after.rdates, since=noon - _DAY, until=noon + 2 * _DAY)
        return [each for each in near if day_of(each) == exdate]
    on = _resolved(exdate, series)
    return [] if on is None or _is_cut(series, on) else [on]


def _is_cut(series: Comparison, on: When) -> bool:
    cut = series.pattern
    return isinstance(cut, Cut) and instant(on, _UTC) >= instant(cut.at, _UTC)


def occurrences(series: Comparison, only_sent: bool) -> Iterator[tuple[When, Event, Event]]:
    """Occurrences with an override on either side: original start, event as shown, event as sent.

    An override that was dropped without an EXDATE fell back to the rule (SyncEvolution); `only_sent` leaves
    those out, for a document without its master.
    """
    gone = {key(on) for each in series.after.exdates for on in _excluded(each, series)}
    names = series.sent.keys() if only_sent else series.sent.keys() | series.shown.keys()
    for name in sorted(names):
        was, now = series.shown.get(name), series.sent.get(name)
        on = (now or was or series.before).recurrence_id
        if on is None or _is_cut(series, on) or (now is None and name in gone):
            continue
        if now is None and not _is_start(series.after, on):
            continue
        plain = _slot(series.before, on, series.expected)
        yield on, was or plain, now or _slot(series.after, on, series.after)


def _slot(texts: Event, on: When, times: Event) -> Event:
    """An occurrence without an override: the master's texts at its original start."""
    return replace(
        texts,
        start=on,
        end=plus(on, elapsed(times.start, times.end)),
        recurrence_id=on,
        rrule=None,
        rdates=(),
        exdates=(),
    )


def place(series: Comparison, on: When) -> Span:
    """Where an occurrence is unless it moved just now: one moved before stays, the rest goes along."""
    slot = Span(on, plus(on, elapsed(series.expected.start, series.expected.end)))
    own = series.shown.get(key(on))
    if own is None or own.recurrence_id is None:
        return slot
    old_on = on
    if series.expected is not series.before:
        old_on = _back(own, series)
    at_home = same(own.start, old_on) and same(
        own.end, plus(old_on, elapsed(series.before.start, series.before.end))
    )
    return slot if at_home else Span(own.start, own.end)


def _back(own: Event, series: Comparison) -> When:
    """The original start of a shown override before the series moved."""
    assert own.recurrence_id is not None
    if series.expected.start is series.before.start:
        return own.recurrence_id
    return shifted(own.recurrence_id, series.expected.start, series.before.start)
