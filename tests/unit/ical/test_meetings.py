"""People on calendar objects, the schedule tag, and what scheduling messages do to objects."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from calgate.ical import attending, itip
from calgate.ical.lines import Property
from calgate.ical.lookup import NoLookup, lookup
from calgate.ical.meetings import Meeting, meeting, party, schedule_tag, text_of
from tests.support import bodies

ZONE = ZoneInfo("America/New_York")
ADA, BOB, KIM = (f"mailto:{name}@riverside.example" for name in ("ada", "bob", "kim"))
TIMES = bodies.times("20260310T120000", "20260310T130000")
WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=4"


def text(*lines: str) -> str:
    people = (f"ORGANIZER;CN=Ada:{ADA}", f"ATTENDEE;PARTSTAT=ACCEPTED:{ADA}", f"ATTENDEE;RSVP=TRUE:{BOB}")
    return bodies.new("m-1", "Review", *TIMES, *people, *lines)


def found(body: str) -> Meeting:
    made = meeting(body, ZONE)
    assert made is not None
    return made


def bob(address: str) -> bool:
    return address.casefold() == BOB


def kim(address: str) -> bool:
    return address.casefold() == KIM


@pytest.mark.parametrize(
    "line",
    [
        f"ATTENDEE:{BOB}",
        f'ATTENDEE;CN="Reed; Bob: the first";PARTSTAT=TENTATIVE:{BOB}',
        f'ATTENDEE;MEMBER="mailto:a@b.example","mailto:c@d.example";PARTSTAT=TENTATIVE:{BOB}',
        f"ATTENDEE;CN=;X-ODD=a=b:{BOB}",
    ],
)
def test_a_line_comes_back_as_it_was(line: str) -> None:
    who = party(Property("ATTENDEE", line))
    assert who.address == BOB
    assert who.line == line
    changed = party(Property("ATTENDEE", who.put("PARTSTAT", "DECLINED").line))
    assert changed.partstat == "DECLINED"
    assert changed.params[:1] == who.put("PARTSTAT", "DECLINED").params[:1]
    assert changed.without("PARTSTAT").partstat == "NEEDS-ACTION"


@pytest.mark.parametrize(
    "body",
    [
        bodies.new("m-1", "Review", *TIMES, f"ATTENDEE:{BOB}"),
        bodies.new("m-1", "Review", "DTSTART:yesterday", f"ORGANIZER:{ADA}"),
        "ORGANIZER",
        "",
    ],
)
def test_no_meeting(body: str) -> None:
    assert meeting(body, ZONE) is None
    assert schedule_tag(body.replace("DTSTART:yesterday", "").replace("ORGANIZER", "CONTACT")) is None


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("RSVP=TRUE", "PARTSTAT=ACCEPTED", True),
        ("RSVP=TRUE", "RSVP=TRUE;SCHEDULE-STATUS=2.0", True),
        ("DTSTAMP:20260302", "DTSTAMP:20260303", True),
        ("SUMMARY:Review", "SUMMARY:Other", False),
        ("120000", "123000", False),
        (f"ATTENDEE;RSVP=TRUE:{BOB}", f"ATTENDEE;RSVP=TRUE:{KIM}", False),
        ("END:VEVENT", "BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT", False),
    ],
)
def test_the_schedule_tag_changes_with_what_matters(old: str, new: str, same: bool) -> None:
    assert (schedule_tag(text()) == schedule_tag(text().replace(old, new))) is same


def test_an_answer_for_one_occurrence_leaves_the_tag() -> None:
    series = text(WEEKLY)
    answered = text_of(attending.answered(found(series), {"20260317T160000Z": "DECLINED"}, bob))
    assert answered.count("BEGIN:VEVENT") == 2
    assert "RECURRENCE-ID;TZID=America/New_York:20260317T120000" in answered
    assert schedule_tag(answered) == schedule_tag(series)


def test_what_somebody_sees() -> None:
    private = (
        "X-MOZ-SNOOZE:1",
        "CATEGORIES:Mine",
        *bodies.alarm(5),
        "X-CALGATE-ID:s-1",
        "DESCRIPTION:Agenda",
    )
    seen = itip.view(found(text(*private)), bob)
    assert seen is not None
    told = text_of(seen)
    assert "Agenda" in told
    for mine in ("SNOOZE", "CATEGORIES", "VALARM", "CALGATE-ID"):
        assert mine not in told
    assert itip.view(found(text()), kim) is None


def test_an_occurrence_without_somebody_is_taken_out() -> None:
    one = ("RECURRENCE-ID;TZID=America/New_York:20260317T120000", *TIMES, f"ORGANIZER:{ADA}")
    seen = itip.view(found(bodies.with_override(text(WEEKLY), *one)), bob)
    assert seen is not None
    assert "EXDATE;TZID=America/New_York:20260317T120000" in text_of(seen)
    assert text_of(seen).count("BEGIN:VEVENT") == 1


def test_occurrences_of_their_own() -> None:
    first = (
        "RECURRENCE-ID;TZID=America/New_York:20260317T120000",
        *bodies.times("20260317T120000", "20260317T130000"),
    )
    second = (
        "RECURRENCE-ID;TZID=America/New_York:20260324T120000",
        *bodies.times("20260325T120000", "20260325T130000"),
    )
    people = (f"ORGANIZER:{ADA}", f"ATTENDEE:{KIM}")
    body = bodies.with_override(bodies.with_override(text(WEEKLY), *first, *people), *second, *people)
    seen = itip.view(found(body), kim)
    assert seen is not None
    alone = text_of(itip.standing_alone(found(text_of(seen))))
    assert "RDATE;TZID=America/New_York:20260325T120000" in alone
    assert "RECURRENCE-ID;TZID=America/New_York:20260325T120000" in alone
    said = attending.answered(found(body), {"": "ACCEPTED"}, kim)
    assert text_of(said).count("ATTENDEE;PARTSTAT=ACCEPTED;SCHEDULE-STATUS=2.0:" + KIM) == 2


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        (("X-MINE:1",), True),
        (bodies.alarm(5), True),
        (("TRANSP:TRANSPARENT",), True),
        (("DESCRIPTION:  ",), True),
        (("EXDATE;TZID=America/New_York:20260317T120000",), True),
        (("LOCATION:Elsewhere",), False),
        (("STATUS:CANCELLED",), False),
        ((f"ATTENDEE:{KIM}",), False),
        (("RDATE;TZID=America/New_York:20260318T120000",), False),
    ],
)
def test_what_an_attendee_may_add(change: tuple[str, ...], allowed: bool) -> None:
    before, after = found(text(WEEKLY)), found(text(WEEKLY, *change))
    assert attending.allowed(before, after, bob) is allowed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Review", "Interview"),
        ("T130000", "T140000"),
        ("COUNT=4", "COUNT=5"),
        (ADA, KIM),
        ("20260310", "20260311"),
    ],
)
def test_what_an_attendee_may_not_change(old: str, new: str) -> None:
    assert not attending.allowed(found(text(WEEKLY)), found(text(WEEKLY).replace(old, new)), bob)


def test_the_same_in_another_spelling_is_allowed() -> None:
    utc = text().replace(TIMES[0], "DTSTART:20260310T160000Z").replace(TIMES[1], "DURATION:PT1H")
    assert attending.allowed(found(text()), found(utc), bob)


def test_answers() -> None:
    before = found(text(WEEKLY))
    yes = found(text(WEEKLY).replace("RSVP=TRUE", "PARTSTAT=ACCEPTED"))
    assert attending.answers(before, yes, bob) == {"": "ACCEPTED"}
    out = found(text(WEEKLY, "EXDATE;TZID=America/New_York:20260317T120000"))
    assert attending.answers(before, out, bob) == {"20260317T160000Z": "DECLINED"}
    assert attending.answers(before, before, bob) == {}
    reply = itip.message(
        attending.reply(out, {"20260317T160000Z": "DECLINED"}, bob), "REPLY", datetime(2026, 3, 2, tzinfo=UTC)
    )
    assert "METHOD:REPLY" in reply
    assert f"ATTENDEE;PARTSTAT=DECLINED:{BOB}" in reply
    assert ADA not in "".join(line for line in reply.splitlines() if line.startswith("ATTENDEE"))
    assert "RECURRENCE-ID;TZID=America/New_York:20260317T120000" in reply


def test_what_was_the_attendees_own_stays() -> None:
    own = text("TRANSP:TRANSPARENT", "X-MINE:1", *bodies.alarm(5))
    seen = found(text().replace("Review", "Interview"))
    laid = text_of(attending.laid_over(seen, bob, found(own)))
    assert "Interview" in laid
    for line in ("TRANSP:TRANSPARENT", "X-MINE:1", "TRIGGER:-PT5M"):
        assert line in laid


ASKED = bodies.joined(
    [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//EN", "METHOD:REQUEST", "BEGIN:VFREEBUSY", "UID:f-1",
        "DTSTAMP:20260302T140000Z", "DTSTART:20260310T040000Z", "DTEND:20260311T040000Z",
        f"ORGANIZER:{ADA}", f"ATTENDEE:{BOB}", "END:VFREEBUSY", "END:VCALENDAR",
    ]
)  # fmt: skip


def test_a_lookup() -> None:
    asked = lookup(ASKED.encode())
    assert (asked.uid, asked.organizer.address, asked.attendees[0].address) == ("f-1", ADA, BOB)
    assert (asked.end - asked.start).total_seconds() == 86_400


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("METHOD:REQUEST", "METHOD:REPLY"),
        ("METHOD:REQUEST\r\n", ""),
        ("VFREEBUSY", "VEVENT"),
        (f"ATTENDEE:{BOB}\r\n", ""),
        (f"ORGANIZER:{ADA}\r\n", ""),
        ("DTSTART:20260310T040000Z\r\n", ""),
        ("DTEND:20260311T040000Z\r\n", ""),
        ("DTEND:20260311", "DTEND:20260309"),
        ("DTSTART:20260310T040000Z", "DTSTART;VALUE=DATE:20260310"),
    ],
)
def test_no_lookup(old: str, new: str) -> None:
    with pytest.raises(NoLookup):
        lookup(ASKED.replace(old, new).encode())
