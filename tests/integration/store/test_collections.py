import pytest
from sqlalchemy.exc import IntegrityError

from calgate.store import Store, collections, occurrences, organizations, resources
from calgate.store.collections import Collection
from tests.support.store import ORG, OTHER, OWNER, a_copy, found

TASKS = {"{urn:x}name": "<n>Tasks &amp; more</n>"}


def make(store: Store, slug: str, number: int) -> int:
    with store.write(ORG) as tx:
        return collections.create(
            tx, ORG, owner=OWNER, slug=slug, managed=False, components=("VTODO", "VJOURNAL"), number=number,
            props=TASKS, zone="Asia/Tokyo",
        )  # fmt: skip


class TestCollections:
    def test_a_collection_is_found_by_owner_and_slug(self, store: Store, collection: int) -> None:
        id_ = make(store, "tasks", 7)
        with store.read() as tx:
            epoch = organizations.epoch(tx, ORG)
            expected = Collection(
                id_, OWNER, "tasks", False, ("VTODO", "VJOURNAL"), TASKS, "Asia/Tokyo", 7, 7, epoch
            )
            assert collections.by_slug(tx, ORG, OWNER, "tasks") == expected == collections.get(tx, ORG, id_)
            assert collections.by_slug(tx, ORG, "bo", "tasks") is None
            assert [each.slug for each in collections.of_owner(tx, ORG, OWNER)] == ["home", "tasks"]
            assert len(collections.all(tx, ORG)) == 2

    def test_the_zone_is_the_organizations_unless_set(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            collections.set_props(tx, ORG, collection, TASKS, "Asia/Tokyo", 3)
            changed = collections.get(tx, ORG, collection)
            assert changed is not None
            assert (changed.zone, changed.props, changed.number) == ("Asia/Tokyo", TASKS, 3)
            collections.set_props(tx, ORG, collection, {}, None, 4)
            plain = collections.get(tx, ORG, collection)
            assert plain is not None
            assert (plain.zone, plain.props, plain.number) == ("Europe/London", {}, 4)

    def test_a_slug_is_taken_once(self, store: Store, collection: int) -> None:
        with pytest.raises(IntegrityError):
            make(store, "home", 1)

    def test_dropping_removes_the_contents_and_the_slug_can_be_used_again(
        self, store: Store, collection: int
    ) -> None:
        kept = make(store, "tasks", 1)
        with store.write(ORG) as tx:
            for id_, of in ((50, collection), (51, kept)):
                resources.put(tx, ORG, a_copy(id_, of, 5))
                occurrences.replace(tx, ORG, of, id_, [(1, 2, 0, "", "B")])
            collections.drop(tx, ORG, collection, 6)
            assert collections.by_slug(tx, ORG, OWNER, "home") is None
            assert collections.get(tx, ORG, collection) is None
            assert resources.by_id(tx, ORG, 50) is None
            assert occurrences.between(tx, ORG, collection) == []
            assert len(occurrences.between(tx, ORG, kept)) == 1
        again = make(store, "home", 9)
        with store.read() as tx:
            new = collections.get(tx, ORG, again)
            assert new is not None
            assert (again, new.number, new.floor, new.components) == (collection, 9, 9, ("VTODO", "VJOURNAL"))
            assert resources.listing(tx, ORG, again) == []

    def test_organizations_do_not_see_each_others(self, store: Store, collection: int) -> None:
        assert found(store, OTHER, "bo") == collection
        with store.write(ORG) as tx:
            collections.drop(tx, ORG, collection, 2)
        with store.read() as tx:
            assert collections.get(tx, OTHER, collection) is not None
