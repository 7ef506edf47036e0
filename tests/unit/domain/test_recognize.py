"""What a new event means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calgate.domain import texts
from calgate.domain.event import Document, Event
from calgate.domain.policy import Policy
from calgate.domain.practice import Assignment
from calgate.domain.recognize import recognize
from calgate.domain.session import Cancellation, Kind, Override, ScheduledBy, Session, Status
from tests.support.sessions import HOUR, NOW, POLICY, PRACTICE, at, own_event, single, with_override

NINE, SECOND = at("2026-03-02 09:00"), at("2026-03-09 09:00")
ASSIGNED = replace(
    PRACTICE,
    assignments=(
        Assignment(practitioner="p", client="c1", service="97153", hours=4),
        Assignment(practitioner="q", client="c2", service="97153", hours=4),
    ),
)


def new(policy: Policy = POLICY, practice: Any = PRACTICE, **fields: Any) -> Session:
    event = Event(**{"start": NINE, "end": NINE + HOUR, **fields})
    return recognize(Document(uid="u1", master=event), practice, policy, "p", NOW, "s1")


@pytest.mark.parametrize(("summary", "service"), [
    ("Ann Lee 97153", "97153"),
    ("speech therapy: ann lee", "97153"),
    ("Ann Lee, Speech", "92507"),
    ("AL-17 92507", "92507"),
])  # fmt: skip
def test_a_title_that_names_client_and_service(summary: str, service: str) -> None:
    session = new(summary=summary, location="Main office, room 2", description="Bring the forms.")
    assert session == single(service=service, modifiers=("HN",) if service == "97153" else ())


@pytest.mark.parametrize("summary", [
    "Ann Lee", "97153", "Ann Lee and Bo Chen 97153", "Ann Leeson 97153", "Joann Lee 97153", "Ann 97153",
    "Ann Lee 97153 92507", "", "Lunch",
])  # fmt: skip
def test_anything_else_is_an_other_event(summary: str) -> None:
    session = new(summary=summary, location="Main office", transparent=True)
    assert session == own_event(title=summary, place="Main office", busy=False, instructions="")


def test_marks_name_client_and_service() -> None:
    marks = {"CLIENT": "AL-17", "SERVICE": "92507", "KIND": "client_contact", "MODIFIERS": "95", "ID": "s0"}
    session = new(summary="x", marks=marks, transparent=True)
    assert session == single(service="92507", location=None, room=None, instructions="")
    assert new(summary="x", marks={"CLIENT": "c1", "SERVICE": "nothing"}).kind is Kind.OTHER_EVENT
    assert new(summary="x", marks={"CLIENT": "unknown", "SERVICE": "92507"}).kind is Kind.OTHER_EVENT


def test_only_assigned_clients_are_named_by_a_title() -> None:
    assert new(summary="Ann Lee 97153", practice=ASSIGNED).client == "c1"
    assert new(summary="Bo Chen 97153", practice=ASSIGNED).kind is Kind.OTHER_EVENT


def test_a_pattern_says_where_they_stand() -> None:
    policy = Policy(create_pattern="{client} ({service})")
    assert new(policy, summary="Ann Lee (Speech)").service == "92507"
    assert new(policy, summary="Ann Lee Speech").kind is Kind.OTHER_EVENT


def test_who_scheduled_it_and_links() -> None:
    session = new(summary="Lunch", conference="https://meet/1")
    assert (session.scheduled_by, session.practitioner, session.status, session.telehealth_url) == (
        ScheduledBy.SELF,
        "p",
        Status.SCHEDULED,
        "https://meet/1",
    )
    assert new(summary="Lunch", url="https://meet/2").telehealth_url == "https://meet/2"
    assert new(summary="Lunch", url="message:1").telehealth_url == ""


def test_only_what_stands_below_our_marker_is_the_persons_text() -> None:
    session = new(summary="Lunch", description=f"Status: Scheduled\n{texts.MARKER}\nMine\r\n")
    assert session.instructions == "Mine"


def test_a_cancelled_event() -> None:
    session = new(summary="Lunch", status="CANCELLED", categories=("no show",), comment="Ill")
    assert (session.status, session.cancel) == (Status.CANCELLED, Cancellation("no_show", "Ill"))


def test_a_series_with_overrides() -> None:
    master = Event(
        start=NINE,
        end=NINE + HOUR,
        rrule="FREQ=WEEKLY;COUNT=4",
        summary="Lunch",
        exdates=(at("2026-03-23 09:00"),),
    )
    document = Document(uid="u1", master=master)
    document = with_override(document, SECOND, start=SECOND + HOUR, end=SECOND + 2 * HOUR)
    document = with_override(document, at("2026-03-16 09:00"), status="CANCELLED")
    session = recognize(document, PRACTICE, POLICY, "p", NOW, "s1")
    assert session.overrides == (
        Override(on=SECOND, start=SECOND + HOUR, end=SECOND + 2 * HOUR),
        Override(on=at("2026-03-16 09:00"), status=Status.CANCELLED, cancel=Cancellation("")),
    )
    assert session.exdates == master.exdates


def test_a_document_without_its_master() -> None:
    alone = Event(start=NINE, end=NINE + HOUR, recurrence_id=NINE, summary="Lunch")
    session = recognize(Document(uid="u1", master=None, overrides=(alone,)), PRACTICE, POLICY, "p", NOW, "s1")
    assert session == own_event(title="Lunch", place="", instructions="")


UTC_NINE = NINE.astimezone(ZoneInfo("UTC"))


def test_a_session_written_in_utc_is_where_the_practice_is() -> None:
    session = new(summary="Ann Lee 97153", start=UTC_NINE, end=UTC_NINE + HOUR)
    assert session.kind is Kind.CLIENT_SESSION
    assert [str(each) for each in (session.start, session.end)] == [str(NINE), str(NINE + HOUR)]
    assert getattr(session.start, "tzinfo", None) is PRACTICE.zone


@pytest.mark.parametrize(
    "fields", [{"summary": "Dentist"}, {"summary": "Ann Lee 97153", "rrule": "FREQ=WEEKLY"}]
)
def test_an_own_event_and_a_series_stay_in_utc(fields: dict[str, Any]) -> None:
    assert str(new(start=UTC_NINE, end=UTC_NINE + HOUR, **fields).start) == str(UTC_NINE)
