"""DAV:expand-property (RFC 3253 section 3.8)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.reports import NAMES, D, World, event, open_world

CS = "{http://calendarserver.org/ns/}"
PROXIES = (
    f"<D:expand-property {NAMES}>"
    '<D:property name="calendar-proxy-read-for" namespace="http://calendarserver.org/ns/">'
    '<D:property name="displayname"/></D:property>'
    '<D:property name="calendar-proxy-write-for" namespace="http://calendarserver.org/ns/">'
    '<D:property name="email-address-set" namespace="http://calendarserver.org/ns/"/></D:property>'
    "</D:expand-property>"
)


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as world:
        world.calendar()
        world.put(event("DTSTART:20260302T090000Z"))
        yield world


def test_proxy_groups_are_answered_empty(world: World) -> None:
    reply = world.report(PROXIES, ("ada",))

    assert reply.status == 207
    found = reply.found["/dav/ada/"]
    assert set(found) == {f"{CS}calendar-proxy-read-for", f"{CS}calendar-proxy-write-for"}
    assert [len(each) for each in found.values()] == [0, 0]


@pytest.mark.parametrize("path", [("ada", "work"), ("ada", "work", "one.ics"), ("ada",), ()])
def test_hrefs_of_the_home_come_with_its_properties(world: World, path: tuple[str, ...]) -> None:
    body = (
        f'<D:expand-property {NAMES}><D:property name="current-user-principal">'
        '<D:property name="displayname"/></D:property><D:property name="unknown"/></D:expand-property>'
    )

    reply = world.report(body, path)

    [found] = reply.found.values()
    inner = found[f"{D}current-user-principal"].find(f"{D}response")
    assert inner is not None
    assert inner.findtext(f"{D}href") == "/dav/ada/"
    assert inner.findtext(f"{D}propstat/{D}prop/{D}displayname") == "Ada Moss"
    assert list(reply.missing.values()) == [{f"{D}unknown"}]


def test_without_properties_inside_hrefs_stay(world: World) -> None:
    body = f'<D:expand-property {NAMES}><D:property name="owner"/></D:expand-property>'

    found = world.report(body, ("ada", "work")).found["/dav/ada/work/"]

    assert found[f"{D}owner"].findtext(f"{D}href") == "/dav/ada/"


def test_property_without_a_name(world: World) -> None:
    assert (
        world.report(f"<D:expand-property {NAMES}><D:property/></D:expand-property>", ("ada",)).status == 400
    )


def test_someone_elses_home_and_what_is_not_there(world: World) -> None:
    assert world.report(PROXIES, ("ada",), person="bob").status == 403
    assert world.report(PROXIES, ("ada", "none")).status == 404
