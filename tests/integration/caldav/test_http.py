"""The door behind a real uvicorn: what only a connection shows."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.dav import Client, basic, event
from tests.support.serve import serving

A = "/dav/ada/work/a.ics"
LOGIN = {"Authorization": basic("ada", "secret")}


@pytest.fixture
def port(app: Any, dav: Client) -> Iterator[int]:
    with serving(app) as number:
        yield number


@pytest.fixture
def connection(port: int) -> Iterator[http.client.HTTPConnection]:
    made = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    yield made
    made.close()


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: Any = None, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    fields = LOGIN | {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, fields, encode_chunked="Transfer-Encoding" in fields)
    answer = connection.getresponse()
    return answer, answer.read()


def raw(port: int, data: bytes) -> bytes:
    """What comes back for these bytes until the server closes or half a second is quiet."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as made:
        made.sendall(data)
        made.settimeout(0.5)
        answer = b""
        try:
            while piece := made.recv(65536):
                answer += piece
        except TimeoutError:
            pass
        return answer


def test_a_connection_is_kept_through_every_kind_of_answer(connection: http.client.HTTPConnection) -> None:
    statuses = []
    for method, path, body in (
        ("PUT", A, event()),
        ("GET", A, None),
        ("HEAD", A, None),
        ("PROPFIND", "/dav/ada/", None),
        ("DELETE", A, None),
        ("GET", A, None),
        ("OPTIONS", "/dav/", None),
        ("LOCK", A, None),
        ("GET", "/healthz", None),
        ("PROPFIND", "/.well-known/caldav", None),
    ):
        socket_before = connection.sock
        answer, _ = ask(connection, method, path, body, Depth="0")
        statuses.append(answer.status)
        assert socket_before in (None, connection.sock), f"closed before {method}"
    assert statuses == [201, 200, 200, 207, 204, 404, 200, 405, 200, 301]


def test_a_304_and_a_head_have_no_body(connection: http.client.HTTPConnection) -> None:
    put, _ = ask(connection, "PUT", A, event())
    etag = put.headers["ETag"]
    not_modified, body = ask(connection, "GET", A, If_None_Match=etag)
    assert (not_modified.status, body, not_modified.headers["ETag"]) == (304, b"", etag)
    head, body = ask(connection, "HEAD", A)
    assert (head.status, body, int(head.headers["Content-Length"])) == (200, b"", len(event()))
    assert ask(connection, "GET", A)[1] == event().encode()


def test_a_chunked_body_arrives_whole(connection: http.client.HTTPConnection) -> None:
    text = event().encode()
    pieces = (text[n : n + 11] for n in range(0, len(text), 11))
    answer, _ = ask(connection, "PUT", A, pieces, Transfer_Encoding="chunked")
    assert answer.status == 201
    assert ask(connection, "GET", A)[1] == text


@pytest.mark.parametrize("chunked", [False, True])
def test_ten_megabytes_are_413_and_the_client_sees_it(
    connection: http.client.HTTPConnection, chunked: bool
) -> None:
    began = time.perf_counter()
    if chunked:
        pieces = (b"x" * 100_000 for _ in range(100))
        answer, _ = ask(connection, "PUT", A, pieces, Transfer_Encoding="chunked")
    else:
        answer, _ = ask(connection, "PUT", A, b"x" * 10_000_000)
    assert (answer.status, time.perf_counter() - began < 2) == (413, True)
    assert ask(connection, "GET", "/healthz")[0].status == 200


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Length: 10000000", b""),
        (b"Content-Length: 10000000", b"x" * 1000),
        (b"Transfer-Encoding: chunked", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
    ],
)
def test_a_body_that_is_too_large_and_does_not_come_is_413(port: int, head: bytes, body: bytes) -> None:
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as made:
        login = LOGIN["Authorization"].encode()
        line = b"PUT " + A.encode() + b" HTTP/1.1\r\nHost: x\r\nAuthorization: " + login + b"\r\n"
        made.sendall(line + head + b"\r\n\r\n" + body * (100 if b"chunked" in head else 1))
        answer = b""
        while b"</D:error>" not in answer:
            answer += made.recv(65536)
        assert (answer[:12], time.perf_counter() - began < 2) == (b"HTTP/1.1 413", True)
        while made.recv(65536):
            pass
    assert time.perf_counter() - began < 3, "nobody waits for what does not come"


def test_a_slow_body_that_is_too_large_does_not_lose_its_413(connection: http.client.HTTPConnection) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(5):
            yield b"x" * 2_000_000
            time.sleep(0.5)

    answer, body = ask(connection, "PUT", A, pieces(), Transfer_Encoding="chunked")
    assert (answer.status, b"D:error" in body) == (413, True)


@pytest.mark.parametrize(
    "line",
    [
        b"GET /dav/ada/\x00 HTTP/1.1",
        b"GET /dav/ada/%00 HTTP/1.1",
        b"GET /dav/ada/../bob/ HTTP/1.1",
        b"GET /dav/ada/%2e%2e/bob/ HTTP/1.1",
        b"GET http://127.0.0.1/dav/ada/../bob/ HTTP/1.1",
        b"GET /dav/" + b"a" * 60_000 + b" HTTP/1.1",
        b"G\xffT /dav/ HTTP/1.1",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_strange_request_lines_are_4xx(port: int, line: bytes) -> None:
    login = LOGIN["Authorization"].encode()
    head = b"\r\nHost: x\r\nConnection: close\r\nAuthorization: " + login + b"\r\n\r\n"
    answer = raw(port, line + head)
    assert answer.startswith(b"HTTP/1.1 4"), answer[:100]
    assert raw(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").startswith(
        b"HTTP/1.1 200"
    )


def test_a_body_that_ends_too_early_changes_nothing(
    port: int, connection: http.client.HTTPConnection
) -> None:
    login = LOGIN["Authorization"].encode()
    text = event().encode()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as made:
        made.sendall(
            b"PUT "
            + A.encode()
            + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\nAuthorization: "
            + login
            + b"\r\n\r\n"
            + text
        )
    assert ask(connection, "GET", A)[0].status == 404


def test_many_clients_at_once_are_all_answered(port: int) -> None:
    def one(number: int) -> list[int]:
        made = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        path = f"/dav/ada/work/{number}.ics"
        try:
            statuses = [ask(made, "PUT", path, event(f"u{number}"))[0].status]
            statuses += [ask(made, "PROPFIND", "/dav/ada/work/", Depth="1")[0].status for _ in range(3)]
            return [*statuses, ask(made, "GET", path)[0].status]
        finally:
            made.close()

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(one, range(16)))
    assert results == [[201, 207, 207, 207, 200]] * 16


def test_of_many_creations_of_one_object_one_succeeds(port: int) -> None:
    def create(_: int) -> int:
        made = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            return ask(made, "PUT", A, event("same"), If_None_Match="*")[0].status
        finally:
            made.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(create, range(16))) == [201] + [412] * 15


def test_health_and_the_front_page(connection: http.client.HTTPConnection) -> None:
    for path, words in (("/healthz", b"ok"), ("/readyz", b"ready"), ("/", b"calgate")):
        answer, body = ask(connection, "GET", path)
        assert (answer.status, words in body) == (200, True)
    assert ask(connection, "GET", "/nothing")[0].status == 404
