"""Zones by name and by definition; nobody's definition reaches anybody else."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical
from icalendar import Calendar
from icalendar.timezone import tzp

from calgate.domain.event import Document, Event
from calgate.domain.when import key
from calgate.ical.definitions import Offsets, observances
from calgate.ical.inspect import entries, inspect
from calgate.ical.lines import component
from calgate.ical.read import read
from calgate.ical.write import write
from calgate.ical.zones import named, vtimezone, zone_for

BERLIN = ZoneInfo("Europe/Berlin")
NAMES = (
    "America/New_York", "America/Los_Angeles", "America/Phoenix", "America/Sao_Paulo", "America/Santiago",
    "America/St_Johns", "Europe/Berlin", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Moscow",
    "Asia/Kolkata", "Asia/Jerusalem", "Asia/Tokyo", "Asia/Tehran", "Australia/Sydney", "Australia/Lord_Howe",
    "Africa/Casablanca", "Africa/Cairo", "Pacific/Auckland", "Pacific/Apia", "Pacific/Honolulu", "UTC",
)  # fmt: skip


@pytest.mark.parametrize(
    ("tzid", "key"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("UTC", "UTC"),
        ("Z", "UTC"),
        ("US/Eastern", "US/Eastern"),
        ("/Europe/Berlin", "Europe/Berlin"),
        ('"Europe/Berlin"', "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Eastern Standard Time", "America/New_York"),
        ("/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "Europe/Berlin"),
        ("/mozilla.org/20050126_1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("/softwarestudio.org/Olson_20011030_5/America/New_York", "America/New_York"),
    ],
)
def test_names(tzid: str, key: str) -> None:
    assert named(tzid) == ZoneInfo(key)


@pytest.mark.parametrize(
    "tzid", ["", "/", "Nowhere", "../../etc/passwd", "America", "localtime", "a" * 10_000]
)
def test_names_that_are_none(tzid: str) -> None:
    assert zone_for(tzid, None) is None


def definition(tzid: str, standard: str, daylight: str, before: str = "+0100", after: str = "+0200") -> str:
    return (
        f"BEGIN:VTIMEZONE\r\nTZID:{tzid}\r\n"
        f"BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nRRULE:FREQ=YEARLY;{standard}\r\n"
        f"TZOFFSETFROM:{after}\r\nTZOFFSETTO:{before}\r\nEND:STANDARD\r\n"
        f"BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nRRULE:FREQ=YEARLY;{daylight}\r\n"
        f"TZOFFSETFROM:{before}\r\nTZOFFSETTO:{after}\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
    )


EUROPE = ("BYMONTH=10;BYDAY=-1SU", "BYMONTH=3;BYDAY=-1SU")


@pytest.mark.parametrize(
    ("tzid", "expected"),
    [
        ("Office Berlin", "Europe/Berlin"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern", "Europe/Amsterdam"),
        ("Customized Time Zone", "Europe/Paris"),
    ],
)
def test_a_definition_means_the_zone_with_its_offsets(tzid: str, expected: str) -> None:
    text = definition(tzid, *EUROPE)
    assert zone_for(tzid, text, datetime(2026, 3, 2, tzinfo=UTC), ZoneInfo("Europe/Paris")) == ZoneInfo(
        expected
    )


def test_a_name_within_a_tzid_does_not_outweigh_the_offsets() -> None:
    found = zone_for("New_York as I see it", definition("x", *EUROPE), datetime(2026, 3, 2, tzinfo=UTC))
    assert found is not None
    assert datetime(2026, 7, 1, tzinfo=UTC).astimezone(found).utcoffset() == timedelta(hours=2)


def test_a_definition_that_differs_by_a_week_is_refused() -> None:
    assert zone_for("x", definition("x", "BYMONTH=10;BYDAY=-1SU", "BYMONTH=3;BYDAY=3SU")) is None


def test_fixed_offsets_are_zones_too() -> None:
    text = (
        "BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0530\r\nTZOFFSETTO:+0530\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    assert zone_for("x", text) == ZoneInfo("Asia/Calcutta")


def body(tzid: str, vtimezone_text: str, wall: str = "20260702T090000") -> bytes:
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{vtimezone_text}BEGIN:VEVENT\r\nUID:a\r\n"
        f"DTSTART;TZID={tzid}:{wall}\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def start(sent: bytes) -> str:
    master = read(sent, BERLIN).document.master
    assert master is not None
    (entry,) = entries(
        inspect(sent, BERLIN), BERLIN, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    )
    assert key(entry.start) == key(master.start)
    return key(master.start)


def test_a_hostile_new_york_is_ignored() -> None:
    hostile = definition("America/New_York", *EUROPE, before="+1100", after="+1200")
    assert start(body("America/New_York", hostile)) == "20260702T130000Z"
    assert start(body("America/New_York", "")) == "20260702T130000Z"


def test_a_custom_definition_does_not_outlive_its_object() -> None:
    india = definition("Ours", *EUROPE, before="+0100", after="+0200")
    other = definition("Ours", "BYMONTH=11;BYDAY=1SU", "BYMONTH=3;BYDAY=2SU", before="-0500", after="-0400")
    other = other.replace("16010101T030000", "16010101T020000")
    assert start(body("Ours", india)) == "20260702T070000Z"
    assert start(body("Ours", other)) == "20260702T130000Z"
    assert start(body("Ours", india)) == "20260702T070000Z"
    assert tzp.timezone("Ours") is None


def test_the_librarys_cache_is_never_used() -> None:
    """Somebody else in the process (Radicale's parser, say) has filled it with nonsense."""
    hostile = definition("Poisoned", *EUROPE, before="+1100", after="+1200")
    Calendar.from_ical(body("Poisoned", hostile))
    assert tzp.timezone("Poisoned") is not None
    assert start(body("Poisoned", definition("Poisoned", *EUROPE))) == "20260702T070000Z"


@pytest.mark.parametrize("name", NAMES)
def test_vtimezone_is_right_and_short(name: str) -> None:
    zone = ZoneInfo(name)
    text = vtimezone(zone)
    assert len(text) <= 1500
    assert all(len(line) <= 75 for line in text.split("\r\n"))
    offsets = Offsets(observances(component(text, "VTIMEZONE")), datetime(2019, 1, 1), datetime(2038, 1, 1))  # noqa: DTZ001
    at = datetime(2024, 1, 2, tzinfo=UTC)
    while at.year < 2038:
        assert offsets.at(at.replace(tzinfo=None)) == at.astimezone(zone).utcoffset(), at
        at += timedelta(hours=29)


@pytest.mark.parametrize("name", ["America/New_York", "Europe/Berlin", "Europe/London", "Asia/Kolkata"])
def test_vtimezone_as_dateutil_reads_it(name: str) -> None:
    """Not only our own evaluation: another implementation, over all the years."""
    zone = ZoneInfo(name)
    other = tzical(StringIO(vtimezone(zone).replace("\r\n", "\n"))).get()
    assert other is not None
    for year in range(1972, 2038):
        for month in range(1, 13):
            wall = datetime(year, month, 15, 12)  # noqa: DTZ001
            assert wall.replace(tzinfo=other).utcoffset() == wall.replace(tzinfo=zone).utcoffset(), wall


def test_vtimezone_starts_before_the_event_and_stands_once() -> None:
    new_york = ZoneInfo("America/New_York")
    days = [datetime(2026, 3, day, 9, tzinfo=new_york) for day in (2, 3)]
    events = [
        Event(start=a, end=b, recurrence_id=a) for a, b in pairwise([*days, days[1] + timedelta(hours=1)])
    ]
    text = write(
        Document(uid="a", master=None, overrides=tuple(events)), {}, datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert text.index("END:VTIMEZONE") < text.index("BEGIN:VEVENT")
    assert "DTSTART:19700101T000000" in text
