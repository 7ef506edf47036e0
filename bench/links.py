"""Links: a client's feed in a large practice beside a small one, over HTTP; and one moved session published
to five views beside one, through calgate's gate in this process."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench import moves
from bench.cases import Case, Trial
from bench.checks import Wrong
from bench.client import Answer
from bench.corpus import Corpus
from bench.practice import practice_file
from bench.report import Verdict, cell, ratio, table, times_text
from bench.runner import Row, say, time_one
from bench.servers import Calgate, Server
from calgate.gate.gate import Gate
from calgate.gate.link_values import LinkWish

SMALL, LARGE = 1_000, 20_000
QUICK_SMALL, QUICK_LARGE = 60, 240
CLIENT, OWN = "feed-reader", 20
MAX_GROWTH, MAX_VIEWS_RATIO = 1.5, 3.0
VIEWS = (
    LinkWish(audience="client", target=CLIENT),
    LinkWish(audience="person", target="", detail="first_name"),
    LinkWish(audience="location", target="main"),
    LinkWish(audience="location", target="main/1", detail="internal_id"),
    LinkWish(audience="organization", target="", detail="full"),
)
"""Links that show every session alike, each in its own way; without a target: of the practice's own."""
NUMBERS = (0, 1, len(VIEWS))
"""Views of the practices in which a session is moved; the practitioner's calendar has its copy in each."""


@dataclass
class Measured:
    """Times in ms: of a client's feed, 200 and 304, by the size of the practice; of a moved session, by the
    number of views that show it."""

    whole: dict[int, list[float]] = field(default_factory=dict)
    unchanged: dict[int, list[float]] = field(default_factory=dict)
    moved: dict[int, list[float]] = field(default_factory=dict)

    @property
    def sizes(self) -> tuple[int, int]:
        """Sessions of the small and of the large practice."""
        return min(self.whole), max(self.whole)


def measure(folder: Path, small: int, large: int, repeat: int) -> Measured:
    """Both halves, in `folder`, with practices of so many sessions; RuntimeError, bench.checks.Wrong."""
    folder.mkdir(parents=True)
    found = Measured(moved=_moves(folder, repeat))
    _feeds(folder, (small, large), repeat, found)
    return found


# ---- one client's feed ----------------------------------------------------------------------------------


class Practice(Calgate):
    """calgate with a practice of so many sessions, OWN of them the client's, and two links: the client's, and
    one of all sessions, so that what links show grows with the practice. Nobody logs in."""

    login = None

    def __init__(self, folder: Path, size: int) -> None:
        super().__init__(folder, Corpus(0))
        self.size = size
        self.starts: list[str] = []
        self.path = ""

    def fill(self) -> None:
        """Without commands: each would take longer to start than a small practice to load."""
        self.configure()
        practice = practice_of(self.size, datetime.now(UTC).date())
        org = practice["organizations"][0]["id"]
        self.starts = starts_of(practice)
        gate = _opened(self.data / "calgate.db")
        try:
            gate.load(practice)
            gate.add_link(org, LinkWish(audience="organization", target=org))
            _, secret = gate.add_link(org, LinkWish(audience="client", target=CLIENT))
        finally:
            gate.close()
        self.path = f"/feeds/{secret}.ics"


def _opened(file: Path) -> Gate:
    """The gate to a database, made when it is not there, whose keys lie beside it."""
    return Gate.open(f"sqlite:///{file}", file.parent / "keys", lambda: datetime.now(UTC))


def practice_of(size: int, today: date) -> dict[str, Any]:
    """The benchmark's practice with so many sessions; OWN of them, on coming weekdays, are one client's."""
    file: dict[str, Any] = practice_file("bench", size - OWN, today)
    organization = file["organizations"][0]
    like = _for_one_client(organization)
    organization["sessions"] += list(moves.singles(like, today))[:OWN]
    return file


