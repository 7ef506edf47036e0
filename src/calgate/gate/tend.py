"""What falls due by itself: the later second ETag, notices that have had their day, halves of
series that nobody came for, the horizon that moves on, and tombstones that have told their tale.

Each is found by looking at what is stored, so that nothing is lost when the process was down meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from calgate.domain.pack import Pack
from calgate.gate import hold, links
from calgate.gate.copies import FAR_OFF, HORIZON, Notice, notice_of
from calgate.gate.office import Office, Records, enter
from calgate.gate.publish import next_number, restate
from calgate.gate.read import index_rows
from calgate.ical.inspect import entries, inspect
from calgate.store import (
    Store,
    Tx,
    collections,
    holds,
    occurrences,
    organizations,
    resources,
    sessions,
    stirs,
)
from calgate.store.resources import Copy

BATCH = 100
ROLL_AHEAD = timedelta(days=30)
"""Indexes are extended when they end this much before the horizon: one rewrite a month, not one a day."""

TOMBSTONE_DAYS = timedelta(days=365)
"""How long a calendar tells of what was removed: a program that stayed away for longer lists it anew."""


def tend(store: Store, packs: Mapping[str, Pack], records: Records, now: datetime) -> int:
    """Does what is due in every organization, a batch of each kind; how much that was."""
    with store.read() as tx:
        orgs = [org for org in organizations.ids(tx) if _is_due(tx, org, now)]
    done = 0
    for org in orgs:
        with store.write(org) as tx:
            office = enter(tx, org, packs, records)
            done += hold.expire(office, now) + _stir(office, now) + _expire(office, now) + _roll(office, now)
            done += _forget(office, now)
    return done + links.expire(store, now)


def _is_due(tx: Tx, org: str, now: datetime) -> bool:
    """Whether anything is due: asked in a read transaction, so that idle time writes nothing."""
    at = int(now.timestamp())
    return bool(
        stirs.due(tx, org, at, 1)
        or holds.due(tx, org, at, 1)
        or resources.expired(tx, org, at, 1)
        or resources.outdated(tx, org, _edge(now), 1)
        or resources.old_tombstones(tx, org, _long_ago(now), 1)
    )


def _stir(office: Office, now: datetime) -> int:
    due = stirs.due(office.tx, office.org, int(now.timestamp()), BATCH)
    for key in due:
        stirs.remove(office.tx, office.org, key)
        copy = resources.by_id(office.tx, office.org, key)
        if copy is not None:
            _again(office, copy, notice_of(copy), now)
    return len(due)


def _expire(office: Office, now: datetime) -> int:
    due = resources.expired(office.tx, office.org, int(now.timestamp()), BATCH)
    for copy in resources.by_ids(office.tx, office.org, due):
        _again(office, copy, Notice(hints=notice_of(copy).hints), now)
    return len(due)


def _again(office: Office, copy: Copy, notice: Notice, now: datetime) -> None:
    session = sessions.get(office.tx, office.org, copy.session_id) if copy.session_id else None
    if session is not None and not copy.gone:
        restate(office, copy, session, office.records(session), notice, next_number(office), now)


def _long_ago(now: datetime) -> int:
    return int((now - TOMBSTONE_DAYS).timestamp())


def _forget(office: Office, now: datetime) -> int:
    """RFC 6578 section 3.2: older sync tokens become invalid, and their holders list anew."""
    due = resources.old_tombstones(office.tx, office.org, _long_ago(now), BATCH)
    resources.forget(office.tx, office.org, due)
    return len(due)


def _edge(now: datetime) -> int:
    return int((now + HORIZON - ROLL_AHEAD).timestamp())


def _roll(office: Office, now: datetime) -> int:
    due = resources.by_ids(
        office.tx, office.org, resources.outdated(office.tx, office.org, _edge(now), BATCH)
    )
    for copy in due:
        _extend(office, copy, now + HORIZON)
    return len(due)


def _extend(office: Office, copy: Copy, horizon: datetime) -> None:
    """Indexes what lies between where the copy's index ends and the horizon."""
    home = collections.get(office.tx, office.org, copy.collection_id)
    if home is None or copy.indexed_until is None:
        return
    zone, since = ZoneInfo(home.zone), datetime.fromtimestamp(copy.indexed_until, UTC)
    found = inspect(copy.text.encode(), zone, horizon=horizon)
    rows = index_rows(entries(found, zone, since, horizon if found.endless else FAR_OFF))
    occurrences.replace(office.tx, office.org, home.id, copy.id, rows, since=copy.indexed_until)
    until = int(horizon.timestamp()) if found.endless else None
    resources.set_indexed_until(office.tx, office.org, copy.id, until)
