"""R-SER-4, 6, 7, 8: this and future, a cut and a new series in either order, refused, and only in part."""

from __future__ import annotations

import pytest

from calgate.domain.session import Session
from calgate.gate.values import Failed, Stored
from calgate.store import Store, holds, open_store, sessions
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import with_session
from tests.support.series import busy_minutes, seen, starts

NEW = "second-half.ics"
UNTIL = "RRULE:FREQ=WEEKLY;UNTIL=20260316T035959Z"
WHOLE = "RRULE:FREQ=WEEKLY;UNTIL=20260630T035959Z"


def second(text: str, *lines: str, start: str = "20260316T160000", end: str = "20260316T170000") -> str:
    """The new series as clients make it: a copy of the event with another UID."""
    master = bodies.joined(
        [*bodies.unfolded(text)[: bodies.unfolded(text).index("END:VEVENT") + 1], "END:VCALENDAR"]
    )
    return bodies.put(master, "UID:second-half", *bodies.times(start, end), *lines or (WHOLE,))


def cut(text: str, rule: str = UNTIL) -> str:
    return bodies.put(text, rule)


def unmarked(text: str) -> str:
    return bodies.without(text, "X-CALGATE-ID")


def half(practice: Practice) -> Session:
    return next(each for each in stored(practice.store) if each.uid == "second-half")


def stored(store: Store) -> list[Session]:
    with store.read() as tx:
        return sessions.page(tx, "riverside", "", 500)


def held(practice: Practice) -> int:
    with practice.store.read() as tx:
        return len(holds.of(tx, "riverside", "half", "weekly"))


def check_joined(practice: Practice, ada: Device, before: list[str], busy: int) -> None:
    """Both halves are there once, know each other, and nobody is busy twice."""
    assert starts(ada) == before
    assert busy_minutes(ada) == busy
    new = half(practice)
    assert not new.held
    assert not held(practice)
    first, later = ada.get("weekly"), ada.get(new.id)
    assert f"RELATED-TO;RELTYPE=NEXT:{later.uid}" in bodies.unfolded(first.text)
    assert f"RELATED-TO;RELTYPE=FIRST:{first.uid}" in bodies.unfolded(later.text)


@pytest.mark.parametrize("marked", [True, False])
def test_the_new_half_first(practice: Practice, ada: Device, marked: bool) -> None:
    shown, before, busy = ada.get("weekly"), starts(ada), busy_minutes(ada)
    new = second(shown.text) if marked else unmarked(second(shown.text))
    assert ada.put(NEW, new) == Stored(True, None)
    assert half(practice).held
    assert ada.at(NEW) is not None
    assert busy_minutes(ada) == busy
    assert isinstance(ada.put(shown.href, cut(shown.text)), Stored)
    check_joined(practice, ada, before, busy)
    practice.clock.forward(seconds=121)
    practice.gate.tend()
    check_joined(practice, ada, before, busy)


@pytest.mark.parametrize("marked", [True, False])
def test_the_cut_first(practice: Practice, ada: Device, marked: bool) -> None:
    shown, before, busy = ada.get("weekly"), starts(ada), busy_minutes(ada)
    assert isinstance(ada.put(shown.href, cut(shown.text)), Stored)
    assert starts(ada)[-1] == "03-09 16:00"
    new = second(shown.text) if marked else unmarked(second(shown.text))
    assert ada.put(NEW, new) == Stored(True, None)
    check_joined(practice, ada, before, busy)


def test_moved_by_an_hour(practice: Practice, ada: Device) -> None:
    shown, before, busy = ada.get("weekly"), starts(ada), busy_minutes(ada)
    assert ada.put(NEW, second(shown.text, start="20260316T170000", end="20260316T180000")) == Stored(
        True, None
    )
    assert half(practice).held
    assert isinstance(ada.put(shown.href, cut(shown.text)), Stored)
    check_joined(practice, ada, [*before[:10], *(each.replace("16:", "17:") for each in before[10:])], busy)


