"""Finding and checking rule packs."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from calgate.domain.case import Case
from calgate.domain.pack import Pack, Rule
from calgate.domain.rules import organization
from calgate.domain.verdict import Refused
from calgate.gate import packs
from calgate_packs.tables.world import move, own, row

LATER = move("2026-03-05 12:00", "2026-03-05 13:00")


def never(case: Case) -> Refused:
    return Refused("X-1", "Never.")


def module(monkeypatch: pytest.MonkeyPatch, name: str, **content: object) -> None:
    made = ModuleType(name)
    for key, value in content.items():
        setattr(made, key, value)
    monkeypatch.setitem(sys.modules, name, made)


@pytest.mark.parametrize("name", ["provider_app", "sessions_health", "mavis"])
def test_the_three_packs_load(name: str) -> None:
    assert packs.find(name).name == name


def test_packs_hold_the_families_of_section_12() -> None:
    held = {name: {rule.id for rule in packs.find(name).rules} for name in packs.known()}
    assert {"R-STA-7", "R-CAN-7"}.isdisjoint(held["provider_app"])
    assert {"R-STA-1", "R-STA-2", "R-STA-6", "R-STA-8", "R-GEN-8", "R-HRS-1"}.isdisjoint(
        held["sessions_health"]
    )
    assert not any(each.startswith("R-ORG") for each in held["sessions_health"])
    assert held["mavis"] == {
        "R-LOCK-1",
        "R-STA-3",
        "R-STA-4",
        "R-SER-11",
        "R-DAT-1",
        "R-DAT-3",
        "R-DAT-4",
        "R-DAT-5",
        "R-DAT-7",
        "R-DAT-9",
        "R-DAT-10",
        "R-DAT-11",
        "R-CAN-1",
        "R-CAN-4",
        "R-CAN-7",
    }
    assert {rule.id for rule in organization.RULES} <= held["provider_app"]


def test_a_pack_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = Pack("ours", "1", "Ours", (Rule("X-1", "Never.", never, keys=("overlap",)),))
    module(monkeypatch, "our.pack", PACK=pack)
    module(monkeypatch, "our.pack.scenarios", SCENARIOS=(row("X-1", "moved", own(), LATER, "refused X-1"),))
    assert packs.find("our.pack") is pack
    assert packs.check("our.pack") == []


def test_check_tells_what_differs_and_what_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = Pack(
        "ours", "1", "Ours", (Rule("X-1", "Never.", never), Rule("X-2", "Nothing.", lambda case: None))
    )
    module(monkeypatch, "our.pack", PACK=pack)
    rows = (
        row("X-1", "moved", own(), LATER, "allowed"),
        row("X-1", "moved again", own(), LATER, "refused X-1", "Not now."),
    )
    module(monkeypatch, "our.pack.scenarios", SCENARIOS=rows)
    assert packs.check("our.pack") == [
        "X-1: moved: expected 'allowed', got 'refused X-1'.",
        "X-1: moved again: expected the sentence 'Not now.', got 'Never.'.",
        "X-2: no scenario names this rule.",
    ]


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ((), "pack 'our.pack' has no rules"),
        ((Rule("X-1", "", never), Rule("X-1", "", never)), "pack 'our.pack' has the rule X-1 twice"),
        (
            (Rule("X-1", "", never, keys=("week_begin",)),),
            "pack 'our.pack' has the rule X-1 with the policy key 'week_begin', which does not exist",
        ),
    ],
)
def test_a_pack_that_is_not_in_order(
    monkeypatch: pytest.MonkeyPatch, rules: tuple[Rule, ...], sentence: str
) -> None:
    module(monkeypatch, "our.pack", PACK=Pack("ours", "1", "", rules))
    with pytest.raises(packs.PackError) as caught:
        packs.find("our.pack")
    assert str(caught.value) == sentence


def test_packs_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    module(monkeypatch, "our.empty")
    for name, sentence in {
        "nowhere": "pack 'nowhere' has no module 'calgate_packs.nowhere'",
        "../x": "there is no pack '../x'",
        ".x": "there is no pack '.x'",
        "our..pack": "there is no pack 'our..pack'",
        "": "there is no pack ''",
        "tables": "pack 'tables' has no PACK of type Pack",
        "our.empty": "pack 'our.empty' has no PACK of type Pack",
    }.items():
        with pytest.raises(packs.PackError) as caught:
            packs.find(name)
        assert str(caught.value) == sentence


def test_a_pack_without_scenarios_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    module(monkeypatch, "our.pack", PACK=Pack("ours", "1", "", (Rule("X-1", "", never),)))
    module(monkeypatch, "our.pack.scenarios", SCENARIOS=())
    with pytest.raises(packs.PackError, match="has no scenarios"):
        packs.check("our.pack")
