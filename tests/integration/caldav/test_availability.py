"""CALDAV:calendar-availability on the calendar home (RFC 7953 section 7.2.4), and free/busy with it."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.sax.saxutils import escape

import pytest

from calgate.gate.gate import Gate
from tests.integration.caldav.test_proppatch import put
from tests.support.dav import A, C, Client, D, event
from tests.unit.ical.test_availability import BAD

HOME = "/dav/ada/"
NAME = C + "calendar-availability"
HOURS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Apple Inc.//Mac OS X 10.11//EN
BEGIN:VAVAILABILITY
UID:8F3AB5F0-2C34-4C2D-9F31-2B6B7A5F7A11
DTSTAMP:20260301T120000Z
DTSTART;TZID=America/New_York:20260101T000000
SUMMARY:Täglich & <Notdienst>
X-APPLE-KEEP;X=1:as it is
BEGIN:AVAILABLE
UID:1B0F0AD4-6E7B-4F0B-8B5C-4E6A1B6B2C22
DTSTAMP:20260301T120000Z
DTSTART;TZID=America/New_York:20260105T080000
DTEND;TZID=America/New_York:20260105T180000
RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR
END:AVAILABLE
END:VAVAILABILITY
END:VCALENDAR
"""


def setting(text: str, more: str = "") -> str:
    return put(f"<C:calendar-availability>{escape(text)}</C:calendar-availability>{more}")


REMOVAL = "<D:remove><D:prop><C:calendar-availability/></D:prop></D:remove>"


def kept(dav: Client) -> str | None:
    found = dav.propfind(HOME, "C:calendar-availability").found(HOME)
    return found[NAME].text if NAME in found else None


def test_it_is_kept_as_sent_and_taken_away(dav: Client) -> None:
    assert kept(dav) is None
    answer = dav.proppatch(HOME, setting(HOURS))
    assert (answer.status, answer.fates(HOME)) == (207, {NAME: 200})
    assert kept(dav) == HOURS

    assert dav.proppatch(HOME, setting(HOURS.replace("DTSTAMP:20260301", "DTSTAMP:20260302"))).status == 207
    assert kept(dav) == HOURS.replace("DTSTAMP:20260301", "DTSTAMP:20260302")

    assert dav.proppatch(HOME, REMOVAL).fates(HOME) == {NAME: 200}
    assert kept(dav) is None
    assert dav.proppatch(HOME, REMOVAL).fates(HOME) == {NAME: 200}


@pytest.mark.parametrize("name", [name for name in BAD if name != "control character"])
def test_bad_data_is_refused_in_its_propstat(dav: Client, name: str) -> None:
    dav.proppatch(HOME, setting(HOURS))
    answer = dav.proppatch(HOME, setting(BAD[name], "<A:calendar-order>1</A:calendar-order>"))

    assert answer.status == 207
    assert answer.fates(HOME) == {NAME: 403, A + "calendar-order": 424}
    assert answer.response(HOME).find(f"{D}propstat/{D}error/{C}valid-calendar-data") is not None
    assert kept(dav) == HOURS
    assert A + "calendar-order" not in dav.propfind(HOME, "A:calendar-order").found(HOME)


def test_too_much_is_refused(dav: Client) -> None:
    answer = dav.proppatch(HOME, setting(HOURS.replace("Mac OS", "x" * 200_000)))
    assert answer.fates(HOME) == {NAME: 507}
    assert kept(dav) is None


def test_it_is_set_together_with_other_properties_of_the_home(dav: Client) -> None:
    answer = dav.proppatch(HOME, setting(HOURS, "<A:calendar-order>7</A:calendar-order>"))
    assert answer.fates(HOME) == {NAME: 200, A + "calendar-order": 200}

    found = dav.propfind(HOME, "C:calendar-availability", "A:calendar-order").found(HOME)
    assert (found[NAME].text, found[A + "calendar-order"].text) == (HOURS, "7")
    assert dav.proppatch(HOME, REMOVAL).status == 207
    found = dav.propfind(HOME, "C:calendar-availability", "A:calendar-order").found(HOME)
    assert (NAME in found, found[A + "calendar-order"].text) == (False, "7")


