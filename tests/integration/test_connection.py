"""Connections that keep a server waiting (slowloris), and those that only are slow."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

import pytest

from calgate.commands import connection
from calgate.commands.serve import _options
from calgate.settings import Settings
from tests.support.serve import serving

WAIT = 0.4
HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n"


async def app(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """Answers when the body is there, and as slowly as the body came."""
    if scope["type"] == "lifespan":
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    if scope["path"] == "/slow":
        await asyncio.sleep(3 * WAIT)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    monkeypatch.setattr(connection, "HEADER_SECONDS", WAIT)
    http = _options(Settings())["http"]
    with serving(app, http=http) as port, socket.create_connection(("127.0.0.1", port), timeout=10) as made:
        yield made


def is_closed_while(client: socket.socket, act: Callable[[], object]) -> bool:
    """Whether the server hangs up within some seconds of such acts."""
    client.settimeout(0.05)
    until = time.monotonic() + 3
    while time.monotonic() < until:
        try:
            act()
            if not client.recv(100):
                return True
        except TimeoutError:
            continue
        except ConnectionError:
            return True
    return False


def answered(client: socket.socket) -> bool:
    client.settimeout(10)
    return client.recv(1000).startswith(b"HTTP/1.1 204")


def test_headers_that_never_end_are_given_up(client: socket.socket) -> None:
    client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
    assert is_closed_while(client, lambda: client.send(b"x"))


def test_a_connection_that_says_nothing_is_given_up(client: socket.socket) -> None:
    assert is_closed_while(client, lambda: None)


@pytest.mark.parametrize("drip", [b"\r\n", b"G"])
def test_a_kept_connection_is_given_up_as_well(client: socket.socket, drip: bytes) -> None:
    client.sendall(HEAD + b"abc")
    assert answered(client)
    client.send(drip)
    assert is_closed_while(client, lambda: client.send(b"\r\n") if drip == b"\r\n" else None)


def test_a_slow_body_and_a_slow_answer_are_waited_for(client: socket.socket) -> None:
    client.sendall(HEAD)
    for letter in (b"a", b"b", b"c"):
        time.sleep(WAIT)
        client.send(letter)
    assert answered(client)
    client.sendall(HEAD.replace(b"/ HTTP", b"/slow HTTP") + b"abc")
    assert answered(client)


def test_a_kept_connection_serves_one_request_after_another(client: socket.socket) -> None:
    for _ in range(5):
        time.sleep(WAIT / 2)
        client.sendall(HEAD + b"abc")
        assert answered(client)
