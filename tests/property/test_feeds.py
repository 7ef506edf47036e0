"""Any sessions make a feed that is well-formed and says what they say."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from calgate.domain.event import Document
from calgate.ical.feed import components, feed
from calgate.ical.write import write
from tests.property.test_ical import STAMP, documents, texts, words
from tests.support.feeds import check_text, logical_lines


@given(st.lists(documents(), max_size=5, unique_by=lambda each: each.uid), words, texts)
@settings(max_examples=80, deadline=None)
def test_a_feed_is_well_formed_and_complete(found: list[Document], name: str, description: str) -> None:
    parts = [components(write(each, {}, STAMP)) for each in found]
    text = feed(
        [each for each, _ in parts],
        [zone for _, zones in parts for zone in zones],
        name=name,
        zone="Europe/Berlin",
        refresh=timedelta(minutes=90),
        description=description,
    )
    check_text(text)
    lines = logical_lines(text)
    assert lines.count("BEGIN:VEVENT") == sum(len(each.events) for each in found)
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT90M" in lines and "X-PUBLISHED-TTL:PT90M" in lines
    read = Calendar.from_ical(text)
    assert [error for each in read.walk() for error in each.errors] == []
    said = sorted((str(each["UID"]), int(each["SEQUENCE"])) for each in read.walk("VEVENT"))
    assert said == sorted((each.uid, each.sequence) for each in found for _ in each.events)
