"""R-ORG: what a practitioner may do with the organization's sessions. R-ORG-1 permits what is left."""

from __future__ import annotations

from datetime import timedelta

from calgate.domain.case import Case
from calgate.domain.change import Create, Edit, Field, Move, Repattern
from calgate.domain.pack import Rule
from calgate.domain.recurrence import starts
from calgate.domain.rules.facts import (
    by_practitioner,
    cancels,
    is_client_kind,
    keeps_day,
    of_org,
    on_of,
    original,
    past,
    zone,
)
from calgate.domain.session import Session, Status
from calgate.domain.verdict import Notice, Opinion, Refused
from calgate.domain.week import same_week
from calgate.domain.when import TWO_YEARS, Span, When, elapsed, instant, key, plus

OTHER_WEEK = (
    "Sessions scheduled by your organization can only move within the same week. "
    "Contact your organization to reschedule."
)
OTHER_PATTERN = (
    "Your organization decides when this session repeats. Contact your organization to change that."
)
_REFUSED_FIELDS = frozenset({Field.CLIENT, Field.SERVICE, Field.PRACTITIONER})
_PLACE_FIELDS = frozenset({Field.LOCATION, Field.ROOM, Field.PLACE})


def move_to_another_week(case: Case) -> Refused | None:
    """R-ORG-2: a move leaves the week of the organization's own schedule (counted by R-ORG-8)."""
    if not _moves(case) or _whole_series(case) or case.after is None:
        return None
    moved = Span(case.after.start, case.after.end)
    if same_week(original(case), moved, case.policy.week_start, zone(case)):
        return None
    return Refused("R-ORG-2", OTHER_WEEK)


def lengthen(case: Case) -> Refused | None:
    """R-ORG-3: longer, in elapsed seconds, than the organization scheduled; not than it is now."""
    if not _moves(case) or _difference(case) <= timedelta():
        return None
    return Refused("R-ORG-3", "Contact your organization to lengthen this session.")


def shorten(case: Case) -> Refused | None:
    """R-ORG-4: shorter than the organization scheduled, where the policy forbids it."""
    if case.policy.org_shrink == "allow" or not _moves(case) or _difference(case) >= timedelta():
        return None
    return Refused("R-ORG-4", "Contact your organization to shorten this session.")


def cancel(case: Case) -> Refused | None:
    """R-ORG-5: a cancel, a delete, a removed occurrence, or a pattern that leaves some out."""
    if not of_org(case) or not (cancels(case.change) or _thins(case)):
        return None
    sentence = "You can't cancel sessions scheduled by your organization. Contact your organization."
    return Refused("R-ORG-5", sentence)


def edit(case: Case) -> Refused | None:
    """R-ORG-6: client, service, practitioner, and by policy the place, are the organization's."""
    if not of_org(case) or not isinstance(case.change, Edit):
        return None
    field = case.change.field
    if field in _REFUSED_FIELDS or (field in _PLACE_FIELDS and case.policy.org_location == "refuse"):
        return Refused("R-ORG-6", f"Contact your organization to change the {field.value}.")
    return None


def move_when_past(case: Case) -> Refused | None:
    """R-ORG-7: once started, times are only corrected, on the same day, until it is ready to submit."""
    if not _moves(case) or not past(case) or case.before is None:
        return None
    if keeps_day(case) and case.before.status is not Status.READY_TO_SUBMIT:
        return None
    sentence = "This session has started and can't be moved any more. Contact your organization."
    return Refused("R-ORG-7", sentence)


def shift_series(case: Case) -> Refused | None:
    """R-ORG-9: a whole series shifts only if every future occurrence stays in its week; its pattern stays. A
    single session stays single."""
    if not of_org(case):
        return None
    shifts = isinstance(case.change, Move) and _whole_series(case) and not _every_week_kept(case)
    if shifts:
        return Refused("R-ORG-9", OTHER_WEEK)
    return Refused("R-ORG-9", OTHER_PATTERN) if isinstance(case.change, Repattern) else None


def create(case: Case) -> Opinion | None:
    """R-ORG-10: practitioners add client sessions where the organization lets them; a place is wanted."""
    if not isinstance(case.change, Create) or not is_client_kind(case.change.session):
        return None
    if case.policy.self_schedule == "refuse":
        sentence = "Your organization doesn't let you add sessions. Contact your organization."
        return Refused("R-ORG-10", sentence)
    if by_practitioner(case) and not (case.change.session.location or case.change.session.place):
        return Notice("R-ORG-10", "Add a location: your organization needs it to validate the session.")
    return None


def _moves(case: Case) -> bool:
    return of_org(case) and isinstance(case.change, Move)


def _whole_series(case: Case) -> bool:
    return case.session is not None and case.session.is_series and on_of(case.change) is None


def _difference(case: Case) -> timedelta:
    """How much longer than the organization's own schedule the session becomes."""
    if case.after is None:
        return timedelta()
    scheduled = original(case)
    return elapsed(case.after.start, case.after.end) - elapsed(scheduled.start, scheduled.end)


def _every_week_kept(case: Case) -> bool:
    if case.session is None or case.after is None:
        return True
    old, new = _starts(case, case.session), _starts(case, case.after)
    length = elapsed(case.after.start, case.after.end)
    return len(old) == len(new) and all(
        same_week(Span(on, on), Span(start, plus(start, length)), case.policy.week_start, zone(case))
        for on, start in zip(old, new, strict=True)
        if instant(on, case.practice.zone) > case.now
    )


def _thins(case: Case) -> bool:
    """Whether another pattern leaves coming occurrences out."""
    if not isinstance(case.change, Repattern) or case.session is None or case.after is None:
        return False
    old, new = _coming(case, case.session), _coming(case, case.after)
    return not old <= new


def _coming(case: Case, session: Session) -> set[str]:
    window = case.now, case.now + TWO_YEARS
    return {key(each) for each in starts(session.start, session.rrule, session.rdates, (), *window)}


def _starts(case: Case, session: Session) -> list[When]:
    """As many original starts as the series has now until two years ahead."""
    assert case.session is not None
    now = case.session
    count = sum(1 for _ in starts(now.start, now.rrule, now.rdates, now.exdates, until=case.now + TWO_YEARS))
    return list(starts(session.start, session.rrule, session.rdates, session.exdates, limit=count))


RULES: tuple[Rule, ...] = (
    Rule(
        "R-ORG-2",
        "A move stays in the week that the organization chose.",
        move_to_another_week,
        keys=("week_start",),
    ),
    Rule("R-ORG-3", "A session doesn't get longer than the organization scheduled.", lengthen),
    Rule("R-ORG-4", "A session may get shorter, if the policy allows it.", shorten, keys=("org_shrink",)),
    Rule("R-ORG-5", "An organization's session can't be cancelled or deleted.", cancel),
    Rule(
        "R-ORG-6",
        "Client, service, practitioner and place are the organization's.",
        edit,
        keys=("org_location",),
    ),
    Rule("R-ORG-7", "A past session's times are only corrected, on the same day.", move_when_past),
    Rule(
        "R-ORG-9",
        "A series shifts only if every future occurrence stays in its week.",
        shift_series,
        keys=("week_start",),
    ),
    Rule(
        "R-ORG-10",
        "Client sessions are added only where the organization allows it.",
        create,
        keys=("self_schedule",),
    ),
)
