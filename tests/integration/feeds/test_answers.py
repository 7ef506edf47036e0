"""What a subscriber is answered over HTTP."""

from __future__ import annotations

import gzip
import time
from dataclasses import replace
from typing import Any

import pytest

from calgate.store import StoreError
from tests.integration.feeds.conftest import Served
from tests.support.feeds import check_text, events, logical_lines

ADA = {"audience": "person", "target": "ada"}
ALWAYS = {
    "x-robots-tag": "noindex",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def test_a_feed_says_all_that_subscribers_look_for(served: Served) -> None:
    path = served.link(**ADA, name='Ada "Würzburg"\\Moss', color="teal")
    found = served.get(path)
    assert found.status == 200
    assert found.headers["content-type"] == "text/calendar; charset=utf-8"
    assert ALWAYS.items() <= found.headers.items()
    assert found.headers["cache-control"].startswith("private")
    assert found.headers["vary"] == "Accept-Encoding"
    assert found.headers["last-modified"] == "Mon, 02 Mar 2026 14:00:00 GMT"
    assert found.headers["content-disposition"] == (
        "inline; filename=\"Ada W rzburg Moss.ics\"; filename*=UTF-8''Ada%20%22W%C3%BCrzburg%22%5CMoss.ics"
    )
    assert found.etag[0] == found.etag[-1] == '"'
    lines = logical_lines(found.text)
    assert lines[0] == "BEGIN:VCALENDAR"
    for line in (
        "METHOD:PUBLISH",
        'NAME:Ada "Würzburg"\\\\Moss',
        'X-WR-CALNAME:Ada "Würzburg"\\\\Moss',
        "X-WR-TIMEZONE:America/New_York",
        "REFRESH-INTERVAL;VALUE=DURATION:PT60M",
        "X-PUBLISHED-TTL:PT60M",
        "COLOR:teal",
    ):
        assert line in lines[: lines.index("BEGIN:VTIMEZONE")]
    check_text(found.text)
    assert len(events(found.text)) >= 9


def test_head_is_get_without_the_body(served: Served) -> None:
    path = served.link(**ADA)
    whole, head = served.get(path), served("HEAD", path)
    assert head.status == 200 and head.body == b"" and len(whole.body) > 5000
    assert {**head.headers, "date": ""} == {**whole.headers, "date": ""}
    assert served("HEAD", path, If_None_Match=head.etag).status == 304


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("If-None-Match", "{etag}", 304),
        ("If-None-Match", "W/{etag}", 304),
        ("If-None-Match", '"other", {etag}, W/"third"', 304),
        ("If-None-Match", "*", 304),
        ("If-None-Match", '"other"', 200),
        ("If-Modified-Since", "{modified}", 304),
        ("If-Modified-Since", "Tue, 03 Mar 2026 00:00:00 GMT", 304),
        ("If-Modified-Since", "Sun, 01 Mar 2026 00:00:00 GMT", 200),
        ("If-Modified-Since", "nonsense", 200),
    ],
)
def test_a_feed_is_sent_only_when_it_is_new(served: Served, header: str, value: str, status: int) -> None:
    path = served.link(**ADA)
    first = served.get(path)
    sent = value.format(etag=first.etag, modified=first.headers["last-modified"])
    again = served.get(path, **{header: sent})
    assert again.status == status and again.etag == first.etag
    assert again.headers["last-modified"] == first.headers["last-modified"]
    assert again.body == (b"" if status == 304 else first.body)
    assert ALWAYS.items() <= again.headers.items() and again.headers["vary"] == "Accept-Encoding"


def test_a_tag_that_is_old_wins_over_a_date_that_is_not(served: Served) -> None:
    path = served.link(**ADA)
    modified = served.get(path).headers["last-modified"]
    assert served.get(path, If_None_Match='"other"', If_Modified_Since=modified).status == 200


def test_gzip_has_a_tag_of_its_own_and_both_are_known(served: Served) -> None:
    path = served.link(**ADA)
    plain, packed = served.get(path), served.get(path, Accept_Encoding="gzip, deflate")
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body and len(packed.body) < len(plain.body) / 3
    assert packed.etag != plain.etag
    for etag in (plain.etag, packed.etag):
        for accepted in ("gzip", "identity"):
            assert served.get(path, If_None_Match=etag, Accept_Encoding=accepted).status == 304
    assert served.get(path, If_None_Match=packed.etag, Accept_Encoding="gzip").etag == packed.etag
    assert "content-encoding" not in served.get(path, Accept_Encoding="gzip;q=0").headers
    outlook = served.get(path, Accept_Encoding="gzip", User_Agent="Microsoft Office/16.0 (Outlook 16.0)")
    assert outlook.body == plain.body


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "PROPFIND", "OPTIONS", "MKCALENDAR"])
def test_a_feed_is_not_written(served: Served, method: str) -> None:
    path = served.link(**ADA)
    before = served.get(path)
    for known in (path, path.replace("/feeds/", "/feeds/x")):
        refused = served(method, known, b"BEGIN:VCALENDAR")
        assert refused.status == 405 and refused.headers["allow"] == "GET, HEAD"
        assert ALWAYS.items() <= refused.headers.items()
    assert served.get(path).body == before.body


