"""The practice's sessions: a JSON body, and beside it what they are looked for by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Executable,
    Text,
    bindparam,
    cast,
    insert,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy import delete as delete_from

from calgate.domain import recurrence
from calgate.domain.event import Document
from calgate.domain.session import Session
from calgate.domain.taken import Taken
from calgate.domain.when import When, elapsed, end_instant, instant, plus
from calgate.store.codec import from_json, to_json
from calgate.store.occurrences import COLUMNS as OCCURRENCE
from calgate.store.occurrences import Occurrence, overlapping, window
from calgate.store.reading import batches, tuples
from calgate.store.resources import AT_HREF, Copy
from calgate.store.tables import occurrences, resources, sessions

_t = sessions.c
_o = occurrences.c
_org = _t.org_id == bindparam("org")
_one = _t.id == bindparam("key")
_COLUMNS = (
    "uid", "kind", "practitioner", "client", "service", "status", "starts_at", "ends_at", "endless", "body",
    "revision", "number", "varied",
)  # fmt: skip
_bodies = select(cast(_t.body, Text)).where(_org)
_in_window = _t.starts_at < bindparam("until"), or_(_t.ends_at > bindparam("since"), _t.endless == true())
_overlapping = _bodies.where(*_in_window).order_by(_t.starts_at, _t.id)

_get = _bodies.where(_one)
_with_copy = AT_HREF.add_columns(cast(_t.body, Text)).outerjoin(
    sessions, (_t.org_id == resources.c.org_id) & (_t.id == resources.c.session_id)
)
_get_many = _bodies.where(_t.id.in_(bindparam("keys", expanding=True))).order_by(_t.id)
_by_uid = _bodies.where(_t.uid == bindparam("uid"), _t.practitioner == bindparam("practitioner"))
_between = _overlapping
_of_practitioner = _overlapping.where(_t.practitioner == bindparam("practitioner"))
_other = _t.id != bindparam("but")
_others = _bodies.add_columns(_t.starts_at, _t.id).where(
    *_in_window, _t.practitioner == bindparam("practitioner"), _other
)
_of_assignment = union_all(
    _others.where(_t.client == bindparam("client"), _t.service == bindparam("service")),
    _others.where(
        _t.varied == true(),
        or_(
            _t.client.is_distinct_from(bindparam("client")),
            _t.service.is_distinct_from(bindparam("service")),
        ),
    ),
).order_by("starts_at", "id")
_busy_rows = overlapping(*(_o[name] for name in OCCURRENCE), also=_o.busy != "")
_rows = _busy_rows.subquery()
_busy = (
    select(_rows, cast(_t.body, Text))
    .join(resources, (resources.c.org_id == bindparam("org")) & (resources.c.id == _rows.c.resource_id))
    .join(sessions, (_t.org_id == resources.c.org_id) & (_t.id == resources.c.session_id))
    .where(_other)
)
_of_resources = (
    select(resources.c.id, cast(_t.body, Text))
    .join(sessions, (_t.org_id == resources.c.org_id) & (_t.id == resources.c.session_id))
    .where(
        resources.c.org_id == bindparam("org"),
        resources.c.id.in_(bindparam("resources", expanding=True)),
        _other,
    )
)
_page = _bodies.where(_t.id > bindparam("after")).order_by(_t.id).limit(bindparam("most"))
_ids = select(_t.id).where(_org).order_by(_t.id)
_ids_of = _ids.where(_t.practitioner == bindparam("practitioner"))
_ids_naming = _ids.where(cast(_t.body, Text).like(bindparam("pattern"), escape="!"))
_insert = insert(sessions)
_update = update(sessions).where(_org, _one).values({name: bindparam(name) for name in _COLUMNS})
_WHOSE = ("uid", "kind", "practitioner", "client", "service")
_VERSION = tuple(name for name in _COLUMNS if name not in _WHOSE)
_update_version = update(sessions).where(_org, _one).values({name: bindparam(name) for name in _VERSION})
"""Without the columns of indexes that a new version seldom changes: see resources."""
_delete = delete_from(sessions).where(_org, _one)


def get(tx: Connection, org: str, id_: str) -> Session | None:
    """The session of that id."""
    return _first(tx, _get, {"org": org, "key": id_})


def with_copy(tx: Connection, org: str, collection: int, href: str) -> tuple[Copy | None, Session | None]:
    """The copy at an href, a tombstone included, and the session that it shows."""
    row = tx.execute(_with_copy, {"org": org, "collection": collection, "href": href}).first()
    if row is None:
        return None, None
    return Copy._make(row[:-1]), None if row[-1] is None else _decoded(row[-1])


def get_many(tx: Connection, org: str, ids: Iterable[str]) -> list[Session]:
    """Those of these sessions that exist, by id within pieces."""
    found: list[Session] = []
    for some in batches(sorted(set(ids))):
        found += _all(tx, _get_many, {"org": org, "keys": some})
    return found


def parts(tx: Connection, org: str, id_: str) -> list[Session]:
    """A session that was split (R-SER-2): its past parts, oldest first, then the one that goes on, if any."""
    found: list[Session] = []
    while past := get(tx, org, f"{id_}~{len(found) + 1}"):
        found.append(past)
    live = get(tx, org, id_)
    return found if live is None else [*found, live]


def find_by_uid(tx: Connection, org: str, practitioner: str, uid: str) -> Session | None:
    """The practitioner's session whose calendar objects carry that UID; those who meet share one."""
    return _first(tx, _by_uid, {"org": org, "practitioner": practitioner, "uid": uid})


