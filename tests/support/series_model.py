"""A series by brute force: every occurrence by itself, in naive wall-clock time, and edits of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

WEEK, DAY = timedelta(days=7), timedelta(days=1)
LENGTH = timedelta(hours=1)


@dataclass
class Occurrence:
    """`on` is the original start. `moved`: by itself, so that the series does not take it along."""

    on: datetime
    start: datetime
    note: str = ""
    locked: bool = False
    cancelled: bool = False
    moved: bool = False
    own_note: bool = False


@dataclass(frozen=True)
class Pattern:
    """Every so many weeks, or every month on the weekday of the first start with that number."""

    weeks: int = 1
    number: int = 0

    def next(self, start: datetime) -> datetime:
        if not self.number:
            return start + self.weeks * WEEK
        month = (start.replace(day=28) + 4 * DAY).replace(day=1)
        first = month + ((start.weekday() - month.weekday()) % 7) * DAY
        return first + (self.number - 1) * WEEK

    def starts(self, start: datetime, count: int) -> list[datetime]:
        found = [start]
        while len(found) < count:
            found.append(self.next(found[-1]))
        return found


@dataclass
class Model:
    """`part` is the series that is edited, in order of `on`; `settled` is what was split off from it."""

    pattern: Pattern
    part: list[Occurrence]
    settled: list[Occurrence] = field(default_factory=list)

    @property
    def all(self) -> list[Occurrence]:
        return [*self.settled, *self.part]

    def all_events(
        self, now: datetime, change: Callable[[Occurrence], Occurrence], locks: Callable[[Occurrence], bool]
    ) -> bool:
        """A change of the whole series; whether it is allowed. What has begun is split off."""
        running = any(each.start <= now for each in self.part)
        future = [each for each in self.part if not running or (each.on > now and each.start > now)]
        if not future or any(each.locked and locks(each) for each in future):
            return False
        changed = [change(replace(each)) for each in future]
        if any(each.start <= now for each in changed):
            return False
        self.settled += [each for each in self.part if each not in future]
        self.part = changed
        return True

    def shift(self, now: datetime, step: timedelta) -> bool:
        def moved(each: Occurrence) -> Occurrence:
            start = each.start if each.moved else each.start + step
            return replace(each, on=each.on + step, start=start)

        return self.all_events(now, moved, lambda each: True)

    def describe(self, now: datetime, note: str) -> bool:
        def noted(each: Occurrence) -> Occurrence:
            own = each.moved or each.own_note
            return replace(each, own_note=True) if own else replace(each, note=note)

        return self.all_events(now, noted, lambda each: not each.own_note)

    def move(self, now: datetime, index: int, step: timedelta) -> bool:
        each = self.part[index]
        if each.start <= now or each.locked or each.cancelled:
            return False
        each.start, each.moved = each.start + step, True
        return True

    def cancel(self, now: datetime, index: int) -> bool:
        each = self.part[index]
        if each.start <= now or each.locked:
            return False
        each.cancelled = True
        return True

    def cut(self, now: datetime, index: int) -> bool:
        lost = self.part[index:]
        if any(each.locked or each.start <= now for each in lost):
            return False
        self.part = self.part[:index]
        return True

    def split(self, now: datetime, index: int, step: timedelta, note: str) -> bool:
        """This and future, shifted by `step`."""
        count, start = len(self.part) - index, self.part[index].on + step
        if not self.cut(now, index):
            return False
        self.settled += self.part
        self.part = [Occurrence(each, each, note) for each in self.pattern.starts(start, count)]
        return True
