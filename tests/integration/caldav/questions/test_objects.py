"""Questions about single objects: OPTIONS, GET, COPY, PUT, and what comes back of what was sent."""

from __future__ import annotations

import pytest

from tests.integration.caldav.questions.conftest import Made
from tests.support.dav import NAMES, C, D
from tests.support.remote import Remote
from tests.support.reports import calendar, event

START = "DTSTART:20260303T150000Z"
EVENT = event(START, "SUMMARY:Lunch")
LATER = event("DTSTART:20260303T160000Z", "SUMMARY:Lunch")


@pytest.mark.question("options: no class 2 without LOCK")
def test_no_class_2_without_lock(ada: Remote, work: str) -> None:
    answer = ada("OPTIONS", work)
    classes = answer.headers["dav"].split(", ")
    assert {"1", "3", "calendar-access"} <= set(classes)
    assert "2" not in classes
    assert "LOCK" not in answer.headers["allow"]
    assert ada("LOCK", work).status == 405


@pytest.mark.question("copy: an object can be copied")
def test_copy(ada: Remote, work: str, another: Made) -> None:
    other = another()
    ada.put(work + "a.ics", EVENT)
    assert ada("COPY", work + "a.ics", destination=other + "b.ics").status == 201
    assert ada("GET", other + "b.ics").body == ada("GET", work + "a.ics").body == EVENT.encode()


@pytest.mark.question("get: a conditional GET answers 304")
def test_conditional_get(ada: Remote, work: str) -> None:
    etag = ada.put(work + "a.ics", EVENT).headers["etag"]
    known = ada("GET", work + "a.ics", if_none_match=f'"other", {etag}')
    assert (known.status, known.body, known.headers["etag"]) == (304, b"", etag)
    ada.put(work + "a.ics", LATER)
    assert ada("GET", work + "a.ics", if_none_match=etag).status == 200


