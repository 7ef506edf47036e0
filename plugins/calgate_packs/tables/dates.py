"""Rows of R-DAT: sessions with several dates, in schools and clinics."""

# Rows are read as a table.
# fmt: off

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from calgate.domain.change import (
    AddDate,
    Cancel,
    Change,
    Create,
    Delete,
    Edit,
    EditMarker,
    Field,
    Hide,
    Move,
    Repattern,
    Replace,
    SetFact,
)
from calgate.domain.rules.dates import BOOKED, READ_ONLY, RECORDED, TOLD, UPLOAD
from calgate.domain.scenario import Scenario
from calgate.domain.session import NO_DATE, Fact
from calgate_packs.tables.schools import ZONE, clinic, day, hours, moved, opened, row, school

ONE_YEAR = "All dates must be in one academic year, 1 September 2025 to 31 August 2026."
TWICE = "This session has that date already."
WHOLE_DAYS = "A school session takes whole days, each a date of its own."
FIRST_REMINDER = "Consent requests must go out before the first consent reminder."
ATTENDED = frozenset({Fact.ATTENDANCE})
BOOKINGS = frozenset({Fact.BOOKINGS})


def rows() -> tuple[Scenario, ...]:
    """R-DAT."""
    return (
        *_unique(), *_one_year(), *_consent_days(), *_told(), *_fixed(), *_booked(), *_recorded(), *_marked(),
        *_prepared(), *_run(),
    )


FIRST, SECOND, LAST = day("2026-04-16"), day("2026-04-23"), day("2026-04-30")


def _unique() -> tuple[Scenario, ...]:
    two_days = Move(SECOND.start, day("2026-04-24").end, SECOND.start)
    timed = moved(hours("2026-04-23"), SECOND)
    again = AddDate(SECOND.start, SECOND.end)
    return (
        row("R-DAT-1", "a date is moved to a free day", school(), moved(day("2026-04-24"), SECOND),
            "allowed"),
        row("R-DAT-1", "a date is moved onto another one", school(), moved(LAST, SECOND), "refused R-DAT-1",
            TWICE),
        row("R-DAT-1", "a date is added", school(), AddDate(day("2026-05-07").start, day("2026-05-07").end),
            "allowed"),
        row("R-DAT-1", "a date is added twice", school(), again, "refused R-DAT-1", TWICE),
        row("R-DAT-1", "not by the organization either", school(), again, "refused R-DAT-1", TWICE,
            role="org"),
        row("R-DAT-1", "all dates go to the next academic year in one write", school(FIRST, SECOND),
            (moved(day("2026-09-24"), SECOND), moved(day("2026-09-17"), FIRST)), "allowed"),
        row("R-DAT-1", "the last date is removed: unscheduled", school(FIRST), Delete(on=FIRST.start),
            "allowed"),
        row("R-DAT-1", "an unscheduled session gets a date", replace(school(FIRST), dates=(), start=NO_DATE),
            AddDate(FIRST.start, FIRST.end), "allowed"),
        row("R-DAT-1", "a school date becomes two days long", school(), two_days, "refused R-DAT-1",
            WHOLE_DAYS),
        row("R-DAT-1", "a school date gets a time", school(), timed, "refused R-DAT-1", WHOLE_DAYS),
        row("R-DAT-1", "a clinic has two periods on a day", clinic(),
            AddDate(hours("2026-04-16", "14:00", "16:00").start, hours("2026-04-16", "14:00", "16:00").end),
            "allowed"),
        row("R-DAT-1", "a clinic's period becomes a whole day", clinic(), moved(FIRST, hours("2026-04-16")),
            "refused R-DAT-1", "Give a start and end time."),
        row("R-DAT-1", "a clinic without length", clinic(),
            moved(hours("2026-04-16", "10:00", "10:00"), hours("2026-04-16")),
            "refused R-DAT-1", "A clinic's times end after they start, within 24 hours."),
        row("R-DAT-1", "a date is given a rule to recur", school(), Repattern("FREQ=WEEKLY"),
            "refused R-DAT-1",
            "The dates of this session are changed one by one."),
    )


def _one_year() -> tuple[Scenario, ...]:
    autumn = day("2026-09-01")
    return (
        row("R-DAT-1", "the last day of the academic year", school(), moved(day("2026-08-31"), LAST),
            "allowed"),
        row("R-DAT-1", "the first day of the next one", school(), moved(autumn, LAST), "refused R-DAT-1",
            ONE_YEAR),
        row("R-DAT-1", "the policy's year begins in August", school(), moved(day("2026-08-31"), LAST),
            "refused R-DAT-1", "All dates must be in one academic year, 1 August 2025 to 31 July 2026.",
            policy={"academic_year_start": "08-01"}),
        row("R-DAT-1", "an only date may go to another year", school(FIRST), moved(autumn, FIRST), "allowed"),
        row("R-DAT-1", "a new session over two years", None, Create(school("2026-08-31", "2026-09-01")),
            "refused R-DAT-1", ONE_YEAR, role="org", calendar=False),
    )


