"""R-HRS: hours assigned by the organization."""

from __future__ import annotations

from calgate.domain.case import Case
from calgate.domain.change import Create, Move
from calgate.domain.hours import assignment_of, counted, length, period_of
from calgate.domain.pack import Rule
from calgate.domain.session import Session
from calgate.domain.verdict import Notice, Refused
from calgate.domain.week import local_day
from calgate.domain.when import zone_of

_LEAST = 0.005
_WHEN = {"week": "this week", "month": "this month"}


def over_hours(case: Case) -> Notice | Refused | None:
    """R-HRS-1: more is scheduled than the hours assigned in the week, month or period."""
    if case.hours is None or case.after is None or not isinstance(case.change, (Create, Move)):
        return None
    after, before = _hours(case, case.after), _hours(case, case.before) if case.before else 0.0
    stays = case.hours.period is not None or _period(case, case.after) == _period(case, case.before)
    if after <= before and stays:
        return None
    over = case.hours.scheduled + after - case.hours.assigned
    if over < _LEAST:
        return None
    sentence = f"{round(over, 2):g} h over the hours assigned {_WHEN.get(case.hours.per, 'in this period')}"
    if case.policy.hours_over == "refuse":
        return Refused("R-HRS-1", f"{sentence}. Contact your organization.")
    return Notice("R-HRS-1", sentence)


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
    return counted(session, period, case.practice.zone) if isinstance(period, tuple) else length(session)


RULES: tuple[Rule, ...] = (
    Rule(
        "R-HRS-1",
        "More hours than assigned are told, or refused.",
        over_hours,
        keys=("hours_over", "week_start"),
    ),
)
