"""Series beside single sessions: the PUT of one override in a long series, and the horizon that moves on.

Through calgate's gate in this process, on SQLite in a file: without HTTP nothing softens the ratios.
"""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import moves
from bench.practice import practice_file
from bench.report import Verdict, cell, p50, ratio, table, times_text
from bench.runner import Row, say
from calgate.gate.gate import Gate

PERSON, SERIES = "series-writer", "long-series"
OCCURRENCES, OVERRIDES = 500, 50
AHEAD = timedelta(days=31)
MAX_RATIO = 3.0
SESSIONS, QUICK_SESSIONS = 10_000, 200
_ROUNDS = 10_000


class SeriesError(RuntimeError):
    """The index did not grow by what the series have in a month, or there is always something due."""


@dataclass
class Measured:
    """Times in ms: of each PUT, and of the whole roll, which added so many occurrences to the index."""

    sessions: int
    single: list[float]
    override: list[float]
    endless: int
    added: int
    roll: float

    @property
    def each(self) -> float:
        """Milliseconds for one added occurrence."""
        return self.roll / self.added


@dataclass
class _Clock:
    """The system's clock, which can be set ahead."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def measure(folder: Path, sessions: int, repeat: int) -> Measured:
    """Loads a practice into a new database in `folder` and times what the rows are of; SeriesError,
    NotAccepted."""
    folder.mkdir(parents=True)
    file, clock = folder / "series.db", _Clock()
    gate = Gate.open(f"sqlite:///{file}", folder / "keys", clock)
    try:
        say(f"  filling calgate with {sessions:,} sessions, three in ten of them endless")
        practice = practice_with_series(sessions, clock().date())
        gate.load(practice)
        say("  PUT of an override beside that of a single session")
        single, override = _puts(gate, repeat)
        say("  rolling the horizon")
        endless = json.dumps(practice).count('"repeat"')
        added, roll = _roll(gate, clock, file)
        if not 4 * endless <= added <= 5 * endless:
            raise SeriesError(f"{added} occurrences were added for {endless} weekly series in a month.")
        return Measured(sessions, single, override, endless, added, roll)
    finally:
        gate.close()


def practice_with_series(sessions: int, today: date) -> dict[str, object]:
    """The benchmark's practice with its weekly series made endless, and one person with a long series, half
    of it past, and some single sessions to come."""
    file: dict[str, Any] = practice_file("bench", sessions, today)
    organization = file["organizations"][0]
    for each in organization["sessions"]:
        if "repeat" in each:
            del each["repeat"]["until"]
    first = organization["people"][0]
    organization["people"].append({**first, "id": PERSON, "email": f"{PERSON}@bench.example"})
    assignments = [{**each, "practitioner": PERSON} for each in organization["assignments"][:1]]
    organization["assignments"] += assignments
    like = {
        **organization["sessions"][-1],
        "practitioner": PERSON, "client": assignments[0]["client"], "kind": "client_session",
    }  # fmt: skip
    like.pop("repeat", None)
    organization["sessions"] += [_long_series(like, today), *moves.singles(like, today)]
    return file


def _long_series(like: dict[str, Any], today: date) -> dict[str, Any]:
    first = today - timedelta(weeks=OCCURRENCES // 2, days=today.weekday())
    coming = (first + timedelta(weeks=OCCURRENCES // 2 + 2 + number) for number in range(OVERRIDES))
    moved = [{"on": moves.at(day, 18), **moves.hour_of(day + timedelta(days=1), 18)} for day in coming]
    rule = {"rrule": f"FREQ=WEEKLY;COUNT={OCCURRENCES}"}
    return {**like, "id": SERIES, **moves.hour_of(first, 18), "repeat": rule, "occurrences": moved}


def _puts(gate: Gate, repeat: int) -> tuple[list[float], list[float]]:
    """The times of both kinds of PUT, in turns, so that the machine's noise hits both alike."""
    single: list[float] = []
    override: list[float] = []
    for turn in range(-2, repeat):
        minute = moves.minute_of(turn)
        times = (
            moves.move(gate, PERSON, f"single-{turn % moves.SINGLES}", 0, minute),
            moves.move(gate, PERSON, SERIES, turn % OVERRIDES + 1, minute),
        )
        if turn >= 0:  # the first ones warm up
            single.append(times[0])
            override.append(times[1])
    return single, override


def _roll(gate: Gate, clock: _Clock, file: Path) -> tuple[int, float]:
    """How many occurrences were indexed a month later, and the milliseconds that it took."""
    clock.ahead += timedelta(hours=1)
    _tend(gate)  # what the PUTs left to be done
    before = _indexed(file)
    clock.ahead += AHEAD
    began = time.perf_counter()
    _tend(gate)
    spent = (time.perf_counter() - began) * 1000
    return _indexed(file) - before, spent


def _tend(gate: Gate) -> None:
    for _ in range(_ROUNDS):
        if not gate.tend():
            return
    raise SeriesError("There is always something due.")


def _indexed(file: Path) -> int:
    with sqlite3.connect(file) as connection:
        return int(connection.execute("SELECT count(*) FROM occurrences").fetchone()[0])


def verdicts(found: Measured) -> list[Verdict]:
    """Both targets: a changed or added occurrence costs no more than some single PUTs."""
    single = p50(found.single) or 0.0
    ratios = (
        ("PUT of an override beside a single PUT", ratio(found.override, found.single) or 0.0),
        ("horizon roll, each occurrence beside a single PUT", found.each / single if single else 0.0),
    )
    return [
        Verdict(title, times_text(value), f"<= {MAX_RATIO:g}", 0 < value <= MAX_RATIO)
        for title, value in ratios
    ]


def text(found: Measured) -> str:
    """The block of the report, in Markdown."""
    override, roll = verdicts(found)
    rows = [
        ["row", "calgate", "x single PUT", "wanted", "met"],
        ["PUT of a single session", cell(Row(times=found.single)), "1.00 x", "", ""],
        [f"PUT of an override, {OVERRIDES} in a series of {OCCURRENCES}", cell(Row(times=found.override))],
        [
            f"horizon roll, {found.endless:,} series: each of {found.added:,} added",
            f"{found.each:.3f}",
        ],
    ]
    for row, verdict in zip(rows[2:], (override, roll), strict=True):
        row += [verdict.measured, verdict.wanted, "yes" if verdict.met else "NO"]
    head = f"\n## Series, {found.sessions:,} sessions, in process\n"
    return "\n".join([head, *table(rows)])
