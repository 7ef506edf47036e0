"""Views: versions of the sessions for the audiences of links, each with its copies of what it shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, case, delete, exists, insert, select, update

from calgate.domain.audience import View
from calgate.domain.session import Status
from calgate.store import organizations as orgs
from calgate.store.reading import batches, tuples
from calgate.store.tables import links, view_copies, views

_v = views.c
_c = view_copies.c
_org = _v.org_id == bindparam("org")
_one = _v.id == bindparam("key")
_of_view = (_c.org_id == bindparam("org")) & (_c.view_id == bindparam("view"))


class ViewCopy(NamedTuple):
    """What a view shows of one calendar object: its VEVENTs as `text`, the `zones` of their TZIDs. Times are
    UTC seconds: first start and last end, `FOR_EVER` where there is none; `modified_at` of the newest
    change."""

    view_id: int
    ends_at: int
    uid: str
    starts_at: int
    session_id: str
    sequence: int
    modified_at: int
    zones: str
    text: str


FOR_EVER = 253_402_300_800
"""The end of a series without one: the year 10000 in UTC seconds."""

_SPEC = (_v.audience, _v.target, _v.detail, _v.cancelled, _v.statuses, _v.join_link)
_all = select(_v.id, *_SPEC).where(_org).order_by(_v.id)
_ready = select(_v.ready).where(_org, _one)
_unused = select(_v.id).where(
    _org, ~_v.ready, ~exists().where(links.c.org_id == _v.org_id, links.c.view_id == _v.id)
)
_at = select(_v.id).where(_org, _v.number == bindparam("number")).limit(1)
_insert = insert(views)
_delete = delete(views).where(_org, _one)
_set_ready = update(views).where(_org, _one).values(ready=bindparam("is_ready"))
# Never the same second twice: whoever asks If-Modified-Since would miss the second change in it.
_touch = (
    update(views)
    .where(_org, _one)
    .values(
        number=bindparam("new_number"),
        modified_at=case((_v.modified_at >= bindparam("at"), _v.modified_at + 1), else_=bindparam("at")),
    )
)
# By the index of sessions first: asked for whole rows, SQLite would read all of an organization's instead.
_found = view_copies.alias("found")
_k = _found.c
_same_row = and_(*(_c[each.name] == _k[each.name] for each in view_copies.primary_key))
_copies = (
    select(*(_c[name] for name in ViewCopy._fields))
    .join_from(_found, view_copies, _same_row)
    .where(_k.org_id == bindparam("org"))
)
_of_session = _copies.where(_k.session_id == bindparam("session"))
_of_sessions = _copies.where(
    _k.session_id.in_(bindparam("sessions", expanding=True)), _k.view_id == bindparam("view")
)
_insert_copy = insert(view_copies)
_delete_copy = delete(view_copies).where(_of_view, _c.ends_at == bindparam("end"), _c.uid == bindparam("key"))
_some = select(_c.ends_at, _c.uid).where(_of_view).order_by(_c.ends_at, _c.uid).limit(bindparam("most"))
_texts = (
    select(_c.text, _c.zones)
    .where(_of_view, _c.ends_at > bindparam("since"), _c.starts_at < bindparam("until"))
    .order_by(_c.ends_at, _c.uid)
)


def all(tx: Connection, org: str) -> list[tuple[int, View]]:
    """Every view of the organization with its id."""
    return [(row[0], _view(row[1:])) for row in tx.execute(_all, {"org": org})]


def create(tx: Connection, org: str, view: View) -> int:
    """Makes a view, not ready yet, and gives its id."""
    new = orgs.next_id(tx, org)
    values = {**_columns(view), "ready": False, "number": 0, "modified_at": 0}
    tx.execute(_insert, {"org_id": org, "id": new, **values})
    orgs.records_changed(tx, org)
    return new


def is_ready(tx: Connection, org: str, view: int) -> bool:
    """Whether a view has all that it is to show."""
    return bool(tx.execute(_ready, {"org": org, "key": view}).scalar())


def set_ready(tx: Connection, org: str, view: int, ready: bool) -> None:
    """Says that a view is complete, or that it is not any more."""
    tx.execute(_set_ready, {"org": org, "key": view, "is_ready": ready})


def touch(tx: Connection, org: str, changed: Iterable[int], number: int, at: int) -> None:
    """These views changed under that number."""
    rows = [{"org": org, "key": each, "new_number": number, "at": at} for each in sorted(changed)]
    if rows:
        tx.execute(_touch, rows)


def touched(tx: Connection, org: str, number: int) -> bool:
    """Whether the newest change of any view is of that number."""
    return tx.execute(_at, {"org": org, "number": number}).first() is not None


def copies_of(tx: Connection, org: str, session: str) -> list[ViewCopy]:
    """What all the views show of a session."""
    return list(map(ViewCopy._make, tuples(tx, _of_session, {"org": org, "session": session})))


def copies_in(tx: Connection, org: str, view: int, sessions: Iterable[str]) -> list[ViewCopy]:
    """What one view shows of these sessions."""
    found: list[ViewCopy] = []
    for some in batches(sessions):
        key = {"org": org, "view": view, "sessions": some}
        found += map(ViewCopy._make, tuples(tx, _of_sessions, key))
    return found


def put(tx: Connection, org: str, gone: Iterable[ViewCopy], new: Iterable[ViewCopy]) -> None:
    """Takes copies away and adds others; one that changed is among both."""
    old = [{"org": org, "view": each.view_id, "end": each.ends_at, "key": each.uid} for each in gone]
    if old:
        tx.execute(_delete_copy, old)
    rows = [{"org_id": org, **each._asdict()} for each in new]
    if rows:
        tx.execute(_insert_copy, rows)


def texts(tx: Connection, org: str, view: int, since: int, until: int) -> list[tuple[str, str]]:
    """(text, zones) of what the view shows in a window of UTC seconds, end exclusive, always in the same
    order."""
    return tuples(tx, _texts, {"org": org, "view": view, "since": since, "until": until})


def unused(tx: Connection, org: str) -> list[int]:
    """Views that no link needs any more."""
    return list(tx.execute(_unused, {"org": org}).scalars())


def drop(tx: Connection, org: str, view: int, most: int) -> bool:
    """Takes up to `most` copies of a view away, and the view itself with the last ones; whether it is
    gone."""
    rows = tuples(tx, _some, {"org": org, "view": view, "most": most})
    if rows:
        tx.execute(_delete_copy, [{"org": org, "view": view, "end": end, "key": uid} for end, uid in rows])
    if len(rows) == most:
        return False
    tx.execute(_delete, {"org": org, "key": view})
    orgs.records_changed(tx, org)
    return True


def statuses_text(statuses: Iterable[Status]) -> str:
    """Statuses as they are stored, the same for equal sets."""
    return ",".join(sorted(each.value for each in statuses))


def statuses_of(text: str) -> frozenset[Status]:
    """The statuses that `statuses_text` wrote."""
    return frozenset(Status(each) for each in text.split(",") if each)


def _columns(view: View) -> dict[str, Any]:
    return {
        "audience": view.audience, "target": view.target, "detail": view.detail,
        "cancelled": view.cancelled, "statuses": statuses_text(view.statuses), "join_link": view.join_link,
    }  # fmt: skip


def _view(row: Any) -> View:
    audience, target, detail, cancelled, statuses, join_link = row
    return View(
        audience=audience, target=target, detail=detail, cancelled=cancelled,
        statuses=statuses_of(statuses), join_link=join_link,
    )  # fmt: skip
