"""Runs the rows on all servers in turn, so that the machine's noise hits all alike."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.cases import Case, Unsupported
from bench.checks import Wrong
from bench.servers import Server

BURST, BURST_S = 20, 0.25


@dataclass
class Row:
    """What one server did in one row: times in ms, or why there are none."""

    times: list[float] = field(default_factory=list)
    turns: int = 0  # requests made, the first one included, which warms up
    spent_s: float = 0.0  # preparation and check included
    remark: str = ""
    failed: bool = False


@dataclass
class Result:
    """One server with one collection size; bytes and seconds."""

    server: str
    version: str
    size: int
    fill_s: float = 0.0
    start_s: list[float] = field(default_factory=list)
    memory: int = 0
    peak_memory: int = 0
    disk: int = 0
    rows: dict[str, Row] = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    """`repeat` timed requests per row and server, fewer where they take more than `seconds` together."""

    repeat: int = 60
    seconds: float = 15.0
    starts: int = 3


def run(servers: Sequence[Server], cases: Sequence[Case], limits: Limits) -> list[Result]:
    """Fill, start and time the servers; they are stopped afterwards, whatever happens."""
    results = [Result(server.name, "", server.corpus.size) for server in servers]
    try:
        for server, result in zip(servers, results, strict=True):
            _prepare(server, result, limits)
        for group in _groups(cases):
            say(f"  {group[0].title}")
            _run_cases(group, servers, results, limits)
        for server, result in zip(servers, results, strict=True):
            result.memory, result.peak_memory = server.process.memory(), server.process.peak_memory()
            result.disk = server.disk()
    finally:
        for server in servers:
            server.stop()
    return results


def _prepare(server: Server, result: Result, limits: Limits) -> None:
    say(f"  filling {server.name} with {server.corpus.size:,} events")
    began = time.monotonic()
    server.fill()
    result.fill_s, result.version = time.monotonic() - began, server.version
    say(f"  starting and warming {server.name}")
    server.build_caches()
    for turn in range(limits.starts):
        if turn:
            server.stop()
        result.start_s.append(server.start())
    server.warm()


def _groups(cases: Sequence[Case]) -> list[list[Case]]:
    """The rows, those together that take turns."""
    groups: list[list[Case]] = []
    for case in cases:
        if groups and case.beside == groups[-1][0].key:
            groups[-1].append(case)
        else:
            groups.append([case])
    return groups


def _run_cases(
    cases: Sequence[Case], servers: Sequence[Server], results: Sequence[Result], limits: Limits
) -> None:
    for case in cases:
        for server in servers:
            if case.prepare is not None:
                case.prepare(server)
    rows = [[(case, result.rows.setdefault(case.key, Row())) for case in cases] for result in results]
    pending = list(zip(servers, rows, strict=True))
    while pending:
        for server, some in pending:
            _burst(server, some, limits)
        # Each round another server begins.
        pending = [each for each in pending[1:] + pending[:1] if not _all_finished(each[1], limits)]
    for server, some in zip(servers, rows, strict=True):
        for case, row in some:
            row.remark = row.remark or server.remarks.get(case.key, "")


def _burst(server: Server, rows: Sequence[tuple[Case, Row]], limits: Limits) -> None:
    """Some requests in a row, as one client sends them; a slow server has one, and the next gets its turn."""
    until = time.monotonic() + BURST_S
    for number in range(BURST):
        for case, row in rows[:: 1 if number % 2 else -1]:  # nobody always comes first
            _try(case, server, row, limits)
        if _all_finished(rows, limits) or time.monotonic() > until:
            return


def _all_finished(rows: Sequence[tuple[Case, Row]], limits: Limits) -> bool:
    return all(_finished(row, limits) for _, row in rows)


def _finished(row: Row, limits: Limits) -> bool:
    return row.failed or len(row.times) >= limits.repeat or bool(row.times and row.spent_s >= limits.seconds)


def _try(case: Case, server: Server, row: Row, limits: Limits) -> None:
    turn, row.turns = row.turns, row.turns + 1
    began = time.monotonic()
    try:
        spent = time_one(case, server, turn)
    except Unsupported as reason:
        row.failed, row.remark = True, f"n/a: {reason}"
    except (Wrong, OSError) as reason:
        row.failed, row.remark = True, f"wrong: {reason}"
        row.times.clear()
    else:
        # The first request warms up, and counts only where there is no time for many.
        if turn > 0 or spent > limits.seconds * 1000 / 3:
            row.times.append(spent)
    row.spent_s += time.monotonic() - began


def time_one(case: Case, server: Server, turn: int) -> float:
    """Milliseconds from the first byte sent to the last received; raises what the check raises."""
    trial = case.build(server, turn)
    server.client.refresh()
    gc.disable()
    try:
        began = time.perf_counter()
        answer = server.client.exchange(trial.message)
        spent = (time.perf_counter() - began) * 1000
    finally:
        gc.enable()
    trial.check(answer)
    trial.undo()
    return spent


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
