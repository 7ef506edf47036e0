"""principal-property-search and principal-search-property-set (RFC 3744 sections 9.4 and 9.5)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from tests.support.reports import NAMES, C, D, World, open_world

EMAIL = "{http://calendarserver.org/ns/}email-address-set"
NAME = "<D:prop><D:displayname/></D:prop>"


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as world:
        yield world


def search(*wishes: tuple[str, str], test: str = "allof", prop: str = NAME) -> str:
    inner = "".join(
        f"<D:property-search><D:prop><{name}/></D:prop><D:match>{match}</D:match></D:property-search>"
        for name, match in wishes
    )
    return f'<D:principal-property-search {NAMES} test="{test}">{inner}{prop}</D:principal-property-search>'


@pytest.mark.parametrize("path", [(), ("ada",)])
def test_colleagues_by_name(world: World, path: tuple[str, ...]) -> None:
    reply = world.report(search(("D:displayname", "REED")), path)

    assert set(reply.found) == {"/dav/bob/"}
    assert reply.found["/dav/bob/"][f"{D}displayname"].text == "Bob Reed"


def test_by_address(world: World) -> None:
    reply = world.report(search(("C:calendar-user-address-set", "bob@riverside")), ())
    by_mail = world.report(search(("CS:email-address-set", "bob@")), ())

    assert set(reply.found) == set(by_mail.found) == {"/dav/bob/"}


def test_all_or_any(world: World) -> None:
    wishes = (("D:displayname", "reed"), ("CS:email-address-set", "ada@"))

    assert world.report(search(*wishes), ()).found == {}
    assert set(world.report(search(*wishes, test="anyof"), ()).found) == {"/dav/ada/", "/dav/bob/"}


def test_nobody_of_another_organization(world: World) -> None:
    assert world.report(search(("D:displayname", "eve")), ()).found == {}
    assert set(world.report(search(("D:displayname", "")), (), person="eve").found) == {"/dav/eve/"}


def test_what_is_told_of_a_colleague(world: World) -> None:
    prop = "<D:prop><C:calendar-home-set/><C:calendar-user-address-set/><D:acl/><CG:unknown/></D:prop>"

    reply = world.report(search(("D:displayname", "bob"), prop=prop), ())

    found = reply.found["/dav/bob/"]
    assert found[f"{C}calendar-home-set"].findtext(f"{D}href") == "/dav/bob/"
    assert "mailto:bob@riverside.example" in {
        node.text for node in found[f"{C}calendar-user-address-set"].iterfind(f"{D}href")
    }
    assert reply.missing["/dav/bob/"] == {f"{D}acl", "{urn:calgate:ns}unknown"}


def test_properties_beside_an_empty_prop(world: World) -> None:
    reply = world.report(search(("D:displayname", "bob"), prop="<D:prop/><D:displayname/>"), ())

    assert reply.found["/dav/bob/"][f"{D}displayname"].text == "Bob Reed"


def test_a_property_that_cannot_be_searched(world: World) -> None:
    assert world.report(search(("D:getetag", "")), ()).found == {}


@pytest.mark.parametrize(
    "body",
    [
        f"<D:principal-property-search {NAMES}><D:property-search/></D:principal-property-search>",
    ],
)
def test_malformed(world: World, body: str) -> None:
    assert world.report(body, ()).status == 400


def test_the_properties_that_can_be_searched(world: World) -> None:
    reply = world.report(f"<D:principal-search-property-set {NAMES}/>", ("ada",))

    assert reply.status == 200
    root = ElementTree.fromstring(reply.body)
    names = {prop.tag for node in root.iter(f"{D}prop") for prop in node}
    assert names == {f"{D}displayname", EMAIL, f"{C}calendar-user-address-set"}


def test_not_on_a_calendar(world: World) -> None:
    world.calendar()

    reply = world.report(search(("D:displayname", "bob")))

    assert (reply.status, reply.error[0]) == (403, f"{D}supported-report")
