"""CALDAV:calendar-query (RFC 4791 section 7.8): which objects are found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.reports import (
    NAMES,
    C,
    D,
    World,
    alarm,
    block,
    calendar,
    data,
    event,
    expanded,
    free_busy,
    open_world,
    query,
    raw_query,
    span,
)

JUNE = span("20260601T000000Z", "20260701T000000Z")
PROP = '<C:prop-filter name="{}">{}</C:prop-filter>'
TEXT = '<C:text-match collation="{}" negate-condition="{}">{}</C:text-match>'
TIMEZONE = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VTIMEZONE\r\nTZID:Asia/Tokyo\r\nBEGIN:STANDARD\r\n"
    "DTSTART:19700101T000000\r\nTZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    "END:VCALENDAR\r\n"
)


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as world:
        world.calendar()
        yield world


def june(day: int, *lines: str, uid: str = "one") -> str:
    return event(f"DTSTART:202606{day:02d}T090000Z", f"DTEND:202606{day:02d}T100000Z", *lines, uid=uid)


def text_filter(name: str, needle: str, collation: str = "i;ascii-casemap", negate: str = "no") -> str:
    return PROP.format(name, TEXT.format(collation, negate, needle))


# ---- time ranges ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("DTSTART:20260531T230000Z", "DTEND:20260601T000000Z"), False),
        (("DTSTART:20260531T230000Z", "DTEND:20260601T000001Z"), True),
        (("DTSTART:20260630T235959Z", "DTEND:20260701T010000Z"), True),
        (("DTSTART:20260701T000000Z", "DTEND:20260701T010000Z"), False),
        (("DTSTART:20260101T000000Z", "DTEND:20270101T000000Z"), True),
        (("DTSTART:20260601T000000Z",), True),
        (("DTSTART:20260701T000000Z",), False),
        (("DTSTART:20260531T230000Z", "DURATION:PT2H"), True),
        (("DTSTART;VALUE=DATE:20260531",), True),  # ends at 04:00 UTC in New York
        (("DTSTART;VALUE=DATE:20260530",), False),
        (("DTSTART;TZID=Asia/Tokyo:20260701T080000", "DTEND;TZID=Asia/Tokyo:20260701T100000"), True),
        (("DTSTART;TZID=Asia/Tokyo:20260701T090000", "DTEND;TZID=Asia/Tokyo:20260701T100000"), False),
        (("DTSTART:20200603T090000Z", "DTEND:20200603T100000Z", "RRULE:FREQ=YEARLY"), True),
        (("DTSTART:20200703T090000Z", "DTEND:20200703T100000Z", "RRULE:FREQ=YEARLY"), False),
        (("DTSTART:20200603T090000Z", "DTEND:20200603T100000Z", "RRULE:FREQ=YEARLY;COUNT=3"), False),
        (("DTSTART:20200603T090000Z", "DTEND:20200603T100000Z", "RDATE:20260603T090000Z"), True),
    ],
)
def test_events_in_june(world: World, lines: tuple[str, ...], found: bool) -> None:
    world.put(event(*lines))

    assert world.report(query(JUNE)).hrefs == (["one.ics"] if found else [])


def test_open_ranges(world: World) -> None:
    world.put(june(1, uid="a"), "a.ics")
    world.put(june(20, uid="b"), "b.ics")
    world.put(
        event("DTSTART:20200101T000000Z", "DTEND:20200101T010000Z", "RRULE:FREQ=DAILY", uid="c"), "c.ics"
    )

    assert world.report(query(span(start="20260610T000000Z"))).hrefs == ["b.ics", "c.ics"]
    assert world.report(query(span(end="20260610T000000Z"))).hrefs == ["a.ics", "c.ics"]
    assert world.report(query(span(start="20450101T000000Z"))).hrefs == ["c.ics"]


def test_occurrences_that_moved_or_went(world: World) -> None:
    world.put(
        calendar(
            *block(
                "DTSTART:20260501T090000Z", "DTEND:20260501T100000Z", "RRULE:FREQ=MONTHLY;COUNT=4",
                "EXDATE:20260801T090000Z",
            ),
            *block("RECURRENCE-ID:20260601T090000Z", "DTSTART:20260602T090000Z", "DTEND:20260602T100000Z"),
        )
    )  # fmt: skip

    assert world.report(query(span("20260601T000000Z", "20260602T000000Z"))).hrefs == []
    assert world.report(query(span("20260602T000000Z", "20260603T000000Z"))).hrefs == ["one.ics"]
    assert world.report(query(span("20260801T000000Z", "20260901T000000Z"))).hrefs == []


def test_this_and_future_override_moves_the_later_instances(world: World) -> None:
    world.put(
        calendar(
            *block("DTSTART:20260601T090000Z", "DTEND:20260601T100000Z", "RRULE:FREQ=DAILY;COUNT=9"),
            *block(
                "RECURRENCE-ID;RANGE=THISANDFUTURE:20260604T090000Z", "DTSTART:20260604T150000Z",
                "DTEND:20260604T160000Z",
            ),
        )
    )  # fmt: skip

    assert world.report(query(span("20260606T150000Z", "20260606T160000Z"))).hrefs == ["one.ics"]
    assert world.report(query(span("20260606T090000Z", "20260606T100000Z"))).hrefs == []
    assert world.report(query(span("20260602T090000Z", "20260602T100000Z"))).hrefs == ["one.ics"]


def test_a_range_without_a_component_means_every_component(world: World) -> None:
    world.put(june(3, uid="e"), "e.ics")
    world.put(event("DUE:20260603T090000Z", uid="t", component="VTODO"), "t.ics")
    world.put(event("DTSTART:20260703T090000Z", "DTEND:20260703T100000Z", uid="later"), "later.ics")
    started = PROP.format("DTSTART", "")
    events = f'<C:comp-filter name="VEVENT">{started}</C:comp-filter>'

    assert world.report(raw_query(f'<C:comp-filter name="VCALENDAR">{JUNE}</C:comp-filter>')).hrefs == [
        "e.ics",
        "t.ics",
    ]
    assert world.report(
        raw_query(f'<C:comp-filter name="VCALENDAR">{JUNE}{events}</C:comp-filter>')
    ).hrefs == ["e.ics"]


def test_only_the_component_asked_for(world: World) -> None:
    world.put(june(3, uid="e"), "e.ics")
    world.put(event("DUE:20260603T090000Z", uid="t", component="VTODO"), "t.ics")
    world.put(event("DTSTART:20260603T090000Z", uid="j", component="VJOURNAL"), "j.ics")
    world.put(event("SUMMARY:some day", uid="u", component="VTODO"), "u.ics")

    assert world.report(query(JUNE)).hrefs == ["e.ics"]
    assert world.report(query(JUNE, component="VTODO")).hrefs == ["t.ics", "u.ics"]
    assert world.report(query(JUNE, component="VJOURNAL")).hrefs == ["j.ics"]
    assert world.report(query(component="VTODO")).hrefs == ["t.ics", "u.ics"]
    assert world.report(query("<C:is-not-defined/>", component="VTODO")).hrefs == ["e.ics", "j.ics"]
    assert world.report(raw_query('<C:comp-filter name="VCALENDAR"/>')).hrefs == [
        "e.ics",
        "j.ics",
        "t.ics",
        "u.ics",
    ]


@pytest.mark.parametrize(
    ("lines", "start", "end", "found"),
    [
        (("DUE:20260603T090000Z",), "20260603T080000Z", "20260603T090000Z", True),
        (("DUE:20260603T090000Z",), "20260603T090000Z", "20260603T100000Z", False),
        (("DTSTART:20260603T090000Z",), "20260603T090000Z", "20260603T100000Z", True),
        (("DTSTART:20260603T090000Z",), "20260603T080000Z", "20260603T090000Z", False),
        (("COMPLETED:20260603T090000Z",), "20260603T090000Z", "20260603T100000Z", True),
        (("COMPLETED:20260603T090000Z",), "20260604T090000Z", "20260604T100000Z", False),
        (("CREATED:20260603T090000Z",), "20260602T090000Z", "20260602T100000Z", False),
        (("CREATED:20260603T090000Z",), "20270602T090000Z", "20270602T100000Z", True),
        ((), "20270602T090000Z", "20270602T100000Z", True),
    ],
)
def test_todos_by_the_table_of_the_rfc(
    world: World, lines: tuple[str, ...], start: str, end: str, found: bool
) -> None:
    world.put(event(*lines, component="VTODO"))

    assert world.report(query(span(start, end), component="VTODO")).hrefs == (["one.ics"] if found else [])


# ---- zones ------------------------------------------------------------------------------------------------


def test_all_day_event_uses_the_calendars_time_zone(world: World) -> None:
    world.calendar("tokyo", zone="Asia/Tokyo")
    world.put(event("DTSTART;VALUE=DATE:20260602"), slug="tokyo")
    path = ("ada", "tokyo")

    assert world.report(query(span("20260601T150000Z", "20260601T160000Z")), path).hrefs == ["one.ics"]
    assert world.report(query(span("20260602T150000Z", "20260602T160000Z")), path).hrefs == []


@pytest.mark.parametrize(
    "zone", [f"<C:timezone>{TIMEZONE}</C:timezone>", "<C:timezone-id>Asia/Tokyo</C:timezone-id>"]
)
def test_floating_event_uses_the_time_zone_of_the_request(world: World, zone: str) -> None:
    world.put(event("DTSTART:20260602T090000", "DTEND:20260602T100000", uid="floating"), "floating.ics")
    world.put(event("DTSTART;VALUE=DATE:20260602", uid="day"), "day.ics")
    world.put(event("DTSTART:20260602T003000Z", "DTEND:20260602T010000Z", uid="utc"), "utc.ics")
    world.put(event("DTSTART:20260602T130000Z", "DTEND:20260602T140000Z", uid="later"), "later.ics")
    nine_in_tokyo = query(span("20260602T000000Z", "20260602T010000Z"), extra=zone)
    nine_in_new_york = query(span("20260602T130000Z", "20260602T140000Z"))

    assert world.report(nine_in_tokyo).hrefs == ["day.ics", "floating.ics", "utc.ics"]
    assert world.report(nine_in_new_york).hrefs == ["day.ics", "floating.ics", "later.ics"]


@pytest.mark.parametrize(
    ("zone", "element"),
    [
        ("<C:timezone>nonsense</C:timezone>", "valid-calendar-data"),
        ("<C:timezone-id>Nowhere/Land</C:timezone-id>", "valid-timezone"),
    ],
)
def test_time_zone_that_is_none(world: World, zone: str, element: str) -> None:
    reply = world.report(query(JUNE, extra=zone))

    assert (reply.status, reply.error[0]) == (403, C + element)


# ---- further filters --------------------------------------------------------------------------------------


def test_text_match(world: World) -> None:
    world.put(june(1, "SUMMARY:Speech therapy", uid="a"), "a.ics")
    world.put(june(2, "SUMMARY:Physio \u00c4rzte", uid="b"), "b.ics")
    world.put(june(3, uid="c"), "c.ics")

    assert world.report(query(text_filter("SUMMARY", "SPEECH"))).hrefs == ["a.ics"]
    assert world.report(query(text_filter("SUMMARY", "SPEECH", "i;octet"))).hrefs == []
    assert world.report(query(text_filter("SUMMARY", "\u00e4RZTE", "i;unicode-casemap"))).hrefs == ["b.ics"]
    assert world.report(query(text_filter("SUMMARY", "\u00e4rzte"))).hrefs == []
    assert world.report(query(text_filter("SUMMARY", "speech", negate="yes"))).hrefs == ["b.ics"]
    assert world.report(query(PROP.format("SUMMARY", "<C:is-not-defined/>"))).hrefs == ["c.ics"]
    assert world.report(query(text_filter("UID", "b", "i;octet"))).hrefs == ["b.ics"]


def test_text_match_together_with_a_range(world: World) -> None:
    world.put(june(1, "SUMMARY:Speech", uid="a"), "a.ics")
    world.put(june(20, "SUMMARY:Speech", uid="b"), "b.ics")
    wish = span("20260610T000000Z", "20260701T000000Z") + text_filter("SUMMARY", "speech")

    assert world.report(query(wish)).hrefs == ["b.ics"]


def test_two_prop_filters_must_hold_in_the_same_component(world: World) -> None:
    world.put(
        calendar(
            *block(
                "DTSTART:20260601T090000Z", "RRULE:FREQ=DAILY;COUNT=3", "SUMMARY:usual", "LOCATION:office"
            ),
            *block(
                "RECURRENCE-ID:20260602T090000Z", "DTSTART:20260602T090000Z", "SUMMARY:odd", "LOCATION:home"
            ),
        )
    )

    same = text_filter("SUMMARY", "odd") + text_filter("LOCATION", "home")
    mixed = text_filter("SUMMARY", "odd") + text_filter("LOCATION", "office")
    assert world.report(query(same)).hrefs == ["one.ics"]
    assert world.report(query(mixed)).hrefs == []


def test_param_filter_on_tzid(world: World) -> None:
    world.put(event("DTSTART;TZID=Europe/Berlin:20260602T090000", uid="a"), "a.ics")
    world.put(june(2, uid="b"), "b.ics")
    match = f'<C:param-filter name="TZID">{TEXT.format("i;ascii-casemap", "no", "berlin")}</C:param-filter>'
    absent = '<C:param-filter name="TZID"><C:is-not-defined/></C:param-filter>'

    assert world.report(query(PROP.format("DTSTART", match))).hrefs == ["a.ics"]
    assert world.report(query(PROP.format("DTSTART", absent))).hrefs == ["b.ics"]
    assert world.report(query(PROP.format("DTSTART", '<C:param-filter name="TZID"/>'))).hrefs == ["a.ics"]


def test_categories_are_a_list(world: World) -> None:
    world.put(june(1, "CATEGORIES:Work,Client", "CATEGORIES:Urgent", uid="a"), "a.ics")
    world.put(june(2, "CATEGORIES:Private", uid="b"), "b.ics")

    assert world.report(query(text_filter("CATEGORIES", "client"))).hrefs == ["a.ics"]
    assert world.report(query(text_filter("CATEGORIES", "work,client"))).hrefs == []
    assert world.report(query(text_filter("CATEGORIES", "urgent", negate="yes"))).hrefs == ["b.ics"]


def test_alarms(world: World) -> None:
    world.put(june(1, *alarm("TRIGGER:-PT1H", "REPEAT:3", "DURATION:PT10M"), uid="a"), "a.ics")
    world.put(june(2, *alarm("TRIGGER;RELATED=END:PT0S"), uid="b"), "b.ics")
    world.put(june(3, uid="c"), "c.ics")

    def ringing(start: str, end: str) -> list[str]:
        return world.report(query(f'<C:comp-filter name="VALARM">{span(start, end)}</C:comp-filter>')).hrefs

    assert ringing("20260601T083000Z", "20260601T083001Z") == ["a.ics"]  # the third repetition
    assert ringing("20260601T084000Z", "20260601T085000Z") == []
    assert ringing("20260602T100000Z", "20260602T100001Z") == ["b.ics"]
    assert ringing("20260602T090000Z", "20260602T093000Z") == []
    absent = '<C:comp-filter name="VALARM"><C:is-not-defined/></C:comp-filter>'
    assert world.report(query(absent)).hrefs == ["c.ics"]


def test_property_with_a_range(world: World) -> None:
    world.put(event("COMPLETED:20260603T090000Z", uid="a", component="VTODO"), "a.ics")
    world.put(event("COMPLETED:20260703T090000Z", uid="b", component="VTODO"), "b.ics")

    assert world.report(query(PROP.format("COMPLETED", JUNE), component="VTODO")).hrefs == ["a.ics"]


def test_open_todos_as_clients_ask_for_them(world: World) -> None:
    world.put(event("STATUS:NEEDS-ACTION", uid="a", component="VTODO"), "a.ics")
    world.put(event("STATUS:COMPLETED", "COMPLETED:20260603T090000Z", uid="b", component="VTODO"), "b.ics")
    wish = PROP.format("COMPLETED", "<C:is-not-defined/>") + PROP.format(
        "STATUS", TEXT.format("i;ascii-casemap", "yes", "CANCELLED")
    )

    assert world.report(query(wish, component="VTODO")).hrefs == ["a.ics"]


# ---- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "inner",
    [
        "",
        '<C:comp-filter name="VEVENT"/>',
        '<C:comp-filter name="VCALENDAR"/><C:comp-filter name="VCALENDAR"/>',
        '<C:comp-filter name="VCALENDAR"><C:comp-filter name="VALARM"/></C:comp-filter>',
        '<C:comp-filter name="VCALENDAR"><C:comp-filter/></C:comp-filter>',
        '<C:comp-filter name="VCALENDAR"><C:nonsense/></C:comp-filter>',
    ],
)
def test_invalid_filter(world: World, inner: str) -> None:
    reply = world.report(raw_query(inner))

    assert (reply.status, reply.error[0]) == (403, f"{C}valid-filter")


@pytest.mark.parametrize(
    "inner",
    [
        '<C:comp-filter name="VTODO"/>',
        "<C:time-range/>",
        '<C:time-range start="20260601"/>',
        '<C:time-range start="20260601T000000"/>',
        span("20260701T000000Z", "20260601T000000Z"),
        span("20260701T000000Z", "20260701T000000Z"),
        PROP.format("SUMMARY", JUNE),
        PROP.format("SUMMARY", "<C:is-not-defined/><C:text-match>x</C:text-match>"),
        PROP.format("SUMMARY", '<C:text-match negate-condition="perhaps">x</C:text-match>'),
        PROP.format("SUMMARY", '<C:param-filter name="X"><C:time-range/></C:param-filter>'),
        f"<C:is-not-defined/>{JUNE}",
        "<C:prop-filter><C:text-match>x</C:text-match></C:prop-filter>",
    ],
)
def test_invalid_filter_of_events(world: World, inner: str) -> None:
    reply = world.report(query(inner))

    assert (reply.status, reply.error[0]) == (403, f"{C}valid-filter")


def test_unknown_collation(world: World) -> None:
    reply = world.report(query(text_filter("SUMMARY", "x", "i;klingon")))

    assert (reply.status, reply.error[0]) == (403, f"{C}supported-collation")


def test_without_a_filter(world: World) -> None:
    body = f"<C:calendar-query {NAMES}><D:prop><D:getetag/></D:prop></C:calendar-query>"

    assert world.report(body).status == 400


@pytest.mark.parametrize("root", ["D:version-tree", "C:nonsense", "D:acl-principal-prop-set"])
def test_unknown_reports(world: World, root: str) -> None:
    reply = world.report(f"<{root} {NAMES}/>")

    assert (reply.status, reply.error[0]) == (403, f"{D}supported-report")


# ---- where, and what comes back ---------------------------------------------------------------------------


def test_depth_on_a_calendar(world: World) -> None:
    world.put(june(3))

    for depth in ("1", "infinity"):
        assert world.report(query(JUNE), headers={"depth": depth}).hrefs == ["one.ics"]
    assert world.report(query(JUNE), headers={"depth": "0"}).hrefs == []
    assert world.report(query(JUNE)).hrefs == ["one.ics"]
    assert world.report(query(JUNE), headers={"depth": "2"}).status == 400


def test_depth_infinity_on_the_home(world: World) -> None:
    world.calendar("other")
    world.put(june(3))
    world.put(june(4), slug="other")

    reply = world.report(query(JUNE, prop=data()), ("ada",), {"depth": "infinity"})

    assert set(reply.found) == {"/dav/ada/work/one.ics", "/dav/ada/other/one.ics"}
    assert world.report(query(JUNE), ("ada",), {"depth": "1"}).found == {}
    assert world.report(query(JUNE), ("ada",), {"depth": "0"}).found == {}


def test_on_one_object(world: World) -> None:
    world.put(june(3))
    world.put(june(4, uid="two"), "two.ics")

    assert world.report(query(JUNE), ("ada", "work", "one.ics"), {"depth": "0"}).hrefs == ["one.ics"]
    assert world.report(query(span(start="20270101T000000Z")), ("ada", "work", "one.ics")).hrefs == []
    assert world.report(query(JUNE), ("ada", "work", "none.ics")).status == 404


def test_live_properties_other_than_etag_and_data(world: World) -> None:
    world.put(june(3))
    prop = (
        "<D:getetag/><D:resourcetype/><D:getlastmodified/><D:getcontenttype/><D:getcontentlength/><D:owner/>"
        "<D:displayname/>"
    )

    for reply in (world.report(query(JUNE, prop=prop)), world.report(query(prop=prop))):
        found = reply.found["/dav/ada/work/one.ics"]
        assert (found[f"{D}getlastmodified"].text or "").endswith("GMT")
        assert len(found[f"{D}resourcetype"]) == 0
        assert found[f"{D}getcontentlength"].text == str(len(june(3)))
        assert (found[f"{D}owner"].findtext(f"{D}href")) == "/dav/ada/"
        assert reply.missing["/dav/ada/work/one.ics"] == {f"{D}displayname"}


def test_every_object_has_its_own_length(world: World) -> None:
    world.put(june(3))
    world.put(june(4, "SUMMARY:longer", uid="two"), "two.ics")

    reply = world.report(query(JUNE, prop="<D:getcontentlength/>" + data()))

    assert reply.text(f"{D}getcontentlength", "one.ics") != reply.text(f"{D}getcontentlength", "two.ics")
    assert "UID:two\n" in reply.data("two.ics")


def test_a_component_that_the_calendar_does_not_take(world: World) -> None:
    assert world.report(query(component="VFREEBUSY")).hrefs == []


def test_someone_elses_calendar(world: World) -> None:
    reply = world.report(query(JUNE), person="bob")

    assert (reply.status, reply.error) == (403, [f"{D}need-privileges"])


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("00010101T000000Z", "99991231T235959Z"),
        ("00010101T000000Z", ""),
        ("", "99991231T235959Z"),
        ("99991231T235958Z", "99991231T235959Z"),
        ("00010101T000000Z", "00010101T000001Z"),
    ],
)
def test_ends_of_time(world: World, start: str, end: str) -> None:
    world.put(june(3, "RRULE:FREQ=DAILY", *alarm("TRIGGER:-P9999D")))
    world.put(event("DTSTART:20260602T090000", uid="two"), "two.ics")
    tokyo = "<C:timezone-id>Asia/Tokyo</C:timezone-id>"
    everything = ["one.ics", "two.ics"] if "000001" not in end and not start.startswith("9999") else []

    for extra in ("", tokyo):
        found = set(world.report(query(span(start, end), extra=extra)).hrefs)
        assert found - {"one.ics"} == set(everything) - {"one.ics"}
    ringing = f'<C:comp-filter name="VALARM">{span(start, end)}</C:comp-filter>'
    assert set(world.report(query(ringing)).hrefs) <= {"one.ics"}
    if start and end:
        assert world.report(free_busy(start, end)).status == 200
        wish = expanded(start, end)
        assert world.report(query(span(start, end), prop=wish)).status == 207
