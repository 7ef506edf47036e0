"""What the doors read of copies: those that occur in a window, or at some addresses, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, false, literal, select

from calgate.store.occurrences import overlapping, window
from calgate.store.reading import batches, tuples
from calgate.store.tables import occurrences, resource_texts, resources

_t = resources.c
_x = resource_texts.c
_org = _t.org_id == bindparam("org")

Span = tuple[int | None, int | None]


class Resource(NamedTuple):
    """A live copy as the doors show it; `etag` is without quotes, `modified_at` UTC seconds, `text` "" where
    it was not asked for."""

    id: int
    href: str
    uid: str
    component: str
    etag: str
    size: int
    modified_at: int
    number: int
    session: str | None
    text: str

    @property
    def modified(self) -> datetime:
        """When it was stored last, UTC."""
        return datetime.fromtimestamp(self.modified_at, UTC)


_columns = (*(_t[name] for name in Resource._fields if name not in ("session", "text")), _t.session_id)
_of_component = (_org, _t.gone == false(), _t.component == bindparam("component"))
_without_text = select(*_columns, literal("").label("text")).where(*_of_component)
_with_text = (
    select(*_columns, _x.text)
    .join(resource_texts, (_x.org_id == _t.org_id) & (_x.resource_id == _t.id))
    .where(*_of_component)
)


def _both(where: Any) -> Mapping[bool, Select[Any]]:
    return {False: _without_text.where(where), True: _with_text.where(where)}


_in_window = _both(_t.id.in_(overlapping(occurrences.c.resource_id)))
_of_ids = _both(_t.id.in_(bindparam("keys", expanding=True)))
_at = (
    select(*_columns, _x.text)
    .join(resource_texts, (_x.org_id == _t.org_id) & (_x.resource_id == _t.id))
    .where(
        _org,
        _t.gone == false(),
        _t.collection_id == bindparam("collection"),
        _t.href.in_(bindparam("hrefs", expanding=True)),
    )
)
_unfinished = select(_t.id, _t.indexed_until).where(
    *_of_component, _t.collection_id == bindparam("collection"), _t.indexed_until < bindparam("until")
)
_unfinished_in = select(_t.id, _t.collection_id, _t.indexed_until).where(
    *_of_component, _t.collection_id.in_(bindparam("collections", expanding=True)),
    _t.indexed_until < bindparam("until"),
)  # fmt: skip


def between(
    tx: Connection, org: str, collection: int, component: str, span: Span, texts: bool
) -> list[Resource]:
    """The copies of a component with an occurrence in the span (UTC seconds, end exclusive, None is open)."""
    parameters = {**window(org, collection, *span), "component": component}
    return [Resource._make(row) for row in tuples(tx, _in_window[texts], parameters)]


def at(tx: Connection, org: str, collection: int, hrefs: Iterable[str]) -> list[Resource]:
    """The live copies among these hrefs with their texts, each once, in no particular order."""
    found: list[Resource] = []
    for some in batches(dict.fromkeys(hrefs)):
        rows = tuples(tx, _at, {"org": org, "collection": collection, "hrefs": some})
        found += map(Resource._make, rows)
    return found


def of_ids(tx: Connection, org: str, component: str, ids: Iterable[int], texts: bool) -> list[Resource]:
    """The copies of these ids."""
    found: list[Resource] = []
    for some in batches(ids):
        parameters = {"org": org, "component": component, "keys": some}
        found += map(Resource._make, tuples(tx, _of_ids[texts], parameters))
    return found


def unfinished(tx: Connection, org: str, collection: int, component: str, until: int) -> dict[int, int]:
    """Ids of those that recur beyond what is indexed of them, and indexed to before `until` only: to when."""
    parameters = {"org": org, "collection": collection, "component": component, "until": until}
    return dict(tuples(tx, _unfinished, parameters))


def unfinished_in(
    tx: Connection, org: str, collections: Iterable[int], component: str, until: int
) -> dict[int, tuple[int, int]]:
    """As `unfinished`, of several collections: id to the collection and to when it is indexed."""
    found: dict[int, tuple[int, int]] = {}
    for some in batches(collections):
        parameters = {"org": org, "collections": some, "component": component, "until": until}
        found |= {key: (collection, end) for key, collection, end in tuples(tx, _unfinished_in, parameters)}
    return found
