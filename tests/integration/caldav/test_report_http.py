"""REPORT through the whole application: Radicale's dispatch, login and rights included."""

from __future__ import annotations

from tests.support.dav import Client
from tests.support.reports import C, D, data, event, free_busy, multiget, query, span, sync

ONE = event("DTSTART:20260303T090000Z", "DTEND:20260303T100000Z", "SUMMARY:Gr\u00fc\u00dfe <&>")
MARCH = ("20260301T000000Z", "20260401T000000Z")


def test_put_then_sync_then_multiget_gives_the_same_text(dav: Client) -> None:
    assert dav("PUT", "/dav/ada/work/one.ics", ONE).status == 201
    listed = dav("REPORT", "/dav/ada/work/", sync(), {"Depth": "1"})
    assert (listed.status, listed.hrefs) == (207, ["/dav/ada/work/one.ics"])
    etag = listed.found("/dav/ada/work/one.ics")[f"{D}getetag"].text

    fetched = dav("REPORT", "/dav/ada/work/", multiget("/dav/ada/work/one.ics")).found(
        "/dav/ada/work/one.ics"
    )
    got = dav("GET", "/dav/ada/work/one.ics")

    assert (fetched[f"{C}calendar-data"].text or "").replace("\n", "\r\n") == got.body.decode() == ONE
    assert etag == fetched[f"{D}getetag"].text == got.headers["etag"]


def test_query_without_a_depth_header(dav: Client) -> None:
    dav("PUT", "/dav/ada/work/one.ics", ONE)

    assert dav("REPORT", "/dav/ada/work/", query(span(*MARCH), prop=data())).hrefs == [
        "/dav/ada/work/one.ics"
    ]


def test_invalid_token(dav: Client) -> None:
    reply = dav("REPORT", "/dav/ada/work/", sync("urn:calgate:sync:old-1"))

    assert (reply.status, reply.error[0]) == (403, f"{D}valid-sync-token")


def test_a_colleague_may_ask_for_busy_times_only(dav: Client, bob: Client) -> None:
    dav("PUT", "/dav/ada/work/one.ics", ONE)

    for path in ("/dav/ada/", "/dav/ada/work/"):
        busy = bob("REPORT", path, free_busy(*MARCH))
        assert busy.status == 200
        assert busy.headers["content-type"] == "text/calendar; charset=utf-8"
        assert b"FREEBUSY;FBTYPE=BUSY:20260303T090000Z/20260303T100000Z" in busy.body
        assert bob("REPORT", path, query(span(*MARCH))).status == 403
    assert bob("REPORT", "/dav/ada/work/", sync()).status == 403
    assert bob("REPORT", "/dav/bob/", multiget("/dav/ada/work/one.ics")).hrefs == ["/dav/ada/work/one.ics"]
    assert b"Gr" not in bob("REPORT", "/dav/bob/", multiget("/dav/ada/work/one.ics")).body
