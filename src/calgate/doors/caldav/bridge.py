"""ASGI -> WSGI for the DAV door: the body is read first, only known headers pass, a few threads answer."""

from __future__ import annotations

import asyncio
import binascii
import io
import sys
from base64 import b64decode
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from calgate.doors.caldav import refusals
from calgate.doors.caldav.request import BadPath, segments
from calgate.doors.caldav.xml import Answer
from calgate.http import COMPRESS_FROM_BYTES, Receive, Scope, Send, gzipped, takes_gzip
from calgate.threads import Threads

StartResponse = Callable[[str, list[tuple[str, str]]], object]
WsgiApp = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
Reply = tuple[int, list[tuple[bytes, bytes]], bytes]

_PASSED = {
    name: "HTTP_" + name.decode().upper().replace("-", "_")
    for name in (
        b"authorization",
        b"brief",
        b"content-range",
        b"content-type",
        b"depth",
        b"destination",
        b"host",
        b"if",
        b"if-match",
        b"if-modified-since",
        b"if-none-match",
        b"if-schedule-tag-match",
        b"if-unmodified-since",
        b"overwrite",
        b"prefer",
        b"schedule-reply",
        b"user-agent",
    )
}
"""What the application sees. Everything else stays outside: X-Script-Name would rewrite every href, and a
name with an underscore would be taken for one with a hyphen. The media type goes by the name of a header,
since Radicale would decode the credentials with the charset of CONTENT_TYPE."""

HOST_ROOT = "calgate.host_root"
"""In the environ: the request was sent to the host's `/`, which stands for the root below the base."""
_READING = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"})
_NO_BODY = frozenset({204, 304})


class _TooLarge(Exception):
    """The body has more bytes than the door takes."""


class _Gone(Exception):
    """The client closed the connection before its request was complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`drain_bytes`, `drain_seconds`: how much of a body that is too large is read on after the 413, and how
    long its next piece is waited for."""

    body_bytes: int = 5 * 1024 * 1024
    body_seconds: float = 30.0
    drain_bytes: int = 64 * 1024 * 1024
    drain_seconds: float = 1.0
    waiting: int = 256
    threads: int = 4


