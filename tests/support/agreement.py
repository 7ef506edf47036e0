"""Whether all that the database holds of an organization agrees: nothing is half-written."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from calgate.domain.dates import is_unscheduled
from calgate.domain.diff import diff
from calgate.domain.session import Session
from calgate.domain.when import key
from calgate.gate import publish
from calgate.gate.copies import FAR_OFF, HORIZON, LONG_AGO, as_read, etag_of, notice_of
from calgate.gate.office import Office, Records, enter
from calgate.gate.read import index_rows
from calgate.gate.tend import ROLL_AHEAD
from calgate.ical.inspect import entries
from calgate.ical.read import read
from calgate.store import Tx, collections, decisions, occurrences, organizations, resources, sessions
from calgate.store.collections import Collection
from calgate.store.resources import Copy
from tests.support import bodies
from tests.support.links import check_views
from tests.support.practice import Practice


def check_agreement(practice: Practice, org: str = "riverside") -> None:
    """Resource, text, occurrences, session, decision and numbers, and every view of the sessions."""
    with practice.store.read() as tx:
        newest = organizations.number(tx, org)
        kept = decisions.after(tx, org, 0, limit=100_000)
        recorded = [(each.number, each.seq) for each in kept]
        assert recorded == sorted(set(recorded))
        assert not recorded or recorded[-1][0] <= newest
        shown, decided = set[str](), {each.session_id for each in kept}
        office = enter(tx, org, practice.gate._packs, Records())
        for calendar in collections.all(tx, org):
            copies = resources.of_collection(tx, org, calendar.id)
            assert len({each.uid for each in copies}) == len(copies)
            page = resources.changes(tx, org, calendar.id, 0)
            assert max((row.number for row in page.rows), default=0) <= calendar.number <= newest
            _check_rows(tx, org, calendar, copies)
            for copy in copies:
                shown.add(copy.session_id or "")
                if calendar.managed:
                    about = _check_copy(tx, org, calendar, copy)
                    assert about in decided
                    _check_as_read(office, calendar, copy)
        for session in sessions.page(tx, org, "", 1000):
            assert session.id in shown or session.status == "cancelled" or is_unscheduled(session)
    check_views(practice.store, org)


def _check_copy(tx: Tx, org: str, calendar: Collection, copy: Copy) -> str:
    """The id under which the practice knows the session of the copy."""
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
    return session.history.of if session.history else session.id


def _check_as_read(office: Office, calendar: Collection, copy: Copy) -> None:
    """What a write takes for the document that was shown, without reading it, is no other than the text."""
    session = sessions.get(office.tx, office.org, copy.session_id or "")
    assert session is not None
    records = office.records(session)
    shown = as_read(copy, publish.shown(office, copy, session, records, notice_of(copy)))
    if shown is not None:
        text = read(copy.text.encode(), ZoneInfo(calendar.zone)).document
        assert diff(shown, text, session, records, office.policy) == ()


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
        until = FAR_OFF
        if copy.indexed_until is not None:
            until = datetime.fromtimestamp(copy.indexed_until, UTC)
            # What was written since may have left the end of the index to the roll of the horizon.
            assert until >= datetime.fromtimestamp(copy.modified_at, UTC) + HORIZON - ROLL_AHEAD
        rows = index_rows(entries(copy.text, ZoneInfo(calendar.zone), LONG_AGO, until))
        wanted += [(copy.id, *(row if copy.session_id not in held else (*row[:4], ""))) for row in rows]
    assert stored == sorted(wanted)