def between(
    tx: Connection, org: str, since: datetime, until: datetime, practitioner: str | None = None
) -> list[Session]:
    """The sessions that lie in the window (aware datetimes) or may have an occurrence there, by first start:
    a series counts from its first start to its last end."""
    window = {"org": org, "since": int(since.timestamp()), "until": int(until.timestamp())}
    if practitioner is None:
        return _all(tx, _between, window)
    return _all(tx, _of_practitioner, {**window, "practitioner": practitioner})


def of_assignment(
    tx: Connection,
    org: str,
    assigned: tuple[str, str, str],
    since: datetime,
    until: datetime,
    but: str = "",
) -> list[Session]:
    """As `between`, of those that an assignment of hours covers, by practitioner, client and service, and of
    the practitioner's series of which an occurrence has another client or service than the series, whichever
    it is; without the session of id `but`."""
    practitioner, client, service = assigned
    key = {"org": org, "practitioner": practitioner, "client": client, "service": service, "but": but}
    return _all(tx, _of_assignment, {**key, "since": int(since.timestamp()), "until": int(until.timestamp())})


def busy_in(
    tx: Connection, org: str, collection: int, taken: Taken, but: str
) -> list[tuple[Occurrence, Session]]:
    """The occurrences of sessions that keep a collection's owner busy in any of these spans, each with its
    session; without the session of id `but`."""
    place = window(org, collection, taken.first, taken.last)
    if taken.is_one:
        found = tx.execute(_busy, {**place, "but": but})
        return [(Occurrence._make(row[:-1]), _decoded(row[-1])) for row in found]
    # Most of what lies between the spans meets none of them: only the index is read of it.
    rows = [
        row
        for row in map(Occurrence._make, tuples(tx, _busy_rows, place))
        if taken.meets(row.starts_at, row.ends_at)
    ]
    bodies: dict[int, str] = {}
    for some in batches({row.resource_id for row in rows}):
        bodies |= dict(tuples(tx, _of_resources, {"org": org, "resources": some, "but": but}))
    return [(row, _decoded(bodies[row.resource_id])) for row in rows if row.resource_id in bodies]


