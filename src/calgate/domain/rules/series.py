"""R-SER: series. R-SER-3 is diff's and the renderer's, R-SER-9 the reader's, R-SER-10 is recurrence."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import islice

from calgate.domain.case import Case
from calgate.domain.change import Cancel, Create, Cut, Edit, Move, Repattern, Replace, Undo
from calgate.domain.pack import Rule
from calgate.domain.recurrence import RuleError, occurrences, rule_parts, starts
from calgate.domain.rules.facts import (
    affected,
    by_practitioner,
    edits,
    is_client_kind,
    keeps_day,
    occurrence,
    of_org,
    on_of,
    past,
    started,
    tracked,
)
from calgate.domain.session import Fact, Session, Status
from calgate.domain.verdict import Notice, Opinion, Refused
from calgate.domain.when import TWO_YEARS, end_instant, instant

PAST = "Past appointments in a series can't be changed."
NOT_ALL = (
    "A series that has begun can't be changed as a whole. Change this appointment, or this and later ones."
)
PAST_STAYS = "Past appointments stay as they were. The change holds from the next appointment on."
PATTERN = "Use one weekly series per weekday."
LOCKED = (
    "A later appointment of this series is locked, so the series can't end here. Contact your organization."
)
MAX_INSTANCES = "{urn:ietf:params:xml:ns:caldav}max-instances"
MOST = 400
_LOCKS = frozenset({Fact.CLAIM, Fact.NOTE_SIGNED, Fact.BILLING_STARTED, Fact.PAYMENT_APPLIED})
_CLOSED = frozenset({Status.VALIDATING, Status.SUBMITTED})
_MONTHLY_DAY = re.compile(r"(\+?[1-4]|-1)(MO|TU|WE|TH|FR|SA|SU)")
_WEEKDAY = re.compile(r"MO|TU|WE|TH|FR|SA|SU")


def past_occurrences_stay(case: Case) -> Refused | None:
    """R-SER-1: past occurrences come out of a write as they were: same start, same end, still there."""
    session = case.session
    if session is None or not session.is_series or not tracked(case) or isinstance(case.change, Replace):
        return None
    if isinstance(case.change, Cut):
        changed = _cuts_past(case, session, case.change)
    elif on_of(case.change) is None:
        changed = _changes_whole_past(case, session)
    else:
        changed = past(case) and not _may_touch_past(case)
    return Refused("R-SER-1", PAST) if changed else None


def _changes_whole_past(case: Case, session: Session) -> bool:
    if isinstance(case.change, Cancel):
        return case.calendar and not _goes_on(case, session)
    if isinstance(case.change, Edit):
        return (case.calendar or by_practitioner(case)) and bool(_past_of(case, session))
    shifts = isinstance(case.change, (Move, Repattern))
    return shifts and _past_of(case, session) != _past_of(case, case.after)


def _goes_on(case: Case, session: Session) -> bool:
    """Whether anything of the series is still to come, which a cancel of all of it could take away."""
    found = occurrences(session, case.now, case.now + TWO_YEARS, case.practice.zone)
    return any(not started(each, case.now, case.practice.zone) for each in found)


def _may_touch_past(case: Case) -> bool:
    """Corrections of times (R-LOCK-5, R-ORG-7), and what is said outside a calendar (section 12)."""
    if not case.calendar and not isinstance(case.change, Move):
        return not isinstance(case.change, Cancel) or bool(case.change.type)
    signed = case.before is not None and Fact.NOTE_SIGNED in case.before.facts
    return keeps_day(case) and (signed or of_org(case))


def _cuts_past(case: Case, session: Session, cut: Cut) -> bool:
    zone = case.practice.zone
    at = instant(cut.at, zone)
    lost = starts(session.start, session.rrule, session.rdates, session.exdates, at, case.now + _LEAST)
    named = [each.on for each in session.overrides if instant(each.on, zone) >= at]
    return any(started(occurrence(session, on), case.now, zone) for on in [*lost, *named])


def _past_of(case: Case, session: Session | None) -> list[tuple[datetime, datetime]]:
    """Where the occurrences of the last two years were."""
    if session is None:
        return []
    zone = case.practice.zone
    found = occurrences(session, case.now - TWO_YEARS, case.now + _LEAST, zone)
    begun = (each for each in found if started(each, case.now, zone))
    return [(instant(each.start, zone), end_instant(each.end, zone)) for each in begun]


def whole_series(case: Case) -> Opinion | None:
    """R-SER-2: a running series that is changed as a whole is split; its past stays (domain.splitting)."""
    if case.history is None or on_of(case.change) is not None:
        return None
    if not edits(case) and not isinstance(case.change, Undo):
        return None
    if case.policy.series_all_edit == "refuse":
        return Refused("R-SER-2", NOT_ALL)
    return Notice("R-SER-2", PAST_STAYS)


def cut(case: Case) -> Refused | None:
    """R-SER-4: a series isn't ended before a locked occurrence."""
    if not isinstance(case.change, Cut):
        return None
    if not any(each.facts & _LOCKS or each.status in _CLOSED for each in affected(case)):
        return None
    return Refused("R-SER-4", LOCKED)


