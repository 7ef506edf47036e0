"""Copies that get one more new ETag later, because they were stored differently from what was sent."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from calgate.store.tables import stirs

_t = stirs.c
_org = _t.org_id == bindparam("org")
_one = _t.resource_id == bindparam("key")
_due = (
    select(_t.resource_id)
    .where(_org, _t.due_at <= bindparam("now"))
    .order_by(_t.due_at, _t.resource_id)
    .limit(bindparam("most"))
)
_update = update(stirs).where(_org, _one).values(due_at=bindparam("due"))
_insert = insert(stirs)
_delete = delete(stirs).where(_org, _one)


def put(tx: Connection, org: str, resource: int, due_at: int) -> None:
    """The resource is to be stirred at `due_at` (UTC seconds), and not at any time set before."""
    if tx.execute(_update, {"org": org, "key": resource, "due": due_at}).rowcount == 0:
        tx.execute(_insert, {"org_id": org, "resource_id": resource, "due_at": due_at})


def due(tx: Connection, org: str, now: int, limit: int = 100) -> list[int]:
    """Ids of the resources whose time has come, the longest due first."""
    return list(tx.execute(_due, {"org": org, "now": now, "most": limit}).scalars())


def remove(tx: Connection, org: str, resource: int) -> bool:
    """It is done, or not wanted any more; whether it was waiting."""
    return tx.execute(_delete, {"org": org, "key": resource}).rowcount == 1
