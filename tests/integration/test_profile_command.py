"""calgate profile, as people run it."""

from __future__ import annotations

import json
import os
import plistlib
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7

from calgate.app import open_gate
from calgate.cli import run
from calgate.clock import Clock
from calgate.demo.practice import practice_at
from calgate.settings import load_settings
from tests.support.certificates import certificate, pem

Call = Callable[..., tuple[int, str, str]]
ROOT = "https://cal.example"


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in [name for name in os.environ if name.startswith("CALGATE_")]:
        monkeypatch.delenv(name)
    path = tmp_path / "calgate.toml"
    path.write_text(f'[server]\npublic_url = "{ROOT}/"\n[database]\nurl = "sqlite:///practice.db"\n')
    practice = practice_at(Clock().now())
    for organization in practice["organizations"]:
        for person in organization["people"]:
            del person["password"]
    (tmp_path / "practice.json").write_text(json.dumps(practice))
    assert run(["load", str(tmp_path / "practice.json"), "--config", str(path)]) == 0
    return path


@pytest.fixture
def calgate(capsys: pytest.CaptureFixture[str], config: Path) -> Call:
    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        status = run([*map(str, arguments), "--config", str(config)])
        output = capsys.readouterr()
        return status, output.out, output.err

    return call


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "ada.mobileconfig"


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = plistlib.loads(path.read_bytes())
    return found


def link(calgate: Call, *arguments: str) -> tuple[str, str]:
    """The link and its id."""
    _, printed, _ = calgate("feed", "add", *arguments)
    return printed.splitlines()[-1], printed.partition(", id ")[2].partition(";")[0]


def test_an_account_without_a_password(calgate: Call, out: Path) -> None:
    status, printed, error = calgate("profile", "ada", "--out", out)
    assert (status, error) == (0, "")
    assert printed.splitlines()[-1] == f"Written: {out}"
    assert "not signed" in printed
    [content] = read(out)["PayloadContent"]
    assert content["CalDAVPrincipalURL"] == f"{ROOT}/dav/ada/"
    assert "CalDAVPassword" not in content
    assert read(out)["PayloadOrganization"] == content["CalDAVAccountDescription"] == "Riverside Therapy"
    assert calgate("password", "list", "ada")[1].strip() == "There are no app passwords."


def test_a_fresh_password_is_in_the_file_alone(calgate: Call, out: Path, config: Path) -> None:
    out.write_text("old")
    out.chmod(0o644)
    status, printed, _ = calgate("profile", "ada", "--password", "--out", out)
    password = read(out)["PayloadContent"][0]["CalDAVPassword"]
    assert status == 0
    assert password not in printed
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    gate = open_gate(load_settings(config), Clock())
    try:
        found = gate.authenticate("ada", password)
        assert found is not None and found.person == "ada"
        assert gate.authenticate("ben", password) is None
    finally:
        gate.close()
    assert calgate("password", "revoke", "ada", "Apple profile")[0] == 0


def test_subscriptions_with_and_without_an_account(calgate: Call, out: Path) -> None:
    address, id_ = link(calgate, "--client", "c-101", "--name", "Noah")
    webcal = "webcal" + address.removeprefix("https")
    assert calgate("profile", "--feed", webcal, "--out", out)[0] == 0
    [content] = read(out)["PayloadContent"]
    found = content["SubCalAccountHostName"], content["SubCalAccountDescription"]
    assert found == (address, "Noah")
    assert read(out)["PayloadOrganization"] == "Riverside Therapy"
    assert calgate("profile", "ada", "--feed", address, "--out", out)[0] == 0
    kinds = [each["PayloadType"] for each in read(out)["PayloadContent"]]
    assert kinds == ["com.apple.caldav.account", "com.apple.subscribedcalendar.account"]
    before = read(out)["PayloadContent"][1]["PayloadUUID"]
    rotated = calgate("feed", "rotate", id_)[1].splitlines()[-1]
    assert calgate("profile", "ada", "--feed", rotated, "--out", out)[0] == 0
    assert read(out)["PayloadContent"][1]["PayloadUUID"] == before


