"""The schema's versions, applied by Alembic from within the program."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from calgate.store.engine import Store

_FOLDER = Path(__file__).parent
_ADVISORY_LOCK = 4_711_202_603
# Alembic keeps the migration under way in module globals.
_one_at_a_time = threading.Lock()


def upgrade(store: Store) -> None:
    """Brings the schema to the newest version, in one transaction; does nothing when it is there."""
    with _one_at_a_time, _exclusive(store) as connection:
        config = _config()
        if _version(connection) != ScriptDirectory.from_config(config).get_current_head():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def current(store: Store) -> str | None:
    """The version of the database's schema; None: empty."""
    with store.read() as tx:
        return _version(tx)


def newest() -> str:
    """The version that this program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def _config() -> Config:
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
    return MigrationContext.configure(connection).get_current_revision()
