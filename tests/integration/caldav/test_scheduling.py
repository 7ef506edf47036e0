"""Scheduling as the programs ask for it (RFC 6638): mailboxes, free/busy look-ups, meetings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from tests.support import bodies
from tests.support.dav import NAMES, C, Client, D, Reply, event

ADA, BOB = "mailto:ada@riverside.example", "mailto:bob@riverside.example"
W, OUTBOX, INBOX = "/dav/ada/work/", "/dav/ada/outbox/", "/dav/ada/inbox/"
PEOPLE = (f"ORGANIZER;CN=Ada Moss:{ADA}", f"ATTENDEE;PARTSTAT=ACCEPTED:{ADA}", f"ATTENDEE;RSVP=TRUE:{BOB}")


def lookup(*attendees: str, start: str = "20260303T050000Z", end: str = "20260304T050000Z") -> str:
    """As Apple's programs ask, a private line included."""
    return bodies.joined(
        [
            "BEGIN:VCALENDAR", "CALSCALE:GREGORIAN", "VERSION:2.0", "METHOD:REQUEST", "PRODID:-//Apple//EN",
            "BEGIN:VFREEBUSY", "UID:8DC5-1", f"DTEND:{end}", *(f"ATTENDEE:{each}" for each in attendees),
            f"DTSTART:{start}", "X-CALENDARSERVER-MASK-UID:one", "DTSTAMP:20260302T140000Z",
            f"ORGANIZER:{ADA}", "END:VFREEBUSY", "END:VCALENDAR",
        ]
    )  # fmt: skip


def ask(dav: Client, body: str | bytes, **headers: str) -> Reply:
    return dav("POST", OUTBOX, body, {"Content-Type": "text/calendar; charset=utf-8"}, **headers)


def answers(reply: Reply) -> dict[str, tuple[str, str]]:
    """(request-status, calendar-data) by recipient."""
    assert reply.status == 200
    assert reply.xml.tag == C + "schedule-response"
    return {
        each.findtext(f"{C}recipient/{D}href") or "": (
            each.findtext(C + "request-status") or "",
            each.findtext(C + "calendar-data") or "",
        )
        for each in reply.xml.iterfind(C + "response")
    }


def types(found: dict[str, Element]) -> set[str]:
    return {node.tag for node in found[D + "resourcetype"]}


# ---- mailboxes --------------------------------------------------------------------------------------------


def test_the_principal_names_them(dav: Client) -> None:
    names = (
        "C:schedule-inbox-URL",
        "C:schedule-outbox-URL",
        "C:calendar-user-address-set",
        "C:calendar-user-type",
    )
    found = dav.propfind("/dav/ada/", *names).found("/dav/ada/")
    assert found[C + "schedule-inbox-URL"].findtext(D + "href") == INBOX
    assert found[C + "schedule-outbox-URL"].findtext(D + "href") == OUTBOX
    assert [node.text for node in found[C + "calendar-user-address-set"]] == [ADA, "/dav/ada/"]
    assert found[C + "calendar-user-type"].text == "INDIVIDUAL"


def test_what_they_are(dav: Client) -> None:
    names = (
        "D:resourcetype",
        "D:current-user-privilege-set",
        "CS:getctag",
        "D:sync-token",
        "C:calendar-timezone",
    )
    inbox = dav.propfind(INBOX, *names).found(INBOX)
    assert types(inbox) == {D + "collection", C + "schedule-inbox"}
    rights = {node[0].tag for node in inbox[D + "current-user-privilege-set"]}
    assert {C + "schedule-deliver", D + "unbind", D + "read"} <= rights
    assert not {D + "write", D + "write-content", D + "bind"} & rights
    assert inbox[CS_TAG].text and inbox[D + "sync-token"].text
    assert C + "calendar-timezone" not in inbox
    outbox = dav.propfind(OUTBOX, *names).found(OUTBOX)
    assert types(outbox) == {D + "collection", C + "schedule-outbox"}
    assert {C + "schedule-send", C + "schedule-send-freebusy"} <= {
        node[0].tag for node in outbox[D + "current-user-privilege-set"]
    }


CS_TAG = "{http://calendarserver.org/ns/}getctag"


@pytest.mark.parametrize("depth", [0, 1])
def test_of_others_nothing_is_told(dav: Client, bob: Client, depth: int) -> None:
    for path in (INBOX, OUTBOX):
        assert bob.propfind(path, "D:resourcetype", depth=depth).status == 403
    assert bob("POST", OUTBOX, lookup(ADA), {"Content-Type": "text/calendar"}).status == 403


