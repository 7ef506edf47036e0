"""Writers side by side, in threads and in processes, and readers beside them."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from calgate.store import Store, decisions, occurrences, open_store, organizations, resources
from tests.support.store import ORG, OTHER, found
from tests.support.store_writer import ENTRIES, write

ROOT = Path(__file__).parents[3]
WRITERS, EACH = 4, 50


@contextmanager
def writer(url: str, collection: int, name: str, count: int) -> Iterator[subprocess.Popen[str]]:
    """A writing process; it is ended when the block is left."""
    command = [
        sys.executable,
        "-m",
        "tests.support.store_writer",
        url,
        ORG,
        str(collection),
        name,
        str(count),
    ]
    paths = os.pathsep.join(str(ROOT / each) for each in ("src", "plugins", "."))
    environment = {**os.environ, "PYTHONPATH": paths}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def begin(*processes: subprocess.Popen[str]) -> None:
    """Lets the processes write as soon as all of them are ready."""
    for each in processes:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in processes:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()


class Follower:
    """A reader that follows the number line while others write; every look is checked."""

    def __init__(self, store: Store, collection: int) -> None:
        self.store, self.collection = store, collection
        self.seen: list[int] = []
        self.hrefs: set[str] = set()
        self.cursor = 0

    def look(self) -> None:
        with self.store.read() as tx:
            number = organizations.number(tx, ORG)
            new = decisions.after(tx, ORG, len(self.seen), limit=10_000)
            page = resources.changes(tx, ORG, self.collection, self.cursor)
        self.seen += [each.number for each in new]
        self.hrefs |= {row.href for row in page.rows}
        self.cursor = max(self.cursor, page.until)
        assert self.seen == list(range(1, number + 1)), "a number was seen before the ones below it"
        assert self.cursor == number


def check_all(store: Store, collection: int, total: int) -> None:
    """Nothing is lost or half there: every number has its copy, its occurrences and its decision."""
    with store.read() as tx:
        assert organizations.number(tx, ORG) == total
        assert [each.number for each in decisions.after(tx, ORG, 0, limit=10_000)] == list(
            range(1, total + 1)
        )
        copies = resources.of_collection(tx, ORG, collection)
        assert [each.number for each in copies] == list(range(1, total + 1))
        assert len({each.id for each in copies}) == total
        found_ = occurrences.between(tx, ORG, collection)
        assert {each.resource_id for each in found_} == {each.id for each in copies}


class TestThreads:
    def test_writers_lose_nothing_and_commit_in_order(self, store: Store, collection: int) -> None:
        follower, done = Follower(store, collection), threading.Event()

        def follow() -> None:
            while not done.is_set():
                follower.look()
            follower.look()

        def many(name: str) -> None:
            for _ in range(EACH):
                with store.write(ORG) as tx:
                    write(tx, ORG, collection, name)

        with ThreadPoolExecutor(WRITERS + 1) as threads:
            following = threads.submit(follow)
            try:
                writing = [threads.submit(many, f"w{i}") for i in range(WRITERS)]
                for each in writing:
                    each.result(60)
            finally:
                done.set()
            following.result(60)
        assert len(follower.hrefs) == WRITERS * EACH
        check_all(store, collection, WRITERS * EACH)

    def test_organizations_have_number_lines_of_their_own(self, store: Store, collection: int) -> None:
        found(store, OTHER, "bo")

        def many(org: str) -> list[int]:
            numbers = []
            for _ in range(EACH):
                with store.write(org) as tx:
                    numbers.append(organizations.next_number(tx, org))
            return numbers

        with ThreadPoolExecutor(4) as threads:
            drawn = list(threads.map(many, [ORG, OTHER, ORG, OTHER], timeout=60))
        for one, two in ((drawn[0], drawn[2]), (drawn[1], drawn[3])):
            assert sorted(one + two) == list(range(1, 2 * EACH + 1))


class TestProcesses:
    def test_writers_lose_nothing_and_commit_in_order(self, shared_url: str) -> None:
        store = open_store(shared_url)
        collection = found(store)
        follower = Follower(store, collection)
        with (
            writer(shared_url, collection, "p1", EACH) as one,
            writer(shared_url, collection, "p2", EACH) as two,
        ):
            begin(one, two)
            for _ in range(EACH):  # this process writes, too
                with store.write(ORG) as tx:
                    write(tx, ORG, collection, "here")
                follower.look()
            told = [process.communicate(timeout=60)[0].split() for process in (one, two)]
            assert (one.returncode, two.returncode) == (0, 0)
        follower.look()
        assert [len(each) for each in told] == [EACH, EACH]
        assert len(follower.hrefs) == 3 * EACH
        check_all(store, collection, 3 * EACH)
        store.dispose()

    def test_a_killed_writer_leaves_nothing_half_written(self, shared_url: str) -> None:
        store = open_store(shared_url)
        collection = found(store)
        store.dispose()
        told: list[int] = []
        for round_, after in enumerate((1, 7, 20)):
            with writer(shared_url, collection, f"r{round_}", 100_000) as process:
                begin(process)
                assert process.stdout is not None
                lines = [process.stdout.readline() for _ in range(after)]
                process.kill()
                lines += process.stdout.readlines()
            told += [int(line) for line in lines if line.endswith("\n")]
            store = open_store(shared_url)
            with store.write(ORG) as tx:  # PostgreSQL may still be ending the killed one's transaction
                total = write(tx, ORG, collection, f"after-{round_}")
            told.append(total)
            check_all(store, collection, total)
            with store.read() as tx:
                count = tx.exec_driver_sql("SELECT count(*) FROM occurrences").scalar_one()
                assert count == total * ENTRIES
            store.dispose()
        assert told == sorted(set(told)), "what was told as committed has numbers of its own, in order"
        assert set(told) <= set(range(1, total + 1))
        assert total <= len(told) + 3, "at most the last write of each round was committed but not told"
