"""Case 11 and the rules of deleting: kept as cancelled, hidden by a second DELETE, and the ways back."""

from __future__ import annotations

from calgate.domain.session import Status
from calgate.gate.values import DropCalendar, Failed, Refusal, Removed, Stored
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import practice_file, session, with_session


def cancelled(ada: Device, id_: str = "own") -> str:
    shown = ada.get(id_)
    assert ada.delete(shown.href, if_match=shown.etag) == Removed()
    return shown.href


def hidden(ada: Device) -> str:
    href = cancelled(ada)
    assert ada.delete(href) == Removed()
    assert ada.at(href) is None
    return href


def test_case_11_delete_cancels_and_undo_waits_for_validation(practice: Practice, ada: Device) -> None:
    shown, token = ada.get("own"), ada.token()
    assert ada.delete(shown.href, if_match=shown.etag) == Removed()
    after = ada.get("own")
    assert (after.href, after.uid) == (shown.href, shown.uid)
    assert after.etag != shown.etag
    assert bodies.value(after.text, "STATUS") == "CANCELLED"
    assert bodies.value(after.text, "TRANSP") == "TRANSPARENT"
    assert [each[0] for each in ada.changes(token).changed] == [shown.href]
    kept = practice.session("own")
    assert kept.status is Status.CANCELLED
    assert kept.cancel is not None
    assert kept.cancel.type == "other"
    assert practice.decisions()[-1].verdict == "allowed"
    assert isinstance(
        ada.put(shown.href, bodies.put(after.text, "STATUS:CONFIRMED"), if_match=after.etag), Stored
    )
    assert practice.session("own").status is Status.PENDING_VALIDATION
    assert practice.session("own").cancel is None
    undone = ada.get("own")
    assert bodies.value(undone.text, "STATUS") == "TENTATIVE"
    assert not bodies.value(undone.text, "SUMMARY").startswith("Cancelled")


def test_case_11_a_cancelled_slot_is_free_until_the_undo(practice: Practice, ada: Device) -> None:
    since, until = practice.clock().replace(day=4, hour=19), practice.clock().replace(day=4, hour=20)
    assert [each.type for each in ada.busy(since, until)] == ["BUSY"]
    href = cancelled(ada)
    assert ada.busy(since, until) == []
    ada.put(href, bodies.put(ada.get("own").text, "STATUS:CONFIRMED"))
    assert [each.type for each in ada.busy(since, until)] == ["BUSY-TENTATIVE"]


def test_cancelling_by_status_takes_type_and_reason(practice: Practice, ada: Device) -> None:
    shown = ada.get("own")
    lines = ("STATUS:CANCELLED", "X-CALGATE-CANCEL-TYPE:late_cancel", "X-CALGATE-CANCEL-REASON:Ill")
    assert isinstance(ada.put(shown.href, bodies.put(shown.text, *lines)), Stored)
    cancel = practice.session("own").cancel
    assert cancel is not None
    assert (cancel.type, cancel.reason) == ("late_cancel", "Ill")


def test_a_second_delete_hides(practice: Practice, ada: Device) -> None:
    href = cancelled(ada)
    token, before = ada.token(), practice.session("own")
    assert ada.delete(href) == Removed()
    assert ada.at(href) is None
    assert href not in ada.listing()
    assert ada.changes(token).removed == (href,)
    assert practice.session("own").status is before.status is Status.CANCELLED
    gone = ada.delete(href)
    assert isinstance(gone, Failed)
    assert gone.status == 404


def test_hidden_it_stays_through_republishing(practice: Practice, ada: Device) -> None:
    href = hidden(ada)
    file = practice_file()
    file["organizations"][0]["policy"] = {"color_by": "off"}
    file["organizations"][0]["sessions"] = []
    practice.load(file)
    assert ada.at(href) is None


def test_a_practice_change_shows_it_again(practice: Practice, ada: Device) -> None:
    href = hidden(ada)
    practice.load(with_session("own", room="1"))
    again = ada.get("own")
    assert again.href == href
    assert bodies.value(again.text, "STATUS") == "CONFIRMED"


