"""Loading a series again that people split: what the practice says of later occurrences is never lost."""

from __future__ import annotations

from typing import Any

import pytest

from calgate.domain.session import Fact, Session
from calgate.gate.practice_file import LoadError
from calgate.gate.values import Stored
from calgate.store import sessions
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import session, weekly, with_session
from tests.support.series import override, starts

NEXT = ("20260406T160000", "20260406T170000")
MOVED = ("20260406T153000", "20260406T163000")
LATER = ("20260504T153000", "20260504T163000")
FILE_PATH = "organizations[0].sessions[8].occurrences[0].on"


def split(ada: Device, series: str, uid: str, times: tuple[str, str], until: str) -> None:
    """This and future, as clients do it: a new series, and the old one cut before `until`."""
    shown = ada.get(series)
    new = bodies.put(shown.text, f"UID:{uid}", *bodies.times(*times))
    assert isinstance(ada.put(f"{uid}.ics", new, if_none_match="*"), Stored)
    assert isinstance(ada.put(shown.href, bodies.put(shown.text, f"RRULE:FREQ=WEEKLY;UNTIL={until}")), Stored)


def half(practice: Practice, uid: str = "later") -> Session:
    with practice.store.read() as tx:
        found = sessions.find_by_uid(tx, "riverside", "ada", uid)
    assert found is not None
    return found


def facts(found: Session) -> dict[str, frozenset[Fact]]:
    return {f"{each.on:%m-%d %H:%M}": each.facts for each in found.overrides if each.facts}


def told(on: str, **said: Any) -> dict[str, Any]:
    return with_session("weekly", occurrences=[{"on": on, **said}])


@pytest.mark.parametrize(("times", "hour"), [(NEXT, "16:00"), (MOVED, "15:30")])
def test_facts_of_occurrences_after_a_persons_split_are_not_lost(
    practice: Practice, ada: Device, times: tuple[str, str], hour: str
) -> None:
    split(ada, "weekly", "later", times, "20260405T035959Z")
    practice.clock.forward(days=60)
    before = starts(ada)
    file = told("2026-04-20T16:00", facts=["claim"])
    assert practice.load(file) == ["riverside: session weekly changed"]
    assert facts(half(practice)) == {f"04-20 {hour}": {Fact.CLAIM}}
    assert starts(ada) == before
    assert practice.load(file) == []
    assert bodies.values(ada.get(half(practice).id).text, "X-CALGATE-LOCKS") == ["claim"]


def test_a_fact_taken_back_after_a_persons_split_goes(practice: Practice, ada: Device) -> None:
    split(ada, "weekly", "later", NEXT, "20260405T035959Z")
    practice.clock.forward(days=60)
    practice.load(told("2026-04-20T16:00", facts=["claim"]))
    assert facts(half(practice))
    practice.load(told("2026-04-20T16:00", facts=[]))
    assert not facts(half(practice))


def test_a_cancelled_occurrence_after_a_persons_split_is_cancelled(practice: Practice, ada: Device) -> None:
    split(ada, "weekly", "later", MOVED, "20260405T035959Z")
    practice.clock.forward(days=60)
    practice.load(told("2026-04-20T16:00", status="cancelled", cancel={"type": "no_show", "reason": "Ill"}))
    [own] = half(practice).overrides
    assert (f"{own.on:%m-%d %H:%M}", own.status, own.cancel and own.cancel.type) == (
        "04-20 15:30",
        "cancelled",
        "no_show",
    )


def test_facts_reach_a_half_that_was_split_again(practice: Practice, ada: Device) -> None:
    split(ada, "weekly", "later", MOVED, "20260405T035959Z")
    split(ada, half(practice).id, "last", LATER, "20260503T035959Z")
    practice.clock.forward(days=75)
    practice.load(told("2026-05-11T16:00", facts=["note_signed"]))
    assert (facts(half(practice)), facts(half(practice, "last"))) == ({}, {"05-11 15:30": {Fact.NOTE_SIGNED}})


def test_a_fact_of_an_occurrence_that_the_later_half_has_not_names_its_place(
    practice: Practice, ada: Device
) -> None:
    shown = ada.get("weekly")
    new = bodies.put(shown.text, "UID:later", *bodies.times(*NEXT), "RRULE:FREQ=WEEKLY;INTERVAL=2")
    ada.put("later.ics", new, if_none_match="*")
    ada.put(shown.href, bodies.put(shown.text, "RRULE:FREQ=WEEKLY;UNTIL=20260405T035959Z"))
    practice.clock.forward(days=60)
    session, token = half(practice), ada.token()
    practice.load(told("2026-04-20T16:00", facts=["claim"]))
    with pytest.raises(LoadError, match="no such occurrence") as caught:
        practice.load(told("2026-04-27T16:00", facts=["claim"]))
    assert caught.value.path == FILE_PATH
    assert ada.token() != token
    assert facts(half(practice)) == {"04-20 16:00": {Fact.CLAIM}}
    assert half(practice).start == session.start


def test_a_fact_of_a_half_that_the_file_names_is_said_there(practice: Practice, ada: Device) -> None:
    split(ada, "weekly", "later", NEXT, "20260405T035959Z")
    name = half(practice).id
    file = told("2026-04-20T16:00", facts=["claim"])
    own = session(name, "2026-04-06T16:00", "2026-04-06T17:00", client="c-102", repeat=weekly("2026-06-29"))
    file["organizations"][0]["sessions"].append(own)
    with pytest.raises(LoadError, match=f"occurrence of '{name}'") as caught:
        practice.load(file)
    assert caught.value.path == FILE_PATH
    own["occurrences"] = file["organizations"][0]["sessions"][8].pop("occurrences")
    practice.load(file)
    assert facts(half(practice)) == {"04-20 16:00": {Fact.CLAIM}}


def test_a_half_that_began_and_was_changed_as_a_whole_stays(practice: Practice, ada: Device) -> None:
    split(ada, "weekly", "later", NEXT, "20260405T035959Z")
    practice.clock.forward(days=40)
    shown = ada.get(half(practice).id)
    later = bodies.put(shown.text, *bodies.times("20260406T170000", "20260406T180000"))
    assert isinstance(ada.put(shown.href, later), Stored)
    whole = starts(ada)
    practice.load(told("2026-04-06T16:00", facts=["claim"]))
    practice.load(told("2026-04-27T16:00", facts=["note_signed"]))
    assert starts(ada) == whole
    assert facts(half(practice)) == {"04-27 17:00": {Fact.NOTE_SIGNED}}
    assert facts(practice.session(f"{half(practice).id}~1")) == {"04-06 16:00": {Fact.CLAIM}}


def test_a_fact_of_an_occurrence_that_was_moved_to_before_the_split_is_not_lost(
    practice: Practice, ada: Device
) -> None:
    """All events are changed after one of them was moved from the future into the past."""
    shown = ada.get("weekly")
    ada.put(shown.href, override(shown.text, "20260316T160000", "20260304T180000", "20260304T190000"))
    practice.clock.forward(days=3)
    shown = ada.get("weekly")
    moved = bodies.put(shown.text, *bodies.times("20260105T170000", "20260105T180000"))
    assert isinstance(ada.put(shown.href, moved), Stored)
    practice.load(told("2026-03-16T16:00", facts=["claim"]))
    assert facts(practice.session("weekly~1")) == {"03-16 16:00": {Fact.CLAIM}}
