"""A server that is killed while it writes: what was answered is kept, and nothing is there by half."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from calgate.store import open_store
from tests.support import bodies
from tests.support.agreement import check_agreement
from tests.support.gate_writer import STEPS
from tests.support.practice import Device, Practice
from tests.support.practice_databases import copied

ROOT = Path(__file__).parents[3]
ROUNDS = 4
MOST = 20


def killed(url: str, round_: str, answers: int, seconds: float) -> list[tuple[int, str]]:
    """Kills a writing process a moment after it had so many answers, and gives all it was answered."""
    paths = os.pathsep.join(str(ROOT / each) for each in ("src", "plugins", "."))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.gate_writer", url, round_],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        text=True,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        told = [process.stdout.readline() for _ in range(answers + 1)]
        time.sleep(seconds)
    finally:
        process.kill()
        process.wait(30)
    told += process.stdout.read().splitlines(keepends=True)
    process.stdout.close()
    # The last line may have been cut off in the middle.
    lines = [line.split() for line in told[1:] if line.endswith("\n")]
    return [(int(number), step) for number, step in lines]


@contextmanager
def opened(url: str) -> Iterator[Practice]:
    store = open_store(url)
    try:
        yield Practice(store)
    finally:
        store.dispose()


def step_of(device: Device, href: str) -> int:
    """How far the event got, by what is stored of it; -1 when it was never made."""
    found = device.at(href)
    if found is None:
        return -1
    if bodies.value(found.text, "STATUS") == "CANCELLED":
        return STEPS.index("deleted")
    if bodies.value(found.text, "X-MARK"):
        return STEPS.index("marked")
    if bodies.value(found.text, "DESCRIPTION").startswith("Give a start and end time."):
        return STEPS.index("refused")
    return STEPS.index("moved" if bodies.value(found.text, "DTSTART").startswith("20260311") else "made")


@pytest.fixture(params=["file", "postgresql"])
def shared_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The loaded practice in a database that several processes can open."""
    if request.param == "file":
        yield request.getfixturevalue("file_url")
        return
    server = request.getfixturevalue("postgres_server")
    copy = copied(server, request.getfixturevalue("loaded_database"))
    yield copy
    server.drop_database(copy)


def test_killed_at_any_moment_nothing_answered_is_lost(shared_url: str) -> None:
    chance = random.Random(7)
    for round_ in range(ROUNDS):
        answered = killed(shared_url, str(round_), chance.randint(1, MOST), chance.uniform(0, 0.05))
        with opened(shared_url) as practice:
            ada, number = practice.of("ada"), practice.number()
            furthest = {each: STEPS.index(step) for each, step in answered}
            assert furthest
            for each, step in furthest.items():
                # The write in hand may have been stored without having been answered.
                further = (0, 1) if each == max(furthest) else (0,)
                assert step_of(ada, f"{round_}-{each}.ics") - step in further
            check_agreement(practice)
            check_goes_on(practice, ada, round_, number)


def check_goes_on(practice: Practice, ada: Device, round_: int, number: int) -> None:
    """The number line continues where it was."""
    token = ada.token()
    event = bodies.new(f"after-{round_}", "Walk", *bodies.times("20260312T090000", "20260312T100000"))
    ada.put(f"after-{round_}.ics", event)
    assert practice.number() == number + 1
    assert [each[0] for each in ada.changes(token).changed] == [f"after-{round_}.ics"]