def test_what_is_no_link_is_404(served: Served) -> None:
    path, busy = served.link(**ADA), served.link(**ADA, kind="freebusy")
    secret = path.removeprefix("/feeds/").removesuffix(".ics")
    other = "A" * len(secret)
    wrong = [
        f"/feeds/{other}.ics",
        f"/freebusy/{other}.ifb",
        f"/feeds/{secret}",
        f"/feeds/{secret}.ics/",
        f"/feeds/{secret}.ICS",
        f"/feeds/{secret}.ifb",
        f"/freebusy/{secret}.ifb",
        f"/freebusy/{secret}.ics",
        busy.replace("/freebusy/", "/feeds/").replace(".ifb", ".ics"),
        f"/feeds/{secret[:-1]}.ics",
        f"/feeds/{secret}A.ics",
        f"/feeds//{secret}.ics",
        f"/feeds/./{secret}.ics",
        f"/feeds/x/../{secret}.ics",
        f"/feeds/%2e%2e/feeds/{secret}.ics",
        f"/feeds/{secret}%2eics",
        f"/%66eeds/{secret}.ics",
        f"/feeds/{secret}.ics%00",
        f"/feeds/{secret}.ics;a=b",
        "/feeds/.ics",
        "/feeds/",
        f"/feeds/{'x' * 5000}.ics",
        "/feeds/%27%20OR%201=1--.ics",
    ]
    for each in wrong:
        found = served.get(each)
        assert (found.status, b"BEGIN" in found.body) == (404, False), each
    assert served.get(f"{path}?nocache=1").status == 200, "some add a query to get round caches"


def test_a_revoked_an_expired_and_a_replaced_link_are_gone(served: Served) -> None:
    revoked, expired, rotated = (served.link(**ADA, name=name) for name in ("a", "b", "c"))
    busy = served.link(**ADA, kind="freebusy")
    short = served.link(**ADA, expires_at=served.clock.at.replace(hour=20))
    served.gate.revoke_link("riverside", served.made[0].id)
    served.gate.revoke_link("riverside", served.made[3].id)
    secret = served.gate.rotate_link("riverside", served.made[2].id)
    assert served.get(short).status == 200
    served.clock.forward(hours=6)
    for path in (revoked, rotated, busy, short):
        for method in ("GET", "HEAD"):
            gone = served(method, path, If_None_Match="*")
            assert gone.status == 410 and b"VCALENDAR" not in gone.body
            assert ALWAYS.items() <= gone.headers.items()
    assert served.get(expired).status == 200 and served.get(f"/feeds/{secret}.ics").status == 200


def test_trouble_is_503_and_never_an_empty_feed(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    path = served.link(**ADA)
    link, feed = served.gate.link, served.gate.feed

    def fails(*_: object) -> None:
        raise StoreError("The database does not answer.")

    def filling(given: str) -> Any:
        head = link(given)
        return head and replace(head, state="filling")

    def ended(head: Any) -> Any:
        page = feed(head)
        return replace(page, head=replace(page.head, state="revoked"), texts=[])

    for name, instead, status in (
        ("link", fails, 503),
        ("feed", fails, 503),
        ("link", filling, 503),
        ("feed", ended, 410),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(served.gate, name, instead)
            answer = served.get(path)
        assert answer.status == status and b"VCALENDAR" not in answer.body
        if status == 503:
            assert int(answer.headers["retry-after"]) > 0
    assert served.get(path).status == 200


def test_the_last_use_is_noted_with_the_program_once_an_hour(served: Served) -> None:
    path = served.link(**ADA)
    served.get(path, User_Agent="One/1.0")
    assert used(served) == "One/1.0"
    served.get(path, User_Agent="Two/2.0")
    served.clock.forward(minutes=61)
    served.get(path, User_Agent="Three/3.0 " + "x" * 900)
    until = time.monotonic() + 5
    while used(served) == "One/1.0" and time.monotonic() < until:
        time.sleep(0.01)
    assert used(served).startswith("Three/3.0") and len(used(served)) <= 200


def used(served: Served) -> str:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        [link] = served.gate.list_links("riverside")
        if link.last_used_at is not None:
            return link.last_used_by
        time.sleep(0.01)
    raise AssertionError("the use was not noted")
