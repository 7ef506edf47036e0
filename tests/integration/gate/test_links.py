"""Links: made, listed, rotated, revoked and over; what their secrets open; what is noted of their use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import event, select

from calgate.domain.session import Status
from calgate.gate import packs, views
from calgate.gate.link_values import FeedHead, Link, LinkWish, UnknownTarget
from calgate.gate.office import UnknownOrganization
from calgate.gate.values import Stored
from calgate.store import Store, migrations, open_store, organizations, tables
from calgate.store import views as stored_views
from tests.support import bodies
from tests.support.links import ORG, check_views, link, page, shown
from tests.support.practice import Device, Practice
from tests.support.practice_file import RIVERSIDE, practice_file, session_in, with_session

LATER = bodies.times("20260304T160000", "20260304T170000")


def head(practice: Practice, secret: str) -> FeedHead:
    found = practice.gate.link(secret)
    assert found is not None
    return found


def listed(practice: Practice, id_: str) -> Link:
    return next(each for each in practice.gate.list_links(ORG) if each.id == id_)


def move_own(ada: Device) -> None:
    copy = ada.get("own")
    assert isinstance(ada.put(copy.href, bodies.put(copy.text, *LATER)), Stored)


class TestMaking:
    def test_a_link_opens_what_its_target_may_see(self, practice: Practice) -> None:
        made, secret = link(practice, "client", "c-102")
        assert len(secret) == 43
        assert (made.detail, made.cancelled, made.name) == ("initials", "strike", "Riverside Therapy")
        assert (made.past_days, made.future_days, made.join_link) == (30, 365, False)
        found = page(practice, secret)
        assert found.head.state == "live"
        assert found.head.link == made
        assert found.zones == ("America/New_York",)
        assert {bodies.value(text, "X-CALGATE-ID") for text in found.texts} == {"own", "weekly"}
        assert practice.gate.link("x" * 43) is None

    def test_the_defaults_of_a_persons_own_link(self, practice: Practice) -> None:
        made, secret = link(practice, "person", "ada")
        assert (made.detail, made.name) == ("full", "Ada Moss")
        assert "SUMMARY:Maya Brooks\\, Adaptive behavior treatment" in shown(practice, secret)
        assert link(practice, "location", "main/2")[0].name == "Main office, room 2"
        assert link(practice, "organization", ORG)[0].detail == "initials"

    def test_the_policy_may_put_join_links_in(self, practice: Practice) -> None:
        file = practice_file()
        file["organizations"][0]["policy"] = {"feed_join_link": "on"}
        practice.load(file)
        assert link(practice, "client", "c-101")[0].join_link
        assert not link(practice, "client", "c-101", join_link=False)[0].join_link

    @pytest.mark.parametrize(
        ("audience", "target"),
        [("person", "cleo"), ("client", "c-9"), ("location", "main/9"), ("location", "oak"),
         ("organization", "hillside")],
    )  # fmt: skip
    def test_nobody_of_that_name(self, practice: Practice, audience: str, target: str) -> None:
        with pytest.raises(UnknownTarget, match=f"no {audience} '{target}'"):
            link(practice, audience, target)
        with pytest.raises(UnknownOrganization):
            link(practice, audience, target, org="nowhere")

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"kind": "freebusy", "audience": "client", "target": "c-101"}, "made for people"),
            ({"detail": "all"}, "detail must be one of full, first_name"),
            ({"cancelled": "hide"}, "cancelled must be one of"),
            ({"statuses": ("done",)}, "status must be one of"),
            ({"past_days": -1}, "past_days must be between 0 and"),
            ({"future_days": 100_000}, "future_days must be between 0 and"),
            ({"color": "red\r\nX-EVIL:1"}, "colour"),
            ({"name": "a\r\nb"}, "name must be one line"),
            ({"expires_at": datetime(2026, 1, 1, tzinfo=UTC)}, "in the future"),
            ({"audience": "everybody"}, "audience must be one of"),
        ],
    )
    def test_a_wish_that_makes_no_sense(
        self, practice: Practice, wrong: dict[str, Any], sentence: str
    ) -> None:
        before = practice.gate.list_links(ORG)
        with pytest.raises(ValueError, match=sentence):
            practice.gate.add_link(ORG, replace(LinkWish(audience="person", target="ada"), **wrong))
        assert practice.gate.list_links(ORG) == before

    def test_whose_a_target_is(self, practice: Practice) -> None:
        assert practice.gate.link_owners("person", "cleo") == ["hillside"]
        assert practice.gate.link_owners("client", "c-101") == ["hillside", "riverside"]
        assert practice.gate.link_owners("location", "main/2") == ["riverside"]
        assert practice.gate.link_owners("organization", "schools") == ["schools"]
        assert practice.gate.link_owners("client", "nobody") == []

    def test_the_secret_is_nowhere_in_the_database(self, practice: Practice) -> None:
        made, secret = link(practice, "client", "c-101")
        renewed = practice.gate.rotate_link(ORG, made.id)
        with practice.store.read() as tx:
            for table in tables.metadata.sorted_tables:
                rows = repr(tx.execute(select(table)).all())
                assert secret not in rows and renewed not in rows, table.name

    def test_links_of_the_same_wish_share_a_view(self, practice: Practice) -> None:
        first, second = (head(practice, link(practice, "client", "c-102")[1]) for _ in range(2))
        other = head(practice, link(practice, "client", "c-102", cancelled="omit")[1])
        assert first.view == second.view != other.view
        assert first.etag != second.etag


class TestETag:
    def test_it_changes_with_what_is_shown_and_with_nothing_else(self, practice: Practice) -> None:
        ada = practice.of("ada")
        theirs, others = (link(practice, "client", each)[1] for each in ("c-102", "c-101"))
        busy = link(practice, "organization", ORG, detail="busy")[1]
        before = [head(practice, each) for each in (theirs, others, busy)]
        practice.clock.forward(hours=1)
        move_own(ada)
        after = [head(practice, each) for each in (theirs, others, busy)]
        assert [old.etag == new.etag for old, new in zip(before, after, strict=True)] == [False, True, False]
        assert after[0].modified == practice.clock() > before[0].modified
        assert after[1].modified == before[1].modified
        copy = ada.get("own")
        text = bodies.put(
            copy.text, "DESCRIPTION:Waiting\\n──── Instructions: edit below this line ────\\nNew."
        )
        assert isinstance(ada.put(copy.href, text), Stored)
        assert [head(practice, each).etag for each in (theirs, others, busy)] == [each.etag for each in after]

    def test_it_changes_when_the_window_moves_on(self, practice: Practice) -> None:
        _, secret = link(practice, "client", "c-101", past_days=3, future_days=2)
        before = page(practice, secret)
        assert before.head.since == datetime(2026, 2, 27, 5, tzinfo=UTC)
        assert before.head.until == datetime(2026, 3, 5, 5, tzinfo=UTC)
        assert "claimed" in _ids(before.texts) and "signed" not in _ids(before.texts)
        practice.clock.at = datetime(2026, 3, 3, 4, 59, tzinfo=UTC)
        assert head(practice, secret).etag == before.head.etag
        practice.clock.at = datetime(2026, 3, 3, 5, tzinfo=UTC)
        after = page(practice, secret)
        assert after.head.etag != before.head.etag
        assert after.head.modified == practice.clock()
        assert "claimed" not in _ids(after.texts) and "signed" in _ids(after.texts)

    def test_it_changes_when_a_backup_is_restored(self, practice: Practice) -> None:
        _, secret = link(practice, "client", "c-101")
        before = head(practice, secret).etag
        with practice.store.write(ORG) as tx:
            organizations.renew_epoch(tx, ORG)
        assert head(practice, secret).etag != before

    def test_a_page_tells_the_head_that_it_belongs_to(self, practice: Practice) -> None:
        made, secret = link(practice, "client", "c-102")
        old = head(practice, secret)
        move_own(practice.of("ada"))
        found = practice.gate.feed(old)
        assert found.head.etag == head(practice, secret).etag != old.etag
        practice.gate.revoke_link(ORG, made.id)
        gone = practice.gate.feed(old)
        assert (gone.head.state, gone.texts) == ("revoked", [])

    def test_a_free_busy_link(self, practice: Practice) -> None:
        """The door makes its tag: nothing tells when busy times of several calendars changed."""
        made, secret = link(practice, "person", "ada", kind="freebusy")
        practice.clock.forward(minutes=5)
        seen = head(practice, secret)
        assert (seen.state, seen.view, made.kind) == ("live", None, "freebusy")
        assert seen.modified == practice.clock()
        assert page(practice, secret).texts == []


class TestEnding:
    def test_a_rotated_link_has_another_secret_and_the_same_content(self, practice: Practice) -> None:
        made, old = link(practice, "client", "c-102")
        before = head(practice, old)
        new = practice.gate.rotate_link(ORG, made.id)
        assert head(practice, old).state == "revoked"
        assert (head(practice, new).state, head(practice, new).etag) == ("live", before.etag)
        assert listed(practice, made.id) == made
        with pytest.raises(UnknownTarget, match="no live link"):
            practice.gate.rotate_link(ORG, "nothing")

    def test_a_revoked_link_is_over_and_its_view_goes_with_the_last_link(self, practice: Practice) -> None:
        (one, first), (two, second) = (link(practice, "person", "bob") for _ in range(2))
        view = head(practice, first).view
        assert practice.gate.revoke_link(ORG, one.id)
        assert not practice.gate.revoke_link(ORG, one.id)
        assert not practice.gate.revoke_link("hillside", two.id)
        assert head(practice, first).state == "revoked"
        assert head(practice, second).state == "live"
        assert _texts(practice, view)
        practice.gate.revoke_link(ORG, two.id)
        assert not _texts(practice, view)
        assert view not in _views(practice)
        assert {listed(practice, each.id).revoked_at for each in (one, two)} == {practice.clock()}
        with pytest.raises(UnknownTarget):
            practice.gate.rotate_link(ORG, one.id)
        assert head(practice, link(practice, "person", "bob")[1]).state == "live"

    def test_a_link_whose_time_is_up(self, practice: Practice) -> None:
        until = practice.clock() + timedelta(days=1)
        made, secret = link(practice, "person", "bob", expires_at=until)
        view = head(practice, secret).view
        practice.clock.at = until - timedelta(seconds=1)
        practice.gate.tend()
        assert head(practice, secret).state == "live"
        practice.clock.at = until
        assert head(practice, secret).state == "expired"
        assert page(practice, secret).texts == []
        assert practice.gate.tend() >= 1
        assert view not in _views(practice)
        assert head(practice, secret).state == "expired"
        with pytest.raises(UnknownTarget):
            practice.gate.rotate_link(ORG, made.id)
        assert listed(practice, made.id).expires_at == until

    def test_what_a_stop_left_of_a_view_is_taken_away(
        self, practice: Practice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made, secret = link(practice, "person", "bob")
        view = head(practice, secret).view
        with monkeypatch.context() as patched:
            patched.setattr(views, "drop_unused", lambda *_: None)
            practice.gate.revoke_link(ORG, made.id)
        assert view in _views(practice)
        practice.gate.tend()
        assert view not in _views(practice)


class TestFilling:
    def test_nothing_is_served_before_all_is_there(
        self, practice: Practice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(views, "PAGE", 2)
        wish = LinkWish(audience="person", target="ada", detail="initials")
        before = practice.gate.list_links(ORG)
        told: list[tuple[int, int]] = []

        class Stop(Exception):
            """The process ends here."""

        def watch(done: int, all_: int) -> None:
            told.append((done, all_))
            if len(told) == 2:
                raise Stop

        with pytest.raises(Stop):
            practice.gate.add_link(ORG, wish, progress=watch)
        assert told == [(2, 11), (4, 11)]
        (left,) = [each for each in practice.gate.list_links(ORG) if each not in before]
        with monkeypatch.context() as patched:
            patched.setattr(views, "fill", lambda *_: None)
            secret = practice.gate.rotate_link(ORG, left.id)
        assert head(practice, secret).state == "filling"
        assert page(practice, secret).texts == []
        again = practice.gate.rotate_link(ORG, left.id)
        assert (head(practice, secret).state, head(practice, again).state) == ("revoked", "live")
        secret, (_, second) = again, practice.gate.add_link(ORG, wish)
        assert head(practice, secret).state == head(practice, second).state == "live"
        assert len(page(practice, secret).texts) == len(page(practice, second).texts) == 11
        check_views(practice.store, ORG)

    @pytest.mark.parametrize("dropped", [True, False])
    def test_a_link_that_is_revoked_meanwhile_leaves_nothing(
        self, practice: Practice, monkeypatch: pytest.MonkeyPatch, dropped: bool
    ) -> None:
        """The filling went on in a view that was gone, or made one ready that nobody needs."""
        monkeypatch.setattr(views, "PAGE", 2)
        known, before = practice.gate.list_links(ORG), _views(practice)

        def watch(done: int, _all: int) -> None:
            if done == 4:
                (made,) = [each for each in practice.gate.list_links(ORG) if each not in known]
                with monkeypatch.context() as patched:
                    if not dropped:
                        patched.setattr(views, "drop_unused", lambda *_: None)
                    assert practice.gate.revoke_link(ORG, made.id)

        wish = LinkWish(audience="person", target="ada", detail="internal_id")
        practice.gate.add_link(ORG, wish, progress=watch)
        practice.gate.tend()
        assert _views(practice) == before

    def test_what_changes_meanwhile_is_up_to_date(
        self, practice: Practice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(views, "PAGE", 1)
        ada = practice.of("ada")
        changes: Iterator[Callable[[], object]] = iter([
            lambda: move_own(ada),
            lambda: ada.delete(ada.get("meeting").href),
            lambda: practice.load(with_session("weekly", client="c-101")),
            lambda: practice.load(with_session("signed", practitioner="bob")),
        ])  # fmt: skip

        def watch(_done: int, _all: int) -> None:
            for change in islice(changes, 1):
                change()

        practice.gate.add_link(
            ORG, LinkWish(audience="person", target="ada", detail="initials"), progress=watch
        )
        assert next(changes, None) is None
        check_views(practice.store, ORG)

    def test_a_new_view_has_only_what_it_is_to_show_whatever_the_ids_look_like(
        self, practice: Practice
    ) -> None:
        file = practice_file()
        org = file["organizations"][0]
        for id_ in ("c_1", "cX1", "c1"):
            org["clients"].append({"id": id_, "first_name": "Zed", "last_name": "Hill"})
        session_in(file, "own")["client"] = "c_1"
        session_in(file, "signed")["client"] = "cX1"
        session_in(file, "autumn")["instructions"] = '"c_1"'
        practice.load(file)
        found = {each: page(practice, link(practice, "client", each)[1]) for each in ("c_1", "cX1", "c1")}
        assert [_ids(each.texts) for each in found.values()] == [{"own"}, {"signed"}, set()]


class TestUse:
    def test_it_is_noted_once_an_hour(self, practice: Practice) -> None:
        made, secret = link(practice, "client", "c-101")
        first = practice.clock()
        for minutes, agent in (
            (0, "Google-Calendar-Importer\r\n\x00é"),
            (30, "Outlook"),
            (31, "Thunderbird"),
        ):
            practice.clock.forward(minutes=minutes)
            practice.gate.used(head(practice, secret), agent)
            told = listed(practice, made.id)
            assert told.last_used_by == ("Thunderbird" if minutes == 31 else "Google-Calendar-Importer")
            assert told.last_used_at == (practice.clock() if minutes == 31 else first)

    def test_nothing_is_asked_of_the_database_when_it_was_noted(self, practice: Practice) -> None:
        _, secret = link(practice, "client", "c-101")
        practice.gate.used(head(practice, secret), "Outlook")
        seen = head(practice, secret)
        with statements(practice.store) as told:
            practice.gate.used(seen, "Outlook")
        assert told == []


class TestCost:
    def test_the_head_is_one_statement(self, practice: Practice) -> None:
        _, secret = link(practice, "client", "c-101")
        with statements(practice.store) as told:
            practice.gate.link(secret)
        assert len([each for each in told if "link" in each]) == 1
        with statements(practice.store) as told:
            practice.gate.feed(head(practice, secret))
        assert len([each for each in told if "link" in each or "view" in each]) == 3

    def test_a_write_asks_nothing_of_views_where_there_are_none(self, practice: Practice) -> None:
        cleo = practice.of("cleo")
        copy = cleo.get("visit")
        text = bodies.put(copy.text, *bodies.times("20260303T120000", "20260303T130000"))
        cleo.put(copy.href, text)
        with statements(practice.store) as told:
            assert isinstance(cleo.put(copy.href, copy.text), Stored)
        assert told
        assert not [each for each in told if "view" in each.lower() or "links" in each.lower()]


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Every statement that is executed inside."""
    told: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        told.append(statement)

    event.listen(store._engine, "before_cursor_execute", listen)
    try:
        yield told
    finally:
        event.remove(store._engine, "before_cursor_execute", listen)
        told[:] = [each for each in told if not each.startswith("BEGIN")]


