"""python -m bench: the whole comparison in one run."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import people, report, series
from bench.cases import CASES
from bench.corpus import Corpus
from bench.runner import Limits, Result, run, say
from bench.servers import SERVERS, NotInstalled

QUICK = Limits(repeat=5, seconds=3, starts=1)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    rows = {"series", "people", *(case.key for case in CASES)}
    unknown = [*set(options.only) - rows, *set(options.servers) - set(SERVERS)]
    if unknown:
        say(f"There is no row or server named {', '.join(sorted(unknown))}.")
        return 2
    limits = QUICK if options.quick else Limits(options.repeat, options.seconds, options.starts)
    sizes = options.events or ([200] if options.quick else [report.SMALL, report.LARGE])
    try:
        results = _run(sizes, options, limits)
        long = _series(options, limits)
        many = _people(options, limits)
    except (NotInstalled, RuntimeError) as error:
        say(str(error))
        return 1
    others = [*(series.verdicts(long) if long else ()), *(people.verdicts(many) if many else ())]
    blocks = [*([series.text(long)] if long else ()), *([people.text(many)] if many else ())]
    print(report.text(results, "\n".join(blocks), others))
    if options.json:
        report.write_json(results, options.json, others)
    wrong = any(row.remark.startswith("wrong") for result in results for row in result.rows.values())
    judged = [*report.verdicts(results), *others]
    return 1 if wrong or (options.strict and not all(verdict.met for verdict in judged)) else 0


def _run(sizes: Sequence[int], options: argparse.Namespace, limits: Limits) -> list[Result]:
    cases = [case for case in CASES if not options.only or case.key in options.only]
    if not cases:
        return []
    folder = Path(tempfile.mkdtemp(prefix="calgate-bench-"))
    try:
        servers = [
            SERVERS[name](folder / f"{name}-{size}", corpus)
            for size, corpus in ((size, Corpus(size)) for size in sizes)
            for name in options.servers
        ]
        say(f"Timing {', '.join(options.servers)} with {', '.join(f'{size:,}' for size in sizes)} events.")
        return run(servers, cases, limits)
    finally:
        if options.keep:
            say(f"The servers' folders are kept in {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _series(options: argparse.Namespace, limits: Limits) -> series.Measured | None:
    """The rows of series, which are calgate's alone."""
    if report.OURS not in options.servers or (options.only and "series" not in options.only):
        return None
    sessions = series.QUICK_SESSIONS if options.quick else series.SESSIONS
    with tempfile.TemporaryDirectory(prefix="calgate-bench-") as folder:
        return series.measure(Path(folder) / "series", sessions, limits.repeat)


def _people(options: argparse.Namespace, limits: Limits) -> people.Measured | None:
    """The rows of free/busy of many people, which are calgate's alone."""
    if report.OURS not in options.servers or (options.only and "people" not in options.only):
        return None
    number = people.QUICK_PEOPLE if options.quick else people.PEOPLE
    with tempfile.TemporaryDirectory(prefix="calgate-bench-") as folder:
        return people.measure(Path(folder) / "people", number, limits.repeat)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("bench", description="calgate beside stock Radicale and Xandikos.")
    rows = ", ".join([*(case.key for case in CASES), "series", "people"])
    add = parser.add_argument
    add("--events", type=_numbers, help="sizes of the collection, separated by commas (default: 1000,10000)")
    add("--repeat", type=int, default=Limits.repeat, help="timed requests per row (default: %(default)s)")
    add(
        "--seconds",
        type=float,
        default=Limits.seconds,
        help="time cap per row and server (default: %(default)s)",
    )
    add("--starts", type=int, default=Limits.starts, help="timed starts (default: %(default)s)")
    add("--only", type=_names, default=[], metavar="ROW,...", help=f"only these rows: {rows}")
    add("--servers", type=_names, default=list(SERVERS), help=f"only these of {', '.join(SERVERS)}")
    add("--quick", action="store_true", help="200 events, five requests a row: shows that all works")
    add("--json", type=Path, metavar="FILE", help="also write every single time and the verdicts")
    add("--strict", action="store_true", help="exit 1 when a target is missed")
    add("--keep", action="store_true", help="keep the servers' folders and logs")
    return parser


def _names(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]


def _numbers(value: str) -> list[int]:
    return [int(number) for number in _names(value)]


if __name__ == "__main__":
    sys.exit(main())
