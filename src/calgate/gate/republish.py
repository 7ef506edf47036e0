"""Publishing again when what sessions refer to has changed: only copies that say something else change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from calgate.domain.session import Session
from calgate.gate import views
from calgate.gate.copies import notice_of
from calgate.gate.lookups import shown_hours
from calgate.gate.office import Office
from calgate.gate.publish import is_copy_of, next_number, publish, restate
from calgate.store import organizations, resources, sessions

PAGE = 500


def republish(office: Office, now: datetime) -> None:
    """Every session of the organization; a copy that carries a refusal keeps it."""
    for session in _all(office):
        practice = office.records(session)
        copies = [each for each in resources.by_session(office.tx, office.org, session.id) if not each.gone]
        number = organizations.number(office.tx, office.org) + 1
        refused = any(notice_of(copy).refusal for copy in copies)
        if refused and all(is_copy_of(office, copy, session, practice) for copy in copies):
            for copy in copies:
                restate(office, copy, session, practice, notice_of(copy), number, now, anew=False)
            views.publish(office, session, practice, number, now)
        else:
            hints = next((notice_of(copy).hints for copy in copies), ())
            publish(office, session, practice, number, now, hints=hints, unhide=False)
        # The number is used up only where a copy says something else now.
        copies = resources.by_session(office.tx, office.org, session.id)
        if any(each.number == number for each in copies) or views.touched(office, number):
            next_number(office)


def count_hours(office: Office, written: Iterable[str], now: datetime) -> None:
    """Has the copies that one load wrote tell the hours with all of that load counted in (R-HRS-1): each was
    published before those that came after it."""
    number = organizations.number(office.tx, office.org)
    for session in filter(None, (sessions.get(office.tx, office.org, each) for each in written)):
        practice = office.records(session)
        hours = shown_hours(office, session, practice, now)
        told = f"X-CALGATE-HOURS-SCHEDULED:{hours.scheduled:g}\r\n" if hours else ""
        for copy in resources.by_session(office.tx, office.org, session.id):
            if not copy.gone and told not in copy.text:
                restate(office, copy, session, practice, notice_of(copy), number, now)


def _all(office: Office) -> Iterator[Session]:
    after = ""
    while page := sessions.page(office.tx, office.org, after, PAGE):
        yield from page
        after = page[-1].id
