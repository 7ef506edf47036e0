"""PROPPATCH: all or nothing, protected properties, what is kept of dead ones."""

from __future__ import annotations

import pytest

from tests.support.dav import NAMES, A, C, Client, D, event
from tests.unit.caldav.test_settable import NEW_YORK

W = "/dav/ada/work/"
X = "{urn:x}"
PROTECTED = [
    "D:resourcetype",
    "D:getetag",
    "D:sync-token",
    "D:supported-report-set",
    "D:current-user-privilege-set",
    "D:owner",
    "D:acl",
    "D:getcontentlength",
    "D:getlastmodified",
    "D:creationdate",
    "D:current-user-principal",
    "D:lockdiscovery",
    "D:resource-id",
    "C:supported-calendar-component-set",
    "C:supported-calendar-data",
    "C:max-resource-size",
    "C:calendar-home-set",
    "C:calendar-user-address-set",
    "CS:getctag",
]


def put(properties: str) -> str:
    return f"<D:set><D:prop>{properties}</D:prop></D:set>"


@pytest.mark.parametrize("name", PROTECTED)
@pytest.mark.parametrize("way", ["set", "remove"])
def test_a_protected_property_is_refused_in_its_propstat(dav: Client, name: str, way: str) -> None:
    before = dav.propfind(W, *PROTECTED).found(W)
    answer = dav.proppatch(W, f"<D:{way}><D:prop><{name}>x</{name}></D:prop></D:{way}>")
    assert answer.status == 207
    assert list(answer.fates(W).values()) == [403]
    assert answer.response(W).find(f"{D}propstat/{D}error/{D}cannot-modify-protected-property") is not None
    after = dav.propfind(W, *PROTECTED).found(W)
    assert {key: len(node) for key, node in after.items()} == {key: len(node) for key, node in before.items()}


def test_one_refusal_means_424_for_the_others_and_no_change(dav: Client) -> None:
    answer = dav.proppatch(
        W,
        put("<D:displayname>New</D:displayname><D:getetag>x</D:getetag>")
        + "<D:remove><D:prop><A:calendar-color/></D:prop></D:remove>",
    )
    fates = {D + "displayname": 424, D + "getetag": 403, A + "calendar-color": 424}
    assert answer.fates(W) == fates
    assert dav.propfind(W, "D:displayname").found(W)[D + "displayname"].text != "New"


def test_the_calendar_stays_a_calendar_whatever_is_asked(dav: Client) -> None:
    dav.proppatch(W, "<D:remove><D:prop><D:resourcetype/></D:prop></D:remove>")
    dav.proppatch(W, put("<D:resourcetype><D:collection/></D:resourcetype>"))
    kind = dav.propfind(W, "D:resourcetype").found(W)[D + "resourcetype"]
    assert [child.tag for child in kind] == [D + "collection", C + "calendar"]
    assert dav.put(W + "a.ics", event()).status == 201


@pytest.mark.parametrize("path", [W, "/dav/ada/sessions/"])
def test_cosmetic_properties_are_set_on_every_calendar(dav: Client, path: str) -> None:
    answer = dav.proppatch(
        path,
        put(
            "<D:displayname>Nom</D:displayname><A:calendar-color>#112233FF</A:calendar-color>"
            "<A:calendar-order>7</A:calendar-order><C:calendar-description>d</C:calendar-description>"
            "<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>"
            "<C:default-alarm-vevent-date>BEGIN:VALARM\nEND:VALARM</C:default-alarm-vevent-date>"
        ),
    )
    assert set(answer.fates(path).values()) == {200}
    names = [
        "D:displayname",
        "A:calendar-color",
        "A:calendar-order",
        "C:calendar-description",
        "C:schedule-calendar-transp",
        "C:default-alarm-vevent-date",
    ]
    found = dav.propfind(path, *names).found(path)
    assert found[D + "displayname"].text == "Nom"
    assert found[A + "calendar-color"].text == "#112233FF"
    assert [child.tag for child in found[C + "schedule-calendar-transp"]] == [C + "transparent"]
    assert len(found) == len(names)


def test_a_change_of_properties_moves_the_ctag(dav: Client) -> None:
    before = dav.propfind(W, "D:sync-token").found(W)[D + "sync-token"].text
    dav.proppatch(W, put("<D:displayname>Nom</D:displayname>"))
    assert dav.propfind(W, "D:sync-token").found(W)[D + "sync-token"].text != before


