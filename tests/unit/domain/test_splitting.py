"""Running series divided into what is over and what goes on, and found again by original starts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from calgate.domain.change import Cancel, Change, Cut, Delete, Edit, Field, Move, Repattern
from calgate.domain.halves import boundary, locate
from calgate.domain.recurrence import occurrences
from calgate.domain.session import Fact, History, Override, ScheduledBy, Session, Status
from calgate.domain.splitting import Division, divided, first_to_come, remaining
from calgate.domain.when import Span, When, instant, key, plus
from tests.support.sessions import (
    DAY,
    HOUR,
    NEW_YORK,
    PRACTICE,
    WEEK,
    after,
    at,
    own_event,
    own_series,
    series,
)

FIRST = at("2026-03-02 09:00")
NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
LATER = Move(FIRST + HOUR, FIRST + 2 * HOUR)


def times(session: Session | None) -> list[str]:
    assert session is not None
    return [f"{each.start:%m-%d %H:%M}" for each in occurrences(session, None, None, NEW_YORK)]


def split(session: Session, *changes: Change, now: datetime = NOW) -> Division:
    found = divided(session, changes, now, PRACTICE)
    assert found is not None
    return found


def halves(session: Session, *changes: Change, now: datetime = NOW) -> tuple[list[str], list[str]]:
    found = split(session, *changes, now=now)
    return times(found.past), times(after(found.future, *found.changes, now=now))


@pytest.mark.parametrize("rrule", [
    "FREQ=WEEKLY;COUNT=6", "FREQ=WEEKLY;BYDAY=MO;COUNT=6", "FREQ=WEEKLY;UNTIL=20260406T130000Z",
])  # fmt: skip
def test_the_rest_of_the_series_moves(rrule: str) -> None:
    assert halves(series(rrule=rrule), LATER) == (
        ["03-02 09:00", "03-09 09:00", "03-16 09:00"], ["03-23 10:00", "03-30 10:00", "04-06 10:00"],
    )  # fmt: skip


def test_an_endless_series_goes_on_endlessly() -> None:
    found = split(series(rrule="FREQ=WEEKLY"), Edit(Field.INSTRUCTIONS, "Ring twice."))
    assert (times(found.past)[-1], found.future.rrule) == ("03-16 09:00", "FREQ=WEEKLY")


def test_the_halves_have_names_of_their_own_and_know_each_other() -> None:
    session = series()
    found = split(session, LATER)
    assert (found.past.id, found.past.history) == ("s1~1", History("s1", FIRST + 3 * WEEK))
    assert (found.future.id, found.future.uid, found.future.splits) == ("s1", "u1", 1)
    assert found.past == split(session, Edit(Field.INSTRUCTIONS, "Ring twice.")).past
    again = split(after(found.future, *found.changes) or session, LATER, now=NOW + 2 * WEEK)
    assert again.past.id == "s1~2"
    assert again.past.uid not in ("u1", found.past.uid)
    assert again.future.related == found.future.related == (("FIRST", found.past.uid),)
    assert again.past.related == (("FIRST", found.past.uid), ("NEXT", "u1"))


def test_an_occurrence_of_its_own_stays_in_its_half() -> None:
    old = Override(on=FIRST, start=FIRST + DAY, end=FIRST + DAY + HOUR, facts=frozenset({Fact.CLAIM}))
    new = Override(on=FIRST + 4 * WEEK, status=Status.CANCELLED)
    found = split(series(overrides=(old, new)), LATER)
    assert found.past.overrides == (old,)
    assert found.future.overrides == (new,)


def test_what_was_moved_from_the_future_to_the_past_has_happened() -> None:
    early = Override(on=FIRST + 4 * WEEK, start=FIRST + DAY, end=FIRST + DAY + HOUR)
    found = halves(series(overrides=(early,)), LATER)
    assert found == (
        ["03-02 09:00", "03-03 09:00", "03-09 09:00", "03-16 09:00"], ["03-23 10:00", "04-06 10:00"],
    )  # fmt: skip


def test_what_was_moved_from_the_past_to_the_future_stays_where_it_is() -> None:
    late = Override(on=FIRST, start=FIRST + 3 * WEEK + DAY, end=FIRST + 3 * WEEK + DAY + HOUR)
    assert halves(series(overrides=(late,)), LATER)[0] == ["03-09 09:00", "03-16 09:00", "03-24 09:00"]


def test_the_session_under_way_is_past() -> None:
    now = instant(FIRST + WEEK, NEW_YORK)
    assert halves(series(), LATER, now=now)[0] == ["03-02 09:00", "03-09 09:00"]
    assert halves(series(), LATER, now=now - timedelta(seconds=1))[0] == ["03-02 09:00"]


def test_days_that_recur() -> None:
    day = own_event(start=date(2026, 3, 2), end=date(2026, 3, 3), rrule="FREQ=WEEKLY;COUNT=4")
    found = split(day, Move(date(2026, 3, 3), date(2026, 3, 4)))
    result = after(found.future, *found.changes)
    assert [each.start for each in occurrences(found.past, None, None, NEW_YORK)] == [
        date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16)]  # fmt: skip
    assert result is not None
    assert [each.start for each in occurrences(result, None, None, NEW_YORK)] == [date(2026, 3, 24)]


def test_extra_dates_only() -> None:
    dates = tuple(FIRST + n * WEEK for n in (1, 3, 4))
    session = own_event(rdates=dates)
    assert halves(session, LATER) == (["03-02 09:00", "03-09 09:00"], ["03-23 10:00", "03-30 10:00"])


def test_a_date_removed_for_good_is_no_occurrence_to_begin_with() -> None:
    session = own_series(exdates=(FIRST + WEEK, FIRST + 3 * WEEK))
    assert first_to_come(session, NOW, NEW_YORK) == FIRST + 4 * WEEK
    assert halves(session, LATER) == (["03-02 09:00", "03-16 09:00"], ["03-30 10:00", "04-06 10:00"])


def test_a_pattern_counts_from_the_first_start_and_goes_on_from_its_own_next_one() -> None:
    assert halves(series(), Repattern("FREQ=WEEKLY;INTERVAL=2;COUNT=5"))[1] == [
        "03-30 09:00", "04-13 09:00", "04-27 09:00"]  # fmt: skip
    assert halves(series(), Repattern("FREQ=WEEKLY;COUNT=8"))[1][-1] == "04-20 09:00"


def test_a_series_that_is_over_goes_on() -> None:
    assert halves(series(rrule="FREQ=WEEKLY;COUNT=2"), Repattern("FREQ=WEEKLY;COUNT=5")) == (
        ["03-02 09:00", "03-09 09:00"], ["03-23 09:00", "03-30 09:00"])  # fmt: skip


def test_a_cut_along_with_an_edit() -> None:
    edit = Edit(Field.INSTRUCTIONS, "Ring twice.")
    assert halves(series(), edit, Cut(FIRST + 4 * WEEK, "FREQ=WEEKLY;COUNT=4"))[1] == ["03-23 09:00"]


def test_the_organizations_length_goes_along() -> None:
    found = split(series(scheduled_by=ScheduledBy.ORG, original=Span(FIRST, FIRST + 2 * HOUR)), LATER)
    assert found.future.original == Span(FIRST + 3 * WEEK, FIRST + 3 * WEEK + 2 * HOUR)


@pytest.mark.parametrize("changes", [
    (Move(FIRST + DAY, FIRST + DAY + HOUR, on=FIRST + 4 * WEEK),), (Cancel(),),
    (Cut(FIRST + 4 * WEEK, "FREQ=DAILY"),),
])  # fmt: skip
def test_other_changes_divide_nothing(changes: tuple[Change, ...]) -> None:
    assert divided(series(), changes, NOW, PRACTICE) is None


@pytest.mark.parametrize("now", [NOW - 4 * WEEK, NOW + 8 * WEEK])
def test_nor_is_a_series_divided_that_has_not_begun_or_is_over(now: datetime) -> None:
    assert divided(series(), (LATER,), now, PRACTICE) is None


@pytest.mark.parametrize("named", [
    Move(FIRST + WEEK + DAY, FIRST + WEEK + DAY + HOUR, on=FIRST + WEEK + HOUR),
    Edit(Field.INSTRUCTIONS, "Ring once.", FIRST + WEEK + HOUR), Delete(FIRST + WEEK + HOUR),
    Cancel(on=FIRST + HOUR),
])  # fmt: skip
def test_nor_one_whose_past_is_changed_by_name(named: Change) -> None:
    assert divided(own_series(), (LATER, named), NOW, PRACTICE) is None


@pytest.mark.parametrize("start", [FIRST + DAY, FIRST + DAY + HOUR, FIRST + HOUR])
def test_a_past_occurrence_named_as_it_was_or_moved_along_or_left_out_is_not_changed(start: When) -> None:
    own = Override(on=FIRST, start=FIRST + DAY, end=FIRST + DAY + HOUR)
    found = split(series(overrides=(own,)), LATER, Move(start, plus(start, HOUR), on=FIRST + HOUR))
    assert found.past.overrides == (own,)
    assert found.changes == (Move(FIRST + 3 * WEEK + HOUR, FIRST + 3 * WEEK + 2 * HOUR),)


def test_what_remains_of_a_count() -> None:
    assert remaining("FREQ=WEEKLY;COUNT=6", FIRST, FIRST + 2 * WEEK) == "FREQ=WEEKLY;COUNT=4"
    assert remaining("FREQ=WEEKLY", FIRST, FIRST + 2 * WEEK) == "FREQ=WEEKLY"


def test_both_halves_are_found_by_the_original_start() -> None:
    one = split(series(rrule="FREQ=WEEKLY;COUNT=9"), LATER)
    live = after(one.future, *one.changes)
    assert live is not None
    two = split(live, Move(live.start + HOUR, live.start + 2 * HOUR), now=NOW + 2 * WEEK)
    last = after(two.future, *two.changes)
    assert last is not None
    parts = [one.past, two.past, last]

    def found(on: datetime) -> tuple[str, str] | None:
        part = locate(parts, on)
        return (part[0].id, f"{part[1]:%m-%d %H:%M}") if part else None

    assert found(FIRST + WEEK) == ("s1~1", "03-09 09:00")
    assert found(FIRST + 3 * WEEK + HOUR) == ("s1~2", "03-23 10:00")
    assert found(FIRST + 3 * WEEK) == ("s1~2", "03-23 10:00"), "as the practice's own version has it"
    assert found(FIRST + 6 * WEEK) == ("s1", "04-13 11:00")
    assert found(FIRST + 6 * WEEK + 2 * HOUR) == ("s1", "04-13 11:00")
    assert found(FIRST + 2 * DAY) is None
    limit = boundary(parts)
    assert limit is not None
    assert key(limit) == key(FIRST + 5 * WEEK)
    assert boundary([last]) is None
    assert replace(last, splits=2) == last
