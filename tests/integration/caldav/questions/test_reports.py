"""Questions about the reports on calendars: which objects they find."""

from __future__ import annotations

import pytest

from tests.integration.caldav.questions.conftest import Made
from tests.support.dav import C, D
from tests.support.remote import Remote
from tests.support.reports import (
    Reply,
    alarm,
    block,
    calendar,
    data,
    event,
    multiget,
    query,
    span,
    sync,
)

JUNE = span("20260601T000000Z", "20260701T000000Z")
RANGE = '<C:comp-filter name="VALARM">{}</C:comp-filter>'


def june(day: int, *lines: str, uid: str = "one") -> str:
    return event(f"DTSTART:202606{day:02d}T090000Z", f"DTEND:202606{day:02d}T100000Z", *lines, uid=uid)


def put(ada: Remote, path: str, **texts: str) -> None:
    for name, text in texts.items():
        assert ada.put(f"{path}{name}.ics", text).status == 201, name


def matches(name: str, needle: str, collation: str = "i;ascii-casemap") -> str:
    match = f'<C:text-match collation="{collation}">{needle}</C:text-match>'
    return f'<C:prop-filter name="{name}">{match}</C:prop-filter>'


# ---- sync-collection --------------------------------------------------------------------------------------


@pytest.mark.question("sync: an empty prop still lists the members")
def test_empty_prop(ada: Remote, work: str) -> None:
    put(ada, work, a=june(1, uid="a"), b=june(2, uid="b"))
    assert ada.report(work, sync(prop="")).hrefs == ["a.ics", "b.ics"]


@pytest.mark.question("sync: the first one leaves out what was deleted")
def test_first_sync_after_a_deletion(ada: Remote, work: str) -> None:
    put(ada, work, a=june(1, uid="a"), b=june(2, uid="b"))
    token = ada.report(work, sync()).token
    assert ada("DELETE", work + "a.ics").status in (200, 204)
    first, later = ada.report(work, sync()), ada.report(work, sync(token))
    assert (first.hrefs, first.statuses) == (["b.ics"], {})
    assert (later.hrefs, later.statuses) == ([], {work + "a.ics": 404})


@pytest.mark.question("sync: a limit is honoured")
def test_limit(ada: Remote, work: str) -> None:
    put(ada, work, **{name: june(1, uid=name) for name in "abcde"})
    limit = "<D:limit><D:nresults>2</D:nresults></D:limit>"
    pages = [ada.report(work, sync(extra=limit))]
    for _ in range(2):
        assert (pages[-1].statuses, len(pages[-1].hrefs)) == ({work: 507}, 2)
        pages.append(ada.report(work, sync(pages[-1].token, extra=limit)))
    assert pages[-1].statuses == {}
    assert sorted(name for page in pages for name in page.hrefs) == [f"{name}.ics" for name in "abcde"]


@pytest.mark.question("sync: an invalid sync-level is 400")
def test_sync_level(ada: Remote, work: str) -> None:
    assert ada.report(work, sync(level="2")).status == 400
    assert ada.report(work, sync(level="1")).status == 207


# ---- calendar-query ---------------------------------------------------------------------------------------


@pytest.mark.question("query: partial calendar-data")
def test_partial_data(ada: Remote, work: str) -> None:
    put(ada, work, a=june(1, "SUMMARY:Speech", "LOCATION:Room 2", *alarm("TRIGGER:-PT5M")))
    wish = (
        '<C:comp name="VCALENDAR"><C:prop name="VERSION"/><C:comp name="VEVENT"><C:prop name="UID"/>'
        '<C:prop name="SUMMARY"/><C:prop name="LOCATION" novalue="yes"/></C:comp></C:comp>'
    )
    assert ada.report(work, query(JUNE, prop=data(wish))).data("a.ics").split("\n") == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:one", "SUMMARY:Speech", "LOCATION:",
        "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip


