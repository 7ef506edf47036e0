"""The commands as people run them: exit status, stdout, one sentence on stderr."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calgate.cli import run
from calgate.clock import Clock
from calgate.demo.practice import practice_at
from calgate.gate import upkeep
from calgate.settings import load_settings
from calgate.store.lock import reserved
from calgate.store.migrations import newest

COMMANDS = [
    *("demo", "serve", "load", "rules", "explain", "backup", "restore", "doctor"),
    *("password add", "password list", "password revoke", "pack check", "db upgrade"),
    *("feed add", "feed list", "feed rotate", "feed revoke", "profile"),
]
Calgate = Callable[..., tuple[int, str, str]]


@pytest.fixture
def calgate(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Calgate:
    for name in [name for name in os.environ if name.startswith("CALGATE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        status = run([str(each) for each in arguments])
        output = capsys.readouterr()
        return status, output.out, output.err

    return call


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "installation"
    folder.mkdir()
    path = folder / "calgate.toml"
    path.write_text('[database]\nurl = "sqlite:///practice.db"\n')
    return path


@pytest.fixture
def practice(tmp_path: Path) -> Path:
    path = tmp_path / "practice.json"
    path.write_text(json.dumps(without_passwords(practice_at(Clock().now()))))
    return path


def without_passwords(content: dict[str, Any]) -> dict[str, Any]:
    for organization in content["organizations"]:
        for person in organization["people"]:
            del person["password"]
    return content


def is_one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith(".\n") and "Traceback" not in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_takes_a_config(calgate: Calgate, command: str) -> None:
    status, out, _ = calgate(*command.split(), "--help")
    assert status == 0 and "--config" in out and "Usage: calgate " + command in out


@pytest.mark.parametrize(
    "wrong",
    ["nonsense", "load", "load --nonsense x", "explain many", "demo --now yesterday", "demo --port 70000"],
)
def test_wrong_usage_is_2_and_one_sentence(calgate: Calgate, wrong: str) -> None:
    status, out, err = calgate(*wrong.split())
    assert (status, out) == (2, "") and is_one_sentence(err)


def test_without_a_command_there_is_help(calgate: Calgate) -> None:
    status, out, _ = calgate()
    assert status == 0 and "doctor" in out


@pytest.mark.parametrize("command", ["load practice.json", "rules", "doctor", "password list", "backup copy"])
def test_a_bad_setting_is_one_sentence(calgate: Calgate, command: str, config: Path) -> None:
    config.write_text("[server]\nprot = 1\n")
    status, _, err = calgate(*command.split(), "--config", config)
    assert status == 1 and is_one_sentence(err) and "'server.port'" in err


def test_load_upserts_and_says_what_changed(calgate: Calgate, config: Path, practice: Path) -> None:
    assert calgate("db", "upgrade", "--config", config)[0] == 0
    status, out, err = calgate("load", "--config", config, practice)
    assert (status, err) == (0, "") and len(out.splitlines()) > 3
    status, out, _ = calgate("load", practice, "--config", config)
    assert (status, out) == (0, "Nothing changed.\n")


def test_the_schema_is_not_renewed_under_a_running_server(calgate: Calgate, config: Path) -> None:
    with reserved(load_settings(config).database.url):
        status, _, err = calgate("db", "upgrade", "--config", config)
        assert status == 1 and is_one_sentence(err) and "in use by a server" in err
    assert calgate("db", "upgrade", "--config", config)[:2] == (0, f"The schema is now {newest()}.\n")
    with reserved(load_settings(config).database.url):
        said = calgate("db", "upgrade", "--config", config)[:2]
        assert said == (0, f"The schema is up to date ({newest()}).\n")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("{", "not valid JSON"),
        (
            '{"calgate": 1, "organizations": [{"id": "o", "pack": "mavis", "timezone": "Mars"}]}',
            "organizations[0]",
        ),
        ('{"calgate": 1, "organisations": []}', "organizations"),
        (None, "cannot be read"),
    ],
)
def test_a_bad_practice_file_names_the_place(
    calgate: Calgate, config: Path, tmp_path: Path, content: str | None, named: str
) -> None:
    calgate("db", "upgrade", "--config", config)
    file = tmp_path / "bad.json"
    if content is not None:
        file.write_text(content)
    status, out, err = calgate("load", file, "--config", config)
    assert (status, out) == (1, "") and is_one_sentence(err) and named in err


def test_passwords_in_a_practice_file_are_for_the_demo_only(
    calgate: Calgate, config: Path, tmp_path: Path
) -> None:
    calgate("db", "upgrade", "--config", config)
    file = tmp_path / "demo.json"
    file.write_text(json.dumps(practice_at(Clock().now())))
    status, _, err = calgate("load", file, "--config", config)
    assert status == 1 and is_one_sentence(err) and "organizations[0].people[0].password" in err
    assert "ada-demo" not in err


def test_an_app_password_is_shown_once_alone_on_the_last_line(
    calgate: Calgate, config: Path, practice: Path
) -> None:
    calgate("db", "upgrade", "--config", config)
    calgate("load", practice, "--config", config)
    status, out, _ = calgate("password", "add", "ada", "--label", "Ada's iPhone", "--config", config)
    secret = out.splitlines()[-1]
    assert status == 0 and len(secret) >= 27 and " " not in secret
    status, out, _ = calgate("password", "--config", config, "list")
    assert status == 0 and "Ada's iPhone" in out and secret not in out
    assert calgate("password", "revoke", "ada", "Ada's iPhone", "--config", config)[0] == 0
    status, _, err = calgate("password", "revoke", "ada", "Ada's iPhone", "--config", config)
    assert status == 1 and is_one_sentence(err)


@pytest.mark.parametrize("label", ["", " \t", "two\nlines", "a\0b", "a\x9bb", "bad\udcff", "x" * 101])
def test_an_app_password_needs_a_label_that_says_something(
    calgate: Calgate, config: Path, practice: Path, label: str
) -> None:
    calgate("load", practice, "--config", config)
    status, out, err = calgate("password", "add", "ada", "--label", label, "--config", config)
    assert (status, out) == (1, "") and is_one_sentence(err) and "label" in err
    assert "x" * 101 not in err and calgate("password", "list", "ada", "--config", config)[1].count("\n") == 1


def test_nobody_has_no_password(calgate: Calgate, config: Path) -> None:
    calgate("db", "upgrade", "--config", config)
    for command in (["add", "nobody", "--label", "x"], ["list", "nobody"], ["revoke", "nobody", "1"]):
        status, out, err = calgate("password", *command, "--config", config)
        assert (status, out, err) == (1, "", "There is no person 'nobody'.\n")


def test_rules_are_those_of_each_organization(calgate: Calgate, config: Path, practice: Path) -> None:
    calgate("db", "upgrade", "--config", config)
    status, _, err = calgate("rules", "--config", config)
    assert status == 1 and is_one_sentence(err)
    calgate("load", practice, "--config", config)
    status, out, _ = calgate("rules", "--config", config, "--org", "riverside")
    assert status == 0 and "R-ORG-2" in out and "week_start=SU" in out and "northdown" not in out
    status, out, _ = calgate("rules", "--pack", "provider_app")
    assert status == 0 and "week_start=MO" in out
    status, _, err = calgate("rules", "--pack", "nonsense")
    assert status == 1 and is_one_sentence(err) and "nonsense" in err


@pytest.mark.parametrize("pack", ["provider_app", "sessions_health", "mavis"])
def test_pack_check_runs_the_scenarios(calgate: Calgate, pack: str) -> None:
    status, out, err = calgate("pack", "check", pack)
    assert (status, err) == (0, "") and "scenarios hold" in out


def test_pack_check_of_what_is_no_name(calgate: Calgate) -> None:
    assert calgate("pack", "check", "../x") == (1, "", "There is no pack '../x'.\n")


def test_an_unknown_decision(calgate: Calgate, config: Path) -> None:
    calgate("db", "upgrade", "--config", config)
    assert calgate("explain", "7", "--config", config) == (1, "", "There is no decision 7.\n")
    large = "9" * 23
    assert calgate("explain", large, "--config", config) == (1, "", f"There is no decision {large}.\n")


def test_backup_and_restore(calgate: Calgate, config: Path, practice: Path, tmp_path: Path) -> None:
    calgate("db", "upgrade", "--config", config)
    calgate("load", practice, "--config", config)
    status, out, err = calgate("backup", tmp_path / "copy", "--config", config)
    assert (status, err) == (0, "") and "rows" in out
    for name in ("practice.db", "practice.db-wal", "practice.db-shm"):
        (config.parent / name).unlink(missing_ok=True)
    assert calgate("restore", tmp_path / "copy", "--config", config)[0] == 0
    assert calgate("load", practice, "--config", config)[1] == "Nothing changed.\n"
    status, _, err = calgate("backup", tmp_path / "copy", "--config", config)
    assert status == 1 and is_one_sentence(err) and "exists already" in err


def test_no_server_starts_during_a_restore(
    calgate: Calgate, config: Path, practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calgate("load", practice, "--config", config)
    calgate("backup", tmp_path / "copy", "--config", config)
    restore, locked = upkeep.restore, []

    def restored(*arguments: Any) -> int:
        with pytest.raises(upkeep.StoreError, match="in use"), upkeep.reserved(url):
            pass
        locked.append(url)
        return restore(*arguments)

    url = f"sqlite:///{config.parent / 'practice.db'}"
    monkeypatch.setattr(upkeep, "restore", restored)
    assert calgate("restore", tmp_path / "copy", "--config", config)[0] == 0 and locked
    with upkeep.reserved(url):
        pass


@pytest.mark.parametrize("command", ["serve", "restore copy"])
def test_a_database_where_nothing_can_be_made_is_one_sentence(
    calgate: Calgate, config: Path, command: str
) -> None:
    config.write_text('[database]\nurl = "sqlite:///nowhere/practice.db"\n')
    status, out, err = calgate(*command.split(), "--config", config)
    assert (status, out) == (1, "") and is_one_sentence(err) and "nowhere/practice.db" in err


NEEDS_A_DATABASE = (
    *("rules", "explain 1", "backup x", "doctor", "password list", "password list ada"),
    *("password add ada --label x", "password revoke ada 1", "feed list", "feed add --person ada"),
    *("feed rotate 1", "feed revoke 1", "profile ada --out ada.mobileconfig"),
)


def test_no_command_makes_a_database_by_mistake(calgate: Calgate, config: Path) -> None:
    for command in NEEDS_A_DATABASE:
        status, _, err = calgate(*command.split(), "--config", config)
        assert status == 1 and is_one_sentence(err) and "calgate db upgrade" in err, command
    assert [each.name for each in config.parent.iterdir()] == [config.name]


def test_no_command_fills_an_empty_database_by_mistake(calgate: Calgate, config: Path) -> None:
    (config.parent / "practice.db").touch()
    sentence = "There is nothing in the database yet: run calgate db upgrade.\n"
    for command in NEEDS_A_DATABASE:
        assert calgate(*command.split(), "--config", config) == (1, "", sentence), command
    assert not (config.parent / "keys").exists()


def test_doctor(calgate: Calgate, config: Path, practice: Path) -> None:
    calgate("db", "upgrade", "--config", config)
    calgate("load", practice, "--config", config)
    status, out, _ = calgate("doctor", "--config", config)
    assert status == 0 and [line.split()[0] for line in out.splitlines()] == [
        "ok",
        "ok",
        "ok",
        "note",
        "note",
    ]
    (config.parent / "keys" / "calgate.key").chmod(0o644)
    status, out, _ = calgate("doctor", "--config", config)
    assert status == 1 and "readable by others" in out


def test_a_database_that_does_not_answer_is_one_sentence(calgate: Calgate, config: Path) -> None:
    config.write_text('[database]\nurl = "postgresql://u:hunter2@127.0.0.1:1/none"\n')
    for command in (["doctor"], ["rules"], ["db", "upgrade"]):
        status, _, err = calgate(*command, "--config", config)
        assert status == 1 and is_one_sentence(err) and "does not answer" in err and "hunter2" not in err


def test_more_workers_need_postgresql(calgate: Calgate, config: Path) -> None:
    status, _, err = calgate("serve", "--workers", "2", "--config", config)
    assert status == 1 and is_one_sentence(err) and "PostgreSQL" in err


def test_a_file_nested_too_deeply_is_told_so(calgate: Calgate, config: Path, tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000 + "]" * 100_000)
    status, _, error = calgate("load", path, "--config", config)
    assert (status, error) == (1, f"{path} is not a practice file: it is nested too deeply.\n")


def test_config_may_stand_before_the_command(calgate: Calgate, config: Path, practice: Path) -> None:
    assert calgate("load", practice, "--config", config)[0] == 0
    assert calgate("--config", config, "password", "list", "ada")[0] == 0
