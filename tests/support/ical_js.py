"""ical.js, a third reader of feeds, installed by the tests themselves where node and npm are there."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKED = ROOT / "tests" / "interop"
FOLDER = ROOT / ".venv-node"
FILES = ("package.json", "package-lock.json")
_STAMP = "installed"
_INSTALL_SECONDS = 90
_UNREACHABLE = {"ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ERR_SOCKET_TIMEOUT"}
_PARSE = """
const found = require("ical.js"), ical = found.default || found;
const calendar = new ical.Component(ical.parse(require("fs").readFileSync(0, "utf8")));
const zones = calendar.getAllSubcomponents("vtimezone").map(each => each.getFirstPropertyValue("tzid"));
const events = calendar.getAllSubcomponents("vevent").map(each => {
  const event = new ical.Event(each), start = event.startDate;
  return [event.uid, start.toString(), start.zone.tzid, event.summary || ""];
});
console.log(JSON.stringify({zones, events}));
"""


def read_by_ical_js(text: str) -> tuple[set[str], list[tuple[str, datetime, str, str]]]:
    """The zones, and (UID, wall clock of the start, its zone, title) of each event. Skips without node, npm
    or a network to install from."""
    if reason := _missing_once():
        pytest.skip(reason)
    done = subprocess.run(
        ["node", "-e", _PARSE],
        cwd=FOLDER,
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    return set(said["zones"]), [
        (uid, datetime.fromisoformat(start), zone, title) for uid, start, zone, title in said["events"]
    ]


@cache
def _missing_once() -> str:
    """Each try without a network may take long."""
    return missing()


def missing() -> str:
    """Why ical.js cannot be used here; empty when it is installed, by this call or an earlier one."""
    if absent := [name for name in ("node", "npm") if shutil.which(name) is None]:
        return f"ical.js is not tried: {' and '.join(absent)} not found"
    wanted = hashlib.sha256(b"".join((LOCKED / name).read_bytes() for name in FILES)).hexdigest()
    FOLDER.mkdir(exist_ok=True)
    stamp = FOLDER / _STAMP
    with _locked() as lock:
        if stamp.exists() and stamp.read_text() == wanted:
            return ""
        # Without its stamp an interrupted installation is made anew, never trusted.
        stamp.unlink(missing_ok=True)
        for name in FILES:
            shutil.copyfile(LOCKED / name, FOLDER / name)
        failed = _install(lock)
        if not failed:
            stamp.write_text(wanted)
    return failed


@contextmanager
def _locked() -> Iterator[int]:
    """Parallel workers wait for the first."""
    handle = os.open(FOLDER, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _install(lock: int) -> str:
    """Why there is no way to packages; empty when they are installed. Anything else is a failure: hashes that
    do not fit must not look like a machine without a network."""
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    try:
        done = subprocess.run(
            ["npm", "ci", *options],
            cwd=FOLDER,
            capture_output=True,
            text=True,
            timeout=_INSTALL_SECONDS,
            check=False,
            pass_fds=(lock,),  # should only this process be killed, the next one waits until npm has ended
        )
    except subprocess.TimeoutExpired:
        return f"ical.js is not tried: npm took longer than {_INSTALL_SECONDS} s"
    if done.returncode == 0:
        return ""
    code = re.search(r"code (\w+)", done.stderr)
    if code is not None and code[1] in _UNREACHABLE:
        return f"ical.js is not tried: npm cannot reach its packages ({code[1]})"
    raise AssertionError(f"npm could not install ical.js: {done.stderr.strip()}")