def test_undo_by_put_on_the_hidden_path(practice: Practice, ada: Device) -> None:
    """Thunderbird undoes a delete by PUT with If-None-Match * on the same path."""
    text = ada.get("own").text
    href = hidden(ada)
    assert ada.put(href, text, if_none_match="*") == Stored(True, None)
    assert practice.session("own").status is Status.PENDING_VALIDATION
    assert ada.get("own").href == href


def test_a_hidden_one_put_back_as_cancelled_is_shown_again(practice: Practice, ada: Device) -> None:
    href = cancelled(ada)
    text = ada.get("own").text
    assert ada.delete(href) == Removed()
    assert isinstance(ada.put(href, text, if_none_match="*"), Stored)
    assert practice.session("own").status is Status.CANCELLED
    assert ada.get("own").href == href


def test_a_refused_undo_on_the_hidden_path_is_not_there(practice: Practice, ada: Device) -> None:
    shown = ada.get("org")
    practice.load(with_session("org", status="cancelled"))
    assert ada.delete(shown.href) == Removed()
    token = ada.token()
    assert ada.refused(ada.put(shown.href, shown.text, if_none_match="*")) == "R-STA-8"
    assert ada.at(shown.href) is None
    assert ada.changes(token).removed == (shown.href,)


def test_undo_of_a_deleted_event_of_ones_own(practice: Practice, ada: Device) -> None:
    """It is gone for good; the PUT on its path makes it anew."""
    shown = ada.get("meeting")
    assert ada.delete(shown.href) == Removed()
    assert ada.at(shown.href) is None
    assert isinstance(ada.put(shown.href, shown.text, if_none_match="*"), Stored)
    again = ada.at(shown.href)
    assert again is not None
    assert again.uid == shown.uid
    assert bodies.value(again.text, "SUMMARY") == "Team meeting"
    assert len(bodies.values(again.text, "CATEGORIES")) == 1
    assert bodies.value(again.text, "CATEGORIES") == "Other event"


def test_a_cancelled_session_takes_no_other_edit(practice: Practice, ada: Device) -> None:
    shown, before = ada.get("off"), practice.session("off")
    moved = bodies.put(shown.text, *bodies.times("20260306T120000", "20260306T130000"))
    assert ada.refused(ada.put(shown.href, moved)) == "R-STA-3"
    assert practice.session("off") == before


def test_cancelled_ones_can_be_kept_out_of_sight(practice: Practice, ada: Device) -> None:
    file = practice_file()
    file["organizations"][0]["policy"] = {"cancelled_visible": "no"}
    practice.load(file)
    text = ada.get("own").text
    href = cancelled(ada)
    assert ada.at(href) is None
    assert "off" not in {each.session for each in ada.all()}
    assert isinstance(ada.put(href, text, if_none_match="*"), Stored)
    assert practice.session("own").status is Status.PENDING_VALIDATION
    assert ada.get("own").href == href


def test_deleting_a_claimed_session_is_refused_even_to_hide_it(practice: Practice, ada: Device) -> None:
    file = practice_file()
    billed = session("no-show", "2026-02-26T10:00", "2026-02-26T11:00", facts=["claim"], status="cancelled")
    file["organizations"][0]["sessions"].append(billed)
    practice.load(file)
    assert ada.refused(ada.delete(ada.get("no-show").href)) == "R-LOCK-1"
    assert bodies.value(ada.get("no-show").text, "STATUS") == "CANCELLED"


def test_the_sessions_calendar_is_never_dropped(practice: Practice, ada: Device) -> None:
    listed = ada.listing()
    outcome = practice.gate.submit(DropCalendar(principal=ada.principal, collection=ada.calendar))
    assert isinstance(outcome, Refusal)
    assert outcome.first.rule == "R-CAN-6"
    assert ada.listing() == listed
