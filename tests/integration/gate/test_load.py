"""Loading a practice file again: what it changes and, mostly, what it leaves as it is."""

from __future__ import annotations

from typing import Any

import pytest

from calgate.domain.session import Fact
from calgate.gate.practice_file import LoadError
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import practice_file, session, session_in, with_session
from tests.support.series import starts
from tests.support.store import everything


def changed(before: dict[str, str], device: Device) -> set[str]:
    """The sessions whose copies have another ETag or are new."""
    etags = device.listing()
    return {str(each.session) for each in device.all() if before.get(each.href) != etags[each.href]}


def test_the_same_file_again_changes_nothing(practice: Practice) -> None:
    before = everything(practice.store)
    practice.clock.forward(hours=1)
    assert practice.load(practice_file()) == []
    assert everything(practice.store) == before


def test_it_changes_nothing_after_people_wrote_either(practice: Practice, ada: Device) -> None:
    shown = ada.get("meeting")
    ada.put(shown.href, bodies.added(shown.text, *bodies.alarm()))
    event = bodies.new("walk", "Walk", *bodies.times("20260310T150000", "20260310T160000"))
    ada.put("walk.ics", event)
    before = everything(practice.store)
    assert practice.load(practice_file()) == []
    assert everything(practice.store) == before


def test_changed_facts_republish_only_what_differs(practice: Practice, ada: Device, bob: Device) -> None:
    before, bobs, token = ada.listing(), bob.listing(), ada.token()
    assert practice.load(with_session("own", facts=["note_signed"])) == ["riverside: session own changed"]
    assert changed(before, ada) == {"own"}
    assert len(ada.changes(token).changed) == 1
    assert bob.listing() == bobs
    assert practice.session("own").facts == {Fact.NOTE_SIGNED}


def test_a_changed_client_name_republishes_that_clients_sessions(
    practice: Practice, ada: Device, bob: Device
) -> None:
    before, bobs = ada.listing(), bob.listing()
    file = practice_file()
    file["organizations"][0]["clients"][1]["last_name"] = "Brook"
    assert practice.load(file) == ["riverside: clients: c-102"]
    assert changed(before, ada) == {"own", "weekly"}
    assert bodies.value(ada.get("own").text, "SUMMARY").startswith("Maya Brook\\,")
    assert bob.listing() == bobs


def test_with_hours_assigned_only_what_is_about_the_session_is_news(practice: Practice, ada: Device) -> None:
    assignment = {"practitioner": "ada", "client": "c-102", "service": "97153", "hours": 10}
    file = practice_file()
    file["organizations"][0]["assignments"] = [assignment]
    practice.load(file)
    shown = ada.get("own")
    assert bodies.value(shown.text, "X-CALGATE-HOURS-ASSIGNED") == "10"
    session_in(file, "own").update(end="2026-03-04T16:00")
    before = ada.listing()
    practice.load(file)
    assert changed(before, ada) == {"own"}
    assert bodies.value(ada.get("own").text, "X-CALGATE-HOURS-SCHEDULED") == "3"
    before = ada.listing()
    file["organizations"][0]["clients"][0]["last_name"] = "Lang"
    practice.load(file)
    assert not changed(before, ada) & {"own", "weekly"}
    before = ada.listing()
    file["organizations"][0]["assignments"][0]["hours"] = 12
    practice.load(file)
    assert changed(before, ada) == {"own", "weekly"}


def test_a_file_without_a_policy_leaves_it_as_it_is(practice: Practice, ada: Device) -> None:
    file = practice_file()
    file["organizations"][0]["policy"] = {"color_by": "off"}
    practice.load(file)
    del file["organizations"][0]["policy"]
    assert practice.load(file) == []
    assert "COLOR" not in ada.get("own").text
    file["organizations"][0]["policy"] = {}
    assert practice.load(file) == ["riverside: policy"]
    assert "COLOR" in ada.get("own").text


def test_a_changed_policy_republishes(practice: Practice, ada: Device) -> None:
    before, count = ada.listing(), len(ada.listing())
    file = practice_file()
    file["organizations"][0]["policy"] = {"color_by": "off"}
    practice.load(file)
    assert len(changed(before, ada)) == count
    assert not bodies.values(ada.get("own").text, "COLOR")


def test_another_pack_holds_from_then_on(practice: Practice, ada: Device) -> None:
    file = practice_file()
    file["organizations"][0]["pack"] = "sessions_health"
    practice.load(file)
    shown = ada.get("org")
    moved = bodies.put(shown.text, *bodies.times("20260310T100000", "20260310T110000"))
    assert not hasattr(ada.put(shown.href, moved), "first")


