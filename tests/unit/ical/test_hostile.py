"""What is refused, with which precondition, and how fast."""

from datetime import UTC, datetime
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from calgate.ical.errors import BadCalendar
from calgate.ical.inspect import entries, inspect
from calgate.ical.read import read

BERLIN = ZoneInfo("Europe/Berlin")
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\n"
DATES = "DTSTART:20260302T090000Z\r\nDTEND:20260302T100000Z\r\n"
SIZE = 5_000_000


def event(lines: str = DATES, uid: str = "UID:a\r\n", kind: str = "VEVENT") -> str:
    return f"BEGIN:{kind}\r\n{uid}DTSTAMP:20260101T000000Z\r\n{lines}END:{kind}\r\n"


def calendar(*components: str, head: str = HEAD) -> bytes:
    return f"{head}{''.join(components)}END:VCALENDAR\r\n".encode()


def rule(rrule: str, start: str = "DTSTART:20260302T090000Z") -> bytes:
    return calendar(event(f"{start}\r\nDURATION:PT1H\r\nRRULE:{rrule}\r\n"))


def zone(lines: str, tzid: str = "Mine") -> bytes:
    definition = f"BEGIN:VTIMEZONE\r\nTZID:{tzid}\r\n{lines}END:VTIMEZONE\r\n"
    return calendar(definition, event(f"DTSTART;TZID={tzid}:20260302T090000\r\n"))


def observance(lines: str = "", count: int = 1) -> str:
    text = "BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\n"
    return f"{text}{lines}END:STANDARD\r\n" * count


DATA, OBJECT = "valid-calendar-data", "valid-calendar-object-resource"
WEEKLY = "DTSTART:20260302T090000Z\r\nDTEND:20260302T100000Z\r\nRRULE:FREQ=WEEKLY\r\n"
OVERRIDE = event("DTSTART:20260309T110000Z\r\nRECURRENCE-ID{}\r\n")

