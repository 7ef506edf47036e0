"""If-Match and If-None-Match of every method that writes (RFC 9110 section 13.1)."""

from __future__ import annotations

import pytest

from calgate.gate.conditions import STALE
from calgate.gate.gate import Gate
from calgate.gate.values import (
    Collection,
    DropCalendar,
    Failed,
    MoveObject,
    Principal,
    Put,
    SetProperties,
    Source,
    Stored,
)
from tests.integration.caldav.conftest import NOW
from tests.support.dav import NAMES, Client, event

W, A, B = "/dav/ada/work/", "/dav/ada/work/a.ics", "/dav/ada/other/b.ics"
NAME = (
    f"<D:propertyupdate {NAMES}><D:set><D:prop><D:displayname>New</D:displayname></D:prop></D:set>"
    "</D:propertyupdate>"
)
UNMET = [
    {"If-Match": '"stale"'},
    {"If-Match": "W/{etag}"},
    {"If-Match": '"stale", "older"'},
    {"If-None-Match": "*"},
    {"If-None-Match": "{etag}"},
    {"If-None-Match": "W/{etag}"},
    {"If-None-Match": '"stale", {etag}'},
    {"If-Match": "{etag}", "If-None-Match": "{etag}"},
]
MET = [
    {"If-Match": "{etag}"},
    {"If-Match": '"stale", {etag}'},
    {"If-Match": "*"},
    {"If-None-Match": '"stale"'},
    {"If-Match": "{etag}", "If-None-Match": '"stale"'},
]


@pytest.fixture
def etag(dav: Client) -> str:
    assert dav("MKCALENDAR", "/dav/ada/other/").status == 201
    return dav.put(A, event()).headers["etag"]


def filled(headers: dict[str, str], etag: str) -> dict[str, str]:
    return {name: value.format(etag=etag) for name, value in headers.items()}


@pytest.mark.parametrize("headers", UNMET)
def test_what_does_not_hold_of_an_object_changes_nothing(
    dav: Client, etag: str, headers: dict[str, str]
) -> None:
    conditions = filled(headers, etag)
    for method in ("MOVE", "COPY"):
        answer = dav(method, A, b"", {"Destination": B, **conditions})
        assert (answer.status, bool(answer.error)) == (412, True), method
    assert dav("DELETE", A, b"", conditions).status == 412
    assert dav("PROPPATCH", A, NAME, conditions).status == 412
    assert dav("GET", A).headers["etag"] == etag
    assert dav("GET", B).status == 404


@pytest.mark.parametrize("headers", MET)
def test_what_holds_of_an_object_stops_nothing(dav: Client, etag: str, headers: dict[str, str]) -> None:
    conditions = filled(headers, etag)
    assert dav("PROPPATCH", A, NAME, conditions).status == 207
    assert dav("COPY", A, b"", {"Destination": B, **conditions}).status == 201
    assert dav("MOVE", A, b"", {"Destination": B, **conditions}).status == 204
    assert dav("DELETE", B, b"", conditions).status == 204


@pytest.mark.parametrize("headers", UNMET)
def test_what_does_not_hold_of_a_calendar_changes_nothing(
    dav: Client, etag: str, headers: dict[str, str]
) -> None:
    now = dav("GET", W).headers["etag"]
    conditions = filled(headers, now)
    assert dav("PROPPATCH", W, NAME, conditions).status == 412
    assert dav("DELETE", W, b"", conditions).status == 412
    assert dav("GET", W).headers["etag"] == now


@pytest.mark.parametrize("headers", MET)
def test_what_holds_of_a_calendar_stops_nothing(dav: Client, etag: str, headers: dict[str, str]) -> None:
    for method, body, status in (("PROPPATCH", NAME, 207), ("DELETE", "", 204)):
        now = dav("GET", W).headers["etag"]
        assert dav(method, W, body, filled(headers, now)).status == status


@pytest.mark.parametrize("path", ["/dav/", "/dav/ada/"])
def test_the_home_is_there_and_has_no_etag(dav: Client, path: str) -> None:
    assert dav("PROPPATCH", path, NAME, {"If-Match": '"stale"'}).status == 412
    assert dav("PROPPATCH", path, NAME, {"If-None-Match": "*"}).status == 412
    assert dav("PROPPATCH", path, NAME, {"If-Match": "*"}).status == 207


def test_a_session_is_not_cancelled_by_a_delete_that_expects_another_one(dav: Client) -> None:
    path = "/dav/ada/sessions/a.ics"
    assert dav.put(path, event()).status == 201
    now = dav("GET", path).headers["etag"]
    for condition in ("*", now):
        assert dav("DELETE", path, if_none_match=condition).status == 412
    assert dav("GET", path).headers["etag"] == now
    assert dav("DELETE", path, if_none_match='"stale"').status == 204


def test_the_sessions_stay_whatever_is_expected_of_them(dav: Client) -> None:
    assert dav("DELETE", "/dav/ada/sessions/", if_match='"stale"').status == 403


def test_what_is_not_there_is_404_whatever_is_expected_of_it(dav: Client) -> None:
    for method in ("MOVE", "COPY", "DELETE"):
        assert dav(method, W + "none.ics", destination=A, if_match='"stale"').status == 404


def test_the_if_header_holds_while_the_object_is_moved(dav: Client, etag: str) -> None:
    for method in ("COPY", "MOVE"):
        assert dav(method, A, b"", {"Destination": B, "If": '(["stale"])'}).status == 412
        assert dav(method, A, b"", {"Destination": B, "If": f"([{etag}])"}).status in (201, 204)


@pytest.fixture
def ada(gate: Gate) -> Principal:
    found = gate.principal("ada")
    assert found is not None
    return found


def calendar(gate: Gate, ada: Principal, slug: str) -> Collection:
    found = gate.collection(ada, slug)
    assert found is not None
    return found


@pytest.mark.parametrize("if_match", [("*",), None])
def test_a_copy_is_of_what_was_looked_at(
    dav: Client, etag: str, gate: Gate, ada: Principal, if_match: tuple[str, ...] | None
) -> None:
    work, other = calendar(gate, ada, "work"), calendar(gate, ada, "other")
    tags = ("stale",) if if_match is None else None
    source = Source(
        collection=work, href="a.ics", etag=etag.strip('"'), if_match=if_match, if_none_match=tags
    )
    copy = Put(
        principal=ada, collection=other, href="b.ics", body=event().encode(), received=NOW, source=source
    )
    assert isinstance(gate.submit(copy), Stored)
    assert dav.put(A, event(start="20260303T153000Z")).status == 204
    assert gate.submit(copy) == Failed(412, STALE)


def test_what_changes_after_the_look_is_seen_in_the_transaction(
    dav: Client, etag: str, gate: Gate, ada: Principal
) -> None:
    work, other = calendar(gate, ada, "work"), calendar(gate, ada, "other")
    assert dav.put(A, event(start="20260303T153000Z")).status == 204
    seen, ctag = (etag.strip('"'),), (work.ctag,)
    for proposal in (
        MoveObject(principal=ada, source=work, href="a.ics", target=other, new_href="b.ics", if_match=seen),
        SetProperties(principal=ada, collection=work, set={"{urn:x}a": "<a/>"}, if_match=ctag),
        DropCalendar(principal=ada, collection=work, if_match=ctag),
    ):
        outcome = gate.submit(proposal)
        assert isinstance(outcome, Failed)
        assert outcome.status == 412
    assert dav("GET", A).status == 200
