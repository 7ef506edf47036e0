"""What the doors read: collections, stored copies and the number line. Nothing here parses iCalendar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from calgate.gate.values import TOKEN_PREFIX, Changes, Collection, InvalidToken, Principal, Resource
from calgate.ical import inspect
from calgate.store import Store, collections, organizations, resources, spans
from calgate.store.collections import Collection as StoredCollection
from calgate.store.resources import Copy

_NUMBERS = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?")


def own_collections(store: Store, principal: Principal) -> list[Collection]:
    """The principal's calendars, the managed one first."""
    with store.read() as tx:
        found = [
            collection_of(principal.org, each)
            for each in collections.of_owner(tx, principal.org, principal.person)
        ]
    return sorted(found, key=lambda each: (not each.managed, each.slug))


def own_collection(store: Store, principal: Principal, slug: str) -> Collection | None:
    """One calendar of the principal's."""
    with store.look() as tx:
        found = collections.by_slug(tx, principal.org, principal.person, slug)
    return collection_of(principal.org, found) if found else None


def listing(store: Store, collection: Collection) -> list[tuple[str, str, str]]:
    """(href, ETag, component) of everything in the collection."""
    with store.read() as tx:
        return resources.listing(tx, collection.org, collection.id)


def changes(store: Store, collection: Collection, token: str | None, limit: int | None) -> Changes:
    """What changed since a token, read in one snapshot with the token to ask with next (RFC 6578).

    No token: everything there is. InvalidToken for one of another epoch, from the future or below the floor.
    A token inside of such a listing has two numbers: how far it came, which may be below the floor, and where
    the calendar was when it began.
    """
    with store.read() as tx:
        now = collections.get(tx, collection.org, collection.id)
        if now is None:
            raise InvalidToken
        since, began = None, now.number
        if token:
            since, began = _numbers_of(token, now, organizations.number(tx, collection.org))
        page = resources.changes(tx, collection.org, collection.id, since, limit)
    until = str(now.number)
    if page.truncated:
        until = f"{page.until}.{began}" if page.until < began else str(page.until)
    return Changes(
        token=f"{TOKEN_PREFIX}{now.epoch}-{until}",
        changed=tuple((row.href, row.etag, row.component) for row in page.rows if not row.gone),
        removed=tuple(row.href for row in page.rows if row.gone),
        truncated=page.truncated,
    )


def _numbers_of(token: str, now: StoredCollection, newest: int) -> tuple[int, int]:
    """Since when changes are asked for, and when the listing began that led there: the same outside of
    one."""
    epoch, _, numbers = token.removeprefix(TOKEN_PREFIX).rpartition("-")
    if not token.startswith(TOKEN_PREFIX) or epoch != now.epoch or not _NUMBERS.fullmatch(numbers):
        raise InvalidToken
    since, *rest = map(int, numbers.split("."))
    began = rest[0] if rest else since
    if not (now.floor <= began <= newest and since <= began):
        raise InvalidToken
    return since, began


def resource(store: Store, collection: Collection, href: str) -> Resource | None:
    """One object, None when it is not there."""
    with store.look() as tx:
        found = resources.get(tx, collection.org, collection.id, href)
    return _resource(found) if found and not found.gone else None


def some_resources(store: Store, collection: Collection, hrefs: Sequence[str]) -> list[Resource]:
    """Those of the objects that are there."""
    with store.read() as tx:
        return spans.at(tx, collection.org, collection.id, hrefs)


def texts(store: Store, collection: Collection) -> Iterator[str]:
    """The text of every object in the collection, read as they are taken."""
    with store.look() as tx:
        yield from resources.texts(tx, collection.org, collection.id)


def index_rows(entries: Iterable[inspect.Entry]) -> list[tuple[int, int, int, str, str]]:
    """Entries as the occurrence index keeps them: UTC seconds."""
    return [(_whole(e.start), _whole(e.end), e.part, e.on, e.busy) for e in entries]


def collection_of(org: str, found: StoredCollection) -> Collection:
    """A stored collection as the doors see it."""
    return Collection(
        org=org,
        id=found.id,
        owner=found.owner,
        slug=found.slug,
        managed=found.managed,
        components=found.components,
        props=found.props,
        zone=found.zone,
        number=found.number,
        floor=found.floor,
        epoch=found.epoch,
        takes_sessions=found.self_schedule != "refuse",
    )


def _resource(copy: Copy) -> Resource:
    return Resource(
        id=copy.id,
        href=copy.href,
        uid=copy.uid,
        component=copy.component,
        etag=copy.etag,
        size=copy.size,
        modified_at=copy.modified_at,
        number=copy.number,
        session=copy.session_id,
        text=copy.text,
    )


def _whole(when: datetime) -> int:
    return int(when.timestamp())