def page(tx: Connection, org: str, after: str = "", limit: int = 500) -> list[Session]:
    """Up to `limit` sessions of the organization by id, those after `after`."""
    return _all(tx, _page, {"org": org, "after": after, "most": limit})


def ids(tx: Connection, org: str) -> list[str]:
    """Every session of the organization, sorted by id."""
    return list(tx.execute(_ids, {"org": org}).scalars())


def ids_of(tx: Connection, org: str, practitioner: str) -> list[str]:
    """As `ids`, of a practitioner's."""
    return list(tx.execute(_ids_of, {"org": org, "practitioner": practitioner}).scalars())


def ids_naming(tx: Connection, org: str, record: str) -> list[str]:
    """As `ids`, of those that refer to a record (client, location ...) of that id anywhere, overrides
    included; others may be among them."""
    text = json.dumps(record, ensure_ascii=False)
    for each in "!%_":
        text = text.replace(each, f"!{each}")
    return list(tx.execute(_ids_naming, {"org": org, "pattern": f"%{text}%"}).scalars())


def put(
    tx: Connection, org: str, session: Session, number: int, zone: ZoneInfo, before: Session | None = None
) -> None:
    """Adds the session or replaces it; `zone` is where its days begin. `before` is the session as it is
    stored, where that is known. RuleError when its rule is hostile."""
    starts_at, ends_at, endless = _reach(session, zone)
    values = {
        "uid": session.uid, "kind": session.kind.value, "practitioner": session.practitioner,
        "client": session.client, "service": session.service, "status": session.status.value,
        "starts_at": starts_at, "ends_at": ends_at, "endless": endless, "body": to_json(session),
        "revision": session.revision, "number": number, "varied": _varied(session),
    }  # fmt: skip
    stays = before is not None and all(getattr(before, name) == getattr(session, name) for name in _WHOSE)
    statement, names = (_update_version, _VERSION) if stays else (_update, _COLUMNS)
    key = {"org": org, "key": session.id}
    if tx.execute(statement, {**key, **{name: values[name] for name in names}}).rowcount == 0:
        tx.execute(_insert, {"org_id": org, "id": session.id, **values})


def delete(tx: Connection, org: str, id_: str) -> bool:
    """Removes the session for good; whether it was there."""
    return tx.execute(_delete, {"org": org, "key": id_}).rowcount == 1


def _varied(session: Session) -> bool:
    """Whether an occurrence may fall under another assignment of hours than the series."""
    return any(each.client is not None or each.service is not None for each in session.overrides)


def _reach(session: Session, zone: ZoneInfo) -> tuple[int, int, bool]:
    """First start and last end in UTC seconds, and whether it goes on for ever."""
    spans: list[tuple[When, When]] = [(session.start, session.end)]
    spans += [(each.start, each.end) for each in session.dates]
    length = elapsed(session.start, session.end)
    for each in session.overrides:
        start = each.start if each.start is not None else each.on
        spans.append((start, each.end if each.end is not None else plus(start, length)))
    ends = [end_instant(end, zone) for _, end in spans]
    document = Document(uid=session.uid, master=recurrence.master_of(session))
    last = recurrence.last_end(document, zone) if session.is_series else None
    first = min(instant(start, zone) for start, _ in spans)
    latest = max([*ends, last] if last is not None else ends)
    return _seconds(first), _seconds(latest), session.is_series and last is None


def _seconds(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp())


def _first(tx: Connection, statement: Executable, parameters: Mapping[str, Any]) -> Session | None:
    body = tx.execute(statement, parameters).scalar()
    return None if body is None else _decoded(body)


def _all(tx: Connection, statement: Executable, parameters: Mapping[str, Any]) -> list[Session]:
    return [_decoded(body) for body in tx.execute(statement, parameters).scalars()]


@lru_cache(maxsize=2048)
def _decoded(body: str) -> Session:
    """A write looks at the same sessions of the week as the one before it; equal texts are equal sessions."""
    return from_json(json.loads(body))
