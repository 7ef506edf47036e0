"""While another process writes for a long time: reading goes on, writers are asked to come again."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from calgate.store import Store
from calgate.store.writers import BUSY_SECONDS
from tests.support.dav import Client, event


@pytest.fixture
def writing(dav: Client, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another process has the write lock."""
    connection = sqlite3.connect(tmp_path / "copy" / "calgate.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers wait for a moment only."""
    write = Store.write
    monkeypatch.setattr(Store, "write", lambda store, org, patience=0.2: write(store, org, patience))


def test_a_put_is_told_to_come_again_and_changes_nothing(
    dav: Client, impatient: None, writing: sqlite3.Connection
) -> None:
    path = "/dav/ada/work/a.ics"
    answer = dav("PUT", path, event("a"))
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.error
    assert dav("GET", path).status == 404
    writing.execute("ROLLBACK")
    assert dav("PUT", path, event("a")).status == 201


def test_whoever_logs_in_does_not_wait(app: object, gate: object, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "copy" / "calgate.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    client = Client(app, "bob", "secret")  # the first login of the hour, which is noted
    began = time.monotonic()
    try:
        assert client("PROPFIND", "/dav/bob/").status == 207
        assert time.monotonic() - began < BUSY_SECONDS / 3
    finally:
        connection.close()
        client.close()
