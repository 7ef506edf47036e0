"""How rows are read where there are many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable

_T = TypeVar("_T")
BATCH = 500


def tuples(tx: Connection, statement: Executable, parameters: Mapping[str, Any]) -> list[Any]:
    """The driver's own tuples, for columns that need no conversion: half the time of SQLAlchemy's rows."""
    result = tx.execute(statement, parameters)
    rows = list(result.cursor.fetchall())
    result.close()
    return rows


def streamed(tx: Connection, statement: Executable, parameters: Mapping[str, Any]) -> Iterator[Any]:
    """As `tuples`, a batch at a time."""
    result = tx.execute(statement, parameters)
    while rows := result.cursor.fetchmany(BATCH):
        yield from rows
    result.close()


def batches(values: Iterable[_T]) -> Iterator[Sequence[_T]]:
    """Pieces small enough for the parameters of one statement."""
    rest = iter(values)
    while some := list(islice(rest, BATCH)):
        yield some
