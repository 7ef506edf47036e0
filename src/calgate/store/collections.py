"""Collections: the calendars of people, managed or plain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, false, func, insert, select, true, update

from calgate.store import organizations as orgs
from calgate.store.reading import batches, tuples
from calgate.store.tables import bounces, collections, occurrences, organizations, people, resources

_t = collections.c
_org = _t.org_id == bindparam("org")
_one = _t.id == bindparam("key")
_live = _t.gone == false()


INBOX = "inbox"
"""The name of a person's scheduling inbox, which is no calendar."""


class Collection(NamedTuple):
    """A collection as stored, with its organization's epoch. `zone` is its own or else the organization's.

    `number` is that of its newest change, `floor` the oldest number that changes can still be asked since.
    """

    id: int
    owner: str
    slug: str
    managed: bool
    components: tuple[str, ...]
    props: Mapping[str, str]
    zone: str
    number: int
    floor: int
    epoch: str
    self_schedule: str | None = None
    """The organization's policy of that name; None where it is the default."""


TRANSPARENCY = "{urn:ietf:params:xml:ns:caldav}schedule-calendar-transp"
"""The property by which its owner keeps a calendar out of their busy times (RFC 6638 section 9.1)."""


class Counted(NamedTuple):
    """A person, a calendar that counts in their busy times, and its zone; None for a person without any."""

    owner: str
    id: int | None
    zone: str


_columns = (
    _t.id, _t.owner, _t.slug, _t.managed, _t.components, _t.props,
    func.coalesce(_t.zone, organizations.c.timezone), _t.number, _t.floor, organizations.c.epoch,
    organizations.c.policy["self_schedule"].as_string(),
)  # fmt: skip
_select = select(*_columns).join(organizations, organizations.c.id == _t.org_id).where(_org, _live)
_by_slug = _select.where(_t.owner == bindparam("owner"), _t.slug == bindparam("slug"))
_by_id = _select.where(_one)
_by_owner = _select.where(_t.owner == bindparam("owner"), _t.slug != INBOX).order_by(_t.slug)
_all = _select.where(_t.slug != INBOX).order_by(_t.owner, _t.slug)
_is_transparent = func.coalesce(_t.props[TRANSPARENCY].as_string().contains("transparent"), false())
_of_people = (
    select(people.c.id, _t.id, func.coalesce(_t.zone, organizations.c.timezone))
    .join(organizations, organizations.c.id == people.c.org_id)
    .outerjoin(
        collections,
        (_t.org_id == people.c.org_id)
        & (_t.owner == people.c.id)
        & _live
        & (_t.slug != INBOX)
        & ~_is_transparent,
    )
    .where(
        people.c.org_id == bindparam("org"),
        people.c.id.in_(bindparam("people", expanding=True)),
        people.c.gone == false(),
    )
)
_buried = select(_t.id).where(
    _org, _t.owner == bindparam("owner"), _t.slug == bindparam("slug"), _t.gone == true()
)
_insert = insert(collections)
_revive = (
    update(collections)
    .where(_org, _one)
    .values(
        managed=bindparam("managed"), components=bindparam("components"), props=bindparam("props"),
        zone=bindparam("zone"), number=bindparam("number"), floor=bindparam("floor"), gone=false(),
    )
)  # fmt: skip
_set = (
    update(collections)
    .where(_org, _one)
    .values(props=bindparam("props"), zone=bindparam("zone"), number=bindparam("number"))
)
_own_zone = select(_t.zone).where(_org, _one)
_touch = update(collections).where(_org, _one).values(number=bindparam("number"))
_raise_floor = (
    update(collections).where(_org, _one, _t.floor < bindparam("least")).values(floor=bindparam("least"))
)
_bury = update(collections).where(_org, _one).values(gone=true(), number=bindparam("number"))
# Occurrences go first although the resources' foreign key would take them: that goes row by row.
_contents = tuple(
    delete(each).where(each.c.org_id == bindparam("org"), each.c.collection_id == bindparam("key"))
    for each in (bounces, occurrences, resources)
)


def by_slug(tx: Connection, org: str, owner: str, slug: str) -> Collection | None:
    """The live collection of that owner and name."""
    row = tx.execute(_by_slug, {"org": org, "owner": owner, "slug": slug}).first()
    return None if row is None else _collection(row)


def get(tx: Connection, org: str, id_: int) -> Collection | None:
    """The live collection of that id."""
    row = tx.execute(_by_id, {"org": org, "key": id_}).first()
    return None if row is None else _collection(row)


def of_owner(tx: Connection, org: str, owner: str) -> list[Collection]:
    """The owner's live calendars, sorted by slug."""
    return [_collection(row) for row in tx.execute(_by_owner, {"org": org, "owner": owner})]


def all(tx: Connection, org: str) -> list[Collection]:
    """Every live calendar of the organization, by owner and slug."""
    return [_collection(row) for row in tx.execute(_all, {"org": org})]


def counted(tx: Connection, org: str, owners: Iterable[str]) -> list[Counted]:
    """The live calendars of these people that count in their busy times; a person without any comes once, who
    is not of the organization not at all."""
    found: list[Counted] = []
    for some in batches(owners):
        found += map(Counted._make, tuples(tx, _of_people, {"org": org, "people": some}))
    return found


def create(
    tx: Connection, org: str, *, owner: str, slug: str, managed: bool, components: tuple[str, ...],
    number: int, props: Mapping[str, str] | None = None, zone: str | None = None,
) -> int:  # fmt: skip
    """Makes a collection and gives its id; sqlalchemy's IntegrityError when a live one has the slug.

    One that was dropped comes back empty under its old id, and tokens given out before are below its floor.
    """
    values = {
        "managed": managed, "components": ",".join(components), "props": dict(props or {}), "zone": zone,
        "number": number, "floor": number,
    }  # fmt: skip
    buried = tx.execute(_buried, {"org": org, "owner": owner, "slug": slug}).scalar()
    if buried is not None:
        tx.execute(_revive, {"org": org, "key": buried, **values})
        return int(buried)
    new = orgs.next_id(tx, org)
    tx.execute(_insert, {"org_id": org, "id": new, "owner": owner, "slug": slug, "gone": False, **values})
    return new


def set_props(
    tx: Connection, org: str, id_: int, props: Mapping[str, str], zone: str | None, number: int
) -> None:
    """Replaces all properties and the collection's own zone (None: the organization's)."""
    tx.execute(_set, {"org": org, "key": id_, "props": dict(props), "zone": zone, "number": number})


def own_zone(tx: Connection, org: str, id_: int) -> str | None:
    """The collection's own zone; None where it takes the organization's."""
    return tx.execute(_own_zone, {"org": org, "key": id_}).scalar()


def touch(tx: Connection, org: str, id_: int, number: int) -> None:
    """Raises the number of the collection: something in it changed."""
    tx.execute(_touch, {"org": org, "key": id_, "number": number})


def drop(tx: Connection, org: str, id_: int, number: int) -> None:
    """Removes the collection with all that is in it; sessions are not touched."""
    for statement in _contents:
        tx.execute(statement, {"org": org, "key": id_})
    tx.execute(_bury, {"org": org, "key": id_, "number": number})


def raise_floor(tx: Connection, org: str, id_: int, number: int) -> None:
    """Changes can be asked for since that number at the earliest."""
    tx.execute(_raise_floor, {"org": org, "key": id_, "least": number})


def _collection(row: Any) -> Collection:
    values = list(row)
    values[4] = tuple(values[4].split(","))
    return Collection(*values)
