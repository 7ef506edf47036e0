"""calcurse: an edit is a new event under a new UID, then a DELETE of the old; no zones, no X- properties."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from tests.interop.wire import Copy, Wire, reason
from tests.support.dav import D

AGENT = "calcurse-caldav"


@pytest.fixture
def console(connect: Callable[[str, str], Wire]) -> Wire:
    return connect("calcurse", AGENT)


def as_new(one: Copy, start: str, end: str) -> tuple[str, str]:
    """(UID, body) of the event that replaces a copy; times float."""
    uid = uuid4().hex
    kept = [f"SUMMARY:{one.value('SUMMARY')}", f"DESCRIPTION:{one.value('DESCRIPTION')}"]
    whole = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//calcurse//NONSGML v4.7.1//EN", "BEGIN:VEVENT",
        f"UID:{uid}", "DTSTAMP:20260302T140000Z", f"DTSTART:{start}", f"DTEND:{end}", *kept,
        "END:VEVENT", "END:VCALENDAR", "",
    )  # fmt: skip
    return uid, "\r\n".join(whole)


def test_the_sync(console: Wire) -> None:
    query = (
        "<D:prop><D:getetag/></D:prop><C:filter>"
        '<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/></C:comp-filter></C:filter>'
    )
    answer = console.report(console.sessions, "C:calendar-query", query, Depth="1")
    assert len(answer.hrefs) == 5
    assert all(answer.found(path)[f"{D}getetag"].text for path in answer.hrefs)
    assert len(console.multiget(console.sessions, *answer.hrefs)) == 5


def test_an_own_session_moved_by_replacing_it(console: Wire) -> None:
    one = console.session("own")
    uid, body = as_new(one, "20260313T090000", "20260313T100000")
    path = f"{console.sessions}{uid}.ics"
    assert console.put(path, body, If_None_Match="*").status == 201
    assert console.ask("DELETE", one.href, If_Match=one.etag).status == 204

    new, old = console.get(path), console.get(one.href)
    assert "DTSTART;TZID=America/New_York:20260313T090000\n" in new.flat
    assert old.value("STATUS") == "CANCELLED", "its record stays"


def test_replacing_does_not_get_round_the_rules(console: Wire) -> None:
    """The creation is judged as a creation, the DELETE as a cancellation of an organization's session."""
    one = console.session("move")
    uid, body = as_new(one, "20260319T100000", "20260319T120000")
    created = console.put(f"{console.sessions}{uid}.ics", body, If_None_Match="*")
    refused = console.ask("DELETE", one.href, If_Match=one.etag)

    assert "can't cancel sessions scheduled by your organization" in reason(refused)
    assert console.get(one.href).value("DTSTART") == "20260310T100000"
    assert created.status == 201
    new = console.get(f"{console.sessions}{uid}.ics")
    assert (
        new.value("X-CALGATE-SCHEDULED-BY") == "self"
        and new.value("X-CALGATE-STATUS") == "pending_validation"
    )


def test_a_locked_session_cannot_be_replaced(console: Wire) -> None:
    one = console.session("locked")
    refused = console.ask("DELETE", one.href, If_Match=one.etag)

    assert reason(refused) == "Submitted sessions can't be edited. Contact your organization."
    back = console.get(one.href)
    assert back.etag != one.etag and back.value("DESCRIPTION").startswith(
        "Submitted sessions can't be edited."
    )
