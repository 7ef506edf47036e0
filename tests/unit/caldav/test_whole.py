import time

from calgate.doors.caldav.whole import whole_calendar
from calgate.ical.text import PRODID

ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:{name}\r\nX-NOTE:{note}\r\nBEGIN:STANDARD\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)


def calendar(*inner: str) -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{''.join(inner)}END:VCALENDAR\r\n"


def test_a_whole_calendar_names_the_program_that_every_text_of_ours_names() -> None:
    assert f"\r\nPRODID:{PRODID}\r\n" in whole_calendar([])


def test_components_are_joined_and_each_zone_stands_once() -> None:
    event = "BEGIN:VEVENT\r\nUID:{0}\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT\r\n"
    berlin, oslo = ZONE.format(name="Europe/Berlin", note="1"), ZONE.format(name="Europe/Oslo", note="2")
    joined = whole_calendar(
        [
            calendar(berlin, event.format("a")),
            calendar(event.format("b"), oslo, berlin),
            calendar(event.format("c")),
        ]
    )
    assert joined.count("BEGIN:VCALENDAR") == joined.count("END:VCALENDAR") == 1
    assert joined.count("TZID:Europe/Berlin") == joined.count("TZID:Europe/Oslo") == 1
    assert [line for line in joined.split("\r\n") if line.startswith("UID")] == ["UID:a", "UID:b", "UID:c"]
    assert joined.index("END:VTIMEZONE") < joined.index("BEGIN:VEVENT")
    assert joined.count("BEGIN:VALARM") == 3


def test_text_that_only_looks_like_a_component_stays_where_it_is() -> None:
    tricky = "BEGIN:VEVENT\r\nDESCRIPTION:END:VCALENDAR\\n\r\n BEGIN:VTIMEZONE\r\nEND:VEVENT\r\n"
    assert tricky in whole_calendar([calendar(tricky)])


def test_bare_line_feeds_and_small_letters_are_joined_too() -> None:
    text = "begin:vcalendar\nversion:2.0\nbegin:vevent\nuid:a\nend:vevent\nend:vcalendar\n"
    assert "begin:vevent\nuid:a\nend:vevent\n" in whole_calendar([text])


def test_an_empty_calendar_is_a_calendar() -> None:
    assert whole_calendar([]).startswith("BEGIN:VCALENDAR\r\n")
    assert whole_calendar([]).endswith("END:VCALENDAR\r\n")


def test_ten_thousand_objects_are_joined_fast() -> None:
    zone = ZONE.format(name="Europe/Berlin", note="x" * 300)
    texts = [
        calendar(zone, f"BEGIN:VEVENT\r\nUID:{n}\r\n{'X:y' * 150}\r\nEND:VEVENT\r\n") for n in range(10_000)
    ]
    began = time.perf_counter()
    whole_calendar(texts)
    assert time.perf_counter() - began < 1.0
