"""What no client should send: a clear 4xx soon, the server alive, other people's calendars untouched."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calgate.app import build
from calgate.clock import Clock
from calgate.gate.gate import Gate
from calgate.settings import Dav, Settings
from tests.integration.caldav.conftest import open_gate
from tests.support.dav import NAMES, Client, Reply, basic, event

W = "/dav/ada/work/"
A = W + "a.ics"
BOMB = (
    '<!DOCTYPE b [<!ENTITY e0 "ha">'
    + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    + f"]><D:propfind {NAMES}><D:prop><D:displayname>&e9;</D:displayname></D:prop></D:propfind>"
)
XML_BODIES = {
    "truncated": f"<D:propfind {NAMES}><D:prop><D:getetag/>",
    "binary": b"\x00\x01\xfe\xff\x89PNG",
    "entity bomb": BOMB,
    "external entity": '<!DOCTYPE b [<!ENTITY e SYSTEM "file:///etc/hostname">]><b>&e;</b>',
    "deep": "<a>" * 100_000 + "</a>" * 100_000,
    "wide": "<a>" + "<b/>" * 300_000 + "</a>",
    "long name": f"<{'a' * 1_000_000}/>" * 3,
    "wrong encoding": '<?xml version="1.0" encoding="utf-16"?><a/>',
    "unknown encoding": '<?xml version="1.0" encoding="klingon"?><a/>',
    "calendar": event(),
}


# One door for all rows of a table: it has to outlive each of them.
@pytest.fixture(scope="module")
def gate(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    folder = tmp_path_factory.mktemp("bad") / "copy"
    shutil.copytree(loaded, folder)
    made = open_gate(folder)
    yield made
    made.close()


@pytest.fixture(scope="module")
def app(gate: Gate) -> Any:
    return build(Settings(), Clock(), gate)


@pytest.fixture(scope="module")
def clients(app: Any) -> Iterator[tuple[Client, Client]]:
    made = Client(app, "ada", "secret"), Client(app, "bob", "secret")
    assert made[0]("MKCALENDAR", W).status == 201
    assert made[1]("MKCALENDAR", "/dav/bob/own/").status == 201
    assert made[1].put("/dav/bob/own/b.ics", event("bobs")).status == 201
    yield made
    for client in made:
        client.close()


@pytest.fixture
def dav(clients: tuple[Client, Client]) -> Client:
    clients[0]("DELETE", A)
    return clients[0]


@pytest.fixture
def bob(clients: tuple[Client, Client]) -> Client:
    return clients[1]


@pytest.fixture(autouse=True)
def untouched(dav: Client, bob: Client) -> Iterator[None]:
    """Bob's calendar is the same afterwards, and Ada is still served."""
    before = state(bob)
    yield
    assert state(bob) == before
    assert dav.propfind("/dav/ada/", "D:displayname").status == 207


def state(bob: Client) -> list[bytes]:
    listed = bob.propfind("/dav/bob/", "CS:getctag", "D:displayname", depth=1)
    return [listed.body, bob("GET", "/dav/bob/own/").body, bob("GET", "/dav/bob/own/b.ics").body]


def refused(answer: Reply, began: float, *statuses: int) -> None:
    assert time.perf_counter() - began < 2
    assert 400 <= answer.status < 500
    assert answer.status in (statuses or range(400, 500))