BOTH: dict[str, tuple[bytes, str]] = {
    "empty": (b"", DATA),
    "text": (b"hello there", DATA),
    "html": (b"<html><body>x</body></html>", DATA),
    "binary": (bytes(range(256)) * 20, DATA),
    "utf-16": (calendar(event()).decode().encode("utf-16"), DATA),
    "latin 1": (calendar(event(DATES + "SUMMARY:\u00fc\r\n")).replace("\u00fc".encode(), b"\xfc"), DATA),
    "nul": (calendar(event(DATES + "SUMMARY:a\x00b\r\n")), DATA),
    "half a line break": (calendar(event(DATES + "X-A:1\rX-B:2\r\n")), DATA),
    "truncated": (calendar(event())[:-20], DATA),
    "truncated in the event": (calendar(event())[:120], DATA),
    "wrong end": (calendar(event()).replace(b"END:VEVENT", b"END:VTODO"), DATA),
    "no property name": (calendar(event(DATES + "just words\r\n")), DATA),
    "two calendars": (calendar(event()) * 2, DATA),
    "event alone": (event().encode(), DATA),
    "deep": (calendar("BEGIN:VEVENT\r\n" * 50 + "END:VEVENT\r\n" * 50), DATA),
    "old version": (calendar(event(), head=HEAD.replace("2.0", "1.0")), "supported-calendar-data"),
    "method": (calendar(event(), head=HEAD + "METHOD:REQUEST\r\n"), OBJECT),
    "two uids": (calendar(event(), event(uid="UID:b\r\n")), OBJECT),
    "two masters": (calendar(event(), event()), OBJECT),
    "no uid": (calendar(event(uid="")), OBJECT),
    "empty uid": (calendar(event(uid="UID:\r\n")), OBJECT),
    "no component": (calendar(), OBJECT),
    "only a zone": (calendar("BEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VTIMEZONE\r\n"), OBJECT),
    "freebusy": (calendar(event(kind="VFREEBUSY")), "supported-calendar-component"),
    "no start": (calendar(event("")), DATA),
    "start twice": (calendar(event(DATES + "DTSTART:20260303T090000Z\r\n")), DATA),
    "no date": (calendar(event("DTSTART:tomorrow\r\n")), DATA),
    "impossible date": (calendar(event("DTSTART:20260230T090000Z\r\n")), DATA),
    "impossible time": (calendar(event("DTSTART:20260228T250000Z\r\n")), DATA),
    "year 0": (calendar(event("DTSTART:00000101T000000Z\r\n")), DATA),
    "year 9999": (calendar(event("DTSTART:99991231T235959Z\r\nDURATION:P1D\r\n")), DATA),
    "end before start": (calendar(event("DTSTART:20260302T090000Z\r\nDTEND:20260302T080000Z\r\n")), DATA),
    "days backwards": (calendar(event("DTSTART;VALUE=DATE:20260302\r\nDTEND;VALUE=DATE:20260301\r\n")), DATA),
    "negative duration": (calendar(event("DTSTART:20260302T090000Z\r\nDURATION:-PT1H\r\n")), DATA),
    "no duration": (calendar(event("DTSTART:20260302T090000Z\r\nDURATION:1h\r\n")), DATA),
    "endless duration": (calendar(event("DTSTART:20260302T090000Z\r\nDURATION:P999999W\r\n")), DATA),
    "unknown zone": (calendar(event("DTSTART;TZID=Mars/Olympus:20260302T090000\r\n")), DATA),
    "path as zone": (calendar(event("DTSTART;TZID=../../etc/passwd:20260302T090000\r\n")), DATA),
    "every second": (rule("FREQ=SECONDLY"), DATA),
    "every minute": (rule("FREQ=MINUTELY;COUNT=5"), DATA),
    "every hour": (rule("FREQ=HOURLY"), DATA),
    "no frequency": (rule("COUNT=3"), DATA),
    "nonsense": (rule("FREQ=WEEKLY;BYDAY=XX"), DATA),
    "interval 0": (rule("FREQ=DAILY;INTERVAL=0"), DATA),
    "two rules": (calendar(event(WEEKLY + "RRULE:FREQ=DAILY\r\n")), DATA),
    "recurrence id of another type": (calendar(event(WEEKLY), OVERRIDE.format(";VALUE=DATE:20260309")), DATA),
    "day with a timed recurrence id": (
        calendar(
            event("DTSTART;VALUE=DATE:20260302\r\nRRULE:FREQ=WEEKLY\r\n"),
            OVERRIDE.format(":20260309T090000Z"),
        ),
        DATA,
    ),
    "zone without parts": (zone(""), DATA),
    "zone that nobody has": (
        zone(
            observance().replace("TZOFFSETFROM:+0100", "TZOFFSETFROM:+0117").replace("TO:+0100", "TO:+0117")
        ),
        DATA,
    ),
    "zone by the second": (zone(observance("RRULE:FREQ=SECONDLY\r\n")), DATA),
    "zone by the day": (zone(observance("RRULE:FREQ=DAILY;BYHOUR=1,2,3\r\n")), DATA),
    "zone rule of nonsense": (zone(observance("RRULE:FREQ=YEARLY;BYMONTH=13;BYDAY=9XX\r\n")), DATA),
    "zone of thousands": (zone(observance(count=900)), DATA),
    "zone of many dates": (zone(observance("RDATE:" + ",".join(["19710101T000000"] * 5000) + "\r\n")), DATA),
    "zone with an offset of days": (zone(observance().replace("+0100", "+9900")), DATA),
    "too many exdates": (
        calendar(event(WEEKLY + ("EXDATE:" + ",".join(["20260309T090000Z"] * 400) + "\r\n") * 20)),
        DATA,
    ),
}

MANAGED: dict[str, tuple[bytes, str]] = {
    "task": (calendar(event(kind="VTODO")), "supported-calendar-component"),
    "journal": (calendar(event(kind="VJOURNAL")), "supported-calendar-component"),
    "this and future": (
        calendar(event(WEEKLY), OVERRIDE.format(";RANGE=THISANDFUTURE:20260309T090000Z")),
        OBJECT,
    ),
    "twice a day": (rule("FREQ=DAILY;BYHOUR=8,9"), "max-instances"),
    "many times a day": (rule("FREQ=WEEKLY;BYHOUR=1,2,3,4,5,6,7,8,9,10"), "max-instances"),
    "rule for what is left out": (calendar(event(WEEKLY + "EXRULE:FREQ=WEEKLY;INTERVAL=2\r\n")), DATA),
    "period by its length": (
        calendar(event(WEEKLY + "RDATE;VALUE=PERIOD:20260304T090000Z/PT2H\r\n")),
        DATA,
    ),
    "period among dates": (
        calendar(event(WEEKLY + "RDATE:20260304T090000Z,20260305T090000Z/20260305T110000Z\r\n")),
        DATA,
    ),
    "too many lines": (calendar(event(DATES + "X-A:1\r\n" * 6000)), DATA),
}

