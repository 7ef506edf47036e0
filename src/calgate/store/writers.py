"""The only writer of a SQLite database: whose turn it is, and the checkpoints made under it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from calgate.store.errors import StoreBusy

BUSY_SECONDS = 30
"""How long a writer waits for another one."""
CHECKPOINT_BYTES = 4 << 20
CHECKPOINT_PATIENCE_MS = 50


class Mutex:
    """A lock that answers a second acquisition by the same thread with an error instead of hanging."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None

    @contextmanager
    def held(self, patience: float) -> Iterator[None]:
        """StoreBusy when it takes longer than so many seconds."""
        self._take(patience)
        try:
            yield
        finally:
            self._give()

    def __enter__(self) -> None:
        self._take(BUSY_SECONDS)

    def __exit__(self, *_: object) -> None:
        self._give()

    def _take(self, patience: float) -> None:
        if self._owner == threading.get_ident():
            raise RuntimeError("a transaction was begun inside another one of the same thread")
        if not self._lock.acquire(timeout=patience):
            raise StoreBusy
        self._owner = threading.get_ident()

    def _give(self) -> None:
        self._owner = None
        self._lock.release()


class Checkpoints:
    """Brings the write-ahead log back into the database file when it has grown, under the writer mutex.

    TRUNCATE takes SQLite's write lock, too: no other process writes meanwhile. (PASSIVE, which SQLite's own
    automatic checkpoints use, runs beside other processes' commits.) Readers are waited for only briefly.
    """

    def __init__(self, engine: Engine, file: Path) -> None:
        self._engine = engine
        self._log = file.with_name(f"{file.name}-wal")
        self._next = CHECKPOINT_BYTES

    def after_commit(self) -> None:
        try:
            size = self._log.stat().st_size
        except FileNotFoundError:
            return
        if size < CHECKPOINT_BYTES:
            self._next = CHECKPOINT_BYTES
        elif size >= self._next:
            done = self._checkpoint()
            self._next = CHECKPOINT_BYTES if done else size + CHECKPOINT_BYTES

    def _checkpoint(self) -> bool:
        pooled = self._engine.raw_connection()
        try:
            connection = pooled.driver_connection
            assert isinstance(connection, sqlite3.Connection)
            connection.execute(f"PRAGMA busy_timeout={CHECKPOINT_PATIENCE_MS}")
            try:
                return bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
            except sqlite3.Error:
                return False  # the write is committed, whatever becomes of the log: it must not seem to fail
            finally:
                connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        finally:
            pooled.close()
