"""R-SER-2: a running series changed as a whole, "all events" in clients: the past stays, the rest goes on."""

from __future__ import annotations

import re
from typing import Any

from calgate.domain.change import Cancel, SetFact
from calgate.domain.session import Fact, Status
from calgate.domain.when import key
from calgate.gate.load import SYSTEM
from calgate.gate.values import Ask, Failed, Stored
from tests.integration.gate.test_case_series import moved_one
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import RIVERSIDE, practice_file, session_in, with_session
from tests.support.series import busy_minutes, parts, seen, starts

NEXT = "03-02 16:00"


def an_hour_later(text: str) -> str:
    return bodies.put(text, *bodies.times("20260105T170000", "20260105T180000"))


def test_the_past_stays_and_the_rest_moves(practice: Practice, ada: Device) -> None:
    shown, before, busy = ada.get("weekly"), seen(ada), busy_minutes(ada)
    number = practice.number()
    assert ada.put(shown.href, an_hour_later(shown.text)) == Stored(False, None)
    after = seen(ada)
    past = [each for each in before if each.start < NEXT]
    assert len(past) == 8
    assert after[: len(past)] == past
    assert [each.start for each in after[8:]] == [each.start.replace("16:", "17:") for each in before[8:]]
    assert {each.status for each in after[8:]} == {"pending_validation"}
    assert busy_minutes(ada) == busy
    assert practice.number() == number + 1
    assert parts(practice, "weekly") == ["weekly~1", "weekly"]


def test_the_sent_resource_goes_on_and_both_parts_know_each_other(practice: Practice, ada: Device) -> None:
    shown, before = ada.get("weekly"), set(ada.listing())
    token = ada.token()
    ada.put(shown.href, an_hour_later(shown.text))
    live, past = ada.get("weekly"), ada.get("weekly~1")
    assert (live.href, live.uid) == (shown.href, shown.uid)
    assert {past.href} == set(ada.listing()) - before
    assert past.uid != live.uid
    assert past.number == live.number
    assert {href for href, _, _ in ada.changes(token).changed} == {live.href, past.href}
    assert f"RELATED-TO;RELTYPE=NEXT:{live.uid}" in bodies.unfolded(past.text)
    assert f"RELATED-TO;RELTYPE=FIRST:{past.uid}" in bodies.unfolded(live.text)
    assert bodies.value(past.text, "X-CALGATE-ID") == "weekly"
    assert "Past appointments stay as they were." in bodies.value(live.text, "DESCRIPTION")
    assert bodies.value(live.text, "DTSTART") == "20260302T170000"


def test_texts_facts_and_single_moves_of_the_past_stay(practice: Practice, ada: Device) -> None:
    occurrences = [
        {"on": "2026-01-12T16:00", "facts": ["claim"]},
        {"on": "2026-01-19T16:00", "start": "2026-01-20T09:00", "end": "2026-01-20T10:00",
         "facts": ["note_signed"]},
        {"on": "2026-01-26T16:00", "status": "cancelled", "cancel": {"type": "no_show", "reason": "Ill"}},
        {"on": "2026-02-02T16:00", "instructions": "Once only."},
    ]  # fmt: skip
    practice.load(with_session("weekly", occurrences=occurrences))
    shown, before = ada.get("weekly"), seen(ada)
    noted = bodies.put(shown.text, f"DESCRIPTION:{bodies.value(shown.text, 'DESCRIPTION')}\\nRing twice.")
    assert isinstance(ada.put(shown.href, noted), Stored)
    after = seen(ada)
    assert after[:8] == before[:8]
    assert after != before
    assert all("Ring twice." in each.note for each in after[8:])


def test_past_overrides_left_out_or_rewritten_by_the_client_come_out_as_they_were(
    practice: Practice, ada: Device
) -> None:
    own = [{"on": "2026-01-19T16:00", "start": "2026-01-20T09:00", "end": "2026-01-20T10:00"}]
    practice.load(with_session("weekly", occurrences=own))
    before = seen(ada)
    shown = ada.get("weekly")
    text = an_hour_later(shown.text)
    rewritten = text.replace("RECURRENCE-ID;TZID=America/New_York:20260119T160000",
                             "RECURRENCE-ID;TZID=America/New_York:20260119T170000")  # fmt: skip
    assert rewritten != text
    assert isinstance(ada.put(shown.href, rewritten), Stored)
    assert seen(ada)[:8] == before[:8]
    practice.clock.forward(days=14)
    shown, before = ada.get("weekly"), seen(ada)
    lines = bodies.unfolded(bodies.put(shown.text, *bodies.times("20260302T180000", "20260302T190000")))
    without = bodies.joined([*lines[: lines.index("END:VEVENT") + 1], "END:VCALENDAR"])
    assert isinstance(ada.put(shown.href, without), Stored)
    assert seen(ada)[:10] == before[:10]
    assert starts(ada)[10:12] == ["03-16 18:00", "03-23 18:00"]
    assert parts(practice, "weekly") == ["weekly~1", "weekly~2", "weekly"]


