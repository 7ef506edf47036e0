"""What free/busy of many people reads: whose calendars count, and their own hours."""

from __future__ import annotations

from calgate.domain.practice import Person
from calgate.store import Store, availabilities, collections, occurrences, people, resources, spans
from calgate.store.collections import TRANSPARENCY, Counted
from calgate.store.reading import BATCH
from tests.support.store import ORG, OTHER, a_copy, found, plan_of

ZONE = "Europe/London"


def person(store: Store, name: str, *slugs: str, zone: str | None = None) -> list[int]:
    """A person of the organization and their calendars' ids; one named `free` is transparent."""
    with store.write(ORG) as tx:
        people.put(tx, ORG, Person(id=name, name=name))
        return [
            collections.create(
                tx, ORG, owner=name, slug=slug, managed=False, components=("VEVENT",), number=0, zone=zone,
                props={TRANSPARENCY: f"<C:x><C:{'transparent' if slug == 'free' else 'opaque'}/></C:x>"},
            )
            for slug in slugs
        ]  # fmt: skip


class TestAvailabilities:
    def test_set_replaced_and_taken_away(self, store: Store, collection: int) -> None:
        person(store, "bob")
        found(store, OTHER, "eve")
        with store.write(OTHER) as tx:
            availabilities.put(tx, OTHER, "eve", "theirs")
        with store.write(ORG) as tx:
            availabilities.put(tx, ORG, "ada", "one")
            availabilities.put(tx, ORG, "ada", "two")
            availabilities.put(tx, ORG, "bob", "three")
            assert availabilities.of_people(tx, ORG, ["ada", "bob", "eve", "nobody"]) == {
                "ada": "two", "bob": "three",
            }  # fmt: skip
            assert availabilities.of_people(tx, ORG, ["bob"]) == {"bob": "three"}
            assert availabilities.of_people(tx, ORG, []) == {}
            availabilities.remove(tx, ORG, "ada")
            availabilities.remove(tx, ORG, "ada")
            assert availabilities.of_people(tx, ORG, ["ada", "bob"]) == {"bob": "three"}
            assert availabilities.of_people(tx, OTHER, ["eve"]) == {"eve": "theirs"}

    def test_calendars_that_count(self, store: Store, collection: int) -> None:
        found(store, OTHER, "eve")
        home, away, *_ = person(store, "bob", "home", "away", "free", "inbox", zone="Asia/Tokyo")
        person(store, "cy")
        person(store, "dan", "free")
        with store.write(ORG) as tx:
            collections.drop(tx, ORG, away, 5)
            assert sorted(collections.counted(tx, ORG, ["ada", "bob", "cy", "dan", "eve", "nobody"])) == [
                Counted("ada", collection, ZONE), Counted("bob", home, "Asia/Tokyo"),
                Counted("cy", None, ZONE), Counted("dan", None, ZONE),
            ]  # fmt: skip
            assert collections.counted(tx, ORG, []) == []

    def test_busy_times_say_whose_they_are(self, store: Store, collection: int) -> None:
        [other] = person(store, "bob", "home")
        with store.write(ORG) as tx:
            for id_, calendar, start in ((50, collection, 10), (51, other, 20), (52, other, 90)):
                resources.put(tx, ORG, a_copy(id_, calendar, 1))
                occurrences.add(
                    tx, ORG, calendar, id_, [(start, start + 5, 0, "", "B"), (start, start + 9, 1, "", "")]
                )
            busy = occurrences.busy_between(tx, ORG, [collection, other], 0, 90)
            assert sorted(busy) == [(collection, 10, 15, "B"), (other, 20, 25, "B")]
            assert occurrences.busy_between(tx, ORG, [other], 0, 91) == [
                (other, 20, 25, "B"),
                (other, 90, 95, "B"),
            ]

    def test_series_that_go_on_beyond_the_index(self, store: Store, collection: int) -> None:
        [other] = person(store, "bob", "home")
        rows = {50: (collection, 100), 51: (other, 200), 52: (other, 900), 53: (other, None)}
        with store.write(ORG) as tx:
            for id_, (calendar, until) in rows.items():
                resources.put(tx, ORG, a_copy(id_, calendar, 1, indexed_until=until))
            resources.put(tx, ORG, a_copy(54, other, 1, indexed_until=100, component="VTODO"))
            both = [collection, other]
            assert spans.unfinished_in(tx, ORG, both, "VEVENT", 900) == {
                50: (collection, 100),
                51: (other, 200),
            }
            assert spans.unfinished_in(tx, ORG, [other], "VEVENT", 901) == {
                51: (other, 200),
                52: (other, 900),
            }
            assert spans.unfinished_in(tx, ORG, both, "VEVENT", 100) == {}

    def test_more_people_than_fit_into_one_statement(self, store: Store, collection: int) -> None:
        names = [f"p{number}" for number in range(BATCH + 1)]
        with store.write(ORG) as tx:
            for name in names:
                people.put(tx, ORG, Person(id=name, name=name))
        with store.read() as tx:
            assert sorted(each.owner for each in collections.counted(tx, ORG, names)) == sorted(names)

    def test_many_calendars_are_looked_up_in_the_primary_key(self, store: Store, collection: int) -> None:
        with store.read() as tx:
            plan = plan_of(tx, lambda: occurrences.busy_between(tx, ORG, range(50), 0, 1000))
        searches = [step for step in plan if "occurrences" in step]
        assert len(searches) == 2
        assert all(
            "PRIMARY KEY (org_id=? AND collection_id=? AND long=? AND starts_at" in step for step in searches
        )
