"""How sessions with several dates are shown: one event per date or for all, markers, alarms, progress."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from calgate.gate.values import Removed, Stored
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import session_in
from tests.support.schools import copies, days, on, schools, start

TOLD = "Parents were told the old dates"
BOOKED = "Appointments are booked. Change this in the practice system."


@pytest.fixture
def sam(practice: Practice) -> Iterator[Device]:
    practice.load(schools())
    yield practice.of("sam")


def test_all_dates_as_one_event(practice: Practice, sam: Device) -> None:
    file = schools()
    file["organizations"][0]["policy"] = {"multi_date": "rdate"}
    practice.load(file)
    (copy,) = copies(sam, "elm")
    assert bodies.value(copy.text, "RDATE") == "20260423,20260430"
    assert "RDATE;VALUE=DATE:" in copy.text
    assert len(copies(sam, "quay")) == 3
    fewer = bodies.put(copy.text, "RDATE;VALUE=DATE:20260430")
    assert isinstance(sam.put(copy.href, fewer), Stored)
    assert days(practice, "elm") == ["04-16", "04-30"]
    (copy,) = copies(sam, "elm")
    moved = bodies.with_override(
        copy.text,
        "RECURRENCE-ID;VALUE=DATE:20260430",
        "DTSTART;VALUE=DATE:20260507",
        "DTEND;VALUE=DATE:20260508",
    )
    assert isinstance(sam.put(copy.href, moved), Stored)
    assert days(practice, "elm") == ["04-16", "05-07"]
    (copy,) = copies(sam, "elm")
    assert isinstance(sam.put(copy.href, bodies.added(copy.text, "EXDATE;VALUE=DATE:20260416")), Stored)
    assert days(practice, "elm") == ["05-07"]
    (copy,) = copies(sam, "elm")
    assert sam.delete(copy.href) == Removed()
    assert days(practice, "elm") == []


def test_markers_of_consent_days_are_read_only(practice: Practice, sam: Device) -> None:
    file = schools()
    file["organizations"][0]["policy"] = {"markers": "on"}
    practice.load(file)
    marks = [each for each in copies(sam, "elm") if "X-CALGATE-MARKER" in each.text]
    assert [start(each) for each in marks] == ["20260326", "20260409", "20260416", "20260423"]
    opens = marks[0]
    assert bodies.value(opens.text, "SUMMARY") == "Consent opens: School session: HPV"
    assert bodies.value(opens.text, "TRANSP") == "TRANSPARENT"
    assert sam.refused(sam.put(opens.href, on(opens.text, "20260320", "20260321"))) == "R-DAT-9"
    assert sam.refused(sam.delete(opens.href)) == "R-DAT-9"
    found = sam.at(opens.href)
    assert found is not None
    assert "Consent days follow from the dates" in found.text
    assert isinstance(sam.put(opens.href, bodies.added(found.text, *bodies.alarm())), Stored)
    # The first date moves, its markers with it, at their addresses.
    first = next(each for each in copies(sam, "elm") if start(each) == "20260416" and each not in marks[:3]
                 and "X-CALGATE-MARKER" not in each.text)  # fmt: skip
    assert isinstance(sam.put(first.href, on(first.text, "20260414", "20260415")), Stored)
    moved = sam.at(opens.href)
    assert moved is not None
    assert start(moved) == "20260324"


def test_staff_alarms_are_put_on_new_copies_and_stay_the_viewers(practice: Practice, sam: Device) -> None:
    file = schools()
    org = file["organizations"][0]
    org["policy"] = {"staff_alarms": "on"}
    org["sessions"].append(session_in(file, "elm") | {"id": "new"})
    practice.load(file)
    first, second, _ = copies(sam, "new")
    assert bodies.values(first.text, "TRIGGER") == ["-P21D", "-P7D"]
    assert bodies.values(second.text, "TRIGGER") == ["-P7D"]
    quiet = bodies.joined(
        line
        for line in bodies.unfolded(first.text)
        if line not in ("BEGIN:VALARM", "END:VALARM")
        and not line.startswith(("TRIGGER", "ACTION", "DESCRIPTION:Cons"))
    )
    assert isinstance(sam.put(first.href, quiet), Stored)
    practice.clock.forward(minutes=2)
    practice.gate.tend()
    assert "VALARM" not in copies(sam, "new")[0].text


def test_the_words_for_progress_change_at_midnight(practice: Practice, sam: Device) -> None:
    def words() -> list[str]:
        return [bodies.value(each.text, "DESCRIPTION").split("\\n")[0] for each in copies(sam, "oak-hpv")]

    assert words() == ["Status: Scheduled"] * 3
    practice.clock.at = datetime(2026, 3, 16, 0, 1, tzinfo=UTC)
    practice.gate.tend()
    assert words() == ["Status: In progress"] * 3
    practice.clock.at = datetime(2026, 3, 17, 0, 1, tzinfo=UTC)
    practice.gate.tend()
    assert words() == ["Status: Scheduled"] * 3
    practice.clock.at = datetime(2026, 3, 31, 0, 1, tzinfo=UTC)
    practice.gate.tend()
    assert words() == ["Status: Completed"] * 3
    assert practice.gate.tend() == 0


def test_every_date_is_a_whole_day_of_its_own(sam: Device) -> None:
    first, second, third = copies(sam, "elm")
    assert [start(each) for each in (first, second, third)] == ["20260416", "20260423", "20260430"]
    assert bodies.value(first.text, "DTEND") == "20260417"
    assert bodies.value(first.text, "TRANSP") == "OPAQUE"
    assert bodies.value(first.text, "SUMMARY") == "School session: HPV"
    uids = {bodies.value(each.text, "UID") for each in (second, third)}
    assert set(bodies.values(first.text, "RELATED-TO")) == uids
    assert "RELATED-TO;RELTYPE=SIBLING" in first.text
    assert "Consent requests: from 26 March 2026 to 29 April 2026" in bodies.value(first.text, "DESCRIPTION")


def test_a_clinic_has_timed_periods_two_on_a_day(sam: Device) -> None:
    found = copies(sam, "quay")
    assert [start(each) for each in found] == ["20260413T093000", "20260413T140000", "20260414T093000"]
    assert len({each.href for each in found}) == 3
