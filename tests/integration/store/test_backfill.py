"""Databases of earlier versions with rows in them: what a migration has to fill in, and what it leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import MetaData, false, insert, select, text

from calgate.store import Store, Tx, migrations, open_store, resources
from calgate.store.tables import resource_texts, sessions
from tests.support.store import ORG

ORGANIZATION = {
    "id": ORG, "name": "", "pack": "mavis", "timezone": "Europe/London", "policy": {}, "number": 1,
    "records": 0, "last_id": 99, "epoch": "e",
}  # fmt: skip
PERSON = {"org_id": ORG, "id": "ada", "name": "Ada", "email": "", "roles": [], "gone": False}
COLLECTION = {
    "org_id": ORG, "id": 1, "owner": "ada", "slug": "home", "managed": False, "components": "VEVENT",
    "props": {}, "number": 1, "floor": 0, "gone": False,
}  # fmt: skip
RESOURCE = {
    "org_id": ORG, "collection_id": 1, "component": "VEVENT", "etag": "e", "number": 1, "size": 4,
    "modified_at": 0, "gone": False, "hidden": False, "sequence": 0, "sequence_floor": 0,
}  # fmt: skip
NOTICES: dict[int, dict[str, Any] | None] = {
    10: {"refusal": "No.", "until": 1_800_000_000, "hints": []},
    11: {"refusal": "No.", "until": 1_700_000_000, "hints": ["x"]},
    12: {"refusal": "", "until": 0, "hints": ["x"]},
    13: {"refusal": "", "hints": ["x"]},
    14: None,
}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database without a schema."""
    name = request.getfixturevalue("postgres_database") if request.param == "postgresql" else ""
    store = open_store(name or f"sqlite:///{tmp_path}/old.db")
    yield store
    store.dispose()


def go_to(tx: Tx, version: str) -> None:
    config = migrations._config()
    config.attributes["connection"] = tx
    current = migrations._version(tx)
    move = command.upgrade if current is None or current < version else command.downgrade
    move(config, version)


def fill(tx: Tx) -> None:
    """Some copies with and without notices, in the tables as they are."""
    tables = MetaData()
    tables.reflect(tx)
    tx.execute(insert(tables.tables["organizations"]), ORGANIZATION)
    tx.execute(insert(tables.tables["people"]), PERSON)
    tx.execute(insert(tables.tables["collections"]), COLLECTION)
    for id_, notice in NOTICES.items():
        names = {"id": id_, "href": f"{id_}.ics", "uid": str(id_)}
        tx.execute(insert(tables.tables["resources"]), {**RESOURCE, **names})
        row = {"org": ORG, "id": id_, "notice": None if notice is None else json.dumps(notice)}
        columns = "(org_id, resource_id, text, personal, notice)"
        tx.execute(text(f"INSERT INTO resource_texts {columns} VALUES (:org, :id, 'text', '', :notice)"), row)


def ends(tx: Tx) -> dict[int, int | None]:
    found = tx.execute(select(resource_texts.c.resource_id, resource_texts.c.notice_until))
    return {row[0]: row[1] for row in found}


def test_notices_of_before_version_3_end_when_they_were_to_end(empty: Store) -> None:
    with empty.alone() as tx:
        go_to(tx, "0002")
        fill(tx)
    migrations.upgrade(empty)
    with empty.read() as tx:
        assert ends(tx) == {10: 1_800_000_000, 11: 1_700_000_000, 12: None, 13: None, 14: None}
        assert resources.expired(tx, ORG, 1_700_000_000, 9) == [11]
        assert {each.id: each.notice for each in resources.by_ids(tx, ORG, NOTICES)} == NOTICES


def test_a_database_goes_back_to_version_2_and_up_again_with_its_notices(empty: Store) -> None:
    with empty.alone() as tx:
        go_to(tx, "0002")
        fill(tx)
    migrations.upgrade(empty)
    with empty.alone() as tx:
        go_to(tx, "0002")
    migrations.upgrade(empty)
    with empty.read() as tx:
        assert ends(tx) == {10: 1_800_000_000, 11: 1_700_000_000, 12: None, 13: None, 14: None}


BODIES: dict[str, dict[str, Any]] = {
    "client": {"overrides": [{"on": "2026-03-02"}, {"on": "2026-03-09", "client": "c-2"}]},
    "service": {"overrides": [{"on": "2026-03-02", "service": "s-2"}]},
    "moved": {"client": "c-1", "overrides": [{"on": "2026-03-02", "start": "2026-03-03"}]},
    "named": {"title": '"overrides" "client"'},
    "single": {"client": "c-1", "service": "s-1"},
}
SESSION = {
    "org_id": ORG, "kind": "client_session", "practitioner": "ada", "client": "c-1", "service": "s-1",
    "status": "scheduled", "starts_at": 0, "ends_at": 9, "endless": False, "revision": 0, "number": 1,
}  # fmt: skip


def test_series_of_before_version_10_know_their_occurrences_of_others(empty: Store) -> None:
    with empty.alone() as tx:
        go_to(tx, "0009")
        tables = MetaData()
        tables.reflect(tx)
        tx.execute(insert(tables.tables["organizations"]), ORGANIZATION)
        for id_, body in BODIES.items():
            tx.execute(insert(tables.tables["sessions"]), {**SESSION, "id": id_, "uid": id_, "body": body})
    migrations.upgrade(empty)
    with empty.alone() as tx:
        assert set(tx.execute(select(sessions.c.id).where(sessions.c.varied)).scalars()) == {
            "client",
            "service",
        }
        go_to(tx, "0009")
    migrations.upgrade(empty)
    with empty.read() as tx:
        found = tx.execute(select(sessions.c.id).where(sessions.c.varied == false())).scalars()
        assert set(found) == {"moved", "named", "single"}