def test_whole_days_are_the_organizations_days(practice: Practice) -> None:
    sam = practice.of("sam")
    since, until = practice.clock().replace(day=15, hour=0), practice.clock().replace(day=18, hour=0)
    assert [(each.start.day, each.start.hour) for each in sam.busy(since, until)] == [(16, 0)]
    file = practice_file()
    file["organizations"][2]["timezone"] = "Asia/Tokyo"
    practice.load(file)
    assert [(each.start.day, each.start.hour) for each in practice.of("sam").busy(since, until)] == [(15, 15)]


def test_people_left_out_stay(practice: Practice) -> None:
    file = practice_file()
    file["organizations"][0].update(people=[], sessions=[], clients=[], assignments=[])
    assert practice.load(file) == []
    assert len(practice.of("ada").listing()) == 11
    assert practice.of("bob").listing()


def test_what_the_practice_says_stands_over_what_a_person_moved(practice: Practice, ada: Device) -> None:
    shown = ada.get("own")
    ada.put(shown.href, bodies.put(shown.text, *bodies.times("20260304T150000", "20260304T160000")))
    before, token = practice.session("own"), ada.token()
    practice.load(practice_file())
    assert practice.session("own").start != before.start
    assert [each[0] for each in ada.changes(token).changed] == [shown.href]


def test_a_claimed_session_is_changed_only_with_its_claim_taken_back(practice: Practice) -> None:
    before = everything(practice.store)
    with pytest.raises(LoadError, match="R-LOCK-1") as caught:
        practice.load(with_session("claimed", start="2026-02-27T12:00", end="2026-02-27T13:00"))
    assert caught.value.path == "organizations[0].sessions[2]"
    assert everything(practice.store) == before
    practice.load(with_session("claimed", start="2026-02-27T12:00", end="2026-02-27T13:00", facts=[]))
    assert practice.session("claimed").start.strftime("%H") == "12"


def test_decisions_of_a_load_are_the_practice_systems(practice: Practice) -> None:
    practice.load(with_session("own", room="2"))
    decision = practice.decisions()[-1]
    assert (decision.session_id, decision.role, decision.door, decision.verdict) == (
        "own",
        "org",
        "load",
        "allowed",
    )


def test_two_organizations_all_or_nothing(practice: Practice) -> None:
    before = everything(practice.store)
    for good, bad in ((0, 1), (1, 0)):
        file = practice_file()
        file["organizations"] = [file["organizations"][good], file["organizations"][bad]]
        first, second = (each["sessions"][0] for each in file["organizations"])
        first["instructions"] = "New."
        second.update(end=second["start"])
        with pytest.raises(LoadError) as caught:
            practice.load(file)
        assert caught.value.path.startswith("organizations[1].sessions[0]")
        assert everything(practice.store) == before


def test_a_rule_refusing_in_the_second_organization_leaves_the_first(practice: Practice) -> None:
    before = everything(practice.store)
    file = practice_file()
    file["organizations"].reverse()
    session_in(file, "claimed")["room"] = "1"
    session_in(file, "visit")["instructions"] = "New."
    with pytest.raises(LoadError, match="R-LOCK-1"):
        practice.load(file)
    assert everything(practice.store) == before


def test_a_new_session_takes_its_place_in_order(practice: Practice, ada: Device) -> None:
    token = ada.token()
    file = practice_file()
    file["organizations"][0]["sessions"] = [session("new", "2026-03-09T10:00", "2026-03-09T11:00")]
    assert practice.load(file) == ["riverside: session new added"]
    assert [each[0] for each in ada.changes(token).changed] == [ada.get("new").href]


Step = str | int


def at(file: Any, *steps: Step) -> Any:
    for step in steps:
        file = file[step]
    return file


