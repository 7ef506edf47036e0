"""Meetings that programs write in any state of repair: nothing crashes, nothing is half-delivered, and no
session with a client ever names anybody."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from calgate.gate.values import MakeCalendar
from calgate.ical.errors import BadCalendar
from calgate.store import migrations, open_store
from tests.support import bodies
from tests.support.agreement import check_agreement
from tests.support.meetings import BOB, ORGANIZER, RITA, SELF, WEEKLY, a_meeting, invited, of_uid, on
from tests.support.practice import Device, Practice
from tests.support.practice_file import practice_file

BASE = bodies.with_override(
    a_meeting(ORGANIZER, SELF, invited(), invited(RITA), WEEKLY),
    *on("20260317"), "SUMMARY:Case review", ORGANIZER, SELF, invited(),
)  # fmt: skip
ODD = (
    'ATTENDEE;CN="un:mailto:x', f'ATTENDEE;CN=a"b"c;PARTSTAT=:{BOB}', "ORGANIZER", "ORGANIZER:",
    f"ORGANIZER:{BOB}",
    "RECURRENCE-ID:20260317", "EXDATE:20260310T160000Z", "EXDATE;TZID=America/New_York:20260317T120000",
    "RDATE;VALUE=PERIOD:20260311T160000Z/PT1H", "DTSTART;VALUE=DATE:20260310", "DURATION:P99999D",
    "RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=NONE", "STATUS:CANCELLED", "BEGIN:VALARM", "END:VALARM",
    "SEQUENCE:x",
    "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=America/New_York:20260324T120000", "DTSTART:99970101T000000Z",
    "SUMMARY:Noah Lane, Adaptive behavior treatment",
)  # fmt: skip
WORDS = (
    ("NEEDS-ACTION", "ACCEPTED"),
    ("NEEDS-ACTION", "DECLINED"),
    ("T12", "T13"),
    ("Case", "Late"),
    ("=4", "=5"),
)
PLACE = st.floats(0, 1, exclude_max=True)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), PLACE, st.sampled_from(ODD)),
        st.tuples(st.just("drop"), PLACE, st.none()),
        st.tuples(st.just("say"), PLACE, st.sampled_from(WORDS)),
    ),
    max_size=3,
)
STEPS = st.lists(
    st.tuples(st.sampled_from(("ada", "work", "bob")), st.booleans(), st.booleans(), EDITS), max_size=6
)


def edited(text: str, edits: list[tuple[str, float, object]]) -> str:
    lines = bodies.unfolded(text)
    for how, place, what in edits:
        at = 3 + int(place * (len(lines) - 4))
        if how == "add":
            lines.insert(at, str(what))
        elif how == "drop":
            del lines[at]
        else:
            assert isinstance(what, tuple)
            lines = [line.replace(*what) for line in lines]
    return bodies.joined(lines)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_whatever_is_sent(steps: list[tuple[str, bool, bool, list[tuple[str, float, object]]]]) -> None:
    store = open_store("sqlite://")
    migrations.upgrade(store)
    practice = Practice(store)
    practice.load(practice_file())
    ada, bob = practice.of("ada"), practice.of("bob")
    practice.gate.submit(MakeCalendar(principal=ada.principal, slug="work"))
    devices = {"ada": ada, "bob": bob, "work": Device(practice, ada.principal, "work")}
    for who, anew, delete, edits in steps:
        device = devices[who]
        there = of_uid(device)
        try:
            if delete and there:
                device.delete(there.href)
            else:
                text = BASE if anew or there is None else there.text
                device.put(there.href if there else "m-1.ics", edited(text, edits))
        except BadCalendar:
            pass
        for copy in (*ada.all(), *bob.all()):
            named = "ATTENDEE" in copy.text or "ORGANIZER" in copy.text
            assert not named or "X-CALGATE-KIND:other_event" in copy.text
    check_agreement(practice)
    store.dispose()