def test_they_are_no_calendars(dav: Client) -> None:
    for path in (INBOX, OUTBOX):
        assert dav("MKCALENDAR", path).status in (403, 405)
        assert dav("DELETE", path).status in (403, 404)
    assert dav.put(INBOX + "a.ics", event()).status == 403
    assert dav.put(OUTBOX + "a.ics", event()).status == 409
    dav.put(W + "a.ics", event())
    assert dav("MOVE", W + "a.ics", destination=INBOX + "a.ics").status == 403
    for path in (INBOX, W):
        assert dav("POST", path, lookup(BOB), {"Content-Type": "text/calendar"}).status == 405


def test_where_invitations_go_can_be_chosen(dav: Client, bob: Client) -> None:
    name = "C:schedule-default-calendar-URL"
    tag = C + "schedule-default-calendar-URL"

    def default() -> str | None:
        return bob.propfind("/dav/bob/inbox/", name).found("/dav/bob/inbox/")[tag].findtext(D + "href")

    def choose(path: str) -> set[int]:
        wish = f"<D:set><D:prop><{name}><D:href>{path}</D:href></{name}></D:prop></D:set>"
        return set(bob.proppatch("/dav/bob/inbox/", wish).fates("/dav/bob/inbox/").values())

    assert default() == "/dav/bob/sessions/"
    bob("MKCALENDAR", "/dav/bob/mine/")
    assert choose("/dav/bob/mine/") == {200}
    assert default() == "/dav/bob/mine/"
    dav.put(W + "m.ics", event("m", *PEOPLE))
    assert len(bob.propfind("/dav/bob/mine/", "D:getetag", depth=1).hrefs) == 2
    assert choose("/dav/ada/work/") == choose("/dav/bob/none/") == {403}
    assert bob("DELETE", "/dav/bob/mine/").status == 204
    assert default() == "/dav/bob/sessions/"


# ---- look-ups ---------------------------------------------------------------------------------------------


@pytest.fixture
def busy_bob(bob: Client) -> Iterator[Client]:
    body = event("b", start="20260303T150000Z", end="20260303T160000Z")
    assert bob.put("/dav/bob/sessions/b.ics", body).status == 201
    yield bob


def test_apple_asks(dav: Client, busy_bob: Client) -> None:
    reply = ask(dav, lookup(BOB, ADA), originator=ADA, recipient=BOB)
    found = answers(reply)
    assert list(found) == [BOB, ADA]
    status, data = found[BOB]
    assert status.startswith("2.0")
    assert "METHOD:REPLY" in data and "UID:8DC5-1" in data and f"ATTENDEE:{BOB}" in data
    assert "FREEBUSY;FBTYPE=BUSY:20260303T150000Z/20260303T160000Z" in data
    assert "SUMMARY" not in data and "Lunch" not in data


def test_thunderbird_and_evolution_ask(dav: Client, busy_bob: Client) -> None:
    for address in ("MAILTO:Bob@Riverside.example", "/dav/bob/", "https://calendar.example/dav/bob/"):
        status, data = answers(ask(dav, lookup(address)))[address]
        assert status.startswith("2.0"), address
        assert "20260303T150000Z/20260303T160000Z" in data


def test_who_is_not_of_the_organization(dav: Client) -> None:
    strangers = (
        "mailto:kim@elsewhere.example",
        "mailto:nobody@riverside.example",
        "/dav/nobody/",
        "urn:uuid:1",
    )
    found = answers(ask(dav, lookup(BOB, *strangers)))
    assert found[BOB][0].startswith("2.0")
    assert [found[each][0][:3] for each in strangers] == ["5.1", "3.7", "3.7", "3.7"]
    assert not any(found[each][1] for each in strangers)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"\xff", "valid-calendar-data"),
        ("hello", "valid-calendar-data"),
        (event(), "valid-scheduling-message"),
        (lookup(BOB).replace("METHOD:REQUEST", "METHOD:REPLY"), "valid-scheduling-message"),
        (lookup(), "valid-scheduling-message"),
        (lookup(BOB, end="20260302T000000Z"), "valid-scheduling-message"),
        (lookup(BOB).replace(f"ORGANIZER:{ADA}", f"ORGANIZER:{BOB}"), "organizer-allowed"),
        (lookup(*(f"mailto:{n}@riverside.example" for n in range(201))), "max-attendees-per-instance"),
    ],
)
def test_a_bad_question(dav: Client, body: Any, name: str) -> None:
    answer = ask(dav, body)
    assert (answer.status, answer.error[0]) == (403, C + name)


