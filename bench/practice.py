"""A practice file with as many sessions as the plain calendar has events, around today."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

SESSIONS_EACH = 500
"""Sessions of one practitioner: about eight a day over two years, most of them in series."""
CLIENTS_EACH = 20
_WEEKDAYS = 5
_WEEKS = 104


def practice_file(person: str, sessions: int, today: date) -> dict[str, object]:
    """A practice whose first practitioner is `person`; sessions over two years, half of them past."""
    first = today - timedelta(days=today.weekday(), weeks=_WEEKS // 2)
    people = [person, *(f"{person}-{number}" for number in range(2, 1 + max(1, sessions // SESSIONS_EACH)))]
    years = {"from": first.isoformat(), "to": (first + timedelta(weeks=2 * _WEEKS)).isoformat()}
    organization = {
        "id": "bench-practice",
        "name": "Bench Practice",
        "pack": "provider_app",
        "timezone": "America/New_York",
        "people": [_person(each) for each in people],
        "clients": [_client(number) for number in range(CLIENTS_EACH * len(people))],
        "services": [{"id": "97153", "name": "Adaptive behavior treatment", "modifiers": []}],
        "locations": [
            {"id": "main", "name": "Main office", "address": "12 Mill St", "place_of_service": "11"}
        ],
        "assignments": [
            {"practitioner": who, "client": client, "service": "97153", "hours": 40, "per": "week", **years}
            for number, who in enumerate(people)
            for client in _clients_of(number)
        ],
        "sessions": [_session(number, people, first) for number in range(sessions)],
    }
    return {"calgate": 1, "organizations": [organization]}


def _person(name: str) -> dict[str, object]:
    return {"id": name, "name": f"Bo {name}", "email": f"{name}@bench.example", "roles": ["practitioner"]}


def _client(number: int) -> dict[str, str]:
    return {
        "id": f"c-{number}",
        "first_name": f"First{number}",
        "last_name": f"Last{number}",
        "internal_id": f"B-{number}",
    }


def _clients_of(practitioner: int) -> list[str]:
    return [f"c-{CLIENTS_EACH * practitioner + number}" for number in range(CLIENTS_EACH)]


def _session(number: int, people: Sequence[str], first: date) -> dict[str, object]:
    chance = random.Random(f"calgate-bench-session-{number}")
    day = first + timedelta(weeks=chance.randrange(_WEEKS), days=chance.randrange(_WEEKDAYS))
    start = datetime.combine(day, time(8 + chance.randrange(9)))
    practitioner = number // 10 % len(people)
    session: dict[str, object] = {
        "id": f"s-{number}",
        "kind": "client_session",
        "scheduled_by": "self",
        "practitioner": people[practitioner],
        "client": chance.choice(_clients_of(practitioner)),
        "service": "97153",
        "location": "main",
        "start": start.isoformat(timespec="minutes"),
        "end": (start + timedelta(hours=1)).isoformat(timespec="minutes"),
        "status": "scheduled",
        "instructions": "Bring the progress notes and the signed plan. " * 4,
    }
    if number % 10 < 3:
        until = day + timedelta(weeks=chance.randrange(8, 40))
        session["repeat"] = {"pattern": "weekly", "interval": 1, "until": until.isoformat()}
    return session
