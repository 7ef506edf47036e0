"""The occurrence index: where every occurrence within the horizon lies, in UTC seconds, end exclusive."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    bindparam,
    delete,
    false,
    insert,
    or_,
    select,
    true,
    union_all,
    update,
)

from calgate.store.reading import batches, tuples
from calgate.store.tables import occurrences

_t = occurrences.c
EVER = 1 << 62
"""Nothing lies before -EVER or after EVER."""
LONG = 86_400
"""Seconds beyond which an occurrence is long: such are few, and looked for apart."""


class Entry(NamedTuple):
    """What is written of one occurrence. `part` 0 is the master, i the i-th override; `on` its RECURRENCE-ID
    in UTC basic form ("": does not recur); `busy` "B" (BUSY), "T" (BUSY-TENTATIVE) or ""."""

    starts_at: int
    ends_at: int
    part: int
    on: str
    busy: str


class Occurrence(NamedTuple):
    """One row of the index: an Entry and the resource that it belongs to."""

    resource_id: int
    starts_at: int
    ends_at: int
    part: int
    on: str
    busy: str


_of_one = _t.collection_id == bindparam("collection")
_of_some = _t.collection_id.in_(bindparam("collections", expanding=True))


def overlapping(
    *columns: ColumnElement[Any], of: ColumnElement[bool] = _of_one, also: ColumnElement[bool] | None = None
) -> CompoundSelect[Any]:
    """Rows that overlap `since`..`until`, by two range scans of the primary key: a short occurrence begins
    at most LONG before the window (`near`). One without length overlaps where it starts (RFC 4791, 9.9)."""
    since = bindparam("since", type_=BigInteger)
    rows = select(*columns).where(
        _t.org_id == bindparam("org"),
        of,
        _t.starts_at < bindparam("until"),
        or_(_t.ends_at > since, _t.starts_at >= since),
    )
    if also is not None:
        rows = rows.where(also)
    near = rows.where(_t.long == false(), _t.starts_at >= bindparam("near"))
    return union_all(near, rows.where(_t.long == true()))


def window(org: str, collection: int, since: int | None, until: int | None) -> dict[str, Any]:
    """The parameters of `overlapping`; None is without bound on that side."""
    since, until = -EVER if since is None else since, EVER if until is None else until
    return {"org": org, "collection": collection, "since": since, "until": until, "near": since - LONG}


COLUMNS = ("resource_id", "starts_at", "ends_at", "part", "on_", "busy")
"""Those of an Occurrence."""
_between = overlapping(*(_t[name] for name in COLUMNS))
_busy = overlapping(_t.collection_id, _t.starts_at, _t.ends_at, _t.busy, of=_of_some, also=_t.busy != "")
# The collection is named, and starts_at is not: else SQLite reads the organization's whole primary key.
_entries = select(_t.starts_at, _t.ends_at, _t.part, _t.on_, _t.busy).where(
    _t.org_id == bindparam("org"),
    _t.resource_id == bindparam("key"),
    _t.collection_id == bindparam("collection"),
)
_of_part = _entries.where(_t.part == bindparam("part"))
_KEY = ("org_id", "collection_id", "long", "starts_at", "resource_id", "part", "on_")
_old_row = tuple(_t[name] == bindparam(f"old_{name}") for name in _KEY)
_delete = delete(occurrences).where(*_old_row)
_update = update(occurrences).where(*_old_row)
_update_single = (
    update(occurrences)
    .where(
        _t.org_id == bindparam("org"),
        _t.resource_id == bindparam("key"),
        _t.collection_id == bindparam("collection"),
        _t.part == 0,
        _t.on_ == "",
    )
    .values({name: bindparam(f"new_{name}") for name in ("long", "starts_at", "ends_at", "busy")})
)
_insert = insert(occurrences)


def replace(
    tx: Connection,
    org: str,
    collection: int,
    resource: int,
    entries: Iterable[tuple[int, int, int, str, str]],
    since: int = -EVER,
    parts: Collection[int] | None = None,
) -> None:
    """Makes these the occurrences of the resource, each an Entry or a tuple in its order; with `since` (UTC
    seconds) only of those that start then or later, with `parts` only of those parts. Written is what differs
    from before."""
    if parts is not None and not parts:
        return
    whose = {"org": org, "key": resource, "collection": collection}
    if parts is not None and len(parts) == 1:
        present = tuples(tx, _of_part, {**whose, "part": next(iter(parts))})
    else:  # of several parts, too: all in one statement
        present = [row for row in tuples(tx, _entries, whose) if parts is None or row[2] in parts]
    known = {row for row in present if row[0] >= since}
    wanted = {entry for entry in entries if entry[0] >= since}
    gone = [_old(row) for row in _rows(org, collection, resource, known - wanted)]
    come = _rows(org, collection, resource, wanted - known)
    if len(gone) == len(come) == 1:  # one that was moved, as most writes do
        tx.execute(_update, {**gone[0], **come[0]})
        return
    if gone:
        tx.execute(_delete, gone)
    if come:
        tx.execute(_insert, come)


def _old(row: dict[str, Any]) -> dict[str, Any]:
    return {f"old_{name}": row[name] for name in _KEY}


def replace_single(
    tx: Connection, org: str, collection: int, resource: int, entry: tuple[int, int, int, str, str]
) -> None:
    """As `replace`, for a resource that had one occurrence which did not recur, and has this one now: without
    a look at what was there."""
    starts_at, ends_at, _, _, busy = entry
    new = {"long": ends_at - starts_at > LONG, "starts_at": starts_at, "ends_at": ends_at, "busy": busy}
    values = {"org": org, "key": resource, "collection": collection}
    values |= {f"new_{name}": value for name, value in new.items()}
    if tx.execute(_update_single, values).rowcount != 1:
        replace(tx, org, collection, resource, [entry])


def add(
    tx: Connection,
    org: str,
    collection: int,
    resource: int,
    entries: Iterable[tuple[int, int, int, str, str]],
) -> None:
    """As `replace`, for a resource that has none yet."""
    rows = _rows(org, collection, resource, entries)
    if rows:
        tx.execute(_insert, rows)


def _rows(
    org: str, collection: int, resource: int, entries: Iterable[tuple[int, int, int, str, str]]
) -> list[dict[str, Any]]:
    return [
        {
            "org_id": org, "collection_id": collection, "resource_id": resource,
            "long": ends_at - starts_at > LONG,
            "starts_at": starts_at, "ends_at": ends_at, "part": part, "on_": on, "busy": busy,
        }
        for starts_at, ends_at, part, on, busy in entries
    ]  # fmt: skip


def between(
    tx: Connection, org: str, collection: int, since: int | None = None, until: int | None = None
) -> list[Occurrence]:
    """The occurrences that overlap the window, in no particular order; None is without bound on that side."""
    return list(map(Occurrence._make, tuples(tx, _between, window(org, collection, since, until))))


def busy_between(
    tx: Connection, org: str, collections: Iterable[int], since: int | None = None, until: int | None = None
) -> list[tuple[int, int, int, str]]:
    """Collection, start, end and "B" or "T" of the busy times of these collections that overlap the window,
    neither merged nor clipped, in no particular order."""
    found: list[tuple[int, int, int, str]] = []
    span = window(org, 0, since, until)
    for some in batches(collections):
        found += tuples(tx, _busy, {**span, "collections": some})
    return found
