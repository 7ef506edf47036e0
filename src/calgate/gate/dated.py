"""Sessions with several dates: which date a copy stands for, and what its removal, its return and a duplicate
mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from calgate.domain.change import AddDate, Change, Delete, EditMarker, Hide, on_occurrence
from calgate.domain.dates import compared
from calgate.domain.disclosure import part_of, show
from calgate.domain.event import Document, is_marker
from calgate.domain.intent import removal
from calgate.domain.policy import Policy
from calgate.domain.practice import Practice
from calgate.domain.session import DATED_KINDS, Period, Session, Status
from calgate.store.resources import Copy


def on_date(session: Session, copy: Copy, changes: Sequence[Change]) -> Sequence[Change]:
    """Changes of the copy of one date name the date as it is now (R-DAT-8)."""
    period = _period(session, copy)
    if period is None:
        return changes
    several = len(session.dates) > 1
    return [
        on_occurrence(each, period.start) if several or getattr(each, "on", None) is not None else each
        for each in changes
    ]


def removed(session: Session, copy: Copy, policy: Policy) -> Sequence[Change]:
    """What a DELETE of the copy asks for: of a date, or all the dates that it shows, to be taken out."""
    change = removal(session, policy)
    if not session.dates or isinstance(change, Hide):
        return (change,)
    period = _period(session, copy)
    if period is not None:
        return (Delete(on=period.start),)
    if part_of(session, copy.uid):
        return (EditMarker(),)
    return tuple(Delete(on=each.start) for each in session.dates)


def returned(session: Session, copy: Copy, sent: Document, owner: str) -> Sequence[Change]:
    """What a PUT at the place of a date that was taken out asks for: the date back, where that can be."""
    if session.kind not in DATED_KINDS or session.status is Status.CANCELLED or session.practitioner != owner:
        return ()
    part = part_of(session, copy.uid)
    added = part == copy.uid
    if (
        sent.uid != copy.uid
        or _period(session, copy) is not None
        or not (added or part[:1].isdigit() or not session.dates)
    ):
        return ()
    dates = [
        each for each in compared(Document(uid=sent.uid, master=None), sent) if isinstance(each, AddDate)
    ]
    if len(dates) > 1:
        return dates
    return [replace(each, uid=part) if added else replace(each, key=part) for each in dates]


def added(
    session: Session, sent: Document, owner: str, practice: Practice, policy: Policy
) -> Sequence[Change]:
    """What a new event asks for that is a copy of one date's: one more date of its session (R-DAT-1).

    Nothing where it is an event of its own: somewhere else, recurring, cancelled, or like something else.
    """
    event = sent.master
    if session.kind not in DATED_KINDS or session.practitioner != owner or event is None:
        return ()
    if is_marker(event) or event.rrule or event.rdates or sent.overrides or event.status == "CANCELLED":
        return ()
    shown = show(session, practice, policy, policy.own_title)
    places = {each.master.location for each in shown.values() if each.master is not None}
    if "" in shown or event.location not in places or part_of(session, sent.uid) != sent.uid:
        return ()
    return (AddDate(event.start, event.end, uid=sent.uid),)


def _period(session: Session, copy: Copy) -> Period | None:
    part = part_of(session, copy.uid)
    return next((each for each in session.dates if each.key == part), None)
