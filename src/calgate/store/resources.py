"""Resources: the published copies of one collection each, with their texts; tombstones stay for sync."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Executable, bindparam, delete, false, insert, select, true, update

from calgate.store import collections
from calgate.store.reading import batches, streamed, tuples
from calgate.store.tables import occurrences, resource_texts, resources, stirs

_t = resources.c
_x = resource_texts.c
_org = _t.org_id == bindparam("org")
_in_collection = _t.collection_id == bindparam("collection")
_live = _t.gone == false()


class Copy(NamedTuple):
    """One published copy. `number` is that of its newest change, `modified_at` UTC seconds, `size` bytes of
    `text` in UTF-8. `gone`: a tombstone, its text is "". `hidden`: out of its viewer's sight on purpose; the
    store only keeps it. `sequence_floor`: SEQUENCE of the newest version that its viewer did not write: an
    edit of an older one is stale. `indexed_until`: how far the occurrences of one that recurs beyond are
    indexed, UTC seconds; None when all of them are. `personal` is the text of ical.personal.dumps, `notice` a
    JSON object: `until`, if it is not 0, tells when it is over, UTC seconds.
    """

    id: int
    collection_id: int
    href: str
    uid: str
    component: str
    session_id: str | None
    etag: str
    number: int
    size: int
    modified_at: int
    gone: bool
    indexed_until: int | None
    hidden: bool
    sequence: int
    sequence_floor: int
    text: str
    personal: str
    notice: Mapping[str, Any] | None


class Listed(NamedTuple):
    """A line of a sync answer; `gone`: the resource went at that number."""

    href: str
    etag: str
    component: str
    number: int
    gone: bool


class Page(NamedTuple):
    """Changes up to and with number `until`; `truncated`: there are more after it."""

    rows: list[Listed]
    until: int
    truncated: bool


_HEAD = tuple(name for name in Copy._fields if name not in ("text", "personal", "notice"))
_joined = (
    select(*(_t[name] for name in _HEAD), _x.text, _x.personal, _x.notice)
    .join(resource_texts, (_x.org_id == _t.org_id) & (_x.resource_id == _t.id))
    .where(_org)
)
AT_HREF = _joined.where(_in_collection, _t.href == bindparam("href"))
"""The fields of a Copy, to which others may be joined."""
_by_id = _joined.where(_t.id == bindparam("key"))
_by_ids = _joined.where(_live, _t.id.in_(bindparam("keys", expanding=True))).order_by(_t.id)
# Without ORDER BY: SQLite would read the whole primary key in order rather than sort what an index finds.
_by_session = _joined.where(_t.session_id == bindparam("session"))
_of_collection = _joined.where(_in_collection, _live).order_by(_t.number)
_outdated = (
    select(_t.id)
    .where(_org, _live, _t.indexed_until < bindparam("until"))
    .order_by(_t.indexed_until)
    .limit(bindparam("most"))
)
_expired = (
    select(_x.resource_id)
    .where(_x.org_id == bindparam("org"), _x.notice_until <= bindparam("now"))
    .order_by(_x.notice_until)
    .limit(bindparam("most"))
)
_tombstones = (
    select(_t.id, _t.collection_id, _t.number)
    .where(_org, _t.gone == true(), _t.hidden == false(), _t.modified_at <= bindparam("before"))
    .order_by(_t.modified_at)
    .limit(bindparam("most"))
)
_uid = select(_t.href).where(_org, _in_collection, _t.uid == bindparam("uid"), _live)
_texts = (
    select(_x.text)
    .join(resources, (_t.org_id == _x.org_id) & (_t.id == _x.resource_id))
    .where(_org, _in_collection, _live)
    .order_by(_t.id)
)
_listing = select(_t.href, _t.etag, _t.component).where(_org, _in_collection, _live).order_by(_t.number)
_changes = (
    select(_t.href, _t.etag, _t.component, _t.number, _t.gone)
    .where(_org, _in_collection, _t.number > bindparam("since"))
    .order_by(_t.number)
)
_some_changes = _changes.limit(bindparam("most"))
_changes_at = _changes.where(_t.number <= bindparam("until"))
_live_changes = _changes.where(_live)
_some_live_changes = _live_changes.limit(bindparam("most"))
_live_changes_at = _live_changes.where(_t.number <= bindparam("until"))

_insert = insert(resources)
_update = (
    update(resources)
    .where(_org, _t.id == bindparam("key"))
    .values({name: bindparam(name) for name in _HEAD if name not in ("id", "collection_id")})
)
_FIXED = ("id", "collection_id", "href", "uid", "component", "session_id")
_CHANGEABLE = tuple(name for name in _HEAD if name not in ("id", "collection_id"))
_VERSION = tuple(name for name in _HEAD if name not in _FIXED)
_update_version = (
    update(resources)
    .where(_org, _t.id == bindparam("key"))
    .values({name: bindparam(name) for name in _VERSION})
)
"""Without the columns of the indexes that a new version of a copy does not change: SQLite writes an index
again for every column that is named. (SQLAlchemy names those that have a parameter, too.)"""
_insert_text = insert(resource_texts)
_update_text = (
    update(resource_texts)
    .where(_x.org_id == bindparam("org"), _x.resource_id == bindparam("key"))
    .values({name: bindparam(name) for name in ("text", "personal", "notice", "notice_until")})
)
_set_indexed = (
    update(resources).where(_org, _t.id == bindparam("key")).values(indexed_until=bindparam("indexed"))
)
_bury = (
    update(resources)
    .where(_org, _t.id == bindparam("key"), _live)
    .values(gone=true(), indexed_until=None, number=bindparam("number"), modified_at=bindparam("at"), size=0)
    .returning(_t.collection_id)
)
_forget = delete(resources).where(_org, _t.id == bindparam("key"))
_bury_text = (
    update(resource_texts)
    .where(_x.org_id == bindparam("org"), _x.resource_id == bindparam("key"))
    .values(text="", notice=None, notice_until=None)
)
_bury_rows = tuple(
    delete(each).where(each.c.org_id == bindparam("org"), each.c.resource_id == bindparam("key"))
    for each in (occurrences, stirs)
)


def get(tx: Connection, org: str, collection: int, href: str) -> Copy | None:
    """The copy at an href, a tombstone included (look at `gone`)."""
    row = tx.execute(AT_HREF, {"org": org, "collection": collection, "href": href}).first()
    return None if row is None else Copy._make(row)


def by_id(tx: Connection, org: str, id_: int) -> Copy | None:
    """The copy of that id, a tombstone included."""
    row = tx.execute(_by_id, {"org": org, "key": id_}).first()
    return None if row is None else Copy._make(row)


def by_ids(tx: Connection, org: str, ids: Iterable[int]) -> list[Copy]:
    """The live copies among these ids, in order of id."""
    found: list[Copy] = []
    for some in batches(sorted(set(ids))):
        found += _copies(tx, _by_ids, {"org": org, "keys": some})
    return found


def by_session(tx: Connection, org: str, session: str) -> list[Copy]:
    """Every copy of a session in every collection, tombstones included."""
    return sorted(_copies(tx, _by_session, {"org": org, "session": session}))


def of_collection(tx: Connection, org: str, collection: int) -> list[Copy]:
    """The live copies of a collection with their texts, oldest change first."""
    return _copies(tx, _of_collection, {"org": org, "collection": collection})


def outdated(tx: Connection, org: str, until: int, most: int) -> list[int]:
    """Ids of live copies of the organization whose index ends before `until`, although they go on."""
    rows = tx.execute(_outdated, {"org": org, "until": until, "most": most})
    return [row[0] for row in rows]


def set_indexed_until(tx: Connection, org: str, id_: int, until: int | None) -> None:
    """How far the occurrences of a copy are indexed now; the copy itself is as it was."""
    tx.execute(_set_indexed, {"org": org, "key": id_, "indexed": until})


def expired(tx: Connection, org: str, now: int, most: int) -> list[int]:
    """Ids of live copies of the organization whose notice is over by `now` (UTC seconds)."""
    return list(tx.execute(_expired, {"org": org, "now": now, "most": most}).scalars())


def old_tombstones(tx: Connection, org: str, before: int, most: int) -> list[tuple[int, int, int]]:
    """(id, collection, number) of tombstones of the organization that became so by then (UTC seconds), the
    oldest first; not of hidden ones, which say what their viewer wants."""
    return tuples(tx, _tombstones, {"org": org, "before": before, "most": most})


def href_of_uid(tx: Connection, org: str, collection: int, uid: str) -> str | None:
    """Where the live copy with that UID is; a collection has at most one."""
    return tx.execute(_uid, {"org": org, "collection": collection, "uid": uid}).scalar()


def texts(tx: Connection, org: str, collection: int) -> Iterator[str]:
    """The text of every live copy, by id: the order in which they lie. Few of them are held at a time."""
    for row in streamed(tx, _texts, {"org": org, "collection": collection}):
        yield row[0]


def listing(tx: Connection, org: str, collection: int) -> list[tuple[str, str, str]]:
    """(href, etag, component) of every live copy, oldest change first."""
    return tuples(tx, _listing, {"org": org, "collection": collection})


def changes(tx: Connection, org: str, collection: int, since: int | None, limit: int | None = None) -> Page:
    """What changed after number `since`, each copy once with its newest number, tombstones included; `since`
    None: all live copies. Cut at `limit` rows, but never inside of one number: a page is longer when a single
    number changed more copies. `until` of the last page is that of its last row (`since` or 0 when there is
    none): the collection's own number may be higher.
    """
    all_, some, at = (
        (_changes, _some_changes, _changes_at)
        if since is not None
        else (_live_changes, _some_live_changes, _live_changes_at)
    )
    key = {"org": org, "collection": collection, "since": -1 if since is None else since}
    if limit is None:
        rows = _listed(tx, all_, key)
        return Page(rows, rows[-1].number if rows else since or 0, False)
    rows = _listed(tx, some, {**key, "most": limit + 1})
    if len(rows) <= limit:
        return Page(rows, rows[-1].number if rows else since or 0, False)
    whole = [row for row in rows if row.number < rows[-1].number]
    if whole:
        return Page(whole, whole[-1].number, True)
    first = rows[0].number
    rows = _listed(tx, at, {**key, "until": first})
    more = bool(_listed(tx, some, {**key, "since": first, "most": 1}))
    return Page(rows, first, more)


def put(tx: Connection, org: str, copy: Copy, before: Copy | None = None) -> None:
    """Stores a copy under its id (organizations.next_id for a new one) and raises its collection's number.
    `before` is the copy as it is stored, where that is known."""
    values = copy._asdict()
    body = {name: values.pop(name) for name in ("text", "personal", "notice")}
    body["notice_until"] = (copy.notice or {}).get("until") or None
    key = values.pop("id")
    stays = before is not None and all(getattr(before, name) == getattr(copy, name) for name in _FIXED)
    statement, names = (_update_version, _VERSION) if stays else (_update, _CHANGEABLE)
    found = {name: values[name] for name in names}
    changed = tx.execute(statement, {"org": org, "key": key, **found}).rowcount
    if changed:
        tx.execute(_update_text, {"org": org, "key": key, **body})
    else:
        tx.execute(_insert, {"org_id": org, "id": key, **values})
        tx.execute(_insert_text, {"org_id": org, "resource_id": key, **body})
    collections.touch(tx, org, copy.collection_id, copy.number)


def bury(tx: Connection, org: str, id_: int, number: int, at: int) -> bool:
    """Makes a live copy a tombstone: its occurrences and any stir go, `personal` and `hidden` stay.
    Whether it was live."""
    collection = tx.execute(_bury, {"org": org, "key": id_, "number": number, "at": at}).scalar()
    if collection is None:
        return False
    for statement in (_bury_text, *_bury_rows):
        tx.execute(statement, {"org": org, "key": id_})
    collections.touch(tx, org, collection, number)
    return True


def forget(tx: Connection, org: str, tombstones: Iterable[tuple[int, int, int]]) -> None:
    """Removes tombstones for good. Whoever has not heard of them by then can't ask for changes any more, only
    list anew: their numbers are below their collections' floors."""
    for id_, collection, number in tombstones:
        tx.execute(_forget, {"org": org, "key": id_})
        collections.raise_floor(tx, org, collection, number)


def _copies(tx: Connection, statement: Executable, parameters: Mapping[str, Any]) -> list[Copy]:
    return list(map(Copy._make, tx.execute(statement, parameters)))


def _listed(tx: Connection, statement: Executable, parameters: Mapping[str, Any]) -> list[Listed]:
    return list(map(Listed._make, tx.execute(statement, parameters)))
