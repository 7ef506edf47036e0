"""Partial retrieval and limit-recurrence-set at text level."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from calgate.ical.filters import TimeRange
from calgate.ical.select import Selection, limit_recurrence_set, partial
from tests.support.reports import alarm, block, calendar, event

ZONE = ZoneInfo("America/New_York")
JUNE_5 = TimeRange(datetime(2026, 6, 5, tzinfo=UTC), datetime(2026, 6, 6, tzinfo=UTC))


def test_everything() -> None:
    text = event("DTSTART:20260602T090000Z", "SUMMARY:folded", " line", *alarm("TRIGGER:PT0S"))

    assert partial(text, Selection("VCALENDAR")) == text


def test_properties_keep_their_folding() -> None:
    text = event("SUMMARY:folded", " line", "X-A:1", "", component="VTODO").replace("\r\n\r\n", "\r\n")
    wish = Selection("VCALENDAR", (), (Selection("VTODO", (("SUMMARY", False),), ()),))

    assert partial(text, wish) == (
        "BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nSUMMARY:folded\r\n line\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
    )


def test_components_not_asked_for_go_with_all_that_is_inside() -> None:
    text = event("DTSTART:20260602T090000Z", *alarm("TRIGGER:PT0S"))
    wish = Selection("VCALENDAR", None, (Selection("VTODO"),))

    assert partial(text, wish) == (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//test//EN\r\nEND:VCALENDAR\r\n"
    )


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("SUMMARY:a:b", "SUMMARY:"),
        ('SUMMARY;ALTREP="http://x":a', 'SUMMARY;ALTREP="http://x":'),
        ("SUMMARY;LANGUAGE=en:a", "SUMMARY;LANGUAGE=en:"),
    ],
)
def test_without_value(line: str, wanted: str) -> None:
    wish = Selection("VCALENDAR", (), (Selection("VEVENT", (("SUMMARY", True),), ()),))

    assert f"\r\n{wanted}\r\nEND:VEVENT" in partial(event(line), wish)


def override(on: str, start: str) -> tuple[str, ...]:
    return block(f"RECURRENCE-ID{on}", f"DTSTART{start}", "SUMMARY:override")


@pytest.mark.parametrize(
    ("on", "start", "stays"),
    [
        (":20260605T090000Z", ":20260605T090000Z", True),
        (":20260605T090000Z", ":20260620T090000Z", True),
        (":20260620T090000Z", ":20260605T090000Z", True),
        (":20260604T233000Z", ":20260620T090000Z", True),  # the original lasts an hour
        (":20260604T220000Z", ":20260620T090000Z", False),
        (":20260606T000000Z", ":20260606T000000Z", False),
        (";TZID=America/New_York:20260605T200000", ";TZID=America/New_York:20260605T200000", False),
        (";TZID=America/New_York:20260605T193000", ";TZID=America/New_York:20260605T213000", True),
        (";TZID=Nowhere:20260605T090000", ";TZID=Nowhere:20260605T090000", True),
        (":nonsense", ":20260620T090000Z", True),
    ],
)
def test_overrides_of_the_range_stay(on: str, start: str, stays: bool) -> None:
    master = block("DTSTART:20260601T233000Z", "DTEND:20260602T003000Z", "RRULE:FREQ=DAILY")
    text = calendar(*master, *override(on, start))

    limited = limit_recurrence_set(text, JUNE_5, ZONE)

    assert limited == (text if stays else calendar(*master))


def test_overrides_without_a_master_stay() -> None:
    text = calendar(*override(":20260701T090000Z", ":20260701T090000Z"))

    assert limit_recurrence_set(text, JUNE_5, ZONE) == text


def test_days() -> None:
    master = block("DTSTART;VALUE=DATE:20260601", "RRULE:FREQ=DAILY")
    inside = override(";VALUE=DATE:20260605", ";VALUE=DATE:20260610")
    outside = override(";VALUE=DATE:20260606", ";VALUE=DATE:20260611")

    limited = limit_recurrence_set(calendar(*master, *outside, *inside), JUNE_5, ZONE)

    assert limited == calendar(*master, *inside)
