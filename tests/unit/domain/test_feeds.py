"""What each audience of a link is shown of a session, at each level of detail, and what of a series."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any, get_args

import pytest

from calgate.domain.audience import DISCLOSURE, FULL, NAMED, Audience, Field, Shown, Table, View
from calgate.domain.event import Document, Event
from calgate.domain.feeds import concerned, versions
from calgate.domain.policy import Policy, Title
from calgate.domain.practice import Person
from calgate.domain.session import (
    Cancellation,
    Fact,
    History,
    Kind,
    Override,
    Period,
    ScheduledBy,
    Session,
    Status,
)
from calgate.domain.when import key
from tests.support.sessions import DAY, HOUR, PRACTICE, WEEK, at, single

AUDIENCES = get_args(Audience)
DETAILS = get_args(Title)
WORLD = replace(PRACTICE, people={"p": Person(id="p", name="Pat Quill", email="pat@practice.example")})
TARGETS: dict[str, str] = {"person": "p", "client": "c1", "location": "main", "organization": "o"}
POLICY = Policy()


def full(**more: Any) -> Session:
    """A session that has something in every field."""
    return single(
        client="c1", service="97153", location="main", room="Blue", instructions="SECRET-NOTE",
        telehealth_url="https://join.example/x", reminders=("+15550100",), modifiers=("HN",),
        diagnosis=("F84.0",), session_bridge=True, facts=frozenset({Fact.CLAIM}), year_groups=("8",),
        **more,
    )  # fmt: skip


def view(audience: Audience, detail: Title = "full", **more: Any) -> View:
    return View(audience=audience, target=more.pop("target", TARGETS[audience]), detail=detail, **more)


def documents(session: Session, seen: View, table: Table = DISCLOSURE) -> tuple[Document, ...]:
    return versions(session, WORLD, POLICY, table, seen)


def only(session: Session, seen: View, table: Table = DISCLOSURE) -> Event:
    (document,) = documents(session, seen, table)
    assert document.master is not None
    return document.master


def said(event: Event) -> str:
    """Everything that an event says in words."""
    return " | ".join([
        event.summary, event.description, event.location, event.url, event.conference, event.comment,
        *event.categories, event.color, *(uid for _, uid in event.related),
        *(f"{name}={value}" for name, value in event.marks.items()),
    ])  # fmt: skip


class TestFields:
    @pytest.mark.parametrize("audience", AUDIENCES)
    def test_nothing_at_all_is_told_at_busy(self, audience: Audience) -> None:
        event = only(full(), view(audience, "busy", join_link=True))
        assert said(event).strip(" |") == "Busy"
        assert not event.private
        assert (event.start, event.end, event.transparent) == (full().start, full().end, False)

    @pytest.mark.parametrize(
        ("detail", "name"),
        [("full", "Ann Lee"), ("first_name", "Ann"), ("initials", "A. L."), ("internal_id", "AL-17")],
    )
    @pytest.mark.parametrize("audience", AUDIENCES)
    def test_the_client_is_named_as_the_detail_says(
        self, audience: Audience, detail: Title, name: str
    ) -> None:
        summary = only(full(), view(audience, detail)).summary
        assert summary.startswith(f"{name}, ")
        others = {"Ann Lee", "AL-17"} - {name}
        assert not any(each in summary for each in others)

    @pytest.mark.parametrize("detail", DETAILS)
    @pytest.mark.parametrize("audience", AUDIENCES)
    def test_what_is_nobodys_but_the_practitioners(self, audience: Audience, detail: Title) -> None:
        words = said(only(full(), view(audience, detail, join_link=True)))
        for each in ("15550100", "F84.0", "HN", "bridge", "pat@practice.example", "year", "HOURS", "REV"):
            assert each not in words, each
        if (audience, detail) != ("person", "full"):
            assert "SECRET-NOTE" not in words
        if audience != "person":
            assert "claim" not in words.lower()

    def test_the_practitioner_reads_instructions_reason_and_locks(self) -> None:
        event = only(full(status=Status.DECLINED, status_reason="No room"), view("person"))
        assert event.description == (
            "Status: Declined by your organization: No room\n"
            "Locked: on a submitted or processed claim\n\nSECRET-NOTE"
        )
        assert event.summary == "Declined: Ann Lee, Speech therapy"
        assert "No room" not in said(
            only(full(status=Status.DECLINED, status_reason="No room"), view("person", "initials"))
        )

    def test_a_client_reads_service_place_practitioner_and_whether_it_takes_place(self) -> None:
        event = only(full(status=Status.SUBMITTED), view("client", "initials"))
        assert event.summary == "A. L., Speech therapy, Pat Quill"
        assert event.location == "Main office, room Blue, 12 Elm Street, Springfield"
        assert event.description == "Status: Scheduled"
        assert (event.categories, event.color, event.private) == ((), "", False)
        assert dict(event.marks) == {
            "ID": "s1", "KIND": "client_session", "SCHEDULED-BY": "self", "STATUS": "scheduled",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("status", "words", "mark"),
        [
            (Status.PENDING_VALIDATION, "Waiting for confirmation", "pending_validation"),
            (Status.VALIDATING, "Waiting for confirmation", "pending_validation"),
            (Status.REQUESTED, "Waiting for confirmation", "requested"),
            (Status.INCOMPLETE, "Scheduled", "scheduled"),
            (Status.READY_TO_SUBMIT, "Scheduled", "scheduled"),
            (Status.CANCELLED, "Cancelled", "cancelled"),
        ],
    )
    @pytest.mark.parametrize("audience", ["client", "location"])
    def test_how_far_the_papers_are_is_told_to_nobody_outside(
        self, audience: Audience, status: Status, words: str, mark: str
    ) -> None:
        event = only(full(status=status), view(audience))
        assert f"Status: {words}" == event.description.split("\n")[0]
        assert event.marks["STATUS"] == mark

    def test_a_place_is_not_told_what_for(self) -> None:
        event = only(full(), view("location", "initials"))
        assert event.summary == "A. L., Client session, Pat Quill"
        assert event.location == "Main office, room Blue"

    def test_other_peoples_words_are_told_in_full_only(self) -> None:
        lunch = single(kind=Kind.OTHER_EVENT, client=None, service=None, title="Lunch with Ann Lee",
                       location=None, place="Ann Lee's home")  # fmt: skip
        for audience in ("person", "organization"):
            assert "Lunch with Ann Lee" in only(lunch, view(audience)).summary
            for detail in ("first_name", "initials", "internal_id"):
                words = said(only(lunch, view(audience, detail)))
                assert "Lee" not in words
                assert "Other event" in words

    def test_a_join_link_is_told_when_the_link_says_so_and_the_audience_may(self) -> None:
        for audience in ("person", "client", "organization"):
            event = only(full(), view(audience, "initials", join_link=True))
            assert (event.url, event.conference) == (full().telehealth_url, full().telehealth_url)
            assert "Join: https://join.example/x" in event.description
            assert "join.example" not in said(only(full(), view(audience)))
        assert "join.example" not in said(only(full(), view("location", join_link=True)))

    def test_a_pack_may_have_a_table_of_its_own(self) -> None:
        narrow = Shown(kinds=frozenset(Kind), statuses=frozenset(Status),
                       fields=MappingProxyType({Field.SERVICE: FULL, Field.OUTCOME: NAMED}))  # fmt: skip
        table: Table = MappingProxyType({**DISCLOSURE, "client": narrow})
        told = said(only(full(), view("client"), table)).split(" | ")
        assert [each for each in told if each] == ["Speech therapy", "Status: Scheduled"]
        assert "Speech" not in said(only(full(), view("client", "initials"), table))

    def test_every_field_of_the_table_is_hidden_from_somebody(self) -> None:
        """A new field is hidden from every audience that it is not given to: no row has all of them."""
        for audience, row in DISCLOSURE.items():
            assert set(row.fields) < set(Field), audience
            assert all("busy" not in levels for levels in row.fields.values())


class TestWhoIsShownWhat:
    def test_a_client_sees_no_other_clients_session_and_no_contact_with_others(self) -> None:
        assert documents(full(), view("client", target="c2")) == ()
        assert documents(full(kind=Kind.COLLATERAL_CONTACT, contact_with="Aunt"), view("client")) == ()
        contact = only(full(kind=Kind.CLIENT_CONTACT, medium="phone"), view("client"))
        assert contact.summary == "Ann Lee, Client contact, Pat Quill"

    def test_what_is_held_or_declined_is_not_shown_to_those_outside(self) -> None:
        for audience in AUDIENCES:
            assert documents(full(held=True), view(audience)) == ()
        shown = [a for a in AUDIENCES if documents(full(status=Status.DECLINED), view(a))]
        assert sorted(shown) == ["organization", "person"]

    def test_one_room_of_a_place(self) -> None:
        assert documents(full(), view("location", target="main/Blue"))
        assert documents(full(), view("location", target="main/2")) == ()
        assert documents(full(), view("location", target="annex")) == ()

    def test_busy_shows_only_what_makes_busy(self) -> None:
        assert documents(full(status=Status.CANCELLED), view("organization", "busy")) == ()
        free = single(kind=Kind.OTHER_EVENT, client=None, service=None, title="Walk", busy=False)
        assert documents(free, view("person", "busy")) == ()
        assert documents(free, view("person"))

    def test_statuses_that_the_link_names(self) -> None:
        wanted = view("person", statuses=frozenset({Status.SCHEDULED}))
        assert documents(full(), wanted)
        assert documents(full(status=Status.REQUESTED), wanted) == ()

    def test_uids_are_stable_and_tell_nothing_of_the_program_that_made_them(self) -> None:
        session = replace(full(), uid="20260302T0900-adas-laptop.local")
        uids = {documents(session, view(audience))[0].uid for audience in AUDIENCES}
        assert len(uids) == 1
        assert uids == {documents(replace(session, start=session.start + HOUR), view("person"))[0].uid}
        assert all(char in "0123456789abcdef" for char in uids.pop())


class TestCancelled:
    OFF = Cancellation("no_show", "Noah was ill")

    @pytest.mark.parametrize("audience", AUDIENCES)
    def test_struck(self, audience: Audience) -> None:
        event = only(full(status=Status.CANCELLED, cancel=self.OFF), view(audience))
        assert event.status == "CANCELLED" and event.status_stated and event.transparent
        assert event.summary.startswith("Cancelled: ")
        assert ("Noah was ill" in said(event)) == (audience == "person")

    @pytest.mark.parametrize("audience", AUDIENCES)
    def test_kept_without_a_status_that_some_subscribers_hide(self, audience: Audience) -> None:
        event = only(full(status=Status.CANCELLED), view(audience, cancelled="keep"))
        assert not event.status_stated and event.transparent
        assert event.summary.startswith("Cancelled: ")

    @pytest.mark.parametrize("audience", AUDIENCES)
    def test_omitted(self, audience: Audience) -> None:
        assert documents(full(status=Status.CANCELLED), view(audience, cancelled="omit")) == ()


class TestSeries:
    START = at("2026-03-02 09:00")

    def series(self, *overrides: Override, **more: Any) -> Session:
        return full(rrule=more.pop("rrule", "FREQ=WEEKLY"), overrides=overrides, **more)

    def on(self, week: int) -> Any:
        return self.START + week * WEEK

    def test_an_omitted_cancelled_occurrence_is_an_exdate(self) -> None:
        series = self.series(Override(on=self.on(1), status=Status.CANCELLED))
        for audience in AUDIENCES:
            (document,) = documents(series, view(audience, cancelled="omit"))
            assert document.master is not None
            assert (document.master.exdates, document.overrides) == ((self.on(1),), ())
            (struck,) = documents(series, view(audience))
            assert [each.status for each in struck.overrides] == ["CANCELLED"]

    def test_an_occurrence_with_somebody_else_is_theirs_alone(self) -> None:
        series = self.series(Override(on=self.on(2), client="c2"))
        (own,) = documents(series, view("client"))
        assert own.master is not None
        assert own.master.exdates == (self.on(2),)
        (theirs,) = documents(series, view("client", target="c2"))
        assert theirs.master is not None and not theirs.overrides
        assert (theirs.master.start, theirs.master.rrule, theirs.master.exdates) == (self.on(2), None, ())
        assert theirs.master.summary == "Bo Chen, Speech therapy, Pat Quill"
        assert theirs.uid != own.uid
        assert ("client", "c2") in concerned(series, "o")

    def test_an_occurrence_in_another_room_or_place(self) -> None:
        series = self.series(Override(on=self.on(1), room="2"), Override(on=self.on(2), location="annex"))
        targets = {target for audience, target in concerned(series, "o") if audience == "location"}
        assert targets == {"main", "main/Blue", "main/2", "annex", "annex/Blue"}
        assert len(documents(series, view("location", target="main/2"))) == 1
        (blue,) = documents(series, view("location", target="main/Blue"))
        assert blue.master is not None
        assert blue.master.exdates == (self.on(1), self.on(2))

    def test_an_override_that_says_nothing_to_the_audience_is_left_out(self) -> None:
        """That one occurrence is claimed, and others are not, would show by its being apart."""
        series = self.series(
            Override(on=self.on(1), facts=frozenset({Fact.NOTE_SIGNED})),
            Override(on=self.on(2), instructions="Other"),
            Override(on=self.on(3), status=Status.READY_TO_SUBMIT),
            Override(on=self.on(4), start=self.on(4) + HOUR, end=self.on(4) + 2 * HOUR),
        )
        (client,) = documents(series, view("client"))
        assert [key(each.recurrence_id) for each in client.overrides if each.recurrence_id] == [
            key(self.on(4))
        ]
        (person,) = documents(series, view("person"))
        assert len(person.overrides) == 4

    def test_a_series_of_which_nothing_is_left(self) -> None:
        cancelled = [Override(on=self.on(week), status=Status.CANCELLED) for week in range(3)]
        series = self.series(*cancelled, rrule="FREQ=WEEKLY;COUNT=3")
        assert documents(series, view("person", cancelled="omit")) == ()
        assert len(documents(series, view("person"))) == 1

    def test_one_that_goes_on_of_a_cancelled_series(self) -> None:
        series = self.series(Override(on=self.on(1), status=Status.SCHEDULED), status=Status.CANCELLED)
        (left,) = documents(series, view("client", cancelled="omit"))
        assert left.master is not None
        assert (left.master.start, left.master.rrule) == (self.on(1), None)

    def test_the_past_of_a_split_series_keeps_the_sessions_id(self) -> None:
        past = replace(full(), id="s1~1", history=History("s1", self.on(3)))
        assert only(past, view("client")).marks["ID"] == "s1"


class TestDates:
    def test_one_event_a_date_whatever_the_policy(self) -> None:
        start = at("2026-03-02 00:00").date()
        days = tuple(Period(start + n * WEEK, start + n * WEEK + DAY) for n in range(2))
        school = single(kind=Kind.SCHOOL_SESSION, client=None, service=None, programmes=("hpv",), dates=days,
                        start=start, end=start + DAY, scheduled_by=ScheduledBy.ORG)  # fmt: skip
        world = replace(WORLD, programmes={"hpv": "HPV"})
        found = versions(school, world, Policy(multi_date="rdate"), DISCLOSURE, view("location"))
        assert [each.master.start for each in found if each.master] == [start, start + WEEK]
        assert len({each.uid for each in found}) == 2
        assert found[0].master is not None
        assert found[0].master.summary == "School session: HPV, Pat Quill"
        unscheduled = replace(school, dates=())
        assert versions(unscheduled, world, POLICY, DISCLOSURE, view("person")) == ()
