"""Opening the database: SQLite or PostgreSQL behind one Store with read and write transactions."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, create_engine, event, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import QueuePool, StaticPool

from calgate.store.errors import StoreBusy, StoreError
from calgate.store.tables import organizations
from calgate.store.writers import BUSY_SECONDS, Checkpoints, Mutex

_LOCK_NOT_AVAILABLE = "55P03"
OLDEST_SQLITE = (3, 35, 0)
POOL_SIZE = 16
PRAGMAS = (
    "foreign_keys=ON",
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "synchronous=FULL",
    "cache_size=-8192",
    f"mmap_size={32 << 20}",
    "temp_store=MEMORY",
    # Checkpoints are made by the store, see Checkpoints.
    "wal_autocheckpoint=0",
)

_dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
_lock_organization = (
    select(organizations.c.number).where(organizations.c.id == bindparam("org")).with_for_update()
)


def open_store(url: str) -> Store:
    """The store at an SQLAlchemy URL: `sqlite:///file`, `sqlite://` (in memory), `postgresql+psycopg://...`.

    The schema is not touched: see calgate.store.migrations. StoreError when the URL or the driver is unfit.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("The database URL cannot be read.") from None
    match parsed.get_backend_name():
        case "sqlite":
            return _open_sqlite(parsed.set(drivername="sqlite+pysqlite"))
        case "postgresql":
            return _open_postgresql(parsed.set(drivername="postgresql+psycopg"))
        case other:
            raise StoreError(f"The database must be SQLite or PostgreSQL, not {other}.")


class Store:
    """One database. Transactions of one thread must not be nested."""

    def __init__(self, engine: Engine, *, file: Path | None = None) -> None:
        self._engine = engine
        self.dialect = engine.dialect.name
        self.in_memory = isinstance(engine.pool, StaticPool)
        self._rows_lock = self.dialect == "postgresql"
        # In memory there is one connection for all threads: readers take turns with writers.
        self._writers = None if self._rows_lock else Mutex()
        self._readers = self._writers if self._writers and self.in_memory else nullcontext()
        self._checkpoints = Checkpoints(engine, file) if file else None
        if self._rows_lock:
            self._read_engine: Engine = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            self._write_engine: Engine = engine
        else:
            self._read_engine = engine
            self._write_engine = engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database throughout and writes nothing."""
        if self._rows_lock:
            with self._read_engine.connect() as tx:
                yield tx
            return
        with self._readers, self._read_engine.connect() as tx:
            _driver(tx, "BEGIN")
            yield tx

    def look(self) -> AbstractContextManager[Connection]:
        """For one statement, which sees one state of the database by itself: without the transaction that
        `read` puts around it."""
        return self.read() if self.in_memory or self._rows_lock else self._read_engine.connect()

    @contextmanager
    def write(self, org: str, patience: float = BUSY_SECONDS) -> Iterator[Connection]:
        """A transaction that is alone in writing for the organization, committed at the end of the block and
        rolled back by any exception. On SQLite it is alone in the database. StoreBusy when it can't be that
        within `patience` seconds."""
        if self._rows_lock:
            with self._write_engine.begin() as tx:
                _lock(tx, org, patience)
                yield tx
            return
        with self.alone(patience) as tx:
            yield tx

    @contextmanager
    def alone(self, patience: float = BUSY_SECONDS) -> Iterator[Connection]:
        """A write transaction of no organization, for migrations; StoreBusy as `write`. PostgreSQL: nothing
        is locked, and what locks is waited for without end."""
        if self._writers is None:
            with self._write_engine.begin() as tx:
                tx.exec_driver_sql("SET LOCAL lock_timeout = 0")
                yield tx
            return
        with self._writers.held(patience):
            with self._write_engine.begin() as tx:
                _begin_alone(tx, patience)
                yield tx
            if self._checkpoints is not None:
                self._checkpoints.after_commit()

    def dispose(self) -> None:
        """Closes every connection that is not in use."""
        if self._writers is None:
            self._engine.dispose()
            return
        # SQLite makes a checkpoint when its last connection closes.
        with self._writers:
            self._engine.dispose()


def _open_sqlite(url: URL) -> Store:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(f"SQLite 3.35 or newer is needed, this Python has {sqlite3.sqlite_version}.")
    in_memory = url.database in (None, "", ":memory:")
    pool: dict[str, Any] = {"poolclass": StaticPool}
    if not in_memory:
        pool = {"poolclass": QueuePool, "pool_size": POOL_SIZE, "max_overflow": -1, "pool_use_lifo": True}
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS, "cached_statements": 512},
        json_serializer=_dumps,
        hide_parameters=True,
        **pool,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    if in_memory:
        return Store(engine)
    file = Path(url.database or "")
    with suppress(OSError):  # which SQLite will tell
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))  # names of clients: nobody else reads it
    try:
        _use_write_ahead_log(engine)
    except Exception as error:
        engine.dispose()
        raise StoreError(f"The database file {file} cannot be opened: {_cause(error)}.") from error
    return Store(engine, file=file)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own implicit BEGIN is deferred and would lose updates
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _driver(connection: Connection, statement: str) -> None:
    """By the driver: an SQLAlchemy event for it would slow every read down by a fifth. A deferred BEGIN takes
    no lock and cannot fail."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute(statement)


def _begin_alone(connection: Connection, patience: float) -> None:
    """Takes SQLite's write lock, which another process may have."""
    try:
        if patience == BUSY_SECONDS:
            _driver(connection, "BEGIN IMMEDIATE")
            return
        _driver(connection, f"PRAGMA busy_timeout={round(patience * 1000)}")
        try:
            _driver(connection, "BEGIN IMMEDIATE")
        finally:
            _driver(connection, f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise StoreBusy from error
        raise


def _lock(connection: Connection, org: str, patience: float) -> None:
    """Takes the organization's row, which another transaction may have (PostgreSQL)."""
    if patience != BUSY_SECONDS:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, round(patience * 1000))}")
    try:
        connection.execute(_lock_organization, {"org": org})
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise StoreBusy from error
        raise


def _use_write_ahead_log(engine: Engine) -> None:
    """Persistent in the file. SQLite does not wait for other processes here, so that we do."""
    deadline = time.monotonic() + BUSY_SECONDS
    pooled = engine.raw_connection()
    try:
        connection = pooled.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        while True:
            try:
                if connection.execute("PRAGMA journal_mode=WAL").fetchone()[0] == "wal":
                    return
                raise StoreError("its file system has no write-ahead logging")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
    finally:
        pooled.close()


def _cause(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).rstrip(".")


def _open_postgresql(url: URL) -> Store:
    try:
        engine = create_engine(
            url,
            pool_size=POOL_SIZE,
            max_overflow=-1,
            pool_use_lifo=True,
            pool_pre_ping=True,
            json_serializer=_dumps,
            hide_parameters=True,
        )
    except (ArgumentError, ImportError) as error:
        raise StoreError(f"The database URL cannot be used: {_cause(error)}.") from None
    event.listen(engine, "connect", _prepare_postgresql)
    return Store(engine)


def _prepare_postgresql(connection: Any, _record: object) -> None:
    """Once for each connection: nobody waits for another writer without end."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {BUSY_SECONDS * 1000}")
    connection.commit()
