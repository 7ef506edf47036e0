"""The servers under comparison: how each is configured, filled, warmed and reached."""

from __future__ import annotations

import json
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import calgate
from bench import bodies
from bench.client import Client
from bench.corpus import Corpus
from bench.practice import practice_file
from bench.process import Process, disk_usage, free_port

ROOT = Path(__file__).resolve().parent.parent
LOGIN = ("bench", "bench-password-0123456789")


class NotInstalled(RuntimeError):
    """The server's environment is missing; the sentence says how to make it."""


class Server(ABC):
    """One server with one filled collection, in a folder of its own."""

    name = ""
    login: tuple[str, str] | None = LOGIN
    collection = "/bench/calendar/"
    sessions: str | None = None  # the managed collection, where the server has one
    version = ""

    def __init__(self, folder: Path, corpus: Corpus) -> None:
        self.folder = folder
        self.corpus = corpus
        self.port = free_port()
        self.client = Client(self.port, self.login)
        self.movable: list[str] = []  # paths of sessions that a practitioner may move
        self.remarks: dict[str, str] = {}  # by row
        self.etags: dict[str, str] = {}  # by path, between two trials
        folder.mkdir(parents=True)
        self.process = Process(self.command(), folder / "server.log", self.port, self.environment())

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @abstractmethod
    def command(self) -> Sequence[str]:
        """The command line of the server."""

    @abstractmethod
    def fill(self) -> None:
        """Put the corpus into the collection; the server is not running before or after."""

    def environment(self) -> Mapping[str, str]:
        return {}

    def start(self) -> float:
        """Seconds until a PROPFIND of the collection (or its absence) is answered."""
        return self.process.start(
            self.client.message("PROPFIND", self.collection, bodies.RESOURCETYPE, bodies.DEPTH_0)
        )

    def stop(self) -> None:
        self.client.close()
        self.process.stop()

    def build_caches(self) -> None:  # noqa: B027 - most servers have none
        """Let the server write its caches once, before the timed starts."""

    def warm(self) -> None:
        """Let the running server fill its memory as it would in use; not timed."""
        for method, body, depth in (
            ("PROPFIND", bodies.ETAGS, bodies.DEPTH_1),
            ("REPORT", bodies.sync(""), bodies.DEPTH_0),
        ):
            answer = self.client.request(method, self.collection, body, depth)
            if answer.status != 207:
                raise RuntimeError(
                    f"{self.name} does not list its collection: {answer.status} {answer.body[:300]!r}"
                )

    def feed(self) -> str:
        """Path of what people subscribe to."""
        return self.collection

    def disk(self) -> int:
        return disk_usage(self.data)

    def put_all(self) -> None:
        """Fill over HTTP; the server runs."""
        for event in self.corpus.events:
            answer = self.client.request(
                "PUT",
                self.collection + event.href,
                event.text,
                {"Content-Type": "text/calendar; charset=utf-8"},
            )
            if answer.status not in (201, 204):
                raise RuntimeError(f"{self.name} refused {event.href}: {answer.status} {answer.body[:300]!r}")


