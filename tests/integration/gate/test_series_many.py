"""A series with many overrides: those that are sent as they are stored are not looked at."""

from __future__ import annotations

from typing import Any

import pytest

from calgate.gate import sent
from calgate.gate.values import Stored
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import with_session

MOVED = 14


def overrides() -> list[dict[str, Any]]:
    """Every Monday from 9 March on moved to Tuesday."""
    days = [(3, 9), (3, 16), (3, 23), (3, 30), (4, 6), (4, 13), (4, 20), (4, 27), (5, 4), (5, 11), (5, 18)]
    days += [(5, 25), (6, 1), (6, 8)]
    assert len(days) == MOVED
    return [
        {
            "on": f"2026-{month:02d}-{day:02d}T16:00",
            "start": f"2026-{month:02d}-{day + 1:02d}T09:00",
            "end": f"2026-{month:02d}-{day + 1:02d}T10:00",
        }
        for month, day in days
    ]


@pytest.fixture
def series(practice: Practice, ada: Device) -> str:
    practice.load(with_session("weekly", occurrences=overrides()))
    text = ada.get("weekly").text
    assert len(text) > sent._LARGE
    return text


def starts(ada: Device) -> list[str]:
    lines = bodies.unfolded(ada.get("weekly").text)
    return [line.rpartition(":")[2] for line in lines if line.startswith("DTSTART;TZID")]


def test_only_the_one_that_was_moved_moves(practice: Practice, ada: Device, series: str) -> None:
    before = starts(ada)
    assert before.count("20260324T090000") == 1
    href = ada.get("weekly").href
    moved = series.replace("20260324T090000", "20260324T110000").replace("20260324T100000", "20260324T120000")
    assert isinstance(ada.put(href, moved), Stored)
    assert starts(ada) == [each.replace("20260324T090000", "20260324T110000") for each in before]
    changes = practice.decisions()[-1].changes
    assert [each["change"] for each in changes] == ["move"]


def test_one_that_is_left_out_falls_back_to_the_rule(practice: Practice, ada: Device, series: str) -> None:
    """As SyncEvolution sends it; the others are as they were."""
    head, *parts = series.split("BEGIN:VEVENT")
    kept = [each for each in parts if "20260324T090000" not in each]
    assert len(kept) == MOVED
    assert isinstance(ada.put(ada.get("weekly").href, "BEGIN:VEVENT".join([head, *kept])), Stored)
    assert "20260324T090000" not in starts(ada)
    assert "20260317T090000" in starts(ada)


def test_what_was_stored_in_between_is_not_lost(
    practice: Practice, ada: Device, series: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program's write is committed after this one's body was read beside the copy."""
    href = ada.get("weekly").href
    other = series.replace("20260331T090000", "20260331T130000").replace("20260331T100000", "20260331T140000")
    mine = other.replace("20260324T090000", "20260324T110000").replace("20260324T100000", "20260324T120000")
    read_beside, asked = sent._stored, []

    def stored_before(*given: Any) -> str | None:
        found = read_beside(*given)
        if not asked:
            asked.append(href)
            assert isinstance(ada.put(href, other), Stored)
        return found

    monkeypatch.setattr(sent, "_stored", stored_before)
    assert isinstance(ada.put(href, mine), Stored)
    assert {"20260324T110000", "20260331T130000"} <= set(starts(ada))
