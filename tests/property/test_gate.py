"""Whatever people's programs and the practice write, in any order: the number line, tokens, ETags and busy
times agree with what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import icalendar
import recurring_ical_events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calgate.gate.practice_file import LoadError
from calgate.gate.values import Resource
from calgate.store import migrations, open_store
from tests.support import bodies
from tests.support.agreement import check_agreement
from tests.support.practice import Clock, Device, Practice
from tests.support.practice_file import MONDAY, RIVERSIDE, practice_file, session

CHOSEN = ("org", "own", "claimed", "weekly", "meeting")
ORG = {**RIVERSIDE, "sessions": [
    *(deepcopy(each) for each in RIVERSIDE["sessions"] if each["id"] in CHOSEN),
    session("late", "2026-03-05T23:30", "2026-03-06T01:00"),
]}  # fmt: skip
SINCE, UNTIL = MONDAY - timedelta(days=14), MONDAY + timedelta(days=28)
QUARTER = timedelta(minutes=15)

days = st.integers(min_value=-3, max_value=20)
hours = st.integers(min_value=0, max_value=22)
which = st.integers(min_value=0, max_value=30)
steps = st.one_of(
    st.tuples(st.just("move"), which, days, hours),
    st.tuples(st.just("status"), which, st.sampled_from(["CANCELLED", "CONFIRMED", "TENTATIVE"])),
    st.tuples(st.just("write"), which, st.sampled_from(["Crayons.", "Forms.", ""])),
    st.tuples(st.just("alarm"), which, st.integers(min_value=1, max_value=3)),
    st.tuples(st.just("skip"), which, days),
    st.tuples(st.just("stale"), which),
    st.tuples(st.just("delete"), which),
    st.tuples(st.just("back"), which),
    st.tuples(
        st.just("new"), which, days, hours, st.sampled_from(["", "RRULE:FREQ=WEEKLY", "TRANSP:TRANSPARENT"])
    ),
    st.tuples(st.just("load"), which, days, hours, st.sampled_from([[], ["note_signed"], ["claim"]])),
    st.tuples(
        st.just("policy"), st.sampled_from(["status", "service", "off"]), st.sampled_from(["yes", "no"])
    ),
    st.tuples(st.just("wait"), st.sampled_from([1, 59, 61, 3600, 90000])),
)


@dataclass
class Follower:
    """What a program remembers: listings with the tokens that went with them, and every text of an ETag."""

    device: Device
    seen: list[tuple[str, int, dict[str, str]]] = field(default_factory=list)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    etags: dict[tuple[str, str], str] = field(default_factory=dict)

    def look(self) -> None:
        """Checks everything that was ever seen against what is there now."""
        calendar, listing = self.device.calendar, self.device.listing()
        if self.seen:
            _, number, before = self.seen[-1]
            assert calendar.number > number if listing != before else calendar.number >= number
        for token, number, before in self.seen:
            if number == calendar.number:
                assert before == listing
            assert self.followed(token, dict(before), None) == listing
            assert self.followed(token, dict(before), 2) == listing
        assert self.followed("", {}, 3) == listing
        self.seen.append((calendar.token, calendar.number, listing))
        for copy in self.device.all():
            assert self.texts.setdefault((copy.href, copy.etag), copy.text) == copy.text
            assert self.etags.setdefault((copy.href, copy.text), copy.etag) == copy.etag

    def followed(self, token: str, listing: dict[str, str], limit: int | None) -> dict[str, str]:
        for _ in range(200):
            changes = self.device.changes(token or None, limit)
            listing.update({href: etag for href, etag, _ in changes.changed})
            for href in changes.removed:
                listing.pop(href, None)
            if not changes.truncated:
                return listing
            token = changes.token
        raise AssertionError("the answers never end")


def check_busy(device: Device) -> None:
    """Free and busy, a quarter of an hour at a time, by another program's reading of the stored texts."""
    answered = [(each.start, each.end, each.type) for each in device.busy(SINCE, UNTIL)]
    expanded = list(_spans(device.all()))
    at = SINCE
    while at < UNTIL:
        found = {type_ for start, end, type_ in expanded if start <= at < end}
        wanted = "BUSY" if "BUSY" in found else "BUSY-TENTATIVE" if found else ""
        assert next((type_ for start, end, type_ in answered if start <= at < end), "") == wanted, at
        at += QUARTER


def _spans(copies: list[Resource]) -> Iterator[tuple[datetime, datetime, str]]:
    for copy in copies:
        calendar = icalendar.Calendar.from_ical(copy.text)
        for event in recurring_ical_events.of(calendar).between(SINCE - timedelta(days=2), UNTIL):
            status = str(event.get("STATUS", "CONFIRMED"))
            if status != "CANCELLED" and event.get("TRANSP") != "TRANSPARENT":
                start, end = (event[name].dt for name in ("DTSTART", "DTEND"))
                yield _utc(start), _utc(end), "BUSY-TENTATIVE" if status == "TENTATIVE" else "BUSY"


