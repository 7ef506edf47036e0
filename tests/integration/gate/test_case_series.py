"""Cases 7 to 10: series, their occurrences, cuts and splits."""

from __future__ import annotations

from datetime import timedelta

from calgate.domain.session import Session, Status
from calgate.domain.when import key
from calgate.gate.values import Stored
from calgate.store import sessions
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import MONDAY, practice_file

NEW_YORK = "TZID=America/New_York"


def moved_one(text: str, on: str, start: str, end: str) -> str:
    summary = f"SUMMARY:{bodies.value(text, 'SUMMARY')}"
    return bodies.with_override(text, f"RECURRENCE-ID;{NEW_YORK}:{on}", *bodies.times(start, end), summary)


def all_sessions(practice: Practice) -> list[Session]:
    with practice.store.read() as tx:
        return sessions.page(tx, "riverside", "", 500)


def test_case_7_one_occurrence_of_the_organizations_series_moves_within_its_week(
    practice: Practice, ada: Device
) -> None:
    shown = ada.get("weekly-org")
    sent = moved_one(shown.text, "20260310T150000", "20260312T090000", "20260312T100000")
    assert isinstance(ada.put(shown.href, sent), Stored)
    (own,) = practice.session("weekly-org").overrides
    assert (key(own.on), own.start and key(own.start)) == ("20260310T190000Z", "20260312T130000Z")
    assert own.status is Status.PENDING_VALIDATION
    assert practice.session("weekly-org").status is Status.SCHEDULED
    assert bodies.values(ada.get("weekly-org").text, "RECURRENCE-ID") == ["20260310T150000"]


def test_case_7_not_across_the_week_not_away_and_not_shorter(practice: Practice, ada: Device) -> None:
    session = practice.session("weekly-org")
    shown = ada.get("weekly-org")
    until = "RRULE:FREQ=WEEKLY;UNTIL=20260401T035959Z"
    for sent, rule in (
        (moved_one(shown.text, "20260310T150000", "20260317T090000", "20260317T100000"), "R-ORG-2"),
        (bodies.put(shown.text, f"EXDATE;{NEW_YORK}:20260310T150000"), "R-ORG-5"),
        (bodies.put(shown.text, "EXDATE:20260310T190000Z"), "R-ORG-5"),
        (bodies.put(shown.text, until), "R-ORG-5"),
        (bodies.put(shown.text, "RRULE:FREQ=WEEKLY;COUNT=8"), "R-ORG-5"),
    ):
        assert ada.refused(ada.put(shown.href, sent)) == rule
        assert practice.session("weekly-org") == session


def halves(text: str) -> tuple[str, str]:
    """Mondays at 16:00 split at 16 March: the cut first half, and the second one moved to 17:00."""
    cut = bodies.put(text, "RRULE:FREQ=WEEKLY;UNTIL=20260316T035959Z")
    second = bodies.put(
        bodies.without(text, "X-CALGATE-ID", "X-CALGATE-REV"), "UID:second-half",
        *bodies.times("20260316T170000", "20260316T180000"),
        "RRULE:FREQ=WEEKLY;UNTIL=20260630T035959Z",
    )  # fmt: skip
    return cut, second


def check_split(practice: Practice) -> None:
    first = practice.session("weekly")
    (second,) = [each for each in all_sessions(practice) if each.uid == "second-half"]
    assert first.rrule is not None
    assert "UNTIL=20260316T035959Z" in first.rrule
    assert (second.client, second.service) == ("c-102", "97153")
    assert key(second.start) == "20260316T210000Z"


def test_case_8_new_half_first(practice: Practice, ada: Device) -> None:
    shown = ada.get("weekly")
    cut, second = halves(shown.text)
    assert ada.put("second-half.ics", second) == Stored(True, None)
    assert isinstance(ada.put(shown.href, cut), Stored)
    check_split(practice)


def test_case_8_cut_first(practice: Practice, ada: Device) -> None:
    shown = ada.get("weekly")
    cut, second = halves(shown.text)
    assert isinstance(ada.put(shown.href, cut), Stored)
    assert ada.put("second-half.ics", second) == Stored(True, None)
    check_split(practice)


def test_case_8_only_the_new_half_loses_nothing(practice: Practice, ada: Device) -> None:
    shown, series = ada.get("weekly"), practice.session("weekly")
    assert ada.put("second-half.ics", halves(shown.text)[1]) == Stored(True, None)
    assert practice.session("weekly") == series
    assert ada.get("weekly") == shown
    assert ada.at("second-half.ics") is not None


