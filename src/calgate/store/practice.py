"""The practice's records: clients, services, places, programmes and assigned hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Executable, Table, bindparam, delete, insert, select

from calgate.domain.practice import Assignment, Client, Location, Practice, Service
from calgate.store import organizations, people
from calgate.store.reading import batches
from calgate.store.tables import assignments, clients, locations, programmes, services

_T = TypeVar("_T")
_RECORDS: dict[type, Table] = {Client: clients, Service: services, Location: locations}
_NAMES = {kind: tuple(field.name for field in fields(kind)) for kind in _RECORDS}
_all_of = {
    kind: select(*(table.c[name] for name in _NAMES[kind])).where(table.c.org_id == bindparam("org"))
    for kind, table in _RECORDS.items()
}
_some_of = {
    kind: _all_of[kind].where(table.c.id.in_(bindparam("keys", expanding=True)))
    for kind, table in _RECORDS.items()
}
_programmes = select(programmes.c.id, programmes.c.name).where(programmes.c.org_id == bindparam("org"))
_a = assignments.c
_assignments = (
    select(_a.practitioner, _a.client, _a.service, _a.hours, _a.per, _a.from_day, _a.to_day)
    .where(_a.org_id == bindparam("org"))
    .order_by(_a.practitioner, _a.client, _a.service, _a.from_day)
)
_assignments_of = _assignments.where(_a.practitioner == bindparam("practitioner"))

_delete = {
    table: delete(table).where(table.c.org_id == bindparam("org"), table.c.id == bindparam("key"))
    for table in (clients, services, locations, programmes)
}
_delete_assignment = delete(assignments).where(
    _a.org_id == bindparam("org"), _a.practitioner == bindparam("at_practitioner"),
    _a.client == bindparam("at_client"), _a.service == bindparam("at_service"),
    _a.from_day == bindparam("at_from_day"),
)  # fmt: skip
_insert = {table: insert(table) for table in (clients, services, locations, programmes, assignments)}


def load_practice(
    tx: Connection, org: str, *, clients: Iterable[str] = (), services: Iterable[str] = (),
    practitioner: str | None = None, everything: bool = False,
) -> Practice:  # fmt: skip
    """The practice with the clients and services of these ids, the practitioner and their assignments (of
    these clients, if there are any); places and programmes always. With `everything` all records. LookupError
    when there is no such organization."""
    organization = organizations.get(tx, org)
    if organization is None:
        raise LookupError(f"there is no organization '{org}'")
    wanted = set(clients)
    persons = (
        people.all(tx, org) if everything else [people.get(tx, org, practitioner)] if practitioner else []
    )
    return Practice(
        id=org,
        name=organization.name,
        pack=organization.pack,
        zone=ZoneInfo(organization.timezone),
        people={each.id: each for each in persons if each is not None},
        clients={each.id: each for each in _load(tx, org, Client, None if everything else wanted)},
        services={each.id: each for each in _load(tx, org, Service, None if everything else services)},
        locations={each.id: each for each in _load(tx, org, Location, None)},
        programmes={row[0]: row[1] for row in tx.execute(_programmes, {"org": org})},
        assignments=tuple(_load_assignments(tx, org, None if everything else practitioner or "", wanted)),
    )


def put_clients(tx: Connection, org: str, records: Iterable[Client]) -> None:
    """Adds these clients, or replaces those of the same id."""
    _put(tx, org, clients, [_columns(each) for each in records])


def put_services(tx: Connection, org: str, records: Iterable[Service]) -> None:
    """Adds these services, or replaces those of the same id."""
    _put(tx, org, services, [_columns(each) for each in records])


def put_locations(tx: Connection, org: str, records: Iterable[Location]) -> None:
    """Adds these places, or replaces those of the same id."""
    _put(tx, org, locations, [_columns(each) for each in records])


def put_programmes(tx: Connection, org: str, names: Mapping[str, str]) -> None:
    """Adds these programmes, id to name, or renames them."""
    _put(tx, org, programmes, [{"id": id_, "name": name} for id_, name in names.items()])


def put_assignments(tx: Connection, org: str, records: Iterable[Assignment]) -> None:
    """Adds these assignments, or replaces those of the same practitioner, client, service and first day."""
    rows = {
        (each.practitioner, each.client, each.service, each.from_): {
            "org_id": org, "practitioner": each.practitioner, "client": each.client, "service": each.service,
            "from_day": _day_text(each.from_), "to_day": _day_text(each.to), "per": each.per,
            "hours": each.hours,
        }
        for each in records
    }  # fmt: skip
    if rows:
        organizations.records_changed(tx, org)
        keys = ("practitioner", "client", "service", "from_day")
        named = [{"org": org, **{f"at_{key}": row[key] for key in keys}} for row in rows.values()]
        tx.execute(_delete_assignment, named)
        tx.execute(_insert[assignments], list(rows.values()))


def _put(tx: Connection, org: str, table: Table, records: list[dict[str, Any]]) -> None:
    rows = {each["id"]: {"org_id": org, **each} for each in records}
    if rows:
        organizations.records_changed(tx, org)
        tx.execute(_delete[table], [{"org": org, "key": key} for key in rows])
        tx.execute(_insert[table], list(rows.values()))


def _columns(record: Client | Service | Location) -> dict[str, Any]:
    found = {name: getattr(record, name) for name in _NAMES[type(record)]}
    return {name: list(each) if isinstance(each, tuple) else each for name, each in found.items()}


def _load(tx: Connection, org: str, kind: type[_T], ids: Iterable[str] | None) -> list[_T]:
    """Records of a kind by id; None: all of them."""
    if ids is None:
        return _records(tx, _all_of[kind], kind, {"org": org})
    found: list[_T] = []
    for some in batches(sorted(set(ids))):
        found += _records(tx, _some_of[kind], kind, {"org": org, "keys": some})
    return found


def _records(
    tx: Connection, statement: Executable, kind: type[_T], parameters: Mapping[str, Any]
) -> list[_T]:
    return [
        kind(**{name: tuple(each) if isinstance(each, list) else each for name, each in row.items()})
        for row in tx.execute(statement, parameters).mappings()
    ]


def _load_assignments(
    tx: Connection, org: str, practitioner: str | None, of_clients: set[str]
) -> list[Assignment]:
    if practitioner is None:
        rows = tx.execute(_assignments, {"org": org})
    elif practitioner:
        rows = tx.execute(_assignments_of, {"org": org, "practitioner": practitioner})
    else:
        return []
    found = [
        Assignment(
            practitioner=row[0], client=row[1], service=row[2], hours=row[3], per=row[4],
            from_=_day(row[5]), to=_day(row[6]),
        )
        for row in rows
    ]  # fmt: skip
    return [each for each in found if practitioner is None or not of_clients or each.client in of_clients]


def _day_text(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
