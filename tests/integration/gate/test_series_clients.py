"""Series edited as each client writes it, replayed: seen on the wire or in the client's source."""

from __future__ import annotations

import re

import pytest

from calgate.domain.session import Status
from calgate.domain.when import key
from calgate.gate.values import Stored
from calgate.ical.errors import BadCalendar
from calgate.ical.read import read
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import with_session
from tests.support.series import NEW_YORK, ZONE, busy_minutes, override, seen, starts

WINDOWS = """BEGIN:VTIMEZONE\r
TZID:Eastern Standard Time\r
BEGIN:STANDARD\r
DTSTART:20001101T020000\r
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\r
TZOFFSETFROM:-0400\r
TZOFFSETTO:-0500\r
END:STANDARD\r
BEGIN:DAYLIGHT\r
DTSTART:20000301T020000\r
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\r
TZOFFSETFROM:-0500\r
TZOFFSETTO:-0400\r
END:DAYLIGHT\r
END:VTIMEZONE\r
"""


def only_master(text: str) -> str:
    lines = bodies.unfolded(text)
    return bodies.joined([*lines[: lines.index("END:VEVENT") + 1], "END:VCALENDAR"])


def test_apple_this_and_future(practice: Practice, ada: Device) -> None:
    """The master ends by UNTIL, the new series is a copy under a new UID; X- properties are kept."""
    shown, before, busy = ada.get("weekly"), starts(ada), busy_minutes(ada)
    cut = bodies.put(shown.text, "RRULE:FREQ=WEEKLY;UNTIL=20260405T035959Z", "SEQUENCE:0")
    new = bodies.put(
        only_master(shown.text), "UID:6B29FC40-CA47-1067-B31D-00DD010662DA",
        *bodies.times("20260406T153000", "20260406T163000"), "RRULE:FREQ=WEEKLY;UNTIL=20260630T035959Z",
    )  # fmt: skip
    assert isinstance(ada.put(shown.href, cut, if_match=shown.etag), Stored)
    href = "6B29FC40-CA47-1067-B31D-00DD010662DA.ics"
    assert ada.put(href, new, if_none_match="*") == Stored(True, None)
    assert starts(ada) == [each.replace("16:00", "15:30") if each > "04-05" else each for each in before]
    assert busy_minutes(ada) == busy


def test_evolution_this_and_future(practice: Practice, ada: Device) -> None:
    """The new half first, then the old one with COUNT lowered; no If-Match; then a day is deleted in UTC."""
    practice.load(with_session("weekly", repeat={"rrule": "FREQ=WEEKLY;COUNT=20"}))
    shown, before, busy = ada.get("weekly"), starts(ada), busy_minutes(ada)
    new = bodies.put(
        only_master(shown.text), "UID:0d5b1f3a", *bodies.times("20260323T160000", "20260323T170000"),
        "RRULE:FREQ=WEEKLY;COUNT=9",
    )  # fmt: skip
    assert ada.put("0d5b1f3a.ics", new) == Stored(True, None)
    assert busy_minutes(ada) == busy
    assert isinstance(ada.put(shown.href, bodies.put(shown.text, "RRULE:FREQ=WEEKLY;COUNT=11")), Stored)
    assert (starts(ada), busy_minutes(ada)) == (before, busy)
    current = ada.at("0d5b1f3a.ics")
    assert current is not None
    assert isinstance(ada.put("0d5b1f3a.ics", bodies.added(current.text, "EXDATE:20260330T200000Z")), Stored)
    assert [each.status for each in seen(ada) if each.start == "03-30 16:00"] == ["cancelled"]
    assert busy_minutes(ada) == busy - 60


def test_evolution_deletes_the_future_by_count(practice: Practice, ada: Device) -> None:
    practice.load(with_session("weekly", repeat={"rrule": "FREQ=WEEKLY;COUNT=20"}))
    shown, before = ada.get("weekly"), starts(ada)
    assert isinstance(ada.put(shown.href, bodies.put(shown.text, "RRULE:FREQ=WEEKLY;COUNT=10")), Stored)
    assert starts(ada) == before[:10]