def test_case_8_the_cut_of_the_organizations_series_is_refused(practice: Practice, ada: Device) -> None:
    shown, series = ada.get("weekly-org"), practice.session("weekly-org")
    cut = bodies.put(shown.text, "RRULE:FREQ=WEEKLY;UNTIL=20260316T035959Z")
    assert ada.refused(ada.put(shown.href, cut)) == "R-ORG-5"
    assert practice.session("weekly-org") == series


def test_case_9_all_events_of_a_running_series_leave_the_past(practice: Practice, ada: Device) -> None:
    shown, past = ada.get("weekly"), ada.busy(MONDAY - timedelta(days=80), MONDAY)
    assert len(past) > 8
    later = bodies.put(shown.text, *bodies.times("20260105T173000", "20260105T183000"))
    assert isinstance(ada.put(shown.href, later), Stored)
    assert ada.busy(MONDAY - timedelta(days=80), MONDAY) == past
    coming = ada.busy(MONDAY + timedelta(days=7), MONDAY + timedelta(days=8))
    assert [f"{each.start:%d %H:%M}" for each in coming] == ["09 21:30"]
    assert ada.at(shown.href) is not None


def test_case_9_the_policy_may_refuse_all_of_it(practice: Practice, ada: Device) -> None:
    file = practice_file()
    file["organizations"][0]["policy"] = {"series_all_edit": "refuse"}
    practice.load(file)
    shown, series = ada.get("weekly"), practice.session("weekly")
    later = bodies.put(shown.text, *bodies.times("20260105T170000", "20260105T180000"))
    assert ada.refused(ada.put(shown.href, later)).startswith("R-SER-")
    assert practice.session("weekly") == series
    assert "DTSTART;TZID=America/New_York:20260105T160000" in bodies.event(ada.get("weekly").text)
    assert ada.get("weekly").etag != shown.etag


def test_case_9_one_past_occurrence(practice: Practice, ada: Device) -> None:
    shown, series = ada.get("weekly"), practice.session("weekly")
    sent = moved_one(shown.text, "20260223T160000", "20260224T160000", "20260224T170000")
    assert ada.refused(ada.put(shown.href, sent)) == "R-SER-1"
    sent = bodies.put(shown.text, f"EXDATE;{NEW_YORK}:20260223T160000")
    assert ada.refused(ada.put(shown.href, sent)) == "R-SER-1"
    assert practice.session("weekly") == series


def test_case_10_a_cancelled_override_comes_back_as_exdate(practice: Practice, ada: Device) -> None:
    shown = ada.get("weekly")
    override = moved_one(shown.text, "20260309T160000", "20260309T160000", "20260309T170000")
    cancelled = override.replace("RECURRENCE-ID", "STATUS:CANCELLED\r\nRECURRENCE-ID")
    assert isinstance(ada.put(shown.href, cancelled), Stored)
    (own,) = practice.session("weekly").overrides
    assert own.status is Status.CANCELLED
    before, session, decided = ada.get("weekly"), practice.session("weekly"), len(practice.decisions())
    assert "CANCELLED" in bodies.values(before.text, "STATUS")
    for exdate in (
        f"EXDATE;{NEW_YORK}:20260309T160000",
        "EXDATE:20260309T200000Z",
        "EXDATE;VALUE=DATE:20260309",
    ):
        lines = bodies.unfolded(before.text)
        only_master = bodies.joined([*lines[: lines.index("END:VEVENT") + 1], "END:VCALENDAR"])
        sent = bodies.added(bodies.put(only_master, exdate), *bodies.alarm())
        assert isinstance(ada.put(before.href, sent), Stored)
        assert practice.session("weekly") == session
    after = ada.get("weekly").text
    assert len(practice.decisions()) == decided
    assert bodies.values(after, "RECURRENCE-ID") == ["20260309T160000"]
    assert not bodies.values(after, "EXDATE")
    assert "BEGIN:VALARM" in after


def test_a_running_series_deleted_keeps_its_past(practice: Practice, ada: Device) -> None:
    shown = ada.get("weekly")
    ada.delete(shown.href)
    session = practice.session("weekly")
    assert session.status is not Status.CANCELLED
    after = ada.get("weekly")
    assert (after.href, after.uid) == (shown.href, shown.uid)
    assert after.etag != shown.etag
    assert "UNTIL=" in bodies.value(after.text, "RRULE")
    assert "UNTIL=20260630" not in bodies.value(after.text, "RRULE")
