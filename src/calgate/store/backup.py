"""A copy of the whole database in one file, whichever database it is, and the way back.

The copy is a calgate database of its own (SQLite), so that a look into it needs no tool of ours.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, update

from calgate.store import migrations, organizations, tables
from calgate.store.engine import Store, open_store
from calgate.store.errors import StoreError

BATCH = 1000
Progress = Callable[[int, int], None]
"""Called with the rows copied so far and their number in all."""


def backup(store: Store, file: Path, progress: Progress) -> int:
    """Copy one state of the database to `file` while it is in use; gives the number of rows.

    StoreError when the file exists or cannot be written. A copy that fails leaves no file.
    """
    if file.exists():
        raise StoreError(f"{file} exists already.")
    partial = file.with_name(f"{file.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        copy = open_store(f"sqlite:///{partial}")
        try:
            migrations.upgrade(copy)
            with store.read() as source, copy.alone() as target:
                rows = _copy(source, target, progress)
        finally:
            copy.dispose()
        _make_one_file(partial)
        partial.rename(file)
    finally:
        for leftover in (partial, *(partial.with_name(partial.name + end) for end in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)
    return rows


def restore(store: Store, file: Path, progress: Progress) -> int:
    """Replace everything in the database by the copy, all or nothing, under new epochs; gives the rows.

    StoreError when the file is no such copy.
    """
    with tempfile.TemporaryDirectory(prefix="calgate-restore-") as folder:
        source_file = Path(folder) / "copy.db"
        try:
            shutil.copyfile(file, source_file)
            _check(source_file)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"{file} cannot be restored: {getattr(error, 'strerror', None) or error}."
            ) from None
        copy = open_store(f"sqlite:///{source_file}")
        try:
            migrations.upgrade(copy)
            migrations.upgrade(store)
            with copy.read() as source, store.alone() as target:
                return _replace(source, target, progress)
        finally:
            copy.dispose()


def _replace(source: Connection, target: Connection, progress: Progress) -> int:
    before = {org: organizations.number(target, org) for org in organizations.ids(target)}
    for each in reversed(tables.metadata.sorted_tables):
        target.execute(delete(each))
    rows = _copy(source, target, progress)
    table = tables.organizations
    for org in organizations.ids(target):
        organizations.renew_epoch(target, org)
        # A number that was given out once never names another state: ETags are made of it.
        number = before.get(org, 0)
        target.execute(update(table).where(table.c.id == org, table.c.number < number).values(number=number))
    return rows


def _copy(source: Connection, target: Connection, progress: Progress) -> int:
    ordered = tables.metadata.sorted_tables
    total = sum(source.execute(select(func.count()).select_from(table)).scalar_one() for table in ordered)
    done = 0
    for table in ordered:
        result = source.execution_options(stream_results=True).execute(select(table))
        for batch in result.mappings().partitions(BATCH):
            target.execute(insert(table), [dict(row) for row in batch])
            done += len(batch)
            progress(done, total)
    return done


def _check(file: Path) -> None:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        if connection.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the file is damaged")
        connection.execute("SELECT id, epoch FROM organizations").fetchall()
    finally:
        connection.close()


def _make_one_file(file: Path) -> None:
    connection = sqlite3.connect(file)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
    finally:
        connection.close()
