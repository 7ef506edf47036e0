"""OPTIONS, GET, PUT, DELETE, MOVE, COPY of objects, question by question."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from tests.support.dav import CG, C, Client, D, event

A = "/dav/ada/work/a.ics"


# ---- OPTIONS ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/dav/", "/dav/ada/", "/dav/ada/work/", A, "/dav/bob/", "/dav/nobody/x/"])
def test_options_claims_no_locks_and_is_the_same_everywhere(dav: Client, path: str) -> None:
    answer = dav("OPTIONS", path)
    assert answer.status == 200
    assert answer.headers["dav"].split(", ") == [
        "1", "3", "access-control", "calendar-access", "calendar-auto-schedule", "calendar-availability",
        "extended-mkcol",
    ]  # fmt: skip
    allowed = {name.strip() for name in answer.headers["allow"].split(",")}
    assert {"PROPFIND", "REPORT", "MKCALENDAR", "PUT", "POST"} <= allowed
    assert not {"LOCK"} & allowed


def test_every_allowed_method_is_known(dav: Client) -> None:
    for method in dav("OPTIONS", "/dav/").headers["allow"].split(", "):
        place = "/dav/ada/outbox/" if method == "POST" else A
        assert dav(method, place).status not in (405, 500, 501), method


def test_the_dav_header_is_on_propfind_answers_too(dav: Client) -> None:
    assert "calendar-access" in dav.propfind("/dav/ada/", "D:displayname").headers["dav"]


# ---- GET -------------------------------------------------------------------------------------------------


def test_get_gives_back_the_bytes_that_were_put(dav: Client) -> None:
    text = event(
        "u", "X-APPLE-STRUCTURED-LOCATION;VALUE=URI:geo:40.1,-74.2", "SUMMARY;LANGUAGE=de:Über\\, uns"
    )
    stored = dav.put(A, text)
    answer = dav("GET", A)
    assert (answer.status, answer.body) == (200, text.encode())
    assert answer.headers["etag"] == stored.headers["etag"]
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8; component=VEVENT"
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_head_is_get_without_a_body(dav: Client) -> None:
    dav.put(A, event())
    got, head = dav("GET", A), dav("HEAD", A)
    assert (head.status, head.body, head.headers) == (200, b"", got.headers)


@pytest.mark.parametrize("form", ["{0}", "W/{0}", '"other", {0}', "*"])
def test_get_with_a_known_etag_answers_304(dav: Client, form: str) -> None:
    etag = dav.put(A, event()).headers["etag"]
    answer = dav("GET", A, if_none_match=form.format(etag))
    assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", etag)
    assert "content-length" not in answer.headers
    assert dav("HEAD", A, if_none_match=form.format(etag)).status == 304


def test_get_with_another_etag_answers_200_whatever_the_date_says(dav: Client) -> None:
    dav.put(A, event())
    date = "Fri, 01 Jan 2100 00:00:00 GMT"
    assert dav("GET", A, if_none_match='"other"', if_modified_since=date).status == 200


@pytest.mark.parametrize(
    ("date", "status"),
    [("Fri, 01 Jan 2100 00:00:00 GMT", 304), ("Thu, 01 Jan 1970 00:00:00 GMT", 200), ("yesterday", 200)],
)
def test_get_with_if_modified_since(dav: Client, date: str, status: int) -> None:
    dav.put(A, event())
    assert dav("GET", A, if_modified_since=date).status == status


def test_get_with_the_last_modified_of_an_answer_is_304(dav: Client) -> None:
    dav.put(A, event())
    assert dav("GET", A, if_modified_since=dav("GET", A).headers["last-modified"]).status == 304


@pytest.mark.parametrize("path", ["/dav/ada/work/none.ics", "/dav/ada/none/", "/dav/ada/none/a.ics", A + "/"])
def test_get_of_nothing_is_404(dav: Client, path: str) -> None:
    dav.put(A, event())
    answer = dav("GET", path)
    assert (answer.status, answer.error) == (404, [CG + "reason"])


@pytest.mark.parametrize("path", ["/dav/", "/dav/ada/"])
def test_get_above_the_calendars_is_405(dav: Client, path: str) -> None:
    answer = dav("GET", path)
    assert answer.status == 405
    assert "PROPFIND" in answer.headers["allow"]


def test_a_whole_calendar_is_one_vcalendar_with_304(dav: Client) -> None:
    dav.put(A, event("u1"))
    dav.put("/dav/ada/work/b.ics", event("u2"))
    answer = dav("GET", "/dav/ada/work/")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.body.count(b"BEGIN:VCALENDAR") == 1
    assert answer.body.count(b"BEGIN:VEVENT") == 2
    again = dav("GET", "/dav/ada/work/", if_none_match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    dav.put("/dav/ada/work/c.ics", event("u3"))
    assert dav("GET", "/dav/ada/work/", if_none_match=answer.headers["etag"]).status == 200


def test_an_etag_is_the_same_with_and_without_compression(dav: Client) -> None:
    dav.put(A, event("u", *(f"X-LONG-{n}:{'word ' * 10}" for n in range(40))))
    plain, packed = dav("GET", A), dav("GET", A, accept_encoding="br, gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] == plain.headers["etag"]
    assert len(packed.body) < len(plain.body)
    assert "Accept-Encoding" in plain.headers["vary"]


# ---- PUT -------------------------------------------------------------------------------------------------


def test_put_creates_with_201_and_replaces_with_204(dav: Client) -> None:
    first = dav.put(A, event())
    second = dav.put(A, event(start="20260303T153000Z"))
    assert (first.status, second.status) == (201, 204)
    assert first.headers["etag"] != second.headers["etag"]
    assert second.headers["etag"] == dav("GET", A).headers["etag"]


def test_put_without_a_content_type_is_taken(dav: Client) -> None:
    assert dav("PUT", A, event()).status == 201


@pytest.mark.parametrize(
    ("body", "precondition"),
    [
        ("this is no calendar", C + "valid-calendar-data"),
        ("", C + "valid-calendar-data"),
        ("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\nEND:VCARD\r\n", C + "valid-calendar-data"),
        (event()[:150], C + "valid-calendar-data"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe", C + "valid-calendar-data"),
        (event("u", "SUMMARY:caf\xe9").encode("latin-1"), C + "valid-calendar-data"),
        (event().encode("utf-16"), C + "valid-calendar-data"),
        (
            event().replace("VERSION:2.0", "VERSION:2.0\r\nMETHOD:REQUEST"),
            C + "valid-calendar-object-resource",
        ),
        (event("x") + event("y"), None),
        (event("x").replace("END:VCALENDAR\r\n", "") + event("y").partition("//EN\r\n")[2], None),
        (event().replace("UID:one@example\r\n", ""), None),
    ],
)
def test_put_of_what_is_no_calendar_object_names_the_precondition(
    dav: Client, body: str | bytes, precondition: str | None
) -> None:
    answer = dav.put(A, body)
    assert answer.status == 403
    wanted = (
        (precondition,) if precondition else (C + "valid-calendar-object-resource", C + "valid-calendar-data")
    )
    assert answer.error[0] in wanted
    assert CG + "reason" in answer.error
    assert dav("GET", A).status == 404


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/json",
        "application/calendar+json",
        "text/vcard; charset=utf-8",
        "text/calendar; charset=utf-16",
        "text/calendar; charset=iso-8859-1",
        "text/calendar; version=1.0",
    ],
)
def test_put_of_another_media_type_is_refused(dav: Client, content_type: str) -> None:
    answer = dav.put(A, event(), content_type=content_type)
    assert (answer.status, answer.error[0]) == (403, C + "supported-calendar-data")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/calendar",
        'Text/Calendar; charset="UTF-8"',
        "text/calendar;component=vevent;version=2.0;charset=utf-8",
    ],
)
def test_put_of_text_calendar_in_every_spelling_is_taken(dav: Client, content_type: str) -> None:
    assert dav.put(A, event(), content_type=content_type).status == 201


def test_put_of_a_component_that_the_calendar_does_not_take(dav: Client) -> None:
    todo = event().replace("VEVENT", "VTODO").replace("DTEND:", "DUE:")
    made = dav(
        "MKCALENDAR",
        "/dav/ada/only-events/",
        '<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>'
        '<C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>'
        "</D:prop></D:set></C:mkcalendar>",
    )
    assert made.status == 201
    answer = dav.put("/dav/ada/only-events/t.ics", todo)
    assert (answer.status, answer.error[0]) == (403, C + "supported-calendar-component")
    assert dav.put("/dav/ada/work/t.ics", todo).status == 201


def test_put_of_a_stored_vfreebusy_is_refused(dav: Client) -> None:
    body = event().replace("VEVENT", "VFREEBUSY").replace("SUMMARY:Lunch\r\n", "")
    answer = dav.put(A, body)
    assert (answer.status, answer.error[0]) == (403, C + "supported-calendar-component")


def test_put_of_a_uid_that_is_taken_names_the_resource(dav: Client) -> None:
    dav.put(A, event("same"))
    answer = dav.put("/dav/ada/work/b c.ics".replace(" ", "%20"), event("same"))
    assert answer.status in (403, 409)
    conflict = answer.xml.find(C + "no-uid-conflict")
    assert conflict is not None
    assert conflict.findtext(D + "href") == A


def test_the_same_uid_may_be_in_two_calendars(dav: Client) -> None:
    assert dav("MKCALENDAR", "/dav/ada/other/").status == 201
    assert dav.put(A, event("same")).status == 201
    assert dav.put("/dav/ada/other/a.ics", event("same")).status == 201


def test_put_may_not_change_the_uid(dav: Client) -> None:
    dav.put(A, event("first"))
    answer = dav.put(A, event("second"))
    assert answer.status in (403, 409)
    assert C + "no-uid-conflict" in answer.error


def test_put_if_none_match_star(dav: Client) -> None:
    assert dav.put(A, event(), if_none_match="*").status == 201
    assert dav.put(A, event(), if_none_match="*").status == 412


def test_put_if_none_match_with_the_current_etag_is_412(dav: Client) -> None:
    etag = dav.put(A, event()).headers["etag"]
    assert dav.put(A, event(), if_none_match=etag).status == 412
    assert dav.put(A, event(), if_none_match='"other"').status == 204


def test_put_if_match(dav: Client) -> None:
    etag = dav.put(A, event()).headers["etag"]
    assert dav.put(A, event(), if_match='"other"').status == 412
    assert dav.put(A, event(), if_match=f"W/{etag}").status == 412
    assert dav.put(A, event(start="20260303T153000Z"), if_match=f'"x", {etag} , "y"').status == 204
    assert dav.put(A, event(), if_match="*").status == 204
    assert dav.put("/dav/ada/work/new.ics", event("n"), if_match="*").status == 412
    assert dav("GET", "/dav/ada/work/new.ics").status == 404


@pytest.mark.parametrize("path", ["/dav/ada/work/", "/dav/ada/work", "/dav/ada/", "/dav/"])
def test_put_does_not_replace_a_collection(dav: Client, path: str) -> None:
    dav.put(A, event())
    answer = dav.put(path, event("all"))
    assert answer.status == 405
    assert "PROPFIND" in answer.headers["allow"]
    assert dav("GET", A).status == 200


@pytest.mark.parametrize(("path", "status"), [("/dav/ada/none/a.ics", 409), ("/dav/ada/a.ics", 403)])
def test_put_outside_of_a_calendar(dav: Client, path: str, status: int) -> None:
    assert dav.put(path, event()).status == status


def test_put_deeper_than_a_calendar_is_409(dav: Client) -> None:
    assert dav.put("/dav/ada/work/sub/a.ics", event()).status == 409


def test_put_prefer_representation(dav: Client) -> None:
    answer = dav.put(A, event(), prefer="return=representation")
    assert (answer.status, answer.body) == (201, event().encode())
    assert answer.headers["preference-applied"] == "return=representation"
    assert answer.headers["content-location"] == A
    assert answer.headers["etag"] == dav("GET", A).headers["etag"]
    changed = event(start="20260303T153000Z")
    again = dav.put(A, changed, prefer='handling=lenient, return="representation"')
    assert (again.status, again.body) == (200, changed.encode())
    failed = dav.put(A, event(), prefer="return=representation", if_match='"old"')
    assert (failed.status, failed.body) == (412, changed.encode())


def test_put_prefer_minimal_changes_nothing(dav: Client) -> None:
    answer = dav.put(A, event(), prefer="return=minimal")
    assert (answer.status, answer.body) == (201, b"")


def test_put_with_a_byte_order_mark_is_tolerated(dav: Client) -> None:
    answer = dav.put(A, b"\xef\xbb\xbf" + event().encode())
    assert answer.status == 201
    got = dav("GET", A)
    assert got.body.removeprefix(b"\xef\xbb\xbf") == event().encode()
    if "etag" in answer.headers:
        assert got.body.startswith(b"\xef\xbb\xbf"), "an ETag promises the bytes that were sent"


def test_put_of_too_large_an_object(dav: Client) -> None:
    answer = dav.put("/dav/ada/sessions/a.ics", event("u", *["X-FILLER:" + "x" * 60] * 20_000))
    assert (answer.status, answer.error[0]) == (403, C + "max-resource-size")


def test_put_of_an_event_with_a_large_attachment(dav: Client) -> None:
    """A plain calendar takes what the body limit of 5 MB lets through."""
    text = event("u", "ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "QUJD" * 750_000)
    assert dav.put(A, text).status == 201
    assert dav("GET", A).body == text.encode()


def test_put_of_a_recurring_todo_without_start_is_taken_or_named(dav: Client) -> None:
    todo = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTODO\r\nUID:t\r\nDTSTAMP:20260101T000000Z\r\n"
        "DUE:20260303T150000Z\r\nRRULE:FREQ=WEEKLY\r\nSUMMARY:T\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
    )
    answer = dav.put(A, todo)
    assert answer.status == 201 or answer.error[0] == C + "valid-calendar-object-resource"


def test_put_of_rdates_with_periods_is_taken(dav: Client) -> None:
    text = event("u", "RDATE;VALUE=PERIOD:20260310T150000Z/PT1H,20260317T150000Z/20260317T163000Z")
    assert dav.put(A, text).status == 201
    assert dav("GET", A).body == text.encode()


@pytest.mark.parametrize(
    "name", ["a%20b.ics", "%C3%BC.ics", "a%3Fb%23c.ics", "a:b,c'd.ics", "no-suffix", "%25.ics"]
)
def test_every_ordinary_name_of_an_object_works(dav: Client, name: str) -> None:
    path = "/dav/ada/work/" + name
    assert dav.put(path, event()).status == 201
    assert dav("GET", path).status == 200
    listed = dav.propfind("/dav/ada/work/", "D:getetag", depth=1)
    assert listed.hrefs[1:] == ["/dav/ada/work/" + unquote(name)]
    assert dav("DELETE", path).status == 204


# ---- DELETE ----------------------------------------------------------------------------------------------


def test_delete(dav: Client) -> None:
    etag = dav.put(A, event()).headers["etag"]
    assert dav("DELETE", A, if_match='"other"').status == 412
    assert dav("DELETE", A, if_match=f'"x", {etag}').status == 204
    assert dav("GET", A).status == 404
    assert dav("DELETE", A).status == 404


def test_delete_of_a_plain_calendar(dav: Client) -> None:
    dav.put(A, event())
    assert dav("DELETE", "/dav/ada/work/").status == 204
    assert dav.propfind("/dav/ada/work/", "D:displayname").status == 404
    assert dav("GET", A).status == 404


def test_the_sessions_the_home_and_the_root_cannot_be_deleted(dav: Client) -> None:
    for path in ("/dav/ada/sessions/", "/dav/ada/", "/dav/"):
        answer = dav("DELETE", path)
        assert answer.status == 403, path
        assert answer.error
    assert dav.propfind("/dav/ada/sessions/", "D:displayname").status == 207


def test_post_is_not_offered(dav: Client) -> None:
    assert dav("POST", "/dav/ada/work/", event()).status == 405
    assert dav("LOCK", A).status == 405