@pytest.mark.question("query: limit-recurrence-set")
def test_limit_recurrence_set(ada: Remote, work: str) -> None:
    def moved(day: int, to: int) -> tuple[str, ...]:
        times = (f"RECURRENCE-ID:202606{day:02d}T090000Z", f"DTSTART:202606{to:02d}T120000Z")
        return block(*times, "DURATION:PT1H", f"SUMMARY:{day}")

    master = block("DTSTART:20260601T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=20", "SUMMARY:usual")
    put(ada, work, a=calendar(*master, *moved(3, 3), *moved(5, 15), *moved(16, 5), *moved(17, 18)))
    limit = '<C:limit-recurrence-set start="20260605T000000Z" end="20260606T000000Z"/>'
    text = ada.report(work, query(JUNE, prop=data(limit))).data("a.ics")
    said = [line for line in text.split("\n") if line.startswith(("SUMMARY", "RRULE"))]
    # The fifth is not there any more, which only its override tells; the sixteenth has come.
    assert said == ["RRULE:FREQ=DAILY;COUNT=20", "SUMMARY:usual", "SUMMARY:5", "SUMMARY:16"]


@pytest.mark.question("query: an all-day event is in the calendar's time zone")
def test_all_day_event(ada: Remote, work: str) -> None:
    wish = "<D:set><D:prop><C:calendar-timezone-id>Asia/Tokyo</C:calendar-timezone-id></D:prop></D:set>"
    assert set(ada.proppatch(work, wish).fates(work).values()) == {200}
    put(ada, work, a=event("DTSTART;VALUE=DATE:20260602"))
    assert ada.report(work, query(span("20260601T150000Z", "20260601T160000Z"))).hrefs == ["a.ics"]
    assert ada.report(work, query(span("20260602T150000Z", "20260602T160000Z"))).hrefs == []


@pytest.mark.question("query: a floating event is in the request's time zone")
def test_floating_event(ada: Remote, work: str) -> None:
    put(ada, work, a=event("DTSTART:20260602T090000", "DTEND:20260602T100000"))
    zone = (
        "<C:timezone>BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VTIMEZONE\r\n"
        "TZID:Asia/Tokyo\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0900\r\n"
        "TZOFFSETTO:+0900\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nEND:VCALENDAR\r\n</C:timezone>"
    )
    nine_in_tokyo = span("20260602T000000Z", "20260602T010000Z")
    assert ada.report(work, query(nine_in_tokyo, extra=zone)).hrefs == ["a.ics"]
    assert ada.report(work, query(nine_in_tokyo)).hrefs == []


def refused(reply: Reply, name: str) -> bool:
    return (reply.status, reply.error[0]) == (403, C + name)


@pytest.mark.question("query: an unknown collation is named")
def test_unknown_collation(ada: Remote, work: str) -> None:
    reply = ada.report(work, query(matches("SUMMARY", "x", "i;klingon")))
    assert refused(reply, "supported-collation")


@pytest.mark.question("query: an invalid filter is named")
def test_invalid_filter(ada: Remote, work: str) -> None:
    assert refused(ada.report(work, query('<C:comp-filter name="VTODO"/>')), "valid-filter")
    assert refused(ada.report(work, query("<C:nonsense/>")), "valid-filter")


@pytest.mark.question("query: a time-range without ends is refused")
def test_time_range_without_ends(ada: Remote, work: str) -> None:
    assert refused(ada.report(work, query("<C:time-range/>")), "valid-filter")


@pytest.mark.question("query: param-filter on TZID")
def test_param_filter_on_tzid(ada: Remote, work: str) -> None:
    berlin = event("DTSTART;TZID=Europe/Berlin:20260602T090000", uid="a")
    put(ada, work, a=berlin, b=june(2, uid="b"))

    def found(inner: str) -> list[str]:
        wish = f'<C:param-filter name="TZID">{inner}</C:param-filter>'
        return ada.report(work, query(f'<C:prop-filter name="DTSTART">{wish}</C:prop-filter>')).hrefs

    assert found("<C:text-match>berlin</C:text-match>") == ["a.ics"]
    assert found("<C:text-match>tokyo</C:text-match>") == []
    assert found("<C:is-not-defined/>") == ["b.ics"]


@pytest.mark.question("query: VALARM is-not-defined")
def test_without_alarm(ada: Remote, work: str) -> None:
    put(ada, work, a=june(1, *alarm("TRIGGER:-PT5M"), uid="a"), b=june(2, uid="b"))
    assert ada.report(work, query(RANGE.format("<C:is-not-defined/>"))).hrefs == ["b.ics"]
    assert ada.report(work, query(RANGE.format(""))).hrefs == ["a.ics"]


