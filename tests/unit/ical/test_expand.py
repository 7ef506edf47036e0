"""Expansion at text level (RFC 4791 section 9.6.5)."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest

from calgate.gate.values import Row
from calgate.ical.expand import expand, utc
from calgate.ical.inspect import entries
from calgate.ical.pieces import split
from tests.support.reports import alarm, block, calendar, event

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")


def rows_of(text: str, start: str, end: str, zone: ZoneInfo = NEW_YORK) -> list[Row]:
    since, until = (datetime.strptime(each, "%Y%m%d").replace(tzinfo=UTC) for each in (start, end))
    return [
        Row(int(one.start.timestamp()), int(one.end.timestamp()), one.part, one.on, one.busy)
        for one in entries(text, zone, since, until)
    ]


def expanded(text: str, start: str, end: str, zone: ZoneInfo = NEW_YORK) -> list[dict[str, str]]:
    """The components as a client reads them: property -> parameters and value."""
    result = expand(text, rows_of(text, start, end, zone), zone)
    assert result.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert result.endswith("END:VCALENDAR\r\n")
    for name in ("RRULE", "RDATE", "EXDATE", "TZID", "VTIMEZONE"):
        assert name not in result
    parsed = icalendar.Calendar.from_ical(result)
    assert not parsed.errors
    components = []
    for component in parsed.subcomponents:
        lines = component.to_ical().decode().replace("\r\n ", "").split("\r\n")
        found = {}
        for line in lines:
            name = line.split(":")[0].split(";")[0]
            found[name] = line[len(name) :]
        components.append(found)
    return components


WEEKLY = event(
    "DTSTART;TZID=America/New_York:20260301T090000",
    "DTEND;TZID=America/New_York:20260301T100000",
    "RRULE:FREQ=WEEKLY;COUNT=4",
    "SUMMARY:Speech therapy",
)


def test_weekly_series_across_a_dst_change_is_in_utc() -> None:
    found = expanded(WEEKLY, "20260301", "20260316")

    assert [each["DTSTART"] for each in found] == [
        ":20260301T140000Z",
        ":20260308T130000Z",
        ":20260315T130000Z",
    ]
    assert [each["DTEND"] for each in found] == [
        ":20260301T150000Z",
        ":20260308T140000Z",
        ":20260315T140000Z",
    ]
    assert [each["RECURRENCE-ID"] for each in found] == [each["DTSTART"] for each in found]
    assert {each["SUMMARY"] for each in found} == {":Speech therapy"}
    assert {each["UID"] for each in found} == {":one"}


def test_single_event_with_tzid_is_in_utc_without_recurrence_id() -> None:
    [found] = expanded(
        event("DTSTART;TZID=Europe/Berlin:20260302T090000", "DURATION:PT45M"), "20260301", "20260401"
    )

    assert found["DTSTART"] == ":20260302T080000Z"
    assert found["DURATION"] == ":PT45M"
    assert "RECURRENCE-ID" not in found


def test_rdate_only_series() -> None:
    text = event(
        "DTSTART:20260302T090000Z",
        "DTEND:20260302T100000Z",
        "RDATE:20260305T090000Z,",
        " 20260307T110000Z",
    ).replace("Z,\r\n ", "Z,\r\n ")

    found = expanded(text, "20260303", "20260401")

    assert [each["DTSTART"] for each in found] == [":20260305T090000Z", ":20260307T110000Z"]
    assert [each["DTEND"] for each in found] == [":20260305T100000Z", ":20260307T120000Z"]


def test_rdate_period_has_its_own_length() -> None:
    text = event(
        "DTSTART:20260302T090000Z",
        "DURATION:PT1H",
        "RDATE;VALUE=PERIOD:20260305T090000Z/PT3H",
    )

    [found] = expanded(text, "20260304", "20260401")

    assert (found["DTSTART"], found["DTEND"]) == (":20260305T090000Z", ":20260305T120000Z")
    assert "DURATION" not in found


def test_exdate_is_left_out() -> None:
    text = WEEKLY.replace("SUMMARY", "EXDATE;TZID=America/New_York:20260308T090000\r\nSUMMARY")

    assert [each["DTSTART"][1:9] for each in expanded(text, "20260301", "20260401")] == [
        "20260301",
        "20260315",
        "20260322",
    ]


def test_all_day_series_stays_in_days() -> None:
    text = event(
        "DTSTART;VALUE=DATE:20260302",
        "DTEND;VALUE=DATE:20260304",
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "SUMMARY:Fair",
    )

    found = expanded(text, "20260305", "20260312")

    assert [each["DTSTART"] for each in found] == [";VALUE=DATE:20260309"]
    assert [each["DTEND"] for each in found] == [";VALUE=DATE:20260311"]
    assert [each["RECURRENCE-ID"] for each in found] == [";VALUE=DATE:20260309"]


def test_all_day_event_with_a_duration_keeps_it() -> None:
    [found] = expanded(event("DTSTART;VALUE=DATE:20260302", "DURATION:P2D"), "20260301", "20260401")

    assert (found["DTSTART"], found["DURATION"]) == (";VALUE=DATE:20260302", ":P2D")
    assert "DTEND" not in found


def test_floating_times_stay_floating() -> None:
    text = event("DTSTART:20260302T090000", "DTEND:20260302T100000", "RRULE:FREQ=DAILY;COUNT=2")

    found = expanded(text, "20260303", "20260401", BERLIN)

    assert [(each["DTSTART"], each["DTEND"], each["RECURRENCE-ID"]) for each in found] == [
        (":20260303T090000", ":20260303T100000", ":20260303T090000")
    ]


def test_override_inside_replaces_its_occurrence() -> None:
    text = calendar(
        *block(
            "DTSTART;TZID=America/New_York:20260302T090000",
            "DTEND;TZID=America/New_York:20260302T100000",
            "RRULE:FREQ=DAILY;COUNT=3",
            "SUMMARY:usual",
        ),
        *block(
            "RECURRENCE-ID;TZID=America/New_York:20260303T090000",
            "DTSTART;TZID=America/New_York:20260303T150000",
            "DTEND;TZID=America/New_York:20260303T170000",
            "SUMMARY:moved",
        ),
    )

    found = expanded(text, "20260303", "20260304")

    assert [(each["SUMMARY"], each["RECURRENCE-ID"], each["DTSTART"], each["DTEND"]) for each in found] == [
        (":moved", ":20260303T140000Z", ":20260303T200000Z", ":20260303T220000Z")
    ]


def test_override_moved_out_of_the_range_is_left_out() -> None:
    text = calendar(
        *block("DTSTART:20260302T090000Z", "DTEND:20260302T100000Z", "RRULE:FREQ=DAILY;COUNT=3"),
        *block("RECURRENCE-ID:20260303T090000Z", "DTSTART:20260320T090000Z", "DTEND:20260320T100000Z"),
    )

    assert [each["DTSTART"] for each in expanded(text, "20260302", "20260310")] == [
        ":20260302T090000Z",
        ":20260304T090000Z",
    ]


def test_instance_at_the_exclusive_end_is_left_out() -> None:
    text = event("DTSTART:20260302T000000Z", "DTEND:20260302T010000Z", "RRULE:FREQ=DAILY;COUNT=3")

    assert [each["DTSTART"] for each in expanded(text, "20260302", "20260303")] == [":20260302T000000Z"]


def test_override_without_master() -> None:
    text = event(
        "RECURRENCE-ID:20260303T090000Z",
        "DTSTART:20260303T110000Z",
        "DTEND:20260303T120000Z",
        "SUMMARY:alone",
    )

    [found] = expanded(text, "20260301", "20260401")

    assert (found["RECURRENCE-ID"], found["DTSTART"]) == (":20260303T090000Z", ":20260303T110000Z")


def test_recurring_todo_due_with_each_instance() -> None:
    text = event(
        "DTSTART;TZID=America/New_York:20260302T090000",
        "DUE;TZID=America/New_York:20260302T170000",
        "RRULE:FREQ=DAILY;COUNT=3",
        "SUMMARY:Report",
        component="VTODO",
    )

    found = expanded(text, "20260303", "20260304")

    assert [(each["DTSTART"], each["DUE"], each["RECURRENCE-ID"]) for each in found] == [
        (":20260303T140000Z", ":20260303T220000Z", ":20260303T140000Z")
    ]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (("DUE;TZID=Europe/Berlin:20260302T170000",), {"DUE": ":20260302T160000Z"}),
        (
            ("DTSTART:20260302T090000Z", "DURATION:PT1H"),
            {"DTSTART": ":20260302T090000Z", "DURATION": ":PT1H"},
        ),
        (
            ("DTSTART:20260302T090000Z", "DUE:20260302T090000Z"),
            {"DTSTART": ":20260302T090000Z", "DUE": ":20260302T090000Z"},
        ),
        (("COMPLETED:20260302T090000Z",), {"COMPLETED": ":20260302T090000Z"}),
        ((), {"UID": ":one"}),
    ],
)
def test_times_of_a_todo_are_its_own(lines: tuple[str, ...], wanted: dict[str, str]) -> None:
    [found] = expanded(event(*lines, component="VTODO"), "20260301", "20260401")

    assert wanted.items() <= found.items()
    assert {"DTSTART", "DUE", "RECURRENCE-ID"} & found.keys() == {"DTSTART", "DUE"} & wanted.keys()


def test_journal_keeps_its_start() -> None:
    [found] = expanded(
        event("DTSTART;TZID=Europe/Berlin:20260302T170000", component="VJOURNAL"), "20260301", "20260401"
    )

    assert found["DTSTART"] == ":20260302T160000Z"


def test_nominal_day_across_a_dst_change_keeps_the_wall_clock() -> None:
    [found] = expanded(
        event("DTSTART;TZID=America/New_York:20260307T120000", "DURATION:P1D"), "20260301", "20260401"
    )

    assert (found["DTSTART"], found["DTEND"]) == (":20260307T170000Z", ":20260308T160000Z")


def test_alarms_keep_their_duration_and_other_zoned_lines_are_in_utc() -> None:
    text = event(
        "DTSTART;TZID=America/New_York:20260302T090000",
        "X-WAS;TZID=America/New_York;X-A=1:20260302T100000",
        "DTEND;TZID=America/New_York:20260302T100000",
        *alarm("TRIGGER:-PT15M", "REPEAT:2", "DURATION:PT5M"),
    )

    result = expand(text, rows_of(text, "20260301", "20260401"), NEW_YORK)

    assert "TRIGGER:-PT15M\r\nREPEAT:2\r\nDURATION:PT5M\r\nEND:VALARM\r\nEND:VEVENT\r\n" in result
    assert "X-WAS;X-A=1:20260302T150000Z\r\n" in result


def test_custom_zone_of_the_object_itself() -> None:
    zone = (
        "BEGIN:VTIMEZONE", "TZID:My zone", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0500",
        "TZOFFSETTO:+0500", "END:STANDARD", "END:VTIMEZONE",
    )  # fmt: skip
    text = calendar(
        *zone, *block("DTSTART;TZID=My zone:20260302T090000", "DTEND;TZID=My zone:20260302T100000")
    )

    [found] = expanded(text, "20260301", "20260401")

    assert (found["DTSTART"], found["DTEND"]) == (":20260302T040000Z", ":20260302T050000Z")


def test_folded_and_lower_case_lines_with_bare_newlines() -> None:
    text = (
        "begin:vcalendar\nversion:2.0\nprodid:-//x//EN\nbegin:vevent\nuid:one\ndtstamp:20260101T000000Z\n"
        "dtstart;tzid=America/\n New_York:20260302T090000\ndtend;tzid=America/New_York:2026030\n 2T100000\n"
        "summary:Long\n er\nend:vevent\nend:vcalendar\n"
    )

    result = expand(text, rows_of(text, "20260301", "20260401"), NEW_YORK)

    assert "DTSTART:20260302T140000Z\nDTEND:20260302T150000Z\nuid:one\n" in result
    assert "\r" not in result
    assert "tzid" not in result
    assert "summary:Long\n er\n" in result


def test_no_rows_leave_an_empty_calendar() -> None:
    assert expand(WEEKLY, [], NEW_YORK).count("BEGIN:") == 1


def test_this_and_future_override_moves_the_later_ones() -> None:
    text = calendar(
        *block("DTSTART:20260302T090000Z", "DTEND:20260302T100000Z", "RRULE:FREQ=DAILY;COUNT=4", "SUMMARY:a"),
        *block(
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20260304T090000Z",
            "DTSTART:20260304T110000Z",
            "DTEND:20260304T123000Z",
            "SUMMARY:b",
        ),
    )

    found = expanded(text, "20260303", "20260306")

    assert [(each["RECURRENCE-ID"], each["DTSTART"], each["DTEND"], each["SUMMARY"]) for each in found] == [
        (":20260303T090000Z", ":20260303T090000Z", ":20260303T100000Z", ":a"),
        (":20260304T090000Z", ":20260304T110000Z", ":20260304T123000Z", ":b"),
        (":20260305T090000Z", ":20260305T110000Z", ":20260305T123000Z", ":b"),
    ]


@pytest.mark.parametrize("seconds", [0, 1772445600, 1772445599, -86401, 4102444799])
def test_utc_text(seconds: int) -> None:
    assert utc(seconds) == datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%dT%H%M%SZ")


def test_calendar_without_properties_of_its_own() -> None:
    inner = ("BEGIN:VTIMEZONE", "BEGIN:STANDARD", "END:STANDARD", "END:VTIMEZONE")

    assert split("\r\n".join(("BEGIN:VCALENDAR", *inner, "END:VCALENDAR"))).head == ""