class WsgiBridge:
    """An ASGI application around a WSGI one that is mounted at `base`; the host's `/` is its root, too."""

    def __init__(self, application: WsgiApp, base: str, realm: str, limits: Limits | None = None) -> None:
        self._application = application
        self._base = base
        self._challenge = {"WWW-Authenticate": f'Basic realm="{realm}", charset="UTF-8"'}
        self._limits = limits or Limits()
        self._readers = Threads(self._limits.threads, "dav")
        # A write may wait for the database's only writer: no reader shall wait behind it.
        self._writers = Threads(self._limits.threads, "dav-write")
        self._waiting = 0

    def close(self) -> None:
        """Waits for the requests that are being answered."""
        self._readers.close()
        self._writers.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            reply = await self._reply(scope, receive)
        except _Gone:
            return
        except _TooLarge:
            sentence = f"The body is larger than {self._limits.body_bytes} bytes."
            await _answer(send, self._early(refusals.problem(413, sentence)), more=True)
            await self._drain(receive)
            await send({"type": "http.response.body", "body": b""})
            return
        await _answer(send, reply)

    async def _reply(self, scope: Scope, receive: Receive) -> Reply:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        try:
            path, slash = ((), True) if _at_host(scope) else segments(scope["raw_path"], self._base)
        except BadPath as fault:
            return self._early(refusals.problem(fault.status, str(fault)))
        if (authorization := headers.get(b"authorization")) is not None:
            credentials = _basic(authorization)
            if credentials is None:
                return self._early(refusals.problem(401, "The credentials are malformed.", self._challenge))
            headers[b"authorization"] = credentials
        try:
            body = await self._body(headers, receive)
        except TimeoutError:
            return self._early(refusals.problem(408, "The body did not arrive in time."))
        if headers.get(b"content-encoding", b"identity").lower() != b"identity":
            return self._early(refusals.problem(415, "The body must not be compressed."))
        if self._waiting >= self._limits.waiting:
            return self._early(refusals.problem(503, "Too many requests are waiting.", {"Retry-After": "5"}))
        environ = self._environ(scope, headers, path, slash, body)
        self._waiting += 1
        try:
            gzip = takes_gzip(headers.get(b"accept-encoding", b"").decode("latin-1"))
            threads = self._readers if scope["method"] in _READING else self._writers
            return await threads.run(self._run, environ, gzip)
        finally:
            self._waiting -= 1

    async def _body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self._limits.body_bytes:
            raise _TooLarge
        async with asyncio.timeout(self._limits.body_seconds):
            message = await receive()
            chunks: list[bytes] = []
            size = 0
            while message["type"] == "http.request":
                chunk = message.get("body", b"")
                size += len(chunk)
                if size > self._limits.body_bytes:
                    raise _TooLarge
                chunks.append(chunk)
                if not message.get("more_body"):
                    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
                message = await receive()
        raise _Gone

    async def _drain(self, receive: Receive) -> None:
        """Reads what still comes: closing the connection before would take the answer away from a client
        that sends all of its body before it reads (RFC 9112 section 9.6)."""
        size, more = 0, True
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.body_seconds):
                while more and size <= self._limits.drain_bytes:
                    async with asyncio.timeout(self._limits.drain_seconds):
                        message = await receive()
                    size += len(message.get("body", b""))
                    more = message.get("more_body", False)

    def _environ(
        self, scope: Scope, headers: dict[bytes, bytes], path: tuple[str, ...], slash: bool, body: bytes
    ) -> dict[str, Any]:
        inside = "/".join(("", *path))
        server, client = scope.get("server") or ("", 0), scope.get("client") or ("", 0)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": scope["method"],
            "SCRIPT_NAME": self._base,
            "PATH_INFO": inside + "/" if slash or not inside else inside,
            "QUERY_STRING": "",
            "SERVER_NAME": str(server[0]),
            "SERVER_PORT": str(server[1]),
            "SERVER_PROTOCOL": "HTTP/" + scope["http_version"],
            "REMOTE_ADDR": str(client[0]),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scope["scheme"],
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            HOST_ROOT: _at_host(scope),
        }
        for name, value in headers.items():
            if name in _PASSED:
                environ[_PASSED[name]] = value.decode("latin-1")
        return environ

    def _run(self, environ: dict[str, Any], gzip: bool) -> Reply:
        said: list[tuple[str, list[tuple[str, str]]]] = []
        body = b"".join(self._application(environ, lambda status, fields: said.append((status, fields))))
        status, fields = int(said[0][0][:3]), said[0][1]
        return _finished(status, fields, body, environ["REQUEST_METHOD"] == "HEAD", gzip)

    @staticmethod
    def _early(answer: Answer) -> Reply:
        fields = [*answer.headers.items(), ("Connection", "close")]
        return _finished(answer.status, fields, answer.body or b"", False, False)


async def _answer(send: Send, reply: Reply, *, more: bool = False) -> None:
    status, headers, body = reply
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": more})


def _at_host(scope: Scope) -> bool:
    return bool(scope["raw_path"] == b"/")


def _finished(status: int, fields: Iterable[tuple[str, str]], body: bytes, head: bool, gzip: bool) -> Reply:
    """The answer with the length that belongs to it, compressed where that is worth the time."""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields]
    if status in _NO_BODY:
        return status, [each for each in headers if each[0] != b"content-length"], b""
    if head:
        return status, headers, b""
    if len(body) >= COMPRESS_FROM_BYTES:
        headers.append((b"vary", b"Accept-Encoding"))
        if gzip:
            body = gzipped(body)
            headers.append((b"content-encoding", b"gzip"))
    headers = [each for each in headers if each[0] != b"content-length"]
    headers.append((b"content-length", str(len(body)).encode()))
    return status, headers, body


def _basic(authorization: bytes) -> bytes | None:
    """A well-formed Basic header, "" for another scheme (which counts as none), None when malformed."""
    scheme, _, credentials = authorization.strip().partition(b" ")
    if scheme.lower() != b"basic":
        return b""
    try:
        decoded = b64decode(credentials.strip(), validate=True)
    except binascii.Error:
        return None
    return b"Basic " + credentials.strip() if b":" in decoded.lstrip(b":") else None