@pytest.mark.parametrize("first", ["new", "cut"])
def test_a_split_that_is_not_allowed_refuses_both(practice: Practice, ada: Device, first: str) -> None:
    practice.load(with_session("weekly", occurrences=[{"on": "2026-04-06T16:00", "facts": ["note_signed"]}]))
    shown, before, listing = ada.get("weekly"), starts(ada), set(ada.listing())
    writes = [(NEW, second(shown.text)), (shown.href, cut(shown.text))]
    for href, text in writes if first == "new" else reversed(writes):
        assert ada.refused(ada.put(href, text)) == "R-LOCK-7"
    assert starts(ada) == before
    assert set(ada.listing()) == listing
    assert ada.at(NEW) is None
    assert ada.get("weekly").etag != shown.etag
    assert NEW in ada.changes(f"{ada.token().rpartition('-')[0]}-1").removed
    assert not held(practice)


def test_the_organizations_series_is_not_split(practice: Practice, ada: Device) -> None:
    shown, before = ada.get("weekly-org"), starts(ada, "Lane")
    new = bodies.put(shown.text, "UID:second-half", *bodies.times("20260310T150000", "20260310T160000"))
    assert ada.refused(ada.put(NEW, new)) == "R-ORG-5"
    assert ada.refused(ada.put(NEW, unmarked(new))) == "R-ORG-5"
    assert ada.refused(ada.put(shown.href, cut(shown.text, "RRULE:FREQ=WEEKLY;COUNT=5"))) == "R-ORG-5"
    assert starts(ada, "Lane") == before


def test_only_the_new_half(practice: Practice, ada: Device) -> None:
    shown, before, busy = ada.get("weekly"), starts(ada), busy_minutes(ada)
    ada.put(NEW, second(shown.text))
    token = ada.token()
    practice.clock.forward(seconds=119)
    practice.gate.tend()
    assert ada.at(NEW) is not None
    assert busy_minutes(ada) == busy
    practice.clock.forward(seconds=2)
    assert practice.gate.tend() > 0
    assert ada.at(NEW) is None
    assert NEW in ada.changes(token).removed
    after = ada.get("weekly")
    assert after.etag != shown.etag
    assert "came only in part" in bodies.value(after.text, "DESCRIPTION")
    assert (starts(ada), busy_minutes(ada)) == (before, busy)
    assert [each.rule for each in practice.decisions()][-1] == "R-SER-6"
    assert not any(each.uid == "second-half" for each in stored(practice.store))


def test_only_the_cut_is_the_end_of_the_series(practice: Practice, ada: Device) -> None:
    shown, before = ada.get("weekly"), seen(ada)
    assert isinstance(ada.put(shown.href, cut(shown.text)), Stored)
    practice.clock.forward(seconds=121)
    practice.gate.tend()
    assert [each[:4] for each in seen(ada)] == [each[:4] for each in before[:10]]
    with practice.store.read() as tx:
        assert holds.get(tx, "riverside", "cut", "weekly") is None


def test_the_cut_is_refused_when_a_lock_came_between(practice: Practice, ada: Device) -> None:
    shown, before = ada.get("weekly"), starts(ada)
    ada.put(NEW, second(shown.text))
    practice.load(with_session("weekly", occurrences=[{"on": "2026-04-06T16:00", "facts": ["claim"]}]))
    current = ada.get("weekly")
    assert ada.refused(ada.put(current.href, cut(current.text))) == "R-LOCK-1"
    assert ada.at(NEW) is None
    assert starts(ada) == before


def test_a_process_that_dies_between_the_halves_loses_nothing(file_url: str) -> None:
    store = open_store(file_url)
    ada = Practice(store).of("ada")
    shown, before, busy = ada.get("weekly"), starts(ada), busy_minutes(ada)
    ada.put(NEW, second(shown.text))
    store.dispose()
    store = open_store(file_url)
    practice = Practice(store)
    ada = practice.of("ada")
    assert isinstance(ada.put(shown.href, cut(shown.text)), Stored)
    check_joined(practice, ada, before, busy)
    store.dispose()


def test_a_process_that_dies_drops_the_half_when_it_is_back(file_url: str) -> None:
    store = open_store(file_url)
    shown = Practice(store).of("ada").get("weekly")
    Practice(store).of("ada").put(NEW, second(shown.text))
    store.dispose()
    store = open_store(file_url)
    practice = Practice(store)
    practice.clock.forward(hours=5)
    practice.gate.tend()
    assert practice.of("ada").at(NEW) is None
    store.dispose()


