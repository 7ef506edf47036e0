"""Questions about times: expansion, busy times, time zones."""

from __future__ import annotations

import icalendar
import pytest

from tests.support.dav import C, D
from tests.support.remote import Remote
from tests.support.reports import block, calendar, event, expanded, free_busy, query, span
from tests.unit.caldav.test_settable import NEW_YORK

JUNE = span("20260601T000000Z", "20260701T000000Z")
EXPANDED = expanded("20260601T000000Z", "20260701T000000Z")
MARCH = ("20260301T000000Z", "20260401T000000Z")
HOUR = ("DTSTART:20260303T150000Z", "DTEND:20260303T160000Z")
FIVE = "20260303T150000Z/20260303T160000Z"
ZONE = NEW_YORK.replace("\n", "\r\n").partition("VERSION:2.0\r\n")[2].removesuffix("END:VCALENDAR\r\n")


def instances(ada: Remote, path: str, text: str, component: str = "VEVENT") -> list[tuple[str, str]]:
    """(property, value) of the starts and recurrence ids that an object has when June is expanded."""
    assert ada.put(path + "one.ics", text).status == 201
    reply = ada.report(path, query(JUNE, prop=EXPANDED, component=component))
    assert reply.status == 207
    return times(reply.data())


def times(text: str) -> list[tuple[str, str]]:
    named = (line.partition(":") for line in text.split("\n"))
    return [
        (name, value)
        for name, _, value in named
        if name.partition(";")[0] in ("DTSTART", "RECURRENCE-ID", "RRULE", "RDATE")
    ]


@pytest.mark.question("expand: an event with a TZID that does not recur is in UTC")
def test_expanded_event_with_a_tzid(ada: Remote, work: str) -> None:
    text = event("DTSTART;TZID=Europe/Berlin:20260603T090000", "DURATION:PT1H")
    assert instances(ada, work, text) == [("DTSTART", "20260603T070000Z")]


@pytest.mark.question("expand: RDATE without RRULE")
def test_expanded_rdate(ada: Remote, work: str) -> None:
    text = event("DTSTART:20260603T090000Z", "DURATION:PT1H", "RDATE:20260610T090000Z,20260710T090000Z")
    starts = [value for name, value in instances(ada, work, text) if name == "DTSTART"]
    assert sorted(starts) == ["20260603T090000Z", "20260610T090000Z"]


@pytest.mark.question("expand: an object with only an override")
def test_expanded_override_alone(ada: Remote, work: str) -> None:
    assert ada.put(work + "two.ics", event("DTSTART:20260605T090000Z", uid="two")).status == 201
    text = event("RECURRENCE-ID:20260603T090000Z", "DTSTART:20260604T090000Z")
    assert instances(ada, work, text) == [
        ("RECURRENCE-ID", "20260603T090000Z"),
        ("DTSTART", "20260604T090000Z"),
    ]
    assert ada.report(work, query(JUNE, prop=EXPANDED)).hrefs == ["one.ics", "two.ics"]


@pytest.mark.question("expand: an override that moved out of the range")
def test_expanded_override_outside(ada: Remote, work: str) -> None:
    master = block("DTSTART:20260601T090000Z", "DTEND:20260601T100000Z", "RRULE:FREQ=DAILY;COUNT=2")
    moved = block("RECURRENCE-ID:20260602T090000Z", "DTSTART:20260705T090000Z", "DTEND:20260705T100000Z")
    starts = [each for each in instances(ada, work, calendar(*master, *moved)) if each[0] == "DTSTART"]
    assert starts == [("DTSTART", "20260601T090000Z")]


@pytest.mark.question("expand: an instance that begins at the end of the range")
def test_expanded_instance_at_the_end(ada: Remote, work: str) -> None:
    text = event("DTSTART:20260629T000000Z", "DTEND:20260629T010000Z", "RRULE:FREQ=DAILY;COUNT=5")
    starts = sorted(value for name, value in instances(ada, work, text) if name == "DTSTART")
    assert starts == ["20260629T000000Z", "20260630T000000Z"]


@pytest.mark.question("expand: a recurring VTODO")
def test_expanded_todo(ada: Remote, work: str) -> None:
    lines = ("DTSTART:20260530T090000Z", "DUE:20260530T110000Z", "RRULE:FREQ=DAILY;COUNT=4")
    found = instances(ada, work, event(*lines, component="VTODO"), "VTODO")
    starts = sorted(value for name, value in found if name == "DTSTART")
    assert starts == ["20260601T090000Z", "20260602T090000Z"]
    assert "RRULE" not in dict(found)


# ---- busy times -------------------------------------------------------------------------------------------


def busy(client: Remote, path: str) -> list[str]:
    """The values of FREEBUSY in March."""
    answer = client("REPORT", path, free_busy(*MARCH), depth="1")
    assert answer.status == 200
    lines = answer.body.decode().replace("\r\n ", "").split("\r\n")
    return [line.partition(":")[2] for line in lines if line.startswith("FREEBUSY")]


@pytest.mark.question("freebusy: the reply is text/calendar with a DTSTAMP")
def test_free_busy_reply(ada: Remote, work: str) -> None:
    answer = ada("REPORT", work, free_busy(*MARCH), depth="1")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    [found] = icalendar.Calendar.from_ical(answer.body.decode()).walk("VFREEBUSY")
    assert found["DTSTAMP"].dt.utcoffset().total_seconds() == 0
    assert (found["DTSTART"].to_ical().decode(), found["DTEND"].to_ical().decode()) == MARCH