class Radicale(Server):
    """Stock Radicale 3.9: its own server, filesystem storage, htpasswd in its cheapest form."""

    name = "radicale"

    def command(self) -> Sequence[str]:
        (self.folder / "users").write_text(":".join(LOGIN) + "\n")
        options = {
            "server-hosts": f"127.0.0.1:{self.port}",
            "auth-type": "htpasswd",
            "auth-htpasswd-filename": str(self.folder / "users"),
            "auth-htpasswd-encryption": "plain",
            "auth-htpasswd-cache": "True",
            "storage-filesystem-folder": str(self.data),
            "logging-level": "warning",
            "web-type": "none",
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        return [sys.executable, "-m", "radicale", "--config", "", *arguments]

    def fill(self) -> None:
        import radicale

        self.version = radicale.VERSION
        folder = self.data / "collection-root" / "bench" / "calendar"
        folder.mkdir(parents=True)
        properties = {"tag": "VCALENDAR", "D:displayname": "calendar"}
        (folder / ".Radicale.props").write_text(json.dumps(properties))
        for event in self.corpus.events:
            (folder / event.href).write_bytes(event.text.encode())

    def build_caches(self) -> None:
        self.start()
        self.warm()
        self.stop()


class Xandikos(Server):
    """Xandikos with its git storage, from its own environment; no login: it takes one over TLS only."""

    name = "xandikos"
    login = None
    collection = "/user/calendars/bench/"
    queries_before_index = 7  # it indexes, in memory only, what more than five queries have asked for

    def command(self) -> Sequence[str]:
        return [
            str(_xandikos_python()), "-m", "xandikos", "serve", "--directory", str(self.data), "--defaults",
            "--listen-address", "127.0.0.1", "--port", str(self.port), "--no-detect-systemd",
            "--state-dir", str(self.folder / "state"),
        ]  # fmt: skip

    def fill(self) -> None:
        """One git commit made beside the running server: by PUT it would take a quarter of an hour."""
        self.start()
        answer = self.client.request("MKCALENDAR", self.collection)
        self.stop()
        if answer.status != 201:
            raise RuntimeError(f"Xandikos made no calendar: {answer.status} {answer.body[:300]!r}")
        folder = self.data / self.collection.strip("/")
        for event in self.corpus.events:
            (folder / event.href).write_bytes(event.text.encode())
        run = [str(_xandikos_python()), "-c", _COMMIT, str(folder)]
        self.version = subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip()

    def warm(self) -> None:
        super().warm()
        for _ in range(self.queries_before_index):
            self.client.request("REPORT", self.collection, bodies.month_query(), bodies.DEPTH_1)


_COMMIT = """
import sys, importlib.metadata
from dulwich import porcelain
from pathlib import Path
folder = Path(sys.argv[1])
porcelain.add(folder, [str(path) for path in sorted(folder.glob("*.ics"))])
author = b"bench <bench@bench.example>"
porcelain.commit(folder, message=b"Fill", author=author, committer=author)
print(importlib.metadata.version("xandikos"))
"""


def _xandikos_python() -> Path:
    python = ROOT / ".venv-bench" / "bin" / "python"
    if not python.exists():
        raise NotInstalled("Xandikos is not installed: run `python3 dev.py bench`, which makes .venv-bench.")
    return python


class Calgate(Server):
    """calgate as `calgate serve` on SQLite; objects come in by PUT, sessions by `calgate load`."""

    name = "calgate"
    collection = "/dav/bench/calendar/"
    sessions = "/dav/bench/sessions/"
    _feed = ""

    @property
    def config(self) -> Path:
        return self.folder / "calgate.toml"

    def command(self) -> Sequence[str]:
        return [*_CALGATE, "serve", "--config", str(self.config)]

    def configure(self) -> None:
        """Write the settings; the database and its keys will be in `data`."""
        self.data.mkdir()
        self.config.write_text(
            f'[server]\nhost = "127.0.0.1"\nport = {self.port}\n'
            '[database]\nurl = "sqlite:///data/calgate.db"\n'
            '[secrets]\nkeys_dir = "data/keys"\n'
            '[log]\nlevel = "warning"\n'
        )

    def fill(self) -> None:
        self.configure()
        file = self.folder / "practice.json"
        today = datetime.now(UTC).date()
        file.write_text(json.dumps(practice_file("bench", self.corpus.size, today)))
        self._run("load", str(file))
        password = self._run("password", "add", "bench", "--label", "Benchmark").splitlines()[-1].strip()
        self.client = Client(self.port, ("bench", password))
        self.version = calgate.__version__
        self.start()
        self._make_calendar()
        self.put_all()
        self.stop()

    def feed(self) -> str:
        """A feed of all sessions, made when it is first asked for."""
        if not self._feed:
            every = ("--organization", "bench-practice", "--past-days", "800", "--future-days", "800")
            said = self._run("feed", "add", *every, "--cancelled", "omit").splitlines()
            self._feed = urlsplit(said[-1]).path
        return self._feed

    def _make_calendar(self) -> None:
        answer = self.client.request("MKCALENDAR", self.collection)
        if answer.status != 201:
            raise RuntimeError(f"calgate made no calendar: {answer.status} {answer.body[:300]!r}")

    def _run(self, *arguments: str) -> str:
        """Standard output of a calgate command; raises RuntimeError with its complaint."""
        command = [*_CALGATE, *arguments, "--config", str(self.config)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"calgate {arguments[0]} failed: {done.stderr.strip()[-500:]}")
        return done.stdout


_CALGATE = (sys.executable, "-P", "-m", "calgate")
SERVERS: dict[str, type[Server]] = {kind.name: kind for kind in (Radicale, Xandikos, Calgate)}
