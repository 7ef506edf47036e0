"""When plain objects are found: the tables of RFC 4791 section 9.9, zones, series, and what stays as sent."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calgate.domain.event import Document, Event
from calgate.ical.errors import BadCalendar
from calgate.ical.inspect import MAX, MIN, Entry, document_entries, entries, inspect

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def body(*components: str) -> bytes:
    text = "".join(
        f"BEGIN:{kind}\nUID:a\n{rest}\nEND:{kind}\n"
        for kind, _, rest in (each.partition("\n") for each in components)
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{text}END:VCALENDAR\n".encode()


def rows(
    *components: str, zone: ZoneInfo = BERLIN, since: datetime = SINCE, until: datetime = UNTIL
) -> list[Entry]:
    return entries(inspect(body(*components), zone), zone, since, until)


def found(component: str, since: datetime, until: datetime) -> bool:
    """Whether the index answers a time-range with this object."""
    return any(
        row.start < until and (row.end > since or row.start == row.end == since)
        for row in rows(component, since=MIN, until=MAX)
    )


D, C = "20260302T090000Z", "20260301T090000Z"
AT, EARLIER = utc(2026, 3, 2, 9), utc(2026, 3, 1, 9)
TODO: dict[str, tuple[str, datetime, datetime]] = {
    "start and duration": (f"DTSTART:{D}\nDURATION:PT1H", AT, AT + HOUR + SECOND),
    "start and due": (f"DTSTART:{D}\nDUE:20260302T100000Z", AT, AT + HOUR),
    "start": (f"DTSTART:{D}", AT, AT + SECOND),
    "due": (f"DUE:{D}", AT - SECOND, AT),
    "completed and created": (f"COMPLETED:{D}\nCREATED:{C}", EARLIER - SECOND, AT + SECOND),
    "completed": (f"COMPLETED:{D}", AT - SECOND, AT + SECOND),
    "created": (f"CREATED:{C}", EARLIER, MAX),
    "nothing": ("SUMMARY:x", MIN, MAX),
    "due before completed": (f"DUE:{D}\nCOMPLETED:{C}", AT - SECOND, AT),
    "unreadable completed": ("COMPLETED:yesterday", MIN, MAX),
}


@pytest.mark.parametrize("name", TODO)
def test_tasks(name: str) -> None:
    lines, start, end = TODO[name]
    assert rows(f"VTODO\n{lines}", since=MIN, until=MAX) == [Entry(start, end, 0, "", "")]


@pytest.mark.parametrize(
    ("lines", "since", "until", "expected"),
    [
        (f"DTSTART:{D}", AT, AT + HOUR, True),
        (f"DTSTART:{D}", AT - HOUR, AT, False),
        (f"DUE:{D}", AT, AT + HOUR, False),
        (f"DUE:{D}", AT - HOUR, AT, True),
        (f"DTSTART:{D}\nDURATION:PT1H", AT + HOUR, AT + 2 * HOUR, True),
        (f"DTSTART:{D}\nDURATION:PT1H", AT + HOUR + SECOND, AT + 2 * HOUR, False),
        (f"DTSTART:{D}\nDUE:{D}", AT, AT + HOUR, True),
        (f"DTSTART:{D}\nDUE:{C}", AT - 2 * HOUR, AT - HOUR, True),
        (f"COMPLETED:{D}", AT, AT + HOUR, True),
        (f"COMPLETED:{D}", AT - HOUR, AT, True),
        (f"COMPLETED:{D}", AT + SECOND, AT + HOUR, False),
        (f"CREATED:{D}", AT - HOUR, AT, False),
        (f"CREATED:{D}", AT + 900 * DAY, AT + 901 * DAY, True),
    ],
)
def test_tasks_at_the_edges(lines: str, since: datetime, until: datetime, expected: bool) -> None:
    assert found(f"VTODO\n{lines}", since, until) is expected


def test_recurring_tasks() -> None:
    with_start = rows("VTODO\nDTSTART:20260302T090000Z\nDUE:20260302T100000Z\nRRULE:FREQ=DAILY;COUNT=2")
    assert [(row.start, row.end, row.on) for row in with_start] == [
        (AT, AT + HOUR, "20260302T090000Z"),
        (AT + DAY, AT + DAY + HOUR, "20260303T090000Z"),
    ]
    due_only = rows("VTODO\nDUE:20260302T090000Z\nRRULE:FREQ=DAILY;COUNT=2")
    assert [(row.start, row.end) for row in due_only] == [(AT - SECOND, AT), (AT + DAY - SECOND, AT + DAY)]
    assert rows("VTODO\nRRULE:FREQ=DAILY\nSUMMARY:x") == [Entry(MIN, MAX, 0, "", "")]


def test_journals() -> None:
    assert rows("VJOURNAL\nDTSTART:20260302T090000Z") == [Entry(AT, AT + SECOND, 0, "", "")]
    assert rows("VJOURNAL\nDTSTART;VALUE=DATE:20260302") == [
        Entry(utc(2026, 3, 1, 23), utc(2026, 3, 2, 23), 0, "", "")
    ]
    assert rows("VJOURNAL\nSUMMARY:undated", since=MIN, until=MAX) == []


def test_days_and_floating_times_are_in_the_calendars_zone() -> None:
    day, floating = "VEVENT\nDTSTART;VALUE=DATE:20260302", "VEVENT\nDTSTART:20260302T090000\nDURATION:PT1H"
    assert rows(day) == [Entry(utc(2026, 3, 1, 23), utc(2026, 3, 2, 23), 0, "", "B")]
    assert rows(day, zone=NEW_YORK) == [Entry(utc(2026, 3, 2, 5), utc(2026, 3, 3, 5), 0, "", "B")]
    assert rows(floating)[0].start == utc(2026, 3, 2, 8)
    assert rows(floating, zone=NEW_YORK)[0].start == utc(2026, 3, 2, 14)


def test_busy() -> None:
    event = "VEVENT\nDTSTART:20260302T090000Z\nDURATION:PT1H\n"
    assert [
        rows(event + more)[0].busy
        for more in (
            "STATUS:CONFIRMED",
            "STATUS:TENTATIVE",
            "STATUS:CANCELLED",
            "TRANSP:TRANSPARENT",
            "TRANSP:OPAQUE",
        )
    ] == ["B", "T", "", "", "B"]
    assert rows("VEVENT\nDTSTART:20260302T090000Z")[0] == Entry(AT, AT, 0, "", "")


def test_wall_clock_days_in_durations() -> None:
    row = rows("VEVENT\nDTSTART;TZID=Europe/Berlin:20260328T120000\nDURATION:P1DT1H")[0]
    assert row.end - row.start == 24 * HOUR


def test_series_with_overrides_moved_in_and_out() -> None:
    master = "VEVENT\nDTSTART;TZID=Europe/Berlin:20260302T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"
    moved = (
        "VEVENT\nRECURRENCE-ID;TZID=Europe/Berlin:20260309T090000\nDTSTART;TZID=Europe/Berlin:20260501T110000"
    )
    cancelled = (
        "VEVENT\nRECURRENCE-ID:20260316T080000Z\nDTSTART:20260316T080000Z\nDURATION:PT1H\nSTATUS:CANCELLED"
    )
    march = rows(master, moved, cancelled, since=utc(2026, 3, 1), until=utc(2026, 3, 24))
    assert [(row.on, row.part, row.busy) for row in march] == [
        ("20260302T080000Z", 0, "B"),
        ("20260316T080000Z", 2, ""),
        ("20260323T080000Z", 0, "B"),
    ]
    (may,) = rows(master, moved, since=utc(2026, 5, 1), until=utc(2026, 5, 2))
    assert (may.start, may.part, may.on) == (utc(2026, 5, 1, 9), 1, "20260309T080000Z")
    assert inspect(body(master), BERLIN).endless


def test_overrides_without_a_master() -> None:
    first = "VEVENT\nRECURRENCE-ID:20260309T080000Z\nDTSTART:20260310T080000Z\nDURATION:PT1H"
    second = "VEVENT\nRECURRENCE-ID:20260302T080000Z\nDTSTART:20260302T080000Z\nDURATION:PT1H"
    assert [(row.on, row.part, row.start.day) for row in rows(first, second)] == [
        ("20260302T080000Z", 2, 2),
        ("20260309T080000Z", 1, 10),
    ]
    assert not inspect(body(first, second), BERLIN).endless


def test_dates_and_periods_without_a_rule() -> None:
    start = "VEVENT\nDTSTART:20260302T090000Z\nDURATION:PT1H\n"
    found = rows(
        start + "RDATE:20260304T090000Z\nRDATE;VALUE=PERIOD:20260305T100000Z/PT3H,"
        "20260306T100000Z/20260306T103000Z\nEXDATE:20260304T090000Z"
    )
    assert [(row.start, row.end - row.start) for row in found] == [
        (AT, HOUR),
        (utc(2026, 3, 5, 10), 3 * HOUR),
        (utc(2026, 3, 6, 10), HOUR / 2),
    ]


def test_a_long_period_reaches_into_a_later_window() -> None:
    event = "VEVENT\nDTSTART:20260302T090000Z\nDURATION:PT1H\nRDATE;VALUE=PERIOD:20260305T100000Z/P9D"
    assert len(rows(event, since=utc(2026, 3, 13), until=utc(2026, 3, 14))) == 1


def test_this_and_future_moves_the_later_ones() -> None:
    master = "VEVENT\nDTSTART;TZID=Europe/Berlin:20260302T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=6"
    later = (
        "VEVENT\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260316T090000\n"
        "DTSTART;TZID=Europe/Berlin:20260317T140000\nDURATION:PT2H"
    )
    own = (
        "VEVENT\nRECURRENCE-ID;TZID=Europe/Berlin:20260330T090000\nDTSTART;TZID=Europe/Berlin:20260330T070000"
    )
    found = rows(master, later, own)
    assert [
        (row.start.astimezone(BERLIN).strftime("%d.%m. %H:%M"), row.end - row.start, row.part)
        for row in found
    ] == [
        ("02.03. 09:00", HOUR, 0),
        ("09.03. 09:00", HOUR, 0),
        ("17.03. 14:00", 2 * HOUR, 1),
        ("24.03. 14:00", 2 * HOUR, 1),
        ("30.03. 07:00", 0 * HOUR, 2),
        ("07.04. 14:00", 2 * HOUR, 1),
    ]
    assert [row.part for row in rows(master, later, since=utc(2026, 3, 24), until=utc(2026, 3, 25))] == [1]
    assert rows(master, later, since=utc(2026, 3, 23), until=utc(2026, 3, 24)) == []


def test_of_two_changes_from_here_on_the_later_one_holds() -> None:
    master = "VEVENT\nDTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=5"
    changes = [
        f"VEVENT\nRECURRENCE-ID;RANGE=THISANDFUTURE:202603{day}T090000Z\nDTSTART:202603{day}T{hour}0000Z"
        for day, hour in (("09", 11), ("23", 13))
    ]
    assert [(row.start.hour, row.part) for row in rows(master, *changes)] == [
        (9, 0),
        (11, 1),
        (11, 1),
        (13, 2),
        (13, 2),
    ]


def test_endless_until_the_horizon() -> None:
    event = "VEVENT\nDTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;{}"
    horizon = utc(2028, 1, 1)
    for rule, plain, beyond in (
        ("INTERVAL=1", True, True),
        ("COUNT=10", False, False),
        ("COUNT=900", False, True),
        ("UNTIL=20270101", False, False),
        ("UNTIL=20300101", False, True),
    ):
        sent = body(event.format(rule))
        assert inspect(sent, BERLIN).endless is plain, rule
        assert inspect(sent, BERLIN, horizon=horizon).endless is beyond, rule
    assert len(rows(event.format("INTERVAL=1"), since=AT, until=AT + 731 * DAY)) == 731


def test_birthdays_of_long_ago() -> None:
    event = "VEVENT\nDTSTART;VALUE=DATE:{}\nRRULE:FREQ=YEARLY"
    assert [row.on for row in rows(event.format("16040302"))] == ["20260302", "20270302"]
    assert [row.on for row in rows(event.format("16040229"), until=utc(2029, 1, 1))] == ["20280229"]
    assert inspect(body(event.format("16041231")), BERLIN).endless
    assert [row.on for row in rows(event.format("16041231"))] == ["20261231", "20271231"]


def test_of_a_series_too_long_for_the_index_the_latest_years_are_kept() -> None:
    event = "VEVENT\nDTSTART:19200302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"
    found = rows(event, since=utc(1900, 1, 1))
    assert len(found) <= 20_000
    assert sum(row.start >= SINCE for row in found) == 730
    dense = rows(
        event.replace("1920", "2025") + ";BYHOUR=" + ",".join(map(str, range(24))), since=utc(1900, 1, 1)
    )
    assert sum(row.start >= SINCE for row in dense) == 730 * 24


def test_text_is_kept_byte_for_byte() -> None:
    text = (
        'BEGIN:VCALENDAR\nversion:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nX-GEO;X-T="a:b,c":geo:1,2\r\n'
        "dtstart:20260302T090000Z\nSUMMARY:fol\r\n ded\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    found = inspect(text.encode(), BERLIN)
    assert found.text == text
    assert entries(found.text, BERLIN, SINCE, UNTIL) == [Entry(AT, AT, 0, "", "")]


def test_kinds_that_the_collection_takes() -> None:
    with pytest.raises(BadCalendar) as caught:
        inspect(body("VTODO\nSUMMARY:x"), BERLIN, ("VEVENT",))
    assert caught.value.precondition.endswith("}supported-calendar-component")
    assert inspect(body("VTODO\nSUMMARY:x"), BERLIN, ("VEVENT", "VTODO")).component == "VTODO"


def test_rows_of_a_session() -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=NEW_YORK)
    on = start + 7 * DAY
    master = Event(start=start, end=start + HOUR, rrule="FREQ=WEEKLY;COUNT=3", status="TENTATIVE")
    override = Event(start=on + HOUR, end=on + 2 * HOUR, recurrence_id=on, status="CANCELLED")
    document = Document(uid="a", master=master, overrides=(override,))
    assert document_entries(document, BERLIN, SINCE, UNTIL) == [
        Entry(utc(2026, 3, 2, 14), utc(2026, 3, 2, 15), 0, "20260302T140000Z", "T"),
        Entry(utc(2026, 3, 9, 14), utc(2026, 3, 9, 15), 1, "20260309T130000Z", ""),
        Entry(utc(2026, 3, 16, 13), utc(2026, 3, 16, 14), 0, "20260316T130000Z", "T"),
    ]
    single = Document(uid="a", master=Event(start=date(2026, 3, 2), end=date(2026, 3, 3)))
    assert document_entries(single, BERLIN, SINCE, UNTIL) == [
        Entry(utc(2026, 3, 1, 23), utc(2026, 3, 2, 23), 0, "", "B")
    ]
    assert document_entries(single, BERLIN, utc(2027, 1, 1), UNTIL) == []


def test_an_hour_in_the_overlap_of_clocks_stays_an_hour() -> None:
    start, end = (datetime(2026, 10, 25, hour, 30, tzinfo=NEW_YORK) for hour in (1, 2))
    master = Event(start=start, end=end, rrule="FREQ=WEEKLY;COUNT=2")
    found = document_entries(Document(uid="a", master=master), NEW_YORK, SINCE, UNTIL)
    assert [(each.start, each.end) for each in found][1] == (utc(2026, 11, 1, 5, 30), utc(2026, 11, 1, 6, 30))
    assert found[1].busy


def test_an_hour_in_the_overlap_of_clocks_stays_an_hour_in_plain_objects() -> None:
    text = "VEVENT\nDTSTART;TZID=Europe/Berlin:20261018T023000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2"
    assert [each.end - each.start for each in rows(text)] == [HOUR, HOUR]
