"""Recurring meetings: occurrences that are answered, moved and taken out by themselves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from calgate.gate.values import Failed, Removed, Stored
from tests.support import bodies
from tests.support.meetings import (
    BOB,
    ORGANIZER,
    SELF,
    WEEKLY,
    a_meeting,
    answer,
    attendee,
    inbox,
    invited,
    methods,
    of_uid,
    on,
)
from tests.support.practice import Device, Practice
from tests.support.series import busy_minutes, starts


def test_an_occurrence_is_answered_and_moved(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting(ORGANIZER, SELF, invited(), WEEKLY))
    shown = of_uid(bob)
    one = (*on("20260317"),
           "SUMMARY:Case review", "DESCRIPTION:Agenda", "LOCATION:Room 4", ORGANIZER, SELF,
           invited().replace("NEEDS-ACTION", "DECLINED"))  # fmt: skip
    assert isinstance(
        bob.put(shown.href, bodies.with_override(shown.text, *one), if_match=shown.etag), Stored
    )
    text = of_uid(organizers).text
    said = [line for line in bodies.unfolded(text) if line.startswith("ATTENDEE") and line.endswith(BOB)]
    assert ["PARTSTAT=DECLINED" in line for line in said] == [False, True]

    shown = of_uid(organizers)
    texts = ("SUMMARY:Case review", "DESCRIPTION:Agenda", "LOCATION:Room 4")
    moved = (*on("20260324", "20260325"), *texts, ORGANIZER, SELF, invited())
    organizers.put(shown.href, bodies.with_override(shown.text, *moved), if_match=shown.etag)
    assert "DTSTART;TZID=America/New_York:20260325T120000" in of_uid(bob).text


def test_an_occurrence_taken_out_is_declined(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting(ORGANIZER, SELF, invited(), WEEKLY))
    shown = of_uid(bob)
    cut = bodies.put(shown.text, "EXDATE;TZID=America/New_York:20260317T120000")
    assert isinstance(bob.put(shown.href, cut, if_match=shown.etag), Stored)
    text = of_uid(organizers).text
    said = [line for line in bodies.unfolded(text) if line.startswith("ATTENDEE") and line.endswith(BOB)]
    assert ["PARTSTAT=DECLINED" in line for line in said] == [False, True]


def test_one_occurrence_only(organizers: Device, bob: Device) -> None:
    one = (*on("20260317"),
           "SUMMARY:Case review", ORGANIZER, SELF, invited())  # fmt: skip
    body = bodies.with_override(a_meeting(ORGANIZER, SELF, WEEKLY), *one)
    assert isinstance(organizers.put("m-1.ics", body), Stored)
    theirs = of_uid(bob)
    assert bodies.value(theirs.text, "RRULE") == ""
    assert bodies.value(theirs.text, "DTSTART") == "20260317T120000"
    assert isinstance(answer(bob, "ACCEPTED"), Stored)
    assert "PARTSTAT=ACCEPTED" in of_uid(organizers).text.rpartition("RECURRENCE-ID")[2]


def test_an_attendee_taken_off_one_occurrence(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting(ORGANIZER, SELF, invited(), WEEKLY))
    shown = of_uid(organizers)
    one = (*on("20260317"),
           "SUMMARY:Case review", ORGANIZER, SELF)  # fmt: skip
    organizers.put(shown.href, bodies.with_override(shown.text, *one), if_match=shown.etag)
    since, until = datetime(2026, 3, 16, tzinfo=UTC), datetime(2026, 3, 21, tzinfo=UTC)
    assert bob.busy(since, until) == []


def test_an_answer_for_one_day_survives_a_blind_edit(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting(ORGANIZER, SELF, invited(), WEEKLY))
    stale = of_uid(organizers).text
    shown = of_uid(bob)
    cut = bodies.put(shown.text, "EXDATE;TZID=America/New_York:20260317T120000")
    bob.put(shown.href, cut, if_match=shown.etag)
    outcome = organizers.put(of_uid(organizers).href, bodies.put(stale, "SUMMARY:Other review"))
    assert isinstance(outcome, Stored)
    assert "PARTSTAT=DECLINED" in of_uid(organizers).text


def test_a_series_that_runs_is_changed_for_both(organizers: Device, bob: Device) -> None:
    start = bodies.times("20260223T120000", "20260223T130000")
    organizers.put("m-1.ics", a_meeting(ORGANIZER, SELF, invited(), "RRULE:FREQ=WEEKLY;COUNT=8", times=start))
    shown = of_uid(organizers)
    later = bodies.put(shown.text, *bodies.times("20260223T140000", "20260223T150000"))
    assert isinstance(organizers.put(shown.href, later, if_match=shown.etag), Stored)
    since, until = datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC)
    assert [each.start.hour for each in bob.busy(since, until)] == [18]


LATER = (
    "UID:later", *bodies.times("20260324T140000", "20260324T150000"), "RRULE:FREQ=WEEKLY;COUNT=2"
)  # fmt: skip
CUT = "RRULE:FREQ=WEEKLY;UNTIL=20260324T035959Z"


def test_a_half_that_waits_for_its_cut_is_delivered_with_it(ada: Device, bob: Device) -> None:
    ada.put("m-1.ics", a_meeting(ORGANIZER, SELF, invited(), WEEKLY))
    shown, busy = of_uid(ada), busy_minutes(bob)
    assert isinstance(ada.put("later.ics", bodies.put(shown.text, *LATER)), Stored)
    half = of_uid(ada, "later")
    assert isinstance(ada.put(half.href, bodies.put(half.text, "SUMMARY:Later review")), Stored)
    assert of_uid(bob, "later") is None
    assert (methods(bob), busy_minutes(bob)) == (["REQUEST"], busy)
    assert isinstance(ada.put(shown.href, bodies.put(shown.text, CUT)), Stored)
    theirs = of_uid(bob, "later")
    assert bodies.value(theirs.text, "DTSTART") == "20260324T140000"
    assert "SCHEDULE-STATUS=1.2" in attendee(of_uid(ada, "later").text, BOB)
    assert methods(bob) == ["REQUEST", "REQUEST"]
    assert busy_minutes(bob) == busy
    assert isinstance(answer(bob, "ACCEPTED", "later"), Stored)
    assert "PARTSTAT=ACCEPTED" in attendee(of_uid(ada, "later").text, BOB)


@pytest.mark.parametrize("deleted", [True, False])
def test_a_half_whose_cut_never_comes_is_told_to_nobody(
    practice: Practice, ada: Device, bob: Device, deleted: bool
) -> None:
    ada.put("m-1.ics", a_meeting(ORGANIZER, SELF, invited(), WEEKLY))
    shown, before = of_uid(ada), (busy_minutes(bob), inbox(bob))
    ada.put("later.ics", bodies.put(shown.text, *LATER))
    if deleted:
        assert isinstance(ada.delete("later.ics"), Removed)
    practice.clock.forward(seconds=121)
    practice.gate.tend()
    assert of_uid(ada, "later") is None
    assert of_uid(bob, "later") is None
    assert (busy_minutes(bob), inbox(bob)) == before


def test_a_cut_that_comes_first_leaves_attendees_both_halves(ada: Device, bob: Device) -> None:
    ada.put("m-1.ics", a_meeting(ORGANIZER, SELF, invited(), WEEKLY))
    shown, busy = of_uid(ada), busy_minutes(bob)
    assert isinstance(ada.put(shown.href, bodies.put(shown.text, CUT)), Stored)
    assert isinstance(ada.put("later.ics", bodies.put(shown.text, *LATER)), Stored)
    assert bodies.value(of_uid(bob, "later").text, "DTSTART") == "20260324T140000"
    assert busy_minutes(bob) == busy


@pytest.mark.parametrize("first", ["half", "cut"])
def test_a_later_half_that_invites_people_is_delivered(ada: Device, bob: Device, first: str) -> None:
    """The series itself is nobody else's: its cut names no organizer."""
    ada.put("m-1.ics", a_meeting(WEEKLY))
    shown, busy = of_uid(ada), busy_minutes(bob)
    half = bodies.added(bodies.put(shown.text, *LATER), ORGANIZER, SELF, invited())
    writes = {"half": ("later.ics", half), "cut": (shown.href, bodies.put(shown.text, CUT))}
    for name in sorted(writes, key=lambda name: name != first):
        assert of_uid(bob, "later") is None
        assert isinstance(ada.put(*writes[name]), Stored)
    assert bodies.value(of_uid(bob, "later").text, "DTSTART") == "20260324T140000"
    assert methods(bob) == ["REQUEST"]
    assert busy_minutes(bob) == busy + 120
    assert "SCHEDULE-STATUS=1.2" in attendee(of_uid(ada, "later").text, BOB)


