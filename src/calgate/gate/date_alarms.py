"""Alarms for staff on a session's dates (R-DAT-9): put on a copy when it is made, then the viewer's own."""

from __future__ import annotations

from calgate.domain import texts
from calgate.domain.consent import consent_days, opens_on, reminder_weeks
from calgate.domain.disclosure import part_of
from calgate.domain.event import Document, is_marker
from calgate.domain.session import Session
from calgate.domain.when import day_of
from calgate.gate.office import Office
from calgate.ical.personal import NOTHING, Personal


def alarms(office: Office, session: Session, document: Document) -> Personal:
    """The lines that a new copy begins with: nothing, unless the policy asks for [staff_alarms]."""
    master, days = document.master, consent_days(session)
    if office.policy.staff_alarms == "off" or master is None or days is None or is_marker(master):
        return NOTHING
    lines = _alarm(reminder_weeks(session) * 7, texts.CONSENT_REMINDER)
    opens, first = opens_on(session), day_of(session.dates[0].start)
    # One event for all dates would ring for each of them: consent opens before the first one only.
    one = part_of(session, document.uid) != "" or len(session.dates) == 1
    if opens is not None and one and day_of(master.start) == first:
        lines = (*_alarm((first - opens).days, texts.CONSENT_OPENS), *lines)
    return {"": lines}


def _alarm(days: int, words: str) -> tuple[str, ...]:
    return ("BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-P{days}D", f"DESCRIPTION:{words}", "END:VALARM")
