"""The installation as a whole: its database's schema and health, copies of it, and what holds where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from calgate.domain.pack import Pack
from calgate.domain.policy import policy_from
from calgate.gate import packs
from calgate.store import backup as copies
from calgate.store import decisions, health, migrations
from calgate.store import organizations as records
from calgate.store.decisions import Decision
from calgate.store.engine import Store
from calgate.store.engine import open_store as open_
from calgate.store.errors import StoreError
from calgate.store.lock import reserved

__all__ = [
    "Decision",
    "Store",
    "StoreError",
    "backup",
    "decisions_numbered",
    "effective_pack",
    "is_empty",
    "newest_decision",
    "open_store",
    "organizations",
    "problems",
    "reserved",
    "restore",
    "upgrade",
]


def open_store(url: str) -> Store:
    """The database at that URL, which answers. Raises StoreError."""
    store = open_(url)
    try:
        health.probe(store)
    except StoreError:
        store.dispose()
        raise
    return store


def is_empty(store: Store) -> bool:
    """Whether the database has no schema yet."""
    return migrations.current(store) is None


def upgrade(store: Store, url: str) -> tuple[str | None, str]:
    """Bring the schema at that URL up to date; gives the version before (None: empty database) and after.
    StoreError when there is something to do while an SQLite database is in use."""
    before, newest = migrations.current(store), migrations.newest()
    if before != newest:
        with reserved(url):
            migrations.upgrade(store)
    return before, newest


def backup(store: Store, file: Path, progress: Callable[[int, int], None]) -> int:
    """Copy the database to one file while it is in use; gives the number of rows. Raises StoreError."""
    return copies.backup(store, file, progress)


def restore(store: Store, file: Path, progress: Callable[[int, int], None]) -> int:
    """Replace everything by such a copy, under new epochs: every client lists anew. Raises StoreError."""
    return copies.restore(store, file, progress)


def problems(store: Store) -> list[str]:
    """What is wrong with the database, a sentence each."""
    return health.problems(store)


def newest_decision(store: Store) -> datetime | None:
    """When the newest decision was made (UTC)."""
    at = health.newest_decision(store)
    return None if at is None else datetime.fromtimestamp(at, UTC)


def organizations(store: Store) -> list[str]:
    """The ids of all organizations."""
    with store.read() as tx:
        return records.ids(tx)


def effective_pack(store: Store, org: str) -> Pack:
    """The organization's pack with its own policy as the defaults. Raises PackError."""
    with store.read() as tx:
        found = records.get(tx, org)
    if found is None:
        raise LookupError(org)
    pack = packs.find(found.pack)
    return replace(pack, defaults=policy_from(found.policy, pack.defaults))


def decisions_numbered(store: Store, number: int) -> list[tuple[str, Decision]]:
    """The decisions of that number, each with its organization: numbers count in each organization anew."""
    with store.read() as tx:
        return [
            (org, found)
            for org in records.ids(tx)
            for found in decisions.after(tx, org, number - 1)
            if found.number == number
        ]