@pytest.mark.parametrize("first", ["new", "cut"])
def test_retried_it_is_the_same_split(practice: Practice, ada: Device, first: str) -> None:
    shown, before, busy = ada.get("weekly"), starts(ada), busy_minutes(ada)
    writes = [(NEW, second(shown.text)), (shown.href, cut(shown.text))]
    for href, text in writes if first == "new" else list(reversed(writes)):
        for _ in range(2):
            assert isinstance(ada.put(href, text), Stored)
    for href, text in writes:
        assert isinstance(ada.put(href, text), Stored)
    check_joined(practice, ada, before, busy)


@pytest.mark.parametrize("first", ["new", "cut"])
def test_a_count_that_was_not_reduced(practice: Practice, ada: Device, first: str) -> None:
    practice.load(with_session("weekly", repeat={"rrule": "FREQ=WEEKLY;COUNT=20"}))
    shown, before, busy = ada.get("weekly"), starts(ada), busy_minutes(ada)
    new = (NEW, second(shown.text, "RRULE:FREQ=WEEKLY;COUNT=20"))
    old = (shown.href, cut(shown.text, "RRULE:FREQ=WEEKLY;COUNT=10"))
    for href, text in (new, old, new) if first == "new" else (old, new, new):
        assert isinstance(ada.put(href, text), Stored)
    check_joined(practice, ada, before, busy)


@pytest.mark.parametrize("first", ["new", "cut"])
def test_the_day_of_the_split_in_both_halves(practice: Practice, ada: Device, first: str) -> None:
    shown, before, busy = ada.get("weekly"), starts(ada), busy_minutes(ada)
    new = (NEW, second(shown.text))
    old = (shown.href, cut(shown.text, "RRULE:FREQ=WEEKLY;UNTIL=20260316T200000Z"))
    for href, text in (new, old, old) if first == "new" else (old, new, old):
        assert isinstance(ada.put(href, text), Stored)
    check_joined(practice, ada, before, busy)


def test_a_second_half_without_its_series_is_a_series_of_its_own(practice: Practice, ada: Device) -> None:
    shown, before = ada.get("weekly"), starts(ada)
    new = unmarked(second(shown.text, start="20260317T090000", end="20260317T100000"))
    assert ada.put(NEW, new) == Stored(True, None)
    assert not half(practice).held
    practice.clock.forward(seconds=121)
    practice.gate.tend()
    assert len(starts(ada)) > len(before)


def test_a_stale_second_half_is_a_creation(practice: Practice, ada: Device) -> None:
    shown, before, busy = ada.get("weekly"), starts(ada), busy_minutes(ada)
    ada.put(shown.href, cut(shown.text))
    practice.clock.forward(minutes=10)
    practice.gate.tend()
    assert isinstance(ada.put(NEW, unmarked(second(shown.text))), Stored)
    assert not isinstance(ada.put(NEW, unmarked(second(shown.text))), Failed)
    assert (starts(ada), busy_minutes(ada)) == (before, busy)


@pytest.mark.parametrize("first", ["new", "cut"])
def test_a_second_half_moved_and_without_marks_is_a_series_of_its_own(
    practice: Practice, ada: Device, first: str
) -> None:
    """It begins at none of the series' times and names nothing: any other new session would look the same. So
    both make busy until the cut comes, and neither tells of the other."""
    shown, before, busy = ada.get("weekly"), starts(ada), busy_minutes(ada)
    moved = second(shown.text, start="20260317T090000", end="20260317T100000")
    for mark in ("ID", "CLIENT", "SERVICE"):
        moved = bodies.without(moved, f"X-CALGATE-{mark}")
    writes = [(NEW, moved), (shown.href, cut(shown.text))]
    for href, text in writes if first == "new" else reversed(writes):
        assert isinstance(ada.put(href, text), Stored)
        if first == "new" and href == NEW:
            assert busy_minutes(ada) > busy
    new = half(practice)
    assert (new.client, new.service, new.held, held(practice)) == ("c-102", "97153", False, 0)
    listed = starts(ada)
    assert listed[:10] == before[:10] and listed[10] == "03-17 09:00"
    assert {each[-5:] for each in listed[10:]} == {"09:00"}
    for each in (ada.get(new.id), ada.get("weekly")):
        assert not bodies.values(each.text, "RELATED-TO")
    practice.clock.forward(seconds=121)
    practice.gate.tend()
    assert starts(ada) == listed
