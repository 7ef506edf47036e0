"""Cases 18 and 19: requests of clients, and sessions with several dates."""

from __future__ import annotations

import pytest

from calgate.domain.session import Status
from calgate.gate.values import Removed, Stored
from tests.support import bodies
from tests.support.practice import Device, Practice


@pytest.fixture
def cleo(practice: Practice) -> Device:
    return practice.of("cleo")


@pytest.fixture
def sam(practice: Practice) -> Device:
    return practice.of("sam")


def test_case_18_a_request_accepted_by_its_status(practice: Practice, cleo: Device) -> None:
    shown = cleo.get("request")
    assert bodies.value(shown.text, "STATUS") == "TENTATIVE"
    assert bodies.value(shown.text, "SUMMARY").startswith("Request: ")
    assert isinstance(cleo.put(shown.href, bodies.put(shown.text, "STATUS:CONFIRMED")), Stored)
    assert practice.session("request", "hillside").status is Status.SCHEDULED
    after = cleo.get("request").text
    assert bodies.value(after, "STATUS") == "CONFIRMED"
    assert not bodies.value(after, "SUMMARY").startswith("Request")


def test_case_18_a_request_is_neither_moved_nor_deleted(practice: Practice, cleo: Device) -> None:
    shown = cleo.get("request")
    moved = bodies.put(shown.text, *bodies.times("20260304T110000", "20260304T120000"))
    assert cleo.refused(cleo.put(shown.href, moved)) == "R-STA-7"
    assert cleo.refused(cleo.put(shown.href, bodies.put(moved, "STATUS:CONFIRMED"))) == "R-STA-7"
    assert cleo.refused(cleo.delete(shown.href)) == "R-STA-7"
    assert practice.session("request", "hillside").status is Status.REQUESTED


def test_undo_is_scheduled_again_where_nobody_validates(practice: Practice, cleo: Device) -> None:
    shown = cleo.get("visit")
    assert cleo.delete(shown.href) == Removed()
    cleo.put(shown.href, bodies.put(cleo.get("visit").text, "STATUS:CONFIRMED"))
    assert practice.session("visit", "hillside").status is Status.SCHEDULED


def test_case_19_one_of_three_dates_removed(practice: Practice, sam: Device) -> None:
    first, second, third = sorted(sam.all(), key=lambda each: each.uid)
    token = sam.token()
    assert sam.delete(second.href, if_match=second.etag) == Removed()
    session = practice.session("oak-hpv", "schools")
    assert [f"{each.start:%Y%m%d}" for each in session.dates] == ["20260316", "20260330"]
    assert session.status is Status.SCHEDULED
    changes = sam.changes(token)
    assert changes.removed == (second.href,)
    assert {each[0] for each in changes.changed} == {first.href, third.href}
    assert {each.uid for each in sam.all()} == {first.uid, third.uid}
    assert all(second.uid not in each.text for each in sam.all())


def test_case_19_the_other_dates_are_edited_alone(practice: Practice, sam: Device) -> None:
    second = sorted(sam.all(), key=lambda each: each.uid)[1]
    moved = bodies.put(second.text, "DTSTART;VALUE=DATE:20260324", "DTEND;VALUE=DATE:20260325")
    assert isinstance(sam.put(second.href, moved, if_match=second.etag), Stored)
    session = practice.session("oak-hpv", "schools")
    assert [f"{each.start:%Y%m%d}" for each in session.dates] == ["20260316", "20260324", "20260330"]
    assert len(sam.all()) == 3
