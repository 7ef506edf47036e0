"""What takes place in a range of time: from the occurrence index, and by expansion beyond its horizon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from calgate.gate.read import index_rows
from calgate.gate.values import Collection, Row
from calgate.ical.inspect import entries
from calgate.store import Store, Tx, occurrences, spans
from calgate.store.spans import Resource

_REACHES = (timedelta(days=366), timedelta(days=3653))
"""How far beyond the index an open range is tried, and the farthest that any range is followed: a rule with
nothing in ten years counts as ended, and nobody lists more of them."""
_END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)
_FOR_EVER = 1 << 62

Hit = tuple[Resource, list[Row]]


def between(
    store: Store,
    collection: Collection,
    since: datetime | None,
    until: datetime | None,
    component: str,
    *,
    texts: bool = True,
    rows: bool = True,
) -> list[Hit]:
    """The objects of a component with occurrences that overlap the range (RFC 4791 section 9.9), and these in
    order. UTC instants, end exclusive, None is open: then of a series without end at least the indexed ones.

    Without `texts` the texts are "", without `rows` the occurrences are left out.
    """
    first, last = _seconds(since), _seconds(until)
    with store.read() as tx:
        heads = spans.between(tx, collection.org, collection.id, component, (first, last), texts)
        found = {head.id: head for head in heads}
        inside = _rows(tx, collection, found, first, last) if rows else {}
        beyond = _beyond(tx, collection, component, found, last, complete=rows and until is not None)
    for head, indexed_until in beyond:
        more = computed(head.text, collection.zone, max(indexed_until, first or indexed_until), last)
        if more or head.id in found:
            found.setdefault(head.id, head)
            inside[head.id] = sorted({*inside.get(head.id, ()), *more}) if rows else []
    return [(head, inside.get(key, [])) for key, head in found.items()]


def _rows(
    tx: Tx, collection: Collection, found: dict[int, Resource], first: int | None, last: int | None
) -> dict[int, list[Row]]:
    inside: dict[int, list[Row]] = {key: [] for key in found}
    for row in occurrences.between(tx, collection.org, collection.id, first, last):
        if row[0] in inside:
            inside[row[0]].append(Row._make(row[1:]))
    for rows in inside.values():
        if len(rows) > 1:
            rows.sort()
    return inside


def _beyond(
    tx: Tx,
    collection: Collection,
    component: str,
    found: dict[int, Resource],
    last: int | None,
    *,
    complete: bool,
) -> list[tuple[Resource, int]]:
    """The series that the range follows beyond the index, with their texts, and to when they are indexed;
    those that are found already only when every occurrence of theirs is wanted (`complete`)."""
    end = _FOR_EVER if last is None else last
    unfinished = spans.unfinished(tx, collection.org, collection.id, component, end)
    ids = [key for key in unfinished if complete or key not in found]
    return [(head, unfinished[head.id]) for head in spans.of_ids(tx, collection.org, component, ids, True)]


def computed(text: str, zone: str, first: int, last: int | None) -> list[Row]:
    """Occurrences by expansion; when the end is open, some of the first are enough."""
    start = datetime.fromtimestamp(first, UTC)
    for end in _ends(start, last):
        rows = [Row._make(row) for row in index_rows(entries(text, ZoneInfo(zone), start, end))]
        if rows:
            return rows
    return []


def _ends(start: datetime, last: int | None) -> Iterator[datetime]:
    if last is not None:
        yield min(datetime.fromtimestamp(last, UTC), _plus(start, _REACHES[-1]))
        return
    for reach in _REACHES:
        yield _plus(start, reach)


def _plus(start: datetime, reach: timedelta) -> datetime:
    return start + min(reach, _END_OF_TIME - start)


def _seconds(when: datetime | None) -> int | None:
    return None if when is None else int(when.timestamp())
