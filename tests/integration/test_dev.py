"""The set-up by dev.py: when environments are made, kept and made anew. Nothing is installed here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import dev

Installed = list[str]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """A project folder in place of this one, and what would have been installed in it."""
    calls: Installed = []
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "_install", lambda python, requirements, lock: calls.append(requirements))
    for name in ("requirements.txt", "requirements-test.txt"):
        (tmp_path / name).write_text(name)
    return calls


def test_an_environment_is_made_once(installed: Installed, tmp_path: Path) -> None:
    python = dev.environment(".venv", dev.RUNTIME)
    assert python == tmp_path / ".venv" / "bin" / "python"
    assert dev.environment(".venv", dev.RUNTIME) == python
    assert installed == ["requirements.txt"]


def test_the_test_requirements_are_added_to_the_runtime_ones(installed: Installed, tmp_path: Path) -> None:
    dev.environment(".venv", dev.RUNTIME)
    (tmp_path / ".venv" / "kept").touch()
    dev.environment(".venv", dev.TEST)
    dev.environment(".venv", dev.RUNTIME)
    assert installed == ["requirements.txt", "requirements-test.txt"]
    assert (tmp_path / ".venv" / "kept").exists()


@pytest.mark.parametrize("changed", ["requirements.txt", "requirements-test.txt"])
def test_other_requirements_make_it_anew(installed: Installed, tmp_path: Path, changed: str) -> None:
    dev.environment(".venv", dev.TEST)
    (tmp_path / ".venv" / "old").touch()
    (tmp_path / changed).write_text("other")
    dev.environment(".venv", dev.TEST)
    assert len(installed) == 2 and not (tmp_path / ".venv" / "old").exists()


def test_an_interrupted_set_up_is_made_anew(
    installed: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(python: Path, requirements: str, lock: int) -> None:
        (tmp_path / ".venv" / "half").touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(dev, "_install", interrupted)
        dev.environment(".venv", dev.RUNTIME)
    dev.environment(".venv", dev.RUNTIME)
    assert installed == ["requirements.txt"] and not (tmp_path / ".venv" / "half").exists()


def test_a_lost_interpreter_makes_it_anew(installed: Installed, tmp_path: Path) -> None:
    python = dev.environment(".venv", dev.RUNTIME)
    python.unlink()
    python.symlink_to(tmp_path / "gone")
    dev.environment(".venv", dev.RUNTIME)
    assert len(installed) == 2 and python.exists()


@pytest.mark.parametrize("stamp", ["", "[]", "{", '{"requirements.txt": 1}'])
def test_a_broken_stamp_is_not_believed(installed: Installed, tmp_path: Path, stamp: str) -> None:
    dev.environment(".venv", dev.RUNTIME)
    (tmp_path / ".venv" / dev.STAMP).write_text(stamp)
    dev.environment(".venv", dev.RUNTIME)
    assert len(installed) == 2


def test_a_made_environment_runs_and_finds_calgate_wherever_the_tree_is_moved(
    installed: Installed, tmp_path: Path
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "calgate.py").write_text("import sys; print(sys.prefix, sys.argv[1:])")
    dev.environment(".venv", dev.RUNTIME)
    moved = tmp_path.with_name(f"{tmp_path.name} moved")
    tmp_path.rename(moved)
    environment = {"PATH": os.defpath}
    command = [moved / ".venv" / "bin" / "calgate", "hello"]
    result = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=True)
    assert result.stdout == f"{moved / '.venv'} ['hello']\n"


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("WARNING: Retrying after connection broken by 'NewConnectionError'", "cannot be reached"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] ...", "is not trusted"),
        ("x\nERROR: No matching distribution found for a==1", "No matching distribution found for a==1"),
        ("something else", "pip said: something else"),
    ],
)
def test_a_failed_installation_is_one_sentence(output: str, sentence: str) -> None:
    assert sentence in dev._reason(output) and "\n" not in dev._reason(output)


@pytest.mark.parametrize(
    ("arguments", "status"), [([], 2), (["nonsense"], 2), (["--help"], 0), (["check", "x"], 2)]
)
def test_usage(arguments: list[str], status: int) -> None:
    script = Path(dev.__file__)
    result = subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, check=False)
    assert result.returncode == status and "usage: python3 dev.py" in result.stdout + result.stderr


def test_the_test_lock_repeats_the_runtime_lock() -> None:
    root = Path(dev.__file__).parent
    runtime, test = (_pins((root / name).read_text()) for name in dev.TEST)
    assert runtime and runtime.items() <= test.items()


def _pins(text: str) -> dict[str, str]:
    lines = [line.split(" ")[0] for line in text.splitlines() if "==" in line and line[0].isalpha()]
    return dict(line.split("==") for line in lines)