def test_a_past_override_that_the_client_moves_with_the_series_stays(practice: Practice, ada: Device) -> None:
    """Thunderbird moves every override, and its RECURRENCE-ID, when it moves a series."""
    own = [{"on": "2026-01-19T16:00", "start": "2026-01-20T09:00", "end": "2026-01-20T10:00"}]
    practice.load(with_session("weekly", occurrences=own))
    shown, before = ada.get("weekly"), seen(ada)
    later = re.sub(
        r"((?:DTSTART|DTEND|RECURRENCE-ID);TZID=America/New_York:\d{8}T)(\d\d)",
        lambda at: f"{at[1]}{int(at[2]) + 1:02}", shown.text,
    )  # fmt: skip
    assert "RECURRENCE-ID;TZID=America/New_York:20260119T170000" in later
    assert isinstance(ada.put(shown.href, later), Stored)
    assert seen(ada)[:8] == before[:8]
    assert {each.start[6:] for each in seen(ada)[8:]} == {"17:00"}


def test_a_past_occurrence_changed_along_refuses_all(practice: Practice, ada: Device) -> None:
    shown, before = ada.get("weekly"), seen(ada)
    sent = moved_one(an_hour_later(shown.text), "20260223T170000", "20260224T160000", "20260224T170000")
    assert ada.refused(ada.put(shown.href, sent)) == "R-SER-1"
    assert [each[:2] for each in seen(ada)] == [each[:2] for each in before]
    assert parts(practice, "weekly") == ["weekly"]


def test_a_locked_occurrence_to_come_refuses_all(practice: Practice, ada: Device) -> None:
    practice.load(with_session("weekly", occurrences=[{"on": "2026-04-06T16:00", "facts": ["note_signed"]}]))
    shown, before = ada.get("weekly"), starts(ada)
    to_tuesday = bodies.put(shown.text, *bodies.times("20260106T160000", "20260106T170000"))
    assert ada.refused(ada.put(shown.href, to_tuesday)) == "R-LOCK-6"
    assert starts(ada) == before
    assert parts(practice, "weekly") == ["weekly"]
    assert ada.get("weekly").etag != shown.etag


def test_the_organizations_series_moves_within_each_week_only(practice: Practice, ada: Device) -> None:
    shown, before = ada.get("weekly-org"), starts(ada, "Lane")
    next_week = bodies.put(shown.text, *bodies.times("20260209T150000", "20260209T160000"))
    assert ada.refused(ada.put(shown.href, next_week)) == "R-ORG-9"
    assert starts(ada, "Lane") == before
    shown = ada.get("weekly-org")
    friday = bodies.put(shown.text, *bodies.times("20260206T150000", "20260206T160000"))
    assert isinstance(ada.put(shown.href, friday), Stored)
    live, past = practice.session("weekly-org"), practice.session("weekly-org~1")
    assert key(live.start) == "20260306T200000Z"
    assert (past.status, live.status) == (Status.SCHEDULED, Status.PENDING_VALIDATION)


def test_the_policy_may_refuse(practice: Practice, ada: Device) -> None:
    file = practice_file()
    file["organizations"][0]["policy"] = {"series_all_edit": "refuse"}
    practice.load(file)
    shown = ada.get("weekly")
    assert ada.refused(ada.put(shown.href, an_hour_later(shown.text))) == "R-SER-2"
    assert parts(practice, "weekly") == ["weekly"]


def test_another_pattern_holds_from_its_next_date_on(practice: Practice, ada: Device) -> None:
    shown, before = ada.get("weekly"), starts(ada)
    assert isinstance(
        ada.put(shown.href, bodies.put(shown.text, "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=12")), Stored
    )
    after = starts(ada)
    assert after[:8] == before[:8]
    assert after[8:] == ["03-02 16:00", "03-16 16:00", "03-30 16:00", "04-13 16:00", "04-27 16:00",
                         "05-11 16:00", "05-25 16:00", "06-08 16:00"]  # fmt: skip


def test_a_series_that_is_over_goes_on(practice: Practice, ada: Device) -> None:
    practice.load(with_session("weekly", repeat={"rrule": "FREQ=WEEKLY;COUNT=4"}))
    shown, before = ada.get("weekly"), seen(ada)
    assert isinstance(ada.put(shown.href, bodies.put(shown.text, "RRULE:FREQ=WEEKLY;COUNT=11")), Stored)
    assert seen(ada)[:4] == before
    assert starts(ada)[4:] == ["03-02 16:00", "03-09 16:00", "03-16 16:00"]


def test_the_same_write_again_changes_nothing(practice: Practice, ada: Device) -> None:
    shown = ada.get("weekly")
    sent = an_hour_later(shown.text)
    ada.put(shown.href, sent)
    after = ada.get("weekly")
    assert isinstance(ada.put(shown.href, after.text.replace("SUMMARY", "SUMMARY")), Stored)
    assert parts(practice, "weekly") == ["weekly~1", "weekly"]
    assert ada.put(shown.href, sent, if_match=shown.etag).status == 412  # type: ignore[union-attr]


