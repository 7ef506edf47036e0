"""The copy of a database and the way back, on both databases."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from calgate.domain.practice import Person
from calgate.gate import upkeep
from calgate.store import Store, StoreError, open_store, organizations, passwords, people
from calgate.store.tables import decisions


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    postgresql = request.param == "postgresql"
    url = request.getfixturevalue("postgres_database") if postgresql else f"sqlite:///{tmp_path}/a.db"
    opened = open_store(url)
    upkeep.upgrade(opened, url)
    fill(opened, "first")
    yield opened
    opened.dispose()


def fill(store: Store, name: str) -> None:
    with store.alone() as tx:
        organizations.upsert(tx, "o", name=name, pack="mavis", timezone="Europe/London", policy={"geo": "on"})
        people.put(tx, "o", Person(id=name, name=name))
        passwords.add(tx, "o", name, f"hash-{name}", "a label", at=1)
        organizations.next_number(tx, "o")


def silent(_done: int, _total: int) -> None:
    pass


def state(store: Store) -> tuple[str, int, str, list[str]]:
    with store.read() as tx:
        found = organizations.get(tx, "o")
        assert found is not None
        holders = [each.id for each in people.all(tx, "o") if passwords.holder(tx, f"hash-{each.id}")]
        return found.name, found.number, found.epoch, holders


def test_restore_brings_the_copied_state_back_under_a_new_epoch(store: Store, tmp_path: Path) -> None:
    before = state(store)
    seen: list[tuple[int, int]] = []
    rows = upkeep.backup(store, tmp_path / "copy", lambda done, total: seen.append((done, total)))
    assert seen[-1] == (rows, rows) and rows >= 2
    fill(store, "second")
    assert upkeep.restore(store, tmp_path / "copy", silent) == rows
    after = state(store)
    assert (after[0], after[3]) == ("first", ["first"])
    assert after[2] != before[2]
    assert after[1] == 2, "numbers that were given out since the copy are not given out again"
    assert upkeep.problems(store) == []


def test_a_copy_is_one_file_that_calgate_opens(store: Store, tmp_path: Path) -> None:
    upkeep.backup(store, tmp_path / "copy", silent)
    assert [each.name for each in tmp_path.glob("copy*")] == ["copy"]
    copy = open_store(f"sqlite:///{tmp_path}/copy")
    assert state(copy)[0] == "first" and upkeep.problems(copy) == []
    copy.dispose()


def test_nobody_else_reads_a_copy(store: Store, tmp_path: Path) -> None:
    upkeep.backup(store, tmp_path / "copy", silent)
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600


def test_a_copy_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        upkeep.backup(store, tmp_path / "copy", silent)
    assert (tmp_path / "copy").read_text() == "mine"


@pytest.mark.parametrize("content", [b"no database at all", b"", None])
def test_what_is_no_copy_changes_nothing(store: Store, tmp_path: Path, content: bytes | None) -> None:
    before = state(store)
    if content is not None:
        (tmp_path / "copy").write_bytes(content)
    with pytest.raises(StoreError, match="cannot be restored"):
        upkeep.restore(store, tmp_path / "copy", silent)
    assert state(store) == before


def test_a_copy_that_breaks_off_changes_nothing(store: Store, tmp_path: Path) -> None:
    upkeep.backup(store, tmp_path / "copy", silent)
    fill(store, "second")
    before = state(store)

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upkeep.restore(store, tmp_path / "copy", stop)
    assert state(store) == before
    with pytest.raises(KeyboardInterrupt):
        upkeep.backup(store, tmp_path / "other", stop)
    assert list(tmp_path.glob("other*")) == []


def test_a_sound_database_has_no_problems_and_a_wrong_number_is_one(store: Store) -> None:
    assert upkeep.problems(store) == []
    with store.alone() as tx:
        texts = ("actor", "role", "door", "verdict", "rule", "sentence", "contact", "pack", "pack_version")
        row = {
            "org_id": "o",
            "number": 9,
            "seq": 0,
            "at": 1,
            "changes": [],
            "rules": [],
            **dict.fromkeys(texts, ""),
        }
        tx.execute(insert(decisions), row)
    assert upkeep.problems(store) == [
        "The number line of the organization o is behind its decisions: restore a backup."
    ]


def test_an_old_schema_is_a_problem(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/empty.db"
    store = open_store(url)
    assert upkeep.problems(store) == ["The schema is not up to date: run calgate db upgrade."]
    assert upkeep.upgrade(store, url)[0] is None
    assert upkeep.problems(store) == []
    store.dispose()


def test_a_damaged_file_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    store = open_store(f"sqlite:///{path}")
    upkeep.upgrade(store, f"sqlite:///{path}")
    fill(store, "first")
    store.dispose()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        page_size = connection.execute("PRAGMA page_size").fetchone()[0]
        query = "SELECT rootpage FROM sqlite_master WHERE tbl_name = 'people' AND type = 'index'"
        root = connection.execute(query).fetchone()[0]
    content = bytearray(path.read_bytes())
    for position in range(root * page_size - 8, root * page_size):  # the newest entry of the index
        content[position] ^= 0x1F
    path.write_bytes(content)
    damaged = open_store(f"sqlite:///{path}")
    assert [each[:29] for each in upkeep.problems(damaged)] == ["The database file is damaged "]
    damaged.dispose()
