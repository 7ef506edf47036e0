"""Series among other sessions: double booking (R-NEW-6) and hours (R-HRS-1) wherever a write adds to them."""

from __future__ import annotations

from typing import Any

import pytest

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
