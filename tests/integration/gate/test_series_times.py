"""Series among other sessions: double booking (R-NEW-6) and hours (R-HRS-1) wherever a write adds to them."""

from __future__ import annotations

from typing import Any

import pytest

from calgate.gate import lookups
from calgate.gate.values import Outcome, Stored
from tests.integration.gate.test_hours import OVER, assigned, new, unfolded
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import session

TAKEN = "You have another session at this time."
OTHER = session("other", "2026-03-18T10:30", "2026-03-18T11:30")
SINGLE = session("single", "2026-03-04T10:00", "2026-03-04T11:00")


def series(rule: str, **more: Any) -> dict[str, Any]:
    """Wednesdays at ten from 4 March on."""
    return {**SINGLE, "id": "series", "repeat": {"rrule": rule}, **more}


def repeated(ada: Device, name: str, rule: str) -> Outcome:
    shown = ada.get(name)
    return ada.put(shown.href, bodies.put(shown.text, f"RRULE:{rule}"))


@pytest.mark.parametrize(
    ("before", "rule"),
    [
        (SINGLE, "FREQ=WEEKLY;COUNT=4"),
        (series("FREQ=WEEKLY;COUNT=2"), "FREQ=WEEKLY;COUNT=4"),
        (series("FREQ=WEEKLY;INTERVAL=4"), "FREQ=WEEKLY;INTERVAL=2"),
    ],
)
def test_a_pattern_adds_what_meets_another_session(
    practice: Practice, ada: Device, before: dict[str, Any], rule: str
) -> None:
    practice.load(assigned(99, before, OTHER))
    assert isinstance(repeated(ada, before["id"], rule), Stored)
    assert TAKEN in unfolded(ada.get(before["id"]).text)


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;COUNT=6", "FREQ=WEEKLY;INTERVAL=2;COUNT=4"])
def test_a_pattern_says_nothing_of_what_met_before(practice: Practice, ada: Device, rule: str) -> None:
    practice.load(assigned(1.5, series("FREQ=WEEKLY;COUNT=4"), OTHER))
    assert isinstance(repeated(ada, "series", rule), Stored)
    text = unfolded(ada.get("series").text)
    assert TAKEN not in text
    assert OVER not in text


def test_a_pattern_over_an_organizations_session_may_be_refused(practice: Practice, ada: Device) -> None:
    practice.load(assigned(99, SINGLE, {**OTHER, "scheduled_by": "org"}, overlap="refuse"))
    assert ada.refused(repeated(ada, "single", "FREQ=WEEKLY;COUNT=4")) == "R-NEW-6"
    assert isinstance(repeated(ada, "single", "FREQ=WEEKLY;COUNT=2"), Stored)


def test_a_pattern_is_told_of_the_fullest_week_that_it_adds_to(practice: Practice, ada: Device) -> None:
    """The week of 4 March is fuller, but was so before."""
    friday = session("friday", "2026-03-06T10:00", "2026-03-06T12:00")
    practice.load(assigned(1.5, SINGLE, friday, OTHER))
    assert isinstance(repeated(ada, "single", "FREQ=WEEKLY;COUNT=4"), Stored)
    assert f"0.5 {OVER}" in unfolded(ada.get("single").text)


def test_a_running_series_that_goes_on_is_judged_by_what_is_added(practice: Practice, ada: Device) -> None:
    running = series("FREQ=WEEKLY;COUNT=3", start="2026-02-18T10:00", end="2026-02-18T11:00")
    practice.load(assigned(1.5, running, OTHER, hours_over="refuse"))
    assert ada.refused(repeated(ada, "series", "FREQ=WEEKLY;COUNT=5")) == "R-HRS-1"
    assert isinstance(repeated(ada, "series", "FREQ=WEEKLY;COUNT=4"), Stored)


def test_an_undone_cancellation_is_told_of_the_hours(practice: Practice, ada: Device) -> None:
    practice.load(assigned(1.5, {**SINGLE, "status": "cancelled"}, hours_over="refuse"))
    assert isinstance(ada.put("new.ics", new("20260306T100000", "20260306T110000")), Stored)
    shown = ada.get("single")
    assert isinstance(ada.put(shown.href, bodies.put(shown.text, "STATUS:CONFIRMED")), Stored)
    assert f"0.5 {OVER}" in unfolded(ada.get("single").text)


def moved(ada: Device, *days: tuple[str, str]) -> Outcome:
    """Occurrences of the series, each moved to another day at half past ten."""
    shown = ada.get("series")
    text = shown.text
    for on, day in days:
        text = bodies.with_override(
            text,
            f"RECURRENCE-ID;TZID=America/New_York:{on}T100000",
            *bodies.times(f"{day}T103000", f"{day}T113000"),
            f"SUMMARY:{bodies.value(shown.text, 'SUMMARY')}",
        )
    return ada.put(shown.href, text)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([("20260311", "20260318")], True),
        ([("20260311", "20260319")], False),
        ([("20260311", "20260311")], False),
        ([("20260311", "20260318"), ("20260318", "20260319")], False),
        ([("20260311", "20260319"), ("20260318", "20260319")], True),
    ],
)
def test_an_occurrence_may_meet_its_own_series(
    practice: Practice, ada: Device, days: list[tuple[str, str]], told: bool
) -> None:
    practice.load(assigned(99, series("FREQ=WEEKLY;COUNT=4")))
    assert isinstance(moved(ada, *days), Stored)
    assert (TAKEN in unfolded(ada.get("series").text)) is told


