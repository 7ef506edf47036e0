"""The difference between what a viewer was last shown and what it sent, as changes (R-GEN-2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from calgate.domain import dates, series
from calgate.domain.change import (
    Accept,
    AddDate,
    Cancel,
    Change,
    Edit,
    EditMarker,
    Field,
    Move,
    Repattern,
    Undo,
)
from calgate.domain.event import Document, Event, is_marker
from calgate.domain.fields import View, cancellation, field_changes
from calgate.domain.policy import Policy
from calgate.domain.practice import Practice
from calgate.domain.session import Session, Status
from calgate.domain.when import Span, When, in_utc, key, same


def diff(
    shown: Document, sent: Document, session: Session, practice: Practice, policy: Policy
) -> tuple[Change, ...]:
    """What the person changed, in an order in which `apply` can lay it on; empty for an echo.

    Noise, generated text, masked names and unknown places are no difference. Changes of the whole series come
    first, and `on` then counts in the series as they leave it. RuleError when a sent rule can't be read.
    """
    view = View(session, practice, policy)
    if shown.master is None:
        return ()
    if session.dates:
        return tuple(_dated(shown, shown.master, _whole(shown, sent), view))
    master = sent.master
    if series.recurs(shown.master) or (master is not None and series.recurs(master)):
        return tuple(_series(shown, shown.master, sent, view))
    if master is None:
        if not sent.overrides:
            return ()
        master = replace(sent.overrides[0], recurrence_id=None)
    return tuple(_single(shown.master, master, view))


def _single(shown: Event, sent: Event, view: View) -> Iterator[Change]:
    yield from released(shown, sent, None, view)
    yield from moved(Span(shown.start, shown.end), sent, None, view)
    yield from field_changes(shown, sent, None, view)
    yield from cancelled(shown, sent, None, view)


def _dated(shown: Document, before: Event, sent: Document, view: View) -> Iterator[Change]:
    """One date of a session with several, or all of them: texts are the session's, times are a date's."""
    after = sent.master if sent.master is not None else before
    times = (
        replace(each, start=_in_zone(each.start, before.start), end=_in_zone(each.end, before.start))
        if isinstance(each, Move | AddDate)
        else each
        for each in dates.compared(shown, sent)
    )
    if is_marker(before):
        if any(times) or after.status == "CANCELLED" or after.rrule is not None:
            yield EditMarker()
        return
    yield from released(before, after, None, view)
    if after.rrule is not None:
        yield Repattern(after.rrule)
    yield from times
    yield from field_changes(before, after, None, view)
    several = len(view.session.dates) > 1 and not series.recurs(before)
    yield from cancelled(before, after, before.start if several else None, view)


def _whole(shown: Document, sent: Document) -> Document:
    """A single event that was sent as an occurrence of itself, as itself."""
    recurs = shown.master is not None and series.recurs(shown.master)
    if recurs or sent.master is not None or not sent.overrides:
        return sent
    return replace(sent, master=replace(sent.overrides[0], recurrence_id=None), overrides=())


def released(shown: Event, sent: Event, on: When | None, view: View) -> Iterator[Change]:
    """A cancellation taken back (R-STA-4), a request accepted (R-STA-7). A STATUS left out says neither."""
    if sent.status == "CANCELLED" or not sent.status_stated:
        return
    if shown.status == "CANCELLED":
        yield Undo(on)
    elif view.session.status is Status.REQUESTED and shown.status == "TENTATIVE" != sent.status:
        yield Accept()


def cancelled(shown: Event, sent: Event, on: When | None, view: View) -> Iterator[Cancel]:
    """STATUS:CANCELLED where it was not shown."""
    if sent.status == "CANCELLED" != shown.status:
        yield cancellation(sent, view.policy, on)


def moved(place: Span, sent: Event, on: When | None, view: View) -> Iterator[Move]:
    """Other instants than those of `place` (R-GEN-5). The zone stays, save that of somebody's own event:
    weeks and days of a session are counted in it."""
    if not (same(place.start, sent.start) and same(place.end, sent.end)):
        stays = not view.is_own
        yield Move(_in_zone(sent.start, place.start, stays), _in_zone(sent.end, place.start, stays), on)


def _in_zone(when: When, like: When, stays: bool = False) -> When:
    """A time that the client wrote in UTC, in the zone it was shown in: UTC says where nobody is. With
    `stays` a time in any other zone, too."""
    if not isinstance(when, datetime) or not isinstance(like, datetime):
        return when
    return when.astimezone(like.tzinfo) if stays or in_utc(when) else when


def _series(shown: Document, before: Event, sent: Document, view: View) -> Iterator[Change]:
    found = series.compare(shown, before, sent)
    after = sent.master
    whole: list[Change] = []
    if after is not None:
        whole = [
            *released(before, after, None, view),
            *field_changes(before, after, None, view),
            *series.whole(found),
        ]
        yield from whole
        ends = list(cancelled(before, after, None, view))
        yield from ends
        if ends or not series.recurs(after):
            return
        yield from series.removed_dates(found, view.is_own)
    for on, was, now in series.occurrences(found, only_sent=after is None):
        as_shown = was
        if Undo() in whole and was.status == "CANCELLED" and not _own_cancel(view.session, on):
            as_shown = replace(was, status="CONFIRMED")
        place, edits = series.place(found, on), [each for each in whole if isinstance(each, Edit)]
        if key(on) in found.shown and was.status != "CANCELLED":
            edits = []
        yield from _occurrence(as_shown, now, on, view, place, edits)


def _own_cancel(session: Session, on: When) -> bool:
    own = session.override(on)
    return own is not None and own.status is Status.CANCELLED


def _occurrence(
    was: Event, now: Event, on: When, view: View, place: Span, along: list[Edit]
) -> Iterator[Change]:
    """Changes of one occurrence; `along` are the edits of the series that go for it, too."""
    if was.status == "CANCELLED" and (now.status == "CANCELLED" or not now.status_stated):
        return
    if now.status == "CANCELLED":
        yield cancellation(now, view.policy, on)
        return
    if was.status == "CANCELLED":
        yield Undo(on)
    yield from moved(place, now, on, view)
    edits = list(field_changes(was, now, on, view))
    yield from (each for each in edits if not isinstance(each, Edit) or replace(each, on=None) not in along)
    # Written with the old text while the series gets a new one: it keeps the old. Of TRANSP it can't be told.
    named = {each.field for each in edits if isinstance(each, Edit)} | {Field.BUSY}
    for each in along:
        if each.field not in named:
            yield Edit(each.field, getattr(view.session, each.field.value), on)
