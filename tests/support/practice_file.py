"""A practice file with one organization for each pack; it is Monday, 2 March 2026, 9:00 in New York."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

MONDAY = datetime(2026, 3, 2, 14, tzinfo=UTC)
CLIENTS = [
    {"id": "c-101", "first_name": "Noah", "last_name": "Lane", "internal_id": "RL-101"},
    {"id": "c-102", "first_name": "Maya", "last_name": "Brooks", "internal_id": "RL-102"},
]


def session(id_: str, start: str, end: str, **more: Any) -> dict[str, Any]:
    """A self-scheduled client session of ada's unless said otherwise."""
    return {
        "id": id_, "kind": "client_session", "scheduled_by": "self", "practitioner": "ada", "client": "c-101",
        "service": "97153", "location": "main", "start": start, "end": end, "status": "scheduled", **more,
    }  # fmt: skip


def weekly(until: str) -> dict[str, Any]:
    return {"pattern": "weekly", "interval": 1, "until": until}


RIVERSIDE: dict[str, Any] = {
    "id": "riverside", "name": "Riverside Therapy", "pack": "provider_app", "timezone": "America/New_York",
    "people": [
        {"id": "ada", "name": "Ada Moss", "email": "ada@riverside.example"},
        {"id": "bob", "name": "Bob Reed", "email": "bob@riverside.example"},
        {"id": "rita", "name": "Rita Vale", "email": "rita@riverside.example", "roles": ["scheduler"]},
    ],
    "clients": CLIENTS,
    "services": [{"id": "97153", "name": "Adaptive behavior treatment"}],
    "locations": [{"id": "main", "name": "Main office", "address": "12 Mill St", "rooms": ["1", "2"]}],
    "sessions": [
        session("org", "2026-03-03T10:00", "2026-03-03T11:00", scheduled_by="org", room="2",
                instructions="Bring the forms."),
        session("own", "2026-03-04T14:00", "2026-03-04T15:00", client="c-102"),
        session("claimed", "2026-02-27T10:00", "2026-02-27T11:00", facts=["claim"], status="ready_to_submit"),
        session("signed", "2026-03-05T10:00", "2026-03-05T11:00", facts=["note_signed"]),
        session("checked", "2026-03-05T14:00", "2026-03-05T15:00", status="validating"),
        session("sunday", "2026-03-15T22:00", "2026-03-15T23:00", scheduled_by="org"),
        session("autumn", "2026-10-31T00:30", "2026-10-31T02:30", scheduled_by="org"),
        session("off", "2026-03-06T10:00", "2026-03-06T11:00", status="cancelled",
                cancel={"type": "late_cancel", "reason": "Ill"}),
        session("weekly", "2026-01-05T16:00", "2026-01-05T17:00", client="c-102",
                repeat=weekly("2026-06-29")),
        session("weekly-org", "2026-02-03T15:00", "2026-02-03T16:00", scheduled_by="org",
                repeat=weekly("2026-06-30")),
        {"id": "meeting", "kind": "other_event", "practitioner": "ada", "title": "Team meeting",
         "start": "2026-03-04T12:00", "end": "2026-03-04T13:00"},
        session("bobs", "2026-03-03T09:00", "2026-03-03T10:00", practitioner="bob", scheduled_by="org"),
    ],
}  # fmt: skip
HILLSIDE: dict[str, Any] = {
    "id": "hillside", "name": "Hillside", "pack": "sessions_health", "timezone": "America/New_York",
    "people": [{"id": "cleo", "name": "Cleo Hall", "email": "cleo@hillside.example"}],
    "clients": CLIENTS,
    "services": [{"id": "90837", "name": "Psychotherapy"}],
    "locations": [{"id": "main", "name": "Practice"}],
    "sessions": [
        session("visit", "2026-03-03T10:00", "2026-03-03T11:00", practitioner="cleo", service="90837"),
        session("request", "2026-03-04T10:00", "2026-03-04T11:00", practitioner="cleo", service="90837",
                scheduled_by="request", status="requested"),
        session("mondays", "2026-01-05T14:00", "2026-01-05T15:00", practitioner="cleo", service="90837",
                repeat=weekly("2026-12-14")),
    ],
}  # fmt: skip
SCHOOLS: dict[str, Any] = {
    "id": "schools", "name": "School immunisation", "pack": "mavis", "timezone": "Europe/London",
    "people": [{"id": "sam", "name": "Sam Field", "email": "sam@schools.example"}],
    "programmes": [{"id": "hpv", "name": "HPV"}],
    "locations": [{"id": "oak", "name": "Oak School", "type": "school", "prerequisites_done": True}],
    "sessions": [
        {"id": "oak-hpv", "kind": "school_session", "scheduled_by": "org", "practitioner": "sam",
         "location": "oak", "programmes": ["hpv"], "dates": ["2026-03-16", "2026-03-23", "2026-03-30"],
         "status": "scheduled"},
    ],
}  # fmt: skip


def practice_file(*organizations: dict[str, Any]) -> dict[str, Any]:
    """The file's content, to be changed at will; all three organizations unless some are given."""
    return {
        "calgate": 1,
        "organizations": [deepcopy(each) for each in organizations or (RIVERSIDE, HILLSIDE, SCHOOLS)],
    }


def with_session(id_: str, **changes: Any) -> dict[str, Any]:
    """The file with one session changed; None takes a key away."""
    file = practice_file()
    found = session_in(file, id_)
    found.update({key: value for key, value in changes.items() if value is not None})
    for key in [key for key, value in changes.items() if value is None]:
        found.pop(key, None)
    return file


def session_in(file: dict[str, Any], id_: str) -> dict[str, Any]:
    return next(each for org in file["organizations"] for each in org["sessions"] if each["id"] == id_)
