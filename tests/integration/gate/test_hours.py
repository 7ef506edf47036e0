"""Hours assigned, scheduled and remaining, through documents (R-HRS-1)."""

from __future__ import annotations

from typing import Any

import pytest

from calgate.gate.values import Stored
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import RIVERSIDE, practice_file, session, weekly

OVER = "h over the hours assigned this week"


def assigned(hours: float, *sessions: dict[str, Any], per: str = "week", **policy: str) -> dict[str, Any]:
    """The practice with these sessions of ada's only, and hours of c-101 assigned to her."""
    file = practice_file(RIVERSIDE)
    org = file["organizations"][0]
    org["policy"] = policy
    org["clients"].append({"id": "c-9", "first_name": "Una", "last_name": "Hope", "internal_id": "RL-9"})
    org["assignments"] = [
        {"practitioner": "ada", "client": "c-9", "service": "97153", "hours": hours, "per": per,
         "from": "2026-01-01", "to": "2026-12-31"}]  # fmt: skip
    org["sessions"] = [{**each, "client": "c-9"} for each in sessions]
    return file


def figures(ada: Device, name: str) -> tuple[str, ...]:
    text = ada.get(name).text
    return tuple(
        bodies.value(text, f"X-CALGATE-HOURS-{each}") for each in ("ASSIGNED", "SCHEDULED", "REMAINING")
    )


def unfolded(text: str) -> str:
    return "\n".join(bodies.unfolded(text))


def new(start: str, end: str, *lines: str) -> str:
    return bodies.new("new", "Una Hope, 97153", *bodies.times(start, end), "LOCATION:Main office", *lines)


MONDAYS = session("mondays", "2026-03-02T16:00", "2026-03-02T17:30", repeat=weekly("2026-12-14"))
FRIDAY = session("friday", "2026-03-06T10:00", "2026-03-06T11:00")


def test_a_copy_tells_its_week(practice: Practice, ada: Device) -> None:
    practice.load(assigned(4, MONDAYS, FRIDAY))
    assert figures(ada, "friday") == ("4", "2.5", "1.5")
    assert figures(ada, "mondays") == ("4", "2.5", "1.5")


def test_one_schedules_beyond_the_hours_of_the_week(practice: Practice, ada: Device) -> None:
    practice.load(assigned(4, MONDAYS, FRIDAY))
    assert isinstance(ada.put("new.ics", new("20260304T090000", "20260304T110000")), Stored)
    found = ada.at("new.ics")
    assert found is not None
    assert f"0.5 {OVER}" in bodies.value(found.text, "DESCRIPTION")
    assert bodies.value(found.text, "X-CALGATE-HOURS-REMAINING") == "-0.5"


@pytest.mark.parametrize(("week_start", "told"), [("MO", True), ("SU", False)])
def test_the_week_begins_where_the_policy_says(
    practice: Practice, ada: Device, week_start: str, told: bool
) -> None:
    """Sunday is the last day of the week that Friday is in, or the first of the next one."""
    practice.load(assigned(2, FRIDAY, week_start=week_start))
    assert isinstance(ada.put("new.ics", new("20260308T120000", "20260308T133000")), Stored)
    found = ada.at("new.ics")
    assert found is not None
    assert (f"0.5 {OVER}" in unfolded(found.text)) is told


def test_the_week_of_the_clock_change_counts_elapsed_hours(practice: Practice, ada: Device) -> None:
    """From 1:00 to 4:00 on the wall on the Sunday on which 2:00 is skipped: two hours."""
    practice.load(assigned(3, FRIDAY))
    assert isinstance(ada.put("new.ics", new("20260308T010000", "20260308T040000")), Stored)
    found = ada.at("new.ics")
    assert found is not None
    assert OVER not in unfolded(found.text)
    assert bodies.value(found.text, "X-CALGATE-HOURS-SCHEDULED") == "3"


def test_the_policy_may_refuse(practice: Practice, ada: Device) -> None:
    practice.load(assigned(4, MONDAYS, FRIDAY, hours_over="refuse"))
    assert ada.refused(ada.put("new.ics", new("20260304T090000", "20260304T110000"))) == "R-HRS-1"
    shown = ada.get("friday")
    longer = bodies.put(shown.text, *bodies.times("20260306T100000", "20260306T123000"))
    assert isinstance(ada.put(shown.href, longer), Stored)
    shown = ada.get("friday")
    longer = bodies.put(shown.text, *bodies.times("20260306T100000", "20260306T124500"))
    assert ada.refused(ada.put(shown.href, longer)) == "R-HRS-1"


def test_cancelled_hours_are_free_again(practice: Practice, ada: Device) -> None:
    practice.load(assigned(3, MONDAYS, FRIDAY))
    shown = ada.get("friday")
    assert isinstance(ada.put(shown.href, bodies.put(shown.text, "STATUS:CANCELLED")), Stored)
    assert isinstance(ada.put("new.ics", new("20260304T090000", "20260304T103000")), Stored)
    found = ada.at("new.ics")
    assert found is not None
    assert OVER not in unfolded(found.text)


