"""Values for tests of the store."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from calgate.domain.practice import Person
from calgate.store import Store, Tx, collections, organizations, people
from calgate.store.resources import Copy
from calgate.store.tables import metadata

ORG = "riverside"
OTHER = "hillside"
OWNER = "ada"


def found(store: Store, org: str = ORG, owner: str = OWNER) -> int:
    """Makes an organization with a person and their calendar `home`; gives the collection's id."""
    with store.write(org) as tx:
        organizations.upsert(tx, org, name=org, pack="mavis", timezone="Europe/London", policy={})
        people.put(tx, org, Person(id=owner, name=owner.title()))
        return collections.create(
            tx, org, owner=owner, slug="home", managed=False, components=("VEVENT",), number=0
        )


def a_copy(id_: int, collection: int, number: int, **values: Any) -> Copy:
    """A published copy; what is not given is derived from the id."""
    copy = Copy(
        id=id_, collection_id=collection, href=f"{id_}.ics", uid=f"uid-{id_}", component="VEVENT",
        session_id=None, etag=f"etag-{id_}-{number}", number=number, size=4, modified_at=1_700_000_000,
        gone=False, indexed_until=None, hidden=False, sequence=0, sequence_floor=0, text="text", personal="",
        notice=None,
    )  # fmt: skip
    return copy._replace(**values)


def everything(store: Store) -> dict[str, list[tuple[str, ...]]]:
    """Every row of every table."""
    with store.read() as tx:
        return {
            table.name: sorted(tuple(map(str, row)) for row in tx.execute(select(table)))
            for table in metadata.sorted_tables
        }


def plan_of(tx: Tx, ask: Callable[[], object]) -> list[str]:
    """The steps of SQLite's plan for the one statement that `ask` executes; skips the test elsewhere."""
    if tx.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by its statistics")
    reads: list[tuple[str, Any]] = []
    note = lambda *given: reads.append((given[2], given[3]))  # noqa: E731
    event.listen(tx, "before_cursor_execute", note)
    ask()
    event.remove(tx, "before_cursor_execute", note)
    [(statement, values)] = reads
    return [row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