def test_a_dead_property_keeps_children_attributes_and_language(dav: Client) -> None:
    dead = '<X:a xmlns:X="urn:x" k="v">t<X:b>&lt;&#233;&gt;</X:b><c xmlns="">e</c></X:a>'
    answer = dav.proppatch(W, f'<D:set xml:lang="de"><D:prop>{dead}</D:prop></D:set>')
    assert answer.fates(W) == {X + "a": 200}
    body = f'<D:propfind {NAMES}><D:prop><X:a xmlns:X="urn:x"/></D:prop></D:propfind>'
    kept = dav("PROPFIND", W, body, depth="0").found(W)[X + "a"]
    assert kept.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"
    assert (kept.get("k"), kept.text) == ("v", "t")
    assert [(child.tag, child.text) for child in kept] == [(X + "b", "<é>"), ("c", "e")]


def test_a_property_in_no_namespace_is_kept_and_removed(dav: Client) -> None:
    ask = f'<D:propfind {NAMES}><D:prop><plain xmlns=""/></D:prop></D:propfind>'
    assert dav.proppatch(W, put('<plain xmlns="">v</plain>')).fates(W) == {"plain": 200}
    assert dav("PROPFIND", W, ask, depth="0").found(W)["plain"].text == "v"
    gone = dav.proppatch(W, '<D:remove><D:prop><plain xmlns=""/></D:prop></D:remove>')
    assert gone.fates(W) == {"plain": 200}
    assert dav("PROPFIND", W, ask, depth="0").fates(W) == {"plain": 404}


def test_removing_what_is_not_there_succeeds(dav: Client) -> None:
    answer = dav.proppatch(W, "<D:remove><D:prop><A:calendar-color/></D:prop></D:remove>")
    assert answer.fates(W) == {A + "calendar-color": 200}


