"""The client of tests/support/dav.py over a connection to a running server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http.client import HTTPConnection
from urllib.parse import unquote

from tests.support import reports
from tests.support.dav import Client, Reply, basic


class Remote(Client):
    """One person's requests to 127.0.0.1:port, all on one connection."""

    def __init__(self, port: int, login: str, password: str) -> None:
        self.home = f"/dav/{login}/"
        self.credentials = basic(login, password)
        self._connection = HTTPConnection("127.0.0.1", port, timeout=20)

    def close(self) -> None:
        self._connection.close()

    def __call__(
        self,
        method: str,
        path: str,
        body: bytes | str | Sequence[bytes] = b"",
        headers: Mapping[str, str] | None = None,
        *,
        login: bool = True,
        **more: str,
    ) -> Reply:
        fields = {key.lower(): value for key, value in (headers or {}).items()}
        fields |= {key.replace("_", "-"): value for key, value in more.items()}
        if login:
            fields.setdefault("authorization", self.credentials)
        pieces = [body.encode()] if isinstance(body, str) else [body] if isinstance(body, bytes) else body
        self._connection.request(method, path, b"".join(pieces), fields)
        answer = self._connection.getresponse()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def report(self, path: str, body: str, depth: str = "1", **more: str) -> reports.Reply:
        """A REPORT, read as tests/support/reports.py reads it."""
        answer = self("REPORT", path, body, {"Depth": depth, "Content-Type": "application/xml"}, **more)
        return reports.read(reports.Reply(answer.status, answer.headers, answer.body))

    def objects(self, path: str) -> list[str]:
        """The last segments of what a collection holds."""
        return sorted(unquote(each).removeprefix(path) for each in self.propfind(path, depth=1).hrefs[1:])
