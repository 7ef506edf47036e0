"""DAV:sync-collection (RFC 6578)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.reports import C, D, World, event, open_world, sync

ONE, TWO, THREE = (event("DTSTART:20260302T090000Z", "SUMMARY:x", uid=uid) for uid in ("one", "two", "three"))


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as world:
        world.calendar()
        world.put(ONE, "one.ics")
        world.put(TWO, "two.ics")
        yield world


def test_initial_sync_lists_the_members_with_etags(world: World) -> None:
    reply = world.report(sync())

    assert reply.status == 207
    assert reply.hrefs == ["one.ics", "two.ics"]
    assert set(reply.found) == {"/dav/ada/work/one.ics", "/dav/ada/work/two.ics"}
    for href in reply.hrefs:
        resource = world.resource(href)
        assert reply.text(f"{D}getetag", href) == f'"{resource.etag}"'
    assert reply.token.startswith("urn:calgate:sync:")


def test_initial_sync_leaves_deleted_objects_out(world: World) -> None:
    world.remove("one.ics")

    reply = world.report(sync())

    assert reply.hrefs == ["two.ics"]
    assert reply.statuses == {}


def test_nothing_changed(world: World) -> None:
    token = world.report(sync()).token

    reply = world.report(sync(token))

    assert (reply.hrefs, reply.statuses, reply.token) == ([], {}, token)


def test_changes_since_a_token(world: World) -> None:
    token = world.report(sync()).token
    world.put(ONE.replace("SUMMARY:x", "SUMMARY:y"), "one.ics")
    world.put(THREE, "three.ics")
    world.remove("two.ics")

    reply = world.report(sync(token))

    assert reply.hrefs == ["one.ics", "three.ics"]
    assert reply.statuses == {"/dav/ada/work/two.ics": 404}
    assert reply.token != token
    assert world.report(sync(reply.token)).hrefs == []


def test_added_and_removed_since_a_token_is_at_most_a_removal(world: World) -> None:
    token = world.report(sync()).token
    world.put(THREE, "three.ics")
    world.remove("three.ics")

    reply = world.report(sync(token))

    assert reply.hrefs == []
    assert set(reply.statuses.values()) <= {404}


def test_every_earlier_token_leads_to_the_present(world: World) -> None:
    seen = {}
    for step in range(4):
        reply = world.report(sync())
        seen[reply.token] = set(reply.hrefs)
        if step == 2:
            world.remove("new1.ics")
        else:
            world.put(event("DTSTART:20260302T090000Z", uid=f"new{step}"), f"new{step}.ics")
    now = set(world.report(sync()).hrefs)

    for token, known in seen.items():
        reply = world.report(sync(token))
        removed = {path.rsplit("/", 1)[-1] for path in reply.statuses}
        assert (known | set(reply.hrefs)) - removed == now


def test_empty_prop_still_lists_the_members(world: World) -> None:
    reply = world.report(sync(prop=""))

    assert reply.hrefs == ["one.ics", "two.ics"]
    assert set(map(len, reply.found.values())) == {0}


def test_limit_is_told_by_507_and_goes_on_with_the_token(world: World) -> None:
    for number in range(5):
        world.put(event("DTSTART:20260302T090000Z", uid=f"n{number}"), f"n{number}.ics")
    limit = "<D:limit><D:nresults>3</D:nresults></D:limit>"
    found: list[str] = []
    token = ""
    for _ in range(4):
        reply = world.report(sync(token, extra=limit))
        found += reply.hrefs
        token = reply.token
        assert len(reply.hrefs) <= 3
        if "/dav/ada/work/" not in reply.statuses:
            break
        assert reply.statuses["/dav/ada/work/"] == 507
        assert b"<D:error><D:number-of-matches-within-limits/></D:error>" in reply.body

    assert sorted(found) == ["n0.ics", "n1.ics", "n2.ics", "n3.ics", "n4.ics", "one.ics", "two.ics"]
    assert world.report(sync(token)).hrefs == []


@pytest.mark.parametrize("number", ["9223372036854775807", str(2**63), "1" + 30 * "0", 5000 * "9", "0002"])
def test_limit_beyond_everything_is_none(world: World, number: str) -> None:
    limit = f"<D:limit><D:nresults>{number}</D:nresults></D:limit>"
    reply = world.report(sync(extra=limit))
    assert (reply.hrefs, reply.statuses) == (["one.ics", "two.ics"], {})
    world.put(THREE, "three.ics")
    reply = world.report(sync(reply.token, extra=limit))
    assert (reply.hrefs, reply.statuses) == (["three.ics"], {})


@pytest.mark.parametrize("number", ["0", "00", "-1", "many", ""])
def test_invalid_limit(world: World, number: str) -> None:
    assert world.report(sync(extra=f"<D:limit><D:nresults>{number}</D:nresults></D:limit>")).status == 400


@pytest.mark.parametrize("level", ["0", "2", "infinity", "", "one"])
def test_invalid_sync_level(world: World, level: str) -> None:
    assert world.report(sync(level=level)).status == 400


def test_sync_level_infinite_is_like_1(world: World) -> None:
    assert world.report(sync(level="infinite")).hrefs == ["one.ics", "two.ics"]


@pytest.mark.parametrize("depth", ["0", "1"])
def test_depth_header_counts_for_nothing(world: World, depth: str) -> None:
    assert world.report(sync(), headers={"depth": depth}).hrefs == ["one.ics", "two.ics"]


def test_without_sync_level_as_old_clients_send_it(world: World) -> None:
    body = sync().replace("<D:sync-level>1</D:sync-level>", "")

    assert world.report(body, headers={"depth": "1"}).hrefs == ["one.ics", "two.ics"]


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        "urn:calgate:sync:",
        "urn:calgate:sync:another-1",
        "http://example.org/sync/1",
        "{past}999",
        "{past}",
    ],
)
def test_invalid_token(world: World, token: str) -> None:
    valid = world.report(sync()).token

    reply = world.report(sync(token.replace("{past}", valid.rsplit("-", 1)[0] + "-")))

    assert reply.status == 403
    assert reply.error[0] == f"{D}valid-sync-token"
    assert reply.headers["Content-Type"].startswith("application/xml")


def test_content_type_and_data(world: World) -> None:
    reply = world.report(sync(prop="<D:getetag/><D:getcontenttype/><D:resourcetype/><C:calendar-data/>"))

    assert reply.text(f"{D}getcontenttype", "one.ics").startswith("text/calendar")
    assert "component=VEVENT" in reply.text(f"{D}getcontenttype", "one.ics")
    assert len(reply.found["/dav/ada/work/one.ics"][f"{D}resourcetype"]) == 0
    assert "UID:one\n" in reply.text(f"{C}calendar-data", "one.ics").replace("\r\n", "\n")


def test_unknown_and_further_live_properties(world: World) -> None:
    prop = "<D:getetag/><D:getlastmodified/><D:getcontentlength/><CG:unknown/>"

    reply = world.report(sync(prop=prop))
    assert reply.text(f"{D}getlastmodified", "one.ics").endswith(" GMT")
    assert reply.text(f"{D}getcontentlength", "one.ics") == str(len(ONE))
    assert reply.missing["/dav/ada/work/one.ics"] == {"{urn:calgate:ns}unknown"}

    minimal = world.report(sync(prop=prop), headers={"prefer": "return=minimal"})
    assert minimal.missing == {}
    assert minimal.hrefs == ["one.ics", "two.ics"]


def test_names_that_need_encoding(world: World) -> None:
    world.put(THREE, "drei & vier {5}.ics")

    reply = world.report(sync())

    assert "/dav/ada/work/drei & vier {5}.ics" in reply.found
    assert b"drei%20%26%20vier%20%7B5%7D.ics" in reply.body


@pytest.mark.parametrize("path", [("ada",), ("ada", "work", "one.ics"), ()])
def test_only_calendars_are_synced(world: World, path: tuple[str, ...]) -> None:
    reply = world.report(sync(), path)

    assert reply.status == 403
    assert reply.error[0] == f"{D}supported-report"


def test_calendar_that_is_not_there(world: World) -> None:
    assert world.report(sync(), ("ada", "none")).status == 404


def test_nobody_elses_calendar(world: World) -> None:
    reply = world.report(sync(), person="bob")

    assert reply.status == 403
    assert reply.error == [f"{D}need-privileges"]


@pytest.mark.parametrize("body", ["", "<nonsense", "<!DOCTYPE x><D:sync-collection xmlns:D='DAV:'/>"])
def test_bodies_that_are_no_xml(world: World, body: str) -> None:
    assert world.report(body).status == 400
