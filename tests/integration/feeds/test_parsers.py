"""Three parsers that know nothing of calgate read its feeds, and read the same."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import vobject
from icalendar import Calendar

from tests.integration.feeds.conftest import Served
from tests.support.feeds import check_text
from tests.support.ical_js import read_by_ical_js

FEEDS = {
    "a practitioner": ("riverside", {"audience": "person", "target": "ada", "color": "#4682B4"}),
    "initials": ("riverside", {"audience": "person", "target": "ada", "detail": "initials"}),
    "busy only": ("riverside", {"audience": "person", "target": "ada", "detail": "busy"}),
    "a client": ("riverside", {"audience": "client", "target": "c-101", "name": "Grüße, Noah; \\n"}),
    "a place": ("riverside", {"audience": "location", "target": "main"}),
    "an organization": ("riverside", {"audience": "organization", "target": "riverside"}),
    "kept": ("willow", {"audience": "person", "target": "mara", "cancelled": "keep"}),
    "left out": ("willow", {"audience": "person", "target": "mara", "cancelled": "omit"}),
    "whole days": ("northdown", {"audience": "person", "target": "nina", "future_days": 700}),
    "nothing": ("riverside", {"audience": "client", "target": "c-104", "past_days": 0, "future_days": 0}),
}
Start = tuple[str, datetime, str]


def wall(value: Any) -> datetime:
    """The wall clock of a date or a time."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    assert isinstance(value, date)
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001


@pytest.mark.parametrize("name", FEEDS)
def test_icalendar_and_vobject_read_the_same(served: Served, name: str) -> None:
    text = feed(served, name)
    read = Calendar.from_ical(text)
    assert [error for each in read.walk() for error in each.errors] == []
    assert read["METHOD"] == "PUBLISH" and read["NAME"] == read["X-WR-CALNAME"]
    by_icalendar = sorted(
        (str(each["UID"]), wall(each["DTSTART"].dt), str(each["SUMMARY"])) for each in read.walk("VEVENT")
    )
    other = vobject.readOne(text, validate=True)
    by_vobject = sorted(
        (each.uid.value, wall(each.dtstart.value), each.summary.value)
        for each in other.contents.get("vevent", [])
    )
    assert by_icalendar == by_vobject
    assert bool(by_icalendar) is (name != "nothing")


@pytest.mark.parametrize("name", FEEDS)
def test_ical_js_reads_the_same(served: Served, name: str) -> None:
    text = feed(served, name)
    zones, found = read_by_ical_js(text)
    read = Calendar.from_ical(text)
    assert zones == {str(each["TZID"]) for each in read.walk("VTIMEZONE")}
    wanted = [
        (str(each["UID"]), wall(each["DTSTART"].dt), str(each["SUMMARY"])) for each in read.walk("VEVENT")
    ]
    assert sorted((uid, start, title) for uid, start, _, title in found) == sorted(wanted)
    assert {zone for _, _, zone, _ in found} <= {*zones, "floating", "UTC", None}


def feed(served: Served, name: str) -> str:
    org, wish = FEEDS[name]
    answer = served.get(served.link(org, **wish))
    assert answer.status == 200
    check_text(answer.text)
    return answer.text
