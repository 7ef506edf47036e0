"""What may stand inside an event of a sessions calendar, and which alarms are none."""

from zoneinfo import ZoneInfo

import pytest

from calgate.ical.errors import VALID_DATA, BadCalendar
from calgate.ical.inspect import inspect
from calgate.ical.read import read, read_stored

BERLIN = ZoneInfo("Europe/Berlin")
PLAIN = ("DTSTART:20260302T090000Z", "DTEND:20260302T100000Z")
ACTION, TRIGGER = "ACTION:DISPLAY", "TRIGGER:-PT15M"


def within(name: str, *lines: str) -> tuple[str, ...]:
    return (f"BEGIN:{name}", *lines, f"END:{name}")


EVENT = within("VEVENT", "UID:b", *PLAIN)


def calendar(*inside: str, beside: tuple[str, ...] = ()) -> bytes:
    event = within("VEVENT", "UID:a", *PLAIN, *inside)
    return "\r\n".join([*within("VCALENDAR", "VERSION:2.0", *beside, *event), ""]).encode()


REFUSED: dict[str, tuple[bytes, str]] = {
    "event": (calendar(*EVENT), "VEVENT can't hold VEVENT."),
    "task": (calendar(*within("VTODO", "UID:b")), "VEVENT can't hold VTODO."),
    "calendar": (calendar(*within("VCALENDAR")), "VEVENT can't hold VCALENDAR."),
    "event in an alarm": (calendar(*within("VALARM", ACTION, TRIGGER, *EVENT)), "VALARM can't hold VEVENT."),
    "event in a vendor's": (calendar(*within("X-NOTE", *EVENT)), "X-NOTE can't hold VEVENT."),
    "event in a vendor's beside it": (calendar(beside=within("X-NOTE", *EVENT)), "X-NOTE can't hold VEVENT."),
    "no action": (calendar(*within("VALARM", TRIGGER)), "An alarm has no ACTION."),
    "no trigger": (calendar(*within("VALARM", ACTION)), "An alarm has no TRIGGER."),
    "junk": (
        calendar(*within("VALARM", ACTION, "TRIGGER:junk")),
        "The TRIGGER “junk” of an alarm is neither a duration nor a time.",
    ),
    "impossible time": (
        calendar(*within("VALARM", ACTION, "TRIGGER;VALUE=DATE-TIME:20260230T090000Z")),
        "The TRIGGER “20260230T090000Z” of an alarm is neither a duration nor a time.",
    ),
    "empty": (
        calendar(*within("VALARM", ACTION, "TRIGGER:")),
        "The TRIGGER “” of an alarm is neither a duration nor a time.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused_among_sessions_and_kept_elsewhere(name: str) -> None:
    body, sentence = REFUSED[name]
    with pytest.raises(BadCalendar) as caught:
        read(body, BERLIN)
    assert (caught.value.precondition, caught.value.sentence) == (VALID_DATA, sentence)
    assert inspect(body, BERLIN).text.encode() == body


@pytest.mark.parametrize("alarm", [
    ("ACTION:NONE", "TRIGGER;VALUE=DATE-TIME:19760401T005545Z", "X-APPLE-DEFAULT-ALARM:TRUE"),
    ("ACTION:AUDIO", "TRIGGER:-PT15H", "ATTACH;VALUE=URI:Basso"),
    ("ACTION:EMAIL", "TRIGGER;VALUE=DURATION;RELATED=END:P1W", "ATTENDEE:mailto:ada@example.org"),
    (ACTION, "TRIGGER:19760401T005545Z", "X-APPLE-PROXIMITY:DEPART"),
    (ACTION, "TRIGGER;TZID=Europe/Berlin:20260302T080000"), (ACTION, "TRIGGER:-P0DT0H15M0S"),
    (ACTION, "TRIGGER:PT0S"), (ACTION, "TRIGGER:PT"), (ACTION, TRIGGER, "X-LIC-ERROR;X=\"a:b\":c"),
    (ACTION, TRIGGER, *within("VLOCATION", "UID:p", "URL:geo:40.4,-82.6")),
])  # fmt: skip
def test_alarms_of_real_programs_come_back_as_they_were(alarm: tuple[str, ...]) -> None:
    block = within("VALARM", *alarm)
    assert read(calendar(*block), BERLIN).personal == {"": block}


@pytest.mark.parametrize("block", [
    within("X-NOTE", "X-A:1", *within("X-PAGE", "X-B:2")), within("VLOCATION", "UID:p", "NAME:Here"),
    within("PARTICIPANT", "UID:p", *within("VLOCATION", "UID:q"), *within("VRESOURCE", "UID:r")),
])  # fmt: skip
def test_components_of_rfc_9073_and_of_vendors_are_kept(block: tuple[str, ...]) -> None:
    assert read(calendar(*block), BERLIN).personal == {"": block}


def test_what_was_stored_before_can_be_read() -> None:
    text = calendar(*within("VALARM", "TRIGGER:junk")).decode()
    assert read_stored(text, BERLIN).document.uid == "a"
