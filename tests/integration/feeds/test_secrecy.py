"""A secret is shown once: no log has it, whatever happens, and neither has the database."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from calgate.clock import Clock
from calgate.demo.practice import practice_at

START_SECONDS = 30


def calgate(*arguments: object) -> str:
    command = [sys.executable, "-m", "calgate", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def ask(port: int, method: str, path: str, **headers: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "calgate.toml"
    path.write_text('[database]\nurl = "sqlite:///calgate.db"\n[log]\nlevel = "debug"\n')
    practice: dict[str, Any] = practice_at(Clock().now())
    for organization in practice["organizations"]:
        for person in organization["people"]:
            del person["password"]
    (tmp_path / "practice.json").write_text(json.dumps(practice))
    calgate("load", tmp_path / "practice.json", "--config", path)
    return path


@pytest.fixture
def port(config: Path, request: pytest.FixtureRequest) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number = probe.getsockname()[1]
    environment = {**os.environ, "CALGATE_SERVER__PORT": str(number), "CALGATE_LOG__FORMAT": request.param}
    with (config.parent / "log").open("wb") as log:
        command = [sys.executable, "-m", "calgate", "serve", "--config", str(config)]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(OSError):
                if ask(number, "GET", "/readyz") == 200:
                    break
            time.sleep(0.1)
        yield number
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


@pytest.mark.parametrize("port", ["text", "json"], indirect=True)
def test_no_log_and_no_table_holds_a_secret(config: Path, port: int) -> None:
    made = [
        calgate("feed", "add", "--person", "ada", "--config", config),
        calgate("feed", "add", "--client", "c-101", "--config", config),
        calgate("feed", "add", "--kind", "freebusy", "--person", "ada", "--config", config),
    ]
    secrets = [re.split(r"[/.]", each.splitlines()[-1])[-2] for each in made]
    feeds = [f"/feeds/{secrets[0]}.ics", f"/feeds/{secrets[1]}.ics", f"/freebusy/{secrets[2]}.ifb"]
    for path in feeds:
        assert ask(port, "GET", path, Referer=f"http://x{path}") == 200
        assert ask(port, "HEAD", path) == 200
        assert ask(port, "PUT", path) == 405
        assert ask(port, "GET", path + "/") == 404
        assert ask(port, "GET", f"/dav{path}") in (401, 404)
        assert ask(port, "GET", f"/{path}") == 404
    listed = calgate("feed", "list", "--config", config)
    identity = next(line.split()[0] for line in listed.splitlines() if "client c-101" in line)
    calgate("feed", "revoke", identity, "--config", config)
    assert ask(port, "GET", feeds[1]) == 410

    with contextlib.closing(sqlite3.connect(config.parent / "calgate.db")) as database, database:
        database.execute("ALTER TABLE views RENAME TO gone")
    assert ask(port, "GET", feeds[0]) == 503, "the database fails"

    log = (config.parent / "log").read_text()
    assert "a feed could not be read" in log
    stored = b"".join(each.read_bytes() for each in config.parent.glob("calgate.db*"))
    for secret in secrets:
        assert len(secret) == 43
        assert secret not in log and secret not in listed and secret.encode() not in stored
