"""Every way in which sessions change reaches the views that show them, or showed them, and no others.

That each view then says what it would say if it were made now is checked after every test of the gate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import select

from calgate.domain.change import Cancel, Delete, SetFact, SetStatus
from calgate.domain.session import Fact, Status
from calgate.gate.load import SYSTEM
from calgate.gate.values import Ask, Refusal, Stored
from calgate.store import tables, views
from calgate.store.views import FOR_EVER, ViewCopy
from tests.support import bodies
from tests.support.links import ORG, link, page
from tests.support.practice import Device, Practice
from tests.support.practice_file import practice_file, session_in, with_session
from tests.support.series import ZONE, override

ADA, BOB, ONE, TWO = ("person", "ada"), ("person", "bob"), ("client", "c-101"), ("client", "c-102")
MAIN, ROOM, ALL = ("location", "main"), ("location", "main/2"), ("organization", "riverside")


def numbers(practice: Practice) -> dict[tuple[str, str], int]:
    """The number of every view, by audience and target."""
    table = tables.views.c
    with practice.store.read() as tx:
        found = tx.execute(select(table.audience, table.target, table.number).where(table.org_id == ORG))
        return {(audience, target): number for audience, target, number in found}


def changed(practice: Practice, change: Callable[[], object]) -> set[tuple[str, str]]:
    """The views that a change reaches; those that it does have the organization's newest number."""
    before = numbers(practice)
    change()
    after = numbers(practice)
    reached = {each for each in after if after[each] != before.get(each)}
    assert {after[each] for each in reached} <= {practice.number()}
    return reached


def copies(practice: Practice, session: str, where: tuple[str, str]) -> list[ViewCopy]:
    """What a view shows of a session, by start."""
    with practice.store.read() as tx:
        known = {id_: (view.audience, view.target) for id_, view in views.all(tx, ORG)}
        found = [each for each in views.copies_of(tx, ORG, session) if known[each.view_id] == where]
        return sorted(found, key=lambda each: each.starts_at)


def shown_in(practice: Practice, session: str) -> set[tuple[str, str]]:
    return {each for each in numbers(practice) if copies(practice, session, each)}


def edit(device: Device, session: str, *lines: str) -> object:
    copy = device.get(session)
    return device.put(copy.href, bodies.put(copy.text, *lines))


def ask(practice: Practice, session: str, *changes: object) -> object:
    return practice.gate.submit(
        Ask(org=ORG, actor=SYSTEM, session=session, changes=changes, received=practice.clock(), door="test")  # type: ignore[arg-type]
    )


def lines(copies: Iterable[ViewCopy]) -> list[str]:
    return [line for each in copies for line in bodies.unfolded(each.text)]


LATER = bodies.times("20260304T160000", "20260304T170000")


