import random

import pytest

from calgate.store import Store, Tx, collections, occurrences, organizations, resources, spans, stirs
from tests.support.store import ORG, OTHER, a_copy, found, plan_of


class TestResources:
    def test_a_copy_comes_back_as_it_was_put(self, store: Store, collection: int) -> None:
        first = a_copy(
            50, collection, 1, session_id="s-1", text="SUMMARY:Ünï 🎈\r\n", notice={"until": 5},
            personal='{"": ["COLOR:red"]}', indexed_until=77, hidden=True, sequence=3, sequence_floor=2,
        )  # fmt: skip
        second = first._replace(number=2, etag="new", notice=None, indexed_until=None, uid="other")
        for copy in (first, second):
            with store.write(ORG) as tx:
                resources.put(tx, ORG, copy)
            with store.read() as tx:
                assert resources.get(tx, ORG, collection, copy.href) == copy == resources.by_id(tx, ORG, 50)
                home = collections.get(tx, ORG, collection)
                assert home is not None and home.number == copy.number

    def test_copies_are_found_by_href_id_session_uid_and_notice(self, store: Store, collection: int) -> None:
        copies = [
            a_copy(id_, collection, id_, session_id=f"s-{id_ % 2}", notice={"a": 1} if id_ == 51 else None)
            for id_ in range(50, 54)
        ]
        with store.write(ORG) as tx:
            for copy in copies:
                resources.put(tx, ORG, copy)
        with store.read() as tx:
            hrefs = [each.href for each in copies]
            some = spans.at(tx, ORG, collection, [*hrefs[:2], "none.ics", hrefs[0]])
            assert sorted(each.id for each in some) == [50, 51]
            assert {(each.session, each.text) for each in some} == {("s-0", "text"), ("s-1", "text")}
            assert resources.by_ids(tx, ORG, [53, 50, 99]) == [copies[0], copies[3]]
            assert resources.by_session(tx, ORG, "s-1") == [copies[1], copies[3]]
            assert resources.href_of_uid(tx, ORG, collection, "uid-52") == "52.ics"
            assert resources.href_of_uid(tx, ORG, collection, "uid-99") is None
            assert resources.of_collection(tx, ORG, collection) == copies
            assert list(resources.texts(tx, ORG, collection)) == ["text"] * 4
            assert resources.listing(tx, ORG, collection) == [(c.href, c.etag, "VEVENT") for c in copies]

    def test_more_hrefs_than_one_statement_takes(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            for id_ in (50, 51):
                resources.put(tx, ORG, a_copy(id_, collection, 1))
        with store.read() as tx:
            hrefs = ["50.ics", *(f"none-{i}" for i in range(1200)), "51.ics"]
            assert {each.id for each in spans.at(tx, ORG, collection, hrefs)} == {50, 51}

    def test_a_buried_copy_is_a_tombstone(self, store: Store, collection: int) -> None:
        kept = {"personal": "mine", "session_id": "s"}
        copy = a_copy(50, collection, 1, notice={"until": 7}, indexed_until=5, **kept)
        with store.write(ORG) as tx:
            resources.put(tx, ORG, copy)
            occurrences.replace(tx, ORG, collection, 50, [(1, 2, 0, "", "B")])
            stirs.put(tx, ORG, 50, 100)
            assert resources.bury(tx, ORG, 50, 2, at=9)
            assert not resources.bury(tx, ORG, 50, 3, at=9)
        with store.read() as tx:
            tombstone = copy._replace(
                number=2, gone=True, text="", size=0, notice=None, indexed_until=None, modified_at=9
            )
            assert resources.get(tx, ORG, collection, "50.ics") == tombstone
            assert resources.by_session(tx, ORG, "s") == [tombstone]
            assert resources.href_of_uid(tx, ORG, collection, "uid-50") is None
            for empty in (
                spans.at(tx, ORG, collection, ["50.ics"]), resources.by_ids(tx, ORG, [50]),
                resources.listing(tx, ORG, collection), list(resources.texts(tx, ORG, collection)),
                resources.expired(tx, ORG, 1000, 10), resources.of_collection(tx, ORG, collection),
                occurrences.between(tx, ORG, collection), stirs.due(tx, ORG, 1000),
            ):  # fmt: skip
                assert empty == []

    def test_what_is_indexed_to_before_a_time_is_found(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            for id_, until in ((50, 300), (51, None), (52, 100), (53, 200)):
                resources.put(tx, ORG, a_copy(id_, collection, 1, indexed_until=until))
        with store.read() as tx:
            assert resources.outdated(tx, ORG, 300, 9) == [52, 53]
            assert resources.outdated(tx, ORG, 301, 2) == [52, 53]

    def test_notices_that_are_over_are_found(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            for id_, until in ((50, 300), (51, 0), (52, 200), (53, 100), (54, 100)):
                resources.put(tx, ORG, a_copy(id_, collection, 1, notice={"until": until}))
            resources.put(tx, ORG, a_copy(54, collection, 2, notice={"until": 0}))
        with store.read() as tx:
            assert resources.expired(tx, ORG, 99, 10) == []
            assert resources.expired(tx, ORG, 200, 10) == [53, 52]
            assert resources.expired(tx, ORG, 300, 2) == [53, 52]

    def test_forgetting_tombstones_raises_the_floor(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            for id_ in (50, 51, 52, 53, 54):
                resources.put(tx, ORG, a_copy(id_, collection, id_, hidden=id_ == 53))
            for id_, at in ((50, 100), (51, 300), (53, 100), (54, 200)):
                resources.bury(tx, ORG, id_, id_ + 10, at=at)
        with store.read() as tx:
            assert resources.old_tombstones(tx, ORG, 99, 9) == []
            old = resources.old_tombstones(tx, ORG, 200, 9)
            assert old == [(50, collection, 60), (54, collection, 64)]
            assert resources.old_tombstones(tx, ORG, 200, 1) == old[:1]
        with store.write(ORG) as tx:
            resources.forget(tx, ORG, reversed(old))
            home = collections.get(tx, ORG, collection)
            assert home is not None
            assert (home.floor, home.number) == (64, 64)
            left = [each.href for each in resources.changes(tx, ORG, collection, 0).rows]
            assert left == ["52.ics", "51.ics", "53.ics"]
            assert resources.by_id(tx, ORG, 50) is None

    def test_old_tombstones_are_found_by_their_index(self, store: Store, collection: int) -> None:
        with store.read() as tx:
            [step] = plan_of(tx, lambda: resources.old_tombstones(tx, ORG, 200, 1))
        assert "ix_resources_tombstones" in step

    def test_organizations_do_not_see_each_others(self, store: Store, collection: int) -> None:
        theirs = found(store, OTHER, "bo")
        with store.write(OTHER) as tx:
            resources.put(tx, OTHER, a_copy(50, theirs, 1, session_id="s", text="theirs"))
        with store.write(ORG) as tx:
            resources.put(tx, ORG, a_copy(50, collection, 1, session_id="s", text="ours"))
            resources.bury(tx, ORG, 50, 2, at=0)
        with store.read() as tx:
            assert list(resources.texts(tx, OTHER, theirs)) == ["theirs"]
            assert [each.text for each in resources.by_session(tx, ORG, "s")] == [""]


def act(tx: Tx, collection: int, chance: random.Random, live: dict[int, int]) -> None:
    """One write under one number: one to three copies of ten are put or buried."""
    number = organizations.next_number(tx, ORG)
    for id_ in chance.sample(range(100, 110), chance.randint(1, 3)):
        if id_ in live and chance.random() < 0.4:
            resources.bury(tx, ORG, id_, number, at=0)
            del live[id_]
        else:
            resources.put(tx, ORG, a_copy(id_, collection, number))
            live[id_] = number


def mirrored(
    tx: Tx, collection: int, before: dict[str, str], since: int, limit: int | None
) -> dict[str, str]:
    """A client's copy of the collection after a sync, page by page."""
    mirror = dict(before)
    for _ in range(1000):
        page = resources.changes(tx, ORG, collection, since, limit)
        for row in page.rows:
            if row.gone:
                mirror.pop(row.href, None)
            else:
                mirror[row.href] = row.etag
        if not page.truncated:
            return mirror
        assert page.until > since
        since = page.until
    raise AssertionError("the pages do not end")


class TestChanges:
    @pytest.mark.parametrize("seed", range(3))
    def test_changes_since_every_earlier_number_lead_to_the_listing(
        self, store: Store, collection: int, seed: int
    ) -> None:
        chance, live = random.Random(seed), dict[int, int]()
        states: list[dict[str, str]] = [{}]
        for _ in range(40):
            with store.write(ORG) as tx:
                act(tx, collection, chance, live)
                states.append({href: etag for href, etag, _ in resources.listing(tx, ORG, collection)})
        assert states[-1] == {f"{id_}.ics": f"etag-{id_}-{number}" for id_, number in live.items()}
        with store.read() as tx:
            for since, state in enumerate(states):
                for limit in (None, 1, 2, 5):
                    assert mirrored(tx, collection, state, since, limit) == states[-1], (since, limit)

    def test_an_initial_page_has_no_tombstones(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            for id_ in range(50, 56):
                resources.put(tx, ORG, a_copy(id_, collection, id_))
            resources.bury(tx, ORG, 51, 60, at=0)
        with store.read() as tx:
            whole = resources.changes(tx, ORG, collection, None)
            assert [row.number for row in whole.rows] == [50, 52, 53, 54, 55]
            assert not whole.truncated
            part = resources.changes(tx, ORG, collection, None, 2)
            assert ([row.number for row in part.rows], part.until, part.truncated) == ([50, 52], 52, True)
            exact = resources.changes(tx, ORG, collection, None, 5)
            assert (len(exact.rows), exact.truncated) == (5, False)

    def test_a_page_is_never_cut_inside_of_one_number(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            for id_ in range(50, 55):
                resources.put(tx, ORG, a_copy(id_, collection, 1))
            resources.put(tx, ORG, a_copy(60, collection, 2))
        with store.read() as tx:
            page = resources.changes(tx, ORG, collection, 0, 2)
            assert (len(page.rows), page.until, page.truncated) == (5, 1, True)
            rest = resources.changes(tx, ORG, collection, 1, 2)
            assert ([row.href for row in rest.rows], rest.until, rest.truncated) == (["60.ics"], 2, False)

    def test_nothing_new(self, store: Store, collection: int) -> None:
        with store.read() as tx:
            assert resources.changes(tx, ORG, collection, 7, 10) == ([], 7, False)
            assert resources.changes(tx, ORG, collection, None) == ([], 0, False)
