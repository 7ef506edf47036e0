"""People and their logins. A person's id is the login name, unique in the installation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, false, insert, select, update

from calgate.domain.practice import Person
from calgate.store import organizations
from calgate.store.tables import former_addresses, logins, people

_t = people.c
_f = former_addresses.c
_org = _t.org_id == bindparam("org")
_one = _t.id == bindparam("key")
_live = _t.gone == false()
_columns = (_t.id, _t.name, _t.email, _t.roles)

_get = select(*_columns).where(_org, _one, _live)
_all = select(*_columns).where(_org, _live).order_by(_t.id)
_insert = insert(people)
_update = (
    update(people)
    .where(_org, _one)
    .values(name=bindparam("name"), email=bindparam("email"), roles=bindparam("roles"), gone=false())
)
_email = select(_t.email).where(_org, _one)
_former = select(_f.address, _f.person_id).where(_f.org_id == bindparam("org"))
_forget = delete(former_addresses).where(_f.org_id == bindparam("org"), _f.address == bindparam("at_address"))
_insert_former = insert(former_addresses)
_organization = select(logins.c.org_id).where(logins.c.login == bindparam("login"))
_insert_login = insert(logins)


class LoginTaken(Exception):
    """The id is the login of a person of another organization."""


def organization_of(tx: Connection, login: str) -> str | None:
    """The organization that a login belongs to. A login stays taken when its person is gone."""
    return tx.execute(_organization, {"login": login}).scalar()


def get(tx: Connection, org: str, person: str) -> Person | None:
    """The person, None when unknown or gone."""
    row = tx.execute(_get, {"org": org, "key": person}).first()
    return None if row is None else _person(row)


def all(tx: Connection, org: str) -> list[Person]:
    """Everybody of the organization, sorted by id."""
    return [_person(row) for row in tx.execute(_all, {"org": org})]


def former_addresses_of(tx: Connection, org: str) -> dict[str, str]:
    """Who had a mail address (casefolded) last before they were given another one."""
    return {row[0]: row[1] for row in tx.execute(_former, {"org": org})}


def put(tx: Connection, org: str, person: Person) -> None:
    """Adds the person or replaces what is known of them, and remembers the mail address that they had.
    LoginTaken when another organization has that id."""
    owner = organization_of(tx, person.id)
    if owner is None:
        tx.execute(_insert_login, {"login": person.id, "org_id": org})
    elif owner != org:
        raise LoginTaken(person.id)
    organizations.records_changed(tx, org)
    _remember_address(tx, org, person)
    values = {"name": person.name, "email": person.email, "roles": sorted(person.roles)}
    if tx.execute(_update, {"org": org, "key": person.id, **values}).rowcount == 0:
        tx.execute(_insert, {"org_id": org, "id": person.id, "gone": False, **values})


def _remember_address(tx: Connection, org: str, person: Person) -> None:
    """Keeps the present address of somebody who is about to get another one."""
    old = (tx.execute(_email, {"org": org, "key": person.id}).scalar() or "").casefold()
    if old and old != person.email.casefold():
        tx.execute(_forget, {"org": org, "at_address": old})
        tx.execute(_insert_former, {"org_id": org, "address": old, "person_id": person.id})


def _person(row: Any) -> Person:
    return Person(id=row[0], name=row[1], email=row[2], roles=frozenset(row[3]))
