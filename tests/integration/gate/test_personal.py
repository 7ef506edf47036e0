"""Alarms, colours, categories and unknown properties: each viewer's own, through everything that happens."""

from __future__ import annotations

from calgate.gate.values import Stored
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import practice_file, with_session

MINE = ("X-FRIEND:yes", "PRIORITY:3", *bodies.alarm(20))
THE_SAME_SLOT = bodies.times("20260303T120000", "20260303T130000")


def marked(device: Device, id_: str) -> str:
    """The href of a copy on which the person put properties of all sorts."""
    shown = device.get(id_)
    text = bodies.put(shown.text, "CATEGORIES:Client session,Favourites", "COLOR:hotpink")
    assert isinstance(device.put(shown.href, bodies.added(text, *MINE)), Stored)
    check(device, id_)
    return shown.href


def check(device: Device, id_: str) -> None:
    event = bodies.event(device.get(id_).text)
    assert set(MINE) <= set(event)
    named = ",".join(line.partition(":")[2] for line in event if line.startswith("CATEGORIES"))
    assert sorted(named.split(",")) == ["Client session", "Favourites"]
    assert [line for line in event if line.startswith("COLOR")] == ["COLOR:hotpink"]


def test_what_is_ones_own_survives_every_republish(practice: Practice, ada: Device) -> None:
    href = marked(ada, "own")
    ada.put(href, bodies.put(ada.get("own").text, *bodies.times("20260304T150000", "20260304T160000")))
    check(ada, "own")
    practice.load(with_session("own", room="1"))
    check(ada, "own")
    file = practice_file()
    file["organizations"][0].update(policy={"color_by": "service"}, sessions=[])
    practice.load(file)
    check(ada, "own")
    practice.clock.forward(minutes=2)
    practice.gate.tend()
    check(ada, "own")
    ada.delete(href)
    check(ada, "own")
    ada.put(href, bodies.put(ada.get("own").text, "STATUS:CONFIRMED"))
    check(ada, "own")


def test_it_survives_a_bounce_and_a_hiding(practice: Practice, ada: Device) -> None:
    href = marked(ada, "own")
    assert ada.refused(ada.put(href, bodies.put(ada.get("own").text, "DTSTART;VALUE=DATE:20260304",
                                                "DTEND;VALUE=DATE:20260305"))) == "R-NEW-3"  # fmt: skip
    check(ada, "own")
    cancelled = bodies.put(ada.get("own").text, "STATUS:CANCELLED")
    ada.put(href, cancelled)
    ada.delete(href)
    practice.load(with_session("own", room="1"))
    check(ada, "own")


def test_dropped_properties_stay_and_dropped_alarms_go(ada: Device) -> None:
    href = marked(ada, "own")
    bare = bodies.without(ada.get("own").text, "X-", "PRIORITY", "CATEGORIES", "COLOR")
    lines = bodies.unfolded(bare)
    cut = bodies.joined(lines[: lines.index("BEGIN:VALARM")] + lines[lines.index("END:VALARM") + 1 :])
    assert isinstance(ada.put(href, cut), Stored)
    event = bodies.event(ada.get("own").text)
    assert {"X-FRIEND:yes", "PRIORITY:3", "COLOR:hotpink"} <= set(event)
    assert "BEGIN:VALARM" not in event


def test_an_occurrences_alarm_is_the_occurrences(ada: Device) -> None:
    shown = ada.get("weekly")
    times = bodies.times("20260309T170000", "20260309T180000")
    override = ("RECURRENCE-ID;TZID=America/New_York:20260309T160000", *times,
                f"SUMMARY:{bodies.value(shown.text, 'SUMMARY')}", *bodies.alarm(7))  # fmt: skip
    assert isinstance(ada.put(shown.href, bodies.with_override(shown.text, *override)), Stored)
    text = ada.get("weekly").text
    assert bodies.values(text, "TRIGGER") == ["-PT7M"]
    assert "BEGIN:VALARM" not in bodies.event(text)


def test_nothing_of_one_viewer_reaches_another(practice: Practice, ada: Device, bob: Device) -> None:
    href = marked(ada, "org")
    practice.load(with_session("org", practitioner="bob"))
    assert ada.at(href) is None
    bobs = bob.get("org")
    for mark in ("X-FRIEND", "hotpink", "VALARM", "Favourites", "PRIORITY"):
        assert mark not in bobs.text
    bob.put(bobs.href, bodies.added(bobs.text, "X-BOBS:1"))
    practice.load(with_session("org", practitioner="ada"))
    assert bob.at(bobs.href) is None
    assert ada.get("org").href == href
    check(ada, "org")
    assert "X-BOBS" not in ada.get("org").text


def test_a_refusal_of_one_is_not_told_to_another(practice: Practice, ada: Device, bob: Device) -> None:
    shown = ada.get("org")
    ada.put(shown.href, bodies.put(shown.text, *bodies.times("20260310T100000", "20260310T110000")))
    practice.load(with_session("org", practitioner="bob"))
    assert "same week" not in bob.get("org").text.replace("\r\n ", "")


def test_people_see_their_own_sessions_only(ada: Device, bob: Device) -> None:
    assert {each.session for each in bob.all()} == {"bobs"}
    assert "bobs" not in {each.session for each in ada.all()}


def test_only_unsent_parts_of_a_copied_event_are_ours(ada: Device) -> None:
    """A copy that a program makes of our event has our colour and category, which aren't its user's own."""
    shown = ada.get("own")
    copied = bodies.put(
        bodies.without(shown.text, "X-CALGATE-ID"),
        "UID:copied",
        *bodies.times("20260311T140000", "20260311T150000"),
    )
    assert isinstance(ada.put("copied.ics", copied), Stored)
    made = ada.at("copied.ics")
    assert made is not None
    assert bodies.value(made.text, "X-CALGATE-STATUS") == "pending_validation"
    assert bodies.value(made.text, "COLOR") == "goldenrod"
    assert bodies.values(made.text, "CATEGORIES") == ["Client session"]
