import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from calgate.store import Store, Tx, occurrences, resources
from calgate.store.occurrences import EVER, LONG, Entry, Occurrence
from tests.support.store import ORG, OTHER, a_copy, found, plan_of

DAY = 86_400
SPAN = 60 * DAY
LENGTHS = (0, 1, 3600, DAY - 1, DAY, DAY + 1, DAY + 7200, 3 * DAY, 40 * DAY)


def filled(store: Store, collection: int) -> list[Occurrence]:
    """Thirty resources with ten occurrences each, up to forty days long, and one without bounds."""
    chance = random.Random(7)
    rows = [Occurrence(99, -EVER, EVER, 0, "", "B")]
    with store.write(ORG) as tx:
        resources.put(tx, ORG, a_copy(99, collection, 1))
        occurrences.replace(tx, ORG, collection, 99, [rows[0][1:]])
        for id_ in range(100, 130):
            starts = [chance.randrange(SPAN // 3600) * 3600 for _ in range(10)]
            entries = [
                Entry(start, start + chance.choice(LENGTHS), part, str(start), chance.choice(["B", "T", ""]))
                for part, start in enumerate(starts)
            ]
            resources.put(tx, ORG, a_copy(id_, collection, 1))
            occurrences.replace(tx, ORG, collection, id_, entries)
            rows += [Occurrence(id_, *entry) for entry in entries]
    return rows


def of_resource(tx: Tx, collection: int, resource: int) -> list[Occurrence]:
    return sorted(row for row in occurrences.between(tx, ORG, collection) if row.resource_id == resource)


def overlaps(row: Occurrence, since: int, until: int) -> bool:
    """RFC 4791 section 9.9, as it is written."""
    if row.starts_at == row.ends_at:
        return since <= row.starts_at < until
    return row.starts_at < until and row.ends_at > since


@contextmanager
def written(tx: Tx) -> Iterator[list[tuple[str, int]]]:
    """What is written meanwhile: each statement's verb and of how many rows."""
    found: list[tuple[str, int]] = []

    def note(_: Connection, _cursor: Any, statement: str, given: Any, _context: Any, many: bool) -> None:
        if not statement.startswith("SELECT"):
            found.append((statement.split()[0], len(given) if many else 1))

    event.listen(tx, "before_cursor_execute", note)
    yield found
    event.remove(tx, "before_cursor_execute", note)


class TestOccurrences:
    def test_replacing_leaves_the_new_ones_only(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            for id_ in (50, 51):
                resources.put(tx, ORG, a_copy(id_, collection, 1))
            for entries in ([(1, 5, 0, "a", "B"), (2, 6, 1, "b", "")], [(3, 7, 0, "c", "T")]):
                occurrences.replace(tx, ORG, collection, 50, entries)
            occurrences.replace(tx, ORG, collection, 51, [Entry(4, 4 + LONG + 1, 0, "", "B")])
        with store.read() as tx:
            assert of_resource(tx, collection, 50) == [Occurrence(50, 3, 7, 0, "c", "T")]
            assert occurrences.busy_between(tx, ORG, [collection]) == [
                (collection, 3, 7, "T"), (collection, 4, 4 + LONG + 1, "B"),
            ]  # fmt: skip
        with store.write(ORG) as tx:
            occurrences.replace(tx, ORG, collection, 51, [])
            assert of_resource(tx, collection, 51) == []

    def test_replacing_writes_the_difference_only(self, store: Store, collection: int) -> None:
        series = [Entry(week * 7 * DAY, week * 7 * DAY + 3600, 0, str(week), "B") for week in range(100)]
        moved = series[40]._replace(starts_at=40 * 7 * DAY + 60, part=1)
        tentative = series[60]._replace(busy="T")
        changed = [*series[:40], moved, *series[41:60], tentative, *series[61:]]
        with store.write(ORG) as tx:
            resources.put(tx, ORG, a_copy(50, collection, 1))
            with written(tx) as writes:
                occurrences.add(tx, ORG, collection, 50, [])
                assert writes == []
                occurrences.replace(tx, ORG, collection, 50, series)
            with written(tx) as again:
                occurrences.replace(tx, ORG, collection, 50, reversed(series))
            with written(tx) as after:
                occurrences.replace(tx, ORG, collection, 50, changed)
            assert sum(rows for _, rows in writes) == 100
            assert again == []
            assert [verb for verb, _ in after] == ["DELETE", "INSERT"]
            assert sum(rows for _, rows in after) in (2, 4)  # a driver may send several rows as one statement
            assert [row[1:] for row in of_resource(tx, collection, 50)] == changed

    @pytest.mark.parametrize("before", [[Entry(10, 20, 0, "", "B")], [Entry(10, 20, 0, "19700101", "B")], []])
    def test_a_single_occurrence_is_replaced_unseen_and_others_as_ever(
        self, store: Store, collection: int, before: list[Entry]
    ) -> None:
        after = Entry(30, 30 + LONG + 1, 0, "", "T")
        with store.write(ORG) as tx:
            for id_ in (50, 51):
                resources.put(tx, ORG, a_copy(id_, collection, 1))
                occurrences.replace(tx, ORG, collection, id_, before)
            occurrences.replace_single(tx, ORG, collection, 50, after)
            assert of_resource(tx, collection, 50) == [Occurrence(50, *after)]
            assert of_resource(tx, collection, 51) == [Occurrence(51, *each) for each in before]
            assert Occurrence(50, *after) in occurrences.between(tx, ORG, collection, 30 + LONG, 40 + LONG)

    def test_replacing_reads_the_rows_of_the_resource_only(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            for parts in (None, [3], [3, 4]):
                [step] = plan_of(
                    tx, lambda some=parts: occurrences.replace(tx, ORG, collection, 50, [], parts=some)
                )
                assert "ix_occurrences_org_id_resource_id" in step

    def test_replacing_some_parts_leaves_the_others(self, store: Store, collection: int) -> None:
        before = [(at, at + 5, part, str(at), "B") for part, at in enumerate((10, 20, 30, 40))]
        for parts in ([], [1], [1, 3]):
            after = [(row[0] + 1, *row[1:]) for row in before if row[2] in parts]
            with store.write(ORG) as tx:
                resources.put(tx, ORG, a_copy(50, collection, 1))
                occurrences.replace(tx, ORG, collection, 50, before)
                occurrences.replace(tx, ORG, collection, 50, after, parts=parts)
                kept = [row for row in before if row[2] not in parts]
                assert [row[1:] for row in of_resource(tx, collection, 50)] == sorted(kept + after)

    def test_replacing_from_a_time_on_leaves_what_is_before(self, store: Store, collection: int) -> None:
        with store.write(ORG) as tx:
            resources.put(tx, ORG, a_copy(50, collection, 1))
            occurrences.add(tx, ORG, collection, 50, [(start, start + 5, 0, "", "B") for start in (1, 4, 8)])
            later = [(start, start + 5, 0, "", "B") for start in (2, 4, 9)]
            occurrences.replace(tx, ORG, collection, 50, later, since=4)
            assert [row.starts_at for row in of_resource(tx, collection, 50)] == [1, 4, 9]

    def test_a_range_equals_brute_force(self, store: Store, collection: int) -> None:
        rows = filled(store, collection)

        @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(st.integers(-DAY, SPAN), st.sampled_from([1, 3600, DAY, 7 * DAY, SPAN]))
        def check(since: int, length: int) -> None:
            until = since + length
            expected = sorted(row for row in rows if overlaps(row, since, until))
            with store.read() as tx:
                assert sorted(occurrences.between(tx, ORG, collection, since, until)) == expected
                busy = occurrences.busy_between(tx, ORG, [collection], since, until)
            assert sorted(busy) == sorted(
                (collection, each.starts_at, each.ends_at, each.busy) for each in expected if each.busy
            )

        check()
        with store.read() as tx:
            assert sorted(occurrences.between(tx, ORG, collection)) == sorted(rows)
            for edge in (row.starts_at for row in rows[1:40]):
                since = sorted(row for row in rows if overlaps(row, edge, EVER))
                until = sorted(row for row in rows if overlaps(row, -EVER, edge))
                assert sorted(occurrences.between(tx, ORG, collection, since=edge)) == since
                assert sorted(occurrences.between(tx, ORG, collection, until=edge)) == until

    def test_busy_times_of_several_collections(self, store: Store, collection: int) -> None:
        theirs = found(store, OTHER, "bo")
        with store.write(OTHER) as tx:
            resources.put(tx, OTHER, a_copy(50, theirs, 1))
            occurrences.replace(tx, OTHER, theirs, 50, [(1, 2, 0, "", "B")])
        with store.read() as tx:
            assert occurrences.busy_between(tx, ORG, [collection]) == []
            assert occurrences.busy_between(tx, OTHER, [theirs, theirs]) == [(theirs, 1, 2, "B")]
            assert occurrences.busy_between(tx, OTHER, []) == []
