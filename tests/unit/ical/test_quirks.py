"""Each deviation of a calendar program, before and after mending."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calgate.domain.event import Document
from calgate.domain.when import elapsed, key
from calgate.ical.errors import VALID_DATA, BadCalendar
from calgate.ical.inspect import inspect
from calgate.ical.quirks import QUIRKS
from calgate.ical.read import read

BERLIN = ZoneInfo("Europe/Berlin")
TIMED = "DTSTART;TZID=Europe/Berlin:20260302T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\n"
DAYS = "DTSTART;VALUE=DATE:20260302\nDTEND;VALUE=DATE:20260303\nRRULE:FREQ=WEEKLY\n"


def sent(*events: str, quirks: bool = True) -> Document:
    text = "".join(f"BEGIN:VEVENT\nUID:a\n{lines.strip()}\nEND:VEVENT\n" for lines in events)
    body = f"BEGIN:VCALENDAR\nVERSION:2.0\n{text}END:VCALENDAR\n".encode()
    return read(body, BERLIN, QUIRKS if quirks else ()).document


@pytest.mark.parametrize(
    ("start", "line", "expected"),
    [
        (TIMED, "EXDATE:20260309T080000Z", "20260309T090000 Europe/Berlin"),
        (TIMED, "EXDATE;TZID=America/New_York:20260309T040000", "20260309T090000 Europe/Berlin"),
        (TIMED, "EXDATE;VALUE=DATE:20260309", "20260309T090000 Europe/Berlin"),
        (TIMED, "EXDATE:20260309", "20260309T090000 Europe/Berlin"),
        (DAYS, "EXDATE:20260309T000000Z", "20260309"),
        (DAYS, "EXDATE;VALUE=DATE:20260309,20260309", "20260309"),
    ],
)
def test_exdates(start: str, line: str, expected: str) -> None:
    master = sent(start + line).master
    assert master is not None
    assert [written(each) for each in master.exdates] == [expected]


def written(when: datetime | date) -> str:
    return f"{when:%Y%m%dT%H%M%S} {when.tzinfo}" if isinstance(when, datetime) else f"{when:%Y%m%d}"


def test_rdates_take_the_zone_of_the_series() -> None:
    master = sent(TIMED + "RDATE:20260304T080000Z").master
    assert master is not None
    assert [written(each) for each in master.rdates] == ["20260304T090000 Europe/Berlin"]


def test_recurrence_id_takes_the_zone_of_the_series() -> None:
    moved = "RECURRENCE-ID:20260309T080000Z\nDTSTART:20260310T080000Z\nDTEND:20260310T090000Z"
    (override,) = sent(TIMED, moved).overrides
    assert override.recurrence_id is not None
    assert written(override.recurrence_id) == "20260309T090000 Europe/Berlin"


@pytest.mark.parametrize(
    ("start", "until", "expected"),
    [
        (TIMED, "20260401", "20260401T215959Z"),
        (TIMED, "20260401T090000", "20260401T070000Z"),
        (TIMED, "20260401T070000Z", "20260401T070000Z"),
        (DAYS, "20260401T070000Z", "20260401"),
        (DAYS, "20260401", "20260401"),
    ],
)
def test_until_is_of_the_type_of_the_series(start: str, until: str, expected: str) -> None:
    master = sent(start.replace("FREQ=WEEKLY", f"FREQ=WEEKLY;UNTIL={until}")).master
    assert master is not None
    assert master.rrule == f"FREQ=WEEKLY;UNTIL={expected}"


@pytest.mark.parametrize(
    ("lines", "hours"),
    [
        ("DTSTART:20260302T090000", 0),
        ("DTSTART:20260302T090000\nDURATION:PT2H", 2),
        ("DTSTART;VALUE=DATE:20260302", 24),
        ("DTSTART;VALUE=DATE:20260302\nDTEND;VALUE=DATE:20260302", 24),
        ("DTSTART;VALUE=DATE:20260302\nDURATION:P2D", 48),
        ("DTSTART;VALUE=DATE:20260302\nDURATION:PT0S", 24),
        ("DTSTART:20261025T023000\nDTEND:20261025T021500", 0.75),
        ("DTSTART:20260328T120000\nDURATION:P1D", 23),
    ],
)
def test_ends(lines: str, hours: float) -> None:
    master = sent(lines).master
    assert master is not None
    assert elapsed(master.start, master.end) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("lines", "hours"),
    [
        ("DTSTART:20260302T090000\nDTEND;VALUE=DATE:20260303", 15),
        ("DTSTART;VALUE=DATE:20260302\nDTEND:20260303T120000", 48),
    ],
)
def test_an_end_of_another_type_is_mended_in_plain_calendars_only(lines: str, hours: int) -> None:
    body = f"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:a\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n".encode()
    times = inspect(body, BERLIN).parts[0].times
    assert times.start is not None
    assert elapsed(times.start, times.finish) == timedelta(hours=hours)
    with pytest.raises(BadCalendar, match="different types") as caught:
        read(body, BERLIN)
    assert caught.value.precondition == VALID_DATA


def test_a_copied_series_with_a_recurrence_id_is_a_master() -> None:
    document = sent(TIMED + "RECURRENCE-ID;TZID=Europe/Berlin:20260302T090000")
    assert document.overrides == ()
    assert document.master is not None
    assert (document.master.recurrence_id, document.master.rrule) == (None, "FREQ=WEEKLY")


def test_an_override_does_not_recur_and_the_last_of_two_wins() -> None:
    moved = "RECURRENCE-ID;TZID=Europe/Berlin:20260309T090000\nDTSTART:20260310T{}\nRRULE:FREQ=WEEKLY"
    (override,) = sent(TIMED, moved.format("090000"), moved.format("110000")).overrides
    assert override.rrule is None
    assert key(override.start) == "20260310T100000Z"


def test_overrides_alone_have_no_master() -> None:
    document = sent("RECURRENCE-ID:20260309T080000Z\nDTSTART;TZID=Europe/Berlin:20260310T090000\nSEQUENCE:4")
    assert document.master is None
    assert document.sequence == 4
    assert written(document.overrides[0].recurrence_id or date.min) == "20260309T090000 Europe/Berlin"


def test_names_and_values_in_any_case() -> None:
    master = sent("dtstart;tzid=europe/berlin:20260302T090000\nstatus:tentative\nTransp:transparent").master
    assert master is not None
    assert (written(master.start), master.status, master.transparent) == (
        "20260302T090000 Europe/Berlin",
        "TENTATIVE",
        True,
    )
    assert master.status_stated


@pytest.mark.parametrize("line", ["", "STATUS:NEEDS-ACTION", "STATUS:"])
def test_an_unknown_status_is_confirmed(line: str) -> None:
    master = sent(TIMED + line).master
    assert master is not None
    assert master.status == "CONFIRMED"
    assert master.status_stated is bool(line)


def test_quirks_are_passed_in() -> None:
    master = sent(TIMED + "EXDATE:20260309T080000Z", quirks=False).master
    assert master is not None
    assert written(master.exdates[0]) == "20260309T080000 UTC"
    with pytest.raises(BadCalendar):
        sent("DTSTART:20261025T023000\nDTEND:20261025T021500", quirks=False)


def test_every_quirk_names_who_and_what() -> None:
    assert all(each.product and each.symptom for each in QUIRKS)
    assert len({each.symptom for each in QUIRKS}) == len(QUIRKS)
