import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from calgate.store import Store, StoreError, health, migrations, open_store
from calgate.store.tables import metadata


def sqlite_schema(url: str) -> dict[str, str]:
    """What SQLite keeps of each table and index, but for white space and the order of constraints."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        schema = {name: "".join(sorted("".join(sql.split()))) for name, sql in rows}
    engine.dispose()
    schema.pop("alembic_version", None)
    return schema


class TestMigrations:
    def test_up_from_empty_gives_the_tables(self, store: Store) -> None:
        with store.alone() as tx:
            options = {"compare_type": True, "compare_server_default": True}
            context = MigrationContext.configure(tx, opts=options)
            assert compare_metadata(context, metadata) == []
            assert len(inspect(tx).get_table_names()) == len(metadata.tables) + 1

    def test_up_from_empty_is_the_same_to_the_letter_on_sqlite(self, tmp_path: Path) -> None:
        store = open_store(f"sqlite:///{tmp_path}/migrated.db")
        migrations.upgrade(store)
        store.dispose()
        engine = create_engine(f"sqlite:///{tmp_path}/created.db")
        metadata.create_all(engine)
        engine.dispose()
        created = sqlite_schema(f"sqlite:///{tmp_path}/created.db")
        assert len(created) > len(metadata.tables)
        assert sqlite_schema(f"sqlite:///{tmp_path}/migrated.db") == created

    def test_the_version_is_known_and_a_second_upgrade_changes_nothing(self, store: Store) -> None:
        assert migrations.current(store) == migrations.newest()
        migrations.upgrade(store)
        assert migrations.current(store) == migrations.newest()

    def test_every_version_follows_the_one_before(self) -> None:
        folder = Path(migrations.__file__).parent / "versions"
        texts = [each.read_text() for each in sorted(folder.glob("v*.py"))]
        numbers = [f"{number:04d}" for number in range(1, len(texts) + 1)]
        for source, number, before in zip(texts, numbers, [None, *numbers], strict=False):
            assert f'\nrevision = "{number}"\n' in source
            expected = "None" if before is None else f'"{before}"'
            assert f"\ndown_revision = {expected}\n" in source

    def test_a_database_of_a_newer_program_is_left_alone(self, store: Store) -> None:
        with store.alone() as tx:
            tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        sentence = "The database was made by a newer calgate (schema 9999): run that one."
        with pytest.raises(StoreError) as found:
            migrations.upgrade(store)
        assert str(found.value) == sentence
        assert health.problems(store) == [sentence]
        assert migrations.current(store) == "9999"

    def test_an_empty_database_has_no_version(self, tmp_path: Path) -> None:
        store = open_store(f"sqlite:///{tmp_path}/empty.db")
        assert migrations.current(store) is None
        store.dispose()

    def test_upgrades_at_the_same_time_do_not_meet(self, tmp_path: Path, postgres_database: str) -> None:
        for url in (f"sqlite:///{tmp_path}/two.db", postgres_database):
            stores = [open_store(url) for _ in range(3)]
            threads = [threading.Thread(target=migrations.upgrade, args=(each,)) for each in stores]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            assert [migrations.current(each) for each in stores] == [migrations.newest()] * 3
            for each in stores:
                each.dispose()

    def test_every_key_begins_with_the_organization(self) -> None:
        apart = {"organizations", "logins", "app_passwords", "link_secrets"}
        for table in metadata.tables.values():
            keys = [list(key.columns) for key in (table.primary_key, *table.foreign_key_constraints)]
            keys += [list(index.columns) for index in table.indexes]
            firsts = {columns[0].name for columns in keys}
            assert firsts == {"org_id"} or table.name in apart, table.name
