"""What a client's split of a series leaves to be remembered for a while: see gate.hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from calgate.store.tables import holds

_t = holds.c
_org = _t.org_id == bindparam("org")
_one = (_t.kind == bindparam("which")) & (_t.session_id == bindparam("session"))


class Hold(NamedTuple):
    """One thing remembered of a session until `due_at` (UTC seconds). `of_id` is the series that it belongs
    to, `body` a JSON object."""

    kind: str
    session_id: str
    of_id: str
    body: Mapping[str, Any]
    due_at: int


_select = select(*(_t[name] for name in Hold._fields)).where(_org)
_get = _select.where(_one)
_of = _select.where(_t.of_id == bindparam("of"), _t.kind == bindparam("which")).order_by(_t.session_id)
_kept = _select.where(_t.kind == bindparam("which"), _t.due_at > bindparam("now")).order_by(_t.session_id)
_due = (
    _select.where(_t.due_at <= bindparam("now"))
    .order_by(_t.due_at, _t.kind, _t.session_id)
    .limit(bindparam("most"))
)
_insert = insert(holds)
_update = (
    update(holds)
    .where(_org, _one)
    .values(of_id=bindparam("of"), body=bindparam("content"), due_at=bindparam("due"))
)
_delete = delete(holds).where(_org, _one)


def put(tx: Connection, org: str, hold: Hold) -> None:
    """Remembers it, in place of what was remembered of that kind and session."""
    key = {"org": org, "which": hold.kind, "session": hold.session_id}
    values = {"of": hold.of_id, "content": dict(hold.body), "due": hold.due_at}
    if tx.execute(_update, {**key, **values}).rowcount == 0:
        tx.execute(_insert, {"org_id": org, **hold._asdict(), "body": dict(hold.body)})


def get(tx: Connection, org: str, kind: str, session: str) -> Hold | None:
    """What is remembered of that kind and session."""
    row = tx.execute(_get, {"org": org, "which": kind, "session": session}).first()
    return None if row is None else Hold(*row)


def of(tx: Connection, org: str, kind: str, series: str) -> list[Hold]:
    """All of a kind that belong to a series."""
    return [Hold(*row) for row in tx.execute(_of, {"org": org, "which": kind, "of": series})]


def kept(tx: Connection, org: str, kind: str, now: int) -> list[Hold]:
    """All of a kind that have not fallen due by `now`."""
    return [Hold(*row) for row in tx.execute(_kept, {"org": org, "which": kind, "now": now})]


def due(tx: Connection, org: str, now: int, limit: int = 100) -> list[Hold]:
    """What has fallen due, the longest due first."""
    return [Hold(*row) for row in tx.execute(_due, {"org": org, "now": now, "most": limit})]


def remove(tx: Connection, org: str, kind: str, session: str) -> bool:
    """Forgets it; whether it was there."""
    return tx.execute(_delete, {"org": org, "which": kind, "session": session}).rowcount == 1