def test_it_goes_to_stdout_alone(config: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["profile", "ada", "--out", "-", "--config", str(config)]) == 0
    assert plistlib.loads(capfdbinary.readouterr().out)["PayloadType"] == "Configuration"


def test_it_is_signed_when_a_key_is_configured(calgate: Call, out: Path, config: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    (config.parent / "signer.pem").write_bytes(certificate("Riverside", key, datetime.now(UTC)))
    (config.parent / "signer.key").write_bytes(pem(key))
    config.write_text(config.read_text() + '[profile]\ncertificate = "signer.pem"\nkey = "signer.key"\n')
    status, printed, _ = calgate("profile", "ada", "--out", out)
    assert (status, printed) == (0, f"Written: {out}\n")
    [by] = pkcs7.load_der_pkcs7_certificates(out.read_bytes())
    assert by.subject.rfc4514_string() == "CN=Riverside"
    assert b"<string>com.apple.caldav.account</string>" in out.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("ada",), 2, "Say where to write the profile"),
        (("--out", "x"), 2, "Say whose account it is"),
        (("--password", "--feed", f"{ROOT}/feeds/x.ics", "--out", "x"), 2, "Say whose account it is"),
        (("kim", "--out", "x"), 1, "There is no person 'kim'."),
        (("ada", "--feed", "0f3a", "--out", "x"), 1, "calgate feed rotate 0f3a."),
        (("ada", "--feed", f"{ROOT}/feeds/unknown.ics", "--out", "x"), 1, "a feed of this server"),
        (("ada", "--feed", "https://other.example/feeds/x.ics", "--out", "x"), 1, "a feed of this server"),
    ],
)
def test_what_cannot_be_made(
    calgate: Call,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: tuple[str, ...],
    status: int,
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    found, printed, error = calgate("profile", *arguments)
    assert (found, printed) == (status, "")
    assert says in error and error.count("\n") == 1
    assert not (tmp_path / "x").exists()


def test_links_that_are_no_feed_any_more(calgate: Call, out: Path) -> None:
    address, id_ = link(calgate, "--person", "ada")
    assert calgate("feed", "revoke", id_)[0] == 0
    assert "is revoked" in calgate("profile", "ada", "--feed", address, "--out", out)[2]
    busy, _ = link(calgate, "--kind", "freebusy", "--person", "ada")
    assert "a feed of this server" in calgate("profile", "ada", "--feed", busy, "--out", out)[2]
    assert not out.exists()


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://cal.example", 1),
        ("http://10.0.0.5:5232", 1),
        ("http://localhost:5232", 0),
        ("http://127.0.0.1:5232", 0),
        ("http://[::1]:5232", 0),
    ],
)
def test_plain_http_only_on_this_machine(
    calgate: Call, out: Path, monkeypatch: pytest.MonkeyPatch, url: str, status: int
) -> None:
    monkeypatch.setenv("CALGATE_SERVER__PUBLIC_URL", url)
    found, _, error = calgate("profile", "ada", "--password", "--out", out)
    assert found == status
    assert ("set public_url" in error) == (status == 1)
    assert out.exists() == (status == 0)


def test_files_that_cannot_be_used(calgate: Call, out: Path, config: Path) -> None:
    missing = out.parent / "none" / "x"
    assert "cannot be written: No such file or directory." in calgate("profile", "ada", "--out", missing)[2]
    whole = config.read_text()
    config.write_text(whole + '[profile]\ncertificate = "none.pem"\n')
    assert "set both in [profile]" in calgate("profile", "ada", "--out", out)[2]
    config.write_text(whole + '[profile]\ncertificate = "none.pem"\nkey = "none.key"\n')
    error = calgate("profile", "ada", "--password", "--out", out)[2]
    assert error == f"{config.parent / 'none.pem'} cannot be read: No such file or directory.\n"
    assert calgate("password", "list", "ada")[1].strip() == "There are no app passwords."
    assert not out.exists()
