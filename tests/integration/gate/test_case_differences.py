"""Cases 1 to 3, 12, 16, 17 and 20 of the catalogue: what is a change of a session, and what only looks so."""

from __future__ import annotations

import pytest

from calgate.domain.session import Status
from calgate.domain.when import key
from calgate.gate.values import Failed, Stored
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import with_session


def test_case_1_an_alarm_on_a_claimed_session_is_kept(practice: Practice, ada: Device) -> None:
    before, session, token = ada.get("claimed"), practice.session("claimed"), ada.token()
    decided = len(practice.decisions())
    assert ada.put(before.href, bodies.added(before.text, *bodies.alarm())) == Stored(False, None)
    after = ada.get("claimed")
    assert "TRIGGER:-PT15M" in bodies.event(after.text)
    assert after.etag != before.etag
    assert [each[0] for each in ada.changes(token).changed] == [before.href]
    assert practice.session("claimed") == session
    assert len(practice.decisions()) == decided


def test_case_1_dismissing_and_snoozing_are_kept(practice: Practice, ada: Device) -> None:
    before, session = ada.get("claimed"), practice.session("claimed")
    lines = ("X-MOZ-LASTACK:20260302T140000Z", "X-MOZ-SNOOZE-TIME-1772449200000:20260302T150000Z")
    assert isinstance(ada.put(before.href, bodies.added(before.text, *lines), if_match=before.etag), Stored)
    assert set(lines) <= set(bodies.event(ada.get("claimed").text))
    assert practice.session("claimed") == session


def test_case_1_a_move_beside_the_alarm_is_refused_with_it(ada: Device) -> None:
    before = ada.get("claimed")
    moved = bodies.put(before.text, *bodies.times("20260227T103000", "20260227T113000"))
    assert ada.refused(ada.put(before.href, bodies.added(moved, *bodies.alarm()))) == "R-LOCK-1"
    assert "BEGIN:VALARM" not in ada.get("claimed").text


def test_case_2_dropped_marks_and_a_move_of_ten_minutes(practice: Practice, ada: Device) -> None:
    first = ada.get("own")
    ada.put(first.href, bodies.added(first.text, "X-FRIEND;LEVEL=2:yes"))
    shown = ada.get("own")
    sent = bodies.put(bodies.without(shown.text, "X-"), *bodies.times("20260304T141000", "20260304T151000"))
    assert ada.put(shown.href, sent, if_match=shown.etag) == Stored(False, None)
    session = practice.session("own")
    assert (key(session.start), key(session.end)) == ("20260304T191000Z", "20260304T201000Z")
    assert session.status is Status.PENDING_VALIDATION
    assert (session.client, session.service, session.location) == ("c-102", "97153", "main")
    text = ada.get("own").text
    assert bodies.value(text, "X-CALGATE-ID") == "own"
    assert "X-FRIEND;LEVEL=2:yes" in bodies.event(text)
    assert bodies.value(text, "STATUS") == "TENTATIVE"
    assert int(bodies.value(text, "SEQUENCE")) > int(bodies.value(shown.text, "SEQUENCE"))


@pytest.mark.parametrize("id_", ["own", "claimed", "weekly"])
def test_case_3_a_windows_zone_name_is_no_change(practice: Practice, ada: Device, id_: str) -> None:
    before, number = ada.get(id_), practice.number()
    sent = before.text.replace("America/New_York", "Eastern Standard Time")
    assert ada.put(before.href, sent) == Stored(False, None)
    assert ada.get(id_) == before
    assert practice.number() == number


def test_case_12_move_and_text_on_a_signed_note_are_refused_together(practice: Practice, ada: Device) -> None:
    before, session = ada.get("signed"), practice.session("signed")
    later = bodies.times("20260305T103000", "20260305T113000")
    sent = bodies.put(before.text, *later, "DESCRIPTION:Bring snacks.")
    assert ada.refused(ada.put(before.href, sent)) == "R-LOCK-6"
    assert practice.session("signed") == session
    decision = practice.decisions()[-1]
    assert {each["change"] for each in decision.changes} >= {"move", "edit"}
    # The times alone may be corrected on the same day (R-LOCK-5).
    shown = ada.get("signed")
    assert isinstance(ada.put(shown.href, bodies.put(shown.text, *later)), Stored)
    assert key(practice.session("signed").start) == "20260305T153000Z"


