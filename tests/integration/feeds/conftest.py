"""The demo practice behind a real server, with a clock that can be set, and a subscriber's requests."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from calgate.app import build
from calgate.commands.feeds import address
from calgate.demo.practice import practice_at
from calgate.gate.gate import Gate
from calgate.gate.link_values import Link, LinkWish
from calgate.settings import Settings
from tests.support.serve import serving

NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)


@dataclass
class Clock:
    """The present, until it is set forward."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def forward(self, **units: float) -> None:
        self.at += timedelta(**units)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def etag(self) -> str:
        return self.headers["etag"]


@dataclass
class Served:
    """A running server; `link` makes a link and gives its path."""

    gate: Gate
    clock: Clock
    port: int
    made: list[Link] = field(default_factory=list)

    def link(self, org: str = "riverside", **wish: Any) -> str:
        link, secret = self.gate.add_link(org, LinkWish(**wish))
        self.made.append(link)
        return address("", link.kind, secret)

    def __call__(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in fields.items():
                connection.putheader(name, value)
            if body:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            answer = connection.getresponse()
            said = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, said, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        return self("GET", path, **headers)

    def dav(self, method: str, path: str, body: str = "", login: str = "ada:ada-demo", **more: str) -> Reply:
        more["Authorization"] = "Basic " + b64encode(login.encode()).decode()
        return self(method, path, body.encode(), **more)

    def object(self, session: str, login: str = "ada:ada-demo") -> tuple[str, str]:
        """Path and text of a session on its practitioner's calendar."""
        principal = self.gate.principal(login.split(":")[0])
        assert principal is not None
        calendar = self.gate.collection(principal, "sessions")
        assert calendar is not None
        for each in self.gate.resources(calendar, [href for href, _, _ in self.gate.listing(calendar)]):
            if each.session == session:
                return f"/dav/{principal.person}/sessions/{each.href}", each.text
        raise AssertionError(f"no session {session}")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    clock = Clock()
    gate = Gate.open(f"sqlite:///{tmp_path / 'calgate.db'}", tmp_path / "keys", clock.now)
    gate.load(practice_at(NOW), demo=True)
    made: Any = clock
    with serving(build(Settings(), made, gate)) as port:
        yield Served(gate, clock, port)
    gate.close()