class TestReach:
    def test_a_move_reaches_those_who_see_the_session(self, practice: Practice, ada: Device) -> None:
        assert changed(practice, lambda: edit(ada, "own", *LATER)) == {ADA, TWO, MAIN, ALL}
        assert "DTSTART;TZID=America/New_York:20260304T160000" in lines(copies(practice, "own", TWO))

    def test_a_new_event_and_its_end(self, practice: Practice, ada: Device) -> None:
        sent = bodies.new("walk", "Walk", *LATER)
        assert changed(practice, lambda: ada.put("walk.ics", sent)) == {ADA, ALL}
        assert changed(practice, lambda: ada.delete("walk.ics")) == {ADA, ALL}
        assert not any("Walk" in each for each in lines(copies(practice, "walk", ALL)))

    def test_what_its_viewer_alone_has_reaches_nobody(self, practice: Practice, ada: Device) -> None:
        copy = ada.get("own")
        text = bodies.added(copy.text, *bodies.alarm(), "X-MOZ-LASTACK:20260302T140000Z", "CATEGORIES:Green")
        assert changed(practice, lambda: ada.put(copy.href, text)) == set()
        assert "VALARM" in ada.get("own").text
        assert changed(practice, lambda: edit(ada, "own", *LATER)) == {ADA, TWO, MAIN, ALL}
        assert not [
            each for each in lines(copies(practice, "own", ADA)) if "ALARM" in each or "Green" in each
        ]

    def test_a_refused_change_and_its_notice_reach_nobody(self, practice: Practice, ada: Device) -> None:
        claimed = bodies.times("20260227T120000", "20260227T130000")
        outcomes: list[object] = []
        assert changed(practice, lambda: outcomes.append(edit(ada, "claimed", *claimed))) == set()
        assert isinstance(outcomes[0], Refusal)
        practice.clock.forward(hours=25)
        assert changed(practice, practice.gate.tend) == set()

    def test_an_edit_that_an_audience_is_not_shown_keeps_its_number(
        self, practice: Practice, ada: Device
    ) -> None:
        note = "DESCRIPTION:──── Instructions: edit below this line ────\\nNew note."
        edit(ada, "own", note)
        copy = copies(practice, "own", TWO)
        assert changed(practice, lambda: edit(ada, "own", note.replace("New", "Other"))) == {ADA}
        assert copies(practice, "own", TWO) == copy

    def test_facts_and_statuses_of_the_practice(self, practice: Practice) -> None:
        signed = SetFact(Fact.NOTE_SIGNED, True)
        assert changed(practice, lambda: ask(practice, "own", signed)) == {ADA}
        taken = SetStatus(Status.VALIDATING)
        assert changed(practice, lambda: ask(practice, "own", taken)) == {ADA, TWO, MAIN, ALL}
        assert "DESCRIPTION:Status: Waiting for confirmation" in lines(copies(practice, "own", TWO))


class TestMoving:
    def test_to_another_client_and_back(self, practice: Practice) -> None:
        first = copies(practice, "own", TWO)
        reached = changed(practice, lambda: practice.load(with_session("own", client="c-101")))
        assert reached == {ADA, ONE, TWO, MAIN, ALL}
        assert shown_in(practice, "own") == {ADA, ONE, MAIN, ALL}
        practice.clock.forward(hours=1)
        assert TWO in changed(practice, lambda: practice.load(practice_file()))
        assert shown_in(practice, "own") == {ADA, TWO, MAIN, ALL}
        (back,) = copies(practice, "own", TWO)
        assert back.uid == first[0].uid
        assert back.sequence > first[0].sequence
        assert back.modified_at > first[0].modified_at
        assert f"SEQUENCE:{back.sequence}" in lines([back])

    def test_to_another_practitioner(self, practice: Practice) -> None:
        reached = changed(practice, lambda: practice.load(with_session("own", practitioner="bob")))
        assert reached == {ADA, BOB, TWO, MAIN, ALL}
        assert shown_in(practice, "own") == {BOB, TWO, MAIN, ALL}

    def test_into_a_room_and_out_of_the_place(self, practice: Practice) -> None:
        assert ROOM in changed(practice, lambda: practice.load(with_session("own", room="2")))
        file = with_session("own", location=None)
        assert {ROOM, MAIN} <= changed(practice, lambda: practice.load(file))
        assert shown_in(practice, "own") == {ADA, TWO, ALL}

    def test_one_occurrence_to_another_client(self, practice: Practice) -> None:
        own = [{"on": "2026-03-09T16:00", "client": "c-101"}]
        reached = changed(practice, lambda: practice.load(with_session("weekly", occurrences=own)))
        assert reached == {ADA, ONE, TWO, MAIN, ALL}
        (theirs,) = copies(practice, "weekly", ONE)
        assert f"DTSTART;{ZONE}:20260309T160000" in lines([theirs])
        assert "SUMMARY:N. L.\\, Adaptive behavior treatment\\, Ada Moss" in lines([theirs])
        assert f"EXDATE;{ZONE}:20260309T160000" in lines(copies(practice, "weekly", TWO))
        assert changed(practice, lambda: practice.load(practice_file())) == reached
        assert copies(practice, "weekly", ONE) == []

    def test_a_session_that_is_gone(self, practice: Practice) -> None:
        assert changed(practice, lambda: ask(practice, "meeting", Delete())) == {ADA, ALL}
        assert shown_in(practice, "meeting") == set()


