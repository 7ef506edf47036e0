"""Calendar on macOS and iOS: its requests as recorded from macOS 10.11 (what it shows was not seen)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.interop.wire import Wire, moved, reason, with_lines
from tests.support.dav import CS, NAMES, A, C, D

AGENT = "macOS/15.0 (24A335) dataaccessd/1.0"
PRINCIPAL = (
    "C:calendar-home-set", "C:calendar-user-address-set", "C:schedule-inbox-URL", "C:schedule-outbox-URL",
    "CS:dropbox-home-URL", "CS:email-address-set", "CS:notification-URL", "D:displayname",
    "D:principal-collection-set", "D:principal-URL", "D:resource-id", "D:supported-report-set",
)  # fmt: skip
HOME = (
    "A:calendar-color", "A:calendar-order", "C:calendar-description", "C:calendar-free-busy-set",
    "C:calendar-timezone", "C:default-alarm-vevent-date", "C:default-alarm-vevent-datetime",
    "C:schedule-calendar-transp", "C:schedule-default-calendar-URL", "C:supported-calendar-component-set",
    "CS:allowed-sharing-modes", "CS:getctag", "CS:invite", "CS:push-transports", "CS:pushkey", "CS:source",
    "D:add-member", "D:current-user-privilege-set", "D:displayname", "D:owner", "D:quota-available-bytes",
    "D:resourcetype", "D:supported-report-set", "D:sync-token",
)  # fmt: skip
NOTE = (
    "BEGIN:VALARM", "UID:8D6F7F1B-6C57-4B3A-9B5E-1F6C59CD0C11", "TRIGGER:-PT15M", "ACTION:DISPLAY",
    "DESCRIPTION:Event reminder", "ACKNOWLEDGED:20260310T134500Z",
    "X-WR-ALARMUID:8D6F7F1B-6C57-4B3A-9B5E-1F6C59CD0C11", "END:VALARM",
)  # fmt: skip

ZONE = "".join(
    f"{line}&#13;\n"
    for line in (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Apple Inc.//EN", "BEGIN:VTIMEZONE",
        "TZID:America/New_York", "BEGIN:STANDARD", "DTSTART:20071104T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500", "END:STANDARD",
        "END:VTIMEZONE", "END:VCALENDAR",
    )
)  # fmt: skip


@pytest.fixture
def mac(connect: Callable[[str, str], Wire]) -> Wire:
    return connect("apple", AGENT)


def test_set_up(mac: Wire) -> None:
    assert (
        mac.ask("PROPFIND", "/.well-known/caldav", anonymous=True, Depth="0").headers["Location"] == "/dav/"
    )
    unknown = mac.propfind("/dav/", "D:current-user-principal", anonymous=True)
    assert unknown.status == 401 and unknown.headers["WWW-Authenticate"].startswith("Basic")
    first = mac.propfind("/dav/", "D:current-user-principal", "D:principal-URL", "D:resourcetype")
    assert first.found("/dav/")[f"{D}current-user-principal"].findtext(f"{D}href") == mac.home
    assert "calendar-access" in first.headers["DAV"] and "calendar-auto-schedule" in first.headers["DAV"]
    assert "calendar-access" in mac.ask("OPTIONS", mac.home).headers["DAV"]

    fates = mac.propfind(mac.home, *PRINCIPAL).fates(mac.home)
    assert {name for name, status in fates.items() if status == 404} == {
        f"{CS}dropbox-home-URL", f"{CS}notification-URL",
    }  # fmt: skip
    searchable = mac.report(mac.home, "D:principal-search-property-set", "", Depth="0")
    assert searchable.status == 200 and searchable.xml.tag == f"{D}principal-search-property-set"
    proxies = (
        f'<D:property name="calendar-proxy-{kind}-for" namespace="{CS[1:-1]}">'
        '<D:property name="displayname"/></D:property>'
        for kind in ("read", "write")
    )
    groups = mac.report(mac.home, "D:expand-property", "".join(proxies), Depth="0")
    assert set(groups.fates(mac.home).values()) == {200}

    listing = mac.propfind(mac.home, *HOME, depth=1)
    assert {mac.home, mac.sessions} <= set(listing.hrefs)
    fates = listing.fates(mac.sessions)
    for name in (f"{CS}getctag", f"{D}sync-token", f"{C}supported-calendar-component-set", f"{D}displayname"):
        assert fates[name] == 200
    assert {fates[f"{CS}allowed-sharing-modes"], fates[f"{CS}invite"], fates[f"{D}add-member"]} == {404}


def test_first_settings_are_kept(mac: Wire) -> None:
    """macOS stops its first sync after a refused PROPPATCH."""
    alarm = "BEGIN:VALARM&#13;\nTRIGGER:-PT15M&#13;\nACTION:AUDIO&#13;\nEND:VALARM&#13;\n"
    for path, name, value in (
        (mac.home, "C:default-alarm-vevent-datetime", alarm),
        (mac.home, "C:default-alarm-vevent-date", alarm),
        (mac.sessions, "A:calendar-order", "2"),
        (mac.sessions, "A:calendar-color", "#711A76FF"),
        (mac.sessions, "D:displayname", "My sessions"),
        (mac.sessions, "C:calendar-timezone", ZONE),
    ):  # fmt: skip
        setting = f"<D:set><D:prop><{name}>{value}</{name}></D:prop></D:set>"
        answer = mac.ask("PROPPATCH", path, f"<D:propertyupdate {NAMES}>{setting}</D:propertyupdate>")
        assert answer.status == 207 and set(answer.fates(path).values()) == {200}, (name, answer.body)
    kept = mac.propfind(mac.sessions, "A:calendar-color", "A:calendar-order", "D:displayname")
    found = kept.found(mac.sessions)
    assert (found[f"{A}calendar-color"].text, found[f"{A}calendar-order"].text) == ("#711A76FF", "2")
    alarms = mac.propfind(mac.home, "C:default-alarm-vevent-datetime").found(mac.home)
    assert "TRIGGER:-PT15M" in (alarms[f"{C}default-alarm-vevent-datetime"].text or "")


def test_an_allowed_and_a_refused_drag(mac: Wire) -> None:
    one = mac.session("move")
    dragged = mac.put(one.href, moved(one.text, "20260310", "20260312"), If_Match=one.etag)
    assert dragged.status == 204
    assert "ETag" not in dragged.headers, "it would never fetch what we made of it"
    there = mac.multiget(mac.sessions, one.href)[one.href]
    assert there.value("DTSTART") == "20260312T100000" and there.value("STATUS") == "TENTATIVE"

    before = mac.ctag()
    refused = mac.put(one.href, moved(there.text, "20260312", "20260317"), If_Match=there.etag)
    assert reason(refused)
    assert mac.ctag() != before
    back = mac.multiget(mac.sessions, one.href)[one.href]
    assert back.etag != there.etag and back.value("DTSTART") == "20260312T100000"
    assert back.value("DESCRIPTION").startswith(reason(refused).replace(",", "\\,"))


def test_an_acknowledged_alarm_stays_so_on_a_locked_session(mac: Wire) -> None:
    one = mac.session("locked")
    assert mac.put(one.href, with_lines(one.text, *NOTE), If_Match=one.etag).status == 204

    there = mac.get(one.href)
    assert there.value("DTSTART") == one.value("DTSTART")
    assert "TRIGGER:-PT15M\n" in there.flat and "ACKNOWLEDGED:20260310T134500Z\n" in there.flat


def test_a_delete_comes_back_cancelled(mac: Wire) -> None:
    one = mac.session("own")
    assert mac.ask("DELETE", one.href, If_Match=one.etag).status == 204

    assert mac.etags(mac.sessions)[one.href] != one.etag
    assert mac.get(one.href).value("STATUS") == "CANCELLED"


def test_a_subscription_on_the_server_is_refused_cleanly(mac: Wire) -> None:
    kind = "<D:resourcetype><D:collection/><CS:subscribed/></D:resourcetype>"
    body = f"<C:mkcalendar {NAMES}><D:set><D:prop>{kind}</D:prop></D:set></C:mkcalendar>"

    assert mac.ask("MKCALENDAR", f"{mac.home}feed/", body).status == 403
    assert f"{mac.home}feed/" not in mac.propfind(mac.home, "D:resourcetype", depth=1).hrefs


def test_looking_for_a_colleague(connect: Callable[[str, str], Wire]) -> None:
    """The search behind the field for people, in the built-in practice."""
    ada = connect("ada", AGENT)
    names = ("D:displayname", "C:calendar-user-address-set", "CS:email-address-set", "CS:record-type")
    prop = f"<D:prop>{''.join(f'<{name}/>' for name in names)}</D:prop>"

    def found(text: str) -> set[str]:
        wishes = "".join(
            f"<D:property-search><D:prop><{name}/></D:prop><D:match>{text}</D:match></D:property-search>"
            for name in ("D:displayname", "CS:first-name", "CS:last-name", "CS:email-address-set")
        )
        body = f'<D:principal-property-search {NAMES} type="INDIVIDUAL" test="anyof">{wishes}{prop}'
        answer = ada.ask("REPORT", "/dav/", f"{body}</D:principal-property-search>", Depth="0")
        assert answer.status == 207, answer.body
        return {answer.found(path)[f"{D}displayname"].text or "" for path in answer.hrefs}

    assert found("ben") == {"Ben Ortiz"}
    assert found("mara") == set(), "she is of another organization"
    assert ada.propfind("/dav/ben/", "D:displayname", depth=1).status == 403