def test_allprop_leaves_it_out_and_propname_names_it(dav: Client) -> None:
    dav.proppatch(HOME, setting(HOURS))
    everything = dav("PROPFIND", HOME, b"", depth="0")
    assert everything.status == 207
    assert b"calendar-availability" not in everything.body
    names = dav("PROPFIND", HOME, b'<D:propfind xmlns:D="DAV:"><D:propname/></D:propfind>', depth="0")
    assert b"calendar-availability" in names.body


def test_the_inbox_has_the_same(dav: Client) -> None:
    inbox, both = "/dav/ada/inbox/", ("C:calendar-availability", "A:calendar-order")
    answer = dav.proppatch(inbox, setting(HOURS, "<A:calendar-order>7</A:calendar-order>"))
    assert answer.fates(inbox) == {NAME: 200, A + "calendar-order": 200}
    assert kept(dav) == HOURS
    found = dav.propfind(inbox, *both).found(inbox)
    assert (found[NAME].text, found[A + "calendar-order"].text) == (HOURS, "7")
    assert dav.propfind("/dav/ada/", *both, depth=1).found(inbox)[NAME].text == HOURS

    assert dav.proppatch(inbox, setting(BAD["event"])).fates(inbox) == {NAME: 403}
    assert dav.proppatch(HOME, REMOVAL).status == 207
    assert NAME not in dav.propfind(inbox, *both).found(inbox)
    dav.proppatch(HOME, setting(HOURS))
    assert dav.proppatch(inbox, REMOVAL).fates(inbox) == {NAME: 200}
    assert kept(dav) is None


@pytest.mark.parametrize("path", ["/dav/ada/work/", "/dav/ada/sessions/"])
def test_a_calendar_has_none(dav: Client, path: str) -> None:
    answer = dav.proppatch(path, setting(HOURS))
    assert answer.fates(path) == {NAME: 403}
    assert NAME not in dav.propfind(path, "C:calendar-availability").found(path)


def test_it_is_announced(dav: Client) -> None:
    assert "calendar-availability" in dav("OPTIONS", HOME).headers["dav"].split(", ")


def test_free_busy_of_the_person_is_outside_of_the_hours_when_asked(dav: Client, gate: Gate) -> None:
    """The day is Monday; in New York it is five hours earlier than in UTC."""
    dav.proppatch(HOME, setting(HOURS))
    dav.put("/dav/ada/work/a.ics", event("a"))
    span = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)

    told = gate.busy_of("riverside", ["ada", "bob"], *span, with_hours=True)
    plain = gate.busy_of("riverside", ["ada", "bob"], *span)

    away = [one for one in told["ada"] if one.type == "BUSY-UNAVAILABLE"]
    assert (away[0].start, away[0].end.hour) == (span[0], 13)
    assert (away[-1].start.hour, away[-1].end) == (23, span[1])
    assert not [one for one in plain["ada"] if one.type == "BUSY-UNAVAILABLE"]
    assert told["bob"] == plain["bob"] == []


def test_a_free_busy_query_is_about_calendars_not_hours(dav: Client) -> None:
    dav.proppatch(HOME, setting(HOURS))
    body = (
        b'<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">'
        b'<C:time-range start="20260302T000000Z" end="20260303T000000Z"/></C:free-busy-query>'
    )
    for path in (HOME, "/dav/ada/work/"):
        answer = dav("REPORT", path, body, depth="1")
        assert answer.status == 200
        assert b"BUSY-UNAVAILABLE" not in answer.body


def test_a_colleague_does_not_read_it(dav: Client, bob: Client) -> None:
    dav.proppatch(HOME, setting(HOURS))
    body = (
        '<D:principal-property-search xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
        "<D:property-search><D:prop><D:displayname/></D:prop><D:match>Ada</D:match></D:property-search>"
        "<D:prop><D:displayname/><C:calendar-availability/></D:prop></D:principal-property-search>"
    )
    answer = bob("REPORT", "/dav/", body, depth="0")
    assert answer.status == 207
    assert b"Ada" in answer.body
    assert b"VAVAILABILITY" not in answer.body
