"""Decisions: what was asked, by whom, and what the rules said. They are only ever added."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select

from calgate.store.tables import decisions

_t = decisions.c


class Decision(NamedTuple):
    """One decision. `at` is in UTC seconds; `changes` and `rules` are JSON values (codec.plain); `rule` is
    the refusing one, "" when allowed. `seq` tells those of the same number apart."""

    number: int
    at: int
    actor: str
    role: str
    door: str
    session_id: str | None
    changes: Any
    verdict: str
    rule: str
    rules: Any
    sentence: str
    contact: str
    pack: str
    pack_version: str
    seq: int = 0


_select = select(*(_t[name] for name in Decision._fields)).where(_t.org_id == bindparam("org"))
_get = _select.where(_t.number == bindparam("number"), _t.seq == bindparam("seq"))
_after = _select.where(_t.number > bindparam("after")).order_by(_t.number, _t.seq).limit(bindparam("most"))
_insert = insert(decisions)


def put(tx: Connection, org: str, decision: Decision) -> None:
    """Records a decision."""
    tx.execute(_insert, {"org_id": org, **decision._asdict()})


def get(tx: Connection, org: str, number: int, seq: int = 0) -> Decision | None:
    """The decision of that number."""
    row = tx.execute(_get, {"org": org, "number": number, "seq": seq}).first()
    return None if row is None else Decision(*row)


def after(tx: Connection, org: str, number: int, limit: int = 100) -> list[Decision]:
    """Up to `limit` decisions after that number, oldest first."""
    return [Decision(*row) for row in tx.execute(_after, {"org": org, "after": number, "most": limit})]
