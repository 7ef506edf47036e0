"""The demo's practice, and one small practice per client, so that each finds its calendar untouched."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from calgate.demo.practice import practice_at

NOW = "2026-03-02T09:00-05:00"
LOGINS = (
    "apple",
    "calcurse",
    "caldav",
    "davx5",
    "evolution",
    "kde",
    "outlook",
    "steady",
    "syncer",
    "syncer-deletes",
    "syncer-moves",
    "thunderbird",
    "at@practice.example",
)
COLLEAGUE = "colleague"
"""Somebody of the last one's practice, to meet with."""


def password(login: str) -> str:
    """That of these logins, and of the demo's own."""
    return f"{login}-demo"


def content() -> dict[str, Any]:
    """The file for `calgate demo --load`."""
    made = practice_at(datetime.fromisoformat(NOW))
    practices = [_organization(login) for login in LOGINS]
    practices[-1]["people"].append(_person(COLLEAGUE))
    return {**made, "organizations": [*made["organizations"], *practices]}


def _person(login: str) -> dict[str, Any]:
    name = login.partition("@")[0]
    return {
        "id": login,
        "name": f"Kim {name.title()}",
        "email": f"{name}@practice.example",
        "roles": ["practitioner"],
        "password": password(login),
    }


def _organization(login: str) -> dict[str, Any]:
    """Monday 2 March 2026 is today. `move` may move inside its week only, `locked` not at all, `own` and
    `series` are the practitioner's, `lunch` is nobody's business."""

    def session(identity: str, start: str, end: str, **more: Any) -> dict[str, Any]:
        common = {"id": identity, "practitioner": login, "start": start, "end": end}
        return {**common, **more}

    client = {"kind": "client_session", "client": "c-1", "service": "97153", "location": "main"}
    by_org, by_self = {**client, "scheduled_by": "org"}, {**client, "scheduled_by": "self"}
    return {
        "id": f"practice-{login.partition('@')[0]}",
        "name": "A practice",
        "pack": "provider_app",
        "timezone": "America/New_York",
        "people": [_person(login)],
        "clients": [{"id": "c-1", "first_name": "Noah", "last_name": "Lane", "internal_id": "RL-1"}],
        "services": [{"id": "97153", "name": "Adaptive behavior treatment", "modifiers": []}],
        "locations": [{"id": "main", "name": "Main office", "place_of_service": "11", "rooms": ["1", "2"]}],
        "assignments": [
            {
                "practitioner": login,
                "client": "c-1",
                "service": "97153",
                "hours": 40,
                "per": "week",
                "from": "2026-01-01",
                "to": "2026-12-31",
            }
        ],
        "sessions": [
            session("move", "2026-03-10T10:00", "2026-03-10T12:00", status="scheduled", room="2", **by_org),
            session("locked", "2026-02-25T15:30", "2026-02-25T17:00", status="submitted", **by_org),
            session("own", "2026-03-12T09:00", "2026-03-12T10:00", status="scheduled", **by_self),
            session(
                "series",
                "2026-03-06T14:00",
                "2026-03-06T15:30",
                status="scheduled",
                **by_self,
                repeat={"pattern": "weekly", "until": "2026-06-26"},
                occurrences=[
                    {
                        "on": "2026-03-20T14:00",
                        "status": "cancelled",
                        "cancel": {"type": "other", "reason": "Fever."},
                    },
                    {"on": "2026-03-27T14:00", "start": "2026-03-26T16:00", "end": "2026-03-26T17:30"},
                ],
            ),
            session(
                "lunch", "2026-03-04T12:00", "2026-03-04T13:00", kind="other_event", title="Lunch",
                repeat={"pattern": "weekly"},
            ),
        ],
    }  # fmt: skip
