"""Free/busy of a whole practice in one request beside that of one person: over HTTP, as calendar programs ask
for it when a meeting is planned (RFC 6638 section 5)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bench.cases import Case, Trial
from bench.checks import Wrong
from bench.client import Answer
from bench.corpus import Corpus
from bench.practice import SESSIONS_EACH, practice_file
from bench.report import Verdict, cell, ratio, table, times_text
from bench.runner import Row, say, time_one
from bench.servers import Calgate, Server

PEOPLE, QUICK_PEOPLE, WEEKS = 50, 5, 4
SESSIONS_A_DAY, WEEKDAYS = 6, 5
MAX_RATIO = 25.0
_OUTBOX = "/dav/bench/outbox/"
_MINUTES = timedelta(minutes=50)


@dataclass
class Measured:
    """Times in ms of requests for one person and for all of so many people."""

    people: int
    one: list[float]
    all: list[float]


class Practice(Calgate):
    """calgate with a practice whose people have six sessions on every weekday."""

    def __init__(self, folder: Path, people: int) -> None:
        super().__init__(folder, Corpus(0))
        self.people = people
        self.addresses: list[str] = []

    def fill(self) -> None:
        super().fill()
        practice = busy_practice(self.people, datetime.now(UTC).date())
        self.addresses = [each["email"] for each in practice["organizations"][0]["people"]]
        file = self.folder / "people.json"
        file.write_text(json.dumps(practice))
        self._run("load", str(file))


def busy_practice(people: int, today: date) -> dict[str, Any]:
    """The benchmark's practice with many people, and weekly series that fill the weeks around today."""
    file: dict[str, Any] = practice_file("bench", people * SESSIONS_EACH, today)
    organization = file["organizations"][0]
    monday = today - timedelta(days=today.weekday() + 7)
    like = {**organization["sessions"][-1], "kind": "client_session"}
    like.pop("repeat", None)
    until = (monday + timedelta(weeks=WEEKS + 3)).isoformat()
    clients = {each["practitioner"]: each["client"] for each in organization["assignments"]}
    organization["sessions"] = [
        {
            **like, "id": f"{person['id']}-{day}-{hour}", "practitioner": person["id"],
            "client": clients[person["id"]], **_span(monday + timedelta(days=day), 9 + hour),
            "repeat": {"pattern": "weekly", "interval": 1, "until": until},
        }
        for person in organization["people"]
        for day in range(WEEKDAYS)
        for hour in range(SESSIONS_A_DAY)
    ]  # fmt: skip
    return file


def _span(day: date, hour: int) -> dict[str, str]:
    start = datetime.combine(day, time(hour))
    return {
        name: when.isoformat(timespec="minutes")
        for name, when in (("start", start), ("end", start + _MINUTES))
    }


def measure(folder: Path, people: int, repeat: int) -> Measured:
    """Fills and starts a server in `folder` and asks it in turns; RuntimeError, bench.checks.Wrong."""
    server = Practice(folder, people)
    found = Measured(people, [], [])
    try:
        say(f"  filling calgate with the sessions of {people} people")
        server.fill()
        server.start()
        say("  free/busy of one and of all of them")
        for turn in range(-2, repeat):
            times = [time_one(case, server, turn) for case in (ONE, ALL)]
            if turn >= 0:  # the first ones warm up
                found.one.append(times[0])
                found.all.append(times[1])
    finally:
        server.stop()
    return found


def _one(server: Server, turn: int) -> Trial:
    assert isinstance(server, Practice)
    return _lookup(server, [server.addresses[turn % server.people]])


def _all(server: Server, turn: int) -> Trial:
    assert isinstance(server, Practice)
    return _lookup(server, server.addresses)


ONE = Case("busy_one", "free/busy of one person", _one)
ALL = Case("busy_all", "free/busy of all people, one request", _all)


def _lookup(server: Practice, addresses: list[str]) -> Trial:
    """The coming weeks of these people, and what the answer must hold."""
    start = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    attendees = [f"ATTENDEE:mailto:{each}" for each in addresses]
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//bench//EN", "METHOD:REQUEST", "BEGIN:VFREEBUSY",
        "UID:bench", f"DTSTAMP:{_utc(start)}", f"DTSTART:{_utc(start)}",
        f"DTEND:{_utc(start + timedelta(weeks=WEEKS))}", f"ORGANIZER:mailto:{server.addresses[0]}",
        *attendees, "END:VFREEBUSY", "END:VCALENDAR", "",
    ]  # fmt: skip
    body, headers = "\r\n".join(lines), {"Content-Type": "text/calendar; charset=utf-8"}

    def check(answer: Answer) -> None:
        if answer.status != 200:
            raise Wrong(f"{answer.status} {answer.body[:300]!r}")
        periods = answer.body.count(b"Z/")
        wanted = len(addresses) * WEEKS * WEEKDAYS * SESSIONS_A_DAY
        if periods != wanted:
            raise Wrong(f"{periods} busy times of {len(addresses)} people, not {wanted}")

    return Trial(server.client.message("POST", _OUTBOX, body, headers), check)


def _utc(when: datetime) -> str:
    return f"{when:%Y%m%dT%H%M%SZ}"


def verdicts(found: Measured) -> list[Verdict]:
    """The target: many people cost less than half of as many requests."""
    value = ratio(found.all, found.one) or 0.0
    title = f"free/busy of {found.people} people beside one, {WEEKS} weeks"
    return [Verdict(title, times_text(value), f"< {MAX_RATIO:g}", 0 < value < MAX_RATIO)]


def text(found: Measured) -> str:
    """The block of the report, in Markdown."""
    [verdict] = verdicts(found)
    rows = [
        ["row", "calgate", "x one person", "wanted", "met"],
        [ONE.title, cell(Row(times=found.one)), "1.00 x", "", ""],
        [
            ALL.title, cell(Row(times=found.all)), verdict.measured, verdict.wanted,
            "yes" if verdict.met else "NO",
        ],
    ]  # fmt: skip
    return "\n".join([f"\n## {found.people} people, {WEEKS} weeks each, over HTTP\n", *table(rows)])