@pytest.mark.parametrize("text", ["nonsense", "", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"])
def test_an_invalid_calendar_timezone_is_refused(dav: Client, text: str) -> None:
    answer = dav.proppatch(W, put(f"<C:calendar-timezone>{text}</C:calendar-timezone>"))
    assert answer.fates(W) == {C + "calendar-timezone": 403}
    assert answer.response(W).find(f"{D}propstat/{D}error/{C}valid-calendar-data") is not None


def test_a_calendar_timezone_is_kept(dav: Client) -> None:
    zone = (
        NEW_YORK.replace("America/New_York", "Europe/Berlin")
        .replace("-0400", "+0200")
        .replace("-0500", "+0100")
    )
    answer = dav.proppatch(W, put(f"<C:calendar-timezone>{zone}</C:calendar-timezone>"))
    assert answer.fates(W) == {C + "calendar-timezone": 200}
    found = dav.propfind(W, "C:calendar-timezone").found(W)[C + "calendar-timezone"]
    assert (found.text or "").strip() == zone.strip()


def zone_of(dav: Client) -> tuple[str | None, str]:
    found = dav.propfind(W, "C:calendar-timezone-id", "C:calendar-timezone").found(W)
    return found[C + "calendar-timezone-id"].text, found[C + "calendar-timezone"].text or ""


def test_the_two_timezone_properties_never_disagree(dav: Client) -> None:
    berlin = NEW_YORK.replace("America/New_York", "Europe/Berlin")
    assert zone_of(dav)[0] == "America/New_York"
    dav.proppatch(W, put(f"<C:calendar-timezone>{berlin}</C:calendar-timezone>"))
    name, text = zone_of(dav)
    assert (name, "TZID:Europe/Berlin" in text) == ("Europe/Berlin", True)
    dav.proppatch(W, put("<C:calendar-timezone-id>Asia/Tokyo</C:calendar-timezone-id>"))
    name, text = zone_of(dav)
    assert (name, "TZID:Asia/Tokyo" in text) == ("Asia/Tokyo", True)
    dav.proppatch(W, "<D:remove><D:prop><C:calendar-timezone-id/></D:prop></D:remove>")
    name, text = zone_of(dav)
    assert (name, "TZID:America/New_York" in text) == ("America/New_York", True)


@pytest.mark.parametrize(("name", "status"), [("Europe/Berlin", 200), ("Nowhere/Land", 403)])
def test_a_calendar_timezone_id_must_be_known(dav: Client, name: str, status: int) -> None:
    answer = dav.proppatch(W, put(f"<C:calendar-timezone-id>{name}</C:calendar-timezone-id>"))
    assert answer.fates(W) == {C + "calendar-timezone-id": status}


def test_transparency_has_two_values(dav: Client) -> None:
    answer = dav.proppatch(W, put("<C:schedule-calendar-transp><C:sometimes/></C:schedule-calendar-transp>"))
    assert answer.fates(W) == {C + "schedule-calendar-transp": 409}


def test_on_an_object_each_property_is_refused_in_a_207(dav: Client) -> None:
    path = W + "a.ics"
    dav.put(path, event())
    answer = dav.proppatch(path, put('<X:a xmlns:X="urn:x"/><D:displayname>n</D:displayname>'))
    assert answer.status == 207
    assert answer.fates(path) == {X + "a": 403, D + "displayname": 403}


def test_default_alarms_are_set_on_the_home_as_macos_does(dav: Client) -> None:
    home = "/dav/ada/"
    alarm = "BEGIN:VALARM\nTRIGGER:-PT15H\nEND:VALARM\n"
    answer = dav.proppatch(
        home,
        put(f"<C:default-alarm-vevent-date>{alarm}</C:default-alarm-vevent-date>")
        + put(f"<C:default-alarm-vevent-datetime>{alarm}</C:default-alarm-vevent-datetime>"),
    )
    assert set(answer.fates(home).values()) == {200}
    found = dav.propfind(home, "C:default-alarm-vevent-date", "C:default-alarm-vevent-datetime").found(home)
    assert [node.text for node in found.values()] == [alarm, alarm]
    other = dav.propfind("/dav/ada/sessions/", "C:default-alarm-vevent-date")
    assert other.fates("/dav/ada/sessions/") == {C + "default-alarm-vevent-date": 404}
    for path in (home, W, "/dav/ada/sessions/"):
        names = dav("PROPFIND", path, f"<D:propfind {NAMES}><D:propname/></D:propfind>", depth="0").found(
            path
        )
        assert not [name for name in names if name.startswith("{urn:calgate:ns}")]


def test_protected_properties_of_the_home_and_the_root_stay(dav: Client) -> None:
    for path in ("/dav/", "/dav/ada/"):
        answer = dav.proppatch(path, put("<D:resourcetype/><D:displayname>x</D:displayname>"))
        assert answer.fates(path)[D + "resourcetype"] == 403


@pytest.mark.parametrize("body", ["", "<broken", f"<D:propfind {NAMES}/>", f"<D:propertyupdate {NAMES}/>"])
def test_a_malformed_body_is_400(dav: Client, body: str) -> None:
    answer = dav("PROPPATCH", W, body)
    assert (answer.status, len(answer.error)) == (400, 1)


@pytest.mark.parametrize("path", ["/dav/ada/none/", "/dav/ada/work/none.ics"])
def test_of_nothing_is_404(dav: Client, path: str) -> None:
    assert dav.proppatch(path, put("<D:displayname>x</D:displayname>")).status == 404


def test_of_another_home_is_403(dav: Client, bob: Client) -> None:
    for path in ("/dav/bob/sessions/", "/dav/nobody/sessions/"):
        assert dav.proppatch(path, put("<D:displayname>Mine</D:displayname>")).status == 403
    found = bob.propfind("/dav/bob/sessions/", "D:displayname").found("/dav/bob/sessions/")
    assert found[D + "displayname"].text != "Mine"


def test_a_property_of_unreasonable_size_is_507(dav: Client) -> None:
    answer = dav.proppatch(W, put(f"<C:calendar-description>{'x' * 200_000}</C:calendar-description>"))
    assert answer.fates(W) == {C + "calendar-description": 507}


def test_all_properties_together_are_bounded(dav: Client) -> None:
    def set_one(number: int, at: str) -> int:
        name = f"{{urn:x}}p{number}"
        return dav.proppatch(at, put(f'<X:p{number} xmlns:X="urn:x">{"x" * 90_000}</X:p{number}>')).fates(at)[
            name
        ]

    for path in (W, "/dav/ada/"):
        fates = [set_one(number, path) for number in range(7)]
        assert fates == [200] * 5 + [507] * 2
    assert set_one(3, W) == 200
