import gzip
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from calgate.doors.caldav.bridge import Limits, StartResponse, WsgiBridge
from tests.support.dav import Client, basic


class Wsgi:
    """A WSGI application that remembers its environ and answers as it is told."""

    def __init__(self) -> None:
        self.environ: dict[str, Any] = {}
        self.body = b""
        self.answer: tuple[str, list[tuple[str, str]], list[bytes]] = ("200 OK", [], [b"hello ", b"world"])
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
        self.environ, self.body = environ, environ["wsgi.input"].read()
        self.may_go_on.wait(10)
        start_response(self.answer[0], self.answer[1])
        return self.answer[2]


@pytest.fixture
def wsgi() -> Wsgi:
    return Wsgi()


@pytest.fixture
def client(wsgi: Wsgi) -> Iterator[Client]:
    bridge = WsgiBridge(wsgi, "/dav", "calgate", Limits(threads=1, body_bytes=1000))
    made = Client(bridge, "ada", "secret")
    yield made
    made.close()
    bridge.close()


def test_the_path_is_decoded_below_the_base(wsgi: Wsgi, client: Client) -> None:
    client("GET", "/dav/ada/%C3%BC%20x.ics?query=1")
    assert (wsgi.environ["SCRIPT_NAME"], wsgi.environ["PATH_INFO"]) == ("/dav", "/ada/ü x.ics")
    assert wsgi.environ["QUERY_STRING"] == ""
    client("GET", "/dav")
    assert wsgi.environ["PATH_INFO"] == "/"


def test_only_known_headers_pass(wsgi: Wsgi, client: Client) -> None:
    names = (
        "X-Script-Name",
        "X_Script_Name",
        "If_Match",
        "Script-Name",
        "X-Forwarded-For",
        "Cookie",
        "Accept-Encoding",
    )
    client("PUT", "/dav/a", "", {**dict.fromkeys(names, "/evil"), "If-None-Match": "*", "Depth": "1"})
    assert "/evil" not in [value for value in wsgi.environ.values() if isinstance(value, str)]
    assert (wsgi.environ["HTTP_IF_NONE_MATCH"], wsgi.environ["HTTP_DEPTH"]) == ("*", "1")
    assert wsgi.environ["HTTP_AUTHORIZATION"] == basic("ada", "secret")


def test_a_body_in_pieces_has_its_true_length(wsgi: Wsgi, client: Client) -> None:
    client("PUT", "/dav/a", [b"ab", b"", b"cd"], {"Content-Length": "99"})
    assert (wsgi.body, wsgi.environ["CONTENT_LENGTH"]) == (b"abcd", "4")


def test_an_answer_in_pieces_is_joined(client: Client) -> None:
    answer = client("GET", "/dav/a")
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"hello world", "11")


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_an_answer_without_body_has_no_length(wsgi: Wsgi, client: Client, status: str) -> None:
    wsgi.answer = (status, [("Content-Length", "5"), ("ETag", '"a"')], [])
    answer = client("GET", "/dav/a")
    assert (answer.status, answer.body, dict(answer.headers)) == (int(status[:3]), b"", {"etag": '"a"'})


def test_an_empty_answer_has_length_zero_so_that_the_connection_is_kept(wsgi: Wsgi, client: Client) -> None:
    wsgi.answer = ("201 Created", [], [])
    assert client("PUT", "/dav/a").headers["content-length"] == "0"


@pytest.mark.parametrize(
    ("said", "packed"),
    [
        ("gzip", True),
        ("deflate, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("br", False),
        ("", False),
        ("x-gzip", False),
    ],
)
def test_compression(wsgi: Wsgi, client: Client, said: str, packed: bool) -> None:
    wsgi.answer = ("200 OK", [("ETag", '"a"')], [b"0123456789" * 500])
    answer = client("GET", "/dav/a", accept_encoding=said)
    assert ("content-encoding" in answer.headers) is packed
    assert (gzip.decompress(answer.body) if packed else answer.body) == wsgi.answer[2][0]
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert (answer.headers["vary"], answer.headers["etag"]) == ("Accept-Encoding", '"a"')


def test_a_short_answer_is_not_compressed(client: Client) -> None:
    assert "content-encoding" not in client("GET", "/dav/a", accept_encoding="gzip").headers


def test_a_body_of_exactly_the_limit_is_taken(wsgi: Wsgi, client: Client) -> None:
    assert client("PUT", "/dav/a", b"x" * 1000).status == 200
    assert client("PUT", "/dav/a", b"x" * 1001).status == 413
    assert len(wsgi.body) == 1000


def test_too_many_waiting_requests_are_sent_away(wsgi: Wsgi) -> None:
    bridge = WsgiBridge(wsgi, "/dav", "calgate", Limits(threads=1, waiting=1))
    wsgi.may_go_on.clear()
    first, second = Client(bridge, "ada", "secret"), Client(bridge, "ada", "secret")
    statuses: list[int] = []
    thread = threading.Thread(target=lambda: statuses.append(first("GET", "/dav/a").status))
    thread.start()
    try:
        for _ in range(500):
            if wsgi.environ:
                break
            threading.Event().wait(0.01)
        answer = second("GET", "/dav/a")
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    finally:
        wsgi.may_go_on.set()
        thread.join(10)
        first.close()
        second.close()
        bridge.close()
    assert statuses == [200]


def test_a_reader_does_not_wait_behind_a_writer(wsgi: Wsgi) -> None:
    waiting, may_go_on = threading.Event(), threading.Event()

    def application(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
        if environ["REQUEST_METHOD"] == "PUT":
            waiting.set()
            may_go_on.wait(10)
        return wsgi(environ, start_response)

    bridge = WsgiBridge(application, "/dav", "calgate", Limits(threads=1))
    writer, reader = Client(bridge, "ada", "secret"), Client(bridge, "ada", "secret")
    statuses: list[int] = []
    thread = threading.Thread(target=lambda: statuses.append(writer("PUT", "/dav/a", b"x").status))
    thread.start()
    try:
        assert waiting.wait(10)
        assert reader("PROPFIND", "/dav/a").status == 200
        assert statuses == []
    finally:
        may_go_on.set()
        thread.join(10)
        writer.close()
        reader.close()
        bridge.close()
    assert statuses == [200]
