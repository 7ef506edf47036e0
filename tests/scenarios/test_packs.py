"""Every row of every pack's scenarios, and what `calgate pack check` says of them."""

from __future__ import annotations

import pytest

from calgate.domain.scenario import Scenario, run, said, verdict_of
from calgate.gate import packs

ROWS = [(name, row) for name in packs.known() for row in packs.scenarios(name)]
each_row = pytest.mark.parametrize(
    ("name", "row"), ROWS, ids=[f"{name}-{row.rules}-{row.situation}" for name, row in ROWS]
)


@each_row
def test_the_pack_judges_as_the_row_says(name: str, row: Scenario) -> None:
    assert run(packs.find(name), row) == ""


def test_the_three_packs_are_known() -> None:
    assert packs.known() == ["mavis", "provider_app", "sessions_health"]


@pytest.mark.parametrize("name", packs.known())
def test_pack_check_finds_nothing_wrong(name: str) -> None:
    assert packs.check(name) == []


@each_row
def test_no_sentence_names_the_client(name: str, row: Scenario) -> None:
    assert "c-10" not in said(verdict_of(packs.find(name), row)).casefold()
