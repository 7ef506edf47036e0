"""The rows of free/busy of many people ask what they say, and notice an answer that lacks something."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bench import people
from bench.client import Answer
from calgate.gate.practice_file import parse


def test_everybody_has_six_sessions_on_every_weekday() -> None:
    practice = people.busy_practice(3, date(2026, 3, 4))

    assert parse(practice)
    sessions = practice["organizations"][0]["sessions"]
    assert len(sessions) == 3 * 5 * 6
    assert {each["practitioner"] for each in sessions} == {"bench", "bench-2", "bench-3"}
    assert {date.fromisoformat(each["start"][:10]).weekday() for each in sessions} == set(range(5))


def test_a_tiny_run(tmp_path: Path) -> None:
    found = people.measure(tmp_path / "people", 2, 2)

    assert (len(found.one), len(found.all), found.people) == (2, 2, 2)
    [verdict] = people.verdicts(found)
    assert verdict.met
    assert verdict.measured in people.text(found)


def test_an_answer_that_lacks_a_period_is_wrong(tmp_path: Path) -> None:
    server = people.Practice(tmp_path / "people", 1)
    server.addresses = ["bench@bench.example"]
    trial = people.ONE.build(server, 0)

    trial.check(Answer(b"HTTP/1.1 200 OK", b"Z/" * 120))
    for status, body in ((b"200", b"Z/" * 119), (b"500", b"Z/" * 120)):
        with pytest.raises(people.Wrong):
            trial.check(Answer(b"HTTP/1.1 " + status + b" OK", body))
