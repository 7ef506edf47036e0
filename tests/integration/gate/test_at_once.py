"""Several programs writing at the same time, and bodies that no calendar should hold."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from calgate.gate.values import Failed, MakeCalendar, Outcome, Put, Stored
from calgate.ical.errors import BadCalendar
from tests.support import bodies
from tests.support.practice import Device, Practice

WRITERS = 6


def written(ada: Device, text: str, href: str, if_match: str | None = None) -> Outcome:
    return ada.put(href, text, if_match=if_match)


def test_of_edits_of_the_same_version_one_wins(practice: Practice, ada: Device) -> None:
    shown, number = ada.get("own"), practice.number()
    texts = [
        bodies.put(shown.text, *bodies.times(f"20260304T14{minute}00", f"20260304T15{minute}00"))
        for minute in range(10, 10 + WRITERS)
    ]
    with ThreadPoolExecutor(WRITERS) as pool:
        outcomes = list(pool.map(lambda text: written(ada, text, shown.href, if_match=shown.etag), texts))
    assert sum(isinstance(each, Stored) for each in outcomes) == 1
    assert [each.status for each in outcomes if isinstance(each, Failed)] == [412] * (WRITERS - 1)
    assert practice.number() == number + 1


def test_creations_at_once_all_have_a_number_of_their_own(practice: Practice, ada: Device) -> None:
    number, token = practice.number(), ada.token()
    times = bodies.times("20260310T150000", "20260310T160000")
    with ThreadPoolExecutor(WRITERS) as pool:
        names = [f"walk-{each}" for each in range(WRITERS * 3)]
        outcomes = list(
            pool.map(lambda name: written(ada, bodies.new(name, "Walk", *times), f"{name}.ics"), names)
        )
    assert all(isinstance(each, Stored) for each in outcomes)
    changed = {href for href, _, _ in ada.changes(token).changed}
    assert changed == {f"{name}.ics" for name in names}
    assert [each.number for each in practice.decisions()][-len(names) :] == list(
        range(number + 1, number + 1 + len(names))
    )


def test_one_uid_at_two_addresses_at_once(practice: Practice, ada: Device) -> None:
    event = bodies.new("walk", "Walk", *bodies.times("20260310T150000", "20260310T160000"))
    with ThreadPoolExecutor(WRITERS) as pool:
        hrefs = [f"walk-{each}.ics" for each in range(WRITERS)]
        outcomes = list(pool.map(lambda href: written(ada, event, href), hrefs))
    assert sum(isinstance(each, Stored) for each in outcomes) == 1
    assert {each.status for each in outcomes if isinstance(each, Failed)} == {409}


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x0b"])
def test_control_characters_break_nothing(practice: Practice, ada: Device, character: str) -> None:
    """They are refused, or kept out: no database and no XML has to take them."""
    shown = ada.get("meeting")
    for line in (f"SUMMARY:a{character}b", f"X-OWN:a{character}b", f"X-P;A=b{character}c:d"):
        try:
            ada.put(shown.href, bodies.added(bodies.without(shown.text, line.partition(":")[0]), line))
        except BadCalendar:
            continue
        assert character not in ada.get("meeting").text


@pytest.mark.parametrize("character", ["\x00", "\x01"])
def test_control_characters_in_a_plain_calendar(practice: Practice, ada: Device, character: str) -> None:
    practice.gate.submit(MakeCalendar(principal=ada.principal, slug="work"))
    work = practice.gate.collection(ada.principal, "work")
    assert work is not None
    times = bodies.times("20260310T150000", "20260310T160000", zone="UTC")
    body = bodies.new("e", f"a{character}b", *times).encode()
    proposal = Put(
        principal=ada.principal, collection=work, href="e.ics", body=body, received=practice.clock()
    )
    with pytest.raises(BadCalendar):
        practice.gate.submit(proposal)
