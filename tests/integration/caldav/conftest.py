"""The door over the real gate, without a network: two people of one practice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from calgate.app import build
from calgate.clock import Clock
from calgate.gate.gate import Gate
from calgate.settings import Settings
from tests.support.dav import Client

NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)
PRACTICE = {
    "calgate": 1,
    "organizations": [
        {
            "id": "riverside",
            "name": "Riverside Therapy",
            "pack": "provider_app",
            "timezone": "America/New_York",
            "people": [
                {
                    "id": name.lower(),
                    "name": f"{name} Moss",
                    "email": f"{name.lower()}@riverside.example",
                    "roles": ["practitioner"],
                    "password": "secret",
                }
                for name in ("Ada", "Bob")
            ],
        }
    ],
}


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a loaded database, copied for every test."""
    folder = tmp_path_factory.mktemp("practice")
    gate = open_gate(folder)
    gate.load(PRACTICE, demo=True)
    gate.close()
    return folder


def open_gate(folder: Path) -> Gate:
    return Gate.open(f"sqlite:///{folder / 'calgate.db'}", folder / "keys", Clock.starting_at(NOW).now)


@pytest.fixture
def gate(loaded: Path, tmp_path: Path) -> Iterator[Gate]:
    folder = tmp_path / "copy"
    shutil.copytree(loaded, folder)
    made = open_gate(folder)
    yield made
    made.close()


@pytest.fixture
def app(gate: Gate) -> Any:
    return build(Settings(), Clock.starting_at(NOW), gate)


@pytest.fixture
def dav(app: Any) -> Iterator[Client]:
    """Ada's client; her plain calendar is /dav/ada/work/."""
    client = Client(app, "ada", "secret")
    assert client("MKCALENDAR", "/dav/ada/work/").status == 201
    yield client
    client.close()


@pytest.fixture
def bob(app: Any) -> Iterator[Client]:
    client = Client(app, "bob", "secret")
    yield client
    client.close()
