"""Many spans of time at once, to be asked what meets one of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate


class Taken:
    """Spans in UTC seconds, end exclusive; at least one."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        # The latest end of all spans up to each one: they may lie in one another.
        self._ends = list(accumulate((end for _, end in ordered), max))
        self.first, self.last = self._starts[0], self._ends[-1]

    def meets(self, start: int, end: int) -> bool:
        """Whether any of the spans overlaps this one."""
        before = bisect_left(self._starts, end)
        return before > 0 and self._ends[before - 1] > start

    @property
    def is_one(self) -> bool:
        """Whether it is a single span."""
        return len(self._starts) == 1
