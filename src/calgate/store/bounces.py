"""Recent refusals: the same body refused again within a minute does not bounce twice."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from calgate.store.tables import bounces

KEPT_SECONDS = 3600

_t = bounces.c
_href = (
    _t.org_id == bindparam("org"),
    _t.collection_id == bindparam("collection"),
    _t.href == bindparam("at_href"),
)
_one = (*_href, _t.body_hash == bindparam("hash"))
_recently = select(_t.at).where(*_one, _t.at > bindparam("since"))
_forget = delete(bounces).where(*_href, _t.at < bindparam("since"))
_update = update(bounces).where(*_one).values(at=bindparam("now"))
_insert = insert(bounces)


def recently(tx: Connection, org: str, collection: int, href: str, body_hash: str, since: int) -> bool:
    """Whether that body was refused there after `since` (UTC seconds)."""
    key = {"org": org, "collection": collection, "at_href": href, "hash": body_hash, "since": since}
    return tx.execute(_recently, key).scalar() is not None


def record(tx: Connection, org: str, collection: int, href: str, body_hash: str, at: int) -> None:
    """Records a refusal at `at`, and forgets the href's old ones."""
    key = {"org": org, "collection": collection, "at_href": href}
    tx.execute(_forget, {**key, "since": at - KEPT_SECONDS})
    if tx.execute(_update, {**key, "hash": body_hash, "now": at}).rowcount == 0:
        row = {"org_id": org, "collection_id": collection, "href": href, "body_hash": body_hash, "at": at}
        tx.execute(_insert, row)