def test_another_kind_of_body(dav: Client) -> None:
    answer = dav("POST", OUTBOX, lookup(BOB), {"Content-Type": "text/plain"})
    assert (answer.status, answer.error[0]) == (403, C + "supported-calendar-data")


# ---- meetings ---------------------------------------------------------------------------------------------


def only(client: Client, path: str) -> tuple[str, str]:
    """The one object of a collection: its address and text."""
    [_, href] = client.propfind(path, "D:getetag", depth=1).hrefs
    return href, client("GET", href).body.decode()


def test_apple_invites_and_answers(dav: Client, bob: Client) -> None:
    made = dav.put(W + "8DC5.ics", event("8DC5", *PEOPLE), if_none_match="*")
    assert made.status == 201
    assert "etag" not in made.headers
    assert made.headers["schedule-tag"]
    href, message = only(bob, "/dav/bob/inbox/")
    assert "METHOD:REQUEST" in message
    listing = f"<C:calendar-multiget {NAMES}><D:prop><D:getetag/><C:calendar-data/><C:schedule-tag/></D:prop>"
    got = bob("REPORT", "/dav/bob/inbox/", f"{listing}<D:href>{href}</D:href></C:calendar-multiget>")
    assert "METHOD:REQUEST" in (got.found(href)[C + "calendar-data"].text or "")
    assert bob("DELETE", href).status == 204
    place, text = only(bob, "/dav/bob/sessions/")
    etag = bob("GET", place).headers["etag"]
    answer = bob.put(place, text.replace("RSVP=TRUE", "PARTSTAT=ACCEPTED"), if_match=etag)
    assert answer.status == 204
    assert "METHOD:REPLY" in only(dav, INBOX)[1]
    lines = bodies.unfolded(dav("GET", W + "8DC5.ics").body.decode())
    [theirs] = [line for line in lines if line.startswith("ATTENDEE") and line.endswith(BOB)]
    assert "PARTSTAT=ACCEPTED" in theirs and "SCHEDULE-STATUS=2.0" in theirs


def test_davx5_matches_by_the_schedule_tag(dav: Client, bob: Client) -> None:
    dav.put(W + "m.ics", event("m", *PEOPLE))
    place, text = only(bob, "/dav/bob/sessions/")
    listing = f"<C:calendar-multiget {NAMES}><D:prop><D:getetag/><C:schedule-tag/></D:prop>"
    got = bob("REPORT", "/dav/bob/sessions/", f"{listing}<D:href>{place}</D:href></C:calendar-multiget>")
    tag = got.found(place)[C + "schedule-tag"].text or ""
    assert tag == bob("GET", place).headers["schedule-tag"]
    assert bob.propfind(place, "C:schedule-tag").found(place)[C + "schedule-tag"].text == tag
    answer = text.replace("RSVP=TRUE", "PARTSTAT=TENTATIVE")
    assert bob.put(place, answer, if_schedule_tag_match='"other"').status == 412
    stored = bob.put(place, answer, if_schedule_tag_match=tag)
    assert (stored.status, stored.headers["schedule-tag"]) == (204, tag)
    assert bob("DELETE", place, if_schedule_tag_match='"other"').status == 412
    assert bob("DELETE", place, if_schedule_tag_match=tag, schedule_reply="F").status == 204
    assert "PARTSTAT=TENTATIVE" in dav("GET", W + "m.ics").body.decode()


def test_what_is_no_meeting_has_no_tag(dav: Client) -> None:
    stored = dav.put(W + "a.ics", event())
    assert stored.headers["etag"]
    assert "schedule-tag" not in stored.headers
    assert "schedule-tag" not in dav("GET", W + "a.ics").headers
    assert dav.propfind(W + "a.ics", "C:schedule-tag").fates(W + "a.ics") == {C + "schedule-tag": 404}
    assert dav.put(W + "a.ics", event(), if_schedule_tag_match='"x"').status == 412


def test_an_attendee_is_refused_with_a_sentence(dav: Client, bob: Client) -> None:
    dav.put(W + "m.ics", event("m", *PEOPLE))
    place, text = only(bob, "/dav/bob/sessions/")
    before = bob("GET", place).headers["etag"]
    answer = bob.put(place, text.replace("Lunch", "Dinner"), if_match=before)
    assert answer.status == 403
    assert C + "allowed-attendee-scheduling-object-change" in answer.error
    assert b"Only the organizer can change this meeting" in answer.body
    assert bob("GET", place).headers["etag"] != before, "whoever keeps a refused edit takes ours again"


