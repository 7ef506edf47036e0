"""Bodies as real programs write them, and what is read from each."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from calgate.domain.recurrence import starts
from calgate.domain.when import key
from calgate.ical.inspect import entries, inspect
from calgate.ical.read import Parsed, read

BODIES = Path(__file__).parents[2] / "bodies"
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def sent(name: str, zone: ZoneInfo = BERLIN) -> Parsed:
    return read((BODIES / f"{name}.ics").read_bytes(), zone)


def test_apple_macos() -> None:
    parsed = sent("apple-macos")
    master = parsed.document.master
    assert master is not None
    assert parsed.product == "-//Apple Inc.//macOS 14.5//EN"
    assert parsed.document.uid == "6F9619FF-8B86-D011-B42D-00C04FC964FF"
    assert parsed.document.sequence == 2
    assert (master.start, master.end) == (
        datetime(2026, 3, 2, 9, tzinfo=NEW_YORK),
        datetime(2026, 3, 2, 10, tzinfo=NEW_YORK),
    )
    assert master.summary == "Speech with A, B"
    assert master.rrule == "FREQ=WEEKLY;COUNT=10"
    assert [key(each) for each in master.exdates] == ["20260316T130000Z", "20260323T130000Z"]
    (moved,) = parsed.document.overrides
    assert moved.recurrence_id == datetime(2026, 3, 9, 9, tzinfo=NEW_YORK)
    assert moved.start == datetime(2026, 3, 10, 10, 30, tzinfo=NEW_YORK)
    place = next(line for line in parsed.personal[""] if line.startswith("X-APPLE-STRUCTURED-LOCATION"))
    assert place.endswith(":geo:42.652580,-73.756230")
    assert "ACKNOWLEDGED:20260221T091500Z" in parsed.personal[""]
    assert parsed.personal[""][-1] == "END:VALARM"
    assert "CREATED:20260220T140000Z" in parsed.personal["20260309T130000Z"]


def test_apple_ios_all_day() -> None:
    parsed = sent("apple-ios")
    master = parsed.document.master
    assert master is not None
    assert (master.start, master.end) == (date(2026, 7, 1), date(2026, 7, 4))
    assert master.transparent
    assert master.url == ""
    assert "X-APPLE-DEFAULT-ALARM:TRUE" in parsed.personal[""]


def test_davx5_duration_and_extras() -> None:
    parsed = sent("davx5")
    master = parsed.document.master
    assert master is not None
    vienna = ZoneInfo("Europe/Vienna")
    assert (master.start, master.end) == (
        datetime(2026, 3, 12, 14, tzinfo=vienna),
        datetime(2026, 3, 12, 15, 30, tzinfo=vienna),
    )
    assert master.description == "Bring the forms\nand the list"
    assert (master.status, master.private) == ("TENTATIVE", True)
    assert master.categories == ("client_session", "My own")
    assert master.color == "tomato"
    assert dict(master.marks) == {"ID": "s-17", "STATUS": "scheduled"}
    assert parsed.personal[""] == (
        "CATEGORIES:client_session,My own",
        "COLOR:tomato",
        "BEGIN:VALARM",
        "TRIGGER:-PT30M",
        "ACTION:DISPLAY",
        "DESCRIPTION:Consultation",
        "END:VALARM",
    )


def test_thunderbird_exdate_in_utc() -> None:
    parsed = sent("thunderbird")
    master = parsed.document.master
    assert master is not None
    london = ZoneInfo("Europe/London")
    assert master.exdates == (datetime(2026, 4, 7, 13, tzinfo=london),)
    assert all(each.tzinfo is london for each in master.exdates if isinstance(each, datetime))
    first = list(starts(master.start, master.rrule, (), master.exdates, limit=4))
    assert [each.strftime("%d.%m. %H:%M") for each in first] == [
        "06.01. 13:00",
        "03.02. 13:00",
        "03.03. 13:00",
        "05.05. 13:00",
    ]
    assert {"X-MOZ-GENERATION:3", "X-MOZ-LASTACK:20260111T095959Z"} <= set(parsed.personal[""])


def test_evolution_prefixed_zone_and_exdates_in_utc() -> None:
    master = sent("evolution").document.master
    assert master is not None
    chicago = ZoneInfo("America/Chicago")
    assert master.start.tzinfo is chicago  # type: ignore[union-attr]
    assert master.start == datetime(2026, 1, 5, 8, tzinfo=chicago)
    assert master.exdates == (
        datetime(2026, 1, 19, 8, tzinfo=chicago),
        datetime(2026, 4, 6, 8, tzinfo=chicago),
    )


def test_outlook_windows_zone_day_exdate_and_until() -> None:
    parsed = sent("outlook-caldavsynchronizer", NEW_YORK)
    master = parsed.document.master
    assert master is not None
    assert master.start.tzinfo is BERLIN  # type: ignore[union-attr]
    assert master.location == "Praxis, Raum 1"
    assert master.exdates == (datetime(2026, 3, 9, 9, tzinfo=BERLIN),)
    assert master.rrule == "FREQ=WEEKLY;UNTIL=20260601T215959Z;INTERVAL=1;BYDAY=MO;WKST=MO"
    assert list(starts(master.start, master.rrule))[-1] == datetime(2026, 6, 1, 9, tzinfo=BERLIN)
    assert "X-MICROSOFT-CDO-IMPORTANCE:1" in parsed.personal[""]
    assert not any("BUSYSTATUS" in line for line in parsed.personal[""])
    (cancelled,) = parsed.document.overrides
    assert cancelled.status == "CANCELLED"
    assert cancelled.summary == "Cancelled: Übung"
    assert cancelled.recurrence_id == datetime(2026, 3, 16, 9, tzinfo=BERLIN)


def test_kde_own_zone_definition_is_mapped() -> None:
    parsed = sent("kde", NEW_YORK)
    master = parsed.document.master
    assert master is not None
    assert isinstance(master.start, datetime)
    assert master.start.astimezone(UTC) == datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert isinstance(master.start.tzinfo, ZoneInfo)
    assert parsed.personal["calendar"] == ("X-KDE-ICAL-IMPLEMENTATION-VERSION:1.0",)


def test_vdirsyncer_utc() -> None:
    master = sent("vdirsyncer").document.master
    assert master is not None
    assert master.start.tzinfo is ZoneInfo("UTC")  # type: ignore[union-attr]
    assert key(master.start) == "20260501T070000Z"


def test_calcurse_floating_takes_the_calendars_zone() -> None:
    for zone in (BERLIN, NEW_YORK):
        master = sent("calcurse", zone).document.master
        assert master is not None
        assert (master.start, master.end) == (
            datetime(2026, 6, 8, 9, 30, tzinfo=zone),
            datetime(2026, 6, 8, 10, 15, tzinfo=zone),
        )


@pytest.mark.parametrize("path", sorted(BODIES.glob("*.ics")), ids=lambda path: path.stem)
def test_a_plain_calendar_takes_and_keeps_every_body(path: Path) -> None:
    body = path.read_bytes()
    found = inspect(body, BERLIN)
    assert found.text.encode() == body
    assert found.component == "VEVENT"
    assert entries(found, BERLIN, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert (
        entries(found.text, BERLIN, datetime(2036, 1, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)) == []
    )