@pytest.mark.question("feed: a conditional GET on a calendar answers 304")
def test_conditional_get_of_a_calendar(ada: Remote, work: str) -> None:
    ada.put(work + "a.ics", EVENT)
    whole = ada("GET", work)
    assert whole.body.count(b"BEGIN:VEVENT") == 1
    again = ada("GET", work, if_none_match=whole.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    ada.put(work + "a.ics", LATER)
    assert ada("GET", work, if_none_match=whole.headers["etag"]).status == 200


@pytest.mark.question("put: a strong ETag only for the bytes that were sent")
def test_strong_etag(ada: Remote, work: str) -> None:
    kept = ada.put(work + "a.ics", EVENT)
    got = ada("GET", work + "a.ics")
    assert kept.headers["etag"] == got.headers["etag"]
    assert not kept.headers["etag"].startswith("W/")
    assert got.body == EVENT.encode()
    changed = ada.put("/dav/ada/sessions/strong.ics", event(START, "DURATION:PT1H", uid="strong"))
    assert changed.status == 201
    assert ada("GET", "/dav/ada/sessions/strong.ics").body != event(START, "DURATION:PT1H", uid="strong")
    assert "etag" not in changed.headers


def refused(ada: Remote, path: str, body: str | bytes, name: str, **headers: str) -> None:
    """The PUT is refused with that precondition, and nothing is stored."""
    answer = ada.put(path, body, **headers)
    assert (answer.status, answer.error[0]) == (403, C + name)
    assert ada("GET", path).status == 404


@pytest.mark.question("put: what is no iCalendar is named")
def test_no_icalendar(ada: Remote, work: str) -> None:
    refused(ada, work + "a.ics", "Dear Sir or Madam", "valid-calendar-data")


@pytest.mark.question("put: another media type is named")
def test_another_media_type(ada: Remote, work: str) -> None:
    refused(ada, work + "a.ics", EVENT, "supported-calendar-data", content_type="application/calendar+json")


@pytest.mark.question("put: a METHOD is named")
def test_method(ada: Remote, work: str) -> None:
    body = EVENT.replace("VERSION:2.0", "VERSION:2.0\r\nMETHOD:REQUEST")
    refused(ada, work + "a.ics", body, "valid-calendar-object-resource")


@pytest.mark.question("put: two UIDs in one object are named")
def test_two_uids(ada: Remote, work: str) -> None:
    one, two = (event(START, uid=uid).partition("//EN\r\n")[2] for uid in ("one", "two"))
    body = calendar(*one.split("\r\n")[:-2], *two.split("\r\n")[:-2])
    refused(ada, work + "a.ics", body, "valid-calendar-object-resource")


@pytest.mark.question("put: a component that is not taken is named")
def test_another_component(ada: Remote, work: str) -> None:
    path = work.rstrip("/") + "e/"
    made = ada(
        "MKCALENDAR",
        path,
        f"<C:mkcalendar {NAMES}><D:set><D:prop><C:supported-calendar-component-set>"
        '<C:comp name="VEVENT"/></C:supported-calendar-component-set></D:prop></D:set></C:mkcalendar>',
    )
    assert made.status == 201
    todo = event("DUE:20260303T150000Z", component="VTODO")
    refused(ada, path + "t.ics", todo, "supported-calendar-component")
    assert ada.put(work + "t.ics", todo).status == 201


@pytest.mark.question("put: a UID conflict names the resource")
def test_uid_conflict(ada: Remote, work: str) -> None:
    ada.put(work + "a%20b.ics", EVENT)
    answer = ada.put(work + "c.ics", EVENT)
    assert answer.status in (403, 409)
    conflict = answer.xml.find(C + "no-uid-conflict")
    assert conflict is not None
    assert conflict.findtext(D + "href") == work + "a%20b.ics"


@pytest.mark.question("put: If-None-Match with the current ETag refuses")
def test_if_none_match_with_the_current_etag(ada: Remote, work: str) -> None:
    etag = ada.put(work + "a.ics", EVENT).headers["etag"]
    assert ada.put(work + "a.ics", LATER, if_none_match=etag).status == 412
    assert ada("GET", work + "a.ics").body == EVENT.encode()


@pytest.mark.question("put: If-Match with a list of ETags")
def test_if_match_with_a_list(ada: Remote, work: str) -> None:
    etag = ada.put(work + "a.ics", EVENT).headers["etag"]
    assert ada.put(work + "a.ics", LATER, if_match='"x", "y"').status == 412
    assert ada.put(work + "a.ics", LATER, if_match=f'"x", {etag},"y"').status == 204


@pytest.mark.question("put: a calendar is not replaced by a PUT to its address")
def test_a_calendar_is_not_replaced(ada: Remote, work: str) -> None:
    ada.put(work + "a.ics", EVENT)
    for path in (work, work.rstrip("/")):
        assert ada.put(path, event(START, uid="whole")).status == 405
    assert ada.objects(work) == ["a.ics"]


@pytest.mark.question("put: Prefer: return=representation")
def test_representation(ada: Remote, work: str) -> None:
    answer = ada.put(work + "a.ics", EVENT, prefer="return=representation")
    assert (answer.status, answer.body) == (201, EVENT.encode())
    assert answer.headers["preference-applied"] == "return=representation"
    assert answer.headers["etag"] == ada("GET", work + "a.ics").headers["etag"]


@pytest.mark.question("put: a byte order mark is tolerated")
def test_byte_order_mark(ada: Remote, work: str) -> None:
    assert ada.put(work + "a.ics", b"\xef\xbb\xbf" + EVENT.encode()).status == 201
    assert ada("GET", work + "a.ics").body.removeprefix(b"\xef\xbb\xbf") == EVENT.encode()


@pytest.mark.question("put: invalid UTF-8 is refused")
def test_invalid_utf_8(ada: Remote, work: str) -> None:
    refused(ada, work + "a.ics", EVENT.encode().replace(b"Lunch", b"caf\xe9"), "valid-calendar-data")


@pytest.mark.question("put: too large an object is named")
def test_too_large(ada: Remote, work: str) -> None:
    path = "/dav/ada/sessions/"
    limit = int(ada.propfind(path, "C:max-resource-size").found(path)[C + "max-resource-size"].text or "")
    body = event(START, *["X-FILLER:" + "x" * 60] * (limit // 60), uid="large")
    refused(ada, path + "large.ics", body, "max-resource-size")


def kept(ada: Remote, path: str, body: str) -> None:
    assert ada.put(path, body).status == 201
    assert ada("GET", path).body == body.encode()


@pytest.mark.question("round trip: a URI with a comma survives")
def test_a_uri_with_a_comma(ada: Remote, work: str) -> None:
    kept(ada, work + "a.ics", event(START, "X-APPLE-STRUCTURED-LOCATION;VALUE=URI:geo:40.7,-74.0"))


@pytest.mark.question("round trip: RDATE with periods")
def test_rdate_with_periods(ada: Remote, work: str) -> None:
    periods = "20260310T150000Z/PT1H,20260317T150000Z/20260317T163000Z"
    kept(ada, work + "a.ics", event(START, "DURATION:PT2H", f"RDATE;VALUE=PERIOD:{periods}"))


@pytest.mark.question("round trip: a recurring VTODO without DTSTART")
def test_a_recurring_todo_without_start(ada: Remote, work: str) -> None:
    kept(ada, work + "a.ics", event("DUE:20260303T150000Z", "RRULE:FREQ=WEEKLY", component="VTODO"))


@pytest.mark.question("round trip: a VFREEBUSY is kept or refused by name")
def test_a_stored_vfreebusy(ada: Remote, work: str) -> None:
    found = ada.propfind(work, "C:supported-calendar-component-set").found(work)
    taken = {each.get("name") for each in found[C + "supported-calendar-component-set"]}
    assert taken == {"VEVENT", "VTODO", "VJOURNAL"}
    body = event(START, "DTEND:20260303T160000Z", component="VFREEBUSY")
    refused(ada, work + "a.ics", body, "supported-calendar-component")
