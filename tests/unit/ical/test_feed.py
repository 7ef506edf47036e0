"""Feeds: what is cut out of a written object, and how many of them are joined under one header."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from calgate.domain.event import Document, Event
from calgate.ical.feed import components, feed
from calgate.ical.write import restamped, write
from tests.support import bodies

STAMP = datetime(2026, 3, 2, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)


def document(zone: str = "America/New_York", **fields: Any) -> Document:
    start = fields.pop("start", datetime(2026, 3, 3, 9, tzinfo=ZoneInfo(zone)))
    event = Event(start=start, end=start + HOUR, summary=fields.pop("summary", "Visit"), **fields)
    return Document(uid="u", master=event, sequence=3)


def written(document: Document) -> tuple[str, tuple[str, ...]]:
    return components(write(document, {}, stamp=STAMP))


def joined(*documents: Document, **more: Any) -> str:
    parts = [written(each) for each in documents]
    zones = {zone for _, names in parts for zone in names}
    options: dict[str, Any] = {"name": "Ada", "zone": "Europe/London", "refresh": HOUR, **more}
    return feed([text for text, _ in parts], zones, **options)


class TestComponents:
    def test_the_events_alone_and_the_zones_that_they_name(self) -> None:
        text, zones = written(document())
        assert text.startswith("BEGIN:VEVENT\r\n") and text.endswith("END:VEVENT\r\n")
        assert zones == ("America/New_York",)

    def test_several_events_and_several_zones(self) -> None:
        one = document()
        assert one.master is not None
        on = one.master.start
        london = datetime(2026, 3, 10, 9, tzinfo=ZoneInfo("Europe/London"))
        moved = replace(one.master, recurrence_id=on, start=london, end=london + HOUR)
        series = replace(one, master=replace(one.master, rrule="FREQ=DAILY"), overrides=(moved,))
        text, zones = written(series)
        assert text.count("BEGIN:VEVENT\r\n") == text.count("END:VEVENT\r\n") == 2
        assert set(zones) == {"America/New_York", "Europe/London"}

    @pytest.mark.parametrize("zone", ["UTC", None])
    def test_no_zone_at_all(self, zone: str | None) -> None:
        one = document("UTC") if zone else document(start=STAMP.date())
        text, zones = written(one)
        assert zones == ()
        assert text.startswith("BEGIN:VEVENT\r\n")

    @pytest.mark.parametrize(
        "summary", ["END:VTIMEZONE", "a\r\nEND:VTIMEZONE\r\nEND:VCALENDAR", "BEGIN:VEVENT"]
    )
    def test_words_that_look_like_components(self, summary: str) -> None:
        text, zones = written(document(summary=summary))
        assert text.startswith("BEGIN:VEVENT\r\n") and text.endswith("END:VEVENT\r\n")
        assert zones == ("America/New_York",)

    def test_another_version_of_the_same(self) -> None:
        later, text = STAMP + HOUR, write(document(), {}, stamp=STAMP)
        again = write(replace(document(), sequence=9), {}, stamp=later)
        assert restamped(again, (9, later), (3, STAMP)) == text

    def test_a_status_that_is_not_stated_is_left_out(self) -> None:
        kept, _ = written(document(status_stated=False, transparent=True))
        assert "\r\nSTATUS:" not in kept
        assert "\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n" in kept


class TestFeed:
    def test_the_header(self) -> None:
        text = joined(name="Ada, Moss; x", color="#4682B4", description="From 1 to 2")
        assert bodies.unfolded(text) == [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//calgate//calgate//EN", "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH", "NAME:Ada\\, Moss\\; x", "X-WR-CALNAME:Ada\\, Moss\\; x",
            "X-WR-TIMEZONE:Europe/London", "REFRESH-INTERVAL;VALUE=DURATION:PT60M", "X-PUBLISHED-TTL:PT60M",
            "DESCRIPTION:From 1 to 2", "X-WR-CALDESC:From 1 to 2", "X-APPLE-CALENDAR-COLOR:#4682B4",
            "END:VCALENDAR",
        ]  # fmt: skip
        assert "\r\nCOLOR:teal\r\n" in joined(color="teal")

    def test_each_zone_is_defined_once_and_before_the_events(self) -> None:
        text = joined(document(), document(), document("Europe/London"))
        assert bodies.values(text, "TZID") == ["America/New_York", "Europe/London"]
        assert text.index("END:VTIMEZONE\r\nBEGIN:VEVENT") < text.index("DTSTART;TZID")

    def test_lines_are_folded_and_end_in_crlf(self) -> None:
        text = joined(document(summary="é" * 200), name="ü" * 100)
        lines = text.encode().split(b"\r\n")
        assert max(map(len, lines)) <= 75
        assert not any(b"\n" in line or b"\r" in line for line in lines)
        assert text.endswith("END:VCALENDAR\r\n")

    def test_another_program_reads_it(self) -> None:
        calendar = icalendar.Calendar.from_ical(
            joined(document(summary="Übung, früh"), document("Asia/Tokyo"))
        )
        assert [str(each["SUMMARY"]) for each in calendar.walk("VEVENT")] == ["Übung, früh", "Visit"]
        assert {str(each["TZID"]) for each in calendar.walk("VTIMEZONE")} == {
            "America/New_York",
            "Asia/Tokyo",
        }
        assert str(calendar["METHOD"]) == "PUBLISH"
