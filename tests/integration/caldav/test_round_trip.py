"""Plain calendars give back every byte, and nobody's time zone reaches anybody else."""

from __future__ import annotations

import pytest

from tests.support.dav import Client, event
from tests.unit.caldav.test_settable import NEW_YORK

A = "/dav/ada/work/a.ics"
ZONE = NEW_YORK.replace("\n", "\r\n").partition("VERSION:2.0\r\n")[2].removesuffix("END:VCALENDAR\r\n")


def calendar(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *lines, "END:VCALENDAR", ""))


def vevent(*lines: str) -> str:
    return calendar("BEGIN:VEVENT", "UID:u", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT")


TEXTS = {
    "uri with a comma": vevent(
        "DTSTART:20260303T150000Z", "X-APPLE-STRUCTURED-LOCATION;VALUE=URI:geo:40.7,-74.0"
    ),
    "conference": vevent(
        "DTSTART:20260303T150000Z", "CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://e.example/a,b;c"
    ),
    "days taken out of a timed series": vevent(
        "DTSTART:20260303T150000Z", "RRULE:FREQ=DAILY;COUNT=5", "EXDATE;VALUE=DATE:20260304"
    ),
    "zone without definition": vevent("DTSTART;TZID=America/New_York:20260303T150000"),
    "zone with definition": calendar(
        ZONE.rstrip("\r\n"),
        "BEGIN:VEVENT",
        "UID:u",
        "DTSTAMP:20260101T000000Z",
        "DTSTART;TZID=America/New_York:20260303T150000",
        "END:VEVENT",
    ),
    "periods": vevent("DTSTART:20260303T150000Z", "RDATE;VALUE=PERIOD:20260310T150000Z/PT1H"),
    "alarms": vevent(
        "DTSTART:20260303T150000Z",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT15M",
        "X-WR-ALARMUID:1",
        "END:VALARM",
    ),
    "folded in odd places": vevent("DTSTART:20260303T150000Z", "SUMMARY:ab", " cd", "\tef"),
    "small letters": vevent("dtstart:20260303T150000Z", "summary;x-p=1:a"),
    "all day": vevent("DTSTART;VALUE=DATE:20260303", "DTEND;VALUE=DATE:20260304"),
    "floating": vevent("DTSTART:20260303T150000"),
    "override alone": vevent("RECURRENCE-ID:20260310T150000Z", "DTSTART:20260310T160000Z"),
    "task": calendar(
        "BEGIN:VTODO", "UID:u", "DTSTAMP:20260101T000000Z", "SUMMARY:T", "PERCENT-COMPLETE:5", "END:VTODO"
    ),
    "journal": calendar(
        "BEGIN:VJOURNAL", "UID:u", "DTSTAMP:20260101T000000Z", "DESCRIPTION:x\\, y", "END:VJOURNAL"
    ),
    "bare line feeds": vevent("DTSTART:20260303T150000Z", "SUMMARY:LF").replace("\r\n", "\n"),
    "emoji and umlauts": vevent("DTSTART:20260303T150000Z", "SUMMARY:Grüße 🎈"),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_is_put_is_what_is_got(dav: Client, text: str) -> None:
    answer = dav.put(A, text)
    assert answer.status == 201, answer.body
    got = dav("GET", A)
    if "etag" in answer.headers:
        assert (got.body, got.headers["etag"]) == (text.encode(), answer.headers["etag"])
    else:
        assert got.body.replace(b"\r\n", b"\n") == text.encode().replace(b"\r\n", b"\n")


def busy(client: Client, path: str) -> list[str]:
    body = (
        '<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">'
        '<C:time-range start="20260301T000000Z" end="20260401T000000Z"/></C:free-busy-query>'
    )
    answer = client("REPORT", path, body, depth="1")
    assert answer.status == 200
    lines = answer.body.decode().replace("\r\n ", "").split("\r\n")
    return [line for line in lines if line.startswith("FREEBUSY")]


def in_new_york(zone: str) -> str:
    return calendar(
        zone.rstrip("\r\n"),
        "BEGIN:VEVENT",
        "UID:u",
        "DTSTAMP:20260101T000000Z",
        "DTSTART;TZID=America/New_York:20260303T100000",
        "DURATION:PT1H",
        "END:VEVENT",
    )


def test_nobody_redefines_a_well_known_zone(dav: Client, bob: Client) -> None:
    wrong = ZONE.replace("-0400", "+0800").replace("-0500", "+0700")
    assert bob("MKCALENDAR", "/dav/bob/own/").status == 201
    bob.put("/dav/bob/own/wrong.ics", in_new_york(wrong))
    assert dav.put(A, in_new_york(ZONE)).status == 201
    assert busy(dav, "/dav/ada/work/") == ["FREEBUSY;FBTYPE=BUSY:20260303T150000Z/20260303T160000Z"]


def test_a_zone_of_ones_own_means_what_its_own_object_says(dav: Client) -> None:
    own = ZONE.replace("America/New_York", "Mine")
    east, west = own, own.replace("-0400", "-0700").replace("-0500", "-0800")
    for name, zone in (("a", east), ("b", west)):
        text = in_new_york(zone).replace("TZID=America/New_York", "TZID=Mine").replace("UID:u", f"UID:{name}")
        assert dav.put(f"/dav/ada/work/{name}.ics", text).status == 201
    times = "".join(busy(dav, "/dav/ada/work/"))
    assert "20260303T150000Z/20260303T160000Z" in times
    assert "20260303T180000Z/20260303T190000Z" in times


def test_a_transparent_calendar_keeps_its_owner_free(dav: Client) -> None:
    dav.put(A, event())
    assert busy(dav, "/dav/ada/")
    dav.proppatch(
        "/dav/ada/work/",
        "<D:set><D:prop><C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp></D:prop></D:set>",
    )
    assert busy(dav, "/dav/ada/") == []


def test_a_colleague_may_ask_for_busy_times_and_sees_nothing_else(dav: Client, bob: Client) -> None:
    dav.put(A, event())
    assert busy(bob, "/dav/ada/") == ["FREEBUSY;FBTYPE=BUSY:20260303T150000Z/20260303T160000Z"]
    body = '<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav"/>'
    assert bob("REPORT", "/dav/nobody/", body).status in (400, 403, 404)
    assert b"Lunch" not in bob("REPORT", "/dav/ada/work/", body).body
