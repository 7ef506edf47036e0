"""People's own hours: their CALDAV:calendar-availability, iCalendar text as it was sent (RFC 7953)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from calgate.store.reading import batches, tuples
from calgate.store.tables import availabilities

_t = availabilities.c
_org = _t.org_id == bindparam("org")
_one = _t.person_id == bindparam("person")

_some = select(_t.person_id, _t.text).where(_org, _t.person_id.in_(bindparam("people", expanding=True)))
_insert = insert(availabilities)
_update = update(availabilities).where(_org, _one).values(text=bindparam("new"))
_delete = delete(availabilities).where(_org, _one)


def of_people(tx: Connection, org: str, people: Iterable[str]) -> dict[str, str]:
    """Text by person, of those who have one."""
    found: dict[str, str] = {}
    for some in batches(people):
        found |= dict(tuples(tx, _some, {"org": org, "people": some}))
    return found


def put(tx: Connection, org: str, person: str, text: str) -> None:
    """Sets or replaces the person's."""
    if tx.execute(_update, {"org": org, "person": person, "new": text}).rowcount == 0:
        tx.execute(_insert, {"org_id": org, "person_id": person, "text": text})


def remove(tx: Connection, org: str, person: str) -> None:
    """Takes the person's away, if there is any."""
    tx.execute(_delete, {"org": org, "person": person})