def _for_one_client(organization: dict[str, Any]) -> dict[str, Any]:
    """Adds a client of the first practitioner to the practice; what that client's sessions are like."""
    client = {"id": CLIENT, "first_name": "Noah", "last_name": "Lane", "internal_id": "B-0"}
    organization["clients"].append(client)
    assignment = {**organization["assignments"][0], "client": CLIENT}
    organization["assignments"].append(assignment)
    names = ("practitioner", "client", "service")
    return {
        **{name: assignment[name] for name in names},
        "kind": "client_session", "scheduled_by": "self", "location": "main", "status": "scheduled",
    }  # fmt: skip


def starts_of(practice: dict[str, Any]) -> list[str]:
    """Starts of the client's sessions, as in iCalendar."""
    sessions = practice["organizations"][0]["sessions"]
    own = (datetime.fromisoformat(each["start"]) for each in sessions if each["client"] == CLIENT)
    return sorted(f"{start:%Y%m%dT%H%M%S}" for start in own)


def _feeds(folder: Path, sizes: tuple[int, int], repeat: int, found: Measured) -> None:
    servers = [Practice(folder / f"practice-{size}", size) for size in sizes]
    try:
        for server in servers:
            say(f"  filling calgate with a practice of {server.size:,} sessions and a feed of all")
            server.fill()
            server.start()
        say("  a client's feed in both")
        for turn in range(-2, repeat):
            for case, times in ((WHOLE, found.whole), (UNCHANGED, found.unchanged)):
                for server in servers[:: _direction(turn)]:
                    spent = time_one(case, server, turn)
                    if turn >= 0:  # the first ones warm up
                        times.setdefault(server.size, []).append(spent)
    finally:
        for server in servers:
            server.stop()


def _direction(turn: int) -> int:
    """Forwards and backwards by turns: nobody always comes first, with a processor busy with something else
    before."""
    return 1 if turn % 2 else -1


def _whole(server: Server, turn: int) -> Trial:
    assert isinstance(server, Practice)

    def check(answer: Answer) -> None:
        if answer.status != 200:
            raise Wrong(f"{answer.status} {answer.body[:300]!r}")
        shown = _starts(answer.body.decode())
        if shown != server.starts:
            raise Wrong(f"the feed has {len(shown)} sessions, not the client's {len(server.starts)}")
        server.etags[server.path] = answer.header("ETag")

    return Trial(server.client.message("GET", server.path), check)


def _unchanged(server: Server, turn: int) -> Trial:
    """With the ETag of the answer before."""
    assert isinstance(server, Practice)

    def check(answer: Answer) -> None:
        if answer.status != 304 or answer.body:
            raise Wrong(f"{answer.status} {answer.body[:300]!r}, not 304")

    headers = {"If-None-Match": server.etags[server.path]}
    return Trial(server.client.message("GET", server.path, headers=headers), check)


WHOLE = Case("link", f"a client's feed of {OWN} sessions, 200", _whole)
UNCHANGED = Case("link_unchanged", "that feed, 304", _unchanged)


# ---- one moved session ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Shown:
    """A practice whose sessions are its practitioner's, and the secrets of the links that show them."""

    person: str
    secrets: tuple[str, ...]


def _moves(folder: Path, repeat: int) -> dict[int, list[float]]:
    """Times of a moved session by number of views, in turns."""
    gate = _opened(folder / "views.db")
    times: dict[int, list[float]] = {number: [] for number in NUMBERS}
    try:
        say(f"  moving a session that {', '.join(map(str, NUMBERS))} views show")
        practices = {number: _with_views(gate, number) for number in NUMBERS}
        for turn in range(-2, repeat):
            for number in NUMBERS[:: _direction(turn)]:
                spent = _move(gate, practices[number], turn)
                if turn >= 0:  # the first ones warm up
                    times[number].append(spent)
    finally:
        gate.close()
    return times


def _with_views(gate: Gate, number: int) -> _Shown:
    person, org = f"bench-{number}", f"views-{number}"
    file: dict[str, Any] = practice_file(person, 0, gate.now().date())
    organization = file["organizations"][0]
    organization["id"] = org
    organization["locations"][0]["rooms"] = ["1"]
    like = {**_for_one_client(organization), "room": "1"}
    organization["sessions"] = list(moves.singles(like, gate.now().date()))
    gate.load(file)
    return _Shown(person, tuple(gate.add_link(org, wish)[1] for wish in _wishes(person, org)[:number]))


