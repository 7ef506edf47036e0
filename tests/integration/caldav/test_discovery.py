"""Account set-up as each client does it, from the host name to the list of calendars."""

from __future__ import annotations

import pytest

from tests.support.dav import CS, NAMES, C, Client, D

MACOS_ROOT = """<?xml version="1.0" encoding="UTF-8"?>
<A:propfind xmlns:A="DAV:"><A:prop><A:current-user-principal/><A:principal-URL/><A:resourcetype/></A:prop>
</A:propfind>"""
MACOS_PRINCIPAL = f"""<D:propfind {NAMES}><D:prop><C:calendar-home-set/><C:calendar-user-address-set/>
<D:current-user-principal/><D:displayname/><CS:dropbox-home-URL/><CS:email-address-set/><CS:notification-URL/>
<D:principal-collection-set/><D:principal-URL/><D:resource-id/><C:schedule-inbox-URL/><C:schedule-outbox-URL/>
<D:supported-report-set/></D:prop></D:propfind>"""
MACOS_HOME = f"""<D:propfind {NAMES} xmlns:ME="http://me.com/_namespace/"><D:prop><D:add-member/>
<CS:allowed-sharing-modes/><CS:autoprovisioned/><ME:bulk-requests/><A:calendar-color/><C:calendar-description/>
<C:calendar-free-busy-set/><A:calendar-order/><C:calendar-timezone/><D:current-user-privilege-set/>
<C:default-alarm-vevent-date/><C:default-alarm-vevent-datetime/><D:displayname/><CS:getctag/><CS:invite/>
<D:owner/><CS:pre-publish-url/><CS:publish-url/><CS:push-transports/><CS:pushkey/><D:quota-available-bytes/>
<D:quota-used-bytes/><A:refreshrate/><D:resource-id/><D:resourcetype/><C:schedule-calendar-transp/>
<C:schedule-default-calendar-URL/><CS:source/><CS:subscribed-strip-alarms/><CS:subscribed-strip-attachments/>
<CS:subscribed-strip-todos/><C:supported-calendar-component-set/><C:supported-calendar-component-sets/>
<D:supported-report-set/><D:sync-token/></D:prop></D:propfind>"""


@pytest.mark.parametrize("method", ["PROPFIND", "GET", "OPTIONS", "HEAD"])
@pytest.mark.parametrize("path", ["/.well-known/caldav", "/.well-known/caldav/"])
def test_the_well_known_address_redirects_everybody(dav: Client, method: str, path: str) -> None:
    answer = dav(method, path, login=False)
    assert (answer.status, answer.headers["location"]) == (301, "/dav/")


def test_the_hosts_root_is_answered_itself(dav: Client) -> None:
    answer = dav("PROPFIND", "/", MACOS_ROOT, depth="0")
    assert (answer.status, answer.hrefs) == (207, ["/"])
    assert answer.found("/")[D + "current-user-principal"].findtext(D + "href") == "/dav/ada/"
    assert dav("PROPFIND", "/", MACOS_ROOT, depth="1").hrefs == ["/", "/dav/ada/"]
    assert dav("PROPFIND", "/dav", MACOS_ROOT, depth="0").hrefs == ["/dav/"]


def test_the_hosts_root_wants_a_login_and_is_no_secret(dav: Client, bob: Client) -> None:
    answer = dav("PROPFIND", "/", MACOS_ROOT, depth="0", login=False)
    assert (answer.status, answer.headers["www-authenticate"][:6]) == (401, "Basic ")
    principal = bob("PROPFIND", "/", MACOS_ROOT, depth="0").found("/")[D + "current-user-principal"]
    assert principal.findtext(D + "href") == "/dav/bob/"
    for login in (True, False):
        answer = dav("OPTIONS", "/", login=login)
        assert (answer.status, answer.headers) == (200, dav("OPTIONS", "/dav/", login=login).headers)
        assert "calendar-access" in answer.headers["dav"]


def test_the_hosts_root_is_a_page_to_people(dav: Client) -> None:
    for login in (True, False):
        answer = dav("GET", "/", login=login)
        assert (answer.status, answer.headers["content-type"][:9]) == (200, "text/html")
    assert dav("DELETE", "/").status == dav("PUT", "/", "x").status == 405


