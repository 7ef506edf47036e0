"""A small HTTP client: one socket, TCP_NODELAY, nothing decoded before the last byte is there."""

from __future__ import annotations

import re
import select
import socket
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:\s*chunked", re.IGNORECASE)
_CLOSING = re.compile(rb"\r\nconnection:\s*close", re.IGNORECASE)
_LAST_CHUNK = b"\r\n0\r\n\r\n"


@dataclass(frozen=True)
class Answer:
    """A complete answer as it came over the wire."""

    head: bytes
    raw: bytes

    @property
    def status(self) -> int:
        return int(self.head[9:12])

    def header(self, name: str) -> str:
        """Value of a header, empty if it is not there."""
        found = re.search(rf"\r\n{name}:[ \t]*([^\r\n]*)".encode(), self.head, re.IGNORECASE)
        return found[1].decode().strip() if found else ""

    @property
    def body(self) -> bytes:
        if not _CHUNKED.search(self.head):
            return self.raw
        parts: list[bytes] = []
        at = 0
        while True:
            end = self.raw.index(b"\r\n", at)
            size = int(self.raw[at:end].split(b";")[0], 16)
            if size == 0:
                return b"".join(parts)
            parts.append(self.raw[end + 2 : end + 2 + size])
            at = end + size + 4


class Client:
    """Keeps its connection as long as the server does; `timeout` in seconds."""

    def __init__(self, port: int, login: tuple[str, str] | None = None, timeout: float = 600) -> None:
        self.port = port
        self._timeout = timeout
        self._socket: socket.socket | None = None
        self._keeps_alive = False
        self._common = f"Host: 127.0.0.1:{port}\r\nUser-Agent: bench\r\n"
        if login is not None:
            self._common += f"Authorization: Basic {b64encode(':'.join(login).encode()).decode()}\r\n"

    def message(
        self, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> bytes:
        """The bytes of a request; made before the clock starts."""
        data = body.encode()
        lines = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        if data or method in ("PUT", "PROPFIND", "REPORT", "MKCALENDAR"):
            lines += f"Content-Length: {len(data)}\r\n"
        return f"{method} {path} HTTP/1.1\r\n{self._common}{lines}\r\n".encode() + data

    def request(
        self, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request outside of any timing."""
        self.refresh()
        return self.exchange(self.message(method, path, body, headers))

    def refresh(self) -> None:
        """Reconnect an idle connection that a keep-alive server has closed meanwhile.

        Where the server closes after every answer nothing is done: there, connecting is part of each request.
        """
        if self._socket is not None and select.select([self._socket], [], [], 0)[0]:
            self.close()
        if self._socket is None and self._keeps_alive:
            self._connect()

    def exchange(self, message: bytes) -> Answer:
        """Send and read to the last byte; this is what is timed. Raises OSError."""
        connection = self._socket or self._connect()
        try:
            connection.sendall(message)
            answer = self._read(connection)
        except OSError:
            self.close()
            raise
        self._keeps_alive = answer.head.startswith(b"HTTP/1.1") and not _CLOSING.search(answer.head)
        if not self._keeps_alive:
            self.close()
        return answer

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connect(self) -> socket.socket:
        self._socket = socket.create_connection(("127.0.0.1", self.port), self._timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _read(self, connection: socket.socket) -> Answer:
        start = b""
        while (end := start.find(b"\r\n\r\n")) < 0:
            start += _received(connection)
        head, first = start[:end], start[end + 4 :]
        length = _LENGTH.search(head)
        if length is not None or head[9:12] in (b"204", b"304"):
            return Answer(head, _read_length(connection, first, int(length[1]) if length else 0))
        if _CHUNKED.search(head):
            return Answer(head, _read_chunks(connection, first))
        return Answer(head, _read_all(connection, first))


def _received(connection: socket.socket) -> bytes:
    data = connection.recv(1 << 18)
    if not data:
        raise ConnectionResetError("the server closed the connection before the answer was complete")
    return data


def _read_length(connection: socket.socket, first: bytes, length: int) -> bytes:
    if len(first) >= length:
        return first
    parts, missing = [first], length - len(first)
    while missing > 0:
        parts.append(_received(connection))
        missing -= len(parts[-1])
    return b"".join(parts)


def _read_chunks(connection: socket.socket, first: bytes) -> bytes:
    parts, tail = [first], b"\r\n" + first[-7:]
    while not tail.endswith(_LAST_CHUNK):
        parts.append(_received(connection))
        tail = (tail + parts[-1])[-7:]
    return b"".join(parts)


def _read_all(connection: socket.socket, first: bytes) -> bytes:
    parts = [first]
    while data := connection.recv(1 << 18):
        parts.append(data)
    return b"".join(parts)