@pytest.mark.parametrize("method", ["PROPFIND", "PROPPATCH", "REPORT", "MKCALENDAR", "MKCOL"])
@pytest.mark.parametrize("body", XML_BODIES.values(), ids=XML_BODIES)
def test_xml_bodies(dav: Client, method: str, body: str | bytes) -> None:
    path = "/dav/ada/new/" if method.startswith("MK") else W
    began = time.perf_counter()
    answer = dav(method, path, body, depth="0", content_type="application/xml")
    refused(answer, began)
    assert answer.error
    assert b"hahaha" not in answer.body
    assert dav.propfind("/dav/ada/new/", "D:displayname").status == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00" * 1000,
        b"\xff" * 1000,
        event().encode()[:-30],
        event().encode("utf-16"),
        event("u", "SUMMARY:\xe4").encode("latin-1"),
        b"BEGIN:VCALENDAR\r\n" * 20_000,
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 20_000,
        event("u", "X" * 900_000).encode(),
        event("u", "RRULE:FREQ=SECONDLY").encode(),
        event("u", "RRULE:FREQ=DAILY;INTERVAL=0").encode(),
        event(start="99999999T999999Z").encode(),
    ],
)
def test_calendar_bodies(dav: Client, body: bytes) -> None:
    for path in (A, "/dav/ada/sessions/a.ics"):
        began = time.perf_counter()
        refused(dav.put(path, body), began)
        assert dav("GET", path).status == 404


