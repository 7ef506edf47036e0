"""CALDAV:filter on one object (RFC 4791 section 9.7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calgate.ical.filters import Collation, CompFilter, ParamFilter, PropFilter, TextMatch, TimeRange
from calgate.ical.query import matches
from tests.support.reports import alarm, block, calendar, event

ZONE = ZoneInfo("America/New_York")


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M").replace(tzinfo=UTC)


def holds(
    text: str, *props: PropFilter, comps: tuple[CompFilter, ...] = (), span: TimeRange | None = None
) -> bool:
    inner = CompFilter("VEVENT", time_range=span, props=props, comps=comps)
    return matches(text, CompFilter("VCALENDAR", comps=(inner,)), ZONE)


def match(needle: str, collation: Collation = "i;ascii-casemap", negate: bool = False) -> TextMatch:
    return TextMatch(needle, collation, negate)


ONE = event(
    "DTSTART;TZID=America/New_York:20260302T090000",
    "DTEND;TZID=America/New_York:20260302T100000",
    "SUMMARY;LANGUAGE=en:Speech therapy\\, R\u00e9sum\u00e9 and a very long line that must be fol",
    " ded somewhere in a word",
    "CATEGORIES:Work,Client\\, new",
    "CATEGORIES:Urgent",
    'ATTENDEE;CN="Lane, Noah";ROLE=CHAIR:mailto:noah@example.org',
    "ATTENDEE;CN=Mia;PARTSTAT=ACCEPTED:mailto:mia@example.org",
)


@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        (PropFilter("SUMMARY"), True),
        (PropFilter("LOCATION"), False),
        (PropFilter("LOCATION", absent=True), True),
        (PropFilter("SUMMARY", absent=True), False),
        (PropFilter("SUMMARY", match=match("THERAPY, r")), True),
        (PropFilter("SUMMARY", match=match("folded")), True),
        (PropFilter("SUMMARY", match=match("physio")), False),
        (PropFilter("SUMMARY", match=match("physio", negate=True)), True),
        (PropFilter("SUMMARY", match=match("speech", negate=True)), False),
        (PropFilter("LOCATION", match=match("x", negate=True)), False),
        (PropFilter("SUMMARY", match=match("speech", "i;octet")), False),
        (PropFilter("SUMMARY", match=match("Speech", "i;octet")), True),
        (PropFilter("SUMMARY", match=match("R\u00c9SUM\u00c9")), False),
        (PropFilter("SUMMARY", match=match("R\u00c9SUM\u00c9", "i;unicode-casemap")), True),
        (PropFilter("SUMMARY", match=match("RE\u0301SUME", "i;unicode-casemap")), True),
        (PropFilter("SUMMARY", match=match("")), True),
        (PropFilter("CATEGORIES", match=match("client, new")), True),
        (PropFilter("CATEGORIES", match=match("work,client")), False),
        (PropFilter("CATEGORIES", match=match("urgent")), True),
        (PropFilter("CATEGORIES", match=match("urgent", negate=True)), False),
        (PropFilter("CATEGORIES", match=match("private", negate=True)), True),
        (PropFilter("DTSTART", params=(ParamFilter("TZID"),)), True),
        (PropFilter("DTSTART", params=(ParamFilter("TZID", match=match("new_york")),)), True),
        (PropFilter("DTSTART", params=(ParamFilter("TZID", match=match("berlin")),)), False),
        (PropFilter("DTSTART", params=(ParamFilter("TZID", absent=True),)), False),
        (PropFilter("DTSTART", params=(ParamFilter("VALUE", absent=True),)), True),
        (PropFilter("ATTENDEE", params=(ParamFilter("CN", match=match("lane, noah")),)), True),
        (PropFilter("ATTENDEE", params=(ParamFilter("ROLE"), ParamFilter("PARTSTAT"))), False),
        (PropFilter("ATTENDEE", match=match("mia@"), params=(ParamFilter("PARTSTAT"),)), True),
        (PropFilter("ATTENDEE", match=match("noah@"), params=(ParamFilter("PARTSTAT"),)), False),
        (
            PropFilter("ATTENDEE", params=(ParamFilter("PARTSTAT", match=match("ACCEPTED", negate=True)),)),
            False,
        ),
        (PropFilter("DTSTART", time_range=TimeRange(at("20260302T1400"), at("20260302T1401"))), True),
        (PropFilter("DTSTART", time_range=TimeRange(at("20260302T1300"), at("20260302T1400"))), False),
        (PropFilter("DTSTART", time_range=TimeRange(None, at("20260302T1500"))), True),
    ],
)
def test_property_filters(wanted: PropFilter, answer: bool) -> None:
    assert holds(ONE, wanted) is answer


def test_several_filters_are_all_needed() -> None:
    assert holds(ONE, PropFilter("SUMMARY"), PropFilter("CATEGORIES"))
    assert not holds(ONE, PropFilter("SUMMARY"), PropFilter("LOCATION"))


SERIES = calendar(
    *block(
        "DTSTART:20260302T090000Z", "DTEND:20260302T100000Z", "RRULE:FREQ=DAILY;COUNT=5", "SUMMARY:usual",
        "LOCATION:office", *alarm("TRIGGER:-PT15M"),
    ),
    *block(
        "RECURRENCE-ID:20260304T090000Z", "DTSTART:20260310T090000Z", "DTEND:20260310T100000Z",
        "SUMMARY:moved", "LOCATION:home",
    ),
)  # fmt: skip


def test_both_filters_must_hold_in_the_same_component() -> None:
    summary, location = (
        PropFilter("SUMMARY", match=match("usual")),
        PropFilter("LOCATION", match=match("home")),
    )

    assert not holds(SERIES, summary, location)
    assert holds(SERIES, PropFilter("SUMMARY", match=match("moved")), location)


def test_an_override_alone_is_enough() -> None:
    assert holds(SERIES, PropFilter("SUMMARY", match=match("moved")))


def test_the_component_in_the_range_is_the_one_that_must_match() -> None:
    moved_day = TimeRange(at("20260310T0000"), at("20260311T0000"))

    assert holds(SERIES, PropFilter("SUMMARY", match=match("moved")), span=moved_day)
    assert not holds(SERIES, PropFilter("SUMMARY", match=match("usual")), span=moved_day)
    assert not holds(SERIES, span=TimeRange(at("20260304T0000"), at("20260305T0000")))


def rings(text: str, start: datetime, minutes: int = 1) -> bool:
    span = TimeRange(start, start + timedelta(minutes=minutes))
    return holds(text, comps=(CompFilter("VALARM", time_range=span),))


def test_alarms_of_each_occurrence() -> None:
    assert rings(SERIES, at("20260303T0845"))
    assert not rings(SERIES, at("20260304T0845"))  # the override has no alarm
    assert not rings(SERIES, at("20260303T0844"))
    assert not rings(SERIES, at("20260307T0845"))


@pytest.mark.parametrize(
    ("lines", "moment", "answer"),
    [
        (("TRIGGER:-PT1H", "REPEAT:2", "DURATION:PT10M"), "20260302T0800", True),
        (("TRIGGER:-PT1H", "REPEAT:2", "DURATION:PT10M"), "20260302T0810", True),
        (("TRIGGER:-PT1H", "REPEAT:2", "DURATION:PT10M"), "20260302T0820", True),
        (("TRIGGER:-PT1H", "REPEAT:2", "DURATION:PT10M"), "20260302T0830", False),
        (("TRIGGER;RELATED=END:PT5M",), "20260302T1005", True),
        (("TRIGGER;RELATED=END:PT5M",), "20260302T0905", False),
        (("TRIGGER;RELATED=START:PT5M",), "20260302T0905", True),
        (("TRIGGER;VALUE=DATE-TIME:20260228T120000Z",), "20260228T1200", True),
        (("TRIGGER;VALUE=DATE-TIME:20260228T120000Z",), "20260302T0900", False),
        (("TRIGGER:-P2D",), "20260228T0900", True),
        (("TRIGGER:nonsense",), "20260302T0900", False),
    ],
)
def test_when_an_alarm_rings(lines: tuple[str, ...], moment: str, answer: bool) -> None:
    text = event("DTSTART:20260302T090000Z", "DTEND:20260302T100000Z", *alarm(*lines))

    assert rings(text, at(moment)) is answer


def test_presence_and_absence_of_alarms() -> None:
    without = event("DTSTART:20260302T090000Z")

    assert holds(without, comps=(CompFilter("VALARM", absent=True),))
    assert not holds(without, comps=(CompFilter("VALARM"),))
    assert holds(SERIES, comps=(CompFilter("VALARM"),))
    assert holds(SERIES, comps=(CompFilter("VALARM", props=(PropFilter("ACTION", match=match("display")),)),))
    assert not holds(
        SERIES, comps=(CompFilter("VALARM", props=(PropFilter("ACTION", match=match("audio")),)),)
    )


def test_components_that_are_or_are_not_there() -> None:
    def asked(*comps: CompFilter) -> bool:
        return matches(ONE, CompFilter("VCALENDAR", comps=comps), ZONE)

    assert asked(CompFilter("VEVENT"))
    assert not asked(CompFilter("VTODO"))
    assert asked(CompFilter("VTODO", absent=True))
    assert not asked(CompFilter("VEVENT", absent=True))
    assert not asked(CompFilter("VEVENT"), CompFilter("VTODO"))
    assert asked()
    version = PropFilter("VERSION", match=match("2.0"))
    assert matches(ONE, CompFilter("VCALENDAR", props=(version,)), ZONE)
    assert not matches(ONE, CompFilter("VCALENDAR", props=(PropFilter("METHOD"),)), ZONE)


def test_floating_times_and_days_are_placed_in_the_zone_asked() -> None:
    floating = event("DTSTART:20260302T090000", "DTEND:20260302T100000")
    span = TimeRange(at("20260302T1400"), at("20260302T1500"))
    wanted = CompFilter("VCALENDAR", comps=(CompFilter("VEVENT", time_range=span),))

    assert matches(floating, wanted, ZoneInfo("America/New_York"))
    assert not matches(floating, wanted, ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize("text", ["", "nonsense", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"])
def test_what_is_no_calendar_matches_nothing(text: str) -> None:
    assert not holds(text)