@pytest.mark.parametrize("first", ["half", "cut"])
def test_a_day_that_both_halves_have_is_attendees_once(ada: Device, bob: Device, first: str) -> None:
    ada.put("m-1.ics", a_meeting(ORGANIZER, SELF, invited(), WEEKLY))
    shown, days = of_uid(ada), starts(ada, "review")
    half = bodies.put(shown.text, "UID:later", *bodies.times("20260324T120000", "20260324T130000"),
                      "RRULE:FREQ=WEEKLY;COUNT=2")  # fmt: skip
    cut = bodies.put(shown.text, "RRULE:FREQ=WEEKLY;UNTIL=20260324T160000Z")
    writes = {"half": ("later.ics", half), "cut": (shown.href, cut)}
    for name in sorted(writes, key=lambda name: name != first):
        assert isinstance(ada.put(*writes[name]), Stored)
    assert bodies.value(of_uid(bob, "later").text, "DTSTART") == "20260324T120000"
    assert starts(bob, "review") == starts(ada, "review") == days


def test_organizers_that_differ(organizers: Device) -> None:
    one = (*on("20260317"), f"ORGANIZER:{BOB}")  # fmt: skip
    body = bodies.with_override(a_meeting(ORGANIZER, SELF, WEEKLY), *one)
    outcome = organizers.put("m-1.ics", body)
    assert isinstance(outcome, Failed)
    assert (outcome.element or "").endswith("same-organizer-in-all-components")
