"""calgate feed add|list|rotate|revoke, as people run them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from calgate.cli import run
from calgate.clock import Clock
from calgate.demo.practice import practice_at

Feed = Callable[..., tuple[int, str, str]]
LINK = "https://cal.example/x"


@pytest.fixture
def feed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Feed:
    for name in [name for name in os.environ if name.startswith("CALGATE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")
    config = tmp_path / "calgate.toml"
    config.write_text(
        '[server]\npublic_url = "https://cal.example/x/"\n[database]\nurl = "sqlite:///practice.db"\n'
    )
    practice = practice_at(Clock().now())
    for organization in practice["organizations"]:
        for person in organization["people"]:
            del person["password"]
    willow = practice["organizations"][1]
    willow["clients"].append({"id": "c-102", "first_name": "Other", "last_name": "Person"})
    (tmp_path / "practice.json").write_text(json.dumps(practice))
    assert run(["load", str(tmp_path / "practice.json"), "--config", str(config)]) == 0

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = run(["feed", *arguments, "--config", str(config)])
        output = capsys.readouterr()
        return status, output.out, output.err

    return call


def test_add_prints_a_qr_code_the_webcal_link_and_last_the_link(feed: Feed) -> None:
    status, out, err = feed("add", "--kind", "calendar", "--person", "ada", "--name", "Ada [b]M[/b]")
    lines = out.splitlines()
    assert (status, err) == (0, "")
    assert '"Ada [b]M[/b]"' in lines[0]
    assert lines[-1].startswith(f"{LINK}/feeds/") and lines[-1].endswith(".ics")
    assert lines[-2] == "webcal" + lines[-1].removeprefix("https")
    code = [line for line in lines if line and set(line) <= set(" ▀▄█")]
    assert len(code) >= 15 and len({len(line) for line in code}) == 1
    assert "\x1b" not in out, "what is not a terminal gets no colours"
    busy = feed("add", "--kind", "freebusy", "--person", "ada")[1].splitlines()[-1]
    assert busy.startswith(f"{LINK}/freebusy/") and busy.endswith(".ifb")


def test_list_tells_all_but_the_secret(feed: Feed) -> None:
    assert feed("list") == (0, "There are no links.\n", "")
    options = ("--name", "For Noah's family", "--detail", "first_name", "--expires", "2099-01-31")
    secret = feed("add", "--client", "c-101", *options)[1].splitlines()[-1].split("/")[-1][:-4]
    feed("add", "--kind", "freebusy", "--person", "mara")
    status, out, _ = feed("list")
    assert status == 0 and secret not in out
    head, first, second = out.splitlines()
    assert head.split() == ["id", "name", "for", "detail", "last", "used", "by", "expires", "state"]
    for word in ("For Noah's family", "client c-101", "first_name", "never", "2099-01-31 23:59", "live"):
        assert word in first
    assert "Mara Quinn" in second and "person mara (busy times)" in second
    assert "mara" not in feed("list", "--org", "riverside")[1]


def test_rotate_and_revoke(feed: Feed) -> None:
    old = feed("add", "--location", "main/2")[1].splitlines()[-1]
    identity = feed("list")[1].splitlines()[1].split()[0]
    status, out, _ = feed("rotate", identity)
    new = out.splitlines()[-1]
    assert status == 0 and new.startswith(f"{LINK}/feeds/") and new != old
    assert feed("revoke", identity)[0] == 0
    assert feed("list")[1].splitlines()[1].split()[-1] == "revoked"
    for command in ("revoke", "rotate"):
        status, out, err = feed(command, identity)
        assert (status, out) == (1, "") and one_sentence(err)


@pytest.mark.parametrize(
    ("arguments", "status", "named"),
    [
        (("add",), 2, "--person"),
        (("add", "--person", "ada", "--client", "c-101"), 2, "--person"),
        (("add", "--person", "nobody"), 1, "nobody"),
        (("add", "--client", "c-102"), 1, "--org"),
        (("add", "--client", "c-101", "--org", "willow"), 1, "willow"),
        (("add", "--location", "main/99"), 1, "main/99"),
        (("add", "--organization", "nowhere"), 1, "nowhere"),
        (("add", "--kind", "freebusy", "--client", "c-101"), 1, "people"),
        (("add", "--kind", "nonsense", "--person", "ada"), 2, "nonsense"),
        (("add", "--person", "ada", "--detail", "everything"), 2, "everything"),
        (("add", "--person", "ada", "--color", "#12"), 1, "colour"),
        (("add", "--person", "ada", "--color", "notacolor"), 1, "colour"),
        (("add", "--person", "ada", "--color", "#4682B4FF"), 1, "colour"),
        (("add", "--person", "ada", "--name", "two\nlines"), 1, "name"),
        (("add", "--person", "ada", "--name", "bad\udcff"), 1, "name"),
        (("add", "--person", "ada", "--expires", "soon"), 2, "--expires"),
        (("add", "--person", "ada", "--expires", "2001-01-01"), 1, "future"),
        (("add", "--person", "ada", "--past-days", "-1"), 2, "past-days"),
        (("add", "--person", "ada", "--future-days", "99999"), 1, "future_days"),
        (("add", "--person", "ada", "--status", "nonsense"), 2, "nonsense"),
        (("revoke", "nothing"), 1, "nothing"),
        (("rotate", "nothing"), 1, "nothing"),
        (("list", "--org", "nowhere"), 1, "nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    feed: Feed, arguments: tuple[str, ...], status: int, named: str
) -> None:
    found, out, err = feed(*arguments)
    assert (found, out) == (status, "") and one_sentence(err) and named in err
    assert feed("list")[1] == "There are no links.\n"


@pytest.mark.parametrize("color", ["SteelBlue", "grey", "#4682b4"])
def test_a_color_is_a_css3_name_or_rgb(feed: Feed, color: str) -> None:
    assert feed("add", "--person", "ada", "--color", color)[0] == 0


def test_the_help_says_that_full_detail_may_name_people(feed: Feed) -> None:
    said = " ".join(feed("add", "--help")[1].replace("│", " ").split())
    assert "links of --organization and --location show titles and places as they were written, which" in said
    assert "default: full for --person, else initials" in said


def test_a_client_of_two_organizations_is_named_with_one_of_them(feed: Feed) -> None:
    assert feed("add", "--client", "c-102", "--org", "willow")[0] == 0
    assert "client c-102" in feed("list", "--org", "willow")[1]
    assert feed("list", "--org", "riverside")[1] == "There are no links.\n"


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith(".\n") and "Traceback" not in text
