"""The managed calendar through the door: refusals, bounces, what is stored otherwise than sent."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calgate.gate.gate import Gate
from tests.integration.caldav.conftest import PRACTICE, open_gate
from tests.support.dav import CG, CS, Client, D, Reply, event

S = "/dav/ada/sessions/"
AGENT = "Evolution/3.50.1"


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """With one session of Ada's that the office has scheduled."""
    practice: dict[str, Any] = copy.deepcopy(PRACTICE)
    practice["organizations"][0] |= {
        "clients": [{"id": "c-1", "first_name": "Noah", "last_name": "Lane"}],
        "services": [{"id": "97153", "name": "Treatment"}],
        "locations": [{"id": "main", "name": "Main office", "place_of_service": "11"}],
        "sessions": [
            {
                "id": "s-1",
                "kind": "client_session",
                "scheduled_by": "org",
                "practitioner": "ada",
                "client": "c-1",
                "service": "97153",
                "location": "main",
                "start": "2026-03-03T10:00",
                "end": "2026-03-03T11:00",
                "status": "scheduled",
            }
        ],
    }
    made = open_gate(tmp_path)
    made.load(practice, demo=True)
    yield made
    made.close()


@pytest.fixture
def path(dav: Client) -> str:
    hrefs = dav.propfind(S, "D:getetag", depth=1).hrefs
    assert len(hrefs) == 2
    return hrefs[1]


def longer(dav: Client, path: str, **headers: str) -> Reply:
    """The session made longer, which the office alone may do."""
    text = dav("GET", path).body.decode().replace("T110000", "T130000")
    return dav.put(path, text, **headers)


def state(dav: Client, path: str) -> tuple[str | None, ...]:
    found = dav.propfind(S, "CS:getctag", "D:sync-token").found(S)
    return found[CS + "getctag"].text, found[D + "sync-token"].text, dav("GET", path).headers["etag"]


def test_a_refused_put_has_the_contracts_body_and_bounces(dav: Client, path: str) -> None:
    before = state(dav, path)
    answer = longer(dav, path, if_match=before[2] or "")
    assert (answer.status, answer.headers["content-type"]) == (403, "application/xml; charset=utf-8")
    assert answer.error[0] == CG + "refused"
    refused = answer.xml[0]
    assert (refused.get("rule"), refused.get("contact")) == ("R-ORG-3", "org")
    assert "Noah" not in (refused.text or "")
    assert answer.xml.findtext(f"{D}need-privileges/{D}resource/{D}href") == path
    after = state(dav, path)
    assert all(old != new for old, new in zip(before, after, strict=True))
    got = dav("GET", path).body.decode()
    assert "T110000" in got
    assert "T130000" not in got


def test_the_same_refused_body_does_not_bounce_twice(dav: Client, path: str) -> None:
    text = dav("GET", path).body.decode().replace("T110000", "T130000")
    assert dav.put(path, text).status == 403
    before = state(dav, path)
    assert dav.put(path, text).status == 403
    assert state(dav, path) == before


def test_evolution_gets_the_sentence_alone(dav: Client, path: str) -> None:
    assert longer(dav, path, user_agent=AGENT).error == [CG + "refused"]


def test_a_refused_delete_keeps_the_session_and_bounces(dav: Client, path: str) -> None:
    before = state(dav, path)
    answer = dav("DELETE", path)
    assert (answer.status, answer.error) == (403, [CG + "refused", D + "need-privileges"])
    assert answer.xml.find(f"{D}need-privileges/{D}resource/{D}privilege/{D}unbind") is not None
    assert all(old != new for old, new in zip(before, state(dav, path), strict=True))


def test_what_is_stored_otherwise_than_sent_has_no_etag(dav: Client) -> None:
    answer = dav.put(S + "own.ics", event("own"))
    assert answer.status == 201
    assert "etag" not in answer.headers
    assert dav("GET", S + "own.ics").headers["etag"]


