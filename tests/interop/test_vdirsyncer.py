"""vdirsyncer keeps a folder of files and a calendar the same, both ways.

What is stored differently gets one more ETag a minute later: such tests have a login of their own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.interop.practice import password
from tests.interop.wire import Copy, Wire, moved
from tests.support.dav import event
from tests.support.demo import RunningDemo

AGENT = "vdirsyncer/0.21.0"
REFUSED = "Submitted sessions can't be edited."
Connect = Callable[[str, str], Wire]
OpenFolder = Callable[..., "Folder"]


class Folder:
    """One calendar as files, and `vdirsyncer sync` to go with it."""

    def __init__(self, program: Path, demo: RunningDemo, path: Path, login: str, calendar: str) -> None:
        self._program = program
        self._config = path / "config"
        self._files = path / "local" / calendar
        self._files.mkdir(parents=True)
        settings = {
            "general": {"status_path": str(path / "status")},
            "pair demo": {
                "a": "files", "b": "server", "collections": [calendar], "conflict_resolution": "b wins",
            },
            "storage files": {"type": "filesystem", "path": str(path / "local"), "fileext": ".ics"},
            "storage server": {
                "type": "caldav", "url": f"{demo.url}/dav/", "username": login, "password": password(login),
            },
        }  # fmt: skip
        self._config.write_text(
            "\n".join(
                f"[{section}]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in values.items())
                for section, values in settings.items()
            )
        )
        code, output = self._run("discover")
        assert code == 0, output

    def _run(self, command: str) -> tuple[int, str]:
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        done = subprocess.run(
            [self._program / "python", self._program / "vdirsyncer", "-c", self._config, command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
            check=False, env={**environment, "NO_PROXY": "*"},
        )  # fmt: skip
        return done.returncode, done.stdout

    def sync(self) -> str:
        """A sync without errors; what it printed."""
        code, output = self._run("sync")
        assert code == 0, output
        return output

    def sync_with_an_error(self) -> str:
        code, output = self._run("sync")
        assert code != 0, output
        return output

    def file(self, mark: str) -> Path:
        """The one file that holds `mark`."""
        [found] = [path for path in self._files.glob("*.ics") if mark in self.text(path)]
        return found

    def session(self, identity: str) -> Path:
        return self.file(f"X-CALGATE-ID:{identity}\n")

    def add(self, name: str, text: str) -> None:
        (self._files / name).write_text(text, encoding="utf-8", newline="")

    @property
    def count(self) -> int:
        return len(list(self._files.glob("*.ics")))

    @staticmethod
    def text(path: Path) -> str:
        return path.read_text(encoding="utf-8").replace("\r\n", "\n").replace("\n ", "")


def edit(path: Path, change: Callable[[str], str]) -> None:
    """Changes a file; vdirsyncer goes by its time of change."""
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, encoding="utf-8")
    later = path.stat().st_mtime + 5
    os.utime(path, (later, later))


@pytest.fixture
def open_folder(foreign: Path, demo: RunningDemo, tmp_path: Path) -> OpenFolder:
    def begin(login: str = "syncer", calendar: str = "sessions") -> Folder:
        return Folder(foreign, demo, tmp_path, login, calendar)

    return begin


def quiet(output: str) -> bool:
    return not any(word in output for word in ("Copying", "Deleting", "Updating", "conflict"))


def test_a_second_and_third_sync_do_nothing(open_folder: OpenFolder, connect: Connect) -> None:
    folder = open_folder("steady")
    assert folder.sync().count("Copying") == 5
    wire = connect("steady", AGENT)
    before = wire.etags(wire.sessions)

    assert quiet(folder.sync()) and quiet(folder.sync())
    assert wire.etags(wire.sessions) == before and folder.count == 5


def test_an_allowed_move(open_folder: OpenFolder, connect: Connect) -> None:
    folder, wire = open_folder("syncer-moves"), connect("syncer-moves", AGENT)
    folder.sync()
    edit(folder.session("move"), lambda text: moved(text, "20260310", "20260312"))

    folder.sync()
    there = wire.session("move")
    folder.sync()

    assert there.value("DTSTART") == "20260312T100000"
    assert there.value("X-CALGATE-STATUS") == "pending_validation"
    here = folder.text(folder.session("move"))
    assert "DTSTART;TZID=America/New_York:20260312T100000\n" in here and "STATUS:TENTATIVE\n" in here
    assert quiet(folder.sync())


def test_a_refused_move_comes_back_with_its_reason(open_folder: OpenFolder, connect: Connect) -> None:
    folder, wire = open_folder(), connect("syncer", AGENT)
    folder.sync()
    edit(folder.session("locked"), lambda text: moved(text, "20260225", "20260226"))

    assert "403" in folder.sync_with_an_error()
    folder.sync()

    here = folder.text(folder.session("locked"))
    assert "DTSTART;TZID=America/New_York:20260225T153000\n" in here
    assert f"\nDESCRIPTION:{REFUSED} Contact your organization." in here
    assert wire.session("locked").value("DTSTART") == "20260225T153000"
    assert quiet(folder.sync())


def test_a_delete_comes_back_as_cancelled(open_folder: OpenFolder, connect: Connect) -> None:
    folder, wire = open_folder("syncer-deletes"), connect("syncer-deletes", AGENT)
    folder.sync()
    folder.session("own").unlink()

    folder.sync()
    assert wire.session("own").value("STATUS") == "CANCELLED"
    folder.sync()

    here = folder.text(folder.session("own"))
    assert "\nSTATUS:CANCELLED\n" in here and "\nSUMMARY:Cancelled: Noah Lane" in here
    assert quiet(folder.sync())


def test_a_refused_delete_comes_back(open_folder: OpenFolder) -> None:
    folder = open_folder()
    folder.sync()
    folder.session("locked").unlink()

    folder.sync_with_an_error()
    folder.sync()

    assert REFUSED in folder.text(folder.session("locked"))


def test_a_plain_calendar(open_folder: OpenFolder, connect: Connect) -> None:
    wire = connect("syncer", AGENT)
    calendar = f"{wire.home}garden/"
    assert wire.ask("MKCALENDAR", calendar).status == 201
    folder = open_folder(calendar="garden")
    folder.add("here.ics", event("here@example", "X-KEPT;X-P=1:a,b", "DESCRIPTION:from the file"))
    assert (
        wire.put(f"{calendar}there.ics", event("there@example", "DESCRIPTION:from the server")).status == 201
    )

    folder.sync()
    assert "from the server" in folder.text(folder.file("UID:there@example\n"))
    [path] = [href for href in wire.etags(calendar) if not href.endswith("/there.ics")]
    kept: Copy = wire.get(path)
    assert "X-KEPT;X-P=1:a,b\n" in kept.flat
    assert quiet(folder.sync()) and quiet(folder.sync())

    edit(folder.file("UID:there@example\n"), lambda text: text.replace("Lunch", "Supper"))
    assert wire.ask("DELETE", path, If_Match=kept.etag).status == 204
    folder.sync()
    assert wire.get(f"{calendar}there.ics").value("SUMMARY") == "Supper"
    assert folder.count == 1

    folder.add("more.ics", event("more@example"))
    folder.sync()
    folder.file("UID:there@example\n").unlink()
    folder.sync()
    assert len(wire.etags(calendar)) == 1 and quiet(folder.sync())