@pytest.mark.parametrize("size", [5_000_001, 10_000_000])
@pytest.mark.parametrize("pieces", [1, 100])
@pytest.mark.parametrize("method", ["PUT", "PROPFIND", "REPORT", "DELETE"])
def test_a_body_above_the_limit_is_413(dav: Client, size: int, pieces: int, method: str) -> None:
    began = time.perf_counter()
    answer = dav(method, A, [b"x" * (size // pieces + 1)] * pieces)
    refused(answer, began, 413)
    assert answer.error


def test_a_body_that_is_announced_too_large_is_413_before_it_comes(dav: Client) -> None:
    announced = {"content-length": str(10**12), "expect": "100-continue"}
    assert dav("PUT", A, [], announced).status == 413


def test_a_body_in_pieces_is_put_together(dav: Client) -> None:
    text = event().encode()
    assert dav("PUT", A, [text[n : n + 7] for n in range(0, len(text), 7)]).status == 201
    assert dav("GET", A).body == text


def test_a_compressed_body_is_415(dav: Client) -> None:
    assert dav.put(A, event(), content_encoding="gzip").status == 415


@pytest.mark.parametrize("said", ["bytes 0-9/100", "bytes 0-9/*", "bytes */100", "lines 1-2/3", "nonsense"])
def test_a_part_of_an_object_is_400(dav: Client, said: str) -> None:
    assert dav.put(A, event(), content_range=said).status == 400
    assert dav("GET", A).status == 404
    etag = dav.put(A, event()).headers["etag"]
    assert dav.put(A, event(start="20260303T153000Z"), content_range=said).status == 400
    assert dav("GET", A).headers["etag"] == etag


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic YWRh",  # no colon
        "Basic Og==",  # nothing but a colon
        "Basic OnNlY3JldA==",  # no login
        "Basic YWRhOnNlY3JldA",  # padding cut off
        "basic",
        "Bearer abc",
        "Digest username=ada",
        "",
        "\xff\xfe",
        basic("ada", "wrong"),
        basic("nobody", "secret"),
        basic("ada\x00", "secret"),
        basic("ada/work", "secret"),
        basic("../bob", "secret"),
    ],
)
def test_bad_credentials_are_401_at_once(dav: Client, header: str) -> None:
    began = time.perf_counter()
    answer = dav("PROPFIND", "/dav/ada/", "", {"Authorization": header, "Depth": "0"})
    assert (answer.status, time.perf_counter() - began < 0.5) == (401, True)
    assert answer.headers["www-authenticate"].startswith('Basic realm="')


@pytest.mark.parametrize("charset", ["utf-16", "no-such-charset", "utf-8; charset=utf-16", "\xff"])
def test_the_charset_of_the_body_is_not_that_of_the_credentials(dav: Client, charset: str) -> None:
    answer = dav("PROPFIND", "/dav/ada/", "", {"Content-Type": f"text/xml; charset={charset}", "Depth": "0"})
    assert answer.status == 207


@pytest.mark.parametrize(
    "path",
    [
        "/dav/ada/../bob/own/b.ics",
        "/dav/ada/%2e%2e/bob/own/b.ics",
        "/dav/ada/%2E%2e/bob/own/b.ics",
        "/dav/ada/..%2fbob/own/b.ics",
        "/dav/ada%2f..%2fbob%2fown/b.ics",
        "/dav/ada/work/..%5c..%5cbob/b.ics",
        "/dav//bob/own/b.ics",
        "/dav/./bob/own/b.ics",
        "/dav/bob/own/b.ics",
        "/dav/bob/own/b.ics%00",
        "/dav/ada/%00/b.ics",
        "/dav/ada/%ff/b.ics",
        "/dav/ada/%c0%ae%c0%ae/bob/own/b.ics",
        "/dav/ada%2fwork/b.ics",
        "/dav/ADA/work/b.ics",
        "/dav/" + "x/" * 3000,
        "/dav/ada/work/" + "%61" * 3000,
    ],
)
@pytest.mark.parametrize(
    "method", ["GET", "PUT", "DELETE", "PROPFIND", "PROPPATCH", "REPORT", "MKCALENDAR", "MOVE"]
)
def test_path_tricks(dav: Client, method: str, path: str) -> None:
    began = time.perf_counter()
    answer = dav(method, path, event("x") if method == "PUT" else "", depth="0", destination=W + "x.ics")
    refused(answer, began)
    assert b"bobs" not in answer.body


@pytest.mark.parametrize("name", ["x-script-name", "x_script_name", "script_name", "x-forwarded-prefix"])
def test_no_header_rewrites_hrefs(dav: Client, name: str) -> None:
    answer = dav("PROPFIND", "/dav/ada/", "", {name: "/evil", "Depth": "0"})
    assert answer.hrefs == ["/dav/ada/"]
    assert b"evil" not in answer.body


@pytest.mark.parametrize("name", ["remote_user", "x-remote-user", "x_remote_user", "x-forwarded-user"])
def test_no_header_logs_in(dav: Client, name: str) -> None:
    assert dav("PROPFIND", "/dav/ada/", "", {name: "ada", "Depth": "0"}, login=False).status == 401


@pytest.mark.parametrize(
    "header", ["depth", "if-match", "if-none-match", "prefer", "overwrite", "accept-encoding"]
)
@pytest.mark.parametrize("value", ["\xff\xfe", ",,,", '"', "*" * 5000, ""])
def test_strange_headers_do_no_harm(dav: Client, header: str, value: str) -> None:
    dav.put(A, event())
    for method in ("PROPFIND", "GET", "PUT"):
        answer = dav(method, A, event() if method == "PUT" else "", {header: value})
        assert answer.status < 500


@pytest.mark.parametrize("query", ["?view=freebusy", "?x=../../", "?" + "a" * 1000])
def test_a_query_changes_nothing(dav: Client, query: str) -> None:
    dav.put(A, event())
    assert dav("GET", A + query).body == event().encode()
    assert dav("PUT", W + "q.ics" + query, event("q")).status in (201, 204)
    assert dav("DELETE", W + "q.ics").status == 204


def test_a_slow_body_is_408(gate: Any) -> None:
    quick = Client(build(Settings(dav=Dav(body_seconds=0.2)), Clock(), gate), "ada", "secret")
    try:
        began = time.perf_counter()
        answer = quick.stalled("PUT", A)
        assert (answer.status, 0.1 < time.perf_counter() - began < 2) == (408, True)
    finally:
        quick.close()


def test_a_client_that_goes_away_changes_nothing(dav: Client) -> None:
    assert dav.abandoned("PUT", A, event().encode()[:50]) is None
    assert dav("GET", A).status == 404


@pytest.mark.parametrize(
    ("name", "status"), [("a" * 996 + ".ics", 201), ("a" * 997 + ".ics", 414), ("%C3%A9" * 600, 414)]
)
def test_a_name_that_no_index_can_hold_is_414(dav: Client, name: str, status: int) -> None:
    assert dav.put(W + name, event("long")).status == status
    dav("DELETE", W + name)