def test_with_return_representation_the_stored_form_comes_with_its_etag(dav: Client) -> None:
    answer = dav.put(S + "own.ics", event("own"), prefer="return=representation")
    got = dav("GET", S + "own.ics")
    assert (answer.status, answer.body, answer.headers["etag"]) == (201, got.body, got.headers["etag"])
    assert b"X-CALGATE-KIND:other_event" in answer.body


def test_the_echo_of_what_was_shown_changes_nothing(dav: Client, path: str) -> None:
    before = state(dav, path)
    answer = dav.put(path, dav("GET", path).body, if_match=before[2] or "")
    assert answer.status == 204
    assert state(dav, path) == before


def test_sessions_are_not_moved_out_or_copied(dav: Client, path: str) -> None:
    for method in ("MOVE", "COPY"):
        answer = dav(method, path, destination="/dav/ada/work/x.ics")
        assert (answer.status, bool(answer.error)) == (403, True)
    assert dav("GET", path).status == 200


def test_the_whole_calendar_has_each_zone_once(dav: Client, path: str) -> None:
    dav.put(S + "own.ics", event("own"))
    body = dav("GET", S).body
    assert (body.count(b"BEGIN:VEVENT"), body.count(b"TZID:America/New_York\r\n")) == (2, 1)


def test_todos_do_not_belong_among_sessions(dav: Client) -> None:
    todo = event().replace("VEVENT", "VTODO").replace("DTEND:", "DUE:")
    answer = dav.put(S + "t.ics", todo)
    assert (answer.status, answer.error[0]) == (
        403,
        "{urn:ietf:params:xml:ns:caldav}supported-calendar-component",
    )


def test_a_colleague_sees_nothing_of_it(bob: Client, dav: Client, path: str) -> None:
    for method in ("GET", "PROPFIND", "PUT", "DELETE"):
        answer = bob(method, path, event() if method == "PUT" else "", depth="0")
        assert (answer.status, answer.error) == (403, [D + "need-privileges"])
    body = (
        '<C:calendar-multiget xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"><D:prop><D:getetag/>'
        f"<C:calendar-data/></D:prop><D:href>{path}</D:href></C:calendar-multiget>"
    )
    for at in (S, "/dav/bob/sessions/", "/dav/bob/", "/dav/ada/", "/dav/"):
        assert b"Noah" not in bob("REPORT", at, body).body


PRIVILEGES = "D:current-user-privilege-set"


def privileges(dav: Client, path: str) -> set[str]:
    return {each.tag for each in dav.propfind(path, PRIVILEGES).found(path)[D + PRIVILEGES[2:]].iter()}


def change(gate: Gate, policy: dict[str, str], **session: Any) -> None:
    practice: dict[str, Any] = copy.deepcopy(PRACTICE)
    own = {"id": "s-1", "kind": "client_session", "practitioner": "ada", "client": "c-1", "service": "97153"}
    times = {"start": "2026-03-03T10:00", "end": "2026-03-03T11:00"}
    practice["organizations"][0] |= {
        "clients": [{"id": "c-1", "first_name": "Noah", "last_name": "Lane"}],
        "services": [{"id": "97153", "name": "Treatment"}],
        "policy": policy,
        "sessions": [{**own, **times, **session}],
    }
    gate.load(practice, demo=True)


@pytest.mark.parametrize("locked", [{"facts": ["claim"]}, {"status": "submitted"}, {"status": "validating"}])
def test_a_locked_session_is_told_without_the_privileges_to_write(
    gate: Gate, dav: Client, path: str, locked: dict[str, Any]
) -> None:
    writing = {D + "write", D + "write-content", D + "unbind"}
    assert writing <= privileges(dav, path)
    change(gate, {}, **locked)
    assert not writing & privileges(dav, path)
    assert D + "read" in privileges(dav, path)


def test_no_bind_where_the_organization_adds_the_sessions(gate: Gate, dav: Client) -> None:
    """R-ORG-10."""
    assert D + "bind" in privileges(dav, S)
    change(gate, {"self_schedule": "refuse"})
    assert {D + "unbind", D + "write-content"} <= privileges(dav, S)
    assert not {D + "bind", D + "write"} & privileges(dav, S)
