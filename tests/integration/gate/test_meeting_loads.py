"""Meetings that the practice system changes, and that people have whose mail address it changes."""

from __future__ import annotations

from typing import Any

import pytest

from calgate.gate.practice_file import LoadError
from calgate.gate.values import Refusal, Removed, Stored
from tests.support import bodies
from tests.support.meetings import (
    ADA,
    BOB,
    ORGANIZER,
    SELF,
    a_meeting,
    answer,
    attendee,
    inbox,
    invited,
    methods,
    of_uid,
)
from tests.support.practice import Device, Practice
from tests.support.practice_file import practice_file, with_session
from tests.support.series import busy_minutes, starts
from tests.support.store import everything

CIRCLE = {
    "id": "circle", "kind": "other_event", "practitioner": "ada", "title": "Circle",
    "start": "2026-03-11T12:00", "end": "2026-03-11T13:00", "repeat": {"rrule": "FREQ=WEEKLY;COUNT=6"},
}  # fmt: skip


def invite(ada: Device, session: str) -> str:
    """Bob is invited to a session of the practice's file; its UID."""
    shown = ada.get(session)
    body = bodies.added(shown.text, ORGANIZER, SELF, invited())
    assert isinstance(ada.put(shown.href, body, if_match=shown.etag), Stored)
    return shown.uid


def with_circle() -> dict[str, Any]:
    file = practice_file()
    file["organizations"][0]["sessions"].append(dict(CIRCLE))
    return file


ADAS_NEW = "ada.moss@riverside.example"


def with_addresses(**emails: str) -> dict[str, Any]:
    """The file with other mail addresses of these people."""
    file = practice_file()
    for person in file["organizations"][0]["people"]:
        person["email"] = emails.get(person["id"], person["email"])
    return file


def test_an_organizer_whose_address_changes_stays_organizer(
    practice: Practice, organizers: Device, bob: Device
) -> None:
    organizers.put("m-1.ics", a_meeting())
    practice.load(with_addresses(ada=ADAS_NEW))
    shown = of_uid(bob)
    mine = bob.put(shown.href, bodies.put(shown.text, "SUMMARY:Mine"), if_match=shown.etag)
    assert isinstance(mine, Refusal)
    assert isinstance(answer(bob, "ACCEPTED"), Stored)
    shown = of_uid(organizers)
    assert "PARTSTAT=ACCEPTED" in attendee(shown.text, BOB)
    moved = bodies.put(shown.text, *bodies.times("20260310T150000", "20260310T160000"))
    assert isinstance(organizers.put(shown.href, moved, if_match=shown.etag), Stored)
    assert bodies.value(of_uid(bob).text, "DTSTART") == "20260310T150000"
    shown = of_uid(organizers)
    anew = bodies.put(shown.text, f"ORGANIZER:mailto:{ADAS_NEW}", "SUMMARY:Other review")
    assert isinstance(organizers.put(shown.href, anew, if_match=shown.etag), Stored)
    assert bodies.value(of_uid(bob).text, "SUMMARY") == "Other review"


def test_an_attendee_whose_address_changes_stays_invited(
    practice: Practice, organizers: Device, bob: Device
) -> None:
    organizers.put("m-1.ics", a_meeting())
    practice.load(with_addresses(bob="bob.reed@riverside.example"))
    assert isinstance(answer(bob, "ACCEPTED"), Stored)
    assert "PARTSTAT=ACCEPTED" in attendee(of_uid(organizers).text, BOB)
    assert isinstance(organizers.delete(of_uid(organizers).href), Removed)
    assert bodies.value(of_uid(bob).text, "STATUS") == "CANCELLED"


def test_a_former_address_is_whose_it_is_now(practice: Practice, ada: Device) -> None:
    practice.load(with_addresses(ada=ADAS_NEW))
    old, new = ADA, f"mailto:{ADAS_NEW}"
    assert practice.gate.addressed("riverside", [old, new]) == {old: "ada", new: "ada"}
    practice.load(with_addresses(ada=ADAS_NEW, bob="Ada@riverside.example"))
    assert practice.gate.addressed("riverside", [old, BOB]) == {old: "bob", BOB: "bob"}


@pytest.mark.parametrize("stored", [True, False])
def test_two_people_with_one_address_are_refused(practice: Practice, stored: bool) -> None:
    before = everything(practice.store)
    file = with_addresses(bob="ADA@riverside.example")
    if stored:
        file["organizations"][0]["people"] = file["organizations"][0]["people"][1:2]
        file["organizations"][0]["sessions"] = []
    with pytest.raises(LoadError, match="is the address of 'ada'") as caught:
        practice.load(file)
    assert caught.value.path == f"organizations[0].people[{0 if stored else 1}].email"
    assert everything(practice.store) == before


