"""What a sent event changes of a series: its whole, its dates, its occurrences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calgate.domain.change import (
    Cancel,
    Change,
    Cut,
    Delete,
    Edit,
    Field,
    Move,
    Repattern,
    Restore,
    Undo,
)
from calgate.domain.event import Document
from calgate.domain.pattern import RuleError
from calgate.domain.recurrence import slots
from calgate.domain.session import Cancellation, Fact, Override, Session, Status
from calgate.domain.when import plus
from tests.support.sessions import (
    DAY,
    HOUR,
    NEW_YORK,
    NOW,
    WEEK,
    after,
    at,
    changes,
    own_series,
    series,
    shown,
    with_master,
    with_override,
)

UTC_ZONE = ZoneInfo("UTC")
MONDAYS = [at(f"2026-{day} 09:00") for day in ("03-02", "03-09", "03-16", "03-23", "03-30", "04-06")]
SECOND, THIRD = MONDAYS[1], MONDAYS[2]
WEDNESDAY = at("2026-03-11 14:00")
CANCELLED = Override(on=SECOND, status=Status.CANCELLED, cancel=Cancellation("other"))
MOVED = Override(on=SECOND, start=WEDNESDAY, end=at("2026-03-11 15:00"))
ENDLESS = "FREQ=WEEKLY;BYDAY=MO"


def shifted(document: Document, hours: int) -> Document:
    """As Thunderbird moves a series: DTSTART, EXDATE, every RECURRENCE-ID, but not what was moved before."""
    assert document.master is not None
    delta = hours * HOUR
    return replace(
        with_master(
            document,
            start=document.master.start + delta,
            end=document.master.end + delta,
            exdates=tuple(each + delta for each in document.master.exdates),
        ),
        overrides=tuple(
            replace(each, recurrence_id=plus(each.recurrence_id, delta))
            for each in document.overrides
            if each.recurrence_id is not None
        ),
    )


@pytest.mark.parametrize("session", [
    series(), own_series(), series(overrides=(CANCELLED,)), own_series(overrides=(MOVED,), exdates=(THIRD,)),
    series(rrule=ENDLESS), series(status=Status.CANCELLED, overrides=(MOVED,)),
    series(overrides=(Override(on=SECOND, facts=frozenset({Fact.CLAIM})),)),
    own_series(start=date(2026, 3, 2), end=date(2026, 3, 3), exdates=(date(2026, 3, 9),)),
])  # fmt: skip
def test_what_was_shown_is_no_change(session: Session) -> None:
    assert changes(session, shown(session)) == ()


@pytest.mark.parametrize("rrule", [
    "FREQ=WEEKLY;COUNT=6",
    "FREQ=WEEKLY;INTERVAL=1;WKST=SU;BYDAY=MO;COUNT=6",
    "FREQ=WEEKLY;UNTIL=20260406T130000Z",
    "FREQ=WEEKLY;UNTIL=20260412T235959Z;BYDAY=MO",
    "FREQ=WEEKLY;UNTIL=20260406",
])  # fmt: skip
def test_another_spelling_of_the_rule_is_no_change(rrule: str) -> None:
    assert changes(series(), with_master(shown(series()), rrule=rrule)) == ()


def test_another_zone_is_no_change_while_all_instants_are_the_same() -> None:
    document = shown(series())
    eastern = ZoneInfo("US/Eastern")
    elsewhere = with_master(document, start=MONDAYS[0].replace(tzinfo=eastern))
    assert changes(series(), elsewhere) == ()
    # In UTC the series would be an hour off after 8 March.
    in_utc = with_master(document, start=MONDAYS[0].astimezone(UTC_ZONE), end=at("2026-03-02 10:00"))
    found = changes(series(), in_utc)
    assert found == (Move(MONDAYS[0].astimezone(UTC_ZONE), at("2026-03-02 10:00")),)
    phoenix = series(start=at("2026-03-02 09:00", ZoneInfo("America/Phoenix")))
    hermosillo = ZoneInfo("America/Hermosillo")
    assert changes(phoenix, with_master(shown(phoenix), start=phoenix.start.replace(tzinfo=hermosillo))) == ()  # type: ignore[call-arg]


@pytest.mark.parametrize(("session", "removal"), [
    (series(), Cancel(on=THIRD)), (own_series(), Delete(on=THIRD)),
])  # fmt: skip
@pytest.mark.parametrize("exdate", [THIRD, THIRD.astimezone(UTC_ZONE), date(2026, 3, 16)])
def test_a_new_exdate(session: Session, removal: Change, exdate: datetime) -> None:
    found = changes(session, with_master(shown(session), exdates=(exdate,)))
    assert found == (removal,)
    assert found[0].on.tzinfo is NEW_YORK  # type: ignore[union-attr]


def test_an_exdate_that_removes_nothing() -> None:
    assert changes(series(), with_master(shown(series()), exdates=(THIRD + HOUR,))) == ()


@pytest.mark.parametrize("with_override_left", [False, True])
def test_case_10_a_cancelled_override_returned_as_exdate(with_override_left: bool) -> None:
    session = series(overrides=(CANCELLED,))
    document = with_master(shown(session), exdates=(SECOND.astimezone(UTC_ZONE),))
    sent = document if with_override_left else replace(document, overrides=())
    assert changes(session, sent) == ()


def test_an_exdate_in_place_of_an_override_that_is_not_cancelled() -> None:
    session = series(overrides=(MOVED,))
    sent = with_master(replace(shown(session), overrides=()), exdates=(SECOND,))
    assert changes(session, sent) == (Cancel(on=SECOND),)


def test_an_exdate_taken_back() -> None:
    session = own_series(exdates=(SECOND, THIRD))
    assert changes(session, with_master(shown(session), exdates=(THIRD,))) == (Restore(SECOND),)
    client = series(exdates=(SECOND,))
    assert changes(client, with_master(shown(client), exdates=())) == (Undo(SECOND),)


def test_a_cancelled_occurrence_taken_back() -> None:
    session = series(overrides=(CANCELLED,))
    document = shown(session)
    live = with_override(document, SECOND, status="CONFIRMED")
    assert changes(session, live) == (Undo(SECOND),)
    assert changes(session, with_override(document, SECOND, status="CONFIRMED", status_stated=False)) == ()
    assert changes(session, replace(document, overrides=())) == (Undo(SECOND),)
    assert after(session, Undo(SECOND)) == series()


def test_one_occurrence_moved() -> None:
    sent = with_override(shown(series()), SECOND, start=WEDNESDAY, end=plus(WEDNESDAY, HOUR))
    found = changes(series(), sent)
    assert found == (Move(WEDNESDAY, plus(WEDNESDAY, HOUR), SECOND),)
    moved = after(series(), *found)
    assert moved is not None
    assert moved.overrides == (MOVED,)
    assert after(moved, Move(SECOND, plus(SECOND, HOUR), SECOND)) == series()


def test_recurrence_id_in_utc_names_the_same_occurrence() -> None:
    sent = with_override(shown(series()), SECOND, start=WEDNESDAY, end=plus(WEDNESDAY, HOUR))
    named = replace(sent, overrides=(replace(sent.overrides[0], recurrence_id=SECOND.astimezone(UTC_ZONE)),))
    (move,) = changes(series(), named)
    assert move == Move(WEDNESDAY, plus(WEDNESDAY, HOUR), SECOND)
    assert move.on.tzinfo is NEW_YORK  # type: ignore[union-attr]


def test_one_occurrence_cancelled_or_edited() -> None:
    document = shown(series())
    ill = with_override(document, SECOND, status="CANCELLED", comment="Ill", summary="Cancelled: x")
    assert changes(series(), ill) == (Cancel("", "Ill", SECOND),)
    annex = with_override(document, SECOND, location="Annex", summary="Mine")
    assert changes(series(), annex) == (Edit(Field.LOCATION, "annex", SECOND), Edit(Field.ROOM, None, SECOND))
    result = after(series(), *changes(series(), annex))
    assert result is not None
    assert shown(result).overrides[0].location == "Annex"


def test_an_override_dropped_falls_back_to_the_rule() -> None:
    session = series(overrides=(replace(MOVED, instructions="Special."),))
    found = changes(session, replace(shown(session), overrides=()))
    assert found == (
        Move(SECOND, plus(SECOND, HOUR), SECOND),
        Edit(Field.INSTRUCTIONS, "Bring the forms.", SECOND),
    )
    assert after(session, *found) == series()


def test_overrides_without_a_master_are_judged_alone() -> None:
    session = series(overrides=(MOVED,))
    later = with_override(shown(session), THIRD, start=THIRD + HOUR, end=THIRD + 2 * HOUR)
    alone = replace(later, master=None)
    only_new = replace(alone, overrides=alone.overrides[1:])
    expected = (Move(THIRD + HOUR, THIRD + 2 * HOUR, THIRD),)
    assert changes(session, alone) == expected
    assert changes(session, only_new) == expected


def test_a_whole_series_shifted_with_its_recurrence_ids() -> None:
    session = series(overrides=(CANCELLED, replace(MOVED, on=THIRD)), exdates=(MONDAYS[3],))
    found = changes(session, shifted(shown(session), 1))
    assert found == (Move(MONDAYS[0] + HOUR, MONDAYS[0] + 2 * HOUR),)
    result = after(session, *found)
    assert result is not None
    assert [each.on for each in result.overrides] == [SECOND + HOUR, THIRD + HOUR]
    assert result.overrides[1].start == WEDNESDAY
    assert result.exdates == (MONDAYS[3] + HOUR,)


def test_a_whole_series_shifted_that_left_its_recurrence_ids() -> None:
    session = series(overrides=(CANCELLED, replace(MOVED, on=THIRD)), exdates=(MONDAYS[3],))
    sent = with_master(shown(session), start=MONDAYS[0] + HOUR, end=MONDAYS[0] + 2 * HOUR)
    assert changes(session, sent) == (Move(MONDAYS[0] + HOUR, MONDAYS[0] + 2 * HOUR),)


@pytest.mark.parametrize("rrule", ["FREQ=WEEKLY;BYDAY=TU;COUNT=6", "FREQ=WEEKLY;COUNT=6"])
def test_the_weekday_moves_along(rrule: str) -> None:
    tuesday = MONDAYS[0] + DAY
    found = changes(series(), with_master(shown(series()), start=tuesday, end=tuesday + HOUR, rrule=rrule))
    assert found == (Move(tuesday, tuesday + HOUR),)
    result = after(series(), *found)
    assert result is not None
    assert result.rrule == "FREQ=WEEKLY;BYDAY=TU;COUNT=6"


def test_until_moves_along_even_when_the_client_leaves_it() -> None:
    session = series(rrule="FREQ=WEEKLY;UNTIL=20260406T130000Z")
    later = {"start": MONDAYS[0] + 2 * HOUR, "end": MONDAYS[0] + 3 * HOUR}
    assert changes(
        session, with_master(shown(session), rrule="FREQ=WEEKLY;UNTIL=20260406T150000Z", **later)
    ) == (Move(**later),)
    assert changes(session, with_master(shown(session), **later)) == (Move(**later),)
    ended = with_master(shown(session), rrule="FREQ=WEEKLY;UNTIL=20260330T150000Z", **later)
    assert changes(session, ended) == (
        Move(**later),
        Cut(MONDAYS[5] + 2 * HOUR, "FREQ=WEEKLY;UNTIL=20260330T150000Z"),
    )


def test_case_7_longer_for_all() -> None:
    found = changes(series(), with_master(shown(series()), end=at("2026-03-02 10:30")))
    assert found == (Move(MONDAYS[0], at("2026-03-02 10:30")),)


@pytest.mark.parametrize("rrule", [
    "FREQ=WEEKLY;BYDAY=MO;COUNT=3", "FREQ=WEEKLY;UNTIL=20260316T130000Z", "FREQ=WEEKLY;UNTIL=20260322",
])  # fmt: skip
@pytest.mark.parametrize("session", [series(), series(rrule=ENDLESS), own_series()])
def test_ended_earlier_is_a_cut(session: Session, rrule: str) -> None:
    found = changes(session, with_master(shown(session), rrule=rrule))
    assert found == (Cut(MONDAYS[3], rrule),)
    result = after(session, *found)
    assert result is not None
    assert [slot.on for slot in slots(shown(result), NOW, NOW + 52 * WEEK, NEW_YORK)] == MONDAYS[:3]


def test_a_cut_takes_overrides_and_exdates_with_it() -> None:
    late = replace(MOVED, on=MONDAYS[4])
    session = series(overrides=(CANCELLED, late), exdates=(MONDAYS[5],))
    sent = replace(
        with_master(shown(session), rrule="FREQ=WEEKLY;COUNT=3", exdates=()),
        overrides=shown(session).overrides[:1],
    )
    assert changes(session, sent) == (Cut(MONDAYS[3], "FREQ=WEEKLY;COUNT=3"),)


def test_far_away_cuts_of_an_endless_series_are_seen() -> None:
    session = series(rrule=ENDLESS)
    (cut,) = changes(session, with_master(shown(session), rrule=f"{ENDLESS};UNTIL=20390101T000000Z"))
    assert isinstance(cut, Cut)
    assert str(cut.at)[:10] == "2039-01-03"


@pytest.mark.parametrize("rrule", [
    "FREQ=WEEKLY;BYDAY=MO;INTERVAL=2;COUNT=6", "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=6",
    "FREQ=WEEKLY;BYDAY=MO;COUNT=9", "FREQ=WEEKLY;BYDAY=MO", "FREQ=MONTHLY;BYDAY=1MO",
])  # fmt: skip
def test_any_other_rule_is_a_pattern(rrule: str) -> None:
    assert changes(series(), with_master(shown(series()), rrule=rrule)) == (Repattern(rrule),)


def test_from_single_to_series_and_back() -> None:
    plain = series(rrule=None)
    assert changes(plain, with_master(shown(plain), rrule=ENDLESS)) == (Repattern(ENDLESS),)
    session = series(overrides=(MOVED,))
    sent = replace(with_master(shown(session), rrule=None), overrides=())
    assert changes(session, sent) == (Repattern(None),)
    assert after(session, Repattern(None)) == plain


def test_the_whole_series_cancelled_and_taken_back() -> None:
    session = series(overrides=(MOVED, replace(CANCELLED, on=THIRD)))
    document = shown(session)
    sent = replace(
        with_master(document, status="CANCELLED", comment="Moved away"),
        overrides=tuple(replace(each, status="CANCELLED") for each in document.overrides),
    )
    assert changes(session, sent) == (Cancel("", "Moved away"),)
    gone = after(session, Cancel("other"))
    assert gone is not None
    back = with_master(shown(gone), status="CONFIRMED")
    live = replace(back, overrides=tuple(replace(each, status="CONFIRMED") for each in back.overrides))
    assert changes(gone, live) == (Undo(),)


def test_an_edit_of_the_series_leaves_the_overrides_text() -> None:
    session = own_series(overrides=(MOVED,))
    found = changes(session, with_master(shown(session), summary="Board"))
    assert found == (Edit(Field.TITLE, "Board"),)
    result = after(session, *found)
    assert result is not None
    assert [each.summary for each in shown(result).events] == ["Board", "Staff meeting"]
    everywhere = with_override(with_master(shown(session), summary="Board"), SECOND, summary="Board")
    found = changes(session, everywhere)
    assert found == (Edit(Field.TITLE, "Board"), Edit(Field.TITLE, "Board", SECOND))
    assert after(session, *found) == replace(session, title="Board")


def test_a_new_override_brings_the_new_text_of_the_series() -> None:
    sent = with_override(with_master(shown(own_series()), summary="Board"), SECOND, end=SECOND + 2 * HOUR)
    found = changes(own_series(), sent)
    assert found == (Edit(Field.TITLE, "Board"), Move(SECOND, SECOND + 2 * HOUR, SECOND))


def test_all_day_series_become_timed() -> None:
    session = own_series(start=date(2026, 3, 2), end=date(2026, 3, 3), rrule="FREQ=WEEKLY;UNTIL=20260316")
    sent = with_master(
        shown(session), start=MONDAYS[0], end=MONDAYS[0] + HOUR, rrule="FREQ=WEEKLY;UNTIL=20260316T130000Z"
    )
    found = changes(session, sent)
    assert found == (Move(MONDAYS[0], MONDAYS[0] + HOUR),)
    result = after(session, *found)
    assert result is not None
    assert [slot.on for slot in slots(shown(result), NOW, NOW + 52 * WEEK, NEW_YORK)] == MONDAYS[:3]


def test_a_rule_that_cant_be_read() -> None:
    with pytest.raises(RuleError):
        changes(series(), with_master(shown(series()), rrule="FREQ=HOURLY"))


def test_dropped_marks_are_no_change() -> None:
    marks: dict[str, Any] = {}
    assert changes(series(), with_master(shown(series()), marks=marks)) == ()
