"""Sessions with several dates, through documents: moved, removed, added, cancelled, and what stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from calgate.domain.consent import consent_days
from calgate.domain.session import Fact, Kind, Status
from calgate.gate.practice_file import LoadError
from calgate.gate.values import Refusal, Removed, Stored
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import practice_file, session_in
from tests.support.schools import copies, days, on, places, schools, start

TOLD = "Parents were told the old dates"
BOOKED = "Appointments are booked. Change this in the practice system."


@pytest.fixture
def sam(practice: Practice) -> Iterator[Device]:
    practice.load(schools())
    yield practice.of("sam")


def test_a_moved_date_keeps_its_address_and_the_others_theirs(practice: Practice, sam: Device) -> None:
    before = copies(sam, "elm")
    token = sam.token()
    assert isinstance(sam.put(before[1].href, on(before[1].text, "20260507", "20260508")), Stored)
    assert days(practice, "elm") == ["04-16", "04-30", "05-07"]
    after = copies(sam, "elm")
    assert places(after) == [places(before)[n] for n in (0, 2, 1)]
    # All of them say when consent closes now; none makes the viewer's next edit stale.
    assert {href for href, *_ in sam.changes(token).changed} == {each.href for each in before}
    assert isinstance(sam.put(after[0].href, on(before[0].text, "20260415", "20260416")), Stored)
    after = copies(sam, "elm")
    assert isinstance(sam.put(after[2].href, on(after[2].text, "20260423", "20260424")), Stored)
    assert days(practice, "elm") == ["04-15", "04-23", "04-30"]
    assert places(copies(sam, "elm")) == places(before)


def test_a_date_moved_by_the_practice_keeps_its_address(practice: Practice, sam: Device) -> None:
    before = copies(sam, "elm")
    file = schools()
    session_in(file, "elm")["dates"] = ["2026-04-16", "2026-04-24", "2026-04-30", "2026-05-14"]
    assert practice.load(file) == ["schools: session elm changed"]
    after = copies(sam, "elm")
    assert places(after)[:3] == places(before)
    assert [start(each) for each in after] == ["20260416", "20260424", "20260430", "20260514"]
    assert practice.load(file) == []


def test_what_was_moved_in_the_calendar_is_not_new_to_the_practice(practice: Practice, sam: Device) -> None:
    copy = copies(sam, "elm")[1]
    assert isinstance(sam.put(copy.href, on(copy.text, "20260507", "20260508")), Stored)
    file = schools()
    session_in(file, "elm")["dates"] = ["2026-04-16", "2026-04-30", "2026-05-07"]
    assert practice.load(file) == []


def test_case_19_a_date_removed_after_consent_opened(practice: Practice, sam: Device) -> None:
    first, second, third = copies(sam, "oak-hpv")
    assert sam.delete(second.href) == Removed()
    assert days(practice, "oak-hpv") == ["03-16", "03-30"]
    assert sam.at(second.href) is None
    left = copies(sam, "oak-hpv")
    assert places(left) == places([first, third])
    assert all(TOLD in each.text for each in left)
    decision = practice.decisions("schools")[-1]
    assert (decision.verdict, decision.rule) == ("allowed", "")


def test_requests_that_went_out_keep_their_day(practice: Practice, sam: Device) -> None:
    copy = copies(sam, "oak-hpv")[0]
    assert isinstance(sam.put(copy.href, on(copy.text, "20260406", "20260407")), Stored)
    found = consent_days(practice.session("oak-hpv", "schools"))
    assert found is not None
    assert (found.opens_on, found.closes_on) == (date(2026, 2, 23), date(2026, 4, 5))
    assert practice.session("oak-hpv", "schools").requested_on == date(2026, 2, 23)


def test_days_are_computed_anew_before_consent_opens(practice: Practice, sam: Device) -> None:
    copy = copies(sam, "elm")[0]
    assert isinstance(sam.put(copy.href, on(copy.text, "20260414", "20260415")), Stored)
    assert TOLD not in copies(sam, "elm")[0].text
    found = consent_days(practice.session("elm", "schools"))
    assert found is not None
    assert (found.opens_on, found.reminders_on[0]) == (date(2026, 3, 24), date(2026, 4, 7))


def test_the_last_date_removed_leaves_it_unscheduled_and_it_comes_back(
    practice: Practice, sam: Device
) -> None:
    for copy in copies(sam, "elm"):
        assert sam.delete(copy.href) == Removed()
    session = practice.session("elm", "schools")
    assert (session.dates, session.status, copies(sam, "elm")) == ((), Status.SCHEDULED, [])
    outcome = sam.put(copy.href, copy.text)
    assert outcome == Stored(True, None)
    assert days(practice, "elm") == ["04-30"]
    assert places(copies(sam, "elm")) == places([copy])


def test_an_rdate_adds_a_date(practice: Practice, sam: Device) -> None:
    copy = copies(sam, "elm")[0]
    assert isinstance(sam.put(copy.href, bodies.added(copy.text, "RDATE;VALUE=DATE:20260521")), Stored)
    assert days(practice, "elm") == ["04-16", "04-23", "04-30", "05-21"]
    found = copies(sam, "elm")
    assert len(found) == 4
    assert all("RDATE" not in each.text for each in found)


def test_dates_outside_the_year_or_twice_are_refused(practice: Practice, sam: Device) -> None:
    copy = copies(sam, "elm")[2]
    for first, end in (("20260901", "20260902"), ("20260423", "20260424"), ("20260507", "20260509")):
        assert sam.refused(sam.put(copy.href, on(copy.text, first, end))) == "R-DAT-1"
    assert sam.refused(sam.put(copy.href, bodies.added(copy.text, "RRULE:FREQ=WEEKLY"))) == "R-DAT-1"
    assert days(practice, "elm") == ["04-16", "04-23", "04-30"]
    assert "The dates of this session are changed one by one." in copies(sam, "elm")[2].text


def test_a_clinic_period_moves_and_is_removed(practice: Practice, sam: Device) -> None:
    before = copies(sam, "quay")
    times = bodies.times("20260413T150000", "20260413T170000", "Europe/London")
    assert isinstance(sam.put(before[1].href, bodies.put(before[1].text, *times)), Stored)
    assert sam.delete(before[0].href) == Removed()
    after = copies(sam, "quay")
    assert places(after) == places(before[1:])
    assert start(after[0]) == "20260413T150000"
    whole = on(after[1].text, "20260414", "20260415")
    assert sam.refused(sam.put(after[1].href, whole)) == "R-DAT-1"


def test_a_booked_clinic_stays_where_and_when_it_is(practice: Practice, sam: Device) -> None:
    file = schools()
    session_in(file, "quay")["occurrences"] = [{"on": "2026-04-14", "facts": ["bookings"]}]
    practice.load(file)
    early, _, booked = copies(sam, "quay")
    assert "appointments are booked" in booked.text
    assert "appointments are booked" not in early.text
    times = bodies.times("20260414T100000", "20260414T130000", "Europe/London")
    outcome = sam.put(booked.href, bodies.put(booked.text, *times))
    assert isinstance(outcome, Refusal)
    assert (outcome.first.rule, outcome.first.sentence) == ("R-DAT-5", BOOKED)
    assert sam.refused(sam.delete(booked.href)) == "R-DAT-5"
    assert sam.delete(early.href) == Removed()
    assert practice.load(file)
    assert practice.session("quay", "schools").dates[-1].facts == {Fact.BOOKINGS}


def test_a_date_with_attendance_is_locked_and_takes_alarms(practice: Practice, sam: Device) -> None:
    practice.load(schools(occurrences=[{"on": "2026-03-16", "facts": ["attendance"]}]))
    first, second, _ = copies(sam, "oak-hpv")
    assert sam.refused(sam.put(first.href, on(first.text, "20260317", "20260318"))) == "R-DAT-7"
    assert sam.refused(sam.delete(first.href)) == "R-DAT-7"
    assert isinstance(sam.put(first.href, bodies.added(first.text, *bodies.alarm())), Stored)
    assert "BEGIN:VALARM" in copies(sam, "oak-hpv")[0].text
    assert isinstance(sam.put(second.href, on(second.text, "20260324", "20260325")), Stored)


def test_facts_of_a_date_that_is_none_are_an_error(practice: Practice, sam: Device) -> None:
    with pytest.raises(LoadError, match="the session has no date 2026-03-17"):
        practice.load(schools(occurrences=[{"on": "2026-03-17", "facts": ["attendance"]}]))
    with pytest.raises(LoadError, match="only facts"):
        practice.load(schools(occurrences=[{"on": "2026-03-16", "title": "x"}]))


def test_cancel_and_undo_of_the_whole_session(practice: Practice, sam: Device) -> None:
    practice.load(schools(dates=["2026-03-16"]))
    (copy,) = copies(sam, "oak-hpv")
    assert isinstance(sam.put(copy.href, bodies.put(copy.text, "STATUS:CANCELLED")), Stored)
    session = practice.session("oak-hpv", "schools")
    assert (session.status, len(session.dates)) == (Status.CANCELLED, 1)
    (copy,) = copies(sam, "oak-hpv")
    assert bodies.value(copy.text, "SUMMARY") == "Cancelled: School session: HPV"
    assert isinstance(sam.put(copy.href, bodies.put(copy.text, "STATUS:CONFIRMED")), Stored)
    assert practice.session("oak-hpv", "schools").status is Status.SCHEDULED


def test_one_date_of_a_cancelled_session_is_hidden_and_undo_shows_all(
    practice: Practice, sam: Device
) -> None:
    practice.load(schools(status="cancelled", cancel={"type": "other", "reason": "Snow"}))
    first, second, third = copies(sam, "oak-hpv")
    assert [bodies.value(each.text, "STATUS") for each in (first, second, third)] == ["CANCELLED"] * 3
    assert sam.refused(sam.put(second.href, on(second.text, "20260324", "20260325"))) == "R-STA-3"
    assert sam.delete(first.href) == Removed()
    assert len(copies(sam, "oak-hpv")) == 2
    assert isinstance(sam.put(third.href, bodies.put(third.text, "STATUS:CONFIRMED")), Stored)
    assert [bodies.value(each.text, "STATUS") for each in copies(sam, "oak-hpv")] == ["CONFIRMED"] * 3
    assert practice.session("oak-hpv", "schools").status is Status.SCHEDULED


def test_the_same_body_changes_nothing(practice: Practice, sam: Device) -> None:
    number = practice.number("schools")
    for copy in copies(sam, "quay") + copies(sam, "elm"):
        assert sam.put(copy.href, copy.text) == Stored(False, copy.etag)
    assert practice.number("schools") == number


def test_a_clinic_given_by_start_and_end_and_one_without_dates(practice: Practice, sam: Device) -> None:
    file = schools()
    clinic = session_in(file, "quay")
    org = file["organizations"][0]
    org["sessions"] += [
        {**clinic, "id": "one", "dates": [], "start": "2026-05-05T09:00", "end": "2026-05-05T12:00"},
        {**clinic, "id": "none", "dates": []},
    ]
    practice.load(file)
    (copy,) = copies(sam, "one")
    assert start(copy) == "20260505T090000"
    assert practice.session("one", "schools").kind is Kind.CLINIC_SESSION
    assert copies(sam, "none") == []
    session_in(file, "none")["dates"] = [{"date": "2026-05-06", "start": "09:00", "end": "12:00"}]
    practice.load(file)
    assert start(copies(sam, "none")[0]) == "20260506T090000"


def test_the_practice_cannot_load_dates_of_two_years(practice: Practice, sam: Device) -> None:
    with pytest.raises(LoadError, match="R-DAT-1"):
        practice.load(schools(dates=["2026-03-16", "2026-09-16"]))
    with pytest.raises(LoadError, match="R-DAT-3"):
        practice.load(schools(dates=["2026-06-16"], consent={"requests_on": "2026-06-12"}))


def test_another_event_in_the_same_calendar(practice: Practice, sam: Device) -> None:
    (copy,) = copies(sam, "staff")
    times = bodies.times("20260305T120000", "20260305T130000", "Europe/London")
    assert isinstance(sam.put(copy.href, bodies.put(copy.text, *times)), Stored)
    assert sam.delete(copy.href) == Removed()
    lunch = bodies.new("lunch", "Lunch", *bodies.times("20260306T120000", "20260306T130000", "Europe/London"))
    assert isinstance(sam.put("lunch.ics", lunch), Stored)
    found = sam.at("lunch.ics")
    assert found is not None
    assert practice.session(found.session or "", "schools").title == "Lunch"


def test_a_double_booking_with_any_of_the_dates_is_told(practice: Practice) -> None:
    """In a practice whose pack looks for them."""
    file = practice_file()
    riverside = file["organizations"][0]
    riverside["programmes"] = [{"id": "hpv", "name": "HPV"}]
    riverside["sessions"].append(
        {"id": "days", "kind": "school_session", "scheduled_by": "org", "practitioner": "ada",
         "location": "main", "programmes": ["hpv"], "dates": ["2026-04-02", "2026-04-09"]})  # fmt: skip
    practice.load(file)
    ada = practice.of("ada")
    for day, told in (("20260409", True), ("20260410", False)):
        visit = bodies.new(
            day, "Noah Lane, 97153", *bodies.times(f"{day}T100000", f"{day}T110000"), "LOCATION:Main office"
        )
        assert isinstance(ada.put(f"{day}.ics", visit), Stored)
        found = ada.at(f"{day}.ics")
        assert found is not None
        assert ("You have another session at this time." in bodies.value(found.text, "DESCRIPTION")) is told
    first, second = copies(ada, "days")
    assert ada.refused(ada.put(second.href, on(second.text, "20260413", "20260414"))) == "R-ORG-2"
    assert isinstance(ada.put(second.href, on(second.text, "20260407", "20260408")), Stored)
    assert places(copies(ada, "days")) == places([first, second])