def pattern(case: Case) -> Refused | None:
    """R-SER-5: a series with a client recurs on one weekday, weekly or monthly."""
    new = _repeating(case)
    if case.policy.patterns == "any" or new is None or not is_client_kind(new):
        return None
    return None if _listed(new) else Refused("R-SER-5", PATTERN)


def _repeating(case: Case) -> Session | None:
    """The series as the change makes it, where it sets a pattern."""
    sets_pattern = isinstance(case.change, (Create, Repattern, Replace))
    return case.after if sets_pattern and case.after is not None and case.after.is_series else None


def _listed(session: Session) -> bool:
    """Weekly every 1, 2 or 4 weeks, any weeks with an end, or monthly on a numbered weekday."""
    if session.rrule is None or session.rdates:
        return False
    try:
        parts = {name.upper(): str(value).upper() for name, value in rule_parts(session.rrule).items()}
        interval = int(parts.get("INTERVAL", "1"))
    except ValueError:
        return False
    day, ends = parts.get("BYDAY", ""), bool({"UNTIL", "COUNT"} & parts.keys())
    if not parts.keys() <= {"FREQ", "INTERVAL", "BYDAY", "UNTIL", "COUNT", "WKST"}:
        return False
    if parts.get("FREQ") == "WEEKLY":
        return (not day or bool(_WEEKDAY.fullmatch(day))) and (ends or interval in (1, 2, 4))
    return parts.get("FREQ") == "MONTHLY" and interval == 1 and bool(_MONTHLY_DAY.fullmatch(day))


def limits(case: Case) -> Refused | None:
    """R-SER-11: at most 400 occurrences inside two years."""
    new = _repeating(case)
    if new is None or not _too_many(new, instant(new.start, case.practice.zone) + TWO_YEARS):
        return None
    sentence = f"A series can have {MOST} appointments within two years at most."
    return Refused("R-SER-11", sentence, precondition=MAX_INSTANCES)


def _too_many(session: Session, until: datetime) -> bool:
    try:
        found = starts(session.start, session.rrule, session.rdates, session.exdates, until=until)
        return sum(1 for _ in islice(found, MOST + 1)) > MOST
    except RuleError:
        return True


_LEAST = timedelta(microseconds=1)

RULES: tuple[Rule, ...] = (
    Rule("R-SER-1", "Past occurrences of a series stay as they were.", past_occurrences_stay),
    Rule(
        "R-SER-2",
        "A running series changed as a whole is split: its past stays.",
        whole_series,
        keys=("series_all_edit",),
    ),
    Rule("R-SER-4", "A series isn't ended before a locked occurrence.", cut),
    Rule("R-SER-5", "A series with a client recurs on one weekday.", pattern, keys=("patterns",)),
    Rule("R-SER-11", "A series has at most 400 occurrences inside two years.", limits, always=True),
)