def test_an_occurrence_over_another_of_an_organizations_series_may_be_refused(
    practice: Practice, ada: Device
) -> None:
    """Wednesdays and Thursdays at ten."""
    twice = series("FREQ=WEEKLY;BYDAY=WE,TH;COUNT=8", scheduled_by="org")
    practice.load(assigned(99, twice, overlap="refuse"))
    assert ada.refused(moved(ada, ("20260311", "20260312"))) == "R-NEW-6"


def test_a_cancelled_occurrence_leaves_its_time_to_another(practice: Practice, ada: Device) -> None:
    gone = [{"on": "2026-03-18T10:00", "status": "cancelled", "cancel": {"type": "other"}}]
    practice.load(assigned(99, series("FREQ=WEEKLY;COUNT=4", occurrences=gone)))
    assert isinstance(moved(ada, ("20260311", "20260318")), Stored)
    assert TAKEN not in unfolded(ada.get("series").text)


WEEKLY = ("20260304T100000", "20260304T110000", "RRULE:FREQ=WEEKLY;COUNT=100")
LATE = session("late", "2027-10-20T10:30", "2027-10-20T11:30", scheduled_by="org")


def test_a_series_meets_a_session_of_the_year_after(practice: Practice, ada: Device) -> None:
    practice.load(assigned(99, LATE, overlap="refuse"))
    assert ada.refused(ada.put("new.ics", new(*WEEKLY))) == "R-NEW-6"
    shorter = (*WEEKLY[:2], "RRULE:FREQ=WEEKLY;COUNT=85")
    assert isinstance(ada.put("new.ics", new(*shorter)), Stored)
    assert ada.refused(repeated_at(ada, "new.ics", "FREQ=WEEKLY;COUNT=86")) == "R-NEW-6"


def repeated_at(ada: Device, href: str, rule: str) -> Outcome:
    found = ada.at(href)
    assert found is not None
    return ada.put(href, bodies.put(found.text, f"RRULE:{rule}"))


def test_a_series_fills_a_week_of_this_autumn(practice: Practice, ada: Device) -> None:
    autumn = session("autumn", "2026-11-19T10:00", "2026-11-19T11:00")
    practice.load(assigned(1.5, autumn, hours_over="refuse"))
    assert ada.refused(ada.put("new.ics", new(*WEEKLY))) == "R-HRS-1"
    other_weeks = (*WEEKLY[:2], "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=30")
    assert isinstance(ada.put("new.ics", new(*other_weeks)), Stored)


@pytest.mark.parametrize("per", ["week", "month", "period"])
def test_the_hours_of_a_series_are_asked_for_once(
    practice: Practice, ada: Device, monkeypatch: pytest.MonkeyPatch, per: str
) -> None:
    practice.load(assigned(500, OTHER, per=per))
    asked: list[object] = []
    plain = lookups.sessions.of_assignment
    monkeypatch.setattr(
        lookups.sessions, "of_assignment", lambda *given: asked.append(given[3:5]) or plain(*given)
    )
    assert isinstance(ada.put("new.ics", new(*WEEKLY)), Stored)
    assert len(asked) <= 3  # of a second half (R-SER-6), the judgement, the copy


def test_a_backdated_series_meets_the_past(practice: Practice, ada: Device) -> None:
    begun = ("20260218T100000", "20260218T110000", "RRULE:FREQ=WEEKLY;COUNT=4")
    past = session("past", "2026-02-25T10:30", "2026-02-25T11:30", scheduled_by="org")
    practice.load(assigned(99, past, overlap="refuse"))
    assert ada.refused(ada.put("new.ics", new(*begun))) == "R-NEW-6"
    practice.load(assigned(1.5, past, hours_over="refuse"))
    assert ada.refused(ada.put("new.ics", new(*begun))) == "R-HRS-1"


def test_the_past_of_a_running_series_says_nothing(practice: Practice, ada: Device) -> None:
    running = series("FREQ=WEEKLY;COUNT=6", start="2026-02-18T10:00", end="2026-02-18T11:00")
    past = session("past", "2026-02-25T10:30", "2026-02-25T11:30", scheduled_by="org")
    practice.load(assigned(1.5, running, past, overlap="refuse", hours_over="refuse"))
    shown = ada.get("series")
    later = bodies.put(shown.text, *bodies.times("20260218T101500", "20260218T111500"))
    assert isinstance(ada.put(shown.href, later), Stored)
    assert TAKEN not in unfolded(ada.get("series").text)


def test_a_series_that_is_moved_and_shortened_is_judged_as_it_is_left(
    practice: Practice, ada: Device
) -> None:
    practice.load(assigned(99, series("FREQ=WEEKLY;COUNT=90"), LATE, overlap="refuse"))
    shown = ada.get("series")
    later = bodies.put(shown.text, *bodies.times("20260304T101500", "20260304T111500"))
    assert ada.refused(ada.put(shown.href, later)) == "R-NEW-6"
    assert isinstance(ada.put(shown.href, bodies.put(later, "RRULE:FREQ=WEEKLY;COUNT=20")), Stored)
    assert TAKEN not in unfolded(ada.get("series").text)


def test_cancelled_occurrences_of_a_series_meet_nothing(practice: Practice, ada: Device) -> None:
    gone = [{"on": "2026-03-18T10:00", "status": "cancelled", "cancel": {"type": "other"}}]
    practice.load(assigned(99, series("FREQ=WEEKLY;COUNT=4", occurrences=gone), OTHER))
    shown = ada.get("series")
    later = bodies.put(shown.text, *bodies.times("20260304T101500", "20260304T111500"))
    assert isinstance(ada.put(shown.href, later), Stored)
    assert TAKEN not in unfolded(ada.get("series").text)
