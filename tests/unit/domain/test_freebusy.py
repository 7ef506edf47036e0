"""Merging and cutting busy time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from calgate.domain.freebusy import STRONGEST_FIRST, Busy, clip, from_seconds, merge

START = datetime(2026, 3, 1, tzinfo=UTC)
TYPES = ("BUSY", "BUSY-UNAVAILABLE", "BUSY-TENTATIVE")


def busy(start: int, end: int, kind: str = "BUSY") -> Busy:
    return Busy(START + timedelta(hours=start), START + timedelta(hours=end), kind)


def test_overlapping_and_touching_periods_become_one() -> None:
    assert merge([busy(5, 6), busy(1, 3), busy(2, 4), busy(4, 5), busy(8, 9)]) == [busy(1, 6), busy(8, 9)]


def test_one_inside_another() -> None:
    assert merge([busy(1, 9), busy(2, 3), busy(4, 5)]) == [busy(1, 9)]


def test_empty_periods_are_left_out() -> None:
    assert merge([busy(1, 1)]) == []
    assert merge([]) == []


def test_busy_wins_over_tentative() -> None:
    assert merge([busy(1, 6, "BUSY-TENTATIVE"), busy(2, 3), busy(4, 5)]) == [
        busy(1, 2, "BUSY-TENTATIVE"), busy(2, 3), busy(3, 4, "BUSY-TENTATIVE"), busy(4, 5),
        busy(5, 6, "BUSY-TENTATIVE"),
    ]  # fmt: skip


def test_unknown_types_are_busy() -> None:
    assert merge([busy(1, 2, "X-WORKING"), busy(2, 3)]) == [busy(1, 3)]


def test_clip() -> None:
    [start, end] = [START + timedelta(hours=each) for each in (2, 5)]

    assert clip([busy(0, 1), busy(1, 3), busy(3, 4), busy(4, 9), busy(5, 6)], start, end) == [
        busy(2, 3), busy(3, 4), busy(4, 5)
    ]  # fmt: skip


@given(st.lists(st.builds(busy, st.integers(0, 40), st.integers(0, 40), st.sampled_from(TYPES)), max_size=12))
def test_each_hour_has_the_strongest_type_once(periods: list[Busy]) -> None:
    def at(found: list[Busy], moment: datetime) -> list[str]:
        return [one.type for one in found if one.start <= moment < one.end]

    merged = merge(periods)

    for hour in range(41):
        moment = START + timedelta(hours=hour)
        assert at(merged, moment) == sorted(at(periods, moment), key=TYPES.index)[:1]
    assert merged == sorted(merged, key=lambda one: one.start)
    assert all(a.end < b.start or a.type != b.type for a, b in pairwise(merged))


_HOURS = st.integers(0, 40)


@given(
    st.lists(st.builds(busy, _HOURS, _HOURS, st.sampled_from(STRONGEST_FIRST)), max_size=9),
    st.integers(0, 20),
    st.integers(21, 40),
)
def test_nothing_lies_outside_of_the_range_where_a_stronger_type_cuts_a_weaker(
    periods: list[Busy], first: int, last: int
) -> None:
    """A tentative hour that a busy one covered at the edge was told with its end before its start."""
    since, until = START + timedelta(hours=first), START + timedelta(hours=last)
    inside = [each for each in periods if each.start < until and each.end > since]
    by_type = {
        kind: [(int(e.start.timestamp()), int(e.end.timestamp())) for e in inside if e.type == kind]
        for kind in STRONGEST_FIRST
    }
    found = from_seconds(by_type, int(since.timestamp()), int(until.timestamp()))
    assert found == clip(merge(inside), since, until)
