"""Refusals: the bounce, its notice, and when there is none; and the later second ETag. Cases 13 to 15."""

from __future__ import annotations

import re

import pytest

from calgate.gate.values import Failed, Refusal, Removed, Stored
from calgate.ical.errors import BadCalendar
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import with_session

NEXT_WEEK = bodies.times("20260310T100000", "20260310T110000")
SENTENCE = (
    "Sessions scheduled by your organization can only move within the same week. "
    "Contact your organization to reschedule."
)


def refused_move(ada: Device) -> str:
    return bodies.put(ada.get("org").text, *NEXT_WEEK)


def first_line(text: str) -> str:
    return bodies.value(text, "DESCRIPTION").split("\\n")[0].replace("\\,", ",")


def test_a_refusal_bounces(practice: Practice, ada: Device, bob: Device) -> None:
    shown, token, busy = (
        ada.get("org"),
        ada.token(),
        ada.busy(practice.clock(), practice.clock().replace(month=4)),
    )
    others, bobs_token = bob.listing(), bob.token()
    outcome = ada.put(shown.href, refused_move(ada), if_match=shown.etag)
    assert isinstance(outcome, Refusal)
    assert (outcome.first.rule, outcome.first.sentence, outcome.first.contact) == ("R-ORG-2", SENTENCE, "org")
    after = ada.get("org")
    assert after.etag != shown.etag
    assert int(bodies.value(after.text, "SEQUENCE")) == int(bodies.value(shown.text, "SEQUENCE")) + 1
    assert first_line(after.text) == SENTENCE
    assert after.number == outcome.number == ada.calendar.number
    changes = ada.changes(token)
    assert [(href, etag) for href, etag, _ in changes.changed] == [(shown.href, after.etag)]
    assert changes.removed == ()
    assert ada.listing()[shown.href] == after.etag
    assert ada.busy(practice.clock(), practice.clock().replace(month=4)) == busy
    decision = practice.decisions()[-1]
    assert (decision.number, decision.verdict, decision.rule) == (outcome.number, "refused", "R-ORG-2")
    assert (decision.actor, decision.role, decision.door, decision.session_id) == (
        "ada", "practitioner", "caldav", "org",
    )  # fmt: skip
    assert (decision.sentence, decision.contact, decision.pack) == (SENTENCE, "org", "provider_app")
    assert (bob.listing(), bob.token()) == (others, bobs_token)


def test_the_notice_stays_for_a_day(practice: Practice, ada: Device) -> None:
    ada.put(ada.get("org").href, refused_move(ada))
    shown, token = ada.get("org"), ada.token()
    practice.clock.forward(hours=23, minutes=59)
    practice.gate.tend()
    assert ada.get("org") == shown
    practice.clock.forward(minutes=1)
    assert practice.gate.tend() == 1
    after = ada.get("org")
    assert SENTENCE not in bodies.value(after.text, "DESCRIPTION").replace("\\,", ",")
    assert first_line(after.text).startswith("Status: ")
    assert [each[0] for each in ada.changes(token).changed] == [shown.href]
    assert practice.gate.tend() == 0


def test_the_notice_goes_with_the_next_accepted_change(practice: Practice, ada: Device) -> None:
    href = ada.get("org").href
    ada.put(href, refused_move(ada))
    alarmed = ada.put(href, bodies.added(ada.get("org").text, *bodies.alarm()))
    assert isinstance(alarmed, Stored)
    assert first_line(ada.get("org").text) == SENTENCE
    moved = bodies.put(ada.get("org").text, *bodies.times("20260304T100000", "20260304T110000"))
    assert isinstance(ada.put(href, moved), Stored)
    assert first_line(ada.get("org").text).startswith("Status: ")
    assert "BEGIN:VALARM" in ada.get("org").text
    assert practice.session("org").instructions == "Bring the forms."


def test_a_notice_sent_back_is_no_change(practice: Practice, ada: Device) -> None:
    href = ada.get("org").href
    ada.put(href, refused_move(ada))
    shown, number = ada.get("org"), practice.number()
    assert ada.put(href, shown.text) == Stored(False, shown.etag)
    assert ada.put(href, bodies.put(shown.text, "DTSTAMP:20260302T150000Z")) == Stored(False, None)
    assert (ada.get("org"), practice.number()) == (shown, number)


@pytest.mark.parametrize(
    "line", ["DTSTAMP:20260302T151515Z", "SEQUENCE:40", "LAST-MODIFIED:20260302T151515Z"]
)
def test_case_14_the_same_body_within_a_minute_bounces_once(
    practice: Practice, ada: Device, line: str
) -> None:
    href, body = ada.get("org").href, refused_move(ada)
    assert ada.refused(ada.put(href, body)) == "R-ORG-2"
    shown, token = ada.get("org"), ada.token()
    practice.clock.forward(seconds=59)
    again = re.sub("PRODID:.*", "PRODID:-//another//EN", bodies.put(body, line))
    assert ada.refused(ada.put(href, again)) == "R-ORG-2"
    assert (ada.get("org"), ada.token()) == (shown, token)
    assert [each.verdict for each in practice.decisions()[-2:]] == ["refused", "refused"]
    practice.clock.forward(seconds=1)
    assert ada.refused(ada.put(href, again)) == "R-ORG-2"
    assert ada.get("org").etag != shown.etag
    assert ada.token() != token