def test_thunderbird_all_events(practice: Practice, ada: Device) -> None:
    """Times of the master and every RECURRENCE-ID move; a cancelled occurrence stays cancelled."""
    ill, away = {"type": "no_show", "reason": "Ill"}, {"type": "other", "reason": "Away"}
    own = [
        {"on": "2026-01-19T16:00", "status": "cancelled", "cancel": ill},
        {"on": "2026-03-09T16:00", "status": "cancelled", "cancel": away},
    ]
    practice.load(with_session("weekly", occurrences=own))
    shown, before = ada.get("weekly"), seen(ada)
    later = re.sub(
        r"((?:DTSTART|DTEND|RECURRENCE-ID);TZID=America/New_York:\d{8}T)(\d\d)",
        lambda at: f"{at[1]}{int(at[2]) + 1:02}", shown.text,
    )  # fmt: skip
    sent = bodies.added(later, "X-MOZ-GENERATION:3")
    assert isinstance(ada.put(shown.href, sent, if_match=shown.etag), Stored)
    after = seen(ada)
    assert after[:8] == before[:8]
    assert [each.start for each in after[8:]] == [each.start.replace("16:", "17:") for each in before[8:]]
    assert [each.start for each in after if each.status == "cancelled"] == ["01-19 16:00", "03-09 17:00"]
    assert "X-MOZ-GENERATION:3" in bodies.unfolded(ada.get("weekly").text)


def test_davx5_sends_an_exdate_for_what_it_got_as_a_cancelled_override(
    practice: Practice, ada: Device
) -> None:
    own = [{"on": "2026-03-09T16:00", "status": "cancelled", "cancel": {"type": "other", "reason": "Away"}}]
    practice.load(with_session("weekly", occurrences=own))
    shown, session = ada.get("weekly"), practice.session("weekly")
    sent = bodies.added(
        only_master(shown.text), f"EXDATE;{ZONE}:20260309T160000", f"EXDATE;{ZONE}:20260316T160000"
    )
    assert isinstance(ada.put(shown.href, sent, if_match=shown.etag), Stored)
    overrides = practice.session("weekly").overrides
    assert [(key(each.on), each.status) for each in overrides] == [
        ("20260309T200000Z", Status.CANCELLED), ("20260316T200000Z", Status.CANCELLED)]  # fmt: skip
    assert overrides[0] == session.overrides[0]


def test_outlook_ends_the_series_and_makes_a_new_one(practice: Practice, ada: Device) -> None:
    """CalDav Synchronizer: Windows zone names, no X- properties; the new one begins at a slot of the old."""
    shown, before, busy = ada.get("weekly"), starts(ada), busy_minutes(ada)
    zone = "TZID=Eastern Standard Time"
    bare = bodies.without(shown.text, "X-", "CATEGORIES", "COLOR")
    bare = re.sub(r"BEGIN:VTIMEZONE.*?END:VTIMEZONE\r\n", WINDOWS, bare, flags=re.DOTALL).replace(ZONE, zone)
    cut = bodies.put(bare, "RRULE:FREQ=WEEKLY;UNTIL=20260405T035959Z;BYDAY=MO")
    assert isinstance(ada.put(shown.href, cut, if_match=shown.etag), Stored)
    new = bodies.put(
        bare, "UID:040000008200E00074C5B7101A82E008", f"DTSTART;{zone}:20260406T160000",
        f"DTEND;{zone}:20260406T170000", "RRULE:FREQ=WEEKLY;UNTIL=20260629T200000Z;BYDAY=MO",
    )  # fmt: skip
    assert ada.put("040000008200E00074C5B7101A82E008.ics", new) == Stored(True, None)
    assert (starts(ada), busy_minutes(ada)) == (before, busy)
    assert bodies.values(ada.get("weekly").text, "RELATED-TO") == ["040000008200E00074C5B7101A82E008"]


def test_overrides_without_their_master(practice: Practice, ada: Device) -> None:
    """Only the sent occurrence changes; absence deletes nothing."""
    shown, before = ada.get("weekly"), starts(ada)
    moved = override(shown.text, "20260309T160000", "20260310T090000", "20260310T100000")
    lines = bodies.unfolded(moved)
    first, last = lines.index("BEGIN:VEVENT"), lines.index("END:VEVENT")
    assert isinstance(ada.put(shown.href, bodies.joined([*lines[:first], *lines[last + 1 :]])), Stored)
    assert starts(ada) == sorted("03-10 09:00" if each == "03-09 16:00" else each for each in before)


def test_an_override_of_no_occurrence_is_refused(practice: Practice, ada: Device) -> None:
    """A Thursday in a series of Mondays: accepted, it would be lost."""
    shown, before, number = ada.get("weekly"), starts(ada), practice.number()
    stray = override(shown.text, "20260312T160000", "20260312T170000", "20260312T180000")
    for sent in (stray, bodies.put(stray, "X-MOZ-GENERATION:1")):
        with pytest.raises(BadCalendar, match="no occurrence that starts then") as caught:
            ada.put(shown.href, sent, if_match=shown.etag)
        assert caught.value.precondition.endswith("valid-calendar-object-resource")
    assert (ada.get("weekly"), starts(ada), practice.number()) == (shown, before, number)


