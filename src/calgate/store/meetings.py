"""Copies of one meeting in a person's calendars, and the scheduling messages in an inbox."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, false, select

from calgate.store.collections import INBOX
from calgate.store.resources import Copy, by_ids
from calgate.store.tables import collections, resource_texts, resources

_t = resources.c
_c = collections.c
_x = resource_texts.c
_live = (_t.org_id == bindparam("org"), _t.gone == false(), _t.uid == bindparam("uid"))
_of_owner = (
    select(_t.id)
    .join(collections, (_c.org_id == _t.org_id) & (_c.id == _t.collection_id))
    .where(*_live, _c.owner == bindparam("owner"), _c.slug != INBOX, _c.gone == false())
    .order_by(_t.id)
)
_about = (
    select(_t.id, _x.text)
    .join(resource_texts, (_x.org_id == _t.org_id) & (_x.resource_id == _t.id))
    .where(*_live, _t.collection_id == bindparam("collection"))
)
_old = select(_t.id).where(
    _t.org_id == bindparam("org"), _t.collection_id == bindparam("collection"), _t.gone == false(),
    _t.modified_at < bindparam("before"),
)  # fmt: skip


def copies(tx: Connection, org: str, owner: str, uid: str) -> list[Copy]:
    """The live objects of that UID in the person's calendars, oldest first."""
    return by_ids(tx, org, tx.execute(_of_owner, {"org": org, "owner": owner, "uid": uid}).scalars())


def messages(tx: Connection, org: str, inbox: int, uid: str) -> list[tuple[int, str]]:
    """Ids and texts of the messages about that UID."""
    rows = tx.execute(_about, {"org": org, "collection": inbox, "uid": uid})
    return [(row[0], row[1]) for row in rows]


def older_messages(tx: Connection, org: str, inbox: int, before: int) -> list[int]:
    """Ids of the messages that came before that time, UTC seconds."""
    return list(tx.execute(_old, {"org": org, "collection": inbox, "before": before}).scalars())
