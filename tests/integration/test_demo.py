"""The demo as people start it: a process of its own, reached over HTTP, ended by a signal."""

import contextlib
import re
import signal
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.demo import RunningDemo

Start = Callable[..., RunningDemo]


def calgate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "calgate", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[RunningDemo] = []

    def begin(*arguments: str) -> RunningDemo:
        started.append(RunningDemo(tmp_path / "data", *arguments))
        return started[-1]

    yield begin
    for demo in started:
        demo.stop()


def test_the_demo_serves_its_practice_and_goes_on_with_it(start: Start, tmp_path: Path) -> None:
    demo = start("--now", "2026-03-02T09:00-05:00")
    output = demo.output()
    assert all(
        word in output for word in ("ada-demo", "mara-demo", "nina-demo", "refused", "Monday 02 March 2026")
    )
    assert demo.request("GET", "/healthz")[0] == 200
    assert demo.request("PROPFIND", "/dav/ada/", "ada:wrong", Depth="0")[0] == 401
    status, listing = demo.request("PROPFIND", "/dav/ada/sessions/", "ada:ada-demo", Depth="1")
    assert status == 207 and listing.count(".ics</") >= 10
    assert demo.stop() == 0

    settings = tomllib.loads((tmp_path / "data" / "calgate.toml").read_text())
    assert settings["database"]["url"] == "sqlite:///demo.db"
    again = start()
    assert "Monday 02 March 2026" in again.output(), "the clock goes on from where it was set"
    assert again.request("PROPFIND", "/dav/ada/sessions/", "ada:ada-demo", Depth="1")[1].count(".ics</") >= 10
    assert again.stop(signal.SIGINT) == 0


def test_the_moves_to_try_are_allowed_and_refused_as_the_page_says(start: Start, tmp_path: Path) -> None:
    demo = start("--now", "2026-03-02T09:00-05:00")
    href, text = noah_lanes_session(demo)
    thursday = text.replace("America/New_York:20260310T", "America/New_York:20260312T")
    assert demo.request("PUT", href, "ada:ada-demo", thursday)[0] == 204
    status, stored = demo.request("GET", href, "ada:ada-demo")
    assert status == 200 and "X-CALGATE-STATUS:pending_validation" in stored
    week_after = stored.replace("America/New_York:20260312T", "America/New_York:20260317T")
    status, refusal = demo.request("PUT", href, "ada:ada-demo", week_after)
    assert status == 403 and 'rule="R-ORG-2"' in refusal
    assert (
        "DESCRIPTION:Sessions scheduled by your organization" in demo.request("GET", href, "ada:ada-demo")[1]
    )

    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "demo.db")) as database:
        query = "SELECT max(number) FROM decisions WHERE verdict = 'refused'"
        number = database.execute(query).fetchone()[0]
    config = tmp_path / "data" / "calgate.toml"
    explained = calgate("explain", str(number), "--org", "riverside", "--config", str(config)).stdout
    assert all(
        word in explained for word in ("ada (practitioner)", "R-ORG-2", "rt-4", "move start 2026-03-17T10:00")
    )


def test_the_feed_link_works_and_shows_what_was_moved(start: Start) -> None:
    demo = start("--now", "2026-03-02T09:00-05:00")
    link = demo.output().splitlines()[-1]
    assert re.fullmatch(rf"http://127\.0\.0\.1:{demo.port}/feeds/[\w-]{{43}}\.ics", link)
    path = link[link.index("/feeds/") :]
    status, before = demo.request("GET", path)
    assert status == 200 and "Noah Lane" in before and "DTSTART;TZID=America/New_York:20260310T10" in before
    href, text = noah_lanes_session(demo)
    thursday = text.replace("America/New_York:20260310T", "America/New_York:20260312T")
    assert demo.request("PUT", href, "ada:ada-demo", thursday)[0] == 204
    status, after = demo.request("GET", path)
    assert status == 200 and "DTSTART;TZID=America/New_York:20260312T10" in after
    assert "DTSTART;TZID=America/New_York:20260310T10" not in after
    demo.stop()
    again = start()
    assert again.output().splitlines()[-1].endswith(path), "the same link at every start"
    assert again.request("GET", path) == (200, after)


def noah_lanes_session(demo: RunningDemo) -> tuple[str, str]:
    """Href and text of the session that the page speaks of."""
    _, listing = demo.request("PROPFIND", "/dav/ada/sessions/", "ada:ada-demo", Depth="1")
    for href in re.findall(r"href>([^<]+\.ics)<", listing):
        text = demo.request("GET", href, "ada:ada-demo")[1]
        if "X-CALGATE-ID:rt-4\r\n" in text:
            return href, text
    raise AssertionError("the session is not there")


def test_other_commands_reach_the_running_demo(start: Start, tmp_path: Path) -> None:
    demo = start("--now", "2026-03-02T09:00-05:00")
    config = tmp_path / "data" / "calgate.toml"
    command = [
        sys.executable,
        "-m",
        "calgate",
        "password",
        "add",
        "ada",
        "--label",
        "x",
        "--config",
        str(config),
    ]
    made = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    password = made.stdout.splitlines()[-1]
    assert demo.request("PROPFIND", "/dav/ada/", f"ada:{password}", Depth="0")[0] == 207


def test_fresh_empties_the_folder_of_the_demos_own_files_only(start: Start, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "mine.txt").write_text("mine")
    practice = tmp_path / "small.json"
    practice.write_text(
        '{"calgate": 1, "organizations": [{"id": "o", "pack": "mavis", "timezone": "Europe/London",'
        ' "people": [{"id": "zoe", "name": "Zoe", "password": "z"}]}]}'
    )
    first = start("--load", str(practice))
    assert first.request("PROPFIND", "/dav/zoe/", "zoe:z", Depth="0")[0] == 207
    assert "zoe" in first.output() and "ada" not in first.output()
    first.stop()
    second = start("--fresh")
    assert "zoe" not in second.output() and (data / "mine.txt").read_text() == "mine"
    assert second.request("PROPFIND", "/dav/zoe/", "zoe:z", Depth="0")[0] == 401
    assert second.request("PROPFIND", "/dav/ada/", "ada:ada-demo", Depth="0")[0] == 207


def test_a_demo_that_runs_is_neither_emptied_nor_served_twice(start: Start, tmp_path: Path) -> None:
    demo = start()
    failed = calgate("demo", "--port", "0", "--fresh", "--data", str(tmp_path / "data"))
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.count("\n") == 1 and "is in use by a server" in failed.stderr
    assert demo.request("PROPFIND", "/dav/ada/sessions/", "ada:ada-demo", Depth="1")[0] == 207


def test_a_port_in_use_is_one_sentence(start: Start, tmp_path: Path) -> None:
    demo = start()
    command = [
        sys.executable,
        "-m",
        "calgate",
        "demo",
        "--port",
        str(demo.port),
        "--data",
        str(tmp_path / "other"),
    ]
    failed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert failed.returncode == 1
    assert failed.stderr == f"Cannot listen on 127.0.0.1 port {demo.port}: Address already in use.\n"
