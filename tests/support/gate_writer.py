"""A process whose one person writes to the sessions calendar until it is killed: `python -m
tests.support.gate_writer URL ROUND`. Each write that was answered is told on a line: event and step."""

from __future__ import annotations

import sys
from itertools import count

from calgate.gate.values import Refusal, Removed, Stored
from calgate.store import open_store
from tests.support import bodies
from tests.support.practice import Practice

STEPS = ("made", "moved", "refused", "marked", "deleted")
MADE = bodies.times("20260310T150000", "20260310T160000")
MOVED = bodies.times("20260311T170000", "20260311T180000")


def main(url: str, round_: str) -> None:
    practice = Practice(open_store(url))
    ada = practice.of("ada")
    sys.stdout.write("ready\n")
    for number in count():
        href = f"{round_}-{number}.ics"
        text = bodies.new(f"{round_}-{number}", "Noah Lane, 97153", *MADE)
        for step in STEPS:
            if step == "made":
                assert isinstance(ada.put(href, text), Stored)
            elif step == "moved":
                assert isinstance(ada.put(href, bodies.put(text, *MOVED)), Stored)
            elif step == "refused":
                days = ("DTSTART;VALUE=DATE:20260310", "DTEND;VALUE=DATE:20260311")
                assert isinstance(ada.put(href, bodies.put(text, *days)), Refusal)
            elif step == "marked":
                marked = bodies.added(bodies.put(text, *MOVED), "X-MARK:1", *bodies.alarm())
                assert isinstance(ada.put(href, marked), Stored)
            else:
                assert ada.delete(href) == Removed()
            sys.stdout.write(f"{number} {step}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
