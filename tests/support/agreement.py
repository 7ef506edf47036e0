"""Whether all that the database holds of an organization agrees: nothing is half-written."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from calgate.domain.dates import is_unscheduled
from calgate.domain.session import Session
from calgate.domain.when import key
from calgate.gate.copies import HORIZON, LONG_AGO, etag_of
from calgate.gate.read import index_rows
from calgate.ical.inspect import entries
from calgate.ical.read import read
from calgate.store import Tx, collections, decisions, occurrences, organizations, resources, sessions
from calgate.store.collections import Collection
from calgate.store.resources import Copy
from tests.support import bodies
from tests.support.practice import Practice


def check_agreement(practice: Practice, org: str = "riverside") -> None:
    """Resource, text, occurrences, session, decision and numbers."""
    with practice.store.read() as tx:
        newest = organizations.number(tx, org)
        recorded = [each.number for each in decisions.after(tx, org, 0, limit=100_000)]
        assert recorded == sorted(set(recorded))
        assert not recorded or recorded[-1] <= newest
        shown: set[str] = set()
        for calendar in collections.all(tx, org):
            copies = resources.of_collection(tx, org, calendar.id)
            assert len({each.uid for each in copies}) == len(copies)
            page = resources.changes(tx, org, calendar.id, 0)
            assert max((row.number for row in page.rows), default=0) <= calendar.number <= newest
            _check_rows(tx, org, calendar, copies)
            for copy in copies:
                shown.add(copy.session_id or "")
                _check_copy(tx, org, calendar, copy)
        for session in sessions.page(tx, org, "", 1000):
            assert session.id in shown or session.status == "cancelled" or is_unscheduled(session)


def _check_copy(tx: Tx, org: str, calendar: Collection, copy: Copy) -> None:
    assert copy.etag == etag_of(copy.text)
    assert copy.size == len(copy.text.encode())
    assert copy.sequence == int(bodies.value(copy.text, "SEQUENCE"))
    session = sessions.get(tx, org, copy.session_id or "")
    assert session is not None
    if bodies.value(copy.text, "SUMMARY") != "Busy":
        assert bodies.value(copy.text, "X-CALGATE-REV") == str(session.revision)
        assert bodies.value(copy.text, "X-CALGATE-STATUS") == session.status
    if not session.dates:
        _check_times(copy, session, ZoneInfo(calendar.zone))
    about = session.history.of if session.history else session.id
    recorded = decisions.of_session(tx, org, about, limit=1)
    assert recorded


def _check_times(copy: Copy, session: Session, zone: ZoneInfo) -> None:
    master = read(copy.text.encode(), zone).document.master
    assert master is not None
    assert (key(master.start), key(master.end)) == (key(session.start), key(session.end))


def _check_rows(tx: Tx, org: str, calendar: Collection, copies: list[Copy]) -> None:
    """The index has the occurrences of the live texts and nothing else."""
    stored = sorted(
        (row.resource_id, row.starts_at, row.ends_at, row.part, row.on, row.busy)
        for row in occurrences.between(tx, org, calendar.id, None, None)
    )
    wanted = []
    held = {each.id for each in sessions.page(tx, org, "", 1000) if each.held}
    for copy in copies:
        until = datetime.fromtimestamp(copy.modified_at, UTC) + HORIZON
        rows = index_rows(entries(copy.text, ZoneInfo(calendar.zone), LONG_AGO, until))
        wanted += [(copy.id, *(row if copy.session_id not in held else (*row[:4], ""))) for row in rows]
    assert stored == sorted(wanted)
