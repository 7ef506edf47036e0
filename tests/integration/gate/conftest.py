"""The loaded practice on SQLite in a file, SQLite in memory and PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from calgate.gate.values import MakeCalendar
from calgate.store import migrations, open_store
from tests.support.agreement import check_agreement
from tests.support.links import add_links
from tests.support.postgres import Postgres
from tests.support.practice import Device, Practice
from tests.support.practice_databases import copied, load_into
from tests.support.practice_file import practice_file


@pytest.fixture(scope="session")
def loaded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("practice") / "loaded.db"
    load_into(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def loaded_database(postgres_server: Postgres) -> str:
    """The URL of a database that is only ever copied."""
    url = postgres_server.new_database()
    load_into(url)
    return url


@pytest.fixture
def file_url(loaded_file: Path, tmp_path: Path) -> str:
    copy = tmp_path / "calgate.db"
    shutil.copy(loaded_file, copy)
    return f"sqlite:///{copy}"


@pytest.fixture(params=["file", "memory", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with the practice loaded ("sqlite://" is still empty)."""
    if request.param == "memory":
        yield "sqlite://"
    elif request.param == "file":
        yield request.getfixturevalue("file_url")
    else:
        server = request.getfixturevalue("postgres_server")
        copy = copied(server, request.getfixturevalue("loaded_database"))
        yield copy
        server.drop_database(copy)


@pytest.fixture
def practice(url: str) -> Iterator[Practice]:
    store = open_store(url)
    made = Practice(store)
    if url == "sqlite://":
        migrations.upgrade(store)
        made.load(practice_file())
        add_links(Practice(store).gate)  # not the gate of the test, which has seen no pack yet
    try:
        yield made
        for org in made.gate.organizations():
            check_agreement(made, org)
    finally:
        store.dispose()


@pytest.fixture
def ada(practice: Practice) -> Device:
    return practice.of("ada")


@pytest.fixture
def bob(practice: Practice) -> Device:
    return practice.of("bob")


@pytest.fixture(params=["sessions", "work"])
def organizers(request: pytest.FixtureRequest, practice: Practice) -> Device:
    """Ada's sessions, or a plain calendar of hers."""
    device = practice.of("ada")
    if request.param == "work":
        practice.gate.submit(MakeCalendar(principal=device.principal, slug="work"))
    return Device(practice, device.principal, request.param)
