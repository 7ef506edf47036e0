from dataclasses import replace

import pytest

from calgate.domain.practice import Person
from calgate.store import Store, organizations, passwords, people
from tests.support.store import ORG, OTHER, OWNER, found

ROLES = frozenset({"admin", "scheduler"})
ADA = Person(
    id="ada", name="Ada Moss", email="ada@riverside.example", roles=frozenset({"admin", "scheduler"})
)


class TestOrganizations:
    def test_an_upsert_changes_settings_and_keeps_the_number_line(self, store: Store) -> None:
        with store.write(ORG) as tx:
            organizations.upsert(tx, ORG, name="A", pack="mavis", timezone="UTC", policy={"geo": "on"})
            assert [organizations.next_number(tx, ORG) for _ in range(3)] == [1, 2, 3]
            epoch = organizations.epoch(tx, ORG)
        with store.write(ORG) as tx:
            organizations.upsert(tx, ORG, name="B", pack="other", timezone="Europe/London", policy={})
        with store.read() as tx:
            expected = organizations.Organization(ORG, "B", "other", "Europe/London", {}, 3, epoch, 0)
            assert organizations.get(tx, ORG) == expected

    def test_ids_are_drawn_in_blocks_and_per_organization(self, store: Store) -> None:
        for org in (ORG, OTHER):
            with store.write(org) as tx:
                organizations.upsert(tx, org, name=org, pack="mavis", timezone="UTC", policy={})
                assert [organizations.next_id(tx, org, n) for n in (1, 5, 1)] == [1, 2, 7]

    def test_an_unknown_organization_has_no_numbers(self, store: Store) -> None:
        with store.write("nobody") as tx:
            assert organizations.get(tx, "nobody") is None
            for draw in (organizations.next_number, organizations.next_id, organizations.number):
                with pytest.raises(LookupError):
                    draw(tx, "nobody")

    def test_a_renewed_epoch_is_another(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            before = organizations.epoch(tx, ORG)
            assert organizations.renew_epoch(tx, ORG) == organizations.epoch(tx, ORG) != before

    def test_a_write_that_fails_leaves_nothing(self, store: Store, collection: int) -> None:
        with pytest.raises(ZeroDivisionError), store.write(ORG) as tx:
            organizations.next_number(tx, ORG)
            people.put(tx, ORG, Person(id="bo", name="Bo"))
            raise ZeroDivisionError
        with store.read() as tx:
            assert (organizations.number(tx, ORG), people.get(tx, ORG, "bo")) == (0, None)


class TestPeople:
    def test_a_person_is_replaced_and_found_by_login(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            people.put(tx, ORG, ADA)
            people.put(tx, ORG, replace(ADA, name="Ada M."))
        with store.read() as tx:
            assert people.all(tx, ORG) == [replace(ADA, name="Ada M.")]
            assert people.organization_of(tx, "ada") == ORG
            assert people.organization_of(tx, "eve") is None

    def test_a_login_belongs_to_one_organization(self, store: Store, collection: int) -> None:
        found(store, OTHER, "bo")
        with pytest.raises(people.LoginTaken), store.write(OTHER) as tx:
            people.put(tx, OTHER, ADA)
        with store.read() as tx:
            assert people.get(tx, OTHER, "ada") is None


class TestPasswords:
    def test_a_password_is_held_until_it_is_revoked(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            id_ = passwords.add(tx, ORG, OWNER, "hash", "phone", at=10)
            passwords.touch(tx, ORG, id_, at=20)
            assert passwords.holder(tx, "hash") == (ORG, OWNER, id_, 20, "Ada", "", "Europe/London")
            assert passwords.holder(tx, "other") is None
            assert passwords.revoke(tx, ORG, id_, at=30)
            assert not passwords.revoke(tx, ORG, id_, at=40)
            assert passwords.holder(tx, "hash") is None
            assert passwords.of_person(tx, ORG, OWNER) == [(id_, OWNER, "phone", 10, 20, 30)]

    def test_the_same_hash_again_becomes_valid_again(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            id_ = passwords.add(tx, ORG, OWNER, "hash", "phone", at=10)
            passwords.revoke(tx, ORG, id_, at=30)
            assert passwords.add(tx, ORG, OWNER, "hash", "tablet", at=50) == id_
            holder = passwords.holder(tx, "hash")
            assert holder is not None and holder.id == id_
            people.put(tx, ORG, Person(id="bo", name="Bo"))
            with pytest.raises(ValueError, match="somebody else"):
                passwords.add(tx, ORG, "bo", "hash", "phone", at=60)

    def test_another_organization_revokes_nothing(self, store: Store, collection: int) -> None:
        found(store, OTHER, "bo")
        with store.write(ORG) as tx:
            id_ = passwords.add(tx, ORG, OWNER, "hash", "phone", at=10)
        with store.write(OTHER) as tx:
            assert not passwords.revoke(tx, OTHER, id_, at=30)
