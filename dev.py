"""Set-up and everyday commands: python3 dev.py demo|test|bench|check [ARGS]. Standard library only."""

import sys

if sys.version_info < (3, 11):  # before anything that an older Python cannot read
    sys.exit("calgate needs Python 3.11 or newer; this is Python " + sys.version.split()[0] + ".")

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
BASE_PYTHON = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
STAMP = "calgate-setup.json"
RUNTIME = ("requirements.txt",)
TEST = ("requirements.txt", "requirements-test.txt")
INTEROP = ("requirements-interop.txt",)
BENCH = ("requirements-bench.txt",)
USAGE = "usage: python3 dev.py demo|test|bench|check [ARGS]"


class SetupError(Exception):
    """An environment cannot be made; the text is one sentence for the person."""


def main(argv: list[str]) -> int:
    command, arguments = (argv[0], argv[1:]) if argv else ("", [])
    commands = {"demo": demo, "test": test, "bench": bench, "check": check}
    if command in ("-h", "--help"):
        print(USAGE)
        return 0
    if command not in commands:
        print(USAGE, file=sys.stderr)
        return 2
    # The packages come without bytecode. It is kept when they are first imported, or every start, and every
    # server of the tests, would compile them anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return commands[command](arguments)


def demo(arguments: list[str]) -> int:
    python = environment(".venv", RUNTIME)
    os.execv(python, [str(python), "-P", "-m", "calgate", "demo", *arguments])


def test(arguments: list[str]) -> int:
    python = environment(".venv", TEST)
    os.chdir(ROOT)
    if not any(each.startswith(("-n", "-p")) for each in arguments):
        arguments = ["-n", "auto", "--dist", "worksteal", *arguments]
    _wait_for_no_disk()
    os.execv(python, [str(python), "-m", "pytest", *arguments])


def _wait_for_no_disk() -> None:
    """Thousands of durable writes: databases of tests lie in memory where the system has room for them."""
    memory = "/dev/shm"
    if os.path.isdir(memory) and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 << 30:
        os.environ.setdefault("TMPDIR", memory)


def bench(arguments: list[str]) -> int:
    python = environment(".venv", RUNTIME)
    environment(".venv-bench", BENCH)
    os.chdir(ROOT)
    os.execv(python, [str(python), "-m", "bench", *arguments])


def check(arguments: list[str]) -> int:
    if arguments:
        print("usage: python3 dev.py check", file=sys.stderr)
        return 2
    python = environment(".venv", TEST)
    steps = {
        "format": ["-m", "ruff", "format", "--check", "."],
        "lint": ["-m", "ruff", "check", "."],
        "types": ["-m", "mypy", "--strict", "src", "plugins", "bench"],
        "imports": ["-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
    }
    failed = [name for name, step in steps.items() if subprocess.call([python, *step], cwd=ROOT)]
    print("check: " + (", ".join(failed) + " failed" if failed else "all good"))
    return 1 if failed else 0


def interop() -> Path:
    """The interpreter of the foreign clients' environment, for the tests; raises SetupError."""
    return environment(".venv-interop", INTEROP)


def environment(name: str, requirements: tuple[str, ...]) -> Path:
    """The interpreter of ROOT/name with these locked files installed, made or renewed when it has to be.

    Raises SetupError. A second process waits for the first.
    """
    folder = ROOT / name
    python = folder / "bin" / "python"
    wanted = {file: hashlib.sha256((ROOT / file).read_bytes()).hexdigest() for file in requirements}
    if _installed(folder).items() >= wanted.items():
        return python
    with _locked() as lock:
        present = _installed(folder)
        if present.items() >= wanted.items():
            return python
        began = time.monotonic()
        print(f"Setting up {name} (once) ...", file=sys.stderr, flush=True)
        try:
            if not present or any(wanted.get(file, digest) != digest for file, digest in present.items()):
                _make(folder)
                if name == ".venv":
                    _add_calgate(folder)
            # Without its stamp an interrupted set-up is made anew, never trusted.
            (folder / STAMP).unlink(missing_ok=True)
            _install(python, requirements[-1], lock)
            (folder / STAMP).write_text(json.dumps({**present, **wanted}))
        except OSError as error:
            raise SetupError(f"{name} could not be made: {error}.") from error
        print(f"{name} is ready after {time.monotonic() - began:.0f} s.", file=sys.stderr, flush=True)
    return python


def _installed(folder: Path) -> dict[str, str]:
    """What the environment's stamp says is installed; nothing when its interpreter is gone."""
    try:
        if not (folder / "bin" / "python").exists():
            return {}
        stamp = json.loads((folder / STAMP).read_text())
        return {str(file): str(digest) for file, digest in stamp.items()}
    except (OSError, ValueError, AttributeError):
        return {}


@contextlib.contextmanager
def _locked() -> Iterator[int]:
    handle = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _make(folder: Path) -> None:
    """An empty virtual environment by hand: Debian's Python has neither venv nor ensurepip."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    _packages(folder).mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(BASE_PYTHON)
    (folder / "bin" / "python3").symlink_to("python")
    (folder / "pyvenv.cfg").write_text(
        f"home = {os.path.dirname(BASE_PYTHON)}\ninclude-system-site-packages = false\n"
        "version = {}.{}.{}\n".format(*sys.version_info)
    )


def _packages(folder: Path) -> Path:
    return folder / "lib" / "python{}.{}".format(*sys.version_info) / "site-packages"


def _add_calgate(folder: Path) -> None:
    """Paths in a .pth file are relative to it, so the tree may be moved."""
    (_packages(folder) / "calgate.pth").write_text("../../../../src\n../../../../plugins\n")
    script = folder / "bin" / "calgate"
    script.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -P -m calgate "$@"\n')
    script.chmod(0o755)


def _install(python: Path, requirements: str, lock: int) -> None:
    pip = _pip()
    # The lock is complete, so nothing is left to resolve; modules are compiled when first imported.
    options = "--quiet --no-input --no-user --no-deps --no-compile --require-hashes --only-binary :all:"
    quiet = "--disable-pip-version-check --no-warn-script-location --root-user-action ignore"
    command = [*pip, "--python", str(python), "install", *options.split(), *quiet.split(), "-r", requirements]
    # pip holds the lock too: should only this process be killed, the next one waits until pip has ended.
    result = subprocess.run(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=(lock,)
    )
    if result.returncode:
        raise SetupError(f"The packages of {requirements} could not be installed: {_reason(result.stdout)}")


def _pip() -> list[str]:
    for python in dict.fromkeys((BASE_PYTHON, sys.executable)):
        found = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, text=True)
        if found.returncode == 0:
            if int(found.stdout.split()[1].split(".")[0]) < 23:
                sys.exit(
                    "calgate's set-up needs pip 23 or newer; this is pip " + found.stdout.split()[1] + "."
                )
            return [python, "-m", "pip"]
    raise SetupError(
        "calgate's set-up needs pip: install it (on Debian: apt install python3-pip), then start again."
    )


def _reason(output: str) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in output:
        return "the package index's certificate is not trusted; check pip's configuration (cert)."
    unreachable = ("connection", "resolution", "timed out", "Network is unreachable", "Max retries")
    if any(sign in output for sign in unreachable):
        return "the package index cannot be reached; check the network and pip's configuration."
    errors = [line for line in output.splitlines() if line.startswith("ERROR: ")]
    return errors[-1].removeprefix("ERROR: ") if errors else f"pip said: {output.strip()[-500:]}"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SetupError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