def _ids(texts: list[str]) -> set[str]:
    return {bodies.value(text, "X-CALGATE-ID") for text in texts}


def _views(practice: Practice) -> list[int]:
    with practice.store.read() as tx:
        return [id_ for id_, _ in stored_views.all(tx, ORG)]


def _texts(practice: Practice, view: int | None) -> list[tuple[str, str]]:
    with practice.store.read() as tx:
        return stored_views.texts(tx, ORG, view or 0, 0, stored_views.FOR_EVER)


def test_a_link_of_some_statuses(practice: Practice) -> None:
    made, secret = link(practice, "person", "ada", statuses=(Status.CANCELLED, Status.VALIDATING))
    assert _ids(page(practice, secret).texts) == {"off", "checked"}
    assert made.statuses == (Status.CANCELLED, Status.VALIDATING)


def test_a_pack_may_have_a_table_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = packs.find("provider_app")
    nothing = replace(pack.disclosure["client"], fields={})
    narrow = replace(pack, disclosure={**pack.disclosure, "client": nothing})
    monkeypatch.setattr("calgate.gate.packs.find", lambda name: narrow)
    store = open_store("sqlite://")
    migrations.upgrade(store)
    practice = Practice(store)
    practice.load(practice_file(RIVERSIDE))
    _, secret = link(practice, "client", "c-101", name="x", detail="full", cancelled="omit")
    text = shown(practice, secret)
    assert text.count("SUMMARY:Client session\r\n") == text.count("BEGIN:VEVENT") == 8
    assert "DESCRIPTION" not in text and "X-CALGATE" not in text
    store.dispose()
