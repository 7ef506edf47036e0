"""What is written is read again; what is found agrees with another implementation; nothing else than
BadCalendar ever comes out of a body."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from calgate.domain.event import Document, Event
from calgate.domain.when import When, instant, key, plus
from calgate.ical.errors import BadCalendar
from calgate.ical.inspect import document_entries, entries, inspect
from calgate.ical.personal import dumps, loads, merge
from calgate.ical.read import read
from calgate.ical.text import fold
from calgate.ical.write import write

ZONES = [
    ZoneInfo(each)
    for each in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")
]
STAMP = datetime(2026, 1, 1, tzinfo=UTC)
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 7, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

characters = st.characters(
    exclude_categories=("Cs", "Cc"), include_characters="\n\t", exclude_characters="\ufffe\uffff"
)
texts = st.text(characters, max_size=200) | st.sampled_from(
    ["", "a,b;c\\n\\N:", "C:\\New", "Ü" * 90, " x ", "\\" * 90]
)
words = st.text(characters, min_size=1, max_size=30).map(str.strip).filter(bool)
relations = st.sampled_from(["FIRST", "NEXT", "SIBLING"])
uris = st.sampled_from(
    ["", "https://example.org/a,b;c?d=e:f", "tel:+1,2", "https://example.org/" + "x" * 200]
)
walls = st.builds(
    lambda day, minute: datetime(2026, 1, 1) + timedelta(days=day, minutes=minute),  # noqa: DTZ001
    st.integers(0, 400),
    st.integers(0, 1439),
)
lengths = st.sampled_from([0, 1, 15, 50, 60, 90, 1440, 3000]).map(lambda minutes: timedelta(minutes=minutes))
rules = st.sampled_from(
    ["FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO,FR;COUNT=9", "FREQ=MONTHLY;BYDAY=-1TU", "FREQ=DAILY;COUNT=30"]
)


@st.composite
def spans(draw: st.DrawFn, zone: ZoneInfo, days: bool) -> tuple[When, When]:
    wall = draw(walls)
    if days:
        return wall.date(), wall.date() + timedelta(days=draw(st.integers(1, 5)))
    start = wall.replace(tzinfo=zone)
    return start, plus(start, draw(lengths))


@st.composite
def events(draw: st.DrawFn, zone: ZoneInfo, days: bool, on: When | None = None) -> Event:
    start, end = draw(spans(zone, days))
    others = st.lists(spans(zone, days).map(lambda span: span[0]), max_size=3, unique_by=key)
    recurs = on is None and draw(st.booleans())
    return Event(
        start=start, end=end, recurrence_id=on, rrule=draw(rules) if recurs else None,
        rdates=tuple(draw(others)) if recurs else (), exdates=tuple(draw(others)) if recurs else (),
        summary=draw(texts), description=draw(texts), location=draw(texts), comment=draw(texts),
        url=draw(uris), conference=draw(uris), color=draw(words | st.just("")),
        status=draw(st.sampled_from(["CONFIRMED", "TENTATIVE", "CANCELLED"])),
        transparent=draw(st.booleans()), private=draw(st.booleans()),
        categories=tuple(draw(st.lists(words, max_size=3))),
        related=tuple(draw(st.lists(st.tuples(relations, words), max_size=2))),
        marks=draw(st.dictionaries(st.sampled_from(["ID", "KIND", "STATUS", "YEAR-GROUPS"]), texts)),
    )  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> Document:
    zone, days = draw(st.sampled_from(ZONES)), draw(st.booleans())
    ons = draw(st.lists(spans(zone, days).map(lambda span: span[0]), max_size=3, unique_by=key))
    overrides = tuple(draw(events(zone, days, on)) for on in ons)
    master = draw(events(zone, days)) if not ons or draw(st.booleans()) else None
    return Document(uid=draw(words), master=master, overrides=overrides, sequence=draw(st.integers(0, 10**6)))


@given(documents(), st.sampled_from(ZONES))
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read(document: Document, zone: ZoneInfo) -> None:
    text = write(document, {}, STAMP)
    parsed = read(text.encode(), zone)
    assert parsed.document == document
    assert write(parsed.document, {}, STAMP) == text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert text.count("\r\n") == text.count("\n") == text.count("\r")


@given(documents(), st.sampled_from(ZONES))
@settings(max_examples=60, deadline=None)
def test_an_object_and_its_document_take_place_at_the_same_times(document: Document, zone: ZoneInfo) -> None:
    text = write(document, {}, STAMP)
    assert entries(text, zone, SINCE, UNTIL) == sorted(
        document_entries(document, zone, SINCE, UNTIL), key=lambda row: (row.start, row.on)
    )


@given(
    documents(),
    st.dictionaries(
        st.just(""),
        st.lists(
            st.sampled_from(["X-A:1", 'X-B;P="a:b":c,d', "COLOR:navy", "PRIORITY:1", "CATEGORIES:Mine"]),
            max_size=4,
            unique=True,
        ).map(tuple),
    ),
)
@settings(max_examples=60, deadline=None)
def test_personal_lines_survive_the_circle(document: Document, personal: dict[str, tuple[str, ...]]) -> None:
    once = merge({}, read(write(document, personal, STAMP).encode(), ZONES[0]).personal, document)
    again = merge(once, read(write(document, once, STAMP).encode(), ZONES[0]).personal, document)
    assert again == once == loads(dumps(once))
    if document.master:
        for line in personal.get("", ()):
            assert line in once[""] or line.split(":")[1] in (
                *document.master.categories,
                document.master.color,
            )


@st.composite
def series(draw: st.DrawFn) -> Document:
    """Series whose hours lie outside of clock changes: the other implementation differs there."""
    zone = draw(st.sampled_from(ZONES))
    days = draw(st.booleans())
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 4))}"]
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 40))}")
    if freq == "WEEKLY" and draw(st.booleans()):
        parts.append(
            f"BYDAY={','.join(draw(st.sets(st.sampled_from(['MO', 'TU', 'SA', 'SU']), min_size=1)))}"
        )
    if freq == "MONTHLY" and draw(st.booleans()):
        parts.append(f"BYDAY={draw(st.sampled_from(['1TU', '-1FR', '2SU']))}")
    wall = datetime(2026, 1, 1, draw(st.integers(9, 20))) + timedelta(days=draw(st.integers(0, 60)))  # noqa: DTZ001
    start: When = wall.date() if days else wall.replace(tzinfo=zone)
    length = timedelta(days=1) if days else draw(st.sampled_from([HOUR, 3 * HOUR]))
    master = Event(start=start, end=start + length, rrule=";".join(parts))
    rows = document_entries(Document(uid="a", master=master), zone, SINCE, UNTIL)
    chosen = draw(st.lists(st.sampled_from(rows), max_size=3, unique=True)) if rows else []
    ons = [_on(row.on, zone) for row in chosen if row.on != key(start)]
    overrides = [
        Event(start=on + timedelta(days=draw(st.integers(-40, 40))), end=on, recurrence_id=on)
        for on in ons[:2]
    ]
    placed = [
        Event(start=each.start, end=each.start + length, recurrence_id=each.recurrence_id)
        for each in overrides
    ]
    exdates = tuple(ons[2:])
    return Document(
        uid="a",
        overrides=tuple(placed),
        master=Event(start=master.start, end=master.end, rrule=master.rrule, exdates=exdates),
    )


def _on(text: str, zone: ZoneInfo) -> When:
    if len(text) == 8:
        return date.fromisoformat(text)
    return datetime.fromisoformat(text).astimezone(zone)


@given(series(), st.integers(0, 300))
@settings(max_examples=60, deadline=None)
def test_entries_agree_with_recurring_ical_events(document: Document, day: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    since = datetime(2026, 1, 1, tzinfo=zone) + timedelta(days=day)
    until = since + timedelta(days=100)
    text = write(document, {}, STAMP)
    found = recurring_ical_events.of(Calendar.from_ical(text)).between(since, until)
    expected = sorted((instant(each["DTSTART"].dt, zone), instant(each["DTEND"].dt, zone)) for each in found)
    rows = entries(inspect(text.encode(), zone), zone, since.astimezone(UTC), until.astimezone(UTC))
    assert sorted((row.start, row.end) for row in rows) == expected


@given(st.text(characters | st.sampled_from('\\;:,"é😀'), max_size=400))
@settings(max_examples=100, deadline=None)
def test_folding_is_undone_by_unfolding(text: str) -> None:
    line = "X-A:" + text.replace("\n", "")
    folded = fold(line)
    assert folded.endswith("\r\n")
    assert folded.replace("\r\n ", "").removesuffix("\r\n") == line


LINES = st.sampled_from([
    "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM", "UID:a",
    "UID:b", "DTSTART:20260302T090000", "DTSTART;TZID=X:20260302T090000", "DTSTART;VALUE=DATE:20260302",
    "DTEND:20260302", "DTEND:20260302T100000Z", "DURATION:PT1H", "DURATION:-P1D", "RRULE:FREQ=DAILY",
    "RRULE:FREQ=", "RRULE:", "RDATE:20260305", "RDATE;VALUE=PERIOD:20260305T100000/PT1H", "RDATE:/",
    "EXDATE:20260302", "EXDATE:", "RECURRENCE-ID:20260303T090000",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20260303", "BEGIN:VTIMEZONE", "TZID:X", "END:VTIMEZONE",
    "BEGIN:STANDARD", "END:STANDARD", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0100", "SEQUENCE:x", "STATUS:",
    "CATEGORIES:", "COLOR:", "DTSTART", "X;=:", ";:", ":", "X-A;B=\":", "BEGIN:", "END:", " ", "\t",
    "BEGIN:VTODO", "END:VTODO", "DUE:20260302", "COMPLETED:20260302T090000Z", "RELATED-TO;RELTYPE=:",
    "URL:\\",
])  # fmt: skip


@given(
    st.binary(max_size=300)
    | st.lists(LINES, max_size=25).map(lambda lines: "\r\n".join(lines).encode())
    | st.lists(LINES, max_size=12).map(
        lambda lines: "\r\n".join(
            ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:a", *lines, "END:VEVENT", "END:VCALENDAR"]
        ).encode()
    )
)
@settings(max_examples=400, deadline=None)
def test_any_body_is_taken_or_refused_in_one_sentence(body: bytes) -> None:
    for take in (
        lambda: read(body, ZONES[0]),
        lambda: entries(inspect(body, ZONES[0]), ZONES[0], SINCE, UNTIL),
    ):
        try:
            take()
        except BadCalendar as error:
            assert error.sentence.endswith(".")