class TestCancelled:
    def test_each_view_tells_it_in_its_own_way(self, practice: Practice) -> None:
        reached = changed(practice, lambda: ask(practice, "org", Cancel("other", "Secret reason")))
        assert reached == {ADA, ONE, MAIN, ROOM, ALL}
        assert copies(practice, "org", ONE) == []  # omit
        struck = lines(copies(practice, "org", ADA))
        assert {"STATUS:CANCELLED", "TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"} <= set(struck)
        assert "DESCRIPTION:Status: Cancelled: Secret reason" in "\n".join(struck).replace(" (other)", "")
        ask(practice, "own", Cancel("other", "Secret reason"))
        kept = lines(copies(practice, "own", TWO))
        assert not any(each.startswith("STATUS:") for each in kept)
        assert "SUMMARY:Cancelled: Maya Brooks\\, Adaptive behavior treatment\\, Ada Moss" in kept
        assert "X-MICROSOFT-CDO-BUSYSTATUS:FREE" in kept
        told = lines(each for where in (TWO, MAIN, ALL) for each in copies(practice, "own", where))
        assert told and not any("Secret" in each for each in told)

    def test_one_occurrence(self, practice: Practice, ada: Device) -> None:
        _, secret = link(practice, *TWO, cancelled="omit")
        copy = ada.get("weekly")
        outcome = ada.put(copy.href, bodies.added(copy.text, f"EXDATE;{ZONE}:20260309T160000"))
        assert isinstance(outcome, Stored)
        (kept, omitted) = sorted(copies(practice, "weekly", TWO), key=lambda each: each.view_id)
        assert f"RECURRENCE-ID;{ZONE}:20260309T160000" in lines([kept])
        assert f"EXDATE;{ZONE}:20260309T160000" in lines([omitted])
        assert not any(each.startswith("RECURRENCE-ID") for each in lines([omitted]))
        assert any("EXDATE" in text for text in page(practice, secret).texts)

    def test_taken_back(self, practice: Practice, ada: Device) -> None:
        assert copies(practice, "off", ONE) == []
        assert isinstance(edit(ada, "off", "STATUS:CONFIRMED"), Stored)
        (back,) = copies(practice, "off", ONE)
        assert "STATUS:TENTATIVE" in lines([back])


class TestSeries:
    def test_one_occurrence_that_moves(self, practice: Practice, ada: Device) -> None:
        copy = ada.get("weekly")
        (before,) = copies(practice, "weekly", TWO)
        text = override(copy.text, "20260309T160000", "20260310T090000", "20260310T100000")
        assert changed(practice, lambda: ada.put(copy.href, text)) == {ADA, TWO, MAIN, ALL}
        (after,) = copies(practice, "weekly", TWO)
        assert (after.uid, after.sequence) == (before.uid, before.sequence + 1)
        assert after.ends_at == before.ends_at

    def test_both_parts_of_a_series_that_goes_on_changed(self, practice: Practice, ada: Device) -> None:
        (before,) = copies(practice, "weekly", TWO)
        assert isinstance(edit(ada, "weekly", *bodies.times("20260105T170000", "20260105T180000")), Stored)
        (past,), (live,) = (copies(practice, each, TWO) for each in ("weekly~1", "weekly"))
        assert live.uid == before.uid != past.uid
        assert past.starts_at == before.starts_at < live.starts_at
        assert past.ends_at < live.starts_at
        assert "X-CALGATE-ID:weekly" in lines([past])

    def test_a_half_that_waits_for_the_other_is_not_shown(self, practice: Practice, ada: Device) -> None:
        copy = ada.get("weekly")
        all_ = bodies.unfolded(copy.text)
        master = bodies.joined([*all_[: all_.index("END:VEVENT") + 1], "END:VCALENDAR"])
        new = bodies.put(
            master, "UID:second", *bodies.times("20260316T160000", "20260316T170000"),
            "RRULE:FREQ=WEEKLY;UNTIL=20260630T035959Z",
        )  # fmt: skip
        assert changed(practice, lambda: ada.put("second.ics", new)) == set()
        cut = bodies.put(copy.text, "RRULE:FREQ=WEEKLY;UNTIL=20260316T035959Z")
        assert changed(practice, lambda: ada.put(copy.href, cut)) == {ADA, TWO, MAIN, ALL}
        half = ada.at("second.ics")
        assert half is not None and half.session is not None
        (first,), (later,) = (copies(practice, each, TWO) for each in ("weekly", half.session))
        assert first.ends_at <= later.starts_at
        assert not any("RELATED-TO" in each for each in lines([first, later]))

    def test_one_without_end_is_in_every_window(self, practice: Practice) -> None:
        practice.load(with_session("weekly", repeat={"rrule": "FREQ=WEEKLY"}))
        (endless,) = copies(practice, "weekly", TWO)
        assert endless.ends_at == FOR_EVER
        _, secret = link(practice, *TWO, past_days=0, future_days=1)
        practice.clock.forward(days=3000)
        assert {bodies.value(each, "X-CALGATE-ID") for each in page(practice, secret).texts} == {"weekly"}


