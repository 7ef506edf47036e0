import sqlite3
import threading
from pathlib import Path

import pytest

from calgate.store import Store, StoreBusy, StoreError, migrations, open_store, organizations, resources
from calgate.store.writers import CHECKPOINT_BYTES
from tests.support.store import ORG, OTHER, a_copy, found
from tests.support.store_writer import write

SETTINGS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 30_000,
    "wal_autocheckpoint": 0,
}


class TestTransactions:
    def test_a_read_sees_one_state(self, store: Store, collection: int) -> None:
        if store.in_memory:
            pytest.skip("in memory readers and writers take turns")

        def raise_number() -> None:
            with store.write(ORG) as other:
                organizations.next_number(other, ORG)

        with store.read() as tx:
            assert organizations.number(tx, ORG) == 0
            thread = threading.Thread(target=raise_number)
            thread.start()
            thread.join(30)
            assert not thread.is_alive(), "a reader holds up a writer"
            assert organizations.number(tx, ORG) == 0
        with store.read() as tx:
            assert organizations.number(tx, ORG) == 1

    def test_a_write_inside_a_write_is_an_error(self, store: Store, collection: int) -> None:
        if store.dialect == "postgresql":
            pytest.skip("PostgreSQL locks the organization's row only")
        with (
            pytest.raises(RuntimeError, match="inside another"),
            store.write(ORG),
            store.write(OTHER),
        ):
            pass
        with store.write(ORG) as tx:
            assert organizations.next_number(tx, ORG) == 1

    def test_who_waits_too_long_is_told_and_changes_nothing(self, store: Store, collection: int) -> None:
        holding, may_end = threading.Event(), threading.Event()

        def hold() -> None:
            with store.write(ORG) as tx:
                organizations.next_number(tx, ORG)
                holding.set()
                may_end.wait(30)

        thread = threading.Thread(target=hold)
        thread.start()
        try:
            assert holding.wait(30)
            for patience in (0, 0.2):
                with pytest.raises(StoreBusy), store.write(ORG, patience):
                    pytest.fail("two write at once")
        finally:
            may_end.set()
            thread.join(30)
        with store.write(ORG, 0) as tx:
            assert organizations.next_number(tx, ORG) == 2

    def test_a_writer_waits_for_another_of_its_organization(self, store: Store, collection: int) -> None:
        order: list[str] = []
        started = threading.Event()

        def second() -> None:
            started.set()
            with store.write(ORG) as tx:
                order.append("second")
                organizations.next_number(tx, ORG)

        thread = threading.Thread(target=second)
        with store.write(ORG) as tx:
            thread.start()
            assert started.wait(30)
            thread.join(0.2)
            order.append("first")
            organizations.next_number(tx, ORG)
        thread.join(30)
        assert order == ["first", "second"]

    def test_postgresql_lets_organizations_write_side_by_side(self, postgres_database: str) -> None:
        store = open_store(postgres_database)
        migrations.upgrade(store)
        found(store)
        found(store, OTHER, "bo")

        def other() -> None:
            with store.write(OTHER) as tx:
                organizations.next_number(tx, OTHER)

        with store.write(ORG):
            thread = threading.Thread(target=other)
            thread.start()
            thread.join(30)
            assert not thread.is_alive()
        store.dispose()


class TestSqlite:
    def test_commits_are_durable_and_references_kept(self, tmp_path: Path) -> None:
        store = open_store(f"sqlite:///{tmp_path}/store.db")
        with store.read() as tx:
            settings = {
                name: tx.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in (
                    "journal_mode",
                    "synchronous",
                    "foreign_keys",
                    "busy_timeout",
                    "wal_autocheckpoint",
                )
            }
        store.dispose()
        assert settings == SETTINGS

    def test_the_log_does_not_grow_without_end(self, tmp_path: Path) -> None:
        store = open_store(f"sqlite:///{tmp_path}/store.db")
        migrations.upgrade(store)
        collection = found(store)
        log = tmp_path / "store.db-wal"
        sizes: list[int] = []
        with store.read() as tx:  # a long read holds checkpoints up, but not the writers
            organizations.number(tx, ORG)
            self._grow(store, collection, log, sizes, 6)
        self._grow(store, collection, log, sizes, 12)
        assert max(sizes) > CHECKPOINT_BYTES
        assert sizes[-1] < 3 * CHECKPOINT_BYTES
        assert min(sizes[6:]) < CHECKPOINT_BYTES
        store.dispose()
        assert not log.exists()

    def _grow(self, store: Store, collection: int, log: Path, sizes: list[int], times: int) -> None:
        def large() -> None:
            with store.write(ORG) as tx:
                number = organizations.next_number(tx, ORG)
                resources.put(tx, ORG, a_copy(number, collection, number, text="x" * (1 << 20)))

        for _ in range(times):
            thread = threading.Thread(target=large)
            thread.start()
            thread.join(30)
            sizes.append(log.stat().st_size)

    def test_a_writer_waits_for_another_process(self, tmp_path: Path) -> None:
        store = open_store(f"sqlite:///{tmp_path}/store.db")
        migrations.upgrade(store)
        collection = found(store)
        other = sqlite3.connect(tmp_path / "store.db", isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.5, lambda: other.execute("COMMIT"))
        release.start()
        with store.write(ORG) as tx:
            assert write(tx, ORG, collection, "w") == 1
        release.join(30)
        other.close()
        store.dispose()


class TestOpening:
    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            ("not a url", "cannot be read"),
            ("mysql://localhost/x", "must be SQLite or PostgreSQL, not mysql"),
            ("sqlite:////nowhere/at/all/store.db", "cannot be opened: unable to open database file"),
        ],
    )
    def test_an_unfit_database_is_one_sentence(self, url: str, sentence: str) -> None:
        with pytest.raises(StoreError, match=sentence):
            open_store(url)

    def test_a_file_that_is_no_database_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "x.db").write_text("hello, this is a text and nothing else" * 100)
        with pytest.raises(StoreError, match="not a database"):
            open_store(f"sqlite:///{tmp_path}/x.db")

    def test_memory_is_shared_by_threads_and_not_by_stores(self) -> None:
        store, other = open_store("sqlite://"), open_store("sqlite://")
        migrations.upgrade(store)
        found(store)
        seen: list[list[str]] = []

        def look() -> None:
            with store.read() as tx:
                seen.append(organizations.ids(tx))

        thread = threading.Thread(target=look)
        thread.start()
        thread.join(30)
        assert seen == [[ORG]]
        assert migrations.current(other) is None
        store.dispose()
        other.dispose()
