"""Finding people over HTTP as clients do it, and what stays closed (RFC 3744 section 9)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.dav import NAMES, C, D
from tests.support.reports import World, open_world

LISTED = "<D:prop/><C:calendar-home-set/><D:displayname/>"


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as world:
        yield world


def everybody(*searched: str) -> str:
    inner = "".join(
        f"<D:property-search><D:prop><{name}/></D:prop><D:match/></D:property-search>" for name in searched
    )
    return f"<D:principal-property-search {NAMES}>{inner}{LISTED}</D:principal-property-search>"


def match(inner: str) -> str:
    return f"<D:principal-match {NAMES}>{inner}<D:prop><D:displayname/></D:prop></D:principal-match>"


@pytest.mark.parametrize("searched", [(), ("D:displayname",), ("C:calendar-user-address-set",)])
def test_a_list_of_everybody_ends_at_the_organization(world: World, searched: tuple[str, ...]) -> None:
    found = world.report(everybody(*searched), ()).found

    assert set(found) == {"/dav/ada/", "/dav/bob/"}
    assert {found[path][f"{D}displayname"].text for path in found} == {"Ada Moss", "Bob Reed"}
    assert found["/dav/bob/"][f"{C}calendar-home-set"].findtext(f"{D}href") == "/dav/bob/"
    assert set(world.report(everybody(*searched), (), person="eve").found) == {"/dav/eve/"}


@pytest.mark.parametrize("name", ["eve", "hillside", "/dav/eve/"])
def test_people_of_another_organization_are_never_found(world: World, name: str) -> None:
    for searched in ("D:displayname", "C:calendar-user-address-set", "CS:email-address-set"):
        wish = (
            f"<D:property-search><D:prop><{searched}/></D:prop><D:match>{name}</D:match></D:property-search>"
        )
        for test in ("allof", "anyof"):
            root = f'D:principal-property-search {NAMES} test="{test}"'
            assert world.report(f"<{root}>{wish}{LISTED}</{root.split()[0]}>", ()).found == {}


def test_a_colleagues_calendars_stay_closed(world: World) -> None:
    world.calendar("private", owner="bob")
    body = everybody("D:displayname").replace(
        LISTED, "<D:prop><D:sync-token/><D:acl/><C:calendar-data/></D:prop>"
    )

    assert world.report(body, ()).found["/dav/bob/"] == {}
    assert world.report(body, ("bob",)).status == 403


def test_oneself_by_match(world: World) -> None:
    for path in ((), ("ada",)):
        found = world.report(match("<D:self/>"), path).found
        assert {where: found[where][f"{D}displayname"].text for where in found} == {"/dav/ada/": "Ada Moss"}


def test_what_one_owns_by_match(world: World) -> None:
    world.calendar("work")
    world.calendar("private", owner="bob")

    owned = world.report(match("<D:principal-property><D:owner/></D:principal-property>"), ()).found
    itself = world.report(match("<D:principal-property><D:principal-URL/></D:principal-property>"), ()).found

    assert set(owned) == {"/dav/ada/", "/dav/ada/sessions/", "/dav/ada/work/"}
    assert set(itself) == {"/dav/ada/"}


def test_a_match_without_a_condition(world: World) -> None:
    assert world.report(match(""), ()).status == 400
    assert world.report(match("<D:self/>"), ("bob",)).status == 403
