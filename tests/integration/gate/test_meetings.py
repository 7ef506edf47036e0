"""Meetings of people of one practice: invitations, answers, updates and cancellations are delivered in the
organizer's transaction, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calgate.domain.case import Actor
from calgate.domain.change import Change, Delete, Move
from calgate.gate.values import Ask, Failed, MakeCalendar, Put, Refusal, Remove, Removed, Stored
from tests.support import bodies
from tests.support.meetings import (
    ADA,
    BOB,
    ORGANIZER,
    RITA,
    SELF,
    TIMES,
    a_meeting,
    answer,
    attendee,
    inbox,
    invited,
    methods,
    of_uid,
)
from tests.support.practice import Device, Practice


def test_an_invitation_arrives(practice: Practice, organizers: Device, bob: Device) -> None:
    number = practice.number()
    made = organizers.put("m-1.ics", a_meeting())

    assert isinstance(made, Stored) and made.created and made.etag is None
    theirs = of_uid(bob)
    assert bodies.value(theirs.text, "SUMMARY") == "Case review"
    assert bodies.value(theirs.text, "DESCRIPTION") == "Agenda"
    assert bodies.value(theirs.text, "ORGANIZER") == ADA
    assert "X-CALGATE-KIND:other_event" in theirs.text
    assert "SCHEDULE-STATUS" not in theirs.text
    assert methods(bob) == ["REQUEST"]
    assert "SCHEDULE-STATUS=1.2" in attendee(of_uid(organizers).text, BOB)
    assert practice.number() == number + 1, "one number for all of it"
    since, until = datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC)
    assert [each.start.hour for each in bob.busy(since, until)] == [16]
    assert made.schedule_tag


def test_an_answer_returns(practice: Practice, organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting())
    before = of_uid(organizers)
    assert isinstance(answer(bob, "ACCEPTED"), Stored)

    theirs = of_uid(organizers)
    assert "PARTSTAT=ACCEPTED" in attendee(theirs.text, BOB)
    assert "SCHEDULE-STATUS=2.0" in attendee(theirs.text, BOB)
    assert theirs.etag != before.etag
    assert methods(organizers) == ["REPLY"]
    assert "SCHEDULE-STATUS=2.0" in next(
        line for line in bodies.unfolded(of_uid(bob).text) if line.startswith("ORGANIZER")
    )


def test_declining_makes_free(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting())
    assert isinstance(answer(bob, "DECLINED"), Stored)
    since, until = datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC)
    assert bob.busy(since, until) == []


def test_an_update_asks_again(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting())
    answer(bob, "ACCEPTED")
    theirs = of_uid(bob)
    bob.put(theirs.href, bodies.added(theirs.text, *bodies.alarm(7)), if_match=theirs.etag)
    shown = of_uid(organizers)
    moved = bodies.put(shown.text, *bodies.times("20260310T150000", "20260310T160000"))
    assert isinstance(organizers.put(shown.href, moved, if_match=shown.etag), Stored)

    theirs = of_uid(bob)
    assert "DTSTART;TZID=America/New_York:20260310T150000" in theirs.text
    assert "TRIGGER:-PT7M" in theirs.text, "his alarm is his own"
    assert "PARTSTAT=NEEDS-ACTION" in attendee(theirs.text, BOB)
    assert "PARTSTAT=NEEDS-ACTION" in attendee(of_uid(organizers).text, BOB)


def test_somebody_is_taken_off(practice: Practice, organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting(ORGANIZER, SELF, invited(), invited(RITA)))
    rita = Device(practice, practice.of("rita").principal, "meetings")
    assert of_uid(rita) is not None
    shown = of_uid(organizers)
    without = "\r\n".join(line for line in bodies.unfolded(shown.text) if not line.endswith(BOB)) + "\r\n"
    assert isinstance(organizers.put(shown.href, without, if_match=shown.etag), Stored)

    assert bodies.value(of_uid(bob).text, "STATUS") == "CANCELLED"
    assert methods(bob) == ["CANCEL"]
    assert bodies.value(of_uid(rita).text, "STATUS") != "CANCELLED"
    assert BOB not in of_uid(rita).text


def test_it_is_called_off(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting())
    shown = of_uid(organizers)
    assert isinstance(organizers.delete(shown.href), Removed)
    assert of_uid(organizers) is None
    assert bodies.value(of_uid(bob).text, "STATUS") == "CANCELLED"
    assert methods(bob) == ["CANCEL"]
    assert isinstance(bob.delete(of_uid(bob).href), Removed)
    assert methods(organizers) == [], "nothing to decline any more"


def test_status_cancelled_calls_it_off_too(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting())
    shown = of_uid(organizers)
    organizers.put(shown.href, bodies.put(shown.text, "STATUS:CANCELLED"), if_match=shown.etag)
    assert bodies.value(of_uid(bob).text, "STATUS") == "CANCELLED"
    assert methods(bob) == ["CANCEL"]


def test_whoever_has_declined_declines_no_second_time_by_a_delete(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting())
    answer(bob, "DECLINED")
    assert methods(organizers) == ["REPLY"]
    assert isinstance(bob.delete(of_uid(bob).href), Removed)
    assert methods(organizers) == ["REPLY"]


@pytest.mark.parametrize("reply", [True, False])
def test_an_attendees_delete(practice: Practice, organizers: Device, bob: Device, reply: bool) -> None:
    organizers.put("m-1.ics", a_meeting())
    outcome = practice.gate.submit(
        Remove(
            principal=bob.principal, collection=bob.calendar, href=of_uid(bob).href,
            received=practice.clock(), reply=reply,
        )
    )  # fmt: skip
    assert isinstance(outcome, Removed)
    assert ("PARTSTAT=DECLINED" in attendee(of_uid(organizers).text, BOB)) is reply
    assert methods(organizers) == (["REPLY"] if reply else [])


@pytest.mark.parametrize("partstat", ["DECLINED", "ACCEPTED"])
def test_an_attendees_delete_clears_the_inbox(organizers: Device, bob: Device, partstat: str) -> None:
    organizers.put("m-1.ics", a_meeting())
    organizers.put("m-2.ics", a_meeting(uid="m-2"))
    answer(bob, partstat)
    assert isinstance(bob.delete(of_uid(bob).href), Removed)
    assert [bodies.value(each, "UID") for each in inbox(bob)] == ["m-2"]
    organizers.delete(of_uid(organizers, "m-2").href)
    bob.delete(of_uid(bob, "m-2").href)
    assert inbox(bob) == [], "nor does a message about what was called off stay"


@pytest.mark.parametrize(
    "change",
    [
        bodies.times("20260310T150000", "20260310T160000"),
        ("SUMMARY:Another review",),
        ("LOCATION:Elsewhere",),
        (f"ORGANIZER:{BOB}",),
        ("STATUS:CANCELLED",),
    ],
)
def test_an_attendee_changes_nothing_else(organizers: Device, bob: Device, change: tuple[str, ...]) -> None:
    organizers.put("m-1.ics", a_meeting())
    shown = of_uid(bob)
    outcome = bob.put(shown.href, bodies.put(shown.text, *change), if_match=shown.etag)
    assert isinstance(outcome, Refusal)
    assert (outcome.first.precondition or "").endswith("-scheduling-object-change")
    again = of_uid(bob)
    assert bodies.value(again.text, "SUMMARY") == "Case review"
    assert bodies.value(again.text, "DTSTART") == "20260310T120000"


def test_outside_addresses_are_told(organizers: Device) -> None:
    people = (
        ORGANIZER,
        SELF,
        invited("mailto:kim@elsewhere.example"),
        invited("mailto:nobody@riverside.example"),
    )
    organizers.put("m-1.ics", a_meeting(*people))
    text = of_uid(organizers).text
    assert "SCHEDULE-STATUS=5.1" in attendee(text, "kim@elsewhere.example")
    assert "SCHEDULE-STATUS=3.7" in attendee(text, "nobody@riverside.example")


@pytest.mark.parametrize("agent", ["CLIENT", "NONE"])
def test_the_client_may_deliver_itself(organizers: Device, bob: Device, agent: str) -> None:
    organizers.put("m-1.ics", a_meeting(ORGANIZER, SELF, invited(BOB, f"SCHEDULE-AGENT={agent}")))
    assert of_uid(bob) is None
    assert "SCHEDULE-STATUS" not in of_uid(organizers).text


def test_a_principals_address_will_do(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting("ORGANIZER:/dav/ada/", invited("https://calendar.example/dav/bob/")))
    assert of_uid(bob) is not None


def test_what_was_sent_is_the_same_again(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting())
    shown, theirs = of_uid(organizers), of_uid(bob)
    outcome = organizers.put(shown.href, shown.text, if_match=shown.etag)
    assert isinstance(outcome, Stored)
    assert outcome.etag == shown.etag
    assert of_uid(bob).etag == theirs.etag
    assert len(inbox(bob)) == 1


def test_force_send(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting())
    bobs_inbox = Device(bob.practice, bob.principal, "inbox")
    bobs_inbox.delete(next(iter(bobs_inbox.listing())))
    shown = of_uid(organizers)
    forced = shown.text.replace("SCHEDULE-STATUS=1.2", "SCHEDULE-FORCE-SEND=REQUEST")
    organizers.put(shown.href, forced, if_match=shown.etag)
    assert methods(bob) == ["REQUEST"]
    assert "SCHEDULE-FORCE-SEND" not in of_uid(organizers).text


def test_a_meeting_has_one_place(practice: Practice, organizers: Device) -> None:
    practice.gate.submit(MakeCalendar(principal=organizers.principal, slug="second"))
    organizers.put("m-1.ics", a_meeting())
    outcome = Device(practice, organizers.principal, "second").put("other.ics", a_meeting())
    assert isinstance(outcome, Failed)
    assert outcome.status == 403
    assert (outcome.element or "").endswith("unique-scheduling-object-resource")


def test_another_organizer(organizers: Device) -> None:
    organizers.put("m-1.ics", a_meeting())
    shown = of_uid(organizers)
    outcome = organizers.put(shown.href, bodies.put(shown.text, f"ORGANIZER:{RITA}"), if_match=shown.etag)
    assert isinstance(outcome, Refusal)
    assert (outcome.first.precondition or "").endswith("allowed-organizer-scheduling-object-change")


def test_the_schedule_tag(practice: Practice, organizers: Device, bob: Device) -> None:
    made = organizers.put("m-1.ics", a_meeting())
    assert isinstance(made, Stored)
    answer(bob, "ACCEPTED")
    shown = of_uid(organizers)

    def put(body: str, tag: str | None) -> Any:
        return practice.gate.submit(
            Put(
                principal=organizers.principal, collection=organizers.calendar, href=shown.href,
                body=body.encode(), received=practice.clock(), if_schedule_tag_match=tag,
            )
        )  # fmt: skip

    stale = bodies.put(shown.text.replace("PARTSTAT=ACCEPTED;SCHEDULE-STATUS=2.0", "PARTSTAT=NEEDS-ACTION"),
                       "SUMMARY:Review of the case")  # fmt: skip
    assert isinstance(put(stale, "other"), Failed)
    assert isinstance(put(stale, made.schedule_tag), Stored)
    after = of_uid(organizers)
    assert bodies.value(after.text, "SUMMARY") == "Review of the case"
    assert "PARTSTAT=ACCEPTED" in attendee(after.text, BOB), "the answer that came in meanwhile stays"


def test_a_client_session_is_no_meeting(ada: Device, bob: Device) -> None:
    shown = ada.get("own")
    people = (ORGANIZER, SELF, invited(), "BEGIN:VALARM", "ACTION:EMAIL", "TRIGGER:-PT5M", "SUMMARY:Soon",
              "DESCRIPTION:Soon", f"ATTENDEE:{ADA}", "END:VALARM")  # fmt: skip
    assert isinstance(ada.put(shown.href, bodies.added(shown.text, *people), if_match=shown.etag), Stored)
    new = bodies.new("n-1", "Maya Brooks, Adaptive behavior treatment", *TIMES, ORGANIZER, SELF, invited())
    assert isinstance(ada.put("n-1.ics", new), Stored)
    for each in ada.all():
        assert "ATTENDEE" not in each.text
        assert "ORGANIZER" not in each.text
    assert {each.uid for each in bob.all()} == {bob.get("bobs").uid}
    assert inbox(bob) == []


def test_an_invitation_that_names_a_client_is_an_event(practice: Practice, ada: Device, bob: Device) -> None:
    practice.gate.submit(MakeCalendar(principal=ada.principal, slug="work"))
    title = "Noah Lane, Adaptive behavior treatment"
    work = Device(practice, ada.principal, "work")
    work.put("m-1.ics", bodies.new("m-1", title, *TIMES, ORGANIZER, SELF, invited()))
    assert "X-CALGATE-KIND:other_event" in of_uid(bob).text


def ask(device: Device, *changes: Change) -> Any:
    practice, shown = device.practice, of_uid(device)
    return practice.gate.submit(
        Ask(
            org="riverside", actor=Actor("practitioner", device.principal.person), session=shown.session,
            changes=changes, received=practice.clock(), door="portal",
        )
    )  # fmt: skip


def test_another_door_delivers_too(ada: Device, bob: Device) -> None:
    ada.put("m-1.ics", a_meeting())
    at = datetime(2026, 3, 10, 15, tzinfo=ZoneInfo("America/New_York"))
    assert isinstance(ask(ada, Move(at, at.replace(hour=16))), Stored)
    assert bodies.value(of_uid(bob).text, "DTSTART") == "20260310T150000"
    assert isinstance(ask(bob, Move(at.replace(hour=10), at.replace(hour=11))), Refusal)
    assert isinstance(ask(bob, Delete()), Stored)
    assert "PARTSTAT=DECLINED" in attendee(of_uid(ada).text, BOB)
    assert isinstance(ask(ada, Delete()), Stored)
    assert of_uid(ada) is None


def test_whoever_was_taken_off_can_come_back(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting())
    shown = of_uid(organizers)
    without = bodies.joined(line for line in bodies.unfolded(shown.text) if not line.endswith(BOB))
    organizers.put(shown.href, without, if_match=shown.etag)
    assert bodies.value(of_uid(bob).text, "STATUS") == "CANCELLED"
    shown = of_uid(organizers)
    organizers.put(shown.href, bodies.added(shown.text, invited()), if_match=shown.etag)
    assert bodies.value(of_uid(bob).text, "STATUS") != "CANCELLED"
    assert methods(bob) == ["REQUEST"]


def test_a_refused_edit_gets_a_new_etag_once(practice: Practice, organizers: Device, bob: Device) -> None:
    practice.gate.submit(MakeCalendar(principal=bob.principal, slug="mine"))
    organizers.put("m-1.ics", a_meeting())
    mine = Device(practice, bob.principal, "mine")
    text = of_uid(bob).text
    practice.gate.submit(
        Remove(
            principal=bob.principal, collection=bob.calendar, href=of_uid(bob).href,
            received=practice.clock(), reply=False,
        )
    )  # fmt: skip
    assert isinstance(mine.put("m-1.ics", text), Stored)
    shown = of_uid(mine)
    edit = bodies.put(shown.text, "SUMMARY:Mine")
    assert isinstance(mine.put(shown.href, edit, if_match=shown.etag), Refusal)
    again = of_uid(mine)
    assert again.etag != shown.etag
    assert bodies.value(again.text, "SUMMARY") == "Case review"
    assert isinstance(mine.put(shown.href, edit, if_match=again.etag), Refusal)
    assert of_uid(mine).etag == again.etag


def test_every_delivery_is_recorded(practice: Practice, ada: Device, bob: Device) -> None:
    ada.put("m-1.ics", a_meeting())
    made, delivered = practice.decisions()[-2:]
    assert (made.actor, made.door, made.seq) == ("ada", "caldav", 0)
    assert (delivered.actor, delivered.door, delivered.seq) == ("bob", "scheduling", 1)
    assert made.number == delivered.number


def test_an_organizer_who_makes_it_private(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting())
    shown = of_uid(organizers)
    alone = bodies.without(shown.text, "ORGANIZER", "ATTENDEE")
    assert isinstance(organizers.put(shown.href, alone, if_match=shown.etag), Stored)
    assert "ATTENDEE" not in of_uid(organizers).text
    assert bodies.value(of_uid(bob).text, "STATUS") == "CANCELLED"


def test_what_an_event_of_the_same_uid_is_left_alone(organizers: Device, bob: Device) -> None:
    bob.put("mine.ics", bodies.new("m-1", "Mine", *TIMES))
    organizers.put("m-1.ics", a_meeting())
    assert bodies.value(of_uid(bob).text, "SUMMARY") == "Mine"
    assert "SCHEDULE-STATUS=5.1" in attendee(of_uid(organizers).text, BOB)
    assert inbox(bob) == []


def test_the_organizer_may_be_named_otherwise(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting())
    shown = of_uid(organizers)
    other = bodies.put(shown.text, "ORGANIZER:/dav/ada/", "SUMMARY:Other review")
    assert isinstance(organizers.put(shown.href, other, if_match=shown.etag), Stored)
    assert bodies.value(of_uid(bob).text, "SUMMARY") == "Other review"


def test_too_many(organizers: Device) -> None:
    crowd = [invited(f"mailto:{number}@elsewhere.example") for number in range(201)]
    outcome = organizers.put("m-1.ics", a_meeting(ORGANIZER, *crowd))
    assert isinstance(outcome, Failed)
    assert (outcome.element or "").endswith("max-attendees-per-instance")


def test_a_reply_can_be_sent_again(organizers: Device, bob: Device) -> None:
    organizers.put("m-1.ics", a_meeting())
    answer(bob, "ACCEPTED")
    box = Device(organizers.practice, organizers.principal, "inbox")
    box.delete(next(iter(box.listing())))
    shown = of_uid(bob)
    again = shown.text.replace("SCHEDULE-STATUS=2.0", "SCHEDULE-FORCE-SEND=REPLY")
    assert isinstance(bob.put(shown.href, again, if_match=shown.etag), Stored)
    assert methods(organizers) == ["REPLY"]
    assert "FORCE-SEND" not in of_uid(bob).text


def test_an_invitation_from_outside_is_its_owners_business(bob: Device) -> None:
    people = ("ORGANIZER:mailto:kim@elsewhere.example", invited())
    assert isinstance(bob.put("m-1.ics", a_meeting(*people)), Stored)
    shown = of_uid(bob)
    moved = bodies.put(shown.text, *bodies.times("20260310T150000", "20260310T160000"))
    assert isinstance(bob.put(shown.href, moved, if_match=shown.etag), Stored)
    assert isinstance(answer(bob, "ACCEPTED"), Stored)
    assert "ORGANIZER;SCHEDULE-STATUS=5.1:mailto:kim" in bodies.joined(bodies.unfolded(of_uid(bob).text))
