"""What rules of several families ask about a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from calgate.domain.case import Case
from calgate.domain.change import (
    AddDate,
    Cancel,
    Change,
    Cut,
    Delete,
    Edit,
    Move,
    Repattern,
    Replace,
    Restore,
    Undo,
)
from calgate.domain.dates import each_date
from calgate.domain.recurrence import starts
from calgate.domain.session import CLIENT_KINDS, Fact, Override, Period, ScheduledBy, Session, Status
from calgate.domain.week import same_day
from calgate.domain.when import Span, When, elapsed, instant, plus, same, zone_of

_UTC, _MOMENT = ZoneInfo("UTC"), timedelta(seconds=1)


def by_practitioner(case: Case) -> bool:
    """Whether a practitioner asks, not the organization."""
    return case.actor.role == "practitioner"


def is_client_kind(session: Session | None) -> bool:
    """Whether the session is one with a client (section 12, Defaults)."""
    return session is not None and session.kind in CLIENT_KINDS


def of_org(case: Case) -> bool:
    """Whether what the change touches was scheduled by the organization."""
    return case.before is not None and case.before.scheduled_by is ScheduledBy.ORG


def zone(case: Case) -> ZoneInfo:
    """Where weeks and days are counted (R-ORG-8): in the zone of the organization's own schedule, which no
    calendar rewrites, else in the session's."""
    session = case.session or case.after
    if session is None:
        return case.practice.zone
    return zone_of((session.original or session).start, case.practice.zone)


def started(session: Session, now: datetime, default: ZoneInfo) -> bool:
    """Whether the session is past: start at or before the receipt of the write (R-GEN-6)."""
    return instant(session.start, default) <= now


def past(case: Case) -> bool:
    """Whether what the change touches has started already; never true of a series as a whole."""
    if case.before is None or case.before.is_series:
        return False
    return started(case.before, case.now, case.practice.zone)


def on_of(change: Change) -> When | None:
    """The occurrence that a change names, if it names one."""
    return getattr(change, "on", None)


def covers(change: Change, other: Change) -> bool:
    """Whether a change touches all that another one does: the same occurrence, or the whole session."""
    one, two = on_of(change), on_of(other)
    return one is None or (two is not None and same(one, two))


def with_undo(case: Case) -> bool:
    """Whether the write also takes a cancellation of the same thing back (R-STA-4)."""
    return any(isinstance(each, Undo) and covers(each, case.change) for each in case.changes)


def edits(case: Case) -> bool:
    """Whether the change edits or moves, rather than cancels, deletes or restores."""
    if isinstance(case.change, Replace):
        return case.session is not None and case.after is not None and _differ(case.session, case.after)
    return isinstance(case.change, (Edit, Move, Repattern, Restore, AddDate))


def cancels(change: Change) -> bool:
    """Whether the change takes something off the calendar."""
    return isinstance(change, (Cancel, Delete, Cut))


def deletes(change: Change) -> bool:
    """Whether it is judged as a delete, a cut of a series included (section 12, Verbs; R-SER-4)."""
    return isinstance(change, (Delete, Cut)) or (isinstance(change, Cancel) and change.deleted)


def tracked(case: Case) -> bool:
    """Whether the session itself changes: not a fact, a state, an answer to a request or a hiding."""
    return edits(case) or cancels(case.change) or isinstance(case.change, Undo)


def keeps_day(case: Case) -> bool:
    """Whether the change only corrects times and stays on the same day (R-LOCK-5, R-ORG-7)."""
    if not isinstance(case.change, Move) or case.before is None or case.after is None:
        return False
    before, after = Span(case.before.start, case.before.end), Span(case.after.start, case.after.end)
    return same_day(before, after, zone(case))


def original(case: Case) -> Span:
    """Where the organization put what the change touches: the yardstick of R-ORG-2, 3 and 8."""
    assert case.before is not None
    on, session = on_of(case.change), case.session
    if case.before.original is not None:
        return case.before.original
    if on is not None and session is not None:
        return Span(on, plus(on, elapsed(session.start, session.end)))
    return Span(case.before.start, case.before.end)


def occurrence(session: Session, on: When) -> Session:
    """One occurrence of a series as a session of its own."""
    return session.at(on, plus(on, elapsed(session.start, session.end)))


def affected(case: Case) -> tuple[Session, ...]:
    """What the change touches: one session or occurrence; or a series and its overrides, as sessions.

    What cancels or cuts a series leaves its past alone (section 12, Verbs).
    """
    session = case.session
    if case.before is None or session is None:
        return ()
    if session.dates and on_of(case.change) is None and not isinstance(case.change, AddDate):
        return (case.before, *each_date(session))
    if not session.is_series or on_of(case.change) is not None:
        return (case.before,)
    own = (occurrence(session, each.on) for each in session.overrides if _touches(case, session, each))
    return (session, *own)


def _touches(case: Case, session: Session, own: Override) -> bool:
    change, default = case.change, case.practice.zone
    if isinstance(change, Cut) and instant(own.on, default) < instant(change.at, default):
        return False
    # A pattern leaves the past alone, too, or R-SER-1 refuses it.
    if cancels(change) or isinstance(change, Repattern):
        return not started(occurrence(session, own.on), case.now, default)
    if isinstance(change, Edit):
        return getattr(own, change.field.value, None) is None
    if isinstance(change, Replace) and case.after is not None and _has_slot(case.after, own.on):
        return _differ(occurrence(session, own.on), occurrence(case.after, own.on))
    return True


def affected_with(case: Case, *facts: Fact) -> bool:
    """Whether anything that the change touches carries one of the facts."""
    return any(each.facts & set(facts) for each in affected(case))


def _has_slot(session: Session, on: When) -> bool:
    """Whether one of the series' original starts is `on`."""
    if not session.is_series:
        return False
    at = instant(on, _UTC)
    return any(starts(session.start, session.rrule, session.rdates, session.exdates, at, at + _MOMENT))


def _differ(one: Session, other: Session) -> bool:
    return _content(one) != _content(other)


def _content(session: Session) -> Session:
    """The session without what the practice system records beside it: facts, checks, numbers."""
    plain = [
        replace(each, facts=frozenset(), original=None, status=_cancelled(each.status))
        for each in session.overrides
    ]
    return replace(
        session,
        facts=frozenset(),
        status=_cancelled(session.status) or Status.SCHEDULED,
        status_reason="",
        original=None,
        revision=0,
        consent={},
        requested_on=None,
        dates=tuple(Period(each.start, each.end) for each in session.dates),
        overrides=tuple(each for each in plain if each != Override(on=each.on)),
    )


def _cancelled(status: Status | None) -> Status | None:
    return status if status is Status.CANCELLED else None
