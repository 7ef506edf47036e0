import pytest
from sqlalchemy.exc import IntegrityError

from calgate.store import Store, bounces, decisions, resources, stirs
from calgate.store.decisions import Decision
from tests.support.store import ORG, OTHER, a_copy, found


def a_decision(number: int, session: str | None = "s-1", seq: int = 0) -> Decision:
    return Decision(
        number, 1_700_000_000 + number, "ada", "practitioner", "caldav", session, [{"on": "2026-03-02"}],
        "refused", "R-ORG-2", ["R-ORG-2", "R-ORG-3"], "No.", "org", "provider_app", "1", seq,
    )  # fmt: skip


@pytest.mark.usefixtures("collection")
class TestDecisions:
    def test_decisions_are_kept_in_order(self, store: Store) -> None:
        given = [a_decision(1), a_decision(2, "s-2"), a_decision(3), a_decision(3, None, seq=1)]
        with store.write(ORG) as tx:
            for each in reversed(given):
                decisions.put(tx, ORG, each)
        with store.read() as tx:
            assert decisions.get(tx, ORG, 3) == given[2]
            assert decisions.get(tx, ORG, 3, seq=1) == given[3]
            assert decisions.get(tx, ORG, 4) is None
            assert decisions.after(tx, ORG, 1) == given[1:]
            assert decisions.after(tx, ORG, 0, limit=2) == given[:2]

    def test_a_decision_is_never_replaced(self, store: Store) -> None:
        with store.write(ORG) as tx:
            decisions.put(tx, ORG, a_decision(1))
        with pytest.raises(IntegrityError), store.write(ORG) as tx:
            decisions.put(tx, ORG, a_decision(1))

    def test_organizations_do_not_see_each_others(self, store: Store) -> None:
        found(store, OTHER, "bo")
        with store.write(OTHER) as tx:
            decisions.put(tx, OTHER, a_decision(1))
        with store.read() as tx:
            assert decisions.get(tx, ORG, 1) is None
            assert decisions.after(tx, ORG, 0) == []


class TestBounces:
    def test_the_same_body_is_recognized_for_a_while(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            bounces.record(tx, ORG, collection, "a.ics", "body", at=100)
            bounces.record(tx, ORG, collection, "a.ics", "second", at=110)
            assert bounces.recently(tx, ORG, collection, "a.ics", "body", since=99)
            assert not bounces.recently(tx, ORG, collection, "a.ics", "body", since=100)
            assert not bounces.recently(tx, ORG, collection, "a.ics", "other", since=0)
            assert not bounces.recently(tx, ORG, collection, "b.ics", "body", since=0)
            bounces.record(tx, ORG, collection, "a.ics", "body", at=150)
            assert bounces.recently(tx, ORG, collection, "a.ics", "body", since=100)

    def test_old_ones_are_forgotten(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            bounces.record(tx, ORG, collection, "a.ics", "old", at=100)
            bounces.record(tx, ORG, collection, "b.ics", "old", at=100)
            bounces.record(tx, ORG, collection, "a.ics", "new", at=101 + bounces.KEPT_SECONDS)
            assert not bounces.recently(tx, ORG, collection, "a.ics", "old", since=0)
            assert bounces.recently(tx, ORG, collection, "b.ics", "old", since=0)


class TestStirs:
    def test_due_ones_come_in_order_until_they_are_removed(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            for id_, due in ((50, 300), (51, 100), (52, 200)):
                resources.put(tx, ORG, a_copy(id_, collection, 1))
                stirs.put(tx, ORG, id_, due)
            assert stirs.due(tx, ORG, 99) == []
            assert stirs.due(tx, ORG, 300) == [51, 52, 50]
            assert stirs.due(tx, ORG, 300, limit=1) == [51]
            stirs.put(tx, ORG, 51, 400)
            assert stirs.remove(tx, ORG, 52)
            assert not stirs.remove(tx, ORG, 52)
            assert stirs.due(tx, ORG, 300) == [50]