@pytest.mark.question("freebusy: the reply has a UID")
def test_free_busy_uid(ada: Remote, work: str) -> None:
    answer = ada("REPORT", work, free_busy(*MARCH), depth="1")
    [found] = icalendar.Calendar.from_ical(answer.body.decode()).walk("VFREEBUSY")
    assert str(found["UID"]).strip()


@pytest.mark.question("freebusy: cancelled and transparent events are left out")
def test_free_busy_leaves_out(ada: Remote, work: str) -> None:
    ada.put(work + "a.ics", event(*HOUR, "STATUS:CANCELLED", uid="a"))
    ada.put(work + "b.ics", event(*HOUR, "TRANSP:TRANSPARENT", uid="b"))
    assert busy(ada, work) == []
    ada.put(work + "c.ics", event(*HOUR, uid="c"))
    assert busy(ada, work) == [FIVE]


@pytest.mark.question("freebusy: of the calendar home")
def test_free_busy_of_the_home(colleague: Remote) -> None:
    for number, hour in enumerate(("15", "18")):
        path = f"/dav/bob/home{number}/"
        assert colleague("MKCALENDAR", path).status == 201
        lines = (f"DTSTART:20260303T{hour}0000Z", "DURATION:PT1H")
        assert colleague.put(path + "a.ics", event(*lines)).status == 201
    assert ",".join(busy(colleague, "/dav/bob/")) == f"{FIVE},20260303T180000Z/20260303T190000Z"


@pytest.mark.question("freebusy: schedule-calendar-transp can be set")
def test_transparent_calendar(ada: Remote, work: str) -> None:
    ada.put(work + "a.ics", event("DTSTART:20260327T030000Z", "DURATION:PT7M"))
    odd = "20260327T030000Z/20260327T030700Z"
    name = "schedule-calendar-transp"
    assert odd in ",".join(busy(ada, "/dav/ada/"))
    wish = f"<D:set><D:prop><C:{name}><C:transparent/></C:{name}></D:prop></D:set>"
    assert ada.proppatch(work, wish).fates(work) == {C + name: 200}
    found = ada.propfind(work, f"C:{name}").found(work)[C + name]
    assert [node.tag for node in found] == [C + "transparent"]
    assert odd not in ",".join(busy(ada, "/dav/ada/"))


@pytest.mark.question("freebusy: a request to the outbox")
def test_free_busy_request(ada: Remote, colleague: Remote) -> None:
    assert colleague("MKCALENDAR", "/dav/bob/asked/").status == 201
    lines = ("DTSTART:20260311T150000Z", "DTEND:20260311T160000Z", "SUMMARY:Secret")
    assert colleague.put("/dav/bob/asked/a.ics", event(*lines)).status == 201
    name = C + "schedule-outbox-URL"
    outbox = ada.propfind("/dav/ada/", "C:schedule-outbox-URL").found("/dav/ada/")[name].findtext(D + "href")
    people = ("ORGANIZER:mailto:ada@riverside.example", "ATTENDEE:mailto:bob@riverside.example")
    day = ("DTSTART:20260311T050000Z", "DTEND:20260312T050000Z")
    body = event(*day, *people, component="VFREEBUSY").replace("2.0\r\n", "2.0\r\nMETHOD:REQUEST\r\n", 1)
    answer = ada("POST", outbox or "", body, content_type="text/calendar")
    assert (answer.status, answer.xml.tag) == (200, C + "schedule-response")
    [response] = answer.xml.iterfind(C + "response")
    assert response.findtext(f"{C}recipient/{D}href") == "mailto:bob@riverside.example"
    assert (response.findtext(C + "request-status") or "").startswith("2.0")
    data = response.findtext(C + "calendar-data") or ""
    assert "FREEBUSY;FBTYPE=BUSY:20260311T150000Z/20260311T160000Z" in data
    assert "Secret" not in data


# ---- time zones -------------------------------------------------------------------------------------------


def in_zone(zone: str, name: str, uid: str) -> str:
    times = (f"DTSTART;TZID={name}:20260303T100000", "DURATION:PT1H")
    return calendar(*zone.rstrip("\r\n").split("\r\n"), *block(*times, uid=uid))


@pytest.mark.question("zones: a custom TZID means what its own object says")
def test_custom_tzid(ada: Remote, work: str) -> None:
    east = ZONE.replace("America/New_York", "Mine")
    west = east.replace("-0400", "-0700").replace("-0500", "-0800")
    assert ada.put(work + "a.ics", in_zone(east, "Mine", "a")).status == 201
    assert ada.put(work + "b.ics", in_zone(west, "Mine", "b")).status == 201
    assert ",".join(busy(ada, work)) == f"{FIVE},20260303T180000Z/20260303T190000Z"


@pytest.mark.question("zones: an object does not redefine a well-known zone")
def test_well_known_tzid(ada: Remote, colleague: Remote, work: str) -> None:
    wrong = ZONE.replace("-0400", "+0800").replace("-0500", "+0700")
    assert colleague("MKCALENDAR", "/dav/bob/wrong/").status == 201
    colleague.put("/dav/bob/wrong/a.ics", in_zone(wrong, "America/New_York", "a"))
    assert ada.put(work + "a.ics", in_zone(ZONE, "America/New_York", "a")).status == 201
    assert busy(ada, work) == [FIVE]
    found = ada.report(work, query(span("20260303T150000Z", "20260303T160000Z"))).hrefs
    assert found == ["a.ics"]