def _consent_days() -> tuple[Scenario, ...]:
    def replaced(**consent: Any) -> Replace:
        return Replace(school(consent=consent))

    def asked(situation: str, change: Change, expect: str, sentence: str = "") -> Scenario:
        return row("R-DAT-3", situation, school(), change, expect, sentence, role="org", calendar=False)

    early = "Consent requests can go out three months before the first date at the earliest."
    return (
        asked("requests go out three months before", replaced(requests_on="2026-01-16"), "allowed"),
        asked("a day earlier", replaced(requests_on="2026-01-15"), "refused R-DAT-3", early),
        asked("the day before the first reminder", replaced(requests_on="2026-04-08"), "allowed"),
        asked("on the day of the first reminder", replaced(requests_on="2026-04-09"), "refused R-DAT-3",
              FIRST_REMINDER),
        asked("reminders two weeks before", replaced(reminder_weeks=2), "allowed"),
        asked("reminders on the day of the requests", replaced(reminder_weeks=3), "refused R-DAT-3",
            FIRST_REMINDER),
        asked("no week at all", replaced(reminder_weeks=0), "refused R-DAT-3",
              "Consent reminders go out one week before each date at the latest."),
        row("R-DAT-3", "requests that have gone out are not judged again",
            opened(consent={"requests_on": "2026-02-23"}),
            Replace(opened("2026-03-05", "2026-03-23", consent={"requests_on": "2026-02-27"})),
            "refused R-DAT-3",
            FIRST_REMINDER, role="org", calendar=False),
        row("R-DAT-3 R-DAT-4", "though a date is now closer",
            opened(consent={"requests_on": "2026-02-23"}),
            Replace(opened("2026-03-02", "2026-03-23", consent={"requests_on": "2026-02-23"})),
            "allowed, told R-DAT-4", TOLD, role="org", calendar=False),
    )


def _told() -> tuple[Scenario, ...]:
    second, last = day("2026-03-23"), day("2026-03-30")
    later = datetime(2026, 3, 26, tzinfo=ZONE)
    return (
        row("R-DAT-4", "case 19: a date is removed after consent opened", opened(), Delete(on=second.start),
            "allowed, told R-DAT-4", TOLD),
        row("R-DAT-4", "cancelling one date removes it", opened(), Cancel(type="other", on=second.start),
            "allowed, told R-DAT-4", TOLD),
        row("R-DAT-4", "a date is moved after consent opened", opened(), moved(day("2026-04-01"), last),
            "allowed, told R-DAT-4", TOLD),
        row("R-DAT-4", "a date is moved before", school(), moved(day("2026-05-05"), LAST), "allowed", ""),
        row("R-DAT-4", "on the day on which requests go out", school(), moved(day("2026-05-05"), LAST),
            "allowed, told R-DAT-4", TOLD, now=later),
        row("R-DAT-4", "a minute before that day", school(), moved(day("2026-05-05"), LAST), "allowed", "",
            now=later - timedelta(minutes=1)),
        row("R-DAT-4", "the practice system changes dates", opened(),
            Replace(opened("2026-03-16", "2026-03-24")),
            "allowed, told R-DAT-4", TOLD, role="org", calendar=False),
        row("R-DAT-4", "instructions are no date", opened(), Edit(Field.INSTRUCTIONS, "Use the side door."),
            "allowed",
            ""),
    )


def _fixed() -> tuple[Scenario, ...]:
    years = Edit(Field.YEAR_GROUPS, ("9",))
    fewer, more = Edit(Field.PROGRAMMES, ("hpv",)), Edit(Field.PROGRAMMES, ("flu", "hpv", "menacwy"))
    return (
        row("R-DAT-5", "year groups change before consent opens", school(), years, "allowed"),
        row("R-DAT-5", "year groups change when it is open", opened(), years, "refused R-DAT-5",
            "Consent is open, so the year groups stay as they are."),
        row("R-DAT-5", "a programme is added when it is open", opened(), more, "allowed"),
        row("R-DAT-5", "a programme is removed", opened(), fewer, "refused R-DAT-5",
            "Consent is open, so programmes can be added but not removed."),
        row("R-DAT-5", "a programme is removed before", school(), fewer, "allowed"),
        row("R-DAT-5", "the organization overrides", opened(), years, "allowed, overriding R-DAT-5",
            role="org"),
    )


