"""App passwords, found by their hash: the organization is what the hash is asked for."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, false, insert, select, update

from calgate.store import organizations as orgs
from calgate.store.tables import app_passwords, organizations, people

_t = app_passwords.c
_org = _t.org_id == bindparam("org")
_hash = _t.hash == bindparam("key")
_valid = _t.revoked_at.is_(None)


class AppPassword(NamedTuple):
    """One app password without its secret; times are UTC seconds, None: never."""

    id: int
    person: str
    label: str
    created_at: int
    last_used_at: int | None
    revoked_at: int | None


class Holder(NamedTuple):
    """Whom a valid password belongs to; `zone` is the organization's, `last_used_at` UTC seconds."""

    org: str
    person: str
    id: int
    last_used_at: int | None
    name: str
    email: str
    zone: str


# One statement: it runs with every request.
_holder = (
    select(
        _t.org_id,
        _t.person_id,
        _t.id,
        _t.last_used_at,
        people.c.name,
        people.c.email,
        organizations.c.timezone,
    )
    .join(people, (people.c.org_id == _t.org_id) & (people.c.id == _t.person_id))
    .join(organizations, organizations.c.id == _t.org_id)
    .where(_hash, _valid, people.c.gone == false())
)
_list = (
    select(_t.id, _t.person_id, _t.label, _t.created_at, _t.last_used_at, _t.revoked_at)
    .where(_org, _t.person_id == bindparam("person"))
    .order_by(_t.id)
)
_find = select(_t.org_id, _t.person_id, _t.id).where(_hash)
_insert = insert(app_passwords)
_renew = update(app_passwords).where(_hash, _org).values(label=bindparam("label"), revoked_at=None)
_revoke = (
    update(app_passwords).where(_org, _t.id == bindparam("key"), _valid).values(revoked_at=bindparam("at"))
)
_touch = update(app_passwords).where(_org, _t.id == bindparam("key")).values(last_used_at=bindparam("at"))


def holder(tx: Connection, hash_: str) -> Holder | None:
    """Whose password has that hash; None when unknown or revoked, or the person is gone."""
    row = tx.execute(_holder, {"key": hash_}).first()
    return None if row is None else Holder(*row)


def add(tx: Connection, org: str, person: str, hash_: str, label: str, at: int) -> int:
    """Adds a password, made at `at`, and gives its id. The same hash again for the same person makes it valid
    again under the new label; ValueError when another person has it."""
    found = tx.execute(_find, {"key": hash_}).first()
    if found is not None:
        owner_org, owner, id_ = found
        if (owner_org, owner) != (org, person):
            raise ValueError("the password hash belongs to somebody else")
        tx.execute(_renew, {"org": org, "key": hash_, "label": label})
        return int(id_)
    new = orgs.next_id(tx, org)
    tx.execute(
        _insert,
        {"hash": hash_, "org_id": org, "person_id": person, "id": new, "label": label, "created_at": at},
    )
    return new


def of_person(tx: Connection, org: str, person: str) -> list[AppPassword]:
    """Every password the person ever had, oldest first."""
    return [AppPassword(*row) for row in tx.execute(_list, {"org": org, "person": person})]


def revoke(tx: Connection, org: str, id_: int, at: int) -> bool:
    """Makes the password invalid; whether it was valid."""
    return tx.execute(_revoke, {"org": org, "key": id_, "at": at}).rowcount == 1


def touch(tx: Connection, org: str, id_: int, at: int) -> None:
    """Records that the password was used."""
    tx.execute(_touch, {"org": org, "key": id_, "at": at})
