"""Questions about collections: MKCALENDAR, PROPPATCH, PROPFIND, and the reports on principals."""

from __future__ import annotations

import pytest

from tests.support.dav import CS, NAMES, C, D, Reply
from tests.support.remote import Remote
from tests.support.reports import event

X = "{urn:x}"
EVENT = event("DTSTART:20260303T150000Z")
ZONE = C + "calendar-timezone"


def exists(ada: Remote, path: str) -> bool:
    return ada.propfind(path, "D:resourcetype").status == 207


# ---- MKCALENDAR -------------------------------------------------------------------------------------------


def make(ada: Remote, path: str, properties: str) -> Reply:
    body = f"<C:mkcalendar {NAMES}><D:set><D:prop>{properties}</D:prop></D:set></C:mkcalendar>"
    return ada("MKCALENDAR", path, body)


@pytest.mark.question("mkcalendar: not inside a calendar")
def test_not_inside_a_calendar(ada: Remote, work: str) -> None:
    answer = ada("MKCALENDAR", work + "inner/")
    assert (answer.status, answer.error[0]) == (403, C + "calendar-collection-location-ok")
    assert ada.objects(work) == []


@pytest.mark.question("mkcalendar: all or nothing")
def test_mkcalendar_is_all_or_nothing(ada: Remote, work: str) -> None:
    path = work.rstrip("/") + "-new/"
    answer = make(ada, path, "<D:displayname>New</D:displayname><D:getetag>x</D:getetag>")
    assert answer.status == 403
    fates = {
        prop.tag: (stat.findtext(D + "status") or "").split()[1]
        for stat in answer.xml.iterfind(D + "propstat")
        for prop in stat.iterfind(f"{D}prop/*")
    }
    assert fates == {D + "displayname": "424", D + "getetag": "403"}
    assert not exists(ada, path)
    assert make(ada, path, "<D:displayname>New</D:displayname>").status == 201


@pytest.mark.question("mkcalendar: an invalid calendar-timezone is refused")
def test_mkcalendar_with_an_invalid_time_zone(ada: Remote, work: str) -> None:
    path = work.rstrip("/") + "-zone/"
    answer = make(ada, path, "<C:calendar-timezone>Tokyo</C:calendar-timezone>")
    assert answer.status == 403
    assert answer.xml.find(f"{D}propstat/{D}error/{C}valid-calendar-data") is not None
    assert not exists(ada, path)


# ---- PROPPATCH --------------------------------------------------------------------------------------------


def put(properties: str) -> str:
    return f"<D:set><D:prop>{properties}</D:prop></D:set>"


def wish(ada: Remote, path: str, name: str) -> Reply:
    """PROPFIND of one element, written with its namespace."""
    body = f"<D:propfind {NAMES}><D:prop>{name}</D:prop></D:propfind>"
    return ada("PROPFIND", path, body, depth="0")


@pytest.mark.question("proppatch: a protected property is refused in its propstat")
def test_a_protected_property(ada: Remote, work: str) -> None:
    before = ada.propfind(work, "D:getetag").found(work)[D + "getetag"].text
    answer = ada.proppatch(work, put("<D:getetag>x</D:getetag>"))
    assert (answer.status, answer.fates(work)) == (207, {D + "getetag": 403})
    named = answer.response(work).find(f"{D}propstat/{D}error/{D}cannot-modify-protected-property")
    assert named is not None
    assert ada.propfind(work, "D:getetag").found(work)[D + "getetag"].text == before


@pytest.mark.question("proppatch: all or nothing")
def test_proppatch_is_all_or_nothing(ada: Remote, work: str) -> None:
    answer = ada.proppatch(work, put("<D:displayname>New</D:displayname>") + put("<D:getetag>x</D:getetag>"))
    assert answer.fates(work) == {D + "displayname": 424, D + "getetag": 403}
    assert ada.propfind(work, "D:displayname").found(work)[D + "displayname"].text != "New"


def still_a_calendar(ada: Remote, path: str) -> None:
    found = ada.propfind(path, "D:resourcetype").found(path)[D + "resourcetype"]
    assert [child.tag for child in found] == [D + "collection", C + "calendar"]
    assert ada.put(path + "a.ics", EVENT).status == 201


