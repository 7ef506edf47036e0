"""One demo for all clients, and the environment of the foreign ones."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.interop.practice import NOW, content, password
from tests.interop.wire import Wire
from tests.support.demo import RunningDemo

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """A demo that has its own practice and those of tests.interop.practice."""
    folder = tmp_path_factory.mktemp("interop")
    practice = folder / "practice.json"
    practice.write_text(json.dumps(content()))
    running = RunningDemo(folder / "data", "--now", NOW, "--load", str(practice))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def foreign() -> Path:
    """The folder of the foreign clients' programs; skips when their environment cannot be made."""
    spec = importlib.util.spec_from_file_location("calgate_dev", ROOT / "dev.py")
    assert spec is not None and spec.loader is not None
    dev = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(dev)
    try:
        return Path(dev.interop()).parent
    except (dev.SetupError, SystemExit) as error:
        pytest.skip(f"the foreign clients cannot be installed: {error}")


@pytest.fixture
def connect(demo: RunningDemo) -> Iterator[Callable[[str, str], Wire]]:
    """A connection by login and User-Agent."""
    made: list[Wire] = []

    def connect(login: str, agent: str) -> Wire:
        made.append(Wire(demo.url, login, password(login), agent))
        return made[-1]

    yield connect
    for each in made:
        each.close()
