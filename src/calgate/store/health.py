"""Whether the database is sound."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from calgate.store import migrations
from calgate.store.engine import Store
from calgate.store.errors import StoreError
from calgate.store.tables import collections, decisions, organizations, resources


def probe(store: Store) -> None:
    """StoreError when the database does not answer."""
    try:
        migrations.current(store)
    except SQLAlchemyError as error:
        raise StoreError(_silence(error)) from None


def problems(store: Store) -> list[str]:
    """What is wrong, a sentence each; a database that breaks off is one of them."""
    try:
        version = migrations.current(store)
        if migrations.is_newer(version):
            return [migrations.NEWER.format(version)]
        if version != migrations.newest():
            return ["The schema is not up to date: run calgate db upgrade."]
        with store.read() as tx:
            return [*_damage(tx, store.dialect), *_numbers(tx)]
    except SQLAlchemyError as error:
        return [
            f"The database does not answer: {str(getattr(error, 'orig', None) or error).splitlines()[0]}."
        ]


def _silence(error: SQLAlchemyError) -> str:
    cause = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
    return f"The database does not answer: {cause.rstrip('.')}."


def newest_decision(store: Store) -> int | None:
    """When the newest decision was made (UTC seconds)."""
    with store.read() as tx:
        return tx.execute(select(func.max(decisions.c.at))).scalar()


def _damage(tx: Connection, dialect: str) -> Iterator[str]:
    if dialect != "sqlite":
        return
    found = tx.execute(text("PRAGMA integrity_check(1)")).scalar()
    if found != "ok":
        yield f"The database file is damaged ({found}): restore a backup."
    elif tx.execute(text("PRAGMA foreign_key_check")).first() is not None:
        yield "Rows of the database refer to rows that are gone: restore a backup."


def _numbers(tx: Connection) -> Iterator[str]:
    """Nothing carries a number that its organization has not given out."""
    for table in (collections, resources, decisions):
        beyond = (
            select(organizations.c.id)
            .join(table, table.c.org_id == organizations.c.id)
            .where(table.c.number > organizations.c.number)
            .limit(1)
        )
        org = tx.execute(beyond).scalar()
        if org is not None:
            yield f"The number line of the organization {org} is behind its {table.name}: restore a backup."