class TestRecords:
    def test_a_new_name_reaches_those_who_are_told_it(self, practice: Practice) -> None:
        file = practice_file()
        file["organizations"][0]["clients"][1]["first_name"] = "Mia"
        reached = changed(practice, lambda: practice.load(file))
        assert {ADA, TWO, ALL} <= reached
        assert not reached & {BOB, ONE, ROOM}
        assert MAIN not in reached  # the same initials
        assert any("Mia Brooks" in each for each in lines(copies(practice, "own", TWO)))

    def test_a_new_policy_reaches_those_who_are_told_colours(self, practice: Practice) -> None:
        file = practice_file()
        file["organizations"][0]["policy"] = {"color_by": "off"}
        assert changed(practice, lambda: practice.load(file)) == {ADA, ALL}
        assert not any(each.startswith("COLOR") for each in lines(copies(practice, "own", ADA)))

    def test_a_new_name_beside_a_refusal(self, practice: Practice, ada: Device) -> None:
        edit(ada, "claimed", *bodies.times("20260227T120000", "20260227T130000"))
        file = practice_file()
        file["organizations"][0]["clients"][0]["last_name"] = "Hill"
        practice.load(file)
        assert "SUMMARY:Noah Hill\\, Adaptive behavior treatment" in lines(copies(practice, "claimed", ADA))

    def test_the_same_file_again_reaches_nobody(self, practice: Practice) -> None:
        assert changed(practice, lambda: practice.load(practice_file())) == set()

    def test_a_new_zone_of_the_practice(self, practice: Practice, ada: Device) -> None:
        """Whole days begin elsewhere then, in the window of a feed, too; their texts stay."""
        days = ("DTSTART;VALUE=DATE:20260309", "DTEND;VALUE=DATE:20260310")
        ada.put("day.ics", bodies.new("day", "Inventory", *days))
        day = ada.at("day.ics")
        assert day is not None and day.session is not None
        (before,) = copies(practice, day.session, ALL)
        file = practice_file()
        file["organizations"][0].update(timezone="America/Chicago", sessions=[])
        assert {ADA, ALL} <= changed(practice, lambda: practice.load(file))
        (after,) = copies(practice, day.session, ALL)
        assert after.starts_at == before.starts_at + 3600
        assert after.uid == before.uid

    def test_a_new_session_of_a_second_load(self, practice: Practice) -> None:
        file = practice_file()
        new = {**session_in(file, "own"), "id": "own-2"}
        file["organizations"][0]["sessions"].append(new)
        assert changed(practice, lambda: practice.load(file)) == {ADA, TWO, MAIN, ALL}
        assert shown_in(practice, "own-2") == {ADA, TWO, MAIN, ALL}
