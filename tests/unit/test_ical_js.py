"""How the tests come by ical.js, and what they say where they cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import ical_js


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A npm that a test writes, beside a node; installations go to a folder of the test's own."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("node", "npm"):
        (programs / name).write_text("#!/bin/sh\nexit 0\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(ical_js, "FOLDER", tmp_path / "cache")
    return programs / "npm"


def test_it_is_installed_once(npm: Path, tmp_path: Path) -> None:
    npm.write_text('#!/bin/sh\necho "$1" >> ran\n')
    assert [ical_js.missing(), ical_js.missing()] == ["", ""]
    assert (tmp_path / "cache" / "ran").read_text() == "ci\n"


@pytest.mark.parametrize("name", ["node", "npm"])
def test_without_a_program_one_line_names_it(npm: Path, name: str) -> None:
    npm.with_name(name).unlink()
    assert ical_js.missing() == f"ical.js is not tried: {name} not found"


def test_without_a_network_one_line_says_so_and_the_next_run_tries_again(npm: Path) -> None:
    npm.write_text('#!/bin/sh\necho "npm error code ENOTFOUND" >&2\nexit 1\n')
    assert ical_js.missing() == "ical.js is not tried: npm cannot reach its packages (ENOTFOUND)"
    npm.write_text("#!/bin/sh\nexit 0\n")
    assert ical_js.missing() == ""


def test_a_hash_that_does_not_fit_is_a_failure(npm: Path) -> None:
    npm.write_text('#!/bin/sh\necho "npm error code EINTEGRITY" >&2\nexit 1\n')
    with pytest.raises(AssertionError, match="EINTEGRITY"):
        ical_js.missing()
