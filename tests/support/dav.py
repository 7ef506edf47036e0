"""A WebDAV client that calls the ASGI application in this process, byte for byte as told."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ElementTree
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element

D = "{DAV:}"
C = "{urn:ietf:params:xml:ns:caldav}"
CS = "{http://calendarserver.org/ns/}"
A = "{http://apple.com/ns/ical/}"
CG = "{urn:calgate:ns}"
NAMES = (
    'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/" '
    'xmlns:A="http://apple.com/ns/ical/"'
)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def xml(self) -> Element:
        return ElementTree.fromstring(self.body)

    @property
    def error(self) -> list[str]:
        """Names of the elements in a DAV:error body."""
        root = self.xml
        assert root.tag == D + "error"
        assert len(root), "an empty DAV:error reads as rate limiting"
        return [child.tag for child in root]

    @property
    def hrefs(self) -> list[str]:
        return [unquote(node.text or "") for node in self.xml.iterfind(f"{D}response/{D}href")]

    def response(self, path: str) -> Element:
        """The DAV:response of a decoded path."""
        for node in self.xml.iterfind(D + "response"):
            if unquote(node.findtext(D + "href") or "") == path:
                return node
        raise AssertionError(f"no response for {path} in {self.hrefs}")

    def fates(self, path: str) -> dict[str, int]:
        """Property -> status in its propstat."""
        return {
            prop.tag: int((stat.findtext(D + "status") or "").split()[1])
            for stat in self.response(path).iterfind(D + "propstat")
            for prop in stat.iterfind(f"{D}prop/*")
        }

    def found(self, path: str) -> dict[str, Element]:
        """Property -> element, for those with status 200."""
        return {
            prop.tag: prop
            for stat in self.response(path).iterfind(D + "propstat")
            if " 200 " in (stat.findtext(D + "status") or "")
            for prop in stat.iterfind(f"{D}prop/*")
        }


class Client:
    """One person's requests to an ASGI application."""

    def __init__(self, app: Any, login: str, password: str) -> None:
        self._app = app
        self.home = f"/dav/{login}/"
        self.credentials = basic(login, password)
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        self._loop.close()

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
        """`more`: headers with underscores for hyphens. A sequence of bytes arrives in as many pieces."""
        fields = {
            "host": "calendar.example",
            **{key.lower(): value for key, value in (headers or {}).items()},
        }
        fields |= _hyphens(more)
        if login:
            fields.setdefault("authorization", self.credentials)
        pieces = (
            [body.encode()] if isinstance(body, str) else [body] if isinstance(body, bytes) else list(body)
        )
        answer = self._loop.run_until_complete(_call(self._app, method, path, fields, pieces))
        assert answer is not None
        return answer

    def stalled(self, method: str, path: str) -> Reply:
        """A request whose body never comes."""
        fields = {"authorization": self.credentials, "content-length": "100"}
        answer = self._loop.run_until_complete(_call(self._app, method, path, fields, [], stall=True))
        assert answer is not None
        return answer

    def abandoned(self, method: str, path: str, piece: bytes) -> Reply | None:
        """A request whose connection closes after a piece of its body."""
        fields = {"authorization": self.credentials, "content-length": "1000"}
        return self._loop.run_until_complete(_call(self._app, method, path, fields, [piece], complete=False))

    def propfind(self, path: str, *names: str, depth: int = 0, **more: str) -> Reply:
        body = f"<D:propfind {NAMES}><D:prop>{''.join(f'<{name}/>' for name in names)}</D:prop></D:propfind>"
        return self("PROPFIND", path, body, {"Depth": str(depth)} | _hyphens(more))

    def proppatch(self, path: str, instructions: str) -> Reply:
        return self("PROPPATCH", path, f"<D:propertyupdate {NAMES}>{instructions}</D:propertyupdate>")

    def put(self, path: str, text: str | bytes, **more: str) -> Reply:
        more.setdefault("content_type", "text/calendar; charset=utf-8")
        return self("PUT", path, text, _hyphens(more))


def _hyphens(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def basic(login: str, password: str) -> str:
    return "Basic " + b64encode(f"{login}:{password}".encode()).decode()


async def _call(
    app: Any,
    method: str,
    path: str,
    fields: Mapping[str, str],
    pieces: list[bytes],
    *,
    stall: bool = False,
    complete: bool = True,
) -> Reply | None:
    raw, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(raw, errors="replace"),
        "raw_path": raw.encode("latin-1"),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(key.encode(), value.encode("latin-1")) for key, value in fields.items()],
        "client": ("192.0.2.1", 50000),
        "server": ("127.0.0.1", 80),
    }
    waiting = [
        {"type": "http.request", "body": piece, "more_body": not complete or number < len(pieces)}
        for number, piece in enumerate(pieces, 1)
    ]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop(0)
        if stall:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    if not sent:
        return None
    start = sent[0]
    headers = {key.decode(): value.decode("latin-1") for key, value in start["headers"]}
    return Reply(start["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))


def event(
    uid: str = "one@example", *lines: str, start: str = "20260303T150000Z", end: str = "20260303T160000Z"
) -> str:
    """A small VEVENT in UTC; `lines` are added to it."""
    return "\r\n".join(
        (
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Test//EN",
            "BEGIN:VEVENT",
            f"UID:{uid}",
            "DTSTAMP:20260101T000000Z",
            f"DTSTART:{start}",
            f"DTEND:{end}",
            "SUMMARY:Lunch",
            *lines,
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        )
    )
