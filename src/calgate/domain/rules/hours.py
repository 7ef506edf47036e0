"""R-HRS: hours assigned by the organization."""

from __future__ import annotations

from dataclasses import replace

from calgate.domain.case import Case
from calgate.domain.change import Create, Move, Repattern, Undo
from calgate.domain.hours import assignment_of, counted, key_of, length, period_of
from calgate.domain.pack import Rule
from calgate.domain.rules.facts import with_undo
from calgate.domain.session import Session, Status
from calgate.domain.verdict import Notice, Refused
from calgate.domain.week import local_day
from calgate.domain.when import zone_of

_TIMED = (Create, Move, Repattern, Undo)
_LEAST = 0.005
_WHEN = {"week": "this week", "month": "this month"}


def over_hours(case: Case) -> Notice | Refused | None:
    """R-HRS-1: more is scheduled than the hours assigned in the week, month or period."""
    if case.hours is None or case.after is None or not isinstance(case.change, _TIMED):
        return None
    was = _taken_back(case) if isinstance(case.change, Move) and with_undo(case) else case.before
    after, before = _hours(case, case.after), _hours(case, was) if was else 0.0
    stays = case.hours.period is not None or _period(case, case.after) == _period(case, case.before)
    if after <= before and stays:
        return None
    over = case.hours.scheduled + after - case.hours.assigned
    if over < _LEAST:
        return None
    sentence = f"{round(over, 2):g} h over the hours assigned {_WHEN.get(case.hours.per, 'in this period')}"
    # Undoing is always allowed, the hours were assigned once (R-STA-4).
    if case.policy.hours_over == "refuse" and not isinstance(case.change, Undo):
        return Refused("R-HRS-1", f"{sentence}. Contact your organization.")
    return Notice("R-HRS-1", sentence)


def _taken_back(case: Case) -> Session | None:
    """What a move touches as the Undo beside it leaves it, which is judged by itself."""
    return case.before and replace(case.before, status=Status.SCHEDULED)


def _period(case: Case, session: Session | None) -> object:
    """First and last day of the period that a session is counted in; None without an assignment."""
    assignment = assignment_of(case.practice, session) if session else None
    if assignment is None or session is None:
        return None
    day = local_day(session.start, zone_of(session.start, case.practice.zone))
    return period_of(assignment, day, case.policy.week_start)


def _hours(case: Case, session: Session) -> float:
    """Hours that a session takes of the period in question, else of its own: every occurrence of a series
    there."""
    period = case.hours.period if case.hours and case.hours.period else _period(case, session)
    if not isinstance(period, tuple):
        return length(session)
    return counted(session, period, case.practice.zone, key_of(case.after or session))


RULES: tuple[Rule, ...] = (
    Rule(
        "R-HRS-1",
        "More hours than assigned are told, or refused.",
        over_hours,
        keys=("hours_over", "week_start"),
    ),
)
