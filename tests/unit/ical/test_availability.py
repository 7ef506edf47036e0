"""VAVAILABILITY (RFC 7953 section 3.1): what is taken, and what it says of a window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calgate.ical.availability import MAX_OPENINGS, check, layers
from calgate.ical.errors import BadCalendar

NEW_YORK = ZoneInfo("America/New_York")
SINCE, UNTIL = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 16, tzinfo=UTC)
STAMP = "DTSTAMP:20260101T000000Z"
WEEKDAYS = (
    "DTSTART;TZID=America/New_York:20260105T090000", "DTEND;TZID=America/New_York:20260105T170000",
    "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
)  # fmt: skip


def calendar(*blocks: str) -> str:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//t//EN", *blocks, "END:VCALENDAR", ""))


def block(name: str, *lines: str, uid: str = "x") -> str:
    return "\r\n".join((f"BEGIN:{name}", f"UID:{uid}", STAMP, *lines, f"END:{name}"))


def hours(*lines: str, uid: str = "h") -> str:
    return block("VAVAILABILITY", *lines, uid=uid)


def available(*lines: str, uid: str = "a") -> str:
    return block("AVAILABLE", *lines, uid=uid)


def opened(text: str) -> list[str]:
    check(text, NEW_YORK)
    [layer] = layers(text, NEW_YORK, SINCE, UNTIL)
    return [f"{start:%d %H:%M}-{end:%d %H:%M}" for start, end in layer.open]


def test_a_rule_keeps_the_wall_clock() -> None:
    """The clocks go forward on 8 March 2026."""
    found = opened(calendar(hours(available(*WEEKDAYS))))

    assert found[:5] == [f"{day:02d} 14:00-{day:02d} 22:00" for day in range(2, 7)]
    assert found[5:] == [f"{day:02d} 13:00-{day:02d} 21:00" for day in range(9, 14)]


def test_exceptions_of_a_rule() -> None:
    tz = "TZID=America/New_York"
    text = calendar(
        hours(
            available(
                *WEEKDAYS, f"EXDATE;{tz}:20260303T090000", f"RDATE;{tz}:20260307T090000", "SUMMARY:At work"
            ),
            available(
                f"RECURRENCE-ID;{tz}:20260304T090000",
                f"DTSTART;{tz}:20260304T100000",
                "DURATION:PT2H",
            ),
        )
    )

    assert opened(text)[:6] == [
        "02 14:00-02 22:00", "04 15:00-04 17:00", "05 14:00-05 22:00", "06 14:00-06 22:00",
        "07 14:00-07 22:00", "09 13:00-09 21:00",
    ]  # fmt: skip


def test_bounds_type_and_priority() -> None:
    text = calendar(
        hours("DTSTART:20260304T000000Z", "DURATION:P1D", "BUSYTYPE:BUSY", "PRIORITY:3", uid="1"),
        hours("DTEND:20260303T120000Z", "BUSYTYPE:X-ELSEWHERE", uid="2"),
        hours("DTSTART:20260310T000000Z", "BUSYTYPE:busy-tentative", uid="3"),
        hours("DTSTART:20270101T000000Z", uid="4"),
        hours("DTEND:20260101T000000Z", uid="5"),
    )
    check(text, NEW_YORK)

    found = layers(text, NEW_YORK, SINCE, UNTIL)

    assert [(each.start.day, each.end.day, each.type, each.priority) for each in found] == [
        (4, 5, "BUSY", 3), (2, 3, "BUSY-UNAVAILABLE", 0), (10, 16, "BUSY-TENTATIVE", 0),
    ]  # fmt: skip


def test_hours_without_any_opening_are_closed_throughout() -> None:
    [layer] = layers(calendar(hours()), NEW_YORK, SINCE, UNTIL)

    assert (layer.start, layer.end, layer.open) == (SINCE, UNTIL, ())


def test_floating_times_are_of_the_zone_given() -> None:
    text = calendar(hours(available("DTSTART:20260302T090000", "DTEND:20260302T100000")))

    assert opened(text) == ["02 14:00-02 15:00"]


def test_line_ends_of_xml_and_a_zone_of_its_own() -> None:
    zone = (
        "BEGIN:VTIMEZONE", "TZID:Ours", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0530",
        "TZOFFSETTO:+0530", "END:STANDARD", "END:VTIMEZONE",
    )  # fmt: skip
    text = calendar(
        *zone, hours(available("DTSTART;TZID=Ours:20260302T090000", "DTEND;TZID=Ours:20260302T100000"))
    )

    assert opened("\n  \n" + text.replace("\r\n", "\n")) == ["02 03:30-02 04:30"]


BAD = {
    "nothing": "",
    "prose": "Mondays",
    "empty": calendar(),
    "event": calendar(block("VEVENT", "DTSTART:20260302T090000Z")),
    "event beside": calendar(hours(), block("VEVENT", "DTSTART:20260302T090000Z")),
    "version": calendar(hours()).replace("VERSION:2.0", "VERSION:1.0"),
    "cut off": calendar(hours())[:-30],
    "no uid": calendar(hours()).replace("UID:h\r\n", ""),
    "no stamp": calendar(hours()).replace(f"{STAMP}\r\n", ""),
    "a day": calendar(hours("DTSTART;VALUE=DATE:20260302")),
    "a day at the end": calendar(hours("DTEND;VALUE=DATE:20260302")),
    "two ends": calendar(hours("DTSTART:20260302T090000Z", "DTEND:20260303T090000Z", "DURATION:P1D")),
    "duration alone": calendar(hours("DURATION:P1D")),
    "ends first": calendar(hours("DTSTART:20260302T090000Z", "DTEND:20260301T090000Z")),
    "priority": calendar(hours("PRIORITY:10")),
    "priority in words": calendar(hours("PRIORITY:high")),
    "unknown zone": calendar(hours("DTSTART;TZID=Nowhere/At_All:20260302T090000")),
    "opening without uid": calendar(hours(available(*WEEKDAYS).replace("UID:a\r\n", ""))),
    "opening without start": calendar(hours(available("DTEND:20260302T090000Z"))),
    "opening without end": calendar(hours(available("DTSTART:20260302T090000Z"))),
    "opening with two ends": calendar(hours(available(*WEEKDAYS, "DURATION:PT1H"))),
    "opening of a day": calendar(hours(available("DTSTART;VALUE=DATE:20260302", "DURATION:P1D"))),
    "opening that ends first": calendar(
        hours(available("DTSTART:20260302T090000Z", "DTEND:20260302T080000Z"))
    ),
    "two of one uid": calendar(hours(available(*WEEKDAYS), available(*WEEKDAYS))),
    "hostile rule": calendar(hours(available(*WEEKDAYS[:2], "RRULE:FREQ=SECONDLY"))),
    "senseless rule": calendar(hours(available(*WEEKDAYS[:2], "RRULE:FREQ=NOW"))),
    "too many": calendar(
        hours(*(available(*WEEKDAYS, uid=str(number)) for number in range(MAX_OPENINGS + 1)))
    ),
    "control character": calendar(hours("SUMMARY:\x07")),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_taken(name: str) -> None:
    with pytest.raises(BadCalendar) as caught:
        check(BAD[name], NEW_YORK)
    assert caught.value.sentence


def test_a_window_far_away_is_not_slower_than_its_length() -> None:
    text = calendar(hours(available(*WEEKDAYS)))

    [layer] = layers(text, NEW_YORK, SINCE.replace(year=2090), SINCE.replace(year=2090) + timedelta(days=7))

    assert len(layer.open) == 5
