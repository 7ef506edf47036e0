"""What the gate records and logs of its decisions, and the rules that only a whole gate shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from calgate.domain.case import Actor, Case
from calgate.domain.change import Undo
from calgate.domain.pack import Rule
from calgate.domain.verdict import Refused
from calgate.gate import packs
from calgate.gate.values import Ask, DropCalendar, Failed, Refusal, Removed, Stored
from tests.support import bodies
from tests.support.practice import Device, Practice


def test_a_refusal_names_the_first_rule_and_records_all(practice: Practice, ada: Device) -> None:
    """R-GEN-1: another week, longer and another place: all are kept, in the order of reporting."""
    shown = ada.get("org")
    sent = bodies.put(
        shown.text, *bodies.times("20260310T100000", "20260310T113000"), "LOCATION:Main office\\, room 1"
    )
    assert ada.refused(ada.put(shown.href, sent)) == "R-ORG-2"
    assert practice.decisions()[-1].rules == ["R-ORG-2", "R-ORG-3", "R-ORG-6"]


def test_one_refused_change_refuses_all(practice: Practice, ada: Device) -> None:
    shown, session = ada.get("org"), practice.session("org")
    sent = bodies.put(shown.text, "LOCATION:Main office\\, room 1", "DESCRIPTION:Crayons.")
    assert ada.refused(ada.put(shown.href, sent)) == "R-ORG-6"
    assert practice.session("org") == session


def test_what_the_practice_overrides_is_recorded(practice: Practice) -> None:
    desk = Actor("org", "desk")
    undo = Ask(
        org="riverside", actor=desk, session="off", changes=(Undo(),), received=practice.clock(), door="api"
    )
    assert practice.gate.submit(undo) == Stored(False, None)
    decision = practice.decisions()[-1]
    assert (decision.verdict, decision.role, decision.actor, decision.door) == (
        "allowed",
        "org",
        "desk",
        "api",
    )
    assert decision.session_id == "off"


@pytest.mark.parametrize(
    ("org", "session"), [("riverside", "none"), ("riverside", "visit"), ("hillside", "own")]
)
def test_unknown_and_foreign_ids_are_not_found(practice: Practice, org: str, session: str) -> None:
    ask = Ask(
        org=org,
        actor=Actor("org", "desk"),
        session=session,
        changes=(Undo(),),
        received=practice.clock(),
        door="api",
    )
    before = practice.number(org)
    outcome = practice.gate.submit(ask)
    assert isinstance(outcome, Failed)
    assert outcome.status == 404
    assert practice.number(org) == before


def test_a_crashed_rule_refuses_and_is_logged(
    practice: Practice, ada: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(case: Case) -> Refused | None:
        raise ZeroDivisionError(f"about {case.practice.clients}")

    pack = packs.find("provider_app")
    broken = replace(pack, rules=(*pack.rules, Rule("R-OWN-9", "Crashes.", crash)))
    monkeypatch.setattr("calgate.gate.packs.find", lambda name: broken)
    shown = ada.get("own")
    with capture_logs() as lines:
        outcome = ada.put(
            shown.href, bodies.put(shown.text, *bodies.times("20260304T150000", "20260304T160000"))
        )
    assert ada.refused(outcome) == "R-OWN-9"
    (line,) = [each for each in lines if each["log_level"] == "error"]
    assert (line["rule"], line["fault"], line["org"], line["session"]) == (
        "R-OWN-9", "ZeroDivisionError", "riverside", "own",
    )  # fmt: skip
    assert line["number"] == practice.decisions()[-1].number
    assert "Maya" not in str(lines)
    assert "Brooks" not in str(lines)


def test_a_decision_names_no_client(practice: Practice, ada: Device) -> None:
    event = bodies.new("n", "Noah Lane, 97153", *bodies.times("20260310T150000", "20260310T160000"))
    ada.put("n.ics", event)
    assert "Noah" not in str(practice.decisions()[-1])


# What tests/scenarios/test_take_out.py leaves to a whole gate: each with what takes the rule out.


def r_gen_9(practice: Practice, ada: Device) -> None:
    """A stale If-Match is 412, whatever the rules would say; nothing is recorded or bounced."""
    for id_ in ("own", "claimed"):
        shown, number = ada.get(id_), practice.number()
        moved = bodies.put(shown.text, *bodies.times("20260311T150000", "20260311T160000"))
        for outcome in (
            ada.put(shown.href, moved, if_match="stale"),
            ada.delete(shown.href, if_match="stale"),
        ):
            assert isinstance(outcome, Failed)
            assert outcome.status == 412
        assert (ada.get(id_), practice.number()) == (shown, number)


def r_can_2(practice: Practice, ada: Device) -> None:
    """A DELETE is 204 and the session comes back as cancelled; the next one hides it."""
    shown = ada.get("own")
    assert ada.delete(shown.href) == Removed()
    again = ada.at(shown.href)
    assert again is not None
    assert (again.uid, bodies.value(again.text, "STATUS")) == (shown.uid, "CANCELLED")
    assert again.etag != shown.etag
    assert ada.delete(shown.href) == Removed()
    assert ada.at(shown.href) is None


def r_can_6(practice: Practice, ada: Device) -> None:
    """A DELETE of the sessions collection is refused."""
    outcome = practice.gate.submit(DropCalendar(principal=ada.principal, collection=ada.calendar))
    assert isinstance(outcome, Refusal)
    assert outcome.first.rule == "R-CAN-6"
    assert practice.gate.collection(ada.principal, "sessions") is not None


Proof = Callable[[Practice, Device], None]
TAKEN_OUT: tuple[tuple[Proof, str, Any], ...] = (
    (r_gen_9, "calgate.gate.managed.unmet", lambda *given: None),
    (r_can_2, "calgate.gate.publish.hide", lambda *given: None),
    (r_can_6, "calgate.gate.calendars.Refusal", lambda *given: Removed()),
)


@pytest.mark.parametrize("proof", [each[0] for each in TAKEN_OUT])
def test_what_only_a_gate_shows_holds(practice: Practice, ada: Device, proof: Proof) -> None:
    proof(practice, ada)


@pytest.mark.parametrize(("proof", "where", "instead"), TAKEN_OUT)
def test_taken_out_it_is_missed(
    practice: Practice, ada: Device, monkeypatch: pytest.MonkeyPatch, proof: Proof, where: str, instead: Any
) -> None:
    monkeypatch.setattr(where, instead)
    with pytest.raises(AssertionError):
        proof(practice, ada)
