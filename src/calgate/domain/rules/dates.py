"""R-DAT: sessions with several dates. R-DAT-2 and 6 are domain.consent's, R-DAT-8 is disclosure's."""

from __future__ import annotations

from datetime import timedelta

from calgate.domain.case import Case
from calgate.domain.change import (
    AddDate,
    Create,
    Cut,
    Delete,
    Edit,
    EditMarker,
    Field,
    Hide,
    Move,
    Repattern,
    Replace,
)
from calgate.domain.consent import academic_year, days_of, has_opened, opens_on, wrong_days
from calgate.domain.dates import MOST_DATES, spans
from calgate.domain.pack import Rule
from calgate.domain.rules.facts import affected_with, cancels, edits, on_of, tracked
from calgate.domain.session import DATED_KINDS, Fact, Kind, Period, Session
from calgate.domain.texts import day_words
from calgate.domain.verdict import Notice, Refused
from calgate.domain.when import elapsed, is_day, key

BOOKED = "Appointments are booked. Change this in the practice system."
RECORDED = "Attendance is recorded for this date. Contact your organization to change it."
TOLD = "Parents were told the old dates"
UPLOAD = "Upload vaccination records and class lists first"
READ_ONLY = "Consent days follow from the dates of the session. Move a date instead."
LONGEST = timedelta(hours=24)
_DAY = timedelta(days=1)
_PLACE = frozenset({Field.LOCATION, Field.ROOM, Field.PLACE})
_TYPES = {Kind.SCHOOL_SESSION: "school", Kind.CLINIC_SESSION: "clinic"}


def dates(case: Case) -> Refused | None:
    """R-DAT-1: dates are unique, inside one academic year, whole days in schools; without any:
    unscheduled."""
    if _of(case.session) and isinstance(case.change, (Repattern, Cut)):
        return Refused("R-DAT-1", "The dates of this session are changed one by one.")
    after = case.after
    # Between the changes of one write dates may meet; what counts is where it ends.
    if after is None or not _of(after) or case.change is not case.changes[-1]:
        return None
    if case.session is not None and spans(case.session) == spans(after):
        return None
    sentence = _wrong_dates(after, case.policy.academic_year_start) or _lost_times(case)
    return Refused("R-DAT-1", sentence) if sentence else None


def _wrong_dates(session: Session, year_start: str) -> str:
    if len(session.dates) > MOST_DATES:
        return f"A session can have {MOST_DATES} dates at most."
    if len({key(each.start) for each in session.dates}) < len(session.dates):
        return "This session has that date already."
    if any(not _fits(session, each) for each in session.dates):
        if session.kind is Kind.SCHOOL_SESSION:
            return "A school session takes whole days, each a date of its own."
        return "A clinic's times end after they start, within 24 hours."
    days = days_of(session)
    if not days:
        return ""
    first, last = academic_year(days[0], year_start)
    if days[-1] <= last:
        return ""
    return f"All dates must be in one academic year, {day_words(first)} to {day_words(last)}."


def _fits(session: Session, period: Period) -> bool:
    length = elapsed(period.start, period.end)
    if is_day(period.start) or session.kind is Kind.SCHOOL_SESSION:
        return is_day(period.start) and length == _DAY
    return timedelta() < length <= LONGEST


def _lost_times(case: Case) -> str:
    """A clinic's times that a move made a whole day of."""
    clinic = case.before is not None and case.before.kind is Kind.CLINIC_SESSION
    if not clinic or not isinstance(case.change, Move) or case.before is None:
        return ""
    return "Give a start and end time." if is_day(case.change.start) and not is_day(case.before.start) else ""


def consent(case: Case) -> Refused | None:
    """R-DAT-3: the consent days that the practice sets; those that have passed are not judged again."""
    if not isinstance(case.change, (Create, Replace)) or case.after is None or not _of(case.after):
        return None
    before = case.session
    if before is not None and _opened(case) and opens_on(before) == opens_on(case.after):
        return None
    sentence = wrong_days(case.after)
    return Refused("R-DAT-3", sentence) if sentence else None


def told(case: Case) -> Notice | None:
    """R-DAT-4: dates that change when requests have gone out."""
    if case.after is None or not _of(case.session) or spans(case.session) == spans(case.after):
        return None
    return Notice("R-DAT-4", TOLD) if _opened(case) else None


def fixed(case: Case) -> Refused | None:
    """R-DAT-5: what stays once consent is open, and of a clinic with bookings."""
    before, after = case.session, case.after
    if before is None or not _of(before):
        return None
    if _moves_booked(case, before):
        return Refused("R-DAT-5", BOOKED)
    if after is None or not _opened(case):
        return None
    if set(before.year_groups) != set(after.year_groups):
        return Refused("R-DAT-5", "Consent is open, so the year groups stay as they are.")
    if set(before.programmes) - set(after.programmes):
        return Refused("R-DAT-5", "Consent is open, so programmes can be added but not removed.")
    return None


