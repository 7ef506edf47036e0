"""What is committed runs anywhere: it names no folder of a developer's machine and no package host."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SKIPPED = {"__pycache__", "static", "results", "node_modules"}
# Written in pieces, or this file would be its own finding.
HOSTS = [
    "py" + "pi.org",
    "python" + "hosted",
    "npm" + "js",
    "un" + "pkg",
    "js" + "delivr",
    "--index" + "-url",
]
FOLDERS = ["/wo" + "rk", "/ro" + "ot", "/ho" + "me", "/Us" + "ers", "/o" + "pt", "/t" + "mp"]
FORBIDDEN = re.compile(
    "|".join(
        [re.escape(host) for host in HOSTS] + [rf"(?<![\w.>}})\]-]){folder}/[\w.]" for folder in FOLDERS]
    )
)


def test_no_file_names_this_machine_or_a_package_host() -> None:
    findings = []
    for path in _files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if str(ROOT) in line or FORBIDDEN.search(line):
                findings.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert findings == []


@pytest.mark.parametrize(
    "line", ["see /wo" + "rk/main", "x = '/ro" + "ot/.pyenv'", "--index" + "-url x", "open('/t" + "mp/x')"]
)
def test_the_pattern_finds_what_it_should(line: str) -> None:
    assert FORBIDDEN.search(line)


@pytest.mark.parametrize(
    "line", ["href=/dav/ada/home/x", "a/ro" + "ot/b", "the /t" + "mp folder", "{x}/ho" + "me/y"]
)
def test_the_pattern_spares_addresses(line: str) -> None:
    assert not FORBIDDEN.search(line)


def _files() -> list[Path]:
    """Files that git knows or would take in; without git all files outside of hidden folders."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True)
        names = [ROOT / name for name in listed.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [path for path in ROOT.rglob("*") if not _hidden(path.relative_to(ROOT))]
    return [path for path in names if path.is_file() and not SKIPPED & set(path.relative_to(ROOT).parts)]


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") and part != ".ci" for part in path.parts)