@pytest.mark.question("query: an alarm that repeats")
def test_alarm_that_repeats(ada: Remote, work: str) -> None:
    put(ada, work, a=june(1, *alarm("TRIGGER:-PT1H", "REPEAT:3", "DURATION:PT10M")))
    third = RANGE.format(span("20260601T083000Z", "20260601T083001Z"))
    none = RANGE.format(span("20260601T084000Z", "20260601T085000Z"))
    assert ada.report(work, query(third)).hrefs == ["a.ics"]
    assert ada.report(work, query(none)).hrefs == []


@pytest.mark.question("query: an alarm relative to the end")
def test_alarm_relative_to_the_end(ada: Remote, work: str) -> None:
    put(ada, work, a=june(1, *alarm("TRIGGER;RELATED=END:PT0S")))
    at_the_end = RANGE.format(span("20260601T100000Z", "20260601T100001Z"))
    at_the_start = RANGE.format(span("20260601T090000Z", "20260601T090001Z"))
    assert ada.report(work, query(at_the_end)).hrefs == ["a.ics"]
    assert ada.report(work, query(at_the_start)).hrefs == []


@pytest.mark.question("query: two prop-filters hold in the same component")
def test_two_prop_filters(ada: Remote, work: str) -> None:
    master = block("DTSTART:20260601T090000Z", "RRULE:FREQ=DAILY;COUNT=3", "SUMMARY:usual", "LOCATION:office")
    odd = block("RECURRENCE-ID:20260602T090000Z", "DTSTART:20260602T090000Z", "SUMMARY:odd", "LOCATION:home")
    put(ada, work, a=calendar(*master, *odd))
    same = matches("SUMMARY", "odd") + matches("LOCATION", "home")
    mixed = matches("SUMMARY", "odd") + matches("LOCATION", "office")
    assert ada.report(work, query(same)).hrefs == ["a.ics"]
    assert ada.report(work, query(mixed)).hrefs == []


@pytest.mark.question("query: Depth infinity on the calendar home")
def test_query_on_the_home(ada: Remote, work: str, another: Made) -> None:
    other = another()
    put(ada, work, a=event("DTSTART:20310603T090000Z"))
    put(ada, other, b=event("DTSTART:20310604T090000Z"))
    in_2031 = query(span("20310601T000000Z", "20310701T000000Z"))
    assert set(ada.report("/dav/ada/", in_2031, "infinity").found) == {work + "a.ics", other + "b.ics"}


@pytest.mark.question("query: other live properties than ETag and data")
def test_live_properties(ada: Remote, work: str) -> None:
    put(ada, work, a=june(1))
    wish = "<D:resourcetype/><D:getlastmodified/><D:getcontentlength/><D:displayname/>"
    reply = ada.report(work, query(JUNE, prop=wish))
    found = reply.found[work + "a.ics"]
    assert len(found[D + "resourcetype"]) == 0
    assert (found[D + "getlastmodified"].text or "").endswith(" GMT")
    assert found[D + "getcontentlength"].text == str(len(june(1)))
    assert reply.missing == {work + "a.ics": {D + "displayname"}}


@pytest.mark.question("query: an override of this and future moves the later instances")
def test_this_and_future(ada: Remote, work: str) -> None:
    master = block("DTSTART:20260601T090000Z", "DTEND:20260601T100000Z", "RRULE:FREQ=DAILY;COUNT=9")
    later = block(
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260604T090000Z", "DTSTART:20260604T150000Z", "DURATION:PT1H"
    )
    put(ada, work, a=calendar(*master, *later))
    assert ada.report(work, query(span("20260606T150000Z", "20260606T160000Z"))).hrefs == ["a.ics"]
    assert ada.report(work, query(span("20260606T090000Z", "20260606T100000Z"))).hrefs == []
    assert ada.report(work, query(span("20260602T090000Z", "20260602T100000Z"))).hrefs == ["a.ics"]


# ---- calendar-multiget ------------------------------------------------------------------------------------


@pytest.mark.question("multiget: objects of two calendars on the home")
def test_multiget_on_the_home(ada: Remote, work: str, another: Made) -> None:
    other = another()
    put(ada, work, a=june(1, uid="a"))
    put(ada, other, b=june(2, uid="b"))
    paths = (work + "a.ics", other + "b.ics", other + "none.ics")
    reply = ada.report("/dav/ada/", multiget(*paths))
    assert (set(reply.found), reply.statuses) == (set(paths[:2]), {paths[2]: 404})
    assert "UID:a\n" in reply.data("a.ics")
    assert "UID:b\n" in reply.data("b.ics")
