"""What a sent event changes of one session."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calgate.domain import texts
from calgate.domain.change import Accept, Cancel, Change, Edit, Field, Move, Undo
from calgate.domain.diff import diff
from calgate.domain.disclosure import Notes, show
from calgate.domain.policy import Policy
from calgate.domain.session import Cancellation, Kind, Period, Session, Status
from calgate.domain.when import Span
from tests.support.sessions import (
    HOUR,
    POLICY,
    PRACTICE,
    after,
    at,
    changes,
    own_event,
    shown,
    single,
    with_master,
)

NINE, TEN = at("2026-03-02 09:00"), at("2026-03-02 10:00")
PLAIN = shown(single())
OWN = shown(own_event())
HEADER = shown(single()).events[0].description.partition(texts.MARKER)[0]
NO_MARKS: Any = MappingProxyType({})


def test_what_was_shown_is_no_change() -> None:
    gone, declined = single(status=Status.CANCELLED), own_event(status=Status.DECLINED)
    for session in (single(), own_event(), gone, declined):
        assert changes(session, shown(session)) == ()


def test_case_1_and_noise_are_no_change() -> None:
    # An alarm, PRODID, DTSTAMP are not part of a document; SEQUENCE, CLASS, COLOR, CATEGORIES are.
    sent = with_master(PLAIN, private=False, color="red", categories=("Mine",), related=(("NEXT", "x"),))
    assert changes(single(), replace(sent, sequence=9)) == ()


def test_case_2_marks_dropped_and_ten_minutes_later() -> None:
    sent = with_master(PLAIN, marks=NO_MARKS, start=at("2026-03-02 09:10"), end=at("2026-03-02 10:10"))
    assert changes(single(), sent) == (Move(at("2026-03-02 09:10"), at("2026-03-02 10:10")),)


@pytest.mark.parametrize("zone", ["US/Eastern", "UTC", "Europe/Berlin"])
def test_case_3_same_instants_in_another_zone(zone: str) -> None:
    elsewhere = {"start": NINE.astimezone(ZoneInfo(zone)), "end": TEN.astimezone(ZoneInfo(zone))}
    assert changes(single(), with_master(PLAIN, **elsewhere)) == ()


def test_case_4_sunday_night_to_monday_is_one_move() -> None:
    session = single(start=at("2026-03-08 23:30"), end=at("2026-03-09 00:15"))
    sent = with_master(shown(session), start=at("2026-03-09 00:30"), end=at("2026-03-09 01:15"))
    assert changes(session, sent) == (Move(at("2026-03-09 00:30"), at("2026-03-09 01:15")),)


def test_case_5_one_second_longer_and_longer_by_the_clock_only() -> None:
    longer = TEN.replace(second=1)
    assert changes(single(), with_master(PLAIN, end=longer)) == (Move(NINE, longer),)
    # From 1:30 to 3:30 on the night of the change is one hour: the same hour on another day.
    night = single(start=at("2026-03-08 01:30"), end=at("2026-03-08 03:30"))
    sent = with_master(shown(night), end=at("2026-03-08 01:30").astimezone(UTC) + HOUR)
    assert changes(night, with_master(sent, end=sent.events[0].end.astimezone(NINE.tzinfo))) == ()  # type: ignore[union-attr]


def test_case_6_shrink_then_regrow_keeps_the_original() -> None:
    session = after(single(), Move(NINE, TEN), by_org=True)
    assert session is not None
    short = after(session, *changes(session, with_master(shown(session), end=at("2026-03-02 09:30"))))
    assert short is not None
    assert (short.end, short.original) == (at("2026-03-02 09:30"), Span(NINE, TEN))
    again = after(short, *changes(short, with_master(shown(short), end=TEN)))
    assert again == session


def test_case_12_move_and_description_together() -> None:
    sent = with_master(
        PLAIN,
        start=at("2026-03-03 09:00"),
        end=at("2026-03-03 10:00"),
        description=f"{HEADER}{texts.MARKER}\nOther words.",
    )
    assert changes(single(), sent) == (
        Move(at("2026-03-03 09:00"), at("2026-03-03 10:00")),
        Edit(Field.INSTRUCTIONS, "Other words."),
    )


def test_case_16_a_masked_title_sent_back() -> None:
    masked = shown(single(), title="busy")
    assert masked.events[0].summary == "Busy"
    assert diff(masked, masked, single(), PRACTICE, POLICY) == ()


def test_case_17_duration_is_the_readers() -> None:
    assert changes(single(), with_master(PLAIN, end=NINE + HOUR)) == ()


def test_a_time_in_utc_keeps_the_zone_it_was_shown_in() -> None:
    later = at("2026-03-02 11:00").astimezone(ZoneInfo("UTC"))
    (move,) = changes(single(), with_master(PLAIN, start=later, end=later + HOUR))
    assert move == Move(at("2026-03-02 11:00"), at("2026-03-02 12:00"))
    assert str(move.start.tzinfo) == "America/New_York"  # type: ignore[union-attr]


def test_all_day_instead_of_a_time_is_a_change() -> None:
    days = {"start": date(2026, 3, 2), "end": date(2026, 3, 3)}
    assert changes(own_event(), with_master(OWN, **days)) == (Move(days["start"], days["end"]),)
    all_day = own_event(**days)
    assert changes(all_day, with_master(shown(all_day), start=NINE, end=TEN)) == (Move(NINE, TEN),)


@pytest.mark.parametrize(("status", "summary", "expected"), [
    (Status.SCHEDULED, "Staff meeting", ()),
    (Status.SCHEDULED, "  Staff   meeting ", ()),
    (Status.SCHEDULED, "Staff lunch", (Edit(Field.TITLE, "Staff lunch"),)),
    (Status.SCHEDULED, "", (Edit(Field.TITLE, ""),)),
    (Status.DECLINED, "Declined: Staff meeting", ()),
    (Status.DECLINED, "Staff meeting", ()),
    (Status.DECLINED, "Declined: Staff lunch", (Edit(Field.TITLE, "Staff lunch"),)),
    (Status.SCHEDULED, "Cancelled: Staff meeting", ()),
    (Status.SCHEDULED, "Request: new chairs", (Edit(Field.TITLE, "Request: new chairs"),)),
])  # fmt: skip
def test_titles_of_own_events(status: Status, summary: str, expected: tuple[Change, ...]) -> None:
    session = own_event(status=status)
    assert changes(session, with_master(shown(session), summary=summary)) == expected


def test_clients_prefix_what_they_cancel() -> None:
    sent = with_master(OWN, status="CANCELLED", summary="Canceled: Staff lunch")
    assert changes(own_event(), sent) == (Edit(Field.TITLE, "Staff lunch"), Cancel())


@pytest.mark.parametrize("kind", [Kind.CLIENT_SESSION, Kind.CLIENT_CONTACT, Kind.COLLATERAL_CONTACT])
def test_generated_titles_are_never_edited(kind: Kind) -> None:
    session = single(kind=kind)
    assert changes(session, with_master(shown(session), summary="Lunch")) == ()


@pytest.mark.parametrize(("sent", "expected"), [
    (PLAIN.events[0].description.replace("\n", "\r\n") + "  \r\n", None),
    (PLAIN.events[0].description.replace("\n", "  \n"), None),
    (PLAIN.events[0].description.replace("─", "?"), None),
    ("Bring the forms.", None),
    (f"{HEADER}Bring the forms.", None),
    ("", None),
    ("\n\n", None),
    (HEADER.replace("Status", "My status") + f"{texts.MARKER}\nBring the forms.", None),
    (f"{HEADER}{texts.MARKER}", ""),
    (f"{HEADER}{texts.MARKER}\nNew.\n\nLines", "New.\n\nLines"),
    ("New", "New"),
    (f"{HEADER}New", "New"),
])  # fmt: skip
def test_instructions_of_client_sessions(sent: str, expected: str | None) -> None:
    found = changes(single(), with_master(PLAIN, description=sent))
    assert found == (() if expected is None else (Edit(Field.INSTRUCTIONS, expected),))


def test_the_notice_of_a_refusal_is_not_the_persons_text() -> None:
    session = own_event()
    bounced = shown(session, notes=Notes(refusal="This can't be done."))
    assert changes(session, bounced) == ()
    text = bounced.events[0].description
    assert "This can't be done." in text
    without_marker = with_master(OWN, description=text.replace(texts.MARKER + "\n", ""))
    assert diff(bounced, without_marker, session, PRACTICE, POLICY) == ()
    cleared = with_master(OWN, description="")
    assert diff(bounced, cleared, session, PRACTICE, POLICY) == (Edit(Field.INSTRUCTIONS, ""),)


@pytest.mark.parametrize(("text", "expected"), [
    ("Main office, room 2", ()),
    ("main OFFICE,  ROOM 2", ()),
    ("Main office\nroom 2", ()),
    ("My kitchen", ()),
    ("", ()),
    ("Main office, the garden", ()),
    ("Main office", (Edit(Field.ROOM, None),)),
    ("12 Elm Street\\, Springfield".replace("\\", ""), (Edit(Field.ROOM, None),)),
    ("Main office, blue", (Edit(Field.ROOM, "Blue"),)),
    ("Main office, Room 7b", (Edit(Field.ROOM, "7b"),)),
    ("Main office, room 2, 12 Elm Street, Springfield", ()),
    ("annex", (Edit(Field.LOCATION, "annex"), Edit(Field.ROOM, None))),
    ("Annex, room A", (Edit(Field.LOCATION, "annex"), Edit(Field.ROOM, "A"))),
])  # fmt: skip
def test_places_of_client_sessions(text: str, expected: tuple[Change, ...]) -> None:
    assert changes(single(), with_master(PLAIN, location=text)) == expected


def test_places_of_own_events_are_free_text() -> None:
    for text in ("My kitchen", "Main office", ""):
        assert changes(own_event(), with_master(OWN, location=text)) == (Edit(Field.PLACE, text),)
    in_office = own_event(location="main", place="")
    moved = after(in_office, *changes(in_office, with_master(shown(in_office), location="Garden")))
    assert moved is not None
    assert shown(moved).events[0].location == "Garden"


def test_free_or_busy_is_for_own_events() -> None:
    assert changes(own_event(), with_master(OWN, transparent=True)) == (Edit(Field.BUSY, False),)
    assert changes(single(), with_master(PLAIN, transparent=True)) == ()
    gone = own_event(status=Status.CANCELLED)
    assert changes(gone, with_master(shown(gone), status="CONFIRMED")) == (Undo(),)


@pytest.mark.parametrize(("conference", "url", "expected"), [
    ("https://meet/1", "https://meet/1", None),
    ("", "", None),
    ("", "https://meet/1", None),
    ("https://meet/2", "https://meet/1", "https://meet/2"),
    ("", "https://meet/3", "https://meet/3"),
    ("https://meet/1", "message:%3Cmail%3E", None),
])  # fmt: skip
def test_links(conference: str, url: str, expected: str | None) -> None:
    session = single(telehealth_url="https://meet/1")
    sent = with_master(shown(session), conference=conference, url=url)
    assert changes(session, sent) == (() if expected is None else (Edit(Field.TELEHEALTH_URL, expected),))


@pytest.mark.parametrize(("fields", "expected"), [
    ({}, Cancel()),
    ({"marks": {"CANCEL-TYPE": "no_show", "CANCEL-REASON": "Ill"}}, Cancel("no_show", "Ill")),
    ({"marks": {"CANCEL-TYPE": "No Show"}, "comment": "Ill"}, Cancel("no_show", "Ill")),
    ({"categories": ("Client session", "Late cancel")}, Cancel("late_cancel")),
    ({"categories": ("late_cancel",), "marks": {"CANCEL-TYPE": "no_show"}}, Cancel("no_show")),
    ({"marks": {"CANCEL-TYPE": "weather"}, "transparent": True}, Cancel()),
])  # fmt: skip
def test_cancelling(fields: dict[str, Any], expected: Cancel) -> None:
    assert changes(single(), with_master(PLAIN, status="CANCELLED", **fields)) == (expected,)


def test_cancel_types_are_the_organizations() -> None:
    policy = Policy(cancel_types=("Weather", "other"))
    sent = with_master(PLAIN, status="CANCELLED", categories=("weather",))
    assert changes(single(), sent, policy) == (Cancel("Weather"),)


def test_undo_only_by_a_status_that_says_so() -> None:
    gone = single(status=Status.CANCELLED, cancel=Cancellation("other", "Ill"))
    document = shown(gone)
    assert changes(gone, with_master(document, status="CONFIRMED")) == (Undo(),)
    assert changes(gone, with_master(document, status="TENTATIVE")) == (Undo(),)
    assert changes(gone, with_master(document, status="CONFIRMED", status_stated=False)) == ()
    assert changes(gone, with_master(document, marks={"CANCEL-TYPE": "no_show"})) == ()


def test_case_18_a_request_is_accepted_by_status() -> None:
    request = single(status=Status.REQUESTED)
    document = shown(request)
    assert changes(request, with_master(document, status="CONFIRMED")) == (Accept(),)
    assert changes(request, with_master(document, status="CONFIRMED", status_stated=False)) == ()
    assert changes(request, document) == ()


@pytest.mark.parametrize(("status", "said"), [
    (Status.PENDING_VALIDATION, "CONFIRMED"), (Status.SCHEDULED, "TENTATIVE"), (Status.DECLINED, "CONFIRMED"),
])  # fmt: skip
def test_other_flips_of_status_are_no_change(status: Status, said: str) -> None:
    session = single(status=status)
    assert changes(session, with_master(shown(session), status=said)) == ()


def test_marks_are_ignored() -> None:
    marks = {"CLIENT": "BC-2", "STATUS": "cancelled", "CANCEL-TYPE": "no_show", "KIND": "other_event"}
    assert changes(single(), with_master(PLAIN, marks=marks)) == ()


def test_one_date_of_several() -> None:
    spans = tuple(Period(date(2026, 3, day), date(2026, 3, day + 1)) for day in (2, 9, 16))
    session = Session(
        id="s",
        uid="u",
        kind=Kind.SCHOOL_SESSION,
        practitioner="p",
        start=spans[0].start,
        end=spans[0].end,
        dates=spans,
    )
    document = show(session, PRACTICE, POLICY)["20260309"]
    assert diff(document, document, session, PRACTICE, POLICY) == ()
    moved = with_master(document, start=date(2026, 3, 11), end=date(2026, 3, 12))
    found = diff(document, moved, session, PRACTICE, POLICY)
    assert found == (Move(date(2026, 3, 11), date(2026, 3, 12), on=date(2026, 3, 9)),)
    result = after(session, *found)
    assert result is not None
    assert [each.start for each in result.dates] == [date(2026, 3, 2), date(2026, 3, 11), date(2026, 3, 16)]
    gone = diff(document, with_master(document, status="CANCELLED"), session, PRACTICE, POLICY)
    assert gone == (Cancel(on=date(2026, 3, 9)),)


def test_only_an_override_of_a_single_session_is_that_session() -> None:
    sent = replace(
        PLAIN,
        master=None,
        overrides=(replace(PLAIN.events[0], recurrence_id=NINE, end=at("2026-03-02 10:30")),),
    )
    assert changes(single(), sent) == (Move(NINE, at("2026-03-02 10:30")),)