LARGE: dict[str, bytes] = {
    "line breaks": b"\n" * SIZE,
    "folds": b"BEGIN:VCALENDAR" + b"\r\n " * (SIZE // 3),
    "zeroes": bytes(SIZE),
    "letters": b"A" * SIZE,
    "colons": b":" * SIZE,
    "begin": b"BEGIN:X\r\n" * (SIZE // 9),
    "backslashes": calendar(event(DATES + "SUMMARY:" + "\\" * SIZE + "\r\n")),
    "one parameter": calendar(event("DTSTART;X=" + "a" * SIZE + ":20260302T090000Z\r\n")),
    "quotes": calendar(event('DTSTART;X="' + '"' * SIZE + ":20260302T090000Z\r\n")),
    "parameters": calendar(event("DTSTART" + ";A=1" * (SIZE // 4) + ":20260302T090000Z\r\n")),
    "categories": calendar(event(DATES + "CATEGORIES:" + "a," * (SIZE // 2) + "\r\n")),
    "blanks": calendar(event(DATES + "SUMMARY;" + " " * SIZE + ":x\r\n")),
    "properties": calendar(event(DATES + "X-A:1\r\n" * (SIZE // 7))),
    "events": calendar(event() * (SIZE // 100)),
    "exdates": calendar(event(WEEKLY + ("EXDATE:" + "20260309T090000Z," * 100 + "\r\n") * (SIZE // 1700))),
    "zones": calendar(
        *(f"BEGIN:VTIMEZONE\r\nTZID:z{n}\r\n{observance()}END:VTIMEZONE\r\n" for n in range(550)),
        event(DATES + "".join(f"EXDATE;TZID=z{n}:20260302T090000\r\n" for n in range(550))),
    ),
    "zones with rules": calendar(
        *(
            f"BEGIN:VTIMEZONE\r\nTZID:z{n}\r\n"
            + observance("RRULE:FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=1,2,3,4,5,6,7\r\n", 40).replace("+", "-")
            + "END:VTIMEZONE\r\n"
            for n in range(20)
        ),
        event(DATES + "".join(f"EXDATE;TZID=z{n}:20260302T090000\r\n" for n in range(20))),
    ),
    "rule": rule("FREQ=WEEKLY;BYDAY=" + "MO," * (SIZE // 3)),
}


@pytest.mark.parametrize("name", [*BOTH, *MANAGED])
def test_managed_refuses(name: str) -> None:
    body, precondition = {**BOTH, **MANAGED}[name]
    with pytest.raises(BadCalendar) as caught:
        read(body, BERLIN)
    assert caught.value.precondition == "{urn:ietf:params:xml:ns:caldav}" + precondition
    assert caught.value.sentence.endswith(".")


@pytest.mark.parametrize("name", BOTH)
def test_plain_refuses(name: str) -> None:
    body, precondition = BOTH[name]
    with pytest.raises(BadCalendar) as caught:
        inspect(body, BERLIN)
    assert caught.value.precondition == "{urn:ietf:params:xml:ns:caldav}" + precondition


@pytest.mark.parametrize("name", MANAGED)
def test_plain_takes_what_managed_refuses(name: str) -> None:
    assert inspect(MANAGED[name][0], BERLIN).uid == "a"


@pytest.mark.parametrize("name", LARGE)
def test_large_bodies_are_answered_soon(name: str) -> None:
    begin = perf_counter()
    for take in (lambda: read(LARGE[name], BERLIN), lambda: inspect(LARGE[name], BERLIN)):
        try:
            found = take()
        except BadCalendar as error:
            assert len(error.sentence) < 200
        else:
            assert name in ("backslashes", "categories", "blanks"), found
    assert perf_counter() - begin < 4


def test_attachment_of_5_mb_is_kept_on_a_plain_calendar() -> None:
    line = "ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "\r\n ".join(["QUJD" * 18] * (SIZE // 75))
    body = calendar(event(DATES + line + "\r\n"))
    begin = perf_counter()
    found = inspect(body, BERLIN)
    assert (
        len(entries(found, BERLIN, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))) == 1
    )
    assert perf_counter() - begin < 2
    assert found.text.encode() == body


def test_a_byte_order_mark_is_dropped() -> None:
    body = b"\xef\xbb\xbf" + calendar(event())
    assert read(body, BERLIN).document.uid == "a"
    assert inspect(body, BERLIN).text.encode() == body[3:]


def test_a_time_zone_that_is_never_closed() -> None:
    body = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:America/New_York\r\nBEGIN:VEVENT\r\nUID:u\r\n"
        b"DTSTART;TZID=America/New_York:20260302T090000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    with pytest.raises(BadCalendar):
        read(body, ZoneInfo("America/New_York"))
