"""Whatever people's programs and the practice write, in any order: every view is what it would be if it were
made now, its ETag stands for its bytes, and it changes only when they do."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calgate.store import migrations, open_store
from tests.property.test_gate import ORG as FILE
from tests.property.test_gate import Life, steps
from tests.support import bodies
from tests.support.links import ORG, WISHES, check_views, page
from tests.support.practice import Clock, Practice
from tests.support.practice_file import practice_file

days = st.integers(min_value=0, max_value=20)
moves = st.one_of(
    st.tuples(
        st.just("reassign"),
        st.sampled_from(["org", "own", "weekly"]),
        st.fixed_dictionaries(
            {},
            optional={
                "client": st.sampled_from(["c-101", "c-102"]),
                "practitioner": st.sampled_from(["ada", "bob"]),
                "room": st.sampled_from(["1", "2"]),
                "status": st.sampled_from(["scheduled", "validating", "declined", "cancelled"]),
            },
        ),
    ),
    st.tuples(
        st.just("one"), days, st.sampled_from([{"client": "c-101"}, {"room": "2"}, {"status": "cancelled"}])
    ),
)


@dataclass
class Lives(Life):
    """A life in which the practice also gives sessions to other people and rooms."""

    def _reassign(self, id_: str, changes: dict[str, str]) -> None:
        file = practice_file(FILE)
        sessions = file["organizations"][0]["sessions"]
        sessions[:] = [each for each in sessions if each["id"] == id_]
        sessions[0].update(changes)
        self.practice.load(file)

    def _one(self, day: int, own: dict[str, str]) -> None:
        on = f"2026-{3 + day // 5:02d}-{(2, 9, 16, 23, 30)[day % 5]:02d}T16:00"
        file = practice_file(FILE)
        sessions = file["organizations"][0]["sessions"]
        sessions[:] = [each for each in sessions if each["id"] == "weekly"]
        if day < 5:
            sessions[0]["occurrences"] = [{"on": on, **own}]
        self.practice.load(file)


@dataclass
class Subscriber:
    """What a subscriber remembers of every ETag, and of every event."""

    practice: Practice
    secrets: list[str]
    bodies: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    last: dict[int, str] = field(default_factory=dict)
    versions: dict[tuple[int, str], tuple[int, str]] = field(default_factory=dict)

    def look(self) -> None:
        for index, secret in enumerate(self.secrets):
            found = page(self.practice, secret)
            assert found.head.state == "live"
            etag, before = found.head.etag, self.last.get(index)
            assert self.bodies.setdefault((index, etag), found.texts) == found.texts
            self.last[index] = etag
            self._versions(index, found.texts)
            if before is not None and before != etag and _day(before) == _day(etag):
                assert self.bodies[index, before] != found.texts

    def _versions(self, index: int, texts: list[str]) -> None:
        """SEQUENCE never falls, and rises with every other text of an event, even of one that was away."""
        for text in texts:
            uid, sequence = bodies.value(text, "UID"), int(bodies.value(text, "SEQUENCE"))
            before = self.versions.get((index, uid))
            if before is not None:
                assert sequence > before[0] or (sequence, text) == before
            self.versions[index, uid] = sequence, text


def _day(etag: str) -> str:
    """The day of the window that an ETag is of."""
    return etag.split("-")[2]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.data_too_large])
@given(sequence=st.lists(st.one_of(steps, moves), min_size=1, max_size=10))
def test_views_are_what_they_would_be_if_made_now(sequence: list[tuple[str, object]]) -> None:
    store = open_store("sqlite://")
    migrations.upgrade(store)
    practice = Practice(store, Clock())
    try:
        practice.load(practice_file(FILE))
        secrets = [practice.gate.add_link(ORG, wish)[1] for wish in WISHES[ORG]]
        life, subscriber = Lives(practice), Subscriber(practice, secrets)
        subscriber.look()
        for kind, *values in sequence:
            life.do(kind, *values)
            check_views(store, ORG)
            subscriber.look()
    finally:
        store.dispose()
