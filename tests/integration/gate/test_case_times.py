"""Cases 4 to 6: weeks and lengths of what the organization scheduled."""

from __future__ import annotations

import pytest

from calgate.domain.when import key
from calgate.gate.values import Stored
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import practice_file


def week_starts(practice: Practice, day: str) -> None:
    file = practice_file()
    file["organizations"][0]["policy"] = {"week_start": day}
    practice.load(file)


@pytest.mark.parametrize(("day", "rule"), [("MO", "R-ORG-2"), ("SU", "")])
@pytest.mark.parametrize(
    ("start", "end"), [("20260315T233000", "20260316T003000"), ("20260316T003000", "20260316T013000")]
)
def test_case_4_over_the_end_of_the_week(
    practice: Practice, ada: Device, day: str, rule: str, start: str, end: str
) -> None:
    week_starts(practice, day)
    shown = ada.get("sunday")
    outcome = ada.put(shown.href, bodies.put(shown.text, *bodies.times(start, end)))
    if rule:
        assert ada.refused(outcome) == rule
        assert key(practice.session("sunday").start) == "20260316T020000Z"
    else:
        assert isinstance(outcome, Stored)
        assert f"DTSTART;TZID=America/New_York:{start}" in bodies.event(ada.get("sunday").text)


def test_case_4_a_week_that_ends_at_midnight_is_the_old_one(practice: Practice, ada: Device) -> None:
    shown = ada.get("sunday")
    times = bodies.times("20260315T230000", "20260316T000000")
    assert isinstance(ada.put(shown.href, bodies.put(shown.text, *times)), Stored)


def test_case_5_one_second_longer(practice: Practice, ada: Device) -> None:
    shown, session = ada.get("org"), practice.session("org")
    longer = bodies.put(shown.text, *bodies.times("20260303T100000", "20260303T110001"))
    assert ada.refused(ada.put(shown.href, longer)) == "R-ORG-3"
    assert practice.session("org") == session


def test_case_5_longer_by_the_end_of_summer_time_only(practice: Practice, ada: Device) -> None:
    """Half past midnight to half past two on the wall is two hours on Saturday and three on Sunday."""
    shown = ada.get("autumn")
    sunday = bodies.put(shown.text, *bodies.times("20261101T003000", "20261101T023000"))
    assert ada.refused(ada.put(shown.href, sunday)) == "R-ORG-3"
    shown = ada.get("autumn")
    later = bodies.put(shown.text, *bodies.times("20261101T030000", "20261101T050000"))
    assert isinstance(ada.put(shown.href, later), Stored)


def test_case_6_shrink_then_regrow(practice: Practice, ada: Device) -> None:
    shown = ada.get("org")
    for end, expected in (("20260303T103000", "20260303T153000Z"), ("20260303T110000", "20260303T160000Z")):
        sent = bodies.put(ada.get("org").text, *bodies.times("20260303T100000", end))
        assert isinstance(ada.put(shown.href, sent), Stored)
        assert key(practice.session("org").end) == expected
    sent = bodies.put(ada.get("org").text, *bodies.times("20260303T100000", "20260303T110001"))
    assert ada.refused(ada.put(shown.href, sent)) == "R-ORG-3"


def test_what_the_organization_reschedules_is_the_new_measure(practice: Practice, ada: Device) -> None:
    file = practice_file()
    found = next(each for each in file["organizations"][0]["sessions"] if each["id"] == "org")
    found.update(start="2026-03-10T10:00", end="2026-03-10T12:00")
    practice.load(file)
    shown = ada.get("org")
    same_week = bodies.put(shown.text, *bodies.times("20260312T090000", "20260312T110000"))
    assert isinstance(ada.put(shown.href, same_week), Stored)
    week_before = bodies.put(ada.get("org").text, *bodies.times("20260303T100000", "20260303T110000"))
    assert ada.refused(ada.put(shown.href, week_before)) == "R-ORG-2"


def test_received_before_the_start_and_judged_after(practice: Practice, ada: Device) -> None:
    """R-GEN-6: the receipt counts, so a slow server makes no session past."""
    shown, received = ada.get("org"), practice.clock()
    practice.clock.forward(days=2)
    moved = bodies.put(shown.text, *bodies.times("20260304T100000", "20260304T110000"))
    assert isinstance(ada.put(shown.href, moved, received=received), Stored)
    moved = bodies.put(ada.get("org").text, *bodies.times("20260305T100000", "20260305T110000"))
    assert isinstance(ada.put(shown.href, moved), Stored)
    practice.clock.forward(days=2)
    moved = bodies.put(ada.get("org").text, *bodies.times("20260306T100000", "20260306T110000"))
    assert ada.refused(ada.put(shown.href, moved)) == "R-ORG-7"
