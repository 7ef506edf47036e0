"""Every test of the store runs on SQLite in a file, SQLite in memory and PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from calgate.store import Store, migrations, open_store
from tests.support.store import found


def _url(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if kind == "postgresql":
        return str(request.getfixturevalue("postgres_database"))
    return "sqlite://" if kind == "memory" else f"sqlite:///{folder}/store.db"


@pytest.fixture(params=["file", "memory", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store with the newest schema."""
    opened = open_store(_url(request.param, request, tmp_path))
    migrations.upgrade(opened)
    yield opened
    opened.dispose()


@pytest.fixture(params=["file", "postgresql"])
def shared_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database that several processes can open."""
    url = _url(request.param, request, tmp_path)
    opened = open_store(url)
    migrations.upgrade(opened)
    opened.dispose()
    yield url


@pytest.fixture
def collection(store: Store) -> int:
    """The calendar `home` of ada, in an organization of its own."""
    return found(store)
