"""The dates of a session with several: changing them, telling them apart, comparing two versions of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from calgate.domain.change import AddDate, Cancel, Change, Cut, Delete, Move, Repattern, SetFact
from calgate.domain.consent import settled
from calgate.domain.event import Document, Event
from calgate.domain.practice import Practice
from calgate.domain.recurrence import starts
from calgate.domain.session import DATED_KINDS, NO_DATE, Kind, Period, Session
from calgate.domain.when import Span, When, day_of, elapsed, instant, is_day, key, plus, same

MOST_DATES = 100
_DAY = timedelta(days=1)


def keyed(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The periods with a key each: the day for those that have none, numbered where that is taken."""
    given = tuple(periods)
    taken = {each.key for each in given}
    named: list[Period] = []
    for each in given:
        named.append(each if each.key else replace(each, key=_unused(f"{day_of(each.start):%Y%m%d}", taken)))
        taken.add(named[-1].key)
    return tuple(named)


def _unused(name: str, taken: set[str]) -> str:
    numbered = (f"{name}-{number}" for number in count(2))
    return name if name not in taken else next(each for each in numbered if each not in taken)


def with_dates(session: Session, periods: Iterable[Period], zone: ZoneInfo) -> Session:
    """The session on these dates in order, start and end being the first; without any it is unscheduled."""
    ordered = keyed(sorted(periods, key=lambda each: (instant(each.start, zone), each.key)))
    first = ordered[0] if ordered else Period(NO_DATE, NO_DATE + _DAY)
    return replace(session, dates=ordered, start=first.start, end=first.end)


def laid_on(session: Session, change: Change, practice: Practice, now: datetime) -> Session | None:
    """The session after a change of its dates; None when the change is about something else."""
    periods = _changed(session, change)
    if periods is None:
        return None
    return settled(session, with_dates(session, periods, practice.zone), now, practice.zone, recompute=True)


def _changed(session: Session, change: Change) -> Iterable[Period] | None:
    if session.kind not in DATED_KINDS:
        return None
    if isinstance(change, AddDate):
        return (*session.dates, Period(change.start, change.end, change.key, uid=change.uid))
    if isinstance(change, Repattern | Cut) and session.dates:
        return session.dates
    on: When | None = getattr(change, "on", None)
    if isinstance(change, Move) and on is None and session.dates:
        on = session.dates[0].start
    if on is None or not session.dates:
        return None
    match change:
        case Move(start=start, end=end):
            return [
                replace(each, start=start, end=end) if same(each.start, on) else each
                for each in session.dates
            ]
        case Delete() | Cancel():
            return [each for each in session.dates if not same(each.start, on)]
        case SetFact(fact=fact, value=value):
            return [_recorded(each, fact, value) if same(each.start, on) else each for each in session.dates]
    return None


def _recorded(period: Period, fact: object, value: bool) -> Period:
    others = frozenset(each for each in period.facts if each != fact)
    return replace(period, facts=others | {fact} if value else others)  # type: ignore[arg-type]


def carried(old: Session, new: Session) -> Session:
    """`new`, another version of `old`, with the keys and UIDs of the dates that it keeps or moves.

    A date is the one of the same start, else the one of the same day, else the next of those that are gone.
    """
    free, named = list(keyed(old.dates)), dict[int, Period]()
    for alike in (_same_start, _same_day, _any):
        for index, each in enumerate(new.dates):
            found = next((one for one in free if index not in named and alike(one, each)), None)
            if found is not None:
                named[index] = found
                free.remove(found)
    none = Period(old.start, old.end)
    pairs = ((each, named.get(index, none)) for index, each in enumerate(new.dates))
    return replace(new, dates=keyed(replace(each, key=was.key, uid=was.uid) for each, was in pairs))


def _same_start(one: Period, other: Period) -> bool:
    return same(one.start, other.start)


def _same_day(one: Period, other: Period) -> bool:
    return day_of(one.start) == day_of(other.start)


def _any(one: Period, other: Period) -> bool:
    return True


def on_date(session: Session, period: Period) -> Session:
    """One date as a session at that time, with the facts of both; it still knows all the dates."""
    return replace(
        session, start=period.start, end=period.end, facts=session.facts | period.facts, original=None
    )


def each_date(session: Session) -> tuple[Session, ...]:
    """Every date as a session of its own."""
    return tuple(on_date(session, each) for each in session.dates)


def touched(session: Session, change: Change) -> Session:
    """The date that a change names, before it or after it; else the session."""
    on: When | None = getattr(change, "on", None)
    for start in (on, change.start if isinstance(change, Move) else None):
        found = next((each for each in session.dates if start is not None and same(each.start, start)), None)
        if found is not None:
            return on_date(session, found)
    return session


def spans(session: Session | None) -> tuple[tuple[str, str], ...]:
    """When the dates are, to be compared."""
    return tuple((key(each.start), key(each.end)) for each in session.dates) if session else ()


def is_unscheduled(session: Session) -> bool:
    """Whether a session of several dates has none, and is on no calendar (R-DAT-1)."""
    return not session.dates and (session.kind is Kind.SCHOOL_SESSION or session.start == NO_DATE)


def whole_days(session: Session) -> bool:
    """Whether every date is one whole day, so that RDATE;VALUE=DATE can say them (R-DAT-8)."""
    return all(is_day(each.start) and elapsed(each.start, each.end) == _DAY for each in session.dates)


def compared(shown: Document, sent: Document) -> Iterator[Change]:
    """The dates that were moved, removed and added between what was shown and what was sent."""
    old, new = _times(shown, ()), _times(sent, shown.events[:1])
    pairs = [(old[name], new[name]) for name in sorted(old.keys() & new.keys())]
    gone = [old[name] for name in sorted(old.keys() - new.keys())]
    added = [new[name] for name in sorted(new.keys() - old.keys())]
    pairs += zip(gone, added, strict=False)
    yield from _moves([(was, now) for was, now in pairs if not _same_span(was, now)])
    for was in gone[len(added) :]:
        yield Delete(on=was.start)
    for now in added[len(gone) :]:
        yield AddDate(now.start, now.end)


def _moves(pairs: list[tuple[Span, Span]]) -> Iterator[Move]:
    """The moves in an order in which none goes to where another date still is, if there is one."""
    waiting = list(pairs)
    while waiting:
        taken = [key(was.start) for was, _ in waiting]
        free = next((n for n, (_, now) in enumerate(waiting) if key(now.start) not in taken), 0)
        was, now = waiting.pop(free)
        yield Move(now.start, now.end, was.start)


def _same_span(one: Span, other: Span) -> bool:
    return same(one.start, other.start) and same(one.end, other.end)


def _times(document: Document, otherwise: tuple[Event, ...]) -> dict[str, Span]:
    """The dates that a document names, by original start; those of `otherwise` where it has no master."""
    master = document.master if document.master is not None else next(iter(otherwise), None)
    if master is None:
        return {}
    length = elapsed(master.start, master.end)
    found = {
        key(each): Span(each, plus(each, length))
        for each in starts(master.start, None, master.rdates, master.exdates, limit=MOST_DATES + 1)
    }
    for own in document.overrides:
        name = key(own.recurrence_id) if own.recurrence_id is not None else ""
        if own.status == "CANCELLED":
            found.pop(name, None)
        elif name in found:
            found[name] = Span(own.start, own.end)
    return found
