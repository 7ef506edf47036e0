"""Inboxes are no calendars; calendars of their names get others (migration 0005)."""

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from calgate.store import Store, collections, meetings, resources
from calgate.store.migrations.versions import v0005_scheduling
from tests.support.store import ORG, OWNER, a_copy, found


def made(store: Store, slug: str) -> int:
    with store.write(ORG) as tx:
        return collections.create(
            tx, ORG, owner=OWNER, slug=slug, managed=False, components=("VEVENT",), number=1
        )


class TestInbox:
    def test_it_is_no_calendar(self, store: Store) -> None:
        found(store)
        made(store, "inbox")
        with store.read() as tx:
            assert [each.slug for each in collections.of_owner(tx, ORG, OWNER)] == ["home"]
            assert [each.slug for each in collections.all(tx, ORG)] == ["home"]
            assert collections.by_slug(tx, ORG, OWNER, "inbox") is not None

    def test_copies_and_messages_of_a_uid(self, store: Store) -> None:
        home = found(store)
        inbox = made(store, "inbox")
        with store.write(ORG) as tx:
            for id_, place, uid in ((11, home, "u"), (12, home, "v"), (13, inbox, "u"), (14, inbox, "v")):
                resources.put(tx, ORG, a_copy(id_, place, 2)._replace(uid=uid, text=f"text of {id_}"))
            resources.put(tx, ORG, a_copy(15, inbox, 2)._replace(uid="u", modified_at=5))
            resources.bury(tx, ORG, 15, 3, 6)
            assert [each.id for each in meetings.copies(tx, ORG, OWNER, "u")] == [11]
            assert meetings.copies(tx, ORG, "nobody", "u") == []
            assert meetings.messages(tx, ORG, inbox, "u") == [(13, "text of 13")]
            assert meetings.older_messages(tx, ORG, inbox, 1_700_000_000) == []
            assert sorted(meetings.older_messages(tx, ORG, inbox, 1_700_000_001)) == [13, 14]


class TestMigration:
    def test_calendars_get_other_names(self, store: Store) -> None:
        found(store)
        ids = {made(store, "inbox"): "inbox", made(store, "outbox"): "outbox"}
        with store.alone() as tx:
            with Operations.context(MigrationContext.configure(tx)):
                v0005_scheduling.upgrade()
            rows = tx.execute(text("SELECT id, slug FROM collections WHERE slug <> 'home'"))
            assert {row[0]: row[1] for row in rows} == {
                id_: f"{slug}-calendar-{id_}" for id_, slug in ids.items()
            }
