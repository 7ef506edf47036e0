"""CALDAV:calendar-multiget (RFC 4791 section 7.9)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.reports import C, D, World, data, event, expanded, multiget, open_world


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as world:
        world.calendar()
        world.calendar("home")
        world.put(event("DTSTART:20260302T090000Z", "SUMMARY:a < b & c"), "one.ics")
        world.put(event("DTSTART:20260303T090000Z", uid="two"), "zwei & drei@x.ics")
        world.put(event("DTSTART:20260304T090000Z", uid="three", component="VTODO"), "three.ics", slug="home")
        world.calendar("bobs", owner="bob")
        world.put(event("DTSTART:20260304T090000Z", uid="secret"), "secret.ics", slug="bobs", owner="bob")
        yield world


def test_data_and_etag_as_get_gives_them(world: World) -> None:
    reply = world.report(multiget("/dav/ada/work/one.ics"))

    resource = world.resource("one.ics")
    assert reply.data() == resource.text.replace("\r\n", "\n")
    assert "SUMMARY:a < b & c\n" in reply.data()
    assert reply.text(f"{D}getetag", "one.ics") == f'"{resource.etag}"'


@pytest.mark.parametrize(
    "href",
    [
        "http://127.0.0.1:5232/dav/ada/work/zwei%20%26%20drei%40x.ics",
        "/dav/ada/work/zwei%20%26%20drei@x.ics",
        "/dav/ada/work/%7Awei%20%26%20drei%40x.ics",
        "\n /dav/ada/work/zwei%20%26%20drei@x.ics \n",
    ],
)
def test_spellings_of_an_href(world: World, href: str) -> None:
    reply = world.report(multiget(href))

    assert set(reply.found) == {"/dav/ada/work/zwei & drei@x.ics"}
    assert "UID:two\n" in reply.data("zwei & drei@x.ics")


def test_missing_ones_are_404(world: World) -> None:
    reply = world.report(multiget("/dav/ada/work/none.ics", "/dav/ada/work/one.ics"))

    assert reply.hrefs == ["one.ics"]
    assert reply.statuses == {"/dav/ada/work/none.ics": 404}


@pytest.mark.parametrize(
    "href",
    [
        "/dav/bob/bobs/secret.ics",
        "/dav/ada/home/three.ics",
        "/dav/ada/work/",
        "/dav/ada/work/../../bob/bobs/secret.ics",
        "/elsewhere/ada/work/one.ics",
        "/dav/ada/work/sub/one.ics",
        "http://[broken/",
        "",
    ],
)
def test_foreign_ones_are_404(world: World, href: str) -> None:
    reply = world.report(multiget(href, "/dav/ada/work/one.ics"))

    assert reply.status == 207
    assert reply.hrefs == ["one.ics"]
    assert list(reply.statuses.values()) == [404]


def test_on_the_home_objects_of_two_calendars(world: World) -> None:
    reply = world.report(
        multiget("/dav/ada/home/three.ics", "/dav/ada/work/one.ics", "/dav/ada/none/x.ics"), ("ada",)
    )

    assert set(reply.found) == {"/dav/ada/home/three.ics", "/dav/ada/work/one.ics"}
    assert "BEGIN:VTODO\n" in reply.data("three.ics")
    assert reply.statuses == {"/dav/ada/none/x.ics": 404}


def test_on_one_object(world: World) -> None:
    reply = world.report(multiget("/dav/ada/work/one.ics"), ("ada", "work", "one.ics"))

    assert reply.hrefs == ["one.ics"]


def test_the_same_href_twice_is_answered_once(world: World) -> None:
    assert world.report(multiget("/dav/ada/work/one.ics", "/dav/ada/work/one.ics")).hrefs == ["one.ics"]


def test_more_than_one_batch(world: World) -> None:
    names = [f"n{number}.ics" for number in range(120)]
    for name in names:
        world.put(event("DTSTART:20260302T090000Z", uid=name), name)

    reply = world.report(multiget(*(f"/dav/ada/work/{name}" for name in names)))

    assert reply.hrefs == sorted(names)
    for name in names:
        assert f"UID:{name}\n" in reply.data(name)


def test_expanded_data(world: World) -> None:
    world.put(
        event("DTSTART:20260302T090000Z", "DTEND:20260302T100000Z", "RRULE:FREQ=DAILY", uid="daily"),
        "daily.ics",
    )

    reply = world.report(
        multiget(
            "/dav/ada/work/daily.ics",
            "/dav/ada/work/one.ics",
            prop=expanded("20260310T000000Z", "20260312T000000Z"),
        )
    )

    assert reply.data("daily.ics").count("BEGIN:VEVENT") == 2
    assert "RRULE" not in reply.data("daily.ics")
    assert "BEGIN:VEVENT" not in reply.data("one.ics")


def test_other_media_type_is_refused(world: World) -> None:
    body = multiget(
        "/dav/ada/work/one.ics", prop='<C:calendar-data content-type="application/calendar+json"/>'
    )

    reply = world.report(body)

    assert reply.status == 403
    assert reply.error[0] == f"{C}supported-calendar-data"


def test_without_hrefs_nothing_is_found(world: World) -> None:
    reply = world.report(multiget(prop=data()))

    assert (reply.status, reply.found, reply.statuses) == (207, {}, {})
