"""Feed and free/busy links, found by the hash of their secret: the organization is what the hash is asked
for."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from calgate.store.reading import tuples
from calgate.store.tables import link_secrets, links, organizations, views

_t = links.c
_s = link_secrets.c
_org = _t.org_id == bindparam("org")
_one = _t.id == bindparam("key")
_live = _t.revoked_at.is_(None)


class LinkRow(NamedTuple):
    """A link as stored; times are UTC seconds, `statuses` as views.statuses_text writes them. `view_id` is
    None for free/busy, and for what is revoked or over."""

    org_id: str
    id: str
    kind: str
    audience: str
    target: str
    view_id: int | None
    name: str
    color: str
    detail: str
    cancelled: str
    statuses: str
    past_days: int
    future_days: int
    join_link: bool
    created_at: int
    expires_at: int | None
    revoked_at: int | None
    last_used_at: int | None
    last_used_by: str


class Opened(NamedTuple):
    """What a secret opens: the link, whether the secret itself still holds, the organization's zone and
    epoch, and how its view is; None without one."""

    link: LinkRow
    rotated_at: int | None
    zone: str
    epoch: str
    ready: bool | None
    number: int | None
    modified_at: int | None


_columns = tuple(_t[name] for name in LinkRow._fields)
_of_view = (views.c.org_id == _t.org_id) & (views.c.id == _t.view_id)
_more = (
    organizations.c.timezone, organizations.c.epoch, views.c.ready, views.c.number, views.c.modified_at,
)  # fmt: skip
# One statement each, by primary keys: they run with every poll of every subscriber.
_by_hash = (
    select(*_columns, _s.revoked_at, *_more)
    .select_from(link_secrets)
    .join(links, (_t.org_id == _s.org_id) & (_t.id == _s.link_id))
    .join(organizations, organizations.c.id == _t.org_id)
    .outerjoin(views, _of_view)
    .where(_s.hash == bindparam("hash_"))
)
_again = (
    select(*_columns, _t.revoked_at, *_more)
    .select_from(links)
    .join(organizations, organizations.c.id == _t.org_id)
    .outerjoin(views, _of_view)
    .where(_org, _one)
)
_get = select(*_columns).where(_org, _one)
_all = select(*_columns).where(_org).order_by(_t.created_at, _t.id)
_used_view = select(_t.id).where(_org, _t.view_id == bindparam("view")).limit(1)
_over = select(*_columns).where(_org, _t.view_id.is_not(None), _t.expires_at <= bindparam("now"))
_insert = insert(links)
_insert_secret = insert(link_secrets)
_end_secrets = (
    update(link_secrets)
    .where(_s.org_id == bindparam("org"), _s.link_id == bindparam("key"), _s.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)
_revoke = update(links).where(_org, _one, _live).values(revoked_at=bindparam("at"))
_retire = update(links).where(_org, _one).values(view_id=None)
_touch = (
    update(links)
    .where(_org, _one, or_(_t.last_used_at.is_(None), _t.last_used_at <= bindparam("before")))
    .values(last_used_at=bindparam("at"), last_used_by=bindparam("by"))
)


def opened(tx: Connection, hash_: str) -> Opened | None:
    """The link whose secret has that hash, revoked or expired ones included."""
    return _opened(tx.execute(_by_hash, {"hash_": hash_}).first())


def again(tx: Connection, org: str, id_: str) -> Opened | None:
    """As `opened`, of a link that is known."""
    return _opened(tx.execute(_again, {"org": org, "key": id_}).first())


def get(tx: Connection, org: str, id_: str) -> LinkRow | None:
    """The link of that id."""
    row = tx.execute(_get, {"org": org, "key": id_}).first()
    return None if row is None else LinkRow._make(row)


def all(tx: Connection, org: str) -> list[LinkRow]:
    """Every link of the organization, oldest first."""
    return list(map(LinkRow._make, tx.execute(_all, {"org": org})))


def add(tx: Connection, link: LinkRow, hash_: str) -> None:
    """Adds a link and its secret."""
    tx.execute(_insert, link._asdict())
    _add_secret(tx, link.org_id, link.id, hash_, link.created_at)


def rotate(tx: Connection, org: str, id_: str, hash_: str, at: int) -> None:
    """Gives a link another secret; those that it had are over."""
    tx.execute(_end_secrets, {"org": org, "key": id_, "at": at})
    _add_secret(tx, org, id_, hash_, at)


def revoke(tx: Connection, org: str, id_: str, at: int) -> bool:
    """Makes a link invalid; whether it was valid."""
    return tx.execute(_revoke, {"org": org, "key": id_, "at": at}).rowcount == 1


def retire(tx: Connection, org: str, id_: str) -> None:
    """The link needs its view no more."""
    tx.execute(_retire, {"org": org, "key": id_})


def over(tx: Connection, org: str, now: int) -> list[LinkRow]:
    """Links with a view whose time is up."""
    return list(map(LinkRow._make, tuples(tx, _over, {"org": org, "now": now})))


def needs(tx: Connection, org: str, view: int) -> bool:
    """Whether any link needs a view."""
    return tx.execute(_used_view, {"org": org, "view": view}).first() is not None


def touch(tx: Connection, org: str, id_: str, at: int, by: str, every: int) -> None:
    """Records a use, unless one was recorded less than `every` seconds ago."""
    tx.execute(_touch, {"org": org, "key": id_, "at": at, "by": by, "before": at - every})


def _add_secret(tx: Connection, org: str, id_: str, hash_: str, at: int) -> None:
    row = {"hash": hash_, "org_id": org, "link_id": id_, "created_at": at, "revoked_at": None}
    tx.execute(_insert_secret, row)


def _opened(row: Any) -> Opened | None:
    if row is None:
        return None
    width = len(LinkRow._fields)
    return Opened(LinkRow._make(row[:width]), *row[width:])