def test_an_occurrence_moved_into_the_next_week_meets_its_own_series(practice: Practice, ada: Device) -> None:
    practice.load(assigned(2, MONDAYS))
    shown = ada.get("mondays")
    moved = bodies.with_override(
        shown.text,
        "RECURRENCE-ID;TZID=America/New_York:20260309T160000",
        *bodies.times("20260318T160000", "20260318T173000"),
        f"SUMMARY:{bodies.value(shown.text, 'SUMMARY')}",
    )
    assert isinstance(ada.put(shown.href, moved), Stored)
    assert f"1 {OVER}" in unfolded(ada.get("mondays").text)


def test_a_new_series_is_told_of_its_fullest_week(practice: Practice, ada: Device) -> None:
    """The week of 16 March has another session in it, the first one none."""
    practice.load(assigned(2, session("later", "2026-03-18T09:00", "2026-03-18T10:00")))
    weekly_ = new("20260303T090000", "20260303T103000", "RRULE:FREQ=WEEKLY;COUNT=6")
    assert isinstance(ada.put("new.ics", weekly_), Stored)
    found = ada.at("new.ics")
    assert found is not None
    assert f"0.5 {OVER}" in bodies.value(found.text, "DESCRIPTION")


def test_a_month_counts_the_occurrences_in_it(practice: Practice, ada: Device) -> None:
    """Five Mondays in March, four in April: the last of March and the first of April stay apart."""
    practice.load(assigned(8, MONDAYS, per="month"))
    assert isinstance(ada.put("new.ics", new("20260331T090000", "20260331T100000")), Stored)
    found = ada.at("new.ics")
    assert found is not None
    assert "0.5 h over the hours assigned this month" in unfolded(found.text)
    april = bodies.put(found.text, *bodies.times("20260401T090000", "20260401T100000"))
    assert isinstance(ada.put("new.ics", april), Stored)
    found = ada.at("new.ics")
    assert found is not None
    assert "over the hours" not in unfolded(found.text)
    assert bodies.value(found.text, "X-CALGATE-HOURS-SCHEDULED") == "7"


def test_the_period_is_all_of_the_assignment(practice: Practice, ada: Device) -> None:
    practice.load(assigned(63, MONDAYS, FRIDAY, per="period"))
    assert isinstance(ada.put("new.ics", new("20261215T090000", "20261215T110000")), Stored)
    found = ada.at("new.ics")
    assert found is not None
    # 42 Mondays from 2 March to 14 December, an hour and a half each, and one hour on a Friday.
    assert bodies.value(found.text, "X-CALGATE-HOURS-SCHEDULED") == "66"
    assert "3 h over the hours assigned in this period" in unfolded(found.text)


def test_an_occurrence_in_another_week_does_not_tell_the_hours_of_the_next(
    practice: Practice, ada: Device
) -> None:
    moved = [
        {"on": "2026-03-02T16:00", "start": "2026-03-03T16:00", "end": "2026-03-03T17:30"},
        {"on": "2026-03-16T16:00", "start": "2026-03-17T16:00", "end": "2026-03-17T17:30"},
    ]
    practice.load(assigned(4, {**MONDAYS, "occurrences": moved}, FRIDAY))
    master, this_week, later = ada.get("mondays").text.split("BEGIN:VEVENT")[1:]
    assert "X-CALGATE-HOURS-SCHEDULED:2.5" in master
    assert "X-CALGATE-HOURS-SCHEDULED:2.5" in this_week
    assert "X-CALGATE-HOURS" not in later


@pytest.mark.parametrize(
    ("own", "over"),
    [
        ({"client": "c-9"}, "1.5"),
        ({"client": "c-101"}, "0.5"),
        ({"client": "c-9", "status": "cancelled"}, "0.5"),
    ],
)
def test_an_occurrence_of_another_client_counts_for_that_client(
    practice: Practice, ada: Device, own: dict[str, str], over: str
) -> None:
    """A series of c-101, of which the one of 16 March is another's; one hour a week is assigned."""
    file = assigned(1)
    weekly_ = session("weekly", "2026-03-02T16:00", "2026-03-02T17:00", repeat=weekly("2026-06-29"))
    cancel = {"cancel": {"type": "other"}} if "status" in own else {}
    file["organizations"][0]["sessions"].append(
        {**weekly_, "client": "c-101", "occurrences": [{"on": "2026-03-16T16:00", **own, **cancel}]}
    )
    practice.load(file)
    assert isinstance(ada.put("new.ics", new("20260317T090000", "20260317T103000")), Stored)
    found = ada.at("new.ics")
    assert found is not None
    assert f"{over} {OVER}" in unfolded(found.text)
    assert bodies.value(found.text, "X-CALGATE-HOURS-SCHEDULED") == f"{float(over) + 1:g}"


def test_a_series_meets_the_occurrence_of_another(practice: Practice, ada: Device) -> None:
    """A new series of c-9 in whose third week the other client's series is c-9's for once."""
    file = assigned(1, hours_over="refuse")
    own = [{"on": "2026-03-16T16:00", "client": "c-9"}]
    weekly_ = session("weekly", "2026-03-02T16:00", "2026-03-02T17:00", repeat=weekly("2026-06-29"))
    file["organizations"][0]["sessions"].append({**weekly_, "occurrences": own})
    practice.load(file)
    times = "20260304T090000", "20260304T100000"
    assert ada.refused(ada.put("new.ics", new(*times, "RRULE:FREQ=WEEKLY;COUNT=3"))) == "R-HRS-1"
    assert isinstance(ada.put("new.ics", new(*times, "RRULE:FREQ=WEEKLY;COUNT=2")), Stored)
