"""Occurrences against two other implementations: dateutil and recurring-ical-events."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from icalendar import Calendar, vRecur
from icalendar import Event as VEvent

from calgate.domain.event import Document, Event
from calgate.domain.recurrence import (
    RuleError,
    canonical,
    endless,
    last_end,
    occurrences,
    slots,
    starts,
    truncated,
)
from calgate.domain.session import Kind, Override, Session
from calgate.domain.when import When, instant, key, plus

NEW_YORK, BERLIN, HOWE, UTC_ZONE = (
    ZoneInfo(name) for name in ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC")
)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Starts shortly before the clock changes, at hours that fall into gaps and overlaps.
moments = st.builds(
    lambda day, hour, minute: datetime(2026, 1, 1, hour, minute) + timedelta(days=day),  # noqa: DTZ001
    st.integers(0, 700),
    st.sampled_from([0, 1, 2, 3, 9, 23]),
    st.sampled_from([0, 15, 30, 59]),
)
zones = st.sampled_from([NEW_YORK, BERLIN, HOWE, UTC_ZONE])


@st.composite
def rules(draw: st.DrawFn) -> str:
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 5))}")
    ordinal = st.just("")
    if draw(st.booleans()):
        ordinal = st.just("")  # dateutil reads "MO,1MO" as both at once, RFC 5545 as either
    elif freq in ("MONTHLY", "YEARLY"):
        ordinal = st.sampled_from(["1", "2", "-1"])
    parts += draw(st.sampled_from([[], ["WKST=SU"], ["WKST=MO"], ["WKST=TH"]]))
    options: dict[str, st.SearchStrategy[Any]] = {
        "BYDAY": st.lists(st.tuples(ordinal, st.sampled_from(DAYS)).map("".join), min_size=1, max_size=3),
        "BYMONTH": st.lists(st.integers(1, 12), min_size=1, max_size=4),
    }
    if freq in ("MONTHLY", "YEARLY"):
        options["BYMONTHDAY"] = st.lists(st.sampled_from([1, 2, 13, 29, 31, -1, -30]), min_size=1, max_size=3)
    if freq == "YEARLY":
        options["BYYEARDAY"] = st.lists(st.sampled_from([1, 60, 200, 366, -1, -366]), min_size=1, max_size=2)
        options["BYWEEKNO"] = st.lists(st.sampled_from([1, 20, 52, 53, -1]), min_size=1, max_size=2)
    chosen = draw(st.sets(st.sampled_from(sorted(options)), max_size=2))
    if "BYWEEKNO" in chosen:
        # dateutil leaves out what a year's last week has in January, unless weeks begin on Monday.
        parts = [each for each in parts if not each.startswith("WKST=")]
    parts += [f"{name}={','.join(map(str, draw(options[name])))}" for name in sorted(chosen)]
    if freq == "MONTHLY" and chosen:
        parts += draw(st.sampled_from([[], ["BYSETPOS=1"], ["BYSETPOS=-1"], ["BYSETPOS=1,-2"]]))
    end = draw(st.sampled_from(["", "COUNT=7", "UNTIL=20270613T120000Z"]))
    return ";".join([*parts, end] if end else parts)


def unending(rule: str) -> str:
    """The rule without its COUNT or UNTIL, which stand last."""
    return rule.partition(";UNTIL=")[0].partition(";COUNT=")[0]


def by_dateutil(start: datetime, rule: str, rdates: list[datetime], horizon: datetime) -> list[str]:
    """What dateutil says on the wall clock, laid on the zone afterwards; UNTIL by instant."""
    text, _, until = rule.partition(";UNTIL=")
    last = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if until else horizon
    found = {start, *rdates} if not until or instant(start, UTC_ZONE) <= last else set(rdates)
    wall_end = (min(last, horizon) + timedelta(days=2)).replace(tzinfo=None)
    rule_set = rrulestr(text, dtstart=start.replace(tzinfo=None), forceset=True)
    walls = rule_set.between(start.replace(tzinfo=None), wall_end, inc=True)
    timed = {wall.replace(tzinfo=start.tzinfo) for wall in walls}
    found |= {each for each in timed if instant(each, UTC_ZONE) <= last}
    return sorted({key(each) for each in found if instant(each, UTC_ZONE) < horizon})


@settings(max_examples=300, deadline=None)
@given(rules(), moments, zones, st.lists(st.integers(1, 500), max_size=3), st.data())
def test_starts_are_those_of_dateutil(
    rule: str, wall: datetime, zone: ZoneInfo, extra: list[int], data: st.DataObject
) -> None:
    start = wall.replace(tzinfo=zone)
    horizon = datetime(2029, 1, 1, tzinfo=UTC)
    # A rule that names no day, or hardly any, keeps dateutil busy until the year 9999.
    assume(any(starts(start, unending(rule), since=horizon - timedelta(days=366), limit=1)))
    rdates = [start + timedelta(days=each, hours=1) for each in extra]
    expected = by_dateutil(start, rule, rdates, horizon)
    removed = data.draw(st.sets(st.sampled_from(expected))) if expected else set()
    exdates = tuple(datetime.strptime(each, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC_ZONE) for each in removed)
    found = [key(each) for each in starts(start, rule, tuple(rdates), exdates, until=horizon)]
    assert found == [each for each in expected if each not in removed]


@settings(max_examples=100, deadline=None)
@given(rules(), moments, zones, st.integers(0, 900), st.integers(0, 100))
def test_a_window_is_a_part_of_the_whole(
    rule: str, wall: datetime, zone: ZoneInfo, offset: int, length: int
) -> None:
    start = wall.replace(tzinfo=zone)
    since = datetime(2026, 1, 1, 5, tzinfo=UTC) + timedelta(days=offset)
    until = since + timedelta(days=length)
    whole = [instant(each, zone) for each in starts(start, rule, until=datetime(2030, 1, 1, tzinfo=UTC))]
    part = [instant(each, zone) for each in starts(start, rule, since=since, until=until)]
    assert part == [each for each in whole if since <= each < until]


@settings(max_examples=60, deadline=None)
@given(rules(), moments, zones, st.sampled_from([15, 60, 600, 1440, 3000]), st.data())
def test_slots_are_those_of_recurring_ical_events(
    rule: str, wall: datetime, zone: ZoneInfo, minutes: int, data: st.DataObject
) -> None:
    start = wall.replace(tzinfo=zone)
    assume(len(list(starts(start, unending(rule), limit=3))) == 3)
    master = Event(start=start, end=start + timedelta(minutes=minutes), rrule=rule)
    ons = list(islice(starts(start, rule, until=datetime(2028, 6, 1, tzinfo=UTC)), 12))
    moved = data.draw(st.sets(st.sampled_from(ons), max_size=2)) if ons else set()
    shift = timedelta(days=data.draw(st.integers(-3, 3)), minutes=45)
    overrides = tuple(
        Event(recurrence_id=on, start=plus(on, shift), end=plus(on, shift + timedelta(minutes=20)))
        for on in sorted(moved, key=key)
    )
    removed = tuple(on for on in ons[2:5] if on not in moved)
    document = Document(
        uid="a",
        master=Event(start=master.start, end=master.end, rrule=rule, exdates=removed),
        overrides=overrides,
    )
    since = datetime(2026, 3, 1, tzinfo=UTC)
    until = since + timedelta(days=data.draw(st.sampled_from([1, 30, 800])))
    expected = {
        key(each["DTSTART"].dt)
        for each in recurring_ical_events.of(as_calendar(document)).between(since, until)
    }
    found = slots(document, since, until, zone)
    assert {key(slot.start) for slot in found} == expected
    assert found == sorted(found, key=lambda slot: instant(slot.start, zone))


def as_calendar(document: Document) -> Calendar:
    calendar = Calendar()
    for each in document.events:
        event = VEvent()
        event.add("UID", document.uid)
        event.add("DTSTART", each.start)
        event.add("DTEND", each.end)
        if each.recurrence_id:
            event.add("RECURRENCE-ID", each.recurrence_id)
        for exdate in each.exdates:
            event.add("EXDATE", exdate)
        if each.rrule:
            event.add("RRULE", vRecur.from_ical(each.rrule))
        calendar.add_component(event)
    return calendar


def test_a_gap_moves_forward_and_an_overlap_takes_the_first() -> None:
    gap = datetime(2026, 3, 7, 2, 30, tzinfo=NEW_YORK)
    overlap = datetime(2026, 10, 31, 1, 30, tzinfo=NEW_YORK)
    assert [key(each) for each in starts(gap, "FREQ=DAILY;COUNT=3")] == [
        "20260307T073000Z",
        "20260308T073000Z",
        "20260309T063000Z",
    ]
    assert [key(each) for each in starts(overlap, "FREQ=DAILY;COUNT=3")] == [
        "20261031T053000Z",
        "20261101T053000Z",
        "20261102T063000Z",
    ]


def test_several_times_a_day_come_in_order_across_a_gap() -> None:
    start = datetime(2026, 3, 7, 2, 30, tzinfo=NEW_YORK)
    found = list(starts(start, "FREQ=DAILY;BYHOUR=2,3;BYMINUTE=10,30;COUNT=6"))
    assert [instant(each, NEW_YORK) for each in found] == sorted({instant(each, NEW_YORK) for each in found})


def test_all_day_series() -> None:
    first = date(2026, 3, 2)
    found = list(starts(first, "FREQ=WEEKLY;COUNT=3", exdates=(date(2026, 3, 9),)))
    assert found == [first, date(2026, 3, 16)]
    document = Document(uid="a", master=Event(start=first, end=date(2026, 3, 3), rrule="FREQ=WEEKLY"))
    since = datetime(2026, 3, 9, 5, tzinfo=UTC)
    there = slots(document, since, since + timedelta(days=1), NEW_YORK)
    days = [(slot.on, slot.start, slot.end, slot.part) for slot in there]
    assert days == [(date(2026, 3, 9), date(2026, 3, 9), date(2026, 3, 10), 0)]
    assert slots(document, since, since + timedelta(days=1), BERLIN)[0].on == date(2026, 3, 9)
    assert slots(document, datetime(2026, 3, 9, 23, tzinfo=UTC), since + timedelta(days=2), BERLIN) == []


def test_ends() -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=NEW_YORK)
    event = Event(start=start, end=start + timedelta(hours=1), rrule="FREQ=WEEKLY;COUNT=2")
    late = datetime(2026, 5, 1, 9, tzinfo=NEW_YORK)
    moved = Event(recurrence_id=start, start=late, end=late + timedelta(hours=1))
    assert last_end(Document(uid="a", master=event), NEW_YORK) == datetime(2026, 3, 9, 14, tzinfo=UTC)
    assert last_end(Document(uid="a", master=event, overrides=(moved,)), NEW_YORK) == datetime(
        2026, 5, 1, 14, tzinfo=UTC
    )
    forever = Document(uid="a", master=Event(start=start, end=start, rrule="FREQ=WEEKLY"))
    assert endless(forever)
    assert last_end(forever, NEW_YORK) is None
    assert not endless(Document(uid="a", master=event))


@pytest.mark.parametrize("at", [1, 3, 6])
@pytest.mark.parametrize("rule", ["FREQ=WEEKLY", "FREQ=WEEKLY;COUNT=9", "FREQ=WEEKLY;UNTIL=20260601"])
@pytest.mark.parametrize("start", [datetime(2026, 3, 2, 9, tzinfo=NEW_YORK), date(2026, 3, 2)])
def test_truncated_ends_just_before(start: When, rule: str, at: int) -> None:
    whole = list(starts(start, rule, limit=8))
    assert list(starts(start, truncated(rule, start, whole[at]))) == whole[:at]


def test_truncated_leaves_an_earlier_end() -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=NEW_YORK)
    rule = "FREQ=WEEKLY;UNTIL=20260320T000000Z"
    assert truncated(rule, start, datetime(2026, 5, 4, 9, tzinfo=NEW_YORK)) == rule


def test_occurrences_of_a_session() -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=NEW_YORK)
    moved = Override(
        on=start + timedelta(days=7),
        start=datetime(2026, 3, 25, 9, tzinfo=NEW_YORK),
        end=datetime(2026, 3, 25, 10, tzinfo=NEW_YORK),
    )
    series = Session(
        id="s",
        uid="u",
        kind=Kind.OTHER_EVENT,
        practitioner="p",
        start=start,
        end=start + timedelta(hours=1),
        rrule="FREQ=WEEKLY;COUNT=4",
        overrides=(moved,),
    )
    found = occurrences(series, datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 26, tzinfo=UTC), NEW_YORK)
    assert [each.start.isoformat()[:10] for each in found] == ["2026-03-16", "2026-03-23", "2026-03-25"]
    assert all(each.rrule is None and not each.overrides for each in found)
    single = Session(id="s", uid="u", kind=Kind.OTHER_EVENT, practitioner="p", start=start, end=start)
    assert occurrences(single, None, None, NEW_YORK) == [single]


@pytest.mark.parametrize("rule", [
    "FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=5", "FREQ=HOURLY", "", "WEEKLY", "FREQ=WEEKLY;INTERVAL=0",
    "FREQ=WEEKLY;COUNT=0", "FREQ=WEEKLY;COUNT=2;UNTIL=20260101", "FREQ=WEEKLY;BYDAY=XX",
    "FREQ=WEEKLY;UNTIL=soon", "FREQ=DAILY;RSCALE=HEBREW", "FREQ=DAILY;COUNT=99999999",
    "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;FREQ=DAILY",
    "FREQ=DAILY;BYMINUTE=" + ",".join(map(str, range(60))), "FREQ=DAILY;BYDAY=" + "MO," * 900,
    "FREQ=MONTHLY;BYDAY=٣MO;INTERVAL=²",
])  # fmt: skip
def test_hostile_rules_are_refused_in_a_sentence(rule: str) -> None:
    with pytest.raises(RuleError, match=r"\.$"):
        list(starts(datetime(2026, 3, 2, 9, tzinfo=NEW_YORK), rule, limit=5))


def test_a_rule_that_names_no_day_ends() -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=NEW_YORK)
    assert list(starts(start, "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")) == [start]


@pytest.mark.parametrize(("one", "other"), [
    ("FREQ=WEEKLY;INTERVAL=1;BYDAY=MO", "byday=mo;freq=weekly"),
    ("FREQ=WEEKLY;WKST=SU;BYDAY=TU,MO", "FREQ=WEEKLY;BYDAY=MO,TU"),
    ("FREQ=MONTHLY;BYMONTHDAY=15,1", "FREQ=MONTHLY;BYMONTHDAY=1,15;WKST=MO"),
])  # fmt: skip
def test_canonical_spelling(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


def test_the_last_week_of_a_year_goes_on_into_january() -> None:
    """RFC 5545 section 3.3.10: with weeks from Sunday on, week 52 of 2026 is 27 December to 2 January."""
    first = datetime(2026, 12, 27, tzinfo=NEW_YORK)
    found = starts(first, "FREQ=YEARLY;WKST=SU;BYWEEKNO=52", limit=8)
    days = [date(2026, 12, day) for day in range(27, 32)] + [date(2027, 1, 1), date(2027, 1, 2)]
    assert [each.date() for each in found if isinstance(each, datetime)] == [*days, date(2027, 12, 26)]
