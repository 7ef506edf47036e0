"""The If header and If-Unmodified-Since: a write happens only to what its client has seen."""

from __future__ import annotations

from email.utils import format_datetime

import pytest

from tests.integration.caldav.conftest import NOW
from tests.support.dav import Client, D, event

W, A = "/dav/ada/work/", "/dav/ada/work/a.ics"
OTHER = event(start="20260303T153000Z")


@pytest.fixture
def etag(dav: Client) -> str:
    return dav.put(A, event()).headers["etag"]


def token(dav: Client) -> str:
    return dav.propfind(W, "D:sync-token").found(W)[D + "sync-token"].text or ""


@pytest.mark.parametrize(
    ("header", "holds"),
    [
        ("([{etag}])", True),
        ('(["other"])', False),
        ("(Not [{etag}])", False),
        ('(Not ["other"])', True),
        ('(["other"]) ([{etag}])', True),
        ('([{etag}] ["other"])', False),
        ("([{etag}] Not <DAV:no-lock>)", True),
        ("(<DAV:no-lock>)", False),
        ("(<urn:uuid:181d4fae-7d8c-11d0-a765-00a0c91e6bf2> [{etag}])", False),
        ("<" + A + "> ([{etag}])", True),
        ("<http://calendar.example" + A + "> ([{etag}])", True),
        ("<http://elsewhere.example" + A + "> ([{etag}])", False),
        ("</dav/ada/work/none.ics> ([{etag}])", False),
        ("</dav/bob/sessions/> (Not <DAV:no-lock>)", True),
        ("</outside> ([{etag}])", False),
        ("([W/{etag}])", False),
    ],
)
def test_a_put_and_a_delete_happen_if_the_list_holds(
    dav: Client, etag: str, header: str, holds: bool
) -> None:
    wish = {"If": header.format(etag=etag)}
    answer = dav("PUT", A, OTHER, wish)
    assert answer.status == (204 if holds else 412)
    assert dav("GET", A).body == (OTHER if holds else event()).encode()
    again = {"If": header.format(etag=dav("GET", A).headers["etag"])}
    assert dav("DELETE", A, b"", again).status == (204 if holds else 412)


@pytest.mark.parametrize(
    "header", ["", "x", "()", "(Not)", "(Not Not <a:b>)", "(<a:b>", "<a:b>)", '["x"]', "(" * 5000]
)
def test_what_is_no_list_is_400(dav: Client, etag: str, header: str) -> None:
    assert dav("PUT", A, OTHER, {"If": header}).status == 400
    assert dav("GET", A).headers["etag"] == etag


def test_a_sync_token_is_a_condition_on_its_calendar(dav: Client, etag: str) -> None:
    seen = {"If": f"<{W}> (<{token(dav)}>)"}
    assert dav("PUT", A, OTHER, seen).status == 204
    assert dav("PUT", W + "b.ics", event("b"), seen).status == 412
    assert dav("GET", W + "b.ics").status == 404
    assert dav("PUT", W + "b.ics", event("b"), {"If": f"<{W}> (<{token(dav)}>)"}).status == 201
    assert dav("DELETE", W, b"", seen).status == 412
    assert dav("DELETE", W, b"", {"If": f"(<{token(dav)}>)"}).status == 204


def test_it_counts_for_reading_and_properties_too(dav: Client, etag: str) -> None:
    stale = {"If": '(["other"])'}
    assert dav("GET", A, b"", stale).status == dav("PROPFIND", A, b"", {**stale, "Depth": "0"}).status == 412
    wish = '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><D:displayname>x</D:displayname></D:prop></D:set>'
    assert dav("PROPPATCH", W, wish + "</D:propertyupdate>", stale).status == 412
    assert dav("GET", A, b"", {"If": f"([{etag}])"}).status == 200


def test_nothing_of_others_can_be_found_out(dav: Client, bob: Client) -> None:
    assert bob("MKCALENDAR", "/dav/bob/own/").status == 201
    theirs = bob.put("/dav/bob/own/b.ics", event("b")).headers["etag"]
    wish = {"If": f"</dav/bob/own/b.ics> ([{theirs}])"}
    assert dav("PUT", A, event(), wish).status == 412
    assert dav("PUT", "/dav/bob/own/b.ics", OTHER, {"If": f"([{theirs}])"}).status == 403


@pytest.mark.parametrize("date", ["Fri, 01 Jan 2100 00:00:00 GMT", "yesterday"])
def test_unmodified_since(dav: Client, etag: str, date: str) -> None:
    assert dav.put(A, OTHER, if_unmodified_since=date).status == 204


def test_modified_since_then(dav: Client, etag: str) -> None:
    before = "Thu, 01 Jan 2026 00:00:00 GMT"
    assert dav.put(A, OTHER, if_unmodified_since=before).status == 412
    assert dav("DELETE", A, if_unmodified_since=before).status == 412
    assert dav("GET", A, if_unmodified_since=before).status == 412
    assert dav("GET", A).headers["etag"] == etag
    seen = dav("GET", A).headers["last-modified"]
    assert dav.put(A, OTHER, if_unmodified_since=seen).status == 204
    assert dav.put(A, event(), if_unmodified_since=before, if_match="*").status == 204, (
        "RFC 9110 section 13.2.2"
    )
    assert (
        dav.put(W + "new.ics", event("n"), if_unmodified_since=format_datetime(NOW, usegmt=True)).status
        == 201
    )