def _wishes(person: str, org: str) -> list[LinkWish]:
    own = {"person": person, "organization": org}
    return [replace(wish, target=wish.target or own[wish.audience]) for wish in VIEWS]


def _move(gate: Gate, practice: _Shown, turn: int) -> float:
    """Milliseconds; Wrong when a view does not show the session at its new time, and there alone."""
    session, minute = f"single-{turn % moves.SINGLES}", moves.minute_of(turn)
    before = [_shown(gate, secret) for secret in practice.secrets]
    spent = moves.move(gate, practice.person, session, 0, minute)
    for old, secret in zip(before, practice.secrets, strict=True):
        new = _shown(gate, secret)
        gone, come = set(old) - set(new), set(new) - set(old)
        times = {f"{start[:9]}09{minute:02d}00" for start in gone}
        if len(new) != moves.SINGLES or len(come) != 1 or come != times:
            raise Wrong(f"{session} was moved to {times} and is shown at {come}")
    return spent


def _shown(gate: Gate, secret: str) -> list[str]:
    """Starts of all that a link shows."""
    head = gate.link(secret)
    assert head is not None and head.state == "live"
    return _starts("".join(gate.feed(head).texts))


def _starts(text: str) -> list[str]:
    """Starts of the events of a feed, as they stand there."""
    events = text.split("BEGIN:VEVENT")[1:]
    return sorted(start for each in events for start in re.findall(r"\nDTSTART;[^:]*:(\w+)", each))


# ---- the report -----------------------------------------------------------------------------------------


def verdicts(found: Measured) -> list[Verdict]:
    """The targets: neither the size of the practice nor more views make the work much longer."""
    small, large = found.sizes
    sizes = f"in a practice of {large:,} beside one of {small:,}"
    growth = ((WHOLE.title, _growth(found.whole)), (UNCHANGED.title, _growth(found.unchanged)))
    views = ratio(found.moved[len(VIEWS)], found.moved[1]) or 0.0
    return [
        *(
            Verdict(f"{title}, {sizes}", times_text(value), f"<= {MAX_GROWTH:g}", 0 < value <= MAX_GROWTH)
            for title, value in growth
        ),
        Verdict(
            f"a moved session, {len(VIEWS)} views beside one", times_text(views), f"< {MAX_VIEWS_RATIO:g}",
            0 < views < MAX_VIEWS_RATIO,
        ),
    ]  # fmt: skip


def _growth(times: dict[int, list[float]]) -> float:
    return ratio(times[max(times)], times[min(times)]) or 0.0


def text(found: Measured) -> str:
    """The block of the report, in Markdown."""
    whole, unchanged, moved = ([each.measured, each.wanted, _met(each)] for each in verdicts(found))
    small, large = found.sizes
    alone = times_text(ratio(found.moved[0], found.moved[1]) or 0.0)
    rows = [
        ["row", "calgate", "beside", "wanted", "met"],
        [f"{WHOLE.title}, {small:,} sessions in the practice", _cell(found.whole[small]), "1.00 x", "", ""],
        [f"the same, {large:,} sessions in the practice", _cell(found.whole[large]), *whole],
        [f"{UNCHANGED.title}, {small:,} sessions", _cell(found.unchanged[small]), "1.00 x", "", ""],
        [f"the same, {large:,} sessions", _cell(found.unchanged[large]), *unchanged],
        ["a session moved, its practitioner's calendar alone", _cell(found.moved[0]), alone, "", ""],
        ["a session moved, one view beside it", _cell(found.moved[1]), "1.00 x", "", ""],
        [f"a session moved, {len(VIEWS)} views beside it", _cell(found.moved[len(VIEWS)]), *moved],
    ]
    return "\n".join(["\n## Links: feeds over HTTP, moved sessions in process\n", *table(rows)])


def _cell(times: list[float]) -> str:
    return cell(Row(times=times))


def _met(verdict: Verdict) -> str:
    return "yes" if verdict.met else "NO"
