"""R-SER-5, 10, 11 through the gate: patterns that a client's session may have, and what clocks do to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from calgate.gate.values import Refusal, Stored
from calgate.ical.errors import BadCalendar
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import with_session
from tests.support.series import ZONE, parts, seen, starts

LISTED = (
    "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=4;COUNT=6",
    "FREQ=WEEKLY;INTERVAL=3;UNTIL=20260601T000000Z", "FREQ=MONTHLY;BYDAY=1TU", "FREQ=MONTHLY;BYDAY=-1FR",
)  # fmt: skip
OTHERS = (
    "FREQ=DAILY;COUNT=5", "FREQ=WEEKLY;BYDAY=TU,TH", "FREQ=WEEKLY;INTERVAL=3", "FREQ=YEARLY", "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYMONTHDAY=3", "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1",
)  # fmt: skip


def new_series(summary: str, rrule: str, start: str = "20260303T080000", end: str = "20260303T090000") -> str:
    return bodies.new("pattern", summary, *bodies.times(start, end), f"RRULE:{rrule}")


@pytest.mark.parametrize("rrule", LISTED)
def test_patterns_of_a_clients_sessions(practice: Practice, ada: Device, rrule: str) -> None:
    assert isinstance(ada.put("p.ics", new_series("Maya Brooks 97153", rrule)), Stored)


@pytest.mark.parametrize("rrule", OTHERS)
def test_other_patterns_are_for_other_events(practice: Practice, ada: Device, rrule: str) -> None:
    assert ada.refused(ada.put("p.ics", new_series("Maya Brooks 97153", rrule))) == "R-SER-5"
    assert ada.at("p.ics") is None
    assert isinstance(ada.put("p.ics", new_series("Swimming", rrule)), Stored)


def test_more_than_400_in_two_years(practice: Practice, ada: Device) -> None:
    outcome = ada.put("p.ics", new_series("Swimming", "FREQ=DAILY;COUNT=401"))
    assert ada.refused(outcome) == "R-SER-11"
    assert isinstance(outcome, Refusal)
    assert outcome.first.precondition == "{urn:ietf:params:xml:ns:caldav}max-instances"
    assert ada.at("p.ics") is None
    assert isinstance(ada.put("p.ics", new_series("Swimming", "FREQ=DAILY;COUNT=400")), Stored)
    before = ada.at("p.ics")
    longer = ada.put("p.ics", new_series("Swimming", "FREQ=DAILY"), if_match=before.etag)
    assert ada.refused(longer) == "R-SER-11"
    assert ada.at("p.ics").etag != before.etag
    assert "A series can have 400 appointments" in ada.at("p.ics").text


@pytest.mark.parametrize("lines", [
    ("RRULE:FREQ=WEEKLY;COUNT=1", f"EXDATE;{ZONE}:20260303T080000"),
    ("RRULE:FREQ=WEEKLY;UNTIL=20260101T000000Z",),
    (f"RDATE;{ZONE}:20260304T080000", f"EXDATE;{ZONE}:20260303T080000,20260304T080000"),
])  # fmt: skip
def test_a_new_series_without_any_occurrence(practice: Practice, ada: Device, lines: tuple[str, ...]) -> None:
    token = ada.token()
    nothing = bodies.new("pattern", "Swimming", *bodies.times("20260303T080000", "20260303T090000"), *lines)
    with pytest.raises(BadCalendar, match="has no occurrence") as caught:
        ada.put("p.ics", nothing)
    assert caught.value.precondition == "{urn:ietf:params:xml:ns:caldav}valid-calendar-object-resource"
    assert (ada.at("p.ics"), ada.token()) == (None, token)


def test_the_last_occurrences_of_a_series_can_be_taken_out(practice: Practice, ada: Device) -> None:
    sent = new_series("Swimming", "FREQ=WEEKLY;COUNT=2")
    assert isinstance(ada.put("p.ics", sent), Stored)
    assert starts(ada, "Swimming") == ["03-03 08:00", "03-10 08:00"]
    both = bodies.added(sent, f"EXDATE;{ZONE}:20260303T080000,20260310T080000")
    assert isinstance(ada.put("p.ics", both), Stored)
    assert [each.status for each in seen(ada, summary="Swimming")] == []


@pytest.mark.parametrize(("rrule", "day", "days"), [
    ("FREQ=MONTHLY;BYDAY=1TU", "20260303", ["03-03", "04-07", "05-05", "06-02", "07-07"]),
    ("FREQ=MONTHLY;BYDAY=-1FR", "20260327", ["03-27", "04-24", "05-29", "06-26"]),
    ("FREQ=WEEKLY;INTERVAL=4", "20260304", ["03-04", "04-01", "04-29", "05-27", "06-24"]),
])  # fmt: skip
def test_the_days_of_a_pattern(
    practice: Practice, ada: Device, rrule: str, day: str, days: list[str]
) -> None:
    sent = new_series("Swimming", rrule, f"{day}T080000", f"{day}T090000")
    assert isinstance(ada.put("p.ics", sent), Stored)
    assert starts(ada, "Swimming") == [f"{each} 08:00" for each in days]


def test_a_monthly_series_that_is_running_moves_from_its_next_day_on(practice: Practice, ada: Device) -> None:
    practice.load(with_session("weekly", start="2026-01-06T16:00", end="2026-01-06T17:00",
                               repeat={"pattern": "monthly_weekday", "week": 1}))  # fmt: skip
    shown = ada.get("weekly")
    later = bodies.put(shown.text, *bodies.times("20260106T170000", "20260106T180000"))
    assert isinstance(ada.put(shown.href, later), Stored)
    assert starts(ada) == ["01-06 16:00", "02-03 16:00", "03-03 17:00", "04-07 17:00", "05-05 17:00",
                           "06-02 17:00", "07-07 17:00"]  # fmt: skip


def test_an_open_end_is_busy_beyond_what_is_indexed_and_after_a_split(
    practice: Practice, ada: Device
) -> None:
    practice.load(with_session("weekly", repeat={"rrule": "FREQ=WEEKLY"}))
    shown = ada.get("weekly")
    later = bodies.put(shown.text, *bodies.times("20260105T170000", "20260105T180000"))
    assert isinstance(ada.put(shown.href, later), Stored)
    day = datetime(2031, 3, 3, tzinfo=UTC)
    (found,) = ada.busy(day, day + timedelta(days=1))
    assert (found.start, found.end) == (day.replace(hour=22), day.replace(hour=23))
    assert parts(practice, "weekly") == ["weekly~1", "weekly"]


def test_a_time_that_the_clocks_skip_or_repeat(practice: Practice, ada: Device) -> None:
    """2:30 is skipped on 8 March 2026 and comes twice on 1 November: an hour later, and the first one."""
    sent = new_series("Night watch", "FREQ=WEEKLY;COUNT=36", "20260301T023000", "20260301T030000")
    assert isinstance(ada.put("p.ics", sent), Stored)
    assert starts(ada, "Night")[:3] == ["03-01 02:30", "03-08 03:30", "03-15 02:30"]
    november = datetime(2026, 11, 1, tzinfo=UTC)
    again = bodies.put(sent, *bodies.times("20260301T011500", "20260301T014500"), "UID:again")
    assert isinstance(ada.put("again.ics", again), Stored)
    found = [each.start for each in ada.busy(november, november + timedelta(hours=7))]
    assert found == [november.replace(hour=5, minute=15)]


def test_split_on_the_day_on_which_the_clocks_change(practice: Practice, ada: Device) -> None:
    practice.clock.at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    sent = new_series("Night watch", "FREQ=WEEKLY;COUNT=5", "20260301T023000", "20260301T030000")
    assert isinstance(ada.put("p.ics", sent), Stored)
    shown = ada.at("p.ics")
    assert shown is not None
    assert isinstance(ada.put("p.ics", bodies.put(shown.text, "SUMMARY:Night round")), Stored)
    found = seen(ada, summary="Night")
    assert [(each.start, each.title) for each in found] == [
        ("03-01 02:30", "Night watch"), ("03-08 03:30", "Night round"), ("03-15 02:30", "Night round"),
        ("03-22 02:30", "Night round"), ("03-29 02:30", "Night round"),
    ]  # fmt: skip


def test_a_zone_whose_rules_have_changed(practice: Practice, ada: Device) -> None:
    """Mexico City gave up summer time in 2022; its clocks stay while New York's change."""
    mexico = bodies.times("20260302T120000", "20260302T130000", "America/Mexico_City")
    sent = bodies.new("mexico", "Call", *mexico, "RRULE:FREQ=WEEKLY;COUNT=2")
    assert isinstance(ada.put("p.ics", sent), Stored)
    assert starts(ada, "Call") == ["03-02 13:00", "03-09 14:00"]
    shown = ada.at("p.ics")
    assert shown is not None
    assert isinstance(ada.put("p.ics", bodies.added(shown.text, "EXDATE:20260309T180000Z")), Stored)
    assert starts(ada, "Call") == ["03-02 13:00"]


def test_an_exdate_of_an_occurrence_that_is_none_says_nothing(practice: Practice, ada: Device) -> None:
    shown, before = ada.get("weekly"), starts(ada)
    assert isinstance(ada.put(shown.href, bodies.added(shown.text, f"EXDATE;{ZONE}:20260310T160000")), Stored)
    assert starts(ada) == before
