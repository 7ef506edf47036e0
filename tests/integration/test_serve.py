"""serve, as an operator starts it: on SQLite, and with several processes on PostgreSQL."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from calgate.gate import upkeep

START_SECONDS = 30
PRACTICE = {
    "calgate": 1,
    "organizations": [
        {"id": "o", "pack": "mavis", "timezone": "Europe/London", "people": [{"id": "zoe", "name": "Zoe"}]}
    ],
}
Serve = Callable[..., tuple[subprocess.Popen[bytes], int]]


def calgate(*arguments: object) -> str:
    command = [sys.executable, "-m", "calgate", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def request(port: int, path: str, method: str = "GET", login: str = "") -> int:
    headers = {"Authorization": "Basic " + b64encode(login.encode()).decode()} if login else {}
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    processes: list[subprocess.Popen[bytes]] = []

    def start(config: Path, *arguments: str) -> tuple[subprocess.Popen[bytes], int]:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        environment = {**os.environ, "CALGATE_SERVER__PORT": str(port)}
        command = [sys.executable, "-m", "calgate", "serve", "--config", str(config), *arguments]
        with (tmp_path / "log").open("wb") as log:
            processes.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and processes[-1].poll() is None:
            with suppress(OSError):
                if request(port, "/readyz") == 200:
                    return processes[-1], port
            time.sleep(0.1)
        raise AssertionError((tmp_path / "log").read_text())

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.wait(10)


def installation(folder: Path, url: str) -> Path:
    config = folder / "calgate.toml"
    config.write_text(f'[database]\nurl = "{url}"\n[log]\nformat = "json"\n')
    practice = folder / "practice.json"
    practice.write_text(json.dumps(PRACTICE))
    calgate("db", "upgrade", "--config", config)
    calgate("load", practice, "--config", config)
    return config


def check(config: Path, port: int) -> None:
    password = calgate("password", "add", "zoe", "--label", "x", "--config", config).splitlines()[-1]
    assert request(port, "/dav/zoe/", "PROPFIND", f"zoe:{password}") == 207
    assert request(port, "/dav/zoe/", "PROPFIND", "zoe:wrong") == 401


def test_one_process_on_sqlite(serve: Serve, tmp_path: Path) -> None:
    config = installation(tmp_path, "sqlite:///a.db")
    process, port = serve(config)
    check(config, port)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines and all({"event", "level", "timestamp"} <= json.loads(line).keys() for line in lines)


def refused(*arguments: object) -> str:
    """What a command said that failed with nothing but one sentence."""
    command = [sys.executable, "-m", "calgate", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done
    return done.stderr


def test_a_database_that_is_served_has_no_second_server_and_is_not_restored(
    serve: Serve, tmp_path: Path
) -> None:
    config = installation(tmp_path, "sqlite:///a.db")
    calgate("backup", tmp_path / "copy", "--config", config)
    process, port = serve(config)
    sentence = f"The database file {tmp_path / 'a.db'} is in use by a server or a restore: stop that first.\n"
    assert refused("restore", tmp_path / "copy", "--config", config) == sentence
    assert refused("serve", "--config", config) == sentence
    (tmp_path / "link.db").symlink_to(tmp_path / "a.db")
    other = tmp_path / "other.toml"
    other.write_text(config.read_text().replace("a.db", "link.db"))
    assert refused("serve", "--config", other) == sentence, "by whatever name"
    check(config, port)
    calgate("load", tmp_path / "practice.json", "--config", config)
    calgate("feed", "add", "--person", "zoe", "--config", config)
    process.kill()
    process.wait(10)
    calgate("restore", tmp_path / "copy", "--config", config)
    serve(config)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql+psycopg://u@h/d", "nonsense"])
def test_only_the_file_of_a_database_is_locked(url: str) -> None:
    with upkeep.reserved(url), upkeep.reserved(url):
        pass


def test_two_processes_on_postgresql(serve: Serve, tmp_path: Path, postgres_database: str) -> None:
    config = installation(tmp_path, postgres_database)
    process, port = serve(config, "--workers", "2")
    for _ in range(4):
        check(config, port)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
