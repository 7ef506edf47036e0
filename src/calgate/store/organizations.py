"""Organizations: their settings, and the counter row from which numbers and ids are drawn."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from calgate.store.tables import organizations

_t = organizations.c
_mine = _t.id == bindparam("org")


class Organization(NamedTuple):
    """`number` is the newest of its number line; `epoch` changes when a backup is restored;
    `records` counts the changes of its people, clients, services, places, programmes and assignments."""

    id: str
    name: str
    pack: str
    timezone: str
    policy: Mapping[str, Any]
    number: int
    epoch: str
    records: int


_get = select(_t.id, _t.name, _t.pack, _t.timezone, _t.policy, _t.number, _t.epoch, _t.records).where(_mine)
_ids = select(_t.id).order_by(_t.id)
_number = select(_t.number).where(_mine)
_epoch = select(_t.epoch).where(_mine)
_insert = insert(organizations)
_update = (
    update(organizations)
    .where(_mine)
    .values({name: bindparam(name) for name in ("name", "pack", "timezone", "policy")})
)
_next_number = update(organizations).where(_mine).values(number=_t.number + 1).returning(_t.number)
_next_id = (
    update(organizations).where(_mine).values(last_id=_t.last_id + bindparam("n")).returning(_t.last_id)
)
_records_changed = update(organizations).where(_mine).values(records=_t.records + 1)
_set_epoch = update(organizations).where(_mine).values(epoch=bindparam("new_epoch"))


def get(tx: Connection, org: str) -> Organization | None:
    """The organization, None when there is none of that id."""
    row = tx.execute(_get, {"org": org}).first()
    return None if row is None else Organization(*row)


def ids(tx: Connection) -> list[str]:
    """Every organization of the installation, sorted."""
    return list(tx.execute(_ids).scalars())


def upsert(
    tx: Connection, org: str, *, name: str, pack: str, timezone: str, policy: Mapping[str, Any]
) -> None:
    """Makes the organization, or gives it these settings; its number line and epoch stay."""
    values = {"name": name, "pack": pack, "timezone": timezone, "policy": dict(policy)}
    if tx.execute(_update, {"org": org, **values}).rowcount == 0:
        tx.execute(
            _insert,
            {"id": org, "number": 0, "last_id": 0, "records": 0, "epoch": secrets.token_hex(4), **values},
        )


def number(tx: Connection, org: str) -> int:
    """The newest number; LookupError when there is no such organization."""
    return _present(org, tx.execute(_number, {"org": org}).scalar())


def next_number(tx: Connection, org: str) -> int:
    """Raises the counter in a write transaction: numbers have no gaps and are in commit order."""
    return _present(org, tx.execute(_next_number, {"org": org}).scalar())


def next_id(tx: Connection, org: str, n: int = 1) -> int:
    """The first of `n` consecutive new ids, unique within the organization."""
    return _present(org, tx.execute(_next_id, {"org": org, "n": n}).scalar()) - n + 1


def records_changed(tx: Connection, org: str) -> None:
    """Tells whoever keeps the organization's records in memory that they are others now."""
    tx.execute(_records_changed, {"org": org})


def epoch(tx: Connection, org: str) -> str:
    """The name of this history of the organization; LookupError when there is no such organization."""
    found = tx.execute(_epoch, {"org": org}).scalar()
    if found is None:
        raise LookupError(f"there is no organization '{org}'")
    return str(found)


def renew_epoch(tx: Connection, org: str) -> str:
    """A new epoch: every sync token given out before is invalid (after a restore)."""
    new = secrets.token_hex(4)
    tx.execute(_set_epoch, {"org": org, "new_epoch": new})
    return new


def _present(org: str, value: int | None) -> int:
    if value is None:
        raise LookupError(f"there is no organization '{org}'")
    return value