def _moves_booked(case: Case, before: Session) -> bool:
    if before.kind is not Kind.CLINIC_SESSION:
        return False
    booked = [each for each in before.dates if Fact.BOOKINGS in before.facts | each.facts]
    if _moves_place(case):
        return bool(booked) or Fact.BOOKINGS in before.facts
    return _moves_one_of(case, booked)


def _moves_place(case: Case) -> bool:
    if isinstance(case.change, Edit):
        return case.change.field in _PLACE
    before, after = case.session, case.after
    if not isinstance(case.change, Replace) or before is None or after is None:
        return False
    return (before.location, before.room) != (after.location, after.room)


def _moves_one_of(case: Case, periods: list[Period]) -> bool:
    """Whether the change moves or removes one of these dates."""
    on = on_of(case.change)
    if isinstance(case.change, Replace) and case.after is not None:
        kept = spans(case.after)
        return any((key(each.start), key(each.end)) not in kept for each in periods)
    moves = isinstance(case.change, (Move, Delete)) or (cancels(case.change) and on is not None)
    if not moves or case.before is None:
        return False
    start = key(on if on is not None else case.before.start)
    return any(key(each.start) == start for each in periods)


def recorded(case: Case) -> Refused | None:
    """R-DAT-7: a date with attendance or outcomes is locked, like a session on a claim."""
    before = case.session
    if before is None or not _of(before):
        return None
    attended = [each for each in before.dates if Fact.ATTENDANCE in before.facts | each.facts]
    if isinstance(case.change, Replace):
        locked = edits(case) and (_moves_place(case) or _moves_one_of(case, attended)) and bool(attended)
    elif _moves_place(case):
        locked = bool(attended)
    else:
        locked = (tracked(case) or isinstance(case.change, Hide)) and affected_with(case, Fact.ATTENDANCE)
    return Refused("R-DAT-7", RECORDED) if locked else None


def marker(case: Case) -> Refused | None:
    """R-DAT-9: the markers of consent days are read-only."""
    return Refused("R-DAT-9", READ_ONLY) if isinstance(case.change, EditMarker) else None


def prerequisites(case: Case) -> Notice | Refused | None:
    """R-DAT-10: a session is scheduled after records and class lists were uploaded for its place."""
    after = case.after
    if after is None or not _of(after) or not after.dates or not _schedules(case):
        return None
    place = case.practice.locations.get(after.location or "")
    if place is None or place.prerequisites_done:
        return None
    if case.policy.prerequisites == "refuse":
        return Refused("R-DAT-10", f"{UPLOAD}.")
    return Notice("R-DAT-10", UPLOAD)


def _schedules(case: Case) -> bool:
    """Whether dates are set or moved, or the place is."""
    if isinstance(case.change, Replace):
        return _moves_place(case) or spans(case.session) != spans(case.after)
    return isinstance(case.change, (Create, Move, AddDate)) or _moves_place(case)


def programmes(case: Case) -> Refused | None:
    """R-DAT-11: at least one programme, of those that the organization runs; in a school or a clinic."""
    after = case.after
    if after is None or not _of(after):
        return None
    named = isinstance(case.change, Edit) and case.change.field is Field.PROGRAMMES
    whole = isinstance(case.change, (Create, Replace))
    if (named or whole) and not (
        after.programmes and set(after.programmes) <= case.practice.programmes.keys()
    ):
        return Refused("R-DAT-11", "Choose at least one programme, of those that your organization runs.")
    place = case.practice.locations.get(after.location or "")
    kind = _TYPES[after.kind]
    if (whole or _moves_place(case)) and (place is None or place.type != kind):
        return Refused("R-DAT-11", f"A {kind} session takes place at a {kind} of your organization.")
    return None


def _of(session: Session | None) -> bool:
    """Whether the family has anything to say of a session."""
    return session is not None and session.kind in DATED_KINDS


def _opened(case: Case) -> bool:
    return case.session is not None and has_opened(case.session, case.now, case.practice.zone)


RULES: tuple[Rule, ...] = (
    Rule(
        "R-DAT-1",
        "Dates are unique and inside one academic year.",
        dates,
        keys=("academic_year_start",),
        always=True,
    ),
    Rule(
        "R-DAT-3",
        "Consent requests go out within three months and before the first reminder.",
        consent,
        always=True,
    ),
    Rule("R-DAT-4", "When consent requests have gone out, changing dates is told.", told),
    Rule(
        "R-DAT-5",
        "Open consent fixes year groups and programmes; bookings fix a clinic's dates and place.",
        fixed,
    ),
    Rule("R-DAT-7", "A date with recorded attendance can't be changed.", recorded),
    Rule("R-DAT-9", "Markers of consent days are read-only.", marker, keys=("markers",), always=True),
    Rule(
        "R-DAT-10",
        "Scheduling before records and class lists were uploaded is told, or refused.",
        prerequisites,
        keys=("prerequisites",),
    ),
    Rule(
        "R-DAT-11", "At least one programme that the organization runs, in a school or a clinic.", programmes
    ),
)
