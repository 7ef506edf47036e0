"""Which sent occurrences a series never had."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calgate.domain.series import has_stray
from calgate.domain.session import Override
from tests.support.sessions import DAY, HOUR, WEEK, at, series, shown, with_master, with_override

UTC_ZONE = ZoneInfo("UTC")
MONDAYS = [at(f"2026-{day} 09:00") for day in ("03-02", "03-09", "03-16", "03-23", "03-30", "04-06")]
SECOND, THIRD = MONDAYS[1], MONDAYS[2]
MOVED = Override(on=SECOND, start=at("2026-03-11 14:00"), end=at("2026-03-11 15:00"))


def test_an_override_of_no_occurrence_is_stray_while_the_series_is_as_it_was_shown() -> None:
    session = series(overrides=(MOVED,), exdates=(THIRD,))
    document = shown(session)
    stray = with_override(document, MONDAYS[3] + DAY)
    assert has_stray(document, stray)
    assert has_stray(document, replace(stray, master=None))
    assert has_stray(document, with_master(stray, summary="Another", end=MONDAYS[0] + 2 * HOUR))
    assert not has_stray(document, document)
    assert not has_stray(stray, stray)
    assert not has_stray(stray, with_override(stray, MONDAYS[3] + DAY, summary="Another"))


@pytest.mark.parametrize("on", [MONDAYS[3], MONDAYS[3].astimezone(UTC_ZONE), SECOND, THIRD])
def test_an_override_of_an_occurrence_is_no_stray(on: datetime) -> None:
    document = shown(series(overrides=(MOVED,), exdates=(THIRD,)))
    assert not has_stray(document, with_override(document, on, summary="Another"))


@pytest.mark.parametrize("fields", [
    {"start": MONDAYS[0] + DAY, "end": MONDAYS[0] + DAY + HOUR}, {"rrule": "FREQ=WEEKLY;COUNT=2"},
    {"rrule": "FREQ=WEEKLY;INTERVAL=2"}, {"rrule": None},
])  # fmt: skip
def test_what_a_changed_series_leaves_behind_is_no_stray(fields: dict[str, Any]) -> None:
    document = shown(series())
    left = with_override(document, MONDAYS[3] + 3 * HOUR)
    assert has_stray(document, left)
    assert not has_stray(document, with_master(left, **fields))


def test_a_single_event_that_is_sent_as_its_own_occurrence_is_no_stray() -> None:
    document = shown(series(rrule=None))
    sent = with_override(document, MONDAYS[0] + DAY)
    assert not has_stray(document, replace(sent, master=None))


@pytest.mark.parametrize("on", [MONDAYS[0] - WEEK, MONDAYS[0] - HOUR, MONDAYS[-1] + HOUR, MONDAYS[-1] + WEEK])
def test_what_lies_beyond_the_ends_of_a_series_is_left_behind_too(on: datetime) -> None:
    document = shown(series())
    assert not has_stray(document, with_override(document, on))