def _utc(when: datetime | date) -> datetime:
    assert isinstance(when, datetime)
    return when.astimezone(UTC)


@dataclass
class Life:
    """One practice and ada's program, a step at a time."""

    practice: Practice
    gone: dict[str, str] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def __post_init__(self) -> None:
        self.ada = self.practice.of("ada")
        self.first = {each.href: each.text for each in self.ada.all()}

    def copy(self, index: int) -> Resource | None:
        copies = sorted(self.ada.all(), key=lambda each: each.id)
        return copies[index % len(copies)] if copies else None

    def do(self, kind: str, *values: object) -> None:
        getattr(self, f"_{kind}")(*values)

    def _edit(self, index: int, *lines: str) -> None:
        if copy := self.copy(index):
            self.ada.put(copy.href, bodies.put(copy.text, *lines))

    def _move(self, index: int, day: int, hour: int) -> None:
        self._edit(index, *_times(day, hour))

    def _status(self, index: int, status: str) -> None:
        self._edit(index, f"STATUS:{status}")

    def _write(self, index: int, text: str) -> None:
        self._edit(index, f"DESCRIPTION:{text}", "LOCATION:Main office")

    def _alarm(self, index: int, minutes: int) -> None:
        if copy := self.copy(index):
            self.ada.put(copy.href, bodies.added(copy.text, *bodies.alarm(minutes), f"X-MARK-{minutes}:1"))

    def _skip(self, index: int, day: int) -> None:
        if copy := self.copy(index):
            start = bodies.value(copy.text, "DTSTART")[8:]
            on = (MONDAY + timedelta(days=day)).strftime("%Y%m%d")
            self.ada.put(copy.href, bodies.put(copy.text, f"EXDATE;TZID=America/New_York:{on}{start}"))

    def _stale(self, index: int) -> None:
        """The text as it was at first, from a program that has seen nothing since."""
        href = sorted(self.first)[index % len(self.first)]
        self.ada.put(href, self.first[href])

    def _delete(self, index: int) -> None:
        if copy := self.copy(index):
            self.gone[copy.href] = copy.text
            self.ada.delete(copy.href)

    def _back(self, index: int) -> None:
        if self.gone:
            href = sorted(self.gone)[index % len(self.gone)]
            self.ada.put(href, self.gone[href], if_none_match="*")

    def _new(self, index: int, day: int, hour: int, line: str) -> None:
        self.made += 1
        summary = ("Walk", "Noah Lane, 97153", "Maya Brooks")[index % 3]
        lines = [*_times(day, hour), *([line] if line else [])]
        self.ada.put(f"new-{self.made}.ics", bodies.new(f"new-{self.made}", summary, *lines))

    def _load(self, index: int, day: int, hour: int, facts: list[str]) -> None:
        file = practice_file(ORG)
        start, end = (line.partition(":")[2] for line in _times(day, hour))
        found = file["organizations"][0]["sessions"]
        found[:] = [found[index % len(found)]]
        found[0]["facts"] = facts
        if "repeat" not in found[0]:
            found[0].update(start=_iso(start), end=_iso(end))
        try:
            self.practice.load(file)
        except LoadError as error:
            assert "R-LOCK-1" in error.sentence

    def _policy(self, color: str, visible: str) -> None:
        file = practice_file(ORG)
        file["organizations"][0].update(policy={"color_by": color, "cancelled_visible": visible}, sessions=[])
        self.practice.load(file)

    def _wait(self, seconds: int) -> None:
        self.practice.clock.forward(seconds=seconds)
        self.practice.gate.tend()


def _times(day: int, hour: int) -> tuple[str, str]:
    start = (MONDAY + timedelta(days=day)).replace(tzinfo=None, hour=hour, minute=15)
    end = start + timedelta(hours=1, minutes=30)
    return bodies.times(start.strftime("%Y%m%dT%H%M%S"), end.strftime("%Y%m%dT%H%M%S"))


def _iso(text: str) -> str:
    return datetime.strptime(f"{text}+0000", "%Y%m%dT%H%M%S%z").strftime("%Y-%m-%dT%H:%M")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.data_too_large])
@given(sequence=st.lists(steps, min_size=1, max_size=14))
def test_tokens_etags_numbers_and_busy_times_agree(sequence: list[tuple[str, object]]) -> None:
    store = open_store("sqlite://")
    migrations.upgrade(store)
    practice = Practice(store, Clock())
    try:
        practice.load(practice_file(ORG))
        life, follower = Life(practice), Follower(practice.of("ada"))
        follower.look()
        for kind, *values in sequence:
            number = practice.number()
            life.do(kind, *values)
            assert practice.number() >= number
            follower.look()
            check_agreement(practice)
        check_busy(life.ada)
    finally:
        store.dispose()