@pytest.mark.parametrize("lines", [
    bodies.times("20260105T170000", "20260105T180000"), ("RRULE:FREQ=WEEKLY;UNTIL=20260405T035959Z",),
])  # fmt: skip
def test_an_override_that_a_changed_series_leaves_behind_is_left_out(
    practice: Practice, ada: Device, lines: tuple[str, ...]
) -> None:
    shown = ada.get("weekly")
    left = override(shown.text, "20260507T160000", "20260507T190000", "20260507T200000")
    assert isinstance(ada.put(shown.href, bodies.put(left, *lines), if_match=shown.etag), Stored)
    assert "05-07 19:00" not in starts(ada)


def test_range_this_and_future_is_refused(practice: Practice, ada: Device) -> None:
    shown, before = ada.get("weekly"), starts(ada)
    moved = override(shown.text, "20260309T160000", "20260310T090000", "20260310T100000")
    sent = moved.replace("RECURRENCE-ID;", "RECURRENCE-ID;RANGE=THISANDFUTURE;")
    with pytest.raises(BadCalendar, match="RANGE") as caught:
        ada.put(shown.href, sent)
    assert caught.value.precondition.endswith("valid-calendar-object-resource")
    assert starts(ada) == before


def test_one_occurrence_moved_twice_across_the_clock_change_and_back_again(
    practice: Practice, ada: Device
) -> None:
    """The clocks go forward on Sunday 8 March 2026."""
    practice.load(with_session("weekly", start="2026-01-04T16:00", end="2026-01-04T17:00"))
    shown, before = ada.get("weekly"), starts(ada)
    for start, end in (("20260306T090000", "20260306T100000"), ("20260309T090000", "20260309T100000")):
        shown = ada.get("weekly")
        rest = only_master(shown.text)
        assert isinstance(ada.put(shown.href, override(rest, "20260308T160000", start, end)), Stored)
        wanted = f"{start[4:6]}-{start[6:8]} 09:00"
        assert starts(ada) == sorted(wanted if each == "03-08 16:00" else each for each in before)
    shown = ada.get("weekly")
    home = override(only_master(shown.text), "20260308T160000", "20260308T160000", "20260308T170000")
    assert isinstance(ada.put(shown.href, home), Stored)
    assert starts(ada) == before


def test_one_occurrence_cancelled_and_taken_back(practice: Practice, ada: Device) -> None:
    shown, busy = ada.get("weekly"), busy_minutes(ada)
    assert isinstance(ada.put(shown.href, bodies.added(shown.text, f"EXDATE;{ZONE}:20260309T160000")), Stored)
    assert busy_minutes(ada) == busy - 60
    shown = ada.get("weekly")
    back = shown.text.replace("STATUS:CANCELLED", "STATUS:CONFIRMED")
    assert back != shown.text
    assert isinstance(ada.put(shown.href, back), Stored)
    assert [each.status for each in seen(ada) if each.start == "03-09 16:00"] == ["pending_validation"]
    assert busy_minutes(ada) == busy


def test_a_fact_locks_its_occurrence_alone(practice: Practice, ada: Device) -> None:
    practice.load(
        with_session("weekly", occurrences=[{"on": "2026-03-09T16:00", "facts": ["billing_started"]}])
    )
    shown = ada.get("weekly")
    rest = only_master(shown.text)
    locked = override(rest, "20260309T160000", "20260310T090000", "20260310T100000")
    assert ada.refused(ada.put(shown.href, locked)) == "R-LOCK-4"
    free = override(shown.text, "20260316T160000", "20260317T090000", "20260317T100000")
    assert isinstance(ada.put(shown.href, free), Stored)
    assert "03-17 09:00" in starts(ada)


def test_a_series_in_another_zone_keeps_its_own_wall_clock(practice: Practice, ada: Device) -> None:
    """Moved to London as a whole: 16:00 there, also while only New York's clocks have changed."""
    shown = ada.get("weekly")
    text = bodies.put(
        re.sub(r"BEGIN:VTIMEZONE.*?END:VTIMEZONE\r\n", "", shown.text, flags=re.DOTALL),
        *bodies.times("20260105T160000", "20260105T170000", "Europe/London"),
    )  # fmt: skip
    assert isinstance(ada.put(shown.href, text), Stored)
    assert starts(ada)[7:12] == ["02-23 16:00", "03-02 11:00", "03-09 12:00", "03-16 12:00", "03-23 12:00"]
    master = read(ada.get("weekly").text.encode(), NEW_YORK).document.master
    assert master is not None
    assert str(master.start.tzinfo) == "Europe/London"  # type: ignore[union-attr]
