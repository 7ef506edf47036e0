"""Views and their copies, and the links that need them."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

from calgate.domain.audience import View
from calgate.domain.session import Status
from calgate.store import Store, Tx, links, organizations, tables, views
from calgate.store.links import LinkRow
from calgate.store.views import FOR_EVER, ViewCopy
from tests.support.store import ORG, OTHER, found

CLIENT = View(audience="client", target="c-1", detail="initials")
DAY = 86_400


def a_view(tx: Tx, org: str = ORG, view: View = CLIENT) -> int:
    return views.create(tx, org, view)


def a_view_copy(view: int, name: str, start: int, end: int, **more: object) -> ViewCopy:
    copy = ViewCopy(
        view_id=view, ends_at=end, uid=name, starts_at=start, session_id=f"s-{name}", sequence=1,
        modified_at=start, zones="Europe/London", text=f"text of {name}",
    )  # fmt: skip
    return copy._replace(**more)  # type: ignore[arg-type]


def a_link(view: int | None, id_: str = "link-1", org: str = ORG, **more: object) -> LinkRow:
    row = LinkRow(
        org_id=org, id=id_, kind="calendar", audience="client", target="c-1", view_id=view, name="Name",
        color="", detail="initials", cancelled="strike", statuses="", past_days=30, future_days=365,
        join_link=False, created_at=100, expires_at=None, revoked_at=None, last_used_at=None,
        last_used_by="",
    )  # fmt: skip
    return row._replace(**more)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def orgs(store: Store) -> None:
    found(store)
    found(store, OTHER, "bob")


class TestViews:
    def test_a_view_is_kept_as_it_was_made(self, store: Store) -> None:
        view = View(audience="location", target="main/2", detail="busy", cancelled="omit", join_link=True,
                    statuses=frozenset({Status.SCHEDULED, Status.CANCELLED}))  # fmt: skip
        with store.write(ORG) as tx:
            first, second = a_view(tx), a_view(tx, ORG, view)
        with store.read() as tx:
            assert views.all(tx, ORG) == [(first, CLIENT), (second, view)]
            assert views.all(tx, OTHER) == []
            assert not views.is_ready(tx, ORG, first)

    def test_there_is_one_view_of_a_kind(self, store: Store) -> None:
        with pytest.raises(IntegrityError), store.write(ORG) as tx:
            a_view(tx)
            a_view(tx)

    def test_making_and_dropping_one_is_told_to_who_keeps_records(self, store: Store) -> None:
        with store.write(ORG) as tx:
            before = self.records(tx)
            view = a_view(tx)
            assert self.records(tx) == before + 1
            assert views.drop(tx, ORG, view, 10)
            assert self.records(tx) == before + 2

    def records(self, tx: Tx) -> int:
        row = organizations.get(tx, ORG)
        assert row is not None
        return row.records

    def test_two_changes_are_never_of_the_same_second(self, store: Store) -> None:
        with store.write(ORG) as tx:
            view = a_view(tx)
            links.add(tx, a_link(view), "hash")
            seen = []
            for number, at in ((1, 1000), (2, 1000), (3, 900), (4, 5000)):
                views.touch(tx, ORG, [view], number, at)
                opened = links.opened(tx, "hash")
                assert opened is not None
                seen.append((opened.number, opened.modified_at))
            assert seen == [(1, 1000), (2, 1001), (3, 1002), (4, 5000)]
            assert views.touched(tx, ORG, 4)
            assert not views.touched(tx, ORG, 3)


class TestCopies:
    def test_a_window_has_what_overlaps_it_in_one_order(self, store: Store) -> None:
        with store.write(ORG) as tx:
            view, other = a_view(tx), a_view(tx, ORG, View(audience="person", target="ada", detail="full"))
            rows = [
                a_view_copy(view, "past", 0, DAY),
                a_view_copy(view, "until", 0, 2 * DAY),
                a_view_copy(view, "b", 2 * DAY, 3 * DAY),
                a_view_copy(view, "a", 2 * DAY, 3 * DAY),
                a_view_copy(view, "endless", 0, FOR_EVER),
                a_view_copy(view, "later", 9 * DAY, 10 * DAY),
                a_view_copy(other, "a", 2 * DAY, 3 * DAY, text="of another view"),
            ]
            views.put(tx, ORG, [], rows)
        with store.read() as tx:
            told = [text for text, _ in views.texts(tx, ORG, view, 2 * DAY, 9 * DAY)]
            assert told == ["text of a", "text of b", "text of endless"]
            assert views.texts(tx, ORG, view, 0, 2 * DAY)[0] == ("text of past", "Europe/London")
            assert views.texts(tx, OTHER, view, 0, FOR_EVER) == []
            assert {each.view_id for each in views.copies_of(tx, ORG, "s-a")} == {view, other}
            assert [each.uid for each in views.copies_in(tx, ORG, view, ["s-a", "s-b"])] == ["a", "b"]

    def test_a_copy_that_changed_takes_the_place_of_the_old_one(self, store: Store) -> None:
        with store.write(ORG) as tx:
            view = a_view(tx)
            old = a_view_copy(view, "a", 0, DAY)
            new = old._replace(ends_at=2 * DAY, text="new", sequence=2)
            views.put(tx, ORG, [], [old])
            views.put(tx, ORG, [old], [new])
            assert views.copies_of(tx, ORG, "s-a") == [new]
            views.put(tx, ORG, [new], [])
            assert views.copies_of(tx, ORG, "s-a") == []

    def test_a_sessions_copies_are_found_by_its_index(self, store: Store) -> None:
        """Asked for whole rows, SQLite would read all of an organization's."""
        if store.dialect != "sqlite":
            return
        for statement in (views._of_session, views._of_sessions):
            asked = statement.params(org=ORG, session="s", view=1, sessions=["s"])
            text = asked.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
            with store.read() as tx:
                plan = [row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
            assert "ix_view_copies_org_id_session_id (org_id=? AND session_id=?" in plan[0], plan
            assert "(org_id=? AND view_id=? AND ends_at=? AND uid=?)" in plan[-1], plan


class TestDropping:
    def test_a_view_goes_in_parts_and_its_copies_with_it(self, store: Store) -> None:
        with store.write(ORG) as tx:
            view = a_view(tx)
            views.put(tx, ORG, [], [a_view_copy(view, str(n), 0, DAY + n) for n in range(5)])
            assert views.unused(tx, ORG) == [view]
            assert not views.drop(tx, ORG, view, 3)
            assert len(views.texts(tx, ORG, view, 0, FOR_EVER)) == 2
            assert views.drop(tx, ORG, view, 3)
            assert views.all(tx, ORG) == []
            assert views.copies_of(tx, ORG, "s-4") == []

    def test_a_view_is_unused_when_it_is_given_up_and_no_link_needs_it(self, store: Store) -> None:
        with store.write(ORG) as tx:
            view = a_view(tx)
            links.add(tx, a_link(view, "one"), "h1")
            links.add(tx, a_link(view, "two"), "h2")
            assert views.unused(tx, ORG) == []
            links.retire(tx, ORG, "one")
            assert links.needs(tx, ORG, view)
            links.retire(tx, ORG, "two")
            assert not links.needs(tx, ORG, view)
            assert views.unused(tx, ORG) == [view]
            views.set_ready(tx, ORG, view, True)
            assert views.unused(tx, ORG) == []


class TestLinks:
    def test_a_secret_opens_the_link_its_view_and_its_organization(self, store: Store) -> None:
        with store.write(ORG) as tx:
            view = a_view(tx)
            views.touch(tx, ORG, [view], 7, 500)
            views.set_ready(tx, ORG, view, True)
            row = a_link(view)
            links.add(tx, row, "hash")
            links.add(tx, a_link(None, "busy", kind="freebusy"), "other")
        with store.read() as tx:
            opened = links.opened(tx, "hash")
            assert opened == links.again(tx, ORG, "link-1")
            assert opened == (row, None, "Europe/London", organizations.epoch(tx, ORG), True, 7, 500)
            busy = links.opened(tx, "other")
            assert busy is not None
            assert (busy.ready, busy.number, busy.modified_at) == (None, None, None)
            assert links.opened(tx, "nobody's") is None
            assert links.again(tx, OTHER, "link-1") is None
            assert links.get(tx, ORG, "link-1") == row
            assert [each.id for each in links.all(tx, ORG)] == ["busy", "link-1"]
            assert links.all(tx, OTHER) == []

    def test_a_rotated_secret_is_known_and_over(self, store: Store) -> None:
        with store.write(ORG) as tx:
            links.add(tx, a_link(None), "old")
            links.rotate(tx, ORG, "link-1", "new", 200)
            links.rotate(tx, ORG, "link-1", "newest", 300)
            over = [links.opened(tx, each) for each in ("old", "new", "newest")]
            assert [each.rotated_at for each in over if each] == [200, 300, None]

    def test_a_link_is_revoked_once(self, store: Store) -> None:
        with store.write(ORG) as tx:
            links.add(tx, a_link(None), "hash")
            assert not links.revoke(tx, OTHER, "link-1", 200)
            assert links.revoke(tx, ORG, "link-1", 200)
            assert not links.revoke(tx, ORG, "link-1", 300)
            row = links.get(tx, ORG, "link-1")
            assert row is not None and row.revoked_at == 200

    def test_links_whose_time_is_up_and_that_still_have_a_view(self, store: Store) -> None:
        with store.write(ORG) as tx:
            view = a_view(tx)
            for id_, expires in (("never", None), ("past", 100), ("now", 200), ("later", 300)):
                links.add(tx, a_link(view, id_, expires_at=expires), id_)
            links.add(tx, a_link(None, "done", expires_at=100), "done")
            assert sorted(each.id for each in links.over(tx, ORG, 200)) == ["now", "past"]

    def test_use_is_noted_once_in_a_while(self, store: Store) -> None:
        with store.write(ORG) as tx:
            links.add(tx, a_link(None), "hash")
            seen = []
            for at, by in ((1000, "A"), (1500, "B"), (4600, "C")):
                links.touch(tx, ORG, "link-1", at, by, 3600)
                row = links.get(tx, ORG, "link-1")
                assert row is not None
                seen.append((row.last_used_at, row.last_used_by))
            assert seen == [(1000, "A"), (1000, "A"), (4600, "C")]

    def test_everything_goes_with_the_organization(self, store: Store) -> None:
        with store.write(ORG) as tx:
            view = a_view(tx)
            links.add(tx, a_link(view), "hash")
            views.put(tx, ORG, [], [a_view_copy(view, "a", 0, DAY)])
            tx.execute(delete(tables.organizations).where(tables.organizations.c.id == ORG))
            for table in (tables.views, tables.view_copies, tables.links, tables.link_secrets):
                assert tx.execute(select(func.count()).select_from(table)).scalar() == 0
