"""python -m bench: the whole comparison in one run."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from bench import links, people, report, series
from bench.cases import CASES
from bench.checks import Wrong
from bench.corpus import Corpus
from bench.report import Verdict
from bench.runner import Limits, Result, run, say
from bench.servers import SERVERS, NotInstalled

Block: TypeAlias = tuple[str, list[Verdict]]
"""Text and verdicts of rows that are no comparison."""
QUICK = Limits(repeat=5, seconds=3, starts=1)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    unknown = [*set(options.only) - set(_rows()), *set(options.servers) - set(SERVERS)]
    if unknown:
        say(f"There is no row or server named {', '.join(sorted(unknown))}.")
        return 2
    limits = QUICK if options.quick else Limits(options.repeat, options.seconds, options.starts)
    sizes = options.events or ([200] if options.quick else [report.SMALL, report.LARGE])
    try:
        results = _run(sizes, options, limits)
        blocks = list(_blocks(options, limits.repeat))
    except (NotInstalled, RuntimeError, Wrong) as error:
        say(str(error))
        return 1
    others = [verdict for _, verdicts in blocks for verdict in verdicts]
    print(report.text(results, "\n".join(text for text, _ in blocks), others))
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


def _blocks(options: argparse.Namespace, repeat: int) -> Iterator[Block]:
    """The blocks of rows that are calgate's alone."""
    for key, measure in BLOCKS.items():
        if report.OURS in options.servers and (not options.only or key in options.only):
            with tempfile.TemporaryDirectory(prefix="calgate-bench-") as folder:
                yield measure(Path(folder) / key, options, repeat)


def _series(folder: Path, options: argparse.Namespace, repeat: int) -> Block:
    found = series.measure(folder, series.QUICK_SESSIONS if options.quick else series.SESSIONS, repeat)
    return series.text(found), series.verdicts(found)


def _people(folder: Path, options: argparse.Namespace, repeat: int) -> Block:
    found = people.measure(folder, people.QUICK_PEOPLE if options.quick else people.PEOPLE, repeat)
    return people.text(found), people.verdicts(found)


def _links(folder: Path, options: argparse.Namespace, repeat: int) -> Block:
    small = links.QUICK_SMALL if options.quick else links.SMALL
    large = options.practice or (links.QUICK_LARGE if options.quick else links.LARGE)
    found = links.measure(folder, small, large, repeat)
    return links.text(found), links.verdicts(found)


BLOCKS = {"series": _series, "people": _people, "links": _links}


def _rows() -> list[str]:
    """What --only takes."""
    return [*(case.key for case in CASES), *BLOCKS]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("bench", description="calgate beside stock Radicale and Xandikos.")
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
    add("--only", type=_names, default=[], metavar="ROW,...", help=f"only these rows: {', '.join(_rows())}")
    add("--servers", type=_names, default=list(SERVERS), help=f"only these of {', '.join(SERVERS)}")
    add(
        "--practice",
        type=_large,
        metavar="SESSIONS",
        help=f"size of the large practice of the row links (default: {links.LARGE})",
    )
    add("--quick", action="store_true", help="200 events, five requests a row: shows that all works")
    add("--json", type=Path, metavar="FILE", help="also write every single time and the verdicts")
    add("--strict", action="store_true", help="exit 1 when a target is missed")
    add("--keep", action="store_true", help="keep the servers' folders and logs")
    return parser


def _large(value: str) -> int:
    number = int(value)
    if number <= links.SMALL:
        raise argparse.ArgumentTypeError(f"it must be larger than the small one, {links.SMALL}")
    return number


def _names(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]


def _numbers(value: str) -> list[int]:
    return [int(number) for number in _names(value)]


if __name__ == "__main__":
    sys.exit(main())