def test_without_credentials_every_step_is_a_401_with_a_challenge(dav: Client) -> None:
    for path in ("/dav/", "/dav/ada/", "/dav/ada/sessions/", "/dav/nobody/", "/dav/bob/"):
        for method in ("PROPFIND", "GET", "PUT", "REPORT", "DELETE", "MKCALENDAR", "POST"):
            answer = dav(method, path, login=False)
            assert answer.status == 401, (method, path)
            assert answer.headers["www-authenticate"].startswith("Basic ")


def test_macos_and_ios(dav: Client) -> None:
    first = dav("PROPFIND", "/dav/", MACOS_ROOT, depth="0")
    principal = first.found("/dav/")[D + "current-user-principal"].findtext(D + "href")
    assert principal == "/dav/ada/"
    assert "calendar-access" in dav("OPTIONS", principal).headers["dav"]
    found = dav("PROPFIND", principal, MACOS_PRINCIPAL, depth="0").found(principal)
    home = found[C + "calendar-home-set"].findtext(D + "href")
    assert home == "/dav/ada/"
    assert "mailto:ada@riverside.example" in [node.text for node in found[C + "calendar-user-address-set"]]
    assert found[C + "schedule-inbox-URL"].findtext(D + "href") == "/dav/ada/inbox/"
    assert found[C + "schedule-outbox-URL"].findtext(D + "href") == "/dav/ada/outbox/"
    listing = dav("PROPFIND", home, MACOS_HOME, depth="1")
    calendars = ["/dav/ada/sessions/", "/dav/ada/work/"]
    assert listing.hrefs == ["/dav/ada/", *calendars, "/dav/ada/inbox/", "/dav/ada/outbox/"]
    calendar = listing.found("/dav/ada/sessions/")
    assert [child.tag for child in calendar[D + "resourcetype"]] == [D + "collection", C + "calendar"]
    assert calendar[CS + "getctag"].text
    assert calendar[D + "sync-token"].text
    assert D + "add-member" not in calendar
    assert set(listing.fates("/dav/ada/sessions/").values()) == {200, 404}


def test_macos_first_sync_writes_its_properties(dav: Client) -> None:
    for path, properties in (
        ("/dav/ada/", "<C:default-alarm-vevent-date>a</C:default-alarm-vevent-date>"),
        ("/dav/ada/", "<C:default-alarm-vevent-datetime>a</C:default-alarm-vevent-datetime>"),
        ("/dav/ada/sessions/", "<A:calendar-order>1</A:calendar-order>"),
        ("/dav/ada/sessions/", "<A:calendar-color>#FB524FFF</A:calendar-color>"),
        ("/dav/ada/sessions/", "<D:displayname>Sessions</D:displayname>"),
    ):
        answer = dav.proppatch(path, f"<D:set><D:prop>{properties}</D:prop></D:set>")
        assert (answer.status, set(answer.fates(path).values())) == (207, {200})


def test_davx5(dav: Client) -> None:
    first = dav.propfind("/dav/", "D:current-user-principal", "C:calendar-home-set", "D:resourcetype")
    home = first.found("/dav/")[C + "calendar-home-set"].findtext(D + "href") or ""
    names = [
        "D:current-user-privilege-set",
        "D:displayname",
        "D:owner",
        "D:resourcetype",
        "CS:source",
        "A:calendar-color",
        "C:calendar-description",
        "C:calendar-timezone",
        "C:calendar-timezone-id",
        "C:supported-calendar-component-set",
        "D:sync-token",
        "CS:getctag",
    ]
    found = dav.propfind(home, *names, depth=1).found("/dav/ada/sessions/")
    privileges = {node[0].tag for node in found[D + "current-user-privilege-set"]}
    assert {D + "write", D + "write-content"} & privileges
    assert found[D + "owner"].findtext(D + "href") == "/dav/ada/"
    assert [node.get("name") for node in found[C + "supported-calendar-component-set"]] == ["VEVENT"]
    assert found[C + "calendar-timezone-id"].text == "America/New_York"


def test_thunderbird(dav: Client) -> None:
    found = dav.propfind(
        "/dav/ada/sessions/",
        "D:resourcetype",
        "D:owner",
        "D:current-user-principal",
        "D:supported-report-set",
        "C:supported-calendar-component-set",
        "CS:getctag",
        "D:current-user-privilege-set",
        "A:calendar-color",
    ).found("/dav/ada/sessions/")
    reports = {
        node.tag for node in found[D + "supported-report-set"].iterfind(f"{D}supported-report/{D}report/*")
    }
    assert D + "sync-collection" in reports
    classes = dav("OPTIONS", "/dav/ada/").headers["dav"]
    assert "calendar-auto-schedule" in classes


