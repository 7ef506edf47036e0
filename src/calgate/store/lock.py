"""Who has an SQLite database to itself: one server, or one restore, of all processes of the machine."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from calgate.store.errors import StoreError

SUFFIX = "-lock"
_IN_MEMORY = (None, "", ":memory:")


@contextmanager
def reserved(url: str) -> Iterator[None]:
    """Holds the lock of the SQLite file at that URL; StoreError at once when another process does.

    The lock is advisory: commands that don't ask for it read and write as ever. Databases in memory and
    PostgreSQL, where several servers are welcome, have none; neither have URLs that `open_store` refuses.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() != "sqlite" or parsed.database in _IN_MEMORY:
        yield
        return
    # However the database is reached, over a link too, the lock is beside the file itself.
    file = Path(parsed.database or "").resolve()
    handle = _held(file)
    try:
        yield
    finally:
        # The file stays: a process that has opened it already must not lock one that is gone.
        os.close(handle)


def _held(file: Path) -> int:
    """The open, locked lock file. The kernel lets go of it when the process ends, however it does."""
    try:
        handle = os.open(f"{file}{SUFFIX}", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreError(f"The database file {file} cannot be locked: {error.strerror}.") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        if isinstance(error, BlockingIOError):
            reason = "is in use by a server or a restore: stop that first"
        else:
            reason = f"cannot be locked: {error.strerror}"
        raise StoreError(f"The database file {file} {reason}.") from None
    return handle