def _booked() -> tuple[Scenario, ...]:
    morning, other = hours("2026-04-16", facts=BOOKINGS), hours("2026-04-17")
    booked, half = clinic(facts=BOOKINGS), clinic(morning, other)
    elsewhere = Edit(Field.LOCATION, "pier")
    return (
        row("R-DAT-5", "a booked clinic is moved by an hour", booked,
            moved(hours("2026-04-16", "10:30", "13:30"), morning), "refused R-DAT-5", BOOKED),
        row("R-DAT-5", "a booked clinic is moved elsewhere", booked, elsewhere, "refused R-DAT-5", BOOKED),
        row("R-DAT-5 R-CAN-7", "a date of a booked clinic is removed", booked, Delete(on=other.start),
            "refused R-DAT-5 R-CAN-7", BOOKED),
        row("R-DAT-5", "a clinic with bookings on this date", half, moved(hours("2026-04-20"), morning),
            "refused R-DAT-5", BOOKED),
        row("R-DAT-5", "a clinic with bookings on the other date", half, moved(hours("2026-04-20"), other),
            "allowed"),
        row("R-DAT-5", "nor does that one get another place", half, elsewhere, "refused R-DAT-5", BOOKED),
        row("R-DAT-5", "a booked clinic gets a programme", booked,
            Edit(Field.PROGRAMMES, ("hpv", "flu", "menacwy")),
            "allowed"),
        row("R-DAT-5", "a clinic without bookings is moved elsewhere", clinic(), elsewhere, "allowed"),
    )


def _recorded() -> tuple[Scenario, ...]:
    done, next_ = day("2026-03-02", facts=ATTENDED), day("2026-03-05")
    half = opened(done, next_)
    note = Edit(Field.INSTRUCTIONS, "Use the side door.", next_.start)
    return (
        row("R-DAT-7", "a date with attendance is moved", half, moved(day("2026-03-03"), done),
            "refused R-DAT-7",
            RECORDED),
        row("R-DAT-7", "it is removed", half, Delete(on=done.start), "refused R-DAT-7", RECORDED),
        row("R-DAT-7", "it is hidden", opened(done), Hide(), "refused R-DAT-7", RECORDED),
        row("R-DAT-7 R-DAT-4", "the other date is moved", half, moved(day("2026-03-06"), next_),
            "allowed, told R-DAT-4", TOLD),
        row("R-DAT-7", "instructions for the other date", half, note, "allowed"),
        row("R-DAT-7", "the place is that of both", half, Edit(Field.LOCATION, "elm", next_.start),
            "refused R-DAT-7", RECORDED),
        row("R-DAT-7", "the whole session is cancelled", half, Cancel(type="other"), "refused R-DAT-7",
            RECORDED),
        row("R-DAT-7", "attendance is recorded of the session", opened(facts=ATTENDED),
            moved(day("2026-03-17"), day("2026-03-16")), "refused R-DAT-7", RECORDED),
        row("R-DAT-7", "the practice system records it", opened(next_),
            SetFact(Fact.ATTENDANCE, True, next_.start),
            "allowed", role="org", calendar=False),
        row("R-DAT-7 R-DAT-4", "the practice system corrects it", half,
            Replace(opened(day("2026-03-03", facts=ATTENDED), next_)),
            "allowed, told R-DAT-4, overriding R-DAT-7", role="org", calendar=False),
    )


def _marked() -> tuple[Scenario, ...]:
    return (
        row("R-DAT-9", "the marker of a consent day is moved", school(), EditMarker(), "refused R-DAT-9",
            READ_ONLY),
        row("R-DAT-9", "by the organization", school(), EditMarker(), "refused R-DAT-9", READ_ONLY,
            role="org"),
    )


def _prepared() -> tuple[Scenario, ...]:
    elm = school(location="elm")
    another = AddDate(day("2026-05-07").start, day("2026-05-07").end)
    return (
        row("R-DAT-10", "nothing was uploaded for the school", elm, another, "allowed, told R-DAT-10",
            UPLOAD),
        row("R-DAT-10", "a new session there", None, Create(elm), "allowed, told R-DAT-10", UPLOAD,
            role="org",
            calendar=False),
        row("R-DAT-10", "the policy refuses", elm, another, "refused R-DAT-10", f"{UPLOAD}.",
            policy={"prerequisites": "refuse"}),
        row("R-DAT-10", "the session is moved to that school", school(), Edit(Field.LOCATION, "elm"),
            "allowed, told R-DAT-10", UPLOAD),
        row("R-DAT-10", "all is uploaded", school(), another, "allowed", ""),
        row("R-DAT-10", "a date is removed", elm, Delete(on=FIRST.start), "allowed", ""),
    )


def _run() -> tuple[Scenario, ...]:
    choose = "Choose at least one programme, of those that your organization runs."
    at_school = "A school session takes place at a school of your organization."
    return (
        row("R-DAT-11", "no programme is left", school(), Edit(Field.PROGRAMMES, ()), "refused R-DAT-11",
            choose),
        row("R-DAT-11", "a programme that nobody runs", school(),
            Edit(Field.PROGRAMMES, ("hpv", "flu", "rabies")),
            "refused R-DAT-11", choose),
        row("R-DAT-11", "a school session is moved to a clinic", school(), Edit(Field.LOCATION, "quay"),
            "refused R-DAT-11", at_school),
        row("R-DAT-11", "a clinic session is moved to a school", clinic(), Edit(Field.LOCATION, "oak"),
            "refused R-DAT-11", "A clinic session takes place at a clinic of your organization."),
        row("R-DAT-11", "the organization adds one without a place", None, Create(school(location=None)),
            "allowed, overriding R-DAT-11", role="org", calendar=False),
    )
