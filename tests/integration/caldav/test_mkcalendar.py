"""MKCALENDAR and extended MKCOL."""

from __future__ import annotations

import pytest

from tests.support.dav import NAMES, C, Client, D, Reply, event

NEW = "/dav/ada/new/"


def mkcalendar(dav: Client, properties: str, path: str = NEW) -> Reply:
    return dav(
        "MKCALENDAR",
        path,
        f"<C:mkcalendar {NAMES}><D:set><D:prop>{properties}</D:prop></D:set></C:mkcalendar>",
    )


def mkcol(dav: Client, properties: str, path: str = NEW) -> Reply:
    return dav("MKCOL", path, f"<D:mkcol {NAMES}><D:set><D:prop>{properties}</D:prop></D:set></D:mkcol>")


def exists(dav: Client, path: str = NEW) -> bool:
    return dav.propfind(path, "D:resourcetype").status == 207


@pytest.mark.parametrize("path", [NEW, "/dav/ada/new", "/dav/ada/%C3%BC%20%26/"])
def test_a_calendar_is_made(dav: Client, path: str) -> None:
    assert dav("MKCALENDAR", path).status == 201
    assert dav.put(path.rstrip("/") + "/a.ics", event()).status == 201


def test_it_is_made_with_its_properties(dav: Client) -> None:
    answer = mkcalendar(
        dav,
        "<D:displayname>Läufe &amp; Gänge</D:displayname><A:calendar-color>#FF2968</A:calendar-color>"
        "<C:calendar-description>d</C:calendar-description><A:calendar-order>3</A:calendar-order>"
        '<C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>',
    )
    assert answer.status == 201
    names = (
        "D:displayname",
        "A:calendar-color",
        "C:calendar-description",
        "C:supported-calendar-component-set",
    )
    found = dav.propfind(NEW, *names).found(NEW)
    assert [found[key].text for key in (D + "displayname",)] == ["Läufe & Gänge"]
    assert [comp.get("name") for comp in found[C + "supported-calendar-component-set"]] == ["VTODO"]
    assert len(found) == 4


def test_a_calendar_takes_events_todos_and_journals_by_default(dav: Client) -> None:
    assert dav("MKCALENDAR", NEW).status == 201
    found = dav.propfind(NEW, "C:supported-calendar-component-set").found(NEW)
    names = [comp.get("name") for comp in found[C + "supported-calendar-component-set"]]
    assert names == ["VEVENT", "VTODO", "VJOURNAL"]


def test_inside_a_calendar_it_is_refused(dav: Client) -> None:
    for make in ("MKCALENDAR", "MKCOL"):
        body = (
            f"<D:mkcol {NAMES}><D:set><D:prop><D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"
            "</D:prop></D:set></D:mkcol>"
            if make == "MKCOL"
            else ""
        )
        answer = dav(make, "/dav/ada/work/inner/", body)
        assert (answer.status, answer.error[0]) == (403, C + "calendar-collection-location-ok")


def test_without_a_collection_above_it_is_409(dav: Client) -> None:
    assert dav("MKCALENDAR", "/dav/ada/none/inner/").status == 409


@pytest.mark.parametrize("path", ["/dav/ada/work/", "/dav/ada/sessions/"])
def test_over_a_calendar_it_is_refused(dav: Client, path: str) -> None:
    dav.put("/dav/ada/work/a.ics", event())
    answer = dav("MKCALENDAR", path)
    assert (answer.status, answer.error[0]) == (403, D + "resource-must-be-null")
    assert dav("GET", "/dav/ada/work/a.ics").status == 200


@pytest.mark.parametrize("path", ["/dav/", "/dav/ada/"])
def test_over_the_home_or_the_root_it_is_405(dav: Client, path: str) -> None:
    assert dav("MKCALENDAR", path).status == 405


@pytest.mark.parametrize("path", ["/dav/bob/new/", "/dav/nobody/new/"])
def test_in_other_homes_it_is_403(dav: Client, bob: Client, path: str) -> None:
    assert dav("MKCALENDAR", path).status == 403
    assert not exists(bob, "/dav/bob/new/")


@pytest.mark.parametrize(
    "bad",
    [
        "<D:getetag>x</D:getetag>",
        "<C:supported-calendar-data/>",
        "<C:calendar-timezone>no zone</C:calendar-timezone>",
        "<C:calendar-timezone>BEGIN:VCALENDAR\nEND:VCALENDAR</C:calendar-timezone>",
        '<C:supported-calendar-component-set><C:comp name="VFREEBUSY"/></C:supported-calendar-component-set>',
        "<C:supported-calendar-component-set/>",
    ],
)
def test_a_property_that_cannot_be_set_makes_it_fail_as_a_whole(dav: Client, bad: str) -> None:
    answer = mkcalendar(dav, f"<D:displayname>New</D:displayname>{bad}")
    assert answer.status == 403
    assert answer.xml.tag == C + "mkcalendar-response"
    statuses = {
        prop.tag: stat.findtext(D + "status") or ""
        for stat in answer.xml.iterfind(D + "propstat")
        for prop in stat.iterfind(f"{D}prop/*")
    }
    assert "424" in statuses.pop(D + "displayname")
    assert all("403" in status for status in statuses.values())
    assert not exists(dav)


@pytest.mark.parametrize("body", [f"<D:propfind {NAMES}/>", "<broken", "<!DOCTYPE a><a/>"])
def test_a_body_of_another_kind_is_400(dav: Client, body: str) -> None:
    assert dav("MKCALENDAR", NEW, body).status == 400
    assert not exists(dav)


def test_extended_mkcol_makes_a_calendar(dav: Client) -> None:
    answer = mkcol(
        dav, "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>x</D:displayname>"
    )
    assert answer.status == 201
    assert dav.put(NEW + "a.ics", event()).status == 201


@pytest.mark.parametrize(
    "types",
    [
        "<D:collection/>",
        "<D:collection/><CS:subscribed/>",
        '<D:collection/><X:addressbook xmlns:X="urn:ietf:params:xml:ns:carddav"/>',
        "<C:calendar/>",
    ],
)
def test_other_collections_are_refused_cleanly(dav: Client, types: str) -> None:
    for answer in (
        mkcol(dav, f"<D:resourcetype>{types}</D:resourcetype>"),
        mkcalendar(dav, f"<D:resourcetype>{types}</D:resourcetype>"),
    ):
        assert (answer.status, answer.error[0]) == (403, D + "valid-resourcetype")
    assert not exists(dav)


def test_plain_mkcol_is_refused(dav: Client) -> None:
    answer = dav("MKCOL", NEW)
    assert (answer.status, answer.error[0]) == (403, D + "valid-resourcetype")
    assert dav("MKCOL", "/dav/ada/work/", f"<D:mkcol {NAMES}/>").status == 405


def test_a_name_of_unreasonable_length_is_refused(dav: Client) -> None:
    assert dav("MKCALENDAR", f"/dav/ada/{'n' * 300}/").status == 403
