"""A process that writes to a store: `python -m tests.support.store_writer URL ORG COLLECTION WRITER COUNT`.
It says "ready", waits for a line, and tells the number of each write that is committed on a line."""

import sys
from typing import Any

from calgate.store import Tx, decisions, occurrences, open_store, organizations, resources
from tests.support.store import a_copy

ENTRIES = 20


def write(tx: Tx, org: str, collection: int, writer: str) -> int:
    """One write as the gate makes them: it reads first, and number, copy, occurrences and decision belong
    together."""
    before = organizations.number(tx, org)
    number = organizations.next_number(tx, org)
    assert number == before + 1
    id_ = organizations.next_id(tx, org)
    copy = a_copy(id_, collection, number, href=f"{writer}-{number}.ics")
    resources.put(tx, org, copy)
    entries = [(number * 100 + i, number * 100 + i + 1, 0, str(i), "B") for i in range(ENTRIES)]
    occurrences.replace(tx, org, collection, id_, entries)
    words: tuple[Any, ...] = ("practitioner", "caldav", None, [], "allowed", "", [], "", "", "", "")
    decisions.put(tx, org, decisions.Decision(number, 0, writer, *words))
    return number


def main(url: str, org: str, collection: str, writer: str, count: str) -> None:
    store = open_store(url)
    _tell("ready")
    sys.stdin.readline()
    for _ in range(int(count)):
        with store.write(org) as tx:
            number = write(tx, org, int(collection), writer)
        _tell(str(number))
    store.dispose()


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