def test_a_second_place_is_named(dav: Client) -> None:
    dav.put(W + "m.ics", event("m", *PEOPLE))
    answer = dav.put("/dav/ada/sessions/other.ics", event("m", *PEOPLE))
    assert answer.status == 403
    [named] = answer.xml.iterfind(C + "unique-scheduling-object-resource")
    assert named.findtext(D + "href") == W + "m.ics"


def test_thunderbird_deletes_a_meeting(dav: Client, bob: Client) -> None:
    dav.put(W + "m.ics", event("m", *PEOPLE))
    etag = dav("GET", W + "m.ics").headers["etag"]
    assert dav("DELETE", W + "m.ics", if_match=etag).status == 204
    assert "STATUS:CANCELLED" in only(bob, "/dav/bob/sessions/")[1]
    assert "METHOD:CANCEL" in only(bob, "/dav/bob/inbox/")[1]


def test_a_calendar_goes_with_its_meetings(dav: Client, bob: Client) -> None:
    dav.put(W + "m.ics", event("m", *PEOPLE))
    assert dav("DELETE", W).status == 204
    assert "STATUS:CANCELLED" in only(bob, "/dav/bob/sessions/")[1]


def test_a_meeting_keeps_its_tag_when_it_is_moved(dav: Client) -> None:
    dav("MKCALENDAR", "/dav/ada/other/")
    tag = dav.put(W + "m.ics", event("m", *PEOPLE)).headers["schedule-tag"]
    moved = dav("MOVE", W + "m.ics", destination="/dav/ada/other/m.ics")
    assert (moved.status, moved.headers["schedule-tag"]) == (201, tag)
    copied = dav("COPY", "/dav/ada/other/m.ics", destination=W + "m.ics")
    assert copied.status == 403
    assert C + "unique-scheduling-object-resource" in copied.error


def test_the_inbox_can_be_followed(dav: Client, bob: Client) -> None:
    empty = bob.propfind("/dav/bob/inbox/", "D:sync-token").found("/dav/bob/inbox/")[D + "sync-token"].text
    dav.put(W + "m.ics", event("m", *PEOPLE))
    body = (
        f"<D:sync-collection {NAMES}><D:sync-token>{empty}</D:sync-token><D:sync-level>1</D:sync-level>"
        "<D:prop><D:getetag/></D:prop></D:sync-collection>"
    )
    assert len(bob("REPORT", "/dav/bob/inbox/", body).hrefs) == 1


def test_hrefs_of_mailboxes_can_be_expanded(dav: Client) -> None:
    kinds = '<D:property name="resourcetype"/>'
    inside = "".join(
        f'<D:property name="schedule-{kind}-URL" namespace="{C[1:-1]}">{kinds}</D:property>'
        for kind in ("inbox", "outbox")
    )
    body = f"<D:expand-property {NAMES}>{inside}</D:expand-property>"
    found = dav("REPORT", "/dav/ada/", body).found("/dav/ada/")
    for name, kind in (("schedule-inbox-URL", "schedule-inbox"), ("schedule-outbox-URL", "schedule-outbox")):
        inner = found[C + name].find(f"{D}response/{D}propstat/{D}prop/{D}resourcetype")
        assert inner is not None
        assert C + kind in {node.tag for node in inner}


def test_a_plain_object_with_people_is_kept_byte_for_byte(dav: Client) -> None:
    text = event("p", "ORGANIZER:mailto:kim@elsewhere.example", f"ATTENDEE;PARTSTAT=ACCEPTED:{ADA}")
    stored = dav.put(W + "p.ics", text)
    assert dav("GET", W + "p.ics").body == text.encode()
    assert stored.headers["etag"]


def test_the_inbox_can_be_queried(dav: Client, bob: Client) -> None:
    dav.put(W + "m.ics", event("m", *PEOPLE))
    for inner in (
        "",
        '<C:prop-filter name="UID"><C:text-match>m</C:text-match></C:prop-filter>',
        '<C:time-range start="20200101T000000Z"/>',
    ):
        body = (
            f"<C:calendar-query {NAMES}><D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter>"
            f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">{inner}</C:comp-filter>'
            "</C:comp-filter></C:filter></C:calendar-query>"
        )
        answer = bob("REPORT", "/dav/bob/inbox/", body)
        assert answer.status == 207
        assert len(answer.hrefs) == (0 if "range" in inner else 1)