def test_a_long_folded_product_name_makes_no_other_body(ada: Device) -> None:
    href, body = ada.get("org").href, refused_move(ada)
    for name in ("a" * 70 + "1.0", "a" * 70 + "\r\n 2.0"):
        assert ada.refused(ada.put(href, body.replace("-//calgate//calgate//EN", name))) == "R-ORG-2"
    assert int(bodies.value(ada.get("org").text, "SEQUENCE")) == 2


def test_another_refused_body_bounces_again(ada: Device) -> None:
    href, body = ada.get("org").href, refused_move(ada)
    ada.put(href, body)
    shown = ada.get("org")
    other = bodies.put(body, *bodies.times("20260311T100000", "20260311T110000"))
    assert ada.refused(ada.put(href, other)) == "R-ORG-2"
    assert ada.get("org").etag != shown.etag


def test_case_13_while_the_organization_checks_and_after(practice: Practice, ada: Device) -> None:
    shown = ada.get("checked")
    moved = bodies.times("20260305T150000", "20260305T160000")
    outcome = ada.put(shown.href, bodies.put(shown.text, *moved))
    assert ada.refused(outcome) == "R-STA-1"
    assert isinstance(outcome, Refusal)
    assert outcome.first.retry_after == 120
    practice.load(with_session("checked", status="scheduled"))
    after = ada.get("checked")
    assert first_line(after.text) == "Status: Scheduled"
    assert isinstance(ada.put(after.href, bodies.put(after.text, *moved), if_match=after.etag), Stored)


def test_case_15_a_refused_delete(practice: Practice, ada: Device) -> None:
    shown, token = ada.get("org"), ada.token()
    assert ada.refused(ada.delete(shown.href, if_match=shown.etag)) == "R-ORG-5"
    after = ada.get("org")
    assert after.etag != shown.etag
    assert ada.listing()[shown.href] == after.etag
    assert ada.token() != token
    assert [each[0] for each in ada.changes(token).changed] == [shown.href]
    assert ada.refused(ada.delete(shown.href)) == "R-ORG-5"
    assert ada.get("org") == after


def test_what_is_no_calendar_object_does_not_bounce(practice: Practice, ada: Device) -> None:
    shown, number = ada.get("org"), practice.number()
    for body in (
        "BEGIN:VCALENDAR\r\nEND:VEVENT\r\n",
        shown.text.replace("VEVENT", "VTODO"),
        bodies.with_override(shown.text, "RECURRENCE-ID;RANGE=THISANDFUTURE:20260303T150000Z", *NEXT_WEEK),
    ):
        with pytest.raises(BadCalendar):
            ada.put(shown.href, body)
    outcome = ada.put(shown.href, bodies.put(shown.text, "UID:another"))
    assert isinstance(outcome, Failed)
    assert (outcome.status, outcome.href) == (409, shown.href)
    assert (ada.get("org"), practice.number()) == (shown, number)


def test_a_refused_creation_is_not_there(practice: Practice, ada: Device) -> None:
    token, listed = ada.token(), ada.listing()
    event = bodies.new(
        "new-1", "Noah Lane, 97153", "DTSTART;VALUE=DATE:20260310", "DTEND;VALUE=DATE:20260311"
    )
    for _ in range(2):
        assert ada.refused(ada.put("new-1.ics", event, if_none_match="*")) == "R-NEW-3"
        assert ada.at("new-1.ics") is None
        assert ada.listing() == listed
        assert ada.changes(token).removed == ("new-1.ics",)
    assert practice.decisions()[-1].rule == "R-NEW-3"
    assert isinstance(ada.delete("new-1.ics"), Failed)
    # A later refusal at the same address is told anew to whoever has read the first one.
    token = ada.token()
    practice.clock.forward(seconds=61)
    assert ada.refused(ada.put("new-1.ics", event)) == "R-NEW-3"
    assert ada.changes(token).removed == ("new-1.ics",)
    timed = bodies.new("new-1", "Noah Lane, 97153", *bodies.times("20260310T150000", "20260310T160000"))
    assert isinstance(ada.put("new-1.ics", timed, if_none_match="*"), Stored)
    assert ada.at("new-1.ics") is not None


def test_what_was_stored_differently_gets_one_more_etag(practice: Practice, ada: Device) -> None:
    shown = ada.get("own")
    moved = bodies.put(shown.text, *bodies.times("20260304T150000", "20260304T160000"))
    assert ada.put(shown.href, moved) == Stored(False, None)
    stored, token = ada.get("own"), ada.token()
    practice.clock.forward(seconds=59)
    assert practice.gate.tend() == 0
    practice.clock.forward(seconds=1)
    assert practice.gate.tend() == 1
    again = ada.get("own")
    assert again.etag != stored.etag
    assert [each[0] for each in ada.changes(token).changed] == [shown.href]
    assert practice.session("own") == practice.session("own")
    practice.clock.forward(minutes=5)
    assert practice.gate.tend() == 0
    assert ada.get("own") == again


def test_a_stirred_copy_that_was_removed_meanwhile_stays_removed(practice: Practice, ada: Device) -> None:
    event = bodies.new("walk", "Walk", *bodies.times("20260310T150000", "20260310T160000"))
    assert isinstance(ada.put("walk.ics", event), Stored)
    assert ada.delete("walk.ics") == Removed()
    practice.clock.forward(minutes=2)
    practice.gate.tend()
    assert ada.at("walk.ics") is None
