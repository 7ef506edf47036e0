"""Free/busy of people equals a brute-force union over all that they have, a quarter of an hour at a time:
sessions that were loaded or written by a program, plain calendars of all kinds, hours of their own and of the
practice. The other reading is that of icalendar and recurring_ical_events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calgate.domain.freebusy import Busy
from calgate.gate.values import MakeCalendar, Put, SetAvailability, Stored
from tests.support.postgres import Postgres
from tests.support.reports import NOW, PRACTICE, World, block, calendar, open_world

QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)
MONDAY = datetime(2026, 2, 23)  # noqa: DTZ001 - by whose clock, the ways to write it tell
HOME_ZONE = "America/New_York"
ZONES = (HOME_ZONE, "Europe/Berlin", "Asia/Kathmandu")
# Days on which no clock of theirs changes: across a change the other reading keeps the wall clock of an end.
WINDOWS = (
    (datetime(2026, 2, 24, 3, tzinfo=UTC), datetime(2026, 3, 7, 17, 15, tzinfo=UTC)),
    (datetime(2028, 2, 25, 5, tzinfo=UTC), datetime(2028, 3, 5, tzinfo=UTC)),
    (datetime(2033, 1, 20, tzinfo=UTC), datetime(2033, 1, 30, tzinfo=UTC)),
)
STRENGTH = ("BUSY", "BUSY-UNAVAILABLE", "BUSY-TENTATIVE")
CALENDARS = {"ada": ("work", "tokyo", "free"), "bob": ("work",)}
OFFICE = {(): None, ("MO-FR 09:00-17:30",): (range(5), time(9), time(17, 30))}

minutes = st.integers(0, 95).map(lambda quarter: quarter * 15)
starts = st.tuples(st.integers(-2, 12), minutes)
lengths = st.sampled_from([15, 45, 60, 180, 1500])
forms = st.sampled_from(["utc", "floating", "day", *ZONES])
rules = st.sampled_from(
    ["", "", "FREQ=DAILY;COUNT=5", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;COUNT=4", "FREQ=MONTHLY"]
)
marks = st.sampled_from(
    ["", "", "STATUS:TENTATIVE", "STATUS:CANCELLED", "TRANSP:TRANSPARENT", "STATUS:CONFIRMED"]
)
changes = st.sampled_from(
    ["", "", "EXDATE", "moved", "STATUS:CANCELLED", "STATUS:TENTATIVE", "TRANSP:TRANSPARENT"]
)
plain = st.tuples(
    st.just("plain"), st.sampled_from([("ada", slug) for slug in CALENDARS["ada"]] + [("bob", "work")]),
    starts, lengths, forms, rules, marks, changes,
)  # fmt: skip
written = st.tuples(
    st.just("written"), st.just(("ada", "sessions")), starts, lengths, st.sampled_from(["utc", *ZONES]),
    rules, marks, st.just(""),
)  # fmt: skip
statuses = st.sampled_from(["scheduled", "pending_validation", "validating", "declined", "cancelled"])
loaded = st.tuples(
    st.just("loaded"), starts, lengths, statuses, st.sampled_from(["client_session", "other_event"]),
    st.booleans(), st.sampled_from(["", "weekly", "moved", "cancelled"]),
)  # fmt: skip
openings = st.tuples(
    starts,
    st.sampled_from([60, 240, 600]),
    forms.filter(lambda form: form != "day"),
    rules,
    changes.filter(lambda change: ":" not in change),
)
hours = st.tuples(
    st.lists(openings, max_size=2),
    st.sampled_from(["", "BUSYTYPE:BUSY", "BUSYTYPE:BUSY-TENTATIVE"]),
    st.sampled_from([0, 0, 1, 5]),
    st.one_of(st.none(), starts),
    st.one_of(st.none(), starts.map(lambda start: (start[0] + 5, start[1]))),
)


def keeps_clock(thing: tuple[Any, ...]) -> bool:
    """Whether a first occurrence ends before New York's clocks change on Sunday, 8 March. Across that the
    wall clock tells another length than the elapsed time, which all later ones have (RFC 5545 section
    3.8.5.3)."""
    start, length = next((thing[at], thing[at + 1]) for at in (1, 2) if isinstance(thing[at + 1], int))
    return wall(start) + timedelta(minutes=length) <= MONDAY + 13 * DAY


lives = st.fixed_dictionaries(
    {
        "things": st.lists(st.one_of(plain, plain, written, loaded).filter(keeps_clock), max_size=8),
        "hours": st.dictionaries(st.sampled_from(["ada", "bob"]), st.lists(hours, min_size=1, max_size=2)),
        "office": st.sampled_from(sorted(OFFICE)),
    }
)

Span = tuple[datetime, datetime, str]


def wall(start: tuple[int, int]) -> datetime:
    return MONDAY + timedelta(days=start[0], minutes=start[1])


def dated(name: str, when: datetime, form: str) -> str:
    """A date property in one of the ways to write it."""
    if form == "day":
        return f"{name};VALUE=DATE:{when:%Y%m%d}"
    if form in ZONES:
        return f"{name};TZID={form}:{when:%Y%m%dT%H%M%S}"
    return f"{name}:{when:%Y%m%dT%H%M%S}{'Z' if form == 'utc' else ''}"


def blocks(
    kind: str, uid: str, start: tuple[int, int], length: int, form: str, rule: str, mark: str, change: str
) -> list[str]:
    """The content lines of a component and, where one of its occurrences is changed, of the override."""
    begin = wall(start)
    last = begin + (
        max(timedelta(minutes=length) // DAY, 1) * DAY if form == "day" else timedelta(minutes=length)
    )
    lines = [dated("DTSTART", begin, form), dated("DTEND", last, form)]
    lines += [each for each in (f"RRULE:{rule}" if rule else "", mark) if each]
    if not rule or not change:
        return [*block(*lines, uid=uid, component=kind)]
    weeks = 2 if "INTERVAL=2" in rule else 1
    on = begin + (DAY if "DAILY" in rule else timedelta(weeks=weeks))
    if "MONTHLY" in rule:
        on = begin.replace(month=begin.month + 1)
    if change == "EXDATE":
        return [*block(*lines, dated("EXDATE", on, form), uid=uid, component=kind)]
    moved = (
        DAY + (timedelta() if form == "day" else timedelta(minutes=90)) if change == "moved" else timedelta()
    )
    override = [
        dated("RECURRENCE-ID", on, form), dated("DTSTART", on + moved, form),
        dated("DTEND", on + moved + (last - begin), form), *([change] if ":" in change else ()),
    ]  # fmt: skip
    return [*block(*lines, uid=uid, component=kind), *block(*override, uid=uid, component=kind)]


# ---- the other reading ------------------------------------------------------------------------------------


def spans(text: str, zone: str, window: tuple[datetime, datetime]) -> Iterator[Span]:
    """What a calendar object says of a window: start, end, type."""
    read = recurring_ical_events.of(icalendar.Calendar.from_ical(text))
    for found in read.between(window[0] - 4 * DAY, window[1] + 4 * DAY):
        status = str(found.get("STATUS", "CONFIRMED"))
        if status != "CANCELLED" and found.get("TRANSP") != "TRANSPARENT":
            start, end = (instant(found[name].dt, zone) for name in ("DTSTART", "DTEND"))
            yield start, end, "BUSY-TENTATIVE" if status == "TENTATIVE" else "BUSY"


def instant(when: datetime | date, zone: str) -> datetime:
    if not isinstance(when, datetime):
        when = datetime.combine(when, time())
    return (when if when.tzinfo else when.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


@dataclass(frozen=True)
class Hours:
    """One VAVAILABILITY as it was generated, with its AVAILABLE parts as events."""

    start: datetime | None
    end: datetime | None
    type: str
    priority: int
    events: tuple[str, ...]

    def covers(self, at: datetime) -> bool:
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)


def away(at: datetime, own: list[tuple[Hours, list[Span]]], office: tuple[str, ...]) -> set[str]:
    """In which ways somebody is away at an instant: the highest priority that says something of it counts."""
    said = [(each, found) for each, found in own if each.covers(at)]
    if said:
        top = min(each.priority or 10 for each, _ in said)
        return {
            each.type for each, found in said
            if (each.priority or 10) == top and not any(start <= at < end for start, end, _ in found)
        }  # fmt: skip
    hours = OFFICE[office]
    local = at.astimezone(ZoneInfo(HOME_ZONE))
    if hours is None or (local.weekday() in hours[0] and hours[1] <= local.time() < hours[2]):
        return set()
    return {"BUSY-UNAVAILABLE"}


# ---- a life -----------------------------------------------------------------------------------------------


class Life:
    """What hypothesis has thought out, in a practice."""

    def __init__(self, world: World, drawn: dict[str, Any]) -> None:
        self.world = world
        self.office: tuple[str, ...] = drawn["office"]
        self.hours: dict[str, list[Hours]] = {}
        world.calendar()
        world.calendar("free", transparent=True)
        world.calendar(owner="bob")
        proposal = MakeCalendar(principal=world.ada, slug="tokyo", zone="Asia/Tokyo")
        assert isinstance(world.gate.submit(proposal), Stored)
        self.load([each[1:] for each in drawn["things"] if each[0] == "loaded"])
        for number, (kind, *values) in enumerate(drawn["things"]):
            if kind != "loaded":
                self.put(f"u{number}", kind, *values)
        for person, some in drawn["hours"].items():
            self.set_hours(person, some)

    def load(self, drawn: list[tuple[Any, ...]]) -> None:
        file = deepcopy(PRACTICE)
        organization = file["organizations"][0]
        organization["policy"] = {"office_hours": list(self.office)}
        organization["clients"] = [{"id": "c", "first_name": "Noah", "last_name": "Lane", "internal_id": "C"}]
        organization["services"] = [{"id": "s", "name": "Treatment", "modifiers": []}]
        organization["locations"] = [{"id": "main", "name": "Main office"}]
        organization["sessions"] = [self.session(number, *each) for number, each in enumerate(drawn)]
        self.world.gate.load(file)

    def session(
        self, number: int, start: tuple[int, int], length: int, status: str, kind: str, busy: bool, more: str
    ) -> dict[str, Any]:
        begin, minutes = wall(start), timedelta(minutes=min(length, 180))
        made: dict[str, Any] = {
            "id": f"s{number}", "kind": kind, "scheduled_by": "org", "practitioner": "ada", "status": status,
            "start": _iso(begin), "end": _iso(begin + minutes),
        }  # fmt: skip
        if kind == "other_event":
            made |= {"title": "Meeting", "busy": busy}
        else:
            made |= {"client": "c", "service": "s", "location": "main"}
        if status == "cancelled":
            made["cancel"] = {"type": "other", "reason": "x"}
        if more:
            made["repeat"] = {"pattern": "weekly", "interval": 1}
        second, moved = begin + timedelta(weeks=1), begin + timedelta(weeks=1, days=1)
        if more == "moved":
            made["occurrences"] = [{"on": _iso(second), "start": _iso(moved), "end": _iso(moved + minutes)}]
        if more == "cancelled":
            cancel = {"type": "other", "reason": "x"}
            made["occurrences"] = [{"on": _iso(second), "status": "cancelled", "cancel": cancel}]
        return made

    def put(self, uid: str, kind: str, where: tuple[str, str], *values: Any) -> None:
        text = calendar(*blocks("VEVENT", uid, *values))
        person, slug = where
        if kind == "plain":
            self.world.put(text, f"{uid}.ics", slug, person)
            return
        proposal = Put(
            principal=self.world.ada, collection=self.world.collection(slug), href=f"{uid}.ics",
            body=text.encode(), received=NOW,
        )  # fmt: skip
        self.world.gate.submit(proposal)  # what the rules refuse is not there for either reading

    def set_hours(self, person: str, drawn: list[tuple[Any, ...]]) -> None:
        components: list[str] = []
        for number, (opened, busy_type, priority, first, last) in enumerate(drawn):
            some = [(f"a{number}{index}", *each) for index, each in enumerate(opened)]
            parts = {
                kind: [blocks(kind, *each[:5], "", each[5]) for each in some]
                for kind in ("AVAILABLE", "VEVENT")
            }
            start, end = wall(first) if first else None, wall(last) if last else None
            if start and end and end <= start:
                end = None
            lines = [busy_type, f"PRIORITY:{priority}" if priority else ""]
            lines += [
                dated("DTSTART", start, "utc") if start else "",
                dated("DTEND", end, "utc") if end else "",
            ]
            inner = [line for part in parts["AVAILABLE"] for line in part]
            components += block(*filter(None, lines), *inner, uid=f"h{number}", component="VAVAILABILITY")
            self.hours.setdefault(person, []).append(
                Hours(
                    start and start.replace(tzinfo=UTC), end and end.replace(tzinfo=UTC),
                    busy_type.removeprefix("BUSYTYPE:") or "BUSY-UNAVAILABLE", priority,
                    tuple(calendar(*part) for part in parts["VEVENT"]),
                )
            )  # fmt: skip
        proposal = SetAvailability(principal=self.world.person(person), text=calendar(*components))
        assert isinstance(self.world.gate.submit(proposal), Stored)

    def check(self, window: tuple[datetime, datetime]) -> None:
        plain = self.world.gate.busy_of("riverside", ["ada", "bob"], *window)
        told = self.world.gate.busy_of("riverside", ["ada", "bob"], *window, with_hours=True)
        for person, slugs in CALENDARS.items():
            counted = [slug for slug in ("sessions", *slugs) if slug != "free"]
            collections = [self.world.collection(slug, person) for slug in counted]
            found = [
                span for each in collections for text in self.world.gate.texts(each)
                for span in spans(text, each.zone, window)
            ]  # fmt: skip
            own = [
                (each, [span for text in each.events for span in spans(text, HOME_ZONE, window)])
                for each in self.hours.get(person, ())
            ]
            _compare(plain[person], window, lambda at, found=found: _types(found, at))
            _compare(
                told[person], window,
                lambda at, found=found, own=own: _types(found, at) | away(at, own, self.office),
            )  # fmt: skip
            assert self.world.gate.busy(collections, *window) == plain[person]


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="minutes")


def _types(found: list[Span], at: datetime) -> set[str]:
    return {type_ for start, end, type_ in found if start <= at < end}


def _compare(
    told: list[Busy], window: tuple[datetime, datetime], wanted: Callable[[datetime], set[str]]
) -> None:
    for one, following in pairwise(told):
        assert one.end <= following.start
        assert one.end < following.start or one.type != following.type, "periods of a type touch"
    assert all(window[0] <= one.start < one.end <= window[1] for one in told)
    at = window[0]
    while at < window[1]:
        types = wanted(at)
        strongest = next((type_ for type_ in STRENGTH if type_ in types), "")
        assert next((one.type for one in told if one.start <= at < one.end), "") == strongest, at
        at += QUARTER


@contextmanager
def database(server: Postgres | None) -> Iterator[str]:
    if server is None:
        yield "sqlite://"
        return
    url = server.new_database()
    yield url
    server.drop_database(url)


@pytest.mark.parametrize(("kind", "examples"), [("sqlite", 60), ("postgresql", 8)])
def test_free_busy_equals_brute_force(kind: str, examples: int, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue("postgres_server") if kind == "postgresql" else None

    @settings(
        max_examples=examples, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(lives)
    def check(drawn: dict[str, Any]) -> None:
        with database(server) as url, open_world(url) as world:
            life = Life(world, drawn)
            for window in WINDOWS:
                life.check(window)

    check()
