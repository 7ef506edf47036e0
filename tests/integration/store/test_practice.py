from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from calgate.domain.practice import Assignment, Client, Location, Person, Practice, Service
from calgate.store import Store, Tx, practice
from tests.support.store import ORG, OTHER, found

CLIENTS = [Client(id="c-1", first_name="Noah", last_name="Lane", internal_id="1"), Client(id="c-2")]
SERVICES = [Service(id="97153", name="Treatment", modifiers=("HO", "95")), Service(id="97155")]
MAIN = Location(id="main", name="Main", address="12 Mill St", place_of_service="11", rooms=("1", "2"))
SCHOOL = Location(id="school", type="school", prerequisites_done=False)
HOURS = [
    Assignment(practitioner="ada", client="c-1", service="97153", hours=10.5, from_=date(2026, 1, 1)),
    Assignment(
        practitioner="ada", client="c-2", service="97155", hours=2, per="month", to=date(2026, 12, 31)
    ),
    Assignment(practitioner="bo", client="c-1", service="97153", hours=1, per="period"),
]


def fill(tx: Tx) -> None:
    practice.put_clients(tx, ORG, CLIENTS)
    practice.put_services(tx, ORG, SERVICES)
    practice.put_locations(tx, ORG, [MAIN, SCHOOL])
    practice.put_programmes(tx, ORG, {"hpv": "HPV"})
    practice.put_assignments(tx, ORG, HOURS)


@pytest.mark.usefixtures("collection")
class TestPractice:
    def test_everything_comes_back(self, store: Store) -> None:
        with store.write(ORG) as tx:
            fill(tx)
        with store.read() as tx:
            assert practice.load_practice(tx, ORG, everything=True) == Practice(
                id=ORG, name=ORG, pack="mavis", zone=ZoneInfo("Europe/London"),
                people={"ada": Person(id="ada", name="Ada")},
                clients={each.id: each for each in CLIENTS}, services={each.id: each for each in SERVICES},
                locations={"main": MAIN, "school": SCHOOL}, programmes={"hpv": "HPV"},
                assignments=tuple(HOURS),
            )  # fmt: skip

    def test_only_what_is_asked_for(self, store: Store) -> None:
        with store.write(ORG) as tx:
            fill(tx)
            some = practice.load_practice(
                tx, ORG, clients=["c-2", "c-9"], services=["97153"], practitioner="ada"
            )
            assert (list(some.people), list(some.clients), list(some.services)) == (
                ["ada"],
                ["c-2"],
                ["97153"],
            )
            assert some.assignments == (HOURS[1],)
            assert practice.load_practice(tx, ORG, practitioner="ada").assignments == tuple(HOURS[:2])
            none = practice.load_practice(tx, ORG)
            assert (none.people, none.clients, none.services, none.assignments) == ({}, {}, {}, ())
            assert (set(none.locations), none.programmes) == ({"main", "school"}, {"hpv": "HPV"})

    def test_records_of_the_same_key_are_replaced(self, store: Store) -> None:
        changed = replace(HOURS[0], hours=4, per="month", to=date(2026, 6, 1))
        with store.write(ORG) as tx:
            fill(tx)
            practice.put_clients(tx, ORG, [replace(CLIENTS[0], first_name="N."), CLIENTS[1], CLIENTS[1]])
            practice.put_locations(tx, ORG, [replace(SCHOOL, prerequisites_done=True)])
            practice.put_programmes(tx, ORG, {"hpv": "Human papillomavirus", "flu": "Flu"})
            practice.put_assignments(tx, ORG, [changed])
            practice.put_services(tx, ORG, [])
        with store.read() as tx:
            now = practice.load_practice(tx, ORG, everything=True)
        assert [each.first_name for each in now.clients.values()] == ["N.", ""]
        assert now.locations["school"].prerequisites_done is True
        assert now.programmes == {"hpv": "Human papillomavirus", "flu": "Flu"}
        assert now.assignments == (changed, *HOURS[1:])

    def test_organizations_do_not_see_each_others(self, store: Store) -> None:
        found(store, OTHER, "bo")
        with store.write(ORG) as tx:
            fill(tx)
        with store.read() as tx:
            other = practice.load_practice(tx, OTHER, everything=True)
            assert (list(other.people), other.clients, other.locations) == (["bo"], {}, {})
            with pytest.raises(LookupError):
                practice.load_practice(tx, "nobody")
