"""A calendar-query with a range finds what a brute-force expansion by another library finds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.reports import World, block, calendar, expanded, open_world, query, span

ZONES = ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "UTC")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")

rules = st.one_of(
    st.none(),
    st.builds(
        "RRULE:FREQ={};INTERVAL={};COUNT={}".format,
        st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]), st.integers(1, 3), st.integers(1, 12),
    ),
    st.builds("RRULE:FREQ=WEEKLY;BYDAY={}".format, st.sampled_from(["MO", "TU,TH", "MO,TU,WE,TH,FR"])),
    st.just("RRULE:FREQ=MONTHLY;BYDAY=-1FR"),
)  # fmt: skip


@st.composite
def objects(draw: st.DrawFn) -> str:
    """An event, all-day or timed in a zone, perhaps recurring, with an EXDATE and a moved occurrence."""
    start = FIRST + timedelta(minutes=15 * draw(st.integers(0, 4 * 24 * 120)))
    minutes = draw(st.sampled_from([15, 60, 24 * 60, 40 * 60]))
    rule = draw(rules)
    if draw(st.booleans()):
        name, write = ";VALUE=DATE:", "%Y%m%d"
        minutes = max(minutes // 1440, 1) * 1440
    else:
        zone = draw(st.sampled_from(ZONES))
        name, write = (":", "%Y%m%dT%H%M%SZ") if zone == "UTC" else (f";TZID={zone}:", "%Y%m%dT%H%M%S")
    lines = [f"DTSTART{name}{start:{write}}", f"DTEND{name}{start + timedelta(minutes=minutes):{write}}"]
    blocks: tuple[str, ...] = ()
    if rule and "FREQ=DAILY" in rule:
        step = timedelta(days=int(rule.split("INTERVAL=")[1][0]))
        lines += [rule, f"EXDATE{name}{start + 2 * step:{write}}"]
        if "COUNT=1;" not in rule + ";":
            moved = start + step + timedelta(hours=draw(st.sampled_from([-48, 24, 240])))
            end = moved + timedelta(minutes=minutes)
            blocks = block(
                f"RECURRENCE-ID{name}{start + step:{write}}",
                f"DTSTART{name}{moved:{write}}",
                f"DTEND{name}{end:{write}}",
            )
    elif rule:
        lines.append(rule)
    return calendar(*block(*lines), *blocks)


windows = st.builds(
    lambda hours, length: (FIRST + timedelta(hours=hours), FIRST + timedelta(hours=hours + length)),
    st.integers(0, 24 * 150),
    st.sampled_from([1, 5, 24, 24 * 31]),
)


def brute_force(text: str, since: datetime, until: datetime) -> list[datetime]:
    """UTC starts of the occurrences that overlap the window."""
    parsed = icalendar.Calendar.from_ical(text)
    around = (since - timedelta(days=5), until + timedelta(days=5))
    found = []
    for one in recurring_ical_events.of(parsed).between(*around):
        start, end = instant(one["DTSTART"].dt), instant(one["DTEND"].dt)
        if start < until and end > since:
            found.append(start)
    return sorted(found)


def instant(value: date) -> datetime:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime(value.year, value.month, value.day, tzinfo=NEW_YORK).astimezone(UTC)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with open_world() as world:
        world.calendar(zone="America/New_York")
        yield world


@settings(max_examples=150, deadline=None)
@given(objects(), windows)
def test_query_and_expansion_equal_brute_force(
    world: World, text: str, window: tuple[datetime, datetime]
) -> None:
    since, until = window
    ends = [f"{each:%Y%m%dT%H%M%SZ}" for each in (since, until)]
    wanted = brute_force(text, since, until)
    world.put(text)

    reply = world.report(query(span(*ends), prop=expanded(*ends)))

    assert reply.hrefs == (["one.ics"] if wanted else [])
    if wanted:
        found = icalendar.Calendar.from_ical(reply.data()).events
        assert sorted(instant(one.start) for one in found) == wanted
