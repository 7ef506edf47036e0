"""The schema's versions, applied by Alembic from within the program.

Alembic is imported when there is something to apply: it would be a sixth of every start."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from calgate.store.engine import Store
from calgate.store.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).parent
NEWER = "The database was made by a newer calgate (schema {}): run that one."
_ADVISORY_LOCK = 4_711_202_603
# Alembic keeps the migration under way in module globals.
_one_at_a_time = threading.Lock()


def upgrade(store: Store) -> None:
    """Brings the schema to the newest version, in one transaction; does nothing when it is there. StoreError
    for one that a newer program has made."""
    with _one_at_a_time, _exclusive(store) as connection:
        found = _version(connection)
        if is_newer(found):
            raise StoreError(NEWER.format(found))
        if found != newest():
            _apply(connection)


def current(store: Store) -> str | None:
    """The version of the database's schema; None: empty."""
    with store.read() as tx:
        return _version(tx)


def newest() -> str:
    """The version that this program needs: the modules of the versions are named by them."""
    return max(each.stem[1:5] for each in (_FOLDER / "versions").glob("v????_*.py"))


def is_newer(version: str | None) -> bool:
    """Whether that is a version of a later program than this."""
    return version is not None and version > newest()


def _apply(connection: Connection) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _exclusive(store: Store) -> Iterator[Connection]:
    """A transaction that no other process migrates beside."""
    with store.alone() as tx:
        if store.dialect == "postgresql":
            tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        yield tx


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
