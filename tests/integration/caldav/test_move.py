"""MOVE and COPY of objects between calendars of one's own."""

from __future__ import annotations

import pytest

from tests.support.dav import C, Client, event

A = "/dav/ada/work/a.ics"


@pytest.fixture
def two(dav: Client) -> Client:
    assert dav("MKCALENDAR", "/dav/ada/other/").status == 201
    assert dav.put(A, event("u")).status == 201
    return dav


B = "/dav/ada/other/b%20c.ics"


@pytest.mark.parametrize(
    "prefix", ["", "http://calendar.example", "https://CALENDAR.example", "http://127.0.0.1:5232"]
)
def test_move_between_ones_own_calendars(two: Client, prefix: str) -> None:
    answer = two("MOVE", A, destination=prefix + B)
    assert (answer.status, answer.headers["location"]) == (201, B)
    assert two("GET", A).status == 404
    assert two("GET", B).body == event("u").encode()


def test_move_within_a_calendar(two: Client) -> None:
    assert two("MOVE", A, destination="/dav/ada/work/renamed.ics").status == 201
    assert two("GET", "/dav/ada/work/renamed.ics").status == 200


def test_move_onto_an_object(two: Client) -> None:
    two.put(B, event("u"))
    assert two("MOVE", A, destination=B, overwrite="F").status == 412
    assert two("GET", A).status == 200
    assert two("MOVE", A, destination=B).status == 204
    assert two("GET", A).status == 404


@pytest.mark.parametrize(
    ("destination", "status"),
    [
        ("http://elsewhere.example/dav/ada/other/b.ics", 502),
        ("/dav/ada/none/b.ics", 409),
        ("/dav/ada/other/", 409),
        ("/dav/bob/sessions/b.ics", 403),
        ("/dav/bob/none/b.ics", 403),
        ("/dav/ada/../bob/sessions/b.ics", 400),
        ("/dav/ada/%2e%2e/bob/sessions/b.ics", 400),
        ("/etc/b.ics", 400),
        ("", 400),
        ("http://[bad/dav/ada/other/b.ics", 400),
        (A, 403),
        ("/dav/ada/sessions/b.ics", 403),
    ],
)
@pytest.mark.parametrize("method", ["MOVE", "COPY"])
def test_move_and_copy_to_where_nothing_may_go(
    two: Client, method: str, destination: str, status: int
) -> None:
    answer = two(method, A, destination=destination)
    assert (answer.status, bool(answer.error)) == (status, True)
    assert two("GET", A).status == 200


def test_move_decodes_the_destination_after_splitting_it(two: Client) -> None:
    assert two("MOVE", A, destination="/dav/ada/other/a%3Fb%23c.ics").status == 201
    assert two("GET", "/dav/ada/other/a%3Fb%23c.ics").status == 200


@pytest.mark.parametrize("method", ["MOVE", "COPY"])
def test_collections_are_not_moved_or_copied(two: Client, method: str) -> None:
    assert two(method, "/dav/ada/work/", destination="/dav/ada/work2/").status == 403
    assert two(method, "/dav/ada/work/none.ics", destination=B).status == 404


def test_an_object_can_be_copied(two: Client) -> None:
    assert two("COPY", A, destination=B).status == 201
    assert two("GET", A).body == two("GET", B).body
    assert two("COPY", A, destination=B).status == 204
    assert two("COPY", A, destination=B, overwrite="F").status == 412


def test_a_copy_in_the_same_calendar_would_double_the_uid(two: Client) -> None:
    answer = two("COPY", A, destination="/dav/ada/work/twin.ics")
    assert C + "no-uid-conflict" in answer.error
