"""Changes laid on a session."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from calgate.domain.change import (
    Accept,
    AddDate,
    Cancel,
    Change,
    Create,
    Cut,
    Decline,
    Delete,
    Edit,
    EditMarker,
    Field,
    Hide,
    Move,
    Repattern,
    Replace,
    Restore,
    SetFact,
    SetStatus,
    Undo,
)
from calgate.domain.recurrence import occurrences
from calgate.domain.session import Cancellation, Fact, Kind, Override, Period, Session, Status
from calgate.domain.when import Span, plus
from tests.support.sessions import (
    DAY,
    HOUR,
    NEW_YORK,
    NOW,
    WEEK,
    after,
    at,
    own_event,
    own_series,
    series,
    single,
)

NINE = at("2026-03-02 09:00")
SECOND, THIRD = at("2026-03-09 09:00"), at("2026-03-16 09:00")
ENDLESS = "FREQ=WEEKLY;BYDAY=MO"
RUNNING = datetime(2026, 3, 12, tzinfo=UTC)
EVERY: tuple[Change, ...] = (
    Move(SECOND, SECOND + HOUR), Move(SECOND, SECOND + HOUR, SECOND),
    Edit(Field.TITLE, "x"), Edit(Field.ROOM, None), Edit(Field.PRACTITIONER, "q"),
    Edit(Field.PRACTITIONER, "q", SECOND), Edit(Field.BUSY, False, SECOND),
    Cancel(), Cancel(on=SECOND), Undo(), Undo(SECOND), Delete(), Delete(on=SECOND), Restore(SECOND), Hide(),
    Cut(THIRD, "FREQ=WEEKLY;COUNT=2"), Cut(NINE, "FREQ=WEEKLY;COUNT=1"), Repattern(None), Repattern(ENDLESS),
    Accept(), Decline("No"), SetStatus(Status.VALIDATING), SetStatus(Status.CANCELLED, on=SECOND),
    SetFact(Fact.CLAIM), SetFact(Fact.CLAIM, False, SECOND), Create(single()), Replace(series()),
    AddDate(date(2026, 3, 3), date(2026, 3, 4)), EditMarker(),
)  # fmt: skip


def starts(session: Session | None) -> list[str]:
    assert session is not None
    found = occurrences(session, None, NOW + 60 * WEEK, NEW_YORK)
    return [f"{each.start:%m-%d %H:%M}" for each in found if each.status is not Status.CANCELLED]


@pytest.mark.parametrize("change", EVERY)
@pytest.mark.parametrize("session", [
    None, single(), own_event(), series(), own_series(), series(status=Status.CANCELLED),
    single(start=date(2026, 3, 2), end=date(2026, 3, 3)), single(status=Status.REQUESTED),
    Session(id="s", uid="u", kind=Kind.SCHOOL_SESSION, practitioner="p", start=date(2026, 3, 2),
            end=date(2026, 3, 3), dates=(Period(date(2026, 3, 2), date(2026, 3, 3)),)),
])  # fmt: skip
def test_every_change_can_be_laid_on_everything(session: Session | None, change: Change) -> None:
    result = after(session, change)
    if session is None:
        assert (result is None) == (not isinstance(change, Create | Replace))
    elif result is not None and not isinstance(change, Create | Replace):
        assert (result.id, result.uid, result.revision) == (session.id, session.uid, session.revision)


def test_the_organizations_changes_reset_the_original() -> None:
    place = Span(SECOND, SECOND + HOUR)
    created = after(None, Create(single(original=None)), by_org=True)
    assert created is not None
    assert created.original == Span(NINE, NINE + HOUR)
    assert after(created, Move(SECOND, SECOND + HOUR)).original == created.original  # type: ignore[union-attr]
    assert after(created, Move(SECOND, SECOND + HOUR), by_org=True).original == place  # type: ignore[union-attr]
    assert after(created, Replace(single(start=SECOND)), by_org=True).original == place  # type: ignore[union-attr]
    one = after(series(), Move(THIRD, THIRD + HOUR, SECOND), by_org=True)
    assert one is not None
    assert (one.original, one.overrides[0].original) == (None, Span(THIRD, THIRD + HOUR))
    assert after(None, Create(single())).original is None  # type: ignore[union-attr]


def test_an_original_outlives_the_fold() -> None:
    session = after(series(), Move(SECOND, SECOND + HOUR, SECOND), by_org=True)
    assert session is not None
    assert session.overrides == (Override(on=SECOND, original=Span(SECOND, SECOND + HOUR)),)


def test_replace_keeps_the_revision() -> None:
    result = after(single(revision=7), Replace(single(title="x")))
    assert result == single(title="x", revision=7)


def test_telehealth_brings_and_takes_modifier_95() -> None:
    there = after(single(modifiers=("HN",)), Edit(Field.LOCATION, "tele"))
    assert there is not None
    assert there.modifiers == ("HN", "95")
    assert after(there, Edit(Field.LOCATION, "tele")) == there
    assert after(there, Edit(Field.LOCATION, "main")).modifiers == ("HN",)  # type: ignore[union-attr]
    assert after(None, Create(single(location="tele"))).modifiers == ("95",)  # type: ignore[union-attr]
    assert after(single(modifiers=("95",)), Edit(Field.LOCATION, "annex")).modifiers == ("95",)  # type: ignore[union-attr]


def test_cancel_and_undo() -> None:
    gone = after(single(), Cancel("no_show", "Ill"))
    assert gone == single(status=Status.CANCELLED, cancel=Cancellation("no_show", "Ill"))
    assert after(gone, Undo()) == single()
    one = after(series(), Cancel("other", "", SECOND))
    assert one is not None
    assert one.overrides == (Override(on=SECOND, status=Status.CANCELLED, cancel=Cancellation("other")),)
    assert after(one, Undo(SECOND)) == series()


def test_cancel_of_a_series_that_has_not_begun() -> None:
    submitted = Override(on=SECOND, status=Status.SUBMITTED, title="x")
    gone = after(series(overrides=(submitted,)), Cancel("other"))
    assert gone is not None
    assert (gone.status, gone.rrule) == (Status.CANCELLED, series().rrule)
    assert starts(gone) == []


@pytest.mark.parametrize("rrule", [ENDLESS, f"{ENDLESS};COUNT=6", f"{ENDLESS};UNTIL=20260406T130000Z"])
def test_cancel_of_a_running_series_leaves_its_past(rrule: str) -> None:
    result = after(series(rrule=rrule), Cancel("other"), now=RUNNING)
    assert result is not None
    assert (result.status, result.cancel) == (Status.SCHEDULED, None)
    assert starts(result) == ["03-02 09:00", "03-09 09:00"]


def test_cancel_of_a_running_series_goes_by_where_occurrences_are() -> None:
    early = Override(on=THIRD, start=at("2026-03-04 09:00"), end=at("2026-03-04 10:00"))
    late = Override(on=SECOND, start=at("2026-03-20 09:00"), end=at("2026-03-20 10:00"))
    result = after(series(overrides=(late, early)), Cancel("other"), now=RUNNING)
    assert starts(result) == ["03-02 09:00", "03-04 09:00"]
    assert result is not None
    assert result.override(SECOND) == replace(late, status=Status.CANCELLED, cancel=Cancellation("other"))


def test_cancel_of_a_series_under_way_or_over() -> None:
    under_way = after(series(), Cancel("other"), now=SECOND.astimezone(UTC))
    assert starts(under_way) == ["03-02 09:00", "03-09 09:00"]
    assert after(series(), Cancel("other"), now=NOW + 52 * WEEK) == series()


def test_delete() -> None:
    assert after(own_event(), Delete()) is None
    one = after(own_series(overrides=(Override(on=SECOND, title="x"),)), Delete(on=SECOND))
    assert one == own_series(exdates=(SECOND,))
    assert after(one, Restore(SECOND)) == own_series()


def test_the_last_date_deleted_leaves_it_unscheduled() -> None:
    spans = (
        Period(date(2026, 3, 2), date(2026, 3, 3), "a"),
        Period(date(2026, 3, 9), date(2026, 3, 10), "b"),
    )
    school = Session(
        id="s",
        uid="u",
        kind=Kind.SCHOOL_SESSION,
        practitioner="p",
        start=spans[0].start,
        end=spans[0].end,
        dates=spans,
    )
    one = after(school, Delete(on=date(2026, 3, 2)))
    assert one is not None
    assert (one.dates, one.start, one.end) == (spans[1:], spans[1].start, spans[1].end)
    none = after(one, Delete(on=date(2026, 3, 9)))
    assert none is not None
    assert none.dates == ()


def test_moving_a_date_past_another_keeps_them_in_order() -> None:
    spans = (
        Period(date(2026, 3, 2), date(2026, 3, 3), "a"),
        Period(date(2026, 3, 9), date(2026, 3, 10), "b"),
    )
    school = Session(
        id="s",
        uid="u",
        kind=Kind.SCHOOL_SESSION,
        practitioner="p",
        start=spans[0].start,
        end=spans[0].end,
        dates=spans,
    )
    later = after(school, Move(date(2026, 3, 20), date(2026, 3, 21), on=date(2026, 3, 2)))
    assert later is not None
    assert [each.start for each in later.dates] == [date(2026, 3, 9), date(2026, 3, 20)]
    assert later.start == date(2026, 3, 9)


def test_a_series_moves_as_a_whole() -> None:
    session = series(rrule=f"{ENDLESS};UNTIL=20260330T130000Z", exdates=(THIRD,))
    result = after(session, Move(NINE + DAY, plus(NINE, 2 * HOUR) + DAY))
    assert result is not None
    assert (result.rrule, result.exdates) == ("FREQ=WEEKLY;BYDAY=TU;UNTIL=20260331T130000Z", (THIRD + DAY,))
    assert starts(result) == ["03-03 09:00", "03-10 09:00", "03-24 09:00", "03-31 09:00"]


def test_cut() -> None:
    one, two = Override(on=SECOND, title="a"), Override(on=THIRD, title="b")
    result = after(series(exdates=(THIRD,), overrides=(one, two)), Cut(THIRD, "FREQ=WEEKLY;COUNT=2"))
    assert result == series(rrule="FREQ=WEEKLY;COUNT=2", overrides=(one,))
    assert after(own_series(), Cut(NINE, "FREQ=WEEKLY;COUNT=1")) is None
    whole = after(series(), Cut(NINE, "FREQ=WEEKLY;COUNT=1"))
    assert whole is not None
    assert whole.status is Status.CANCELLED


def test_repattern_keeps_what_still_fits() -> None:
    session = series(exdates=(THIRD,), overrides=(Override(on=SECOND, title="a"),))
    every_other = "FREQ=WEEKLY;INTERVAL=2;COUNT=3"
    assert after(session, Repattern(every_other)) == series(rrule=every_other, exdates=(THIRD,))


def test_answers_and_states() -> None:
    request = single(status=Status.REQUESTED)
    assert after(request, Accept()) == single()
    assert after(request, Decline("Full")) is None
    declined = after(single(status=Status.VALIDATING), Decline("Hours used up"))
    assert declined == single(status=Status.DECLINED, status_reason="Hours used up")
    gone = single(status=Status.CANCELLED, cancel=Cancellation("other"))
    assert after(gone, SetStatus(Status.SCHEDULED)) == single()
    one = after(series(), SetStatus(Status.SUBMITTED, on=SECOND))
    assert one is not None
    assert one.overrides == (Override(on=SECOND, status=Status.SUBMITTED),)
    assert after(one, SetStatus(Status.SCHEDULED, on=SECOND)) == series()
    assert after(single(), Hide()) == single()


def test_facts() -> None:
    signed = after(single(), SetFact(Fact.NOTE_SIGNED))
    assert signed == single(facts=frozenset({Fact.NOTE_SIGNED}))
    assert after(signed, SetFact(Fact.NOTE_SIGNED, False)) == single()
    one = after(series(), SetFact(Fact.CLAIM, on=SECOND))
    assert one == series(overrides=(Override(on=SECOND, facts=frozenset({Fact.CLAIM})),))
    assert after(one, SetFact(Fact.CLAIM, False, SECOND)) == series()


def test_free_text_takes_the_offices_place() -> None:
    result = after(own_event(location="main", room="2"), Edit(Field.PLACE, "Garden"))
    assert result == own_event(place="Garden")
    one = after(own_series(location="main", room="2"), Edit(Field.PLACE, "Garden", SECOND))
    assert one is not None
    here = one.at(SECOND, SECOND + HOUR)
    assert (here.location or None, here.room or None, here.place) == (None, None, "Garden")


def test_the_organization_edits_overrides_along() -> None:
    moved = Override(on=SECOND, start=SECOND + DAY, end=SECOND + DAY + HOUR)
    session = series(overrides=(moved,))
    by_desk = after(session, Edit(Field.INSTRUCTIONS, "New"), by_org=True)
    assert by_desk == replace(session, instructions="New")
    by_calendar = after(session, Edit(Field.INSTRUCTIONS, "New"))
    assert by_calendar is not None
    assert by_calendar.overrides == (replace(moved, instructions="Bring the forms."),)