ORG: tuple[Step, ...] = ("organizations", 0)
OWN: tuple[Step, ...] = (*ORG, "sessions", 1)
WEEKLY: tuple[Step, ...] = (*ORG, "sessions", 8)
OAK: tuple[Step, ...] = ("organizations", 2, "sessions", 0)
ASSIGNED = {"practitioner": "ada", "client": "c-101", "service": "97153", "hours": 1}
MARCH_9 = {"on": "2026-03-09T16:00"}
SESSION = "organizations[0].sessions[1]"
SERIES = "organizations[0].sessions[8]"
FIRST = f"{SERIES}.occurrences[0]"
WRONG: tuple[tuple[tuple[Step, ...], dict[str, Any], str, str], ...] = (
    ((*ORG, "people", 0), {"nmae": "Ada"}, "organizations[0].people[0].nmae", "did you mean 'name'"),
    (OWN, {"strat": "x"}, f"{SESSION}.strat", "did you mean 'start'"),
    (ORG, {"policy": {"week_strat": "SU"}}, "organizations[0].policy", "week_start"),
    (ORG, {"policy": {"week_start": "XX"}}, "organizations[0].policy", "must be one of"),
    (ORG, {"pack": "nothing"}, "organizations[0].pack", "nothing"),
    (ORG, {"timezone": "America/Nowhere"}, "organizations[0].timezone", "not a known time zone"),
    (OWN, {"timezone": "../etc/passwd"}, f"{SESSION}.timezone", "not a known time zone"),
    (OWN, {"client": "c-999"}, f"{SESSION}.client", "no client 'c-999'"),
    (OWN, {"service": "x"}, f"{SESSION}.service", "no service"),
    (OWN, {"practitioner": "cleo"}, f"{SESSION}.practitioner", "no person"),
    (OWN, {"location": "x"}, f"{SESSION}.location", "no location"),
    (OWN, {"room": "17"}, f"{SESSION}.room", "no room"),
    (OWN, {"kind": "party"}, f"{SESSION}.kind", ""),
    (OWN, {"status": "done"}, f"{SESSION}.status", ""),
    (OWN, {"facts": ["paid"]}, f"{SESSION}.facts[0]", ""),
    (OWN, {"start": "2026-02-30T10:00"}, f"{SESSION}.start", "not a date or time"),
    (OWN, {"start": "tomorrow"}, f"{SESSION}.start", "must be a time such as 2026-03-02T09:00"),
    (OWN, {"start": "0001-01-01T00:00+14:00"}, f"{SESSION}.start", ""),
    (OWN, {"end": "9999-12-31T23:59"}, f"{SESSION}.end", ""),
    (OWN, {"end": "2026-03-04T14:00"}, f"{SESSION}.end", "after the start"),
    (OWN, {"end": "2026-03-04"}, f"{SESSION}.end", "both"),
    (OWN, {"start": "2026-03-04", "end": "2026-03-05"}, SESSION, "R-NEW-3"),
    (OWN, {"end": "2026-03-06T14:00"}, SESSION, "R-NEW-3"),
    (OWN, {"title": "a\x00b"}, f"{SESSION}.title", ""),
    (OWN, {"instructions": "a\x01b"}, f"{SESSION}.instructions", ""),
    (OWN, {"title": "\ud800"}, f"{SESSION}.title", ""),
    (OWN, {"id": "org"}, f"{SESSION}.id", "there twice"),
    ((*ORG, "clients", 1), {"id": "c-101"}, "organizations[0].clients[1].id", "there twice"),
    ((*ORG, "people", 1), {"id": "cleo"}, "organizations[0].people[1].id", "another organization"),
    (("organizations", 1), {"id": "riverside"}, "organizations[1].id", "there twice"),
    ((*ORG, "people", 0), {"password": "x"}, "organizations[0].people[0].password", "calgate demo"),
    (ORG, {"api_token": "x"}, "organizations[0].api_token", "calgate demo"),
    (ORG, {"assignments": [{**ASSIGNED, "client": "c-7"}]},
     "organizations[0].assignments[0].client", "no client"),
    (ORG, {"assignments": [{**ASSIGNED, "hours": True}]}, "organizations[0].assignments[0].hours", "number"),
    (ORG, {"assignments": {}}, "organizations[0].assignments", "must be a list"),
    (ORG, {"assignments": ["ada"]}, "organizations[0].assignments[0]", "must be an object"),
    (ORG, {"policy": []}, "organizations[0].policy", "must be an object"),
    (ORG, {"id": "a b"}, "organizations[0].id", "must be at most 200 letters"),
    (ORG, {"assignments": [{**ASSIGNED, "hours": float("nan")}]},
     "organizations[0].assignments[0].hours", ""),
    (WEEKLY, {"repeat": {"rrule": "FREQ=HOURLY"}}, f"{SERIES}.repeat", ""),
    (WEEKLY, {"repeat": {"rrule": "FREQ=DAILY;UNTIL=20280101"}}, SERIES, "R-SER-11"),
    (WEEKLY, {"repeat": {}}, f"{SERIES}.repeat", "either"),
    (WEEKLY, {"repeat": {"pattern": "weekly", "until": "2025-01-01"}}, f"{SERIES}.repeat.until", "before"),
    (WEEKLY, {"dates": ["2026-03-16"]}, f"{SERIES}.dates", "school or clinic"),
    (WEEKLY, {"telehealth_url": " JavaScript:alert(1)"}, f"{SERIES}.telehealth_url", "link"),
    (WEEKLY, {"occurrences": [{"on": "2026-03-10T16:00"}]}, f"{FIRST}.on", "no occurrence"),
    (WEEKLY, {"occurrences": [{**MARCH_9, "client": "c-9"}]}, f"{FIRST}.client", "no client"),
    (WEEKLY, {"occurrences": [{**MARCH_9, "service": "9"}]}, f"{FIRST}.service", "no service"),
    (WEEKLY, {"occurrences": [{**MARCH_9, "location": "9"}]}, f"{FIRST}.location", "no location"),
    (WEEKLY, {"occurrences": [{"on": "2026-03-09T16:00", "start": "2026-03-09T17:00"}]},
     f"{FIRST}.end", "missing"),
    (OAK, {"programmes": ["flu"]}, "organizations[2].sessions[0].programmes[0]", "no programme"),
    (OAK, {"dates": [{"date": "2026-03-16", "start": "25:00", "end": "26:00"}]},
     "organizations[2].sessions[0].dates[0].start", ""),
    (OAK, {"dates": [{"date": "2026-03-16", "start": "10:00", "end": "09:00"}]},
     "organizations[2].sessions[0].dates[0].end", "after the start"),
)  # fmt: skip


