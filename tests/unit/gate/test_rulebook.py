"""docs/rules.md and the table of `calgate rules`."""

from __future__ import annotations

from pathlib import Path

import pytest

from calgate.domain.judge import order
from calgate.gate import packs, rulebook

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == rulebook.markdown()


def test_the_page_has_every_rule_of_every_pack() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in packs.known():
        for rule in packs.find(name).rules:
            assert f"| {rule.id} | {rule.says}" in page


@pytest.mark.parametrize("name", packs.known())
def test_the_table_is_in_the_order_of_reporting(name: str) -> None:
    pack = packs.find(name)
    table = rulebook.rules_table(pack)
    assert sorted(each[0] for each in table) == sorted(rule.id for rule in pack.rules)
    assert [each[0] for each in table] == sorted((each[0] for each in table), key=order)


def test_a_line_names_the_policy_and_what_always_holds() -> None:
    table = {each[0]: each for each in rulebook.rules_table(packs.find("provider_app"))}
    assert table["R-LOCK-6"][2] == "signed_note_move=same_day"
    assert table["R-NEW-3"][3] == "always"
    assert table["R-ORG-2"][2:] == ("week_start=MO", "")


@pytest.mark.parametrize("name", packs.known())
def test_every_check_says_its_rule_id(name: str) -> None:
    for rule in packs.find(name).rules:
        assert (rule.check.__doc__ or "").startswith(rule.id)
