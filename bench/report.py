"""The verdict on a run: ratios, targets met or not, as text and as JSON."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.cases import CASES, Case
from bench.runner import Result, Row

OURS, RADICALE, XANDIKOS = "calgate", "radicale", "xandikos"
SMALL, LARGE = 1_000, 10_000
MAX_GROWTH = 1.5
MAX_SESSIONS_RATIO = 2.0
MAX_FEED_RATIO = 1.5
MAX_MEMORY = 200_000_000  # bytes
MAX_START_S = 3.0
# Growth below the resolution of a loopback request is noise, not growth.
GROWTH_FLOOR_MS = 0.05


@dataclass(frozen=True)
class Verdict:
    """One target: what was measured, what was wanted."""

    title: str
    measured: str
    wanted: str
    met: bool


def p50(times: Sequence[float]) -> float | None:
    return statistics.median(times) if times else None


def p95(times: Sequence[float]) -> float | None:
    """The nearest rank: an observed value, never an interpolated one."""
    if not times:
        return None
    return sorted(times)[max(0, -(-95 * len(times) // 100) - 1)]


def ratio(peer: Sequence[float], ours: Sequence[float]) -> float | None:
    """How many times faster we are than the peer, by p50; None without both."""
    theirs, mine = p50(peer), p50(ours)
    return theirs / mine if theirs is not None and mine else None


def verdicts(results: Sequence[Result]) -> list[Verdict]:
    """Every target that this run can judge; empty without calgate."""
    found: list[Verdict] = []
    ours = {result.size: result for result in results if result.server == OURS}
    for size, mine in sorted(ours.items()):
        peers = {result.server: result for result in results if result.size == size}
        for case in CASES:
            found += _speed(case, size, mine, peers)
        found += _sessions(size, mine)
        found += _feeds(size, mine)
        found += _resources(size, mine)
    if SMALL in ours and LARGE in ours:
        found += [verdict for case in CASES for verdict in _growth(case, ours[SMALL], ours[LARGE])]
    return found


def _times(result: Result | None, key: str) -> list[float]:
    return result.rows.get(key, Row()).times if result is not None else []


def _speed(case: Case, size: int, mine: Result, peers: dict[str, Result]) -> Iterator[Verdict]:
    row = mine.rows.get(case.key)
    if row is None:
        return
    title = f"{case.title}, {size:,} events"
    if row.failed:
        yield Verdict(title, row.remark, "a right answer", False)
        return
    faster = ratio(_times(peers.get(RADICALE), case.key), row.times)
    if case.target is not None and size == LARGE and faster is not None:
        yield Verdict(title, f"{times_text(faster)} Radicale", f">= {case.target:g}", faster >= case.target)
    faster = ratio(_times(peers.get(XANDIKOS), case.key), row.times)
    if faster is not None:
        yield Verdict(title, f"{times_text(faster)} Xandikos", ">= 1", faster >= 1)


def _sessions(size: int, mine: Result) -> Iterator[Verdict]:
    for key in ("put_new", "put_update"):
        slower = ratio(_times(mine, f"sessions_{key}"), _times(mine, f"plain_{key}"))
        if slower is not None:
            title = f"{key.replace('_', ' ').replace('put', 'PUT')}, sessions beside plain, {size:,} events"
            yield Verdict(
                title, times_text(slower), f"<= {MAX_SESSIONS_RATIO:g}", slower <= MAX_SESSIONS_RATIO
            )


def _feeds(size: int, mine: Result) -> Iterator[Verdict]:
    slower = ratio(_times(mine, "feed_unchanged"), _times(mine, "poll"))
    if slower is not None:
        title = f"GET of a feed, 304, beside the Depth 0 poll, {size:,} events"
        yield Verdict(title, times_text(slower), f"<= {MAX_FEED_RATIO:g}", slower <= MAX_FEED_RATIO)


def _resources(size: int, mine: Result) -> Iterator[Verdict]:
    memory = max(mine.memory, mine.peak_memory)
    if memory:
        title = f"memory at its highest, {size:,} events"
        yield Verdict(title, _megabytes(memory), f"< {_megabytes(MAX_MEMORY)}", memory < MAX_MEMORY)
    if mine.start_s:
        start = max(mine.start_s)
        yield Verdict(
            f"start, {size:,} events", f"{start:.2f} s", f"< {MAX_START_S:g} s", start < MAX_START_S
        )


def _growth(case: Case, small: Result, large: Result) -> Iterator[Verdict]:
    before, after = p50(_times(small, case.key)), p50(_times(large, case.key))
    if case.same_size and before and after:
        met = after <= before * MAX_GROWTH or after - before <= GROWTH_FLOOR_MS
        title = f"{case.title}, growth from {SMALL:,} to {LARGE:,} events"
        yield Verdict(title, times_text(after / before), f"<= {MAX_GROWTH:g}", met)


def text(results: Sequence[Result], block: str = "", others: Sequence[Verdict] = ()) -> str:
    """The whole report in Markdown; `block` and `others` are those of rows that are no comparison."""
    parts = [f"Measured on {machine()}; one client; ms as p50 / p95.\n"]
    for size in sorted({result.size for result in results}):
        group = [result for result in results if result.size == size]
        parts += [f"\n## {size:,} events\n", *table(_rows(group)), "", *table(_resource_rows(group))]
        parts += ["", *_remarks(group)]
    parts += [block] if block else []
    judged = [*verdicts(results), *others]
    if judged:
        met = sum(verdict.met for verdict in judged)
        parts += [f"\n## Targets: {met} of {len(judged)} met\n"]
        parts += table(
            [["target", "measured", "wanted", "met"], *(_verdict_row(verdict) for verdict in judged)]
        )
    return "\n".join(parts) + "\n"


def write_json(results: Sequence[Result], path: Path, others: Sequence[Verdict] = ()) -> None:
    document = {
        "machine": machine(),
        "results": [asdict(result) for result in results],
        "verdicts": [asdict(verdict) for verdict in (*verdicts(results), *others)],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n")


def machine() -> str:
    system = f"{platform.system()} {platform.release().split('-')[0]} ({platform.machine()})"
    return (
        f"{os.cpu_count()} cores, {system}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


def _rows(group: Sequence[Result]) -> Iterator[list[str]]:
    mine = next((result for result in group if result.server == OURS), None)
    peers = [result for result in group if result is not mine]
    yield ["row", *(result.server for result in group), *(f"x {peer.server}" for peer in peers if mine)]
    keys = {key for result in group for key in result.rows}
    for case in CASES:
        if case.key in keys and any(_times(result, case.key) for result in group):
            cells = [cell(result.rows.get(case.key, Row(remark="not run"))) for result in group]
            ratios = [ratio(_times(peer, case.key), _times(mine, case.key)) for peer in peers if mine]
            yield [case.title, *cells, *("" if each is None else _number(each) for each in ratios)]


def cell(row: Row) -> str:
    middle, high = p50(row.times), p95(row.times)
    if middle is None or high is None:
        return row.remark.split(":")[0] or "not run"
    few = f" ({len(row.times)}x)" if len(row.times) < 5 else ""
    return f"{_number(middle)} / {_number(high)}{few}{' *' if row.remark else ''}"


def _resource_rows(group: Sequence[Result]) -> Iterator[list[str]]:
    yield ["", *(f"{result.server} {result.version}".strip() for result in group)]
    yield ["start to first answer, s", *(_number(p50(result.start_s) or 0) for result in group)]
    yield ["memory after the run", *(_megabytes(result.memory) for result in group)]
    yield ["memory at its highest", *(_megabytes(result.peak_memory) for result in group)]
    yield ["disk", *(_megabytes(result.disk) for result in group)]


def _remarks(group: Iterable[Result]) -> Iterator[str]:
    titles = {case.key: case.title for case in CASES}
    for result in group:
        for key, row in result.rows.items():
            if row.remark and not row.remark.startswith("n/a"):
                yield f"- {result.server}, {titles[key]}: {row.remark}"


def _verdict_row(verdict: Verdict) -> list[str]:
    return [verdict.title, verdict.measured, verdict.wanted, "yes" if verdict.met else "NO"]


def table(rows: Iterable[list[str]]) -> Iterator[str]:
    lines = list(rows)
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    head, *body = lines
    yield _line(cell.center(width) for cell, width in zip(head, widths, strict=True))
    yield _line("-" * (width - 1) + (":" if at else "-") for at, width in enumerate(widths))
    for line in body:
        first, *rest = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        yield _line([line[0].ljust(len(first)), *rest])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def times_text(value: float) -> str:
    return f"{_number(value)} x"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB"