@pytest.mark.parametrize("title", ["initials", "internal_id", "busy", "first_name"])
def test_case_16_a_masked_title_sent_back_is_no_change(practice: Practice, ada: Device, title: str) -> None:
    file = with_session("own")
    file["organizations"][0]["policy"] = {"own_title": title}
    practice.load(file)
    before, session, number = ada.get("own"), practice.session("own"), practice.number()
    assert "Maya Brooks" not in before.text
    assert ada.put(before.href, before.text) == Stored(False, before.etag)
    sent = before.text.replace("PRODID:-//calgate//calgate//EN", "PRODID:-//other//EN")
    assert ada.put(before.href, sent) == Stored(False, None)
    assert (practice.session("own"), practice.number()) == (session, number)
    moved = bodies.put(before.text, *bodies.times("20260304T150000", "20260304T160000"))
    assert isinstance(ada.put(before.href, moved), Stored)
    assert practice.session("own").client == "c-102"
    assert "Maya Brooks" not in ada.get("own").text


def test_case_17_a_duration_in_place_of_the_end(practice: Practice, ada: Device) -> None:
    before, number = ada.get("org"), practice.number()
    sent = bodies.without(before.text, "DTEND")
    assert ada.put(before.href, bodies.put(sent, "DURATION:PT1H")) == Stored(False, None)
    assert (ada.get("org"), practice.number()) == (before, number)
    assert ada.refused(ada.put(before.href, bodies.put(sent, "DURATION:PT1H1S"))) == "R-ORG-3"


def test_case_20_a_write_without_if_match_is_judged(practice: Practice, ada: Device) -> None:
    before = ada.get("org")
    next_week = bodies.put(before.text, *bodies.times("20260310T100000", "20260310T110000"))
    assert ada.refused(ada.put(before.href, next_week)) == "R-ORG-2"
    own = ada.get("own")
    moved = bodies.put(own.text, *bodies.times("20260310T100000", "20260310T110000"))
    assert isinstance(ada.put(own.href, moved), Stored)
    assert key(practice.session("own").start) == "20260310T140000Z"


def test_case_20_a_stale_write_without_if_match_is_told_by_its_sequence(
    practice: Practice, ada: Device
) -> None:
    before = ada.get("own")
    practice.load(with_session("own", start="2026-03-04T16:00", end="2026-03-04T17:00"))
    session, shown = practice.session("own"), ada.get("own")
    moved = bodies.put(before.text, *bodies.times("20260304T143000", "20260304T153000"))
    outcome = ada.put(before.href, moved)
    assert isinstance(outcome, Failed)
    assert outcome.status == 412
    assert (practice.session("own"), ada.get("own")) == (session, shown)


def test_a_stale_edit_after_ones_own_write_or_a_bounce_is_judged(practice: Practice, ada: Device) -> None:
    """Only what others changed makes an edit stale: programs send several edits before they read again."""
    before = ada.get("own")
    for hour in ("15", "16"):
        moved = bodies.put(before.text, *bodies.times(f"20260304T{hour}0000", f"20260304T{hour}3000"))
        assert isinstance(ada.put(before.href, moved), Stored)
    assert key(practice.session("own").start) == "20260304T210000Z"


def test_generated_text_is_restored_and_instructions_are_kept(practice: Practice, ada: Device) -> None:
    before, number = ada.get("org"), practice.number()
    assert ada.put(before.href, bodies.put(before.text, "SUMMARY:Lunch")) == Stored(False, None)
    assert (ada.get("org"), practice.number()) == (before, number)
    written = bodies.value(before.text, "DESCRIPTION") + " And crayons."
    assert isinstance(ada.put(before.href, bodies.put(before.text, f"DESCRIPTION:{written}")), Stored)
    assert practice.session("org").instructions == "Bring the forms. And crayons."
    assert practice.session("org").status is Status.PENDING_VALIDATION
