"""Threads for the blocking work of the doors: the one that was used last is the first to be used again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """At most `most` functions at once; further ones wait in the order in which they came.

    An executor of several threads takes them in turn: each request would find a thread with cold caches and
    a memory arena of its own. Here a client that asks one thing after another is served by one thread.
    """

    def __init__(self, most: int, name: str) -> None:
        self._all = tuple(ThreadPoolExecutor(1, f"{name}-{number}") for number in range(most))
        self._idle = list(self._all)
        self._free = asyncio.Semaphore(most)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function gives or raises, from another thread."""
        async with self._free:
            thread = self._idle.pop()
            try:
                return await asyncio.wrap_future(thread.submit(function, *args, **kwargs))
            finally:
                self._idle.append(thread)

    def close(self) -> None:
        """Waits for what is running."""
        for thread in self._all:
            thread.shutdown()
