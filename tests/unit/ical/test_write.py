"""The text that is served, and what a viewer's own lines become in it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from calgate.domain.event import Document, Event
from calgate.ical.inspect import document_entries, entries
from calgate.ical.lines import parse
from calgate.ical.personal import NOTHING, dumps, is_personal, loads, merge
from calgate.ical.read import read
from calgate.ical.text import escape
from calgate.ical.write import write

BERLIN, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
STAMP = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ALARM = ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M", "END:VALARM")


def one(**fields: Any) -> Event:
    start = datetime(2026, 3, 2, 9, tzinfo=BERLIN)
    return Event(**{"start": start, "end": start + timedelta(hours=1), **fields})


def lines(event: Event, personal: dict[str, tuple[str, ...]] | None = None, **fields: Any) -> list[str]:
    document = Document(uid="a@example.org", master=event, **fields)
    return write(document, personal or {}, STAMP).replace("\r\n ", "").split("\r\n")


def test_every_field() -> None:
    event = one(
        summary="Speech; A, B", description="Notice\n\nBack\\slash", location="Room 1, upstairs",
        url="https://example.org/a,b;c", conference="https://meet.example.org/x", comment="moved",
        status="TENTATIVE", private=True, categories=("client_session", "Speech, group"), color="gold",
        related=(("FIRST", "u1"), ("SIBLING", "u2")), marks={"ID": "s-1", "STATUS": "pending_validation"},
        rrule="FREQ=WEEKLY;BYDAY=MO", rdates=(datetime(2026, 3, 4, 9, tzinfo=BERLIN),),
        exdates=(datetime(2026, 3, 9, 8, tzinfo=ZoneInfo("UTC")), datetime(2026, 3, 16, 9, tzinfo=BERLIN)),
    )  # fmt: skip
    found = lines(event, sequence=7)
    start = found.index("BEGIN:VEVENT")
    assert found[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//calgate//calgate//EN"]
    assert found[start:] == [
        "BEGIN:VEVENT", "UID:a@example.org", "DTSTAMP:20260102T030405Z", "LAST-MODIFIED:20260102T030405Z",
        "SEQUENCE:7",
        "DTSTART;TZID=Europe/Berlin:20260302T090000", "DTEND;TZID=Europe/Berlin:20260302T100000",
        "RRULE:FREQ=WEEKLY;BYDAY=MO", "RDATE;TZID=Europe/Berlin:20260304T090000",
        "EXDATE;TZID=Europe/Berlin:20260309T090000,20260316T090000",
        "SUMMARY:Speech\\; A\\, B", "DESCRIPTION:Notice\\n\\nBack\\\\slash", "LOCATION:Room 1\\, upstairs",
        "COMMENT:moved", "URL:https://example.org/a,b;c",
        "CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.example.org/x", "STATUS:TENTATIVE", "TRANSP:OPAQUE",
        "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", "CLASS:PRIVATE", "RELATED-TO;RELTYPE=FIRST:u1",
        "RELATED-TO;RELTYPE=SIBLING:u2", "X-CALGATE-ID:s-1", "X-CALGATE-STATUS:pending_validation",
        "CATEGORIES:client_session,Speech\\, group", "COLOR:gold", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip


def test_busy_status_matches() -> None:
    assert "X-MICROSOFT-CDO-BUSYSTATUS:BUSY" in lines(one())
    assert {"TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"} <= set(lines(one(transparent=True)))
    assert "X-MICROSOFT-CDO-BUSYSTATUS:FREE" in lines(one(status="CANCELLED"))


def test_days_and_utc_have_no_zone() -> None:
    day = lines(one(start=date(2026, 3, 2), end=date(2026, 3, 3)))
    assert {"DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260303"} <= set(day)
    start = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("UTC"))
    utc = lines(one(start=start, end=start))
    assert "DTSTART:20260302T090000Z" in utc
    assert not any("VTIMEZONE" in line for line in day + utc)


OVERLAP = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    "start", [datetime(2026, 3, 2, 9, tzinfo=BERLIN), STAMP.replace(tzinfo=UTC_ZONE), OVERLAP]
)
def test_an_event_of_no_length_has_no_end(start: datetime) -> None:
    document = Document(uid="a", master=one(start=start, end=start))
    text = write(document, {}, STAMP)
    assert not any(line.startswith(("DTEND", "DURATION")) for line in text.split("\r\n"))
    assert read(text.encode(), BERLIN).document == document
    at = start.astimezone(UTC)
    window = at - timedelta(days=1), at + timedelta(days=1)
    rows = document_entries(document, BERLIN, *window)
    assert [(each.start, each.end, each.busy) for each in rows] == [(at, at, "")]
    assert entries(text, BERLIN, *window) == rows


def test_an_hour_between_two_equal_walls_is_a_length() -> None:
    document = Document(uid="a", master=one(start=OVERLAP, end=OVERLAP.replace(fold=1)))
    text = write(document, {}, STAMP)
    assert "DURATION:PT3600S\r\n" in text
    assert read(text.encode(), BERLIN).document == document


def test_lines_are_folded_at_75_octets_between_characters_and_escapes() -> None:
    event = one(summary="Ü😀,é" * 80, description="\\;" * 200, location="\\" * 500)
    text = write(Document(uid="a", master=event), {}, STAMP)
    for line in text.encode().split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
        assert (len(line) - len(line.rstrip(b"\\"))) % 2 == 0
    assert read(text.encode(), BERLIN).document.master == event


def test_backslash_before_a_capital_n_is_kept() -> None:
    text = write(Document(uid="a", master=one(summary="C:\\New\\notes")), {}, STAMP)
    assert read(text.encode(), BERLIN).document.master.summary == "C:\\New\\notes"  # type: ignore[union-attr]


def test_text_cannot_add_lines() -> None:
    nasty = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\rUID:b\nUID:c"
    event = one(
        summary=nasty,
        description=nasty,
        location=nasty,
        url=nasty,
        conference=nasty,
        comment=nasty,
        categories=(nasty,),
        color=nasty,
        related=(("FIRST", nasty),),
        marks={"ID": nasty},
    )
    text = write(Document(uid=nasty, master=event), {}, STAMP)
    assert text.count("\r") == text.count("\n") == text.count("\r\n")
    calendar = parse(text)
    assert [each.name for each in calendar.children] == ["VTIMEZONE", "VEVENT"]


def test_icalendar_reads_it() -> None:
    text = write(Document(uid="a", master=one(summary="S", rrule="FREQ=DAILY;COUNT=3")), {"": ALARM}, STAMP)
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("DTSTART").utcoffset() == timedelta(hours=1)
    assert len(event.walk("VALARM")) == 1
    assert event.errors == []


def test_personal_lines_come_back_in_their_component() -> None:
    on = datetime(2026, 3, 9, 9, tzinfo=BERLIN)
    document = Document(
        uid="a", master=one(rrule="FREQ=WEEKLY"), overrides=(one(start=on, end=on, recurrence_id=on),)
    )
    personal = {
        "": ("X-A:1", *ALARM),
        "20260309T080000Z": ('X-B;P="q:r":2,3',),
        "calendar": ("X-WR-CALNAME:N",),
    }
    text = write(document, personal, STAMP)
    parsed = read(text.encode(), BERLIN)
    assert parsed.personal == personal
    assert parsed.document == document


def test_an_override_without_lines_of_its_own_keeps_the_alarms_unless_cancelled() -> None:
    days = [datetime(2026, 3, day, 9, tzinfo=BERLIN) for day in (9, 16)]
    document = Document(
        uid="a",
        master=one(rrule="FREQ=WEEKLY"),
        overrides=(
            one(start=days[0], end=days[0], recurrence_id=days[0]),
            one(start=days[1], end=days[1], recurrence_id=days[1], status="CANCELLED"),
        ),
    )
    parsed = read(write(document, {"": ("X-A:1", *ALARM)}, STAMP).encode(), BERLIN)
    assert parsed.personal["20260309T080000Z"] == ("X-A:1", *ALARM)
    assert parsed.personal["20260316T080000Z"] == ("X-A:1",)


def test_own_colour_wins_and_categories_are_joined() -> None:
    found = lines(
        one(categories=("client_session",), color="gold"),
        {"": ("COLOR:navy", "CATEGORIES:Mine,Client_Session", "CATEGORIES:Yours\\, too")},
    )
    assert [line for line in found if line.startswith("COLOR")] == ["COLOR:navy"]
    assert "CATEGORIES:client_session,Mine,Yours\\, too" in found


def test_what_is_personal() -> None:
    for name in (
        "VALARM",
        "X-MOZ-LASTACK",
        "x-apple-travel-duration",
        "COLOR",
        "PRIORITY",
        "X-MICROSOFT-CDO-IMPORTANCE",
        "ATTENDEE",
        "CATEGORIES",
        "GEO",
    ):
        assert is_personal(name), name
    for name in (
        "UID",
        "SUMMARY",
        "summary",
        "X-CALGATE-ID",
        "DTSTAMP",
        "X-MICROSOFT-CDO-BUSYSTATUS",
        "RRULE",
    ):
        assert not is_personal(name), name


def test_merge_replaces_by_name_keeps_the_absent_and_replaces_alarms_as_a_set() -> None:
    old = {"": ("X-A:1", "X-B:1", *ALARM, *ALARM), "20260309T080000Z": ("X-C:1",)}
    assert merge(old, {"": ("X-A:2", "X-A:3", "X-D:1")}) == {
        "": ("X-B:1", "X-A:2", "X-A:3", "X-D:1"),
        "20260309T080000Z": ("X-C:1",),
    }
    assert merge(old, {"": ALARM})[""] == ("X-A:1", "X-B:1", *ALARM)
    assert merge(NOTHING, {"": ALARM}) == {"": ALARM}
    assert merge(old, {}) == old


def test_an_alarm_taken_off_one_occurrence_stays_off() -> None:
    on = datetime(2026, 3, 9, 9, tzinfo=BERLIN)
    document = Document(
        uid="a",
        master=one(rrule="FREQ=WEEKLY"),
        overrides=(one(start=on, end=on + timedelta(hours=1), recurrence_id=on),),
    )
    served = read(write(document, {"": ("X-A:1", *ALARM)}, STAMP).encode(), BERLIN)
    assert served.personal["20260309T080000Z"] == ("X-A:1", *ALARM)
    sent = {**served.personal, "20260309T080000Z": ()}
    kept = merge({"": ("X-A:1", *ALARM)}, sent, document)
    assert kept == {"": ("X-A:1", *ALARM), "20260309T080000Z": ("X-A:1",)}
    text = write(document, loads(dumps(merge({"": ALARM}, {"20260309T080000Z": ()}, document))), STAMP)
    assert text.count("BEGIN:VALARM") == 1


def test_merge_takes_out_what_is_ours() -> None:
    shown = Document(uid="a", master=one(categories=("client_session", "Speech"), color="gold"))
    sent = {"": ("CATEGORIES:client_session,Mine", "COLOR:Gold", "X-A:1")}
    assert merge(NOTHING, sent, shown) == {"": ("X-A:1", "CATEGORIES:Mine")}
    assert merge({"": ("CATEGORIES:Mine",)}, {"": ("CATEGORIES:Speech",)}, shown) == {}
    assert merge(NOTHING, {"": ("COLOR:navy",)}, shown) == {"": ("COLOR:navy",)}


def test_further_comments_are_kept_with_the_viewer() -> None:
    text = write(Document(uid="a", master=one(comment="first")), {"": ("COMMENT:second",)}, STAMP)
    parsed = read(text.encode(), BERLIN)
    assert parsed.document.master == one(comment="first")
    assert parsed.personal == {"": ("COMMENT:second",)}


def test_json() -> None:
    personal = {"": ("X-A:ü", *ALARM), "calendar": (), "20260309": ()}
    assert loads(dumps(personal)) == {"": ("X-A:ü", *ALARM), "20260309": ()}
    assert dict(loads(None)) == dict(loads("")) == {}


def test_characters_that_xml_cannot_carry_are_left_out() -> None:
    assert escape("a\x0bb\x00c\tä\ufffe") == "abc\tä"