def test_evolution_and_gnome(dav: Client) -> None:
    found = dav.propfind("/dav/ada/sessions/", "CS:getctag", "D:supported-report-set").found(
        "/dav/ada/sessions/"
    )
    reports = {
        node.tag for node in found[D + "supported-report-set"].iterfind(f"{D}supported-report/{D}report/*")
    }
    assert {D + "sync-collection", C + "calendar-query", C + "calendar-multiget"} <= reports


def test_caldavsynchronizer(dav: Client) -> None:
    root = dav("PROPFIND", "/.well-known/caldav", login=False).headers["location"]
    found = dav.propfind(root, "D:current-user-principal", "D:principal-URL").found("/dav/")
    principal = found[D + "principal-URL"].findtext(D + "href") or ""
    home = dav.propfind(principal, "C:calendar-home-set").found(principal)[C + "calendar-home-set"]
    path = home.findtext(D + "href") or ""
    assert path.endswith("/")
    listing = dav.propfind(
        path, "D:resourcetype", "D:displayname", "A:calendar-color", "D:current-user-privilege-set", depth=1
    )
    privileges = {node[0].tag for node in listing.found("/dav/ada/work/")[D + "current-user-privilege-set"]}
    assert {D + "write-content", D + "bind", D + "unbind"} <= privileges


def test_vdirsyncer(dav: Client) -> None:
    principal = dav.propfind("/dav/", "D:current-user-principal").found("/dav/")
    path = principal[D + "current-user-principal"].findtext(D + "href") or ""
    home = (
        dav.propfind(path, "C:calendar-home-set").found(path)[C + "calendar-home-set"].findtext(D + "href")
        or ""
    )
    body = f"<D:propfind {NAMES}><D:prop><D:resourcetype/></D:prop></D:propfind>"
    listing = dav("PROPFIND", home, body, depth="1")
    calendars = [
        path
        for path in listing.hrefs
        if C + "calendar" in {child.tag for child in listing.found(path)[D + "resourcetype"]}
    ]
    assert calendars == ["/dav/ada/sessions/", "/dav/ada/work/"]


REPORTS = {
    D + "expand-property": "<D:expand-property {0}/>",
    D + "principal-match": "<D:principal-match {0}><D:self/></D:principal-match>",
    D + "principal-search-property-set": "<D:principal-search-property-set {0}/>",
    D + "principal-property-search": "<D:principal-property-search {0}>"
    "<D:property-search><D:prop><D:displayname/></D:prop><D:match>Ada</D:match></D:property-search>"
    "<D:prop><D:displayname/></D:prop></D:principal-property-search>",
    D + "sync-collection": "<D:sync-collection {0}><D:sync-token/><D:sync-level>1</D:sync-level><D:prop/>"
    "</D:sync-collection>",
    C + "calendar-query": "<C:calendar-query {0}><D:prop/><C:filter>"
    '<C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>',
    C + "calendar-multiget": "<C:calendar-multiget {0}><D:prop/><D:href>/dav/ada/work/a.ics</D:href>"
    "</C:calendar-multiget>",
    C + "free-busy-query": "<C:free-busy-query {0}>"
    '<C:time-range start="20260301T000000Z" end="20260401T000000Z"/></C:free-busy-query>',
}


@pytest.mark.parametrize("path", ["/dav/", "/dav/ada/", "/dav/ada/work/", "/dav/ada/sessions/"])
def test_every_advertised_report_works(dav: Client, path: str) -> None:
    advertised = dav.propfind(path, "D:supported-report-set").found(path)[D + "supported-report-set"]
    names = [node.tag for node in advertised.iterfind(f"{D}supported-report/{D}report/*")]
    assert names
    for name in names:
        depth = "0" if "principal" in name else "1"
        answer = dav("REPORT", path, REPORTS[name].format(NAMES), depth=depth)
        assert answer.status in (200, 207), (name, answer.body)


def test_macos_asks_for_proxies_and_gets_no_error(dav: Client) -> None:
    body = (
        f'<D:expand-property {NAMES}><D:property name="calendar-proxy-write-for" namespace="{CS[1:-1]}">'
        '<D:property name="displayname"/></D:property></D:expand-property>'
    )
    assert dav("REPORT", "/dav/ada/", body, depth="0").status == 207
