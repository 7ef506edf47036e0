"""Random series, edited at random as each client writes it: the calendar shows what brute force says."""

# ruff: noqa: DTZ001, DTZ007
# The model counts in naive wall-clock time, so that nothing of what it checks is used in it.

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calgate.domain.recurrence import slots
from calgate.domain.texts import instructions_of
from calgate.gate.values import Outcome, Stored
from calgate.ical.read import read
from calgate.store import migrations, open_store
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import CLIENTS, MONDAY, session
from tests.support.series import NEW_YORK, ZONE
from tests.support.series_model import DAY, LENGTH, Model, Occurrence, Pattern

HOUR = timedelta(hours=1)
SINCE, UNTIL = datetime(2025, 6, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
STEPS = (HOUR, -HOUR, 90 * timedelta(minutes=1), DAY, -DAY, 2 * DAY + HOUR)
NUMBERS = count(1)

Verb = Literal["shift", "describe", "move", "cancel", "cut", "split", "wait"]


@dataclass(frozen=True)
class Edit:
    """One thing that somebody does. `where` picks an occurrence, `way` how the client writes it."""

    verb: Verb
    where: int
    step: timedelta
    way: int


@dataclass(frozen=True)
class Start:
    pattern: Pattern
    first: datetime
    length: int
    ends: Literal["COUNT", "UNTIL"]
    locked: frozenset[int]


EDITS = st.builds(
    Edit, st.sampled_from(["shift", "describe", "move", "cancel", "cut", "split", "split", "wait"]),
    st.integers(0, 30), st.sampled_from(STEPS), st.integers(0, 3),
)  # fmt: skip
STARTS = st.builds(
    Start,
    st.sampled_from([Pattern(1), Pattern(2), Pattern(4), Pattern(number=1), Pattern(number=2)]),
    st.builds(
        lambda days, hour: datetime(2026, 1, 5, hour) + days * DAY, st.integers(0, 70), st.integers(9, 17)
    ),
    st.integers(2, 14), st.sampled_from(["COUNT", "UNTIL"]), st.frozensets(st.integers(0, 13), max_size=1),
)  # fmt: skip


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    store = open_store("sqlite://")
    migrations.upgrade(store)
    yield Practice(store)
    store.dispose()


@dataclass
class Client:
    """Somebody's program with the series, and the model beside it."""

    device: Device
    model: Model
    href: str
    now: datetime

    @property
    def text(self) -> str:
        found = self.device.at(self.href)
        assert found is not None
        return found.text

    def put(self, text: str) -> bool:
        return isinstance(self.device.put(self.href, text), Stored)


def stamp(when: datetime) -> str:
    return f"{when:%Y%m%dT%H%M%S}"


def in_utc(when: datetime) -> str:
    return f"{when.replace(tzinfo=NEW_YORK).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def first_start(text: str) -> datetime:
    return datetime.strptime(bodies.value(text, "DTSTART"), "%Y%m%dT%H%M%S")


def rule_from(text: str, **parts: str) -> str:
    """The master's RRULE with other parts in place of its end."""
    old = dict(each.split("=") for each in bodies.value(text, "RRULE").split(";"))
    if "COUNT" in parts or "UNTIL" in parts:
        old.pop("COUNT", None), old.pop("UNTIL", None)
    return "RRULE:" + ";".join(f"{name}={value}" for name, value in {**old, **parts}.items())


def without_overrides(text: str, since: datetime | None = None) -> str:
    """Without the overrides, or those at `since` or later."""
    head, *events = re.split(r"(?=BEGIN:VEVENT)", bodies.joined(bodies.unfolded(text)))
    events[-1] = events[-1].replace("END:VCALENDAR\r\n", "")
    kept = [
        each for each in events
        if not (on := re.search(r"RECURRENCE-ID[^:]*:(\w+)", each))
        or (since is not None and datetime.strptime(on[1], "%Y%m%dT%H%M%S") < since)
    ]  # fmt: skip
    return "".join([head, *kept, "END:VCALENDAR\r\n"])


def shift(client: Client, edit: Edit) -> tuple[bool, bool]:
    """All events: DTSTART moves; RECURRENCE-IDs are left as they were (Apple) or rewritten (Thunderbird)."""
    step = edit.step if not client.model.pattern.number else (HOUR if edit.step > timedelta() else -HOUR)
    text, start = client.text, first_start(client.text) + step
    sent = bodies.put(text, *bodies.times(stamp(start), stamp(start + LENGTH)))
    if edit.way % 2:
        sent = re.sub(
            r"(RECURRENCE-ID;TZID=America/New_York:)(\w+)",
            lambda m: m[1] + stamp(datetime.strptime(m[2], "%Y%m%dT%H%M%S") + step), sent,
        )  # fmt: skip
    return client.put(sent), client.model.shift(client.now, step)


def describe(client: Client, edit: Edit) -> tuple[bool, bool]:
    note = f"Note {edit.where}"
    marked = bodies.value(client.text, "DESCRIPTION")
    marker = next(each for each in marked.split("\\n") if "Instructions" in each)
    head = marked[: marked.index(marker) + len(marker)]
    text = bodies.put(client.text, f"DESCRIPTION:{head}\\n{note}")
    if all(each.note == note for each in client.model.part if not each.own_note):
        return client.put(text), True
    return client.put(text), client.model.describe(client.now, note)


def move(client: Client, edit: Edit) -> tuple[bool, bool] | None:
    index = edit.where % len(client.model.part)
    each = client.model.part[index]
    start = each.start + edit.step
    if start == each.on or start <= client.now or each.cancelled:
        return None
    sent = own_event(client.text, each, start)
    return client.put(sent), client.model.move(client.now, index, edit.step)


def own_event(text: str, each: Occurrence, start: datetime, *lines: str) -> str:
    """The text with that occurrence's override, in place of the one it has; texts are those it has."""
    old = next((e for e in re.split(r"(?=BEGIN:VEVENT)", bodies.joined(bodies.unfolded(text)))
                if f"RECURRENCE-ID;{ZONE}:{stamp(each.on)}" in e), "")  # fmt: skip
    shown = [
        line for line in (old.splitlines() or bodies.event(text)) if line.startswith(("SUMMARY", "DESCR"))
    ]
    rest = (
        bodies.joined(bodies.unfolded(text)).replace(old.replace("END:VCALENDAR\r\n", ""), "")
        if old
        else text
    )
    times = bodies.times(stamp(start), stamp(start + LENGTH))
    return bodies.with_override(rest, f"RECURRENCE-ID;{ZONE}:{stamp(each.on)}", *times, *shown, *lines)


def cancel(client: Client, edit: Edit) -> tuple[bool, bool] | None:
    """EXDATE in the zone (Apple, DAVx5), in UTC (Evolution), or an override with STATUS."""
    index = edit.where % len(client.model.part)
    each = client.model.part[index]
    if each.cancelled:
        return None
    if edit.way == 0:
        sent = own_event(client.text, each, each.start, "STATUS:CANCELLED")
    else:
        rest = re.sub(
            rf"BEGIN:VEVENT(?:(?!BEGIN:VEVENT).)*RECURRENCE-ID;{ZONE}:{stamp(each.on)}.*?END:VEVENT\r\n", "",
            bodies.joined(bodies.unfolded(client.text)), flags=re.DOTALL,
        )  # fmt: skip
        line = f"EXDATE;{ZONE}:{stamp(each.on)}" if edit.way == 1 else f"EXDATE:{in_utc(each.on)}"
        sent = bodies.added(rest, line)
    return client.put(sent), client.model.cancel(client.now, index)


def cut_text(client: Client, index: int, way: int) -> str:
    on = client.model.part[index].on
    text = without_overrides(client.text, on)
    by_count = "COUNT" in bodies.value(client.text, "RRULE") and way % 2
    end = {"COUNT": str(index)} if by_count else {"UNTIL": in_utc(on - timedelta(seconds=1))}
    return bodies.put(text, rule_from(text, **end))


def cut(client: Client, edit: Edit) -> tuple[bool, bool] | None:
    index = edit.where % len(client.model.part)
    if index == 0:
        return None
    return client.put(cut_text(client, index, edit.way)), client.model.cut(client.now, index)


def split(client: Client, edit: Edit) -> tuple[bool, bool] | None:
    """This and future: the new half before (Evolution) or after the cut, its COUNT reduced or not."""
    model = client.model
    index = edit.where % len(model.part)
    if index == 0:
        return None
    step = timedelta() if edit.way < 2 else HOUR
    start = model.part[index].on + step
    number = next(NUMBERS)
    new = bodies.put(
        without_overrides(client.text),
        f"UID:half-{number}",
        *bodies.times(stamp(start), stamp(start + LENGTH)),
    )
    if "COUNT" in bodies.value(new, "RRULE") and edit.where % 3:
        new = bodies.put(new, rule_from(new, COUNT=str(len(model.part) - index)))
    elif step:
        new = (
            new.replace("UNTIL=" + until_of(new), "UNTIL=" + later(until_of(new), step))
            if until_of(new)
            else new
        )
    note = master_note(client.text)
    writes = [(f"half-{number}.ics", new), (client.href, cut_text(client, index, edit.way))]
    outcomes = [client.device.put(*each) for each in (writes if edit.way % 2 else reversed(writes))]
    allowed = model.split(client.now, index, step, note)
    if allowed:
        client.href = f"half-{number}.ics"
    return all_stored(outcomes), allowed


def until_of(text: str) -> str:
    found = re.search(r"UNTIL=(\w+)", bodies.value(text, "RRULE"))
    return found[1] if found else ""


def later(until: str, step: timedelta) -> str:
    return f"{datetime.strptime(until, '%Y%m%dT%H%M%SZ') + step:%Y%m%dT%H%M%SZ}"


def master_note(text: str) -> str:
    master = read(text.encode(), NEW_YORK).document.master
    assert master is not None
    return instructions_of(master.description).strip()


def all_stored(outcomes: list[Outcome]) -> bool:
    stored = {isinstance(each, Stored) for each in outcomes}
    assert len(stored) == 1, outcomes
    return stored == {True}


WAYS: dict[str, Any] = {
    "shift": shift, "describe": describe, "move": move, "cancel": cancel, "cut": cut, "split": split,
}  # fmt: skip


def shown(device: Device) -> Counter[tuple[object, ...]]:
    """Every occurrence on the calendar: local start and end, cancelled, note, status, locks."""
    found: Counter[tuple[object, ...]] = Counter()
    for each in device.all():
        document = read(each.text.encode(), NEW_YORK).document
        for slot in slots(document, SINCE, UNTIL, NEW_YORK):
            event = document.events[slot.part]
            status = event.marks.get("STATUS", "")
            cancelled = status == "cancelled"
            note = "" if cancelled else instructions_of(event.description).strip()
            found[
                local(slot.start), local(slot.end), cancelled, note, status, event.marks.get("LOCKS", "")
            ] += 1
    return found


def local(when: Any) -> datetime:
    naive: datetime = when.astimezone(NEW_YORK).replace(tzinfo=None)
    return naive


def expected(model: Model) -> Counter[tuple[object, ...]]:
    return Counter(
        (each.start, each.start + LENGTH, each.cancelled, "" if each.cancelled else each.note)
        for each in model.all
    )


def busy_union(model: Model) -> int:
    """Minutes of the union of all occurrences that take place."""
    minutes = set[datetime]()
    for each in model.all:
        if not each.cancelled:
            minutes |= {each.start + timedelta(minutes=minute) for minute in range(0, 60, 30)}
    return 30 * len(minutes)


def begun(found: Counter[tuple[object, ...]], now: datetime) -> Counter[tuple[object, ...]]:
    return Counter({each: times for each, times in found.items() if each[0] <= now})  # type: ignore[operator]


def begin(practice: Practice, start: Start) -> Client:
    """A new organization with nothing but this series, on Monday 2 March 2026 at 9."""
    number = next(NUMBERS)
    ons = start.pattern.starts(start.first, start.length)
    if start.pattern.number:
        first = start.first.replace(day=1)
        first += ((start.first.weekday() - first.weekday()) % 7) * DAY + (start.pattern.number - 1) * 7 * DAY
        ons = start.pattern.starts(first, start.length)
    day = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][ons[0].weekday()]
    rule = f"FREQ=WEEKLY;INTERVAL={start.pattern.weeks}"
    if start.pattern.number:
        rule = f"FREQ=MONTHLY;BYDAY={start.pattern.number}{day}"
    rule += f";COUNT={start.length}" if start.ends == "COUNT" else f";UNTIL={in_utc(ons[-1])}"
    locked = [index for index in start.locked if index < len(ons)]
    occurrences = [{"on": f"{ons[index]:%Y-%m-%dT%H:%M}", "facts": ["billing_started"]} for index in locked]
    practice.clock.at = MONDAY
    practice.load({"calgate": 1, "organizations": [{
        "id": f"o{number}", "pack": "provider_app", "timezone": "America/New_York", "clients": CLIENTS,
        "people": [{"id": f"ada{number}"}], "services": [{"id": "97153"}], "locations": [{"id": "main"}],
        "sessions": [session(f"s{number}", f"{ons[0]:%Y-%m-%dT%H:%M}", f"{ons[0] + LENGTH:%Y-%m-%dT%H:%M}",
                             practitioner=f"ada{number}", repeat={"rrule": rule}, occurrences=occurrences)],
    }]})  # fmt: skip
    device = practice.of(f"ada{number}")
    model = Model(start.pattern, [Occurrence(on, on, locked=i in locked) for i, on in enumerate(ons)])
    return Client(device, model, device.get(f"s{number}").href, datetime(2026, 3, 2, 9))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=STARTS, edits=st.lists(EDITS, min_size=1, max_size=6))
def test_the_calendar_shows_what_brute_force_says(
    practice: Practice, start: Start, edits: list[Edit]
) -> None:
    client = begin(practice, start)
    for edit in edits:
        if not client.model.part:
            break
        before, now = shown(client.device), client.now
        if edit.verb == "wait":
            practice.clock.forward(days=edit.where, seconds=125)
            practice.gate.tend()
            client.now = local(practice.clock.at)
        else:
            answer = WAYS[edit.verb](client, edit)
            assert answer is None or answer[0] == answer[1], (edit, answer)
        after = shown(client.device)
        assert Counter({each[:4]: n for each, n in after.items()}) == expected(client.model), edit
        assert begun(after, now) == begun(before, now)
        busy = client.device.busy(SINCE, UNTIL)
        assert sum((each.end - each.start).total_seconds() for each in busy) // 60 == busy_union(client.model)
