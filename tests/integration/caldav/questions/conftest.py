"""One running server for all questions; every test has calendars of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from calgate.app import build
from calgate.clock import Clock
from calgate.settings import Settings
from tests.integration.caldav.conftest import NOW, open_gate
from tests.support.remote import Remote
from tests.support.serve import serving

Made = Callable[[], str]
_numbers = count(1)


@pytest.fixture(scope="package")
def port(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("questions") / "served"
    shutil.copytree(loaded, folder)
    gate = open_gate(folder)
    try:
        with serving(build(Settings(), Clock.starting_at(NOW), gate)) as number:
            yield number
    finally:
        gate.close()


@pytest.fixture
def ada(port: int) -> Iterator[Remote]:
    client = Remote(port, "ada", "secret")
    yield client
    client.close()


@pytest.fixture
def colleague(port: int) -> Iterator[Remote]:
    client = Remote(port, "bob", "secret")
    yield client
    client.close()


@pytest.fixture
def another(ada: Remote) -> Made:
    """Makes one more empty calendar of Ada's; its path."""

    def made() -> str:
        path = f"/dav/ada/c{next(_numbers)}/"
        assert ada("MKCALENDAR", path).status == 201
        return path

    return made


@pytest.fixture
def work(another: Made) -> str:
    """The path of an empty calendar of Ada's."""
    return another()
