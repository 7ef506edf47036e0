"""PROPFIND, and the properties of every kind of resource."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from calgate.ical.text import PRODID
from tests.integration.caldav.conftest import NOW
from tests.support.dav import CS, NAMES, C, Client, D, event

W = "/dav/ada/work/"


def ask(dav: Client, path: str, inner: str, depth: str = "0", **headers: str) -> Any:
    return dav("PROPFIND", path, f"<D:propfind {NAMES}>{inner}</D:propfind>", {"depth": depth} | headers)


@pytest.mark.parametrize(
    "body",
    [
        f"<D:propertyupdate {NAMES}/>",
        "<propfind/>",
        f"<D:propfind {NAMES}/>",
        "<broken",
        "\x00",
        "<!DOCTYPE a><a/>",
    ],
)
def test_a_wrong_body_is_400(dav: Client, body: str) -> None:
    answer = dav("PROPFIND", W, body, depth="0")
    assert (answer.status, len(answer.error)) == (400, 1)


@pytest.mark.parametrize("path", ["/dav/", "/dav/ada/", W])
def test_depth_infinity_is_refused_by_name(dav: Client, path: str) -> None:
    answer = ask(dav, path, "<D:allprop/>", "infinity")
    assert (answer.status, answer.error[0]) == (403, D + "propfind-finite-depth")


@pytest.mark.parametrize("depth", ["2", "-1", "one", "1,noroot"])
def test_another_depth_is_400(dav: Client, depth: str) -> None:
    assert ask(dav, W, "<D:allprop/>", depth).status == 400


def test_depth_says_how_much_is_listed(dav: Client) -> None:
    dav.put(W + "a.ics", event())
    names = "<D:prop><D:resourcetype/></D:prop>"
    assert ask(dav, "/dav/", names).hrefs == ["/dav/"]
    assert ask(dav, "/dav/", names, "1").hrefs == ["/dav/", "/dav/ada/"]
    assert ask(dav, "/dav/ada/", names).hrefs == ["/dav/ada/"]
    boxes = ["/dav/ada/inbox/", "/dav/ada/outbox/"]
    assert ask(dav, "/dav/ada/", names, "1").hrefs == ["/dav/ada/", "/dav/ada/sessions/", W, *boxes]
    assert ask(dav, W, names).hrefs == [W]
    assert ask(dav, W, names, "1").hrefs == [W, W + "a.ics"]
    assert ask(dav, W + "a.ics", names, "1").hrefs == [W + "a.ics"]


@pytest.mark.parametrize("path", ["/dav", "/dav/ada", "/dav/ada/work"])
def test_a_collection_is_found_without_its_slash_and_named_with_it(dav: Client, path: str) -> None:
    assert dav.propfind(path, "D:resourcetype").hrefs == [path + "/"]


@pytest.mark.parametrize(
    "path", ["/dav/ada/none/", "/dav/ada/work/none.ics", "/dav/ada/work/a.ics/", W + "a/b/c"]
)
def test_of_nothing_is_404(dav: Client, path: str) -> None:
    dav.put(W + "a.ics", event())
    assert dav.propfind(path, "D:resourcetype").status == 404


@pytest.mark.parametrize(
    "path", ["/dav/bob/", "/dav/bob/sessions/", "/dav/nobody/", "/dav/bob/none/", "/dav/bob/sessions/x.ics"]
)
def test_other_homes_answer_the_same_whether_they_exist_or_not(dav: Client, path: str) -> None:
    answer = dav.propfind(path, "D:resourcetype", "D:displayname")
    assert (answer.status, answer.error) == (403, [D + "need-privileges"])
    assert b"Bob" not in answer.body


def test_unknown_properties_are_404_in_their_propstat(dav: Client) -> None:
    answer = ask(
        dav, W, '<D:prop><D:displayname/><D:nope/><X:nope xmlns:X="urn:x"/><nope xmlns=""/></D:prop>'
    )
    assert answer.fates(W) == {D + "displayname": 200, D + "nope": 404, "{urn:x}nope": 404, "nope": 404}


@pytest.mark.parametrize("wish", [{"prefer": "return=minimal"}, {"brief": "t"}])
@pytest.mark.parametrize("depth", ["0", "1"])
def test_minimal_leaves_out_what_is_not_there(dav: Client, wish: dict[str, str], depth: str) -> None:
    dav.put(W + "a.ics", event())
    answer = ask(dav, W, "<D:prop><D:getetag/><D:nope/></D:prop>", depth, **wish)
    assert b"404" not in answer.body
    for path in answer.hrefs:
        assert answer.fates(path) == {D + "getetag": 200}
    nothing = ask(dav, W, "<D:prop><D:nope/></D:prop>", "0", **wish)
    assert nothing.response(W).find(D + "propstat") is not None
    assert b"404" not in nothing.body


def test_an_empty_body_means_allprop(dav: Client) -> None:
    dav.put(W + "a.ics", event())
    empty, named = dav("PROPFIND", W, depth="1"), ask(dav, W, "<D:allprop/>", "1")
    assert empty.body == named.body
    found = named.found(W + "a.ics")
    assert set(found) >= {D + "getetag", D + "resourcetype", D + "getcontentlength", D + "getlastmodified"}
    assert C + "supported-calendar-data" not in named.found(W)


def test_allprop_includes_dead_properties_and_what_is_added(dav: Client) -> None:
    dav.proppatch(W, '<D:set><D:prop><X:a xmlns:X="urn:x">1</X:a></D:prop></D:set>')
    answer = ask(dav, W, "<D:allprop/><D:include><C:supported-calendar-data/></D:include>")
    assert {"{urn:x}a", C + "supported-calendar-data", D + "displayname"} <= set(answer.found(W))


def test_propname_names_without_values(dav: Client) -> None:
    dav.proppatch(W, '<D:set><D:prop><X:a xmlns:X="urn:x">1</X:a></D:prop></D:set>')
    dav.put(W + "a.ics", event())
    answer = ask(dav, W, "<D:propname/>", "1")
    assert {"{urn:x}a", CS + "getctag", D + "sync-token"} <= set(answer.found(W))
    assert D + "getetag" in answer.found(W + "a.ics")
    assert all(node.text is None and not len(node) for node in answer.found(W).values())


def test_every_named_property_has_a_value(dav: Client) -> None:
    dav.put(W + "a.ics", event())
    for path in ("/dav/", "/dav/ada/", W, W + "a.ics"):
        for name in ask(dav, path, "<D:propname/>").found(path):
            space, _, local = name[1:].partition("}")
            assert ask(dav, path, f'<D:prop><X:{local} xmlns:X="{space}"/></D:prop>').fates(path) == {
                name: 200
            }


# ---- the properties --------------------------------------------------------------------------------------


def test_of_the_principal(dav: Client) -> None:
    home = "/dav/ada/"
    names = [
        "D:current-user-principal",
        "D:principal-URL",
        "D:resourcetype",
        "D:displayname",
        "D:principal-collection-set",
        "D:owner",
        "D:resource-id",
        "D:supported-report-set",
        "D:current-user-privilege-set",
        "D:group-membership",
        "C:calendar-home-set",
        "C:calendar-user-address-set",
        "CS:email-address-set",
    ]
    found = dav.propfind(home, *names).found(home)
    assert len(found) == len(names)
    for name in (D + "current-user-principal", D + "principal-URL", C + "calendar-home-set", D + "owner"):
        assert found[name].findtext(D + "href") == home
    assert found[D + "displayname"].text == "Ada Moss"
    assert [child.tag for child in found[D + "resourcetype"]] == [D + "collection", D + "principal"]
    assert found[D + "principal-collection-set"].findtext(D + "href") == "/dav/"
    addresses = [node.text for node in found[C + "calendar-user-address-set"]]
    assert addresses == ["mailto:ada@riverside.example", home]
    assert (found[D + "resource-id"].findtext(D + "href") or "").startswith("urn:uuid:")


def test_the_home_set_is_right_in_a_listing_too(dav: Client) -> None:
    answer = dav.propfind("/dav/", "C:calendar-home-set", depth=1)
    assert answer.found("/dav/ada/")[C + "calendar-home-set"].findtext(D + "href") == "/dav/ada/"


@pytest.mark.parametrize(
    "name",
    [
        "D:quota-available-bytes",
        "D:quota-used-bytes",
        "D:add-member",
        "C:schedule-default-calendar-URL",
        "CS:notification-URL",
        "CS:dropbox-home-URL",
        "CS:allowed-sharing-modes",
        "CS:invite",
        "CS:push-transports",
        "CS:pushkey",
        "CS:source",
    ],
)
def test_what_is_not_offered_is_404(dav: Client, name: str) -> None:
    for path in ("/dav/ada/", W):
        assert set(dav.propfind(path, name).fates(path).values()) == {404}


def test_of_a_calendar(dav: Client) -> None:
    names = [
        "D:resourcetype",
        "D:displayname",
        "D:owner",
        "D:getetag",
        "D:sync-token",
        "CS:getctag",
        "D:supported-report-set",
        "D:resource-id",
        "D:current-user-privilege-set",
        "C:supported-calendar-component-set",
        "C:supported-calendar-data",
        "C:supported-collation-set",
        "C:max-resource-size",
        "C:calendar-timezone",
        "C:calendar-timezone-id",
        "C:schedule-calendar-transp",
        "D:current-user-principal",
    ]
    found = dav.propfind(W, *names).found(W)
    assert len(found) == len(names)
    assert [child.tag for child in found[D + "resourcetype"]] == [D + "collection", C + "calendar"]
    data = found[C + "supported-calendar-data"].find(C + "calendar-data")
    assert data is not None
    assert (data.get("content-type"), data.get("version")) == ("text/calendar", "2.0")
    collations = {
        node.text for node in found[C + "supported-collation-set"].iterfind(C + "supported-collation")
    }
    assert {"i;ascii-casemap", "i;octet"} <= collations
    assert int(found[C + "max-resource-size"].text or "0") > 100_000
    zone = found[C + "calendar-timezone"].text or ""
    assert "BEGIN:VTIMEZONE" in zone and f"PRODID:{PRODID}\n" in zone.replace("\r", "")
    assert found[C + "calendar-timezone-id"].text == "America/New_York"
    privileges = {node[0].tag for node in found[D + "current-user-privilege-set"]}
    assert {D + "read", D + "write", D + "write-content", D + "bind", D + "unbind"} <= privileges
    assert (found[D + "sync-token"].text or "").startswith("urn:")


def test_ctag_and_token_move_with_every_change(dav: Client) -> None:
    def state() -> tuple[str | None, ...]:
        return tuple(node.text for node in dav.propfind(W, "CS:getctag", "D:sync-token").found(W).values())

    seen = [state()]
    dav.put(W + "a.ics", event())
    seen.append(state())
    dav.put(W + "a.ics", event(start="20260303T153000Z"))
    seen.append(state())
    dav("DELETE", W + "a.ics")
    seen.append(state())
    assert len(set(seen)) == 4
    assert state() == seen[-1]


def test_of_an_object(dav: Client) -> None:
    path = W + "a.ics"
    dav.put(path, event())
    got = dav("GET", path)
    names = [
        "D:getetag",
        "D:getcontenttype",
        "D:getcontentlength",
        "D:getlastmodified",
        "D:resourcetype",
        "D:owner",
    ]
    for depth, at in ((0, path), (1, W)):
        found = dav.propfind(at, *names, depth=depth).found(path)
        assert found[D + "getetag"].text == got.headers["etag"]
        assert found[D + "getcontenttype"].text == "text/calendar; charset=utf-8; component=VEVENT"
        assert int(found[D + "getcontentlength"].text or "0") == len(got.body)
        modified = parsedate_to_datetime(found[D + "getlastmodified"].text or "")
        assert abs((NOW - modified).total_seconds()) < 120
        assert len(found[D + "resourcetype"]) == 0


def test_calendar_data_is_no_property_of_propfind(dav: Client) -> None:
    dav.put(W + "a.ics", event())
    assert dav.propfind(W + "a.ics", "C:calendar-data").fates(W + "a.ics") == {C + "calendar-data": 404}


def test_the_fast_listing_says_the_same_as_the_single_answers(dav: Client) -> None:
    for number, name in enumerate(("a.ics", "b%20%7Bc%7D.ics", "%25d.ics")):
        assert dav.put(W + name, event(f"u{number}")).status == 201
    names = ("D:getetag", "D:getcontenttype", "D:resourcetype", "D:nope", "D:owner")
    listed = dav.propfind(W, *names, depth=1)
    for path in listed.hrefs[1:]:
        single = dav.propfind(
            path.replace("%", "%25").replace(" ", "%20").replace("{", "%7B").replace("}", "%7D"), *names
        )
        assert single.fates(path) == listed.fates(path)
        assert single.found(path)[D + "getetag"].text == listed.found(path)[D + "getetag"].text


def test_a_listing_of_ten_thousand_is_written_in_milliseconds() -> None:
    from calgate.doors.caldav import properties
    from calgate.doors.caldav.request import Request
    from calgate.gate.values import Collection, Principal

    principal = Principal("o", "ada", "Ada", "", "UTC")
    request = Request(
        method="PROPFIND",
        path=("ada", "work"),
        slash=True,
        headers={},
        body=b"",
        principal=principal,
        received=datetime.now(UTC),
        base="/dav",
    )
    collection = Collection(
        org="o",
        id=1,
        owner="ada",
        slug="work",
        managed=False,
        components=("VEVENT",),
        props={},
        zone="UTC",
        number=1,
        floor=0,
        epoch="e",
    )
    rows = [(f"{n:032x}.ics", f"{n:016x}", "VEVENT") for n in range(10_000)]
    names = (D + "resourcetype", D + "getetag", D + "getcontenttype", D + "nope")
    times = []
    for _ in range(3):
        began = time.perf_counter()
        assert sum(1 for _ in properties.listing(request, collection, rows, names)) == 10_000
        times.append(time.perf_counter() - began)
    assert min(times) < 0.1


def test_too_many_names_are_413(dav: Client) -> None:
    names = "".join(f"<D:p{number}/>" for number in range(501))
    assert ask(dav, W, f"<D:prop>{names}</D:prop>", "1").status == 413