@pytest.mark.parametrize("where", range(len(WRONG)), ids=[f"{each[2]}-{i}" for i, each in enumerate(WRONG)])
def test_a_wrong_file_names_the_place_and_changes_nothing(practice: Practice, where: int) -> None:
    steps, changes, path, sentence = WRONG[where]
    file = practice_file()
    # Something good comes before what is wrong, and must not stay.
    at(file, *ORG, "sessions", 0)["instructions"] = "New."
    at(file, *steps).update(changes)
    before = everything(practice.store)
    with pytest.raises(LoadError) as caught:
        practice.load(file)
    assert caught.value.path == path
    assert sentence in caught.value.sentence
    assert everything(practice.store) == before


@pytest.mark.parametrize("content", [None, [], {}, {"calgate": 2, "organizations": []}, {"calgate": 1}, "x"])
def test_what_is_no_practice_file(practice: Practice, content: Any) -> None:
    with pytest.raises(LoadError):
        practice.gate.load(content)


def test_changed_settings_are_told(practice: Practice) -> None:
    file = practice_file()
    file["organizations"][0] |= {"name": "Riverbank", "policy": {"week_start": "SU", "geo": "on"}}
    assert practice.load(file) == ["riverside: name, policy"]


def test_a_series_that_a_person_split_is_never_busy_twice_after_a_load(
    practice: Practice, ada: Device
) -> None:
    """What the practice says stands: the later half goes, and the series is whole again."""
    shown, before = ada.get("weekly"), starts(ada)
    new = bodies.put(shown.text, "UID:later", *bodies.times("20260406T153000", "20260406T163000"))
    ada.put("later.ics", new, if_none_match="*")
    ada.put(shown.href, bodies.put(shown.text, "RRULE:FREQ=WEEKLY;UNTIL=20260405T035959Z"))
    assert starts(ada) != before
    practice.load(practice_file())
    assert starts(ada) == before
    assert "later.ics" not in ada.listing()
    assert "RELATED-TO" not in ada.get("weekly").text
    assert practice.load(practice_file()) == []


def test_a_half_that_has_begun_stays_and_the_series_ends_at_it(practice: Practice, ada: Device) -> None:
    shown = ada.get("weekly")
    new = bodies.put(shown.text, "UID:later", *bodies.times("20260406T153000", "20260406T163000"))
    ada.put("later.ics", new, if_none_match="*")
    ada.put(shown.href, bodies.put(shown.text, "RRULE:FREQ=WEEKLY;UNTIL=20260405T035959Z"))
    split = starts(ada)
    practice.clock.forward(days=60)
    practice.load(practice_file())
    assert starts(ada) == split
    assert practice.load(practice_file()) == []


def test_a_split_series_with_a_claimed_past_is_loaded_again(practice: Practice, ada: Device) -> None:
    claimed = with_session("weekly", occurrences=[{"on": "2026-01-12T16:00", "facts": ["claim"]}])
    practice.load(claimed)
    shown, before = ada.get("weekly"), starts(ada)
    ada.put(shown.href, bodies.put(shown.text, "RRULE:FREQ=WEEKLY;UNTIL=20260405T035959Z"))
    assert starts(ada) != before
    practice.load(claimed)
    assert starts(ada) == before
    with pytest.raises(LoadError, match="R-LOCK-1"):
        practice.load(with_session("weekly", start="2026-01-05T15:00", end="2026-01-05T16:00",
                                   occurrences=[{"on": "2026-01-12T15:00", "facts": ["claim"]}]))  # fmt: skip


def test_an_organization_keeps_its_name_when_a_file_leaves_it_out(practice: Practice) -> None:
    file = practice_file()
    del file["organizations"][0]["name"]
    before = everything(practice.store)
    assert practice.load(file) == []
    assert everything(practice.store) == before
    file["organizations"][0]["policy"] = None
    with pytest.raises(LoadError, match=r"organizations\[0\]\.policy"):
        practice.load(file)
