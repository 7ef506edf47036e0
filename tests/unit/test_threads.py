"""Threads of the doors: which one is taken, how many at once, and what becomes of errors."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from calgate.threads import Threads


@pytest.fixture
def threads() -> Iterator[Threads]:
    made = Threads(2, "test")
    yield made
    made.close()


def name() -> str:
    return threading.current_thread().name


def test_one_thing_after_another_is_done_by_one_thread(threads: Threads) -> None:
    async def run() -> set[str]:
        return {await threads.run(name) for _ in range(20)}

    assert len(asyncio.run(run())) == 1


def test_as_many_at_once_as_said_and_the_others_wait_their_turn(threads: Threads) -> None:
    inside: list[int] = []
    most: list[int] = []
    done: list[int] = []
    meet = threading.Barrier(2)

    def work(number: int) -> None:
        inside.append(number)
        most.append(len(inside))
        meet.wait(10)  # passes only when two are inside
        inside.remove(number)
        done.append(number)

    async def run() -> None:
        await asyncio.gather(*(threads.run(work, number) for number in range(6)))

    asyncio.run(run())
    assert (max(most), sorted(done)) == (2, [0, 1, 2, 3, 4, 5])
    assert {done.index(number) // 2 for number in (0, 1)} == {0}


def test_an_error_is_the_callers_and_the_thread_goes_on(threads: Threads) -> None:
    async def run() -> int:
        with pytest.raises(ZeroDivisionError):
            await threads.run(divmod, 1, 0)
        return (await threads.run(divmod, 7, 2))[0]

    assert asyncio.run(run()) == 3