@pytest.mark.question("proppatch: removing resourcetype does no harm")
def test_removing_resourcetype(ada: Remote, work: str) -> None:
    answer = ada.proppatch(work, "<D:remove><D:prop><D:resourcetype/></D:prop></D:remove>")
    assert answer.fates(work) == {D + "resourcetype": 403}
    still_a_calendar(ada, work)


@pytest.mark.question("proppatch: setting resourcetype does no harm")
def test_setting_resourcetype(ada: Remote, work: str) -> None:
    answer = ada.proppatch(work, put("<D:resourcetype><D:collection/></D:resourcetype>"))
    assert answer.fates(work) == {D + "resourcetype": 403}
    still_a_calendar(ada, work)


@pytest.mark.question("proppatch: a dead property keeps its XML children")
def test_children_of_a_dead_property(ada: Remote, work: str) -> None:
    dead = '<X:a xmlns:X="urn:x" k="v">t<X:b>&lt;&#233;&gt;</X:b>u<c xmlns="">e</c></X:a>'
    assert ada.proppatch(work, put(dead)).fates(work) == {X + "a": 200}
    kept = wish(ada, work, '<X:a xmlns:X="urn:x"/>').found(work)[X + "a"]
    assert (kept.get("k"), kept.text) == ("v", "t")
    assert [(node.tag, node.text, node.tail) for node in kept] == [(X + "b", "<é>", "u"), ("c", "e", None)]


@pytest.mark.question("proppatch: xml:lang is kept")
def test_language_of_a_dead_property(ada: Remote, work: str) -> None:
    ada.proppatch(work, '<D:set xml:lang="fr"><D:prop><X:a xmlns:X="urn:x">oui</X:a></D:prop></D:set>')
    kept = wish(ada, work, '<X:a xmlns:X="urn:x"/>').found(work)[X + "a"]
    assert kept.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"


@pytest.mark.question("proppatch: a property in no namespace")
def test_a_property_in_no_namespace(ada: Remote, work: str) -> None:
    assert ada.proppatch(work, put('<plain xmlns="">v</plain>')).fates(work) == {"plain": 200}
    assert wish(ada, work, '<plain xmlns=""/>').found(work)["plain"].text == "v"


@pytest.mark.question("proppatch: an invalid calendar-timezone is refused")
def test_proppatch_of_an_invalid_time_zone(ada: Remote, work: str) -> None:
    before = ada.propfind(work, "C:calendar-timezone").found(work)[ZONE].text
    answer = ada.proppatch(work, put("<C:calendar-timezone>Tokyo</C:calendar-timezone>"))
    assert answer.fates(work) == {ZONE: 403}
    assert answer.response(work).find(f"{D}propstat/{D}error/{C}valid-calendar-data") is not None
    assert ada.propfind(work, "C:calendar-timezone").found(work)[ZONE].text == before


@pytest.mark.question("proppatch: on an object each property has its answer")
def test_proppatch_on_an_object(ada: Remote, work: str) -> None:
    ada.put(work + "a.ics", EVENT)
    answer = ada.proppatch(work + "a.ics", put('<X:a xmlns:X="urn:x"/><D:displayname>n</D:displayname>'))
    assert answer.status == 207
    assert answer.fates(work + "a.ics") == {X + "a": 403, D + "displayname": 403}


# ---- PROPFIND ---------------------------------------------------------------------------------------------


@pytest.mark.question("propfind: another root element is a client's mistake")
def test_another_root_element(ada: Remote, work: str) -> None:
    body = f"<D:propertyupdate {NAMES}><D:set/></D:propertyupdate>"
    assert ada("PROPFIND", work, body, depth="0").status == 400


@pytest.mark.question("propfind: Depth infinity is refused by name")
def test_depth_infinity(ada: Remote, work: str) -> None:
    answer = ada("PROPFIND", "/dav/ada/", f"<D:propfind {NAMES}><D:allprop/></D:propfind>", depth="infinity")
    assert (answer.status, answer.error[0]) == (403, D + "propfind-finite-depth")