def test_the_practices_file_again_neither_doubles_nor_loses_the_past(practice: Practice, ada: Device) -> None:
    before = seen(ada)
    shown = ada.get("weekly")
    ada.put(shown.href, an_hour_later(shown.text))
    assert practice.load(practice_file()) == ["riverside: session weekly changed"]
    assert seen(ada) == before
    assert practice.load(practice_file()) == []
    practice.clock.forward(days=15)
    shown = ada.get("weekly")
    later = bodies.put(shown.text, *bodies.times("20260302T170000", "20260302T180000"))
    assert isinstance(ada.put(shown.href, later), Stored)
    practice.clock.forward(days=14)
    shown, before = ada.get("weekly"), seen(ada)
    again = bodies.put(shown.text, *bodies.times("20260323T180000", "20260323T190000"))
    assert isinstance(ada.put(shown.href, again), Stored)
    assert parts(practice, "weekly") == ["weekly~1", "weekly~2", "weekly~3", "weekly"]
    practice.load(practice_file())
    assert seen(ada)[:13] == before[:13]
    assert starts(ada)[11:15] == ["03-23 17:00", "03-30 17:00", "04-06 16:00", "04-13 16:00"]
    assert practice.load(practice_file()) == []


def test_the_file_and_commands_reach_both_parts_by_the_sessions_id(practice: Practice, ada: Device) -> None:
    shown = ada.get("weekly")
    ada.put(shown.href, an_hour_later(shown.text))
    changes: dict[str, Any] = {"occurrences": [{"on": "2026-01-12T16:00", "facts": ["claim"]}]}
    practice.load(with_session("weekly", **changes))
    (past,) = practice.session("weekly~1").overrides
    assert past.facts == {Fact.CLAIM}
    assert practice.session("weekly").overrides == ()
    on_past, on_live = past.on, practice.session("weekly").start
    ask = Ask(org="riverside", actor=SYSTEM, session="weekly", received=practice.clock(), door="api",
              changes=(SetFact(Fact.CLAIM, False, on_past),))  # fmt: skip
    assert practice.gate.submit(ask) == Stored(False, None)
    assert practice.session("weekly~1").overrides == ()
    both = Ask(org="riverside", actor=SYSTEM, session="weekly", received=practice.clock(), door="api",
               changes=(SetFact(Fact.CLAIM, True, on_past), Cancel("other", on=on_live)))  # fmt: skip
    assert isinstance(practice.gate.submit(both), Failed)


def test_the_file_brings_back_what_goes_on_when_only_the_past_is_left(
    practice: Practice, ada: Device
) -> None:
    file = practice_file()
    session_in(file, "meeting").update(
        start="2026-02-04T12:00", end="2026-02-04T13:00", repeat={"rrule": "FREQ=WEEKLY;COUNT=8"}
    )
    practice.load(file)
    before = starts(ada, "Team")
    shown = ada.get("meeting")
    ada.put(shown.href, bodies.put(shown.text, "SUMMARY:Team lunch"))
    ada.delete(shown.href)
    assert parts(practice, "meeting") == ["meeting~1"]
    practice.load(file)
    assert starts(ada, "Team") == before
    assert practice.load(file) == []


def test_a_series_of_other_events_is_split_alike(practice: Practice, ada: Device) -> None:
    file = practice_file()
    session_in(file, "meeting").update(start="2026-02-04T12:00", end="2026-02-04T13:00",
                                       repeat={"rrule": "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=12"})  # fmt: skip
    practice.load(file)
    before = seen(ada, summary="Team")
    shown = ada.get("meeting")
    assert isinstance(ada.put(shown.href, bodies.put(shown.text, "SUMMARY:Team lunch")), Stored)
    after = seen(ada, summary="Team")
    past = [each for each in before if each.start < "03-02 09:00"]
    assert after[: len(past)] == past
    assert {each.title for each in after[len(past) :]} == {"Team lunch"}
    assert [each.start for each in after] == [each.start for each in before]


def test_the_practice_file_names_this_series() -> None:
    assert any(each["id"] == "weekly" for each in RIVERSIDE["sessions"])


def test_the_same_change_of_all_sent_again_is_no_new_one(practice: Practice, ada: Device) -> None:
    """Without If-Match, after an answer that was lost: it names the past, which the copy has no more."""
    shown = ada.get("weekly")
    sent = an_hour_later(shown.text)
    assert ada.put(shown.href, sent) == Stored(False, None)
    after, number, etags = seen(ada), practice.number(), ada.listing()
    assert ada.put(shown.href, sent) == Stored(False, None)
    assert (seen(ada), practice.number(), ada.listing()) == (after, number, etags)


def test_a_change_of_all_sent_again_after_another_one_is_judged(practice: Practice, ada: Device) -> None:
    shown = ada.get("weekly")
    sent = an_hour_later(shown.text)
    ada.put(shown.href, sent)
    noted = bodies.put(ada.get("weekly").text, "DESCRIPTION:Ring twice.")
    assert isinstance(ada.put(shown.href, noted), Stored)
    after = seen(ada)
    assert ada.refused(ada.put(shown.href, sent)) == "R-SER-1"
    assert [each.start for each in seen(ada)] == [each.start for each in after]
