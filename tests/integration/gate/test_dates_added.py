"""A date duplicated in a calendar: a new event that names its session is one more date of it (R-DAT-1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from calgate.domain.session import Kind, Session
from calgate.gate.values import Removed, Stored
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import session_in
from tests.support.schools import copies, days, on, places, schools, start

CLINIC = bodies.times("20260415T093000", "20260415T123000", "Europe/London")


@pytest.fixture
def sam(practice: Practice) -> Iterator[Device]:
    practice.load(schools())
    yield practice.of("sam")


def duplicate(text: str, *lines: str, uid: str = "3f-copy") -> str:
    return bodies.put(text, f"UID:{uid}", *lines)


def of(practice: Practice, sam: Device, href: str) -> Session:
    found = sam.at(href)
    assert found is not None
    return practice.session(found.session or "", "schools")


def test_a_duplicated_date_is_one_more_date_of_the_session(practice: Practice, sam: Device) -> None:
    before = copies(sam, "elm")
    sent = on(duplicate(before[0].text, *bodies.alarm()), "20260521", "20260522")
    assert sam.put("copy.ics", sent, if_none_match="*") == Stored(True, None)
    assert days(practice, "elm") == ["04-16", "04-23", "04-30", "05-21"]
    after = copies(sam, "elm")
    assert places(after) == [*places(before), ("copy.ics", "3f-copy")]
    assert "TRIGGER:-PT15M" in after[3].text
    assert bodies.values(after[0].text, "RELATED-TO")[-1] == "3f-copy"
    assert practice.decisions("schools")[-1].changes[0]["change"] == "adddate"


def test_the_added_date_is_moved_removed_and_taken_back_at_its_address(
    practice: Practice, sam: Device
) -> None:
    first = copies(sam, "elm")[0]
    sam.put("copy.ics", on(duplicate(first.text), "20260521", "20260522"))
    added = copies(sam, "elm")[3]
    assert isinstance(sam.put("copy.ics", on(added.text, "20260522", "20260523")), Stored)
    assert days(practice, "elm")[3:] == ["05-22"]
    assert sam.delete("copy.ics") == Removed()
    assert (days(practice, "elm"), sam.at("copy.ics")) == (["04-16", "04-23", "04-30"], None)
    assert sam.put("copy.ics", added.text) == Stored(True, None)
    assert days(practice, "elm")[3:] == ["05-21"]
    assert places(copies(sam, "elm"))[3] == ("copy.ics", "3f-copy")


def test_an_added_date_keeps_its_address_when_the_practice_moves_it(practice: Practice, sam: Device) -> None:
    first = copies(sam, "elm")[0]
    sam.put("copy.ics", on(duplicate(first.text), "20260521", "20260522"))
    file = schools()
    session_in(file, "elm")["dates"] = ["2026-04-16", "2026-04-23", "2026-04-30", "2026-05-28"]
    practice.load(file)
    assert places(copies(sam, "elm"))[3] == ("copy.ics", "3f-copy")
    assert start(copies(sam, "elm")[3]) == "20260528"
    assert practice.load(file) == []


def test_a_duplicated_clinic_period_is_one_more_period(practice: Practice, sam: Device) -> None:
    period = copies(sam, "quay")[0]
    assert isinstance(sam.put("copy.ics", duplicate(period.text, *CLINIC)), Stored)
    assert days(practice, "quay") == ["04-13", "04-13", "04-14", "04-15"]
    assert of(practice, sam, "copy.ics").id == "quay"


def test_a_duplicate_on_a_date_that_is_there_is_refused_and_listed_as_removed(
    practice: Practice, sam: Device
) -> None:
    first, token = copies(sam, "elm")[0], sam.token()
    assert sam.refused(sam.put("copy.ics", duplicate(first.text))) == "R-DAT-1"
    assert days(practice, "elm") == ["04-16", "04-23", "04-30"]
    assert (sam.at("copy.ics"), sam.changes(token).removed) == (None, ("copy.ics",))
    late = on(duplicate(first.text), "20260901", "20260902")
    assert sam.refused(sam.put("copy.ics", late)) == "R-DAT-1"


def test_a_duplicate_of_a_cancelled_sessions_date_is_refused(practice: Practice, sam: Device) -> None:
    first = copies(sam, "elm")[0]
    file = schools()
    session_in(file, "elm")["status"] = "cancelled"
    practice.load(file)
    sent = on(duplicate(first.text), "20260521", "20260522")
    assert sam.refused(sam.put("copy.ics", sent)) == "R-STA-3"


@pytest.mark.parametrize(
    "lines",
    [
        ("LOCATION:Oak School",),
        ("RRULE:FREQ=WEEKLY;COUNT=3",),
        ("RDATE;VALUE=DATE:20260528",),
        ("STATUS:CANCELLED",),
        ("X-CALGATE-ID:oak-hpv",),
        ("X-CALGATE-ID:staff",),
        ("X-CALGATE-ID:none",),
        ("X-CALGATE-MARKER:Consent opens",),
    ],
)
def test_a_duplicate_that_is_an_event_of_its_own_stays_one(
    practice: Practice, sam: Device, lines: tuple[str, ...]
) -> None:
    first = copies(sam, "elm")[0]
    assert isinstance(sam.put("copy.ics", on(duplicate(first.text, *lines), "20260521", "20260522")), Stored)
    assert len(days(practice, "elm")) == 3
    assert len(days(practice, "oak-hpv")) == 3
    assert of(practice, sam, "copy.ics").kind is Kind.OTHER_EVENT


def test_a_duplicate_beside_all_dates_as_one_event_stays_an_event_of_its_own(
    practice: Practice, sam: Device
) -> None:
    file = schools()
    file["organizations"][0]["policy"] = {"multi_date": "rdate"}
    practice.load(file)
    (copy,) = copies(sam, "elm")
    plain = bodies.without(duplicate(copy.text), "RDATE")
    assert isinstance(sam.put("copy.ics", on(plain, "20260521", "20260522")), Stored)
    assert len(days(practice, "elm")) == 3
    assert of(practice, sam, "copy.ics").kind is Kind.OTHER_EVENT


def test_an_added_date_goes_into_the_one_event_when_the_policy_says_so(
    practice: Practice, sam: Device
) -> None:
    first = copies(sam, "elm")[0]
    sam.put("copy.ics", on(duplicate(first.text), "20260521", "20260522"))
    for mode, count in (("rdate", 1), ("per_date", 4)):
        file = schools()
        session_in(file, "elm")["dates"].append("2026-05-21")
        file["organizations"][0]["policy"] = {"multi_date": mode}
        practice.load(file)
        assert len(copies(sam, "elm")) == count
    assert places(copies(sam, "elm"))[3] == ("copy.ics", "3f-copy")


def test_a_duplicated_client_session_is_a_session_of_its_own(practice: Practice) -> None:
    ada = practice.of("ada")
    sent = bodies.put(ada.get("own").text, "UID:copy", *bodies.times("20260311T140000", "20260311T150000"))
    assert isinstance(ada.put("copy.ics", sent), Stored)
    found = ada.at("copy.ics")
    assert found is not None
    assert found.session != "own"
    made = practice.session(found.session or "")
    assert (made.kind, made.client, made.scheduled_by) == (Kind.CLIENT_SESSION, "c-102", "self")