@pytest.mark.question("propfind: Prefer: return=minimal leaves out what is not there")
def test_minimal(ada: Remote, work: str) -> None:
    full = ada.propfind(work, "D:getetag", "CS:nope")
    assert full.fates(work) == {D + "getetag": 200, CS + "nope": 404}
    assert ada.propfind(work, "D:getetag", "CS:nope", prefer="return=minimal").fates(work) == {
        D + "getetag": 200
    }


@pytest.mark.question("propfind: supported-calendar-data")
def test_supported_calendar_data(ada: Remote, work: str) -> None:
    found = ada.propfind(work, "C:supported-calendar-data").found(work)[C + "supported-calendar-data"]
    kinds = [(node.tag, node.get("content-type"), node.get("version")) for node in found]
    assert kinds == [(C + "calendar-data", "text/calendar", "2.0")]


@pytest.mark.question("propfind: supported-collation-set")
def test_supported_collation_set(ada: Remote, work: str) -> None:
    found = ada.propfind(work, "C:supported-collation-set").found(work)[C + "supported-collation-set"]
    assert {node.tag for node in found} == {C + "supported-collation"}
    assert {"i;ascii-casemap", "i;octet"} <= {node.text for node in found}


@pytest.mark.question("propfind: a principal has a displayname")
def test_displayname_of_a_principal(ada: Remote) -> None:
    found = ada.propfind("/dav/ada/", "D:displayname", "D:resourcetype").found("/dav/ada/")
    assert found[D + "displayname"].text == "Ada Moss"
    assert D + "principal" in {node.tag for node in found[D + "resourcetype"]}


@pytest.mark.question("propfind: a mailto address of the principal")
def test_mailto_address(ada: Remote) -> None:
    name = C + "calendar-user-address-set"
    found = ada.propfind("/dav/ada/", "C:calendar-user-address-set").found("/dav/ada/")[name]
    assert "mailto:ada@riverside.example" in [node.text for node in found.iterfind(D + "href")]


@pytest.mark.question("propfind: the home set is right in a Depth 1 listing")
def test_home_set_in_a_listing(ada: Remote) -> None:
    found = ada.propfind("/dav/", "C:calendar-home-set", depth=1).found("/dav/ada/")
    assert found[C + "calendar-home-set"].findtext(D + "href") == "/dav/ada/"


# ---- reports on principals --------------------------------------------------------------------------------


def advertised(ada: Remote, path: str) -> set[str]:
    found = ada.propfind(path, "D:supported-report-set").found(path)[D + "supported-report-set"]
    return {node.tag for node in found.iterfind(f"{D}supported-report/{D}report/*")}


@pytest.mark.question("report: expand-property works")
def test_expand_property(ada: Remote, work: str) -> None:
    body = (
        f'<D:expand-property {NAMES}><D:property name="owner"><D:property name="displayname"/></D:property>'
        "</D:expand-property>"
    )
    assert D + "expand-property" in advertised(ada, work)
    inner = ada.report(work, body, "0").found[work][D + "owner"].find(D + "response")
    assert inner is not None
    assert inner.findtext(D + "href") == "/dav/ada/"
    assert inner.findtext(f"{D}propstat/{D}prop/{D}displayname") == "Ada Moss"


@pytest.mark.question("report: principal-property-search works")
def test_principal_property_search(ada: Remote) -> None:
    body = (
        f"<D:principal-property-search {NAMES}><D:property-search><D:prop><D:displayname/></D:prop>"
        "<D:match>bob m</D:match></D:property-search><D:prop><D:displayname/></D:prop>"
        "</D:principal-property-search>"
    )
    assert D + "principal-property-search" in advertised(ada, "/dav/")
    found = ada.report("/dav/", body, "0").found
    assert {path: props[D + "displayname"].text for path, props in found.items()} == {"/dav/bob/": "Bob Moss"}


@pytest.mark.question("report: principal-search-property-set works")
def test_principal_search_property_set(ada: Remote) -> None:
    assert D + "principal-search-property-set" in advertised(ada, "/dav/")
    answer = ada("REPORT", "/dav/", f"<D:principal-search-property-set {NAMES}/>", depth="0")
    assert (answer.status, answer.xml.tag) == (200, D + "principal-search-property-set")
    names = {prop.tag for node in answer.xml.iterfind(f"*/{D}prop") for prop in node}
    assert {D + "displayname", C + "calendar-user-address-set"} <= names
