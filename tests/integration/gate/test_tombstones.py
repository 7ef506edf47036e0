"""What was removed is told for a year; whoever stayed away for longer lists the calendar anew (RFC 6578)."""

from __future__ import annotations

import pytest

from calgate.gate import tend
from calgate.gate.values import InvalidToken, Removed, Stored
from tests.support import bodies
from tests.support.practice import Device, Practice

TIMES = bodies.times("20260310T150000", "20260310T160000")


def add(device: Device, *names: str) -> None:
    for name in names:
        sent = bodies.new(name, name, *TIMES)
        assert isinstance(device.put(f"{name}.ics", sent), Stored)


def remove(device: Device, *names: str) -> None:
    for name in names:
        assert device.delete(f"{name}.ics") == Removed()


def tended(practice: Practice) -> None:
    for _ in range(100):
        if not practice.gate.tend():
            return
    raise AssertionError("there is always something due")


def test_a_program_that_stayed_away_for_a_year_lists_anew(practice: Practice, ada: Device) -> None:
    add(ada, "early", "late", "kept")
    old = ada.token()
    remove(ada, "early")
    between = ada.token()
    practice.clock.forward(days=200)
    remove(ada, "late")
    young = ada.token()
    practice.clock.forward(days=170)
    before = ada.listing()
    tended(practice)
    with pytest.raises(InvalidToken):
        ada.changes(old)
    assert ada.changes(between).removed == ("late.ics",)
    assert ada.changes(young).removed == ()
    assert {href for href, *_ in ada.changes().changed} == set(before) == set(ada.listing())
    assert ada.changes().removed == ()
    assert ada.token() == ada.changes().token


def test_nothing_is_forgotten_within_the_year(practice: Practice, ada: Device) -> None:
    add(ada, "early")
    token = ada.token()
    remove(ada, "early")
    practice.clock.forward(days=364)
    tended(practice)
    assert ada.changes(token).removed == ("early.ics",)
    practice.clock.forward(days=1)
    tended(practice)
    with pytest.raises(InvalidToken):
        ada.changes(token)


def test_another_calendar_keeps_its_tokens(practice: Practice, ada: Device, bob: Device) -> None:
    add(ada, "early")
    token, bobs = ada.token(), bob.token()
    remove(ada, "early")
    practice.clock.forward(days=400)
    tended(practice)
    with pytest.raises(InvalidToken):
        ada.changes(token)
    assert bob.changes(bobs).removed == ()


def test_a_look_forgets_a_batch_and_the_next_one_the_rest(
    practice: Practice, ada: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"e{number}" for number in range(5)]
    add(ada, *names)
    tokens = [ada.token()]
    for name in names:
        practice.clock.forward(minutes=1)
        remove(ada, name)
        tokens.append(ada.token())
    tended(practice)
    practice.clock.forward(days=400)
    monkeypatch.setattr(tend, "BATCH", 2)
    for done, left in ((2, 3), (4, 1), (5, 0)):
        assert practice.gate.tend() > 0
        assert len(ada.changes(tokens[done]).removed) == left
        with pytest.raises(InvalidToken):
            ada.changes(tokens[done - 1])
    assert practice.gate.tend() == 0


def test_a_first_listing_in_pages_goes_on_below_the_floor(practice: Practice, ada: Device) -> None:
    """What it has listed so far is older than what was forgotten."""
    add(ada, "early")
    remove(ada, "early")
    practice.clock.forward(days=400)
    before = ada.changes(None, limit=3)
    tended(practice)
    for page in (before, ada.changes(None, limit=3)):
        assert page.truncated
        found, numbers = set[str](), page.token.rpartition("-")[2]
        assert int(numbers.partition(".")[0]) < ada.calendar.floor
        for _ in range(20):
            found |= {href for href, *_ in page.changed}
            if not page.truncated:
                break
            page = ada.changes(page.token, limit=3)
        assert found == set(ada.listing())
        assert page.token == ada.token()


@pytest.mark.parametrize("numbers", ["9.1", "1.999999", "1.", ".5", "1.2.3", "1.x", "²", "1e1"])
def test_tokens_that_were_never_given_out_are_refused(ada: Device, numbers: str) -> None:
    with pytest.raises(InvalidToken):
        ada.changes(f"{ada.token().rpartition('-')[0]}-{numbers}")


def test_a_hidden_session_stays_hidden_for_longer_than_a_year(practice: Practice, ada: Device) -> None:
    shown = ada.get("off")
    assert ada.delete(shown.href) == Removed()
    practice.clock.forward(days=400)
    tended(practice)
    practice.load({"calgate": 1, "organizations": [
        {"id": "riverside", "name": "Riverbank", "pack": "provider_app", "timezone": "America/New_York",
         "policy": {"color_by": "off"}}]})  # fmt: skip
    assert ada.at(shown.href) is None


def test_a_refused_event_is_listed_as_removed_again_after_a_year(practice: Practice, ada: Device) -> None:
    """Its tombstone is as old as the newest refusal."""
    sent = bodies.new("x", "Noah Lane, 97153", *TIMES, "RRULE:FREQ=DAILY;COUNT=3")
    ada.refused(ada.put("x.ics", sent))
    practice.clock.forward(days=364)
    token = ada.token()
    ada.refused(ada.put("x.ics", sent))
    practice.clock.forward(days=30)
    tended(practice)
    assert ada.changes(token).removed == ("x.ics",)