def test_two_people_may_exchange_their_addresses(practice: Practice) -> None:
    bobs, adas = BOB.removeprefix("mailto:"), ADA.removeprefix("mailto:")
    practice.load(with_addresses(ada=bobs, bob=adas))
    assert practice.gate.addressed("riverside", [ADA, BOB]) == {ADA: "bob", BOB: "ada"}


def test_a_load_that_moves_a_meeting_tells_its_people(practice: Practice, ada: Device, bob: Device) -> None:
    uid = invite(ada, "meeting")
    number = practice.number()
    practice.load(with_session("meeting", start="2026-03-04T15:00", end="2026-03-04T16:00", title="Review"))
    theirs = of_uid(bob, uid)
    assert bodies.value(theirs.text, "DTSTART") == "20260304T150000"
    assert bodies.value(theirs.text, "SUMMARY") == "Review"
    [message] = inbox(bob)
    assert bodies.value(message, "DTSTART") == "20260304T150000"
    assert practice.number() == number + 1
    assert practice.load(practice_file())
    assert bodies.value(of_uid(bob, uid).text, "DTSTART") == "20260304T120000"


def test_a_load_that_cancels_a_meeting_calls_it_off(practice: Practice, ada: Device, bob: Device) -> None:
    uid = invite(ada, "meeting")
    practice.load(with_session("meeting", status="cancelled", cancel={"type": "other", "reason": "Ill"}))
    assert bodies.value(of_uid(bob, uid).text, "STATUS") == "CANCELLED"
    assert methods(bob) == ["CANCEL"]
    practice.load(practice_file())
    assert bodies.value(of_uid(bob, uid).text, "STATUS") != "CANCELLED"


def test_a_load_that_makes_a_clients_of_a_meeting_calls_it_off(
    practice: Practice, ada: Device, bob: Device
) -> None:
    uid = invite(ada, "meeting")
    practice.load(with_session("meeting", kind="client_contact", client="c-101"))
    assert bodies.value(of_uid(bob, uid).text, "STATUS") == "CANCELLED"


def test_a_load_does_not_change_a_meeting_of_somebody_elses(
    practice: Practice, ada: Device, bob: Device
) -> None:
    ada.put("m-1.ics", a_meeting())
    name = of_uid(bob).session
    file = practice_file()
    own: dict[str, Any] = {
        "id": name, "kind": "other_event", "practitioner": "bob", "title": "Case review",
        "instructions": "Agenda", "start": "2026-03-10T12:00", "end": "2026-03-10T13:00",
    }  # fmt: skip
    file["organizations"][0]["sessions"].append(own)
    before = of_uid(bob).text
    own["start"] = "2026-03-10T11:00"
    with pytest.raises(LoadError, match="Only the organizer") as caught:
        practice.load(file)
    assert caught.value.path == "organizations[0].sessions[12]"
    assert of_uid(bob).text == before


def test_a_split_that_a_load_undoes_is_undone_for_attendees(
    practice: Practice, ada: Device, bob: Device
) -> None:
    practice.load(with_circle())
    uid = invite(ada, "circle")
    before, busy = starts(ada, "Circle"), busy_minutes(ada)
    theirs, their_busy = starts(bob, "Circle"), busy_minutes(bob)
    shown = ada.get("circle")
    new = bodies.put(shown.text, "UID:later", *bodies.times("20260325T140000", "20260325T150000"),
                     "RRULE:FREQ=WEEKLY;COUNT=4")  # fmt: skip
    ada.put("later.ics", new, if_none_match="*")
    ada.put(shown.href, bodies.put(ada.get("circle").text, "RRULE:FREQ=WEEKLY;UNTIL=20260325T035959Z"))
    assert starts(bob, "Circle") == starts(ada, "Circle") != before
    practice.load(with_circle())
    assert (starts(ada, "Circle"), busy_minutes(ada)) == (before, busy)
    assert busy_minutes(bob) == their_busy
    assert bodies.value(of_uid(bob, "later").text, "STATUS") == "CANCELLED"
    whole = of_uid(bob, uid).text
    assert bodies.value(whole, "RRULE") == bodies.value(of_uid(ada, uid).text, "RRULE")
    assert theirs == before
