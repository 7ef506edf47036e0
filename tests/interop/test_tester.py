"""caldav-server-tester against the demo: what it finds in full is listed, and the list can only grow."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.interop.practice import COLLEAGUE, password
from tests.support.demo import RunningDemo

LIST = Path(__file__).with_name("tester.toml")
AT_LEAST = 105
NEVER = {"broken", "ungraceful", "quirk", "fragile"}
WITH_AN_AT_SIGN = "at@practice.example"


def findings(
    foreign: Path, demo: RunningDemo, login: str, secret: str, *more: str, colleague: Path | None = None
) -> dict[str, Any]:
    """Feature -> what the tester says of it. Another spelling of the loopback address, because the tester
    does not try the well-known address of a host that it takes for a test server. `colleague`: the file with
    the second login that meetings need."""
    url = address(demo)
    command = [
        foreign / "python", foreign / "caldav-server-tester", "--caldav-url", url, "--format", "hints",
        "--caldav-user", login, "--caldav-pass", secret, *more,
        *(("--config-section", "colleague") if colleague else ()),
    ]  # fmt: skip
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    if colleague:
        environment["CALDAV_CONFIG_FILE"] = str(colleague)
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**environment, "NO_PROXY": "*"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = ast.literal_eval(done.stdout[done.stdout.index("{") :])
    return found


def address(demo: RunningDemo) -> str:
    return f"http://127.1:{demo.port}/dav/"


@pytest.fixture(scope="module")
def found(foreign: Path, demo: RunningDemo, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    colleague = tmp_path_factory.mktemp("tester") / "calendar.conf"
    login = {
        "caldav_url": address(demo),
        "caldav_username": COLLEAGUE,
        "caldav_password": password(COLLEAGUE),
    }
    colleague.write_text(json.dumps({"colleague": login}), encoding="utf-8")
    secret = password(WITH_AN_AT_SIGN)
    return findings(foreign, demo, WITH_AN_AT_SIGN, secret, colleague=colleague)


def test_the_list_of_full_features_only_grows(found: dict[str, Any]) -> None:
    listed = set(tomllib.loads(LIST.read_text(encoding="utf-8"))["full"])
    full = {name for name, said in found.items() if said.get("support") == "full"}

    lost = {name: found.get(name) for name in sorted(listed - full)}
    assert not lost, f"not full any more: {lost}"
    assert not full - listed, f"full now, add to {LIST.name}: {sorted(full - listed)}"
    assert len(full) >= AT_LEAST


def test_nothing_is_broken(found: dict[str, Any]) -> None:
    assert {name: said for name, said in found.items() if said.get("support") in NEVER} == {}


def test_what_is_not_full_has_its_reason_in_the_list(found: dict[str, Any]) -> None:
    reasons = tomllib.loads(LIST.read_text(encoding="utf-8"))["not_full"]
    not_full = {name for name, said in found.items() if said.get("support") != "full"}

    assert not_full == set(reasons)
