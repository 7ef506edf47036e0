"""The rows: what is asked, and how it is known that the answer is right and complete."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bench import bodies
from bench.checks import DAV, expect, listing, members, periods, same, value_of
from bench.client import Answer
from bench.corpus import Event, make_event, merged
from bench.servers import Server

Check = Callable[[Answer], None]
_CALENDAR = {"Content-Type": "text/calendar; charset=utf-8"}
_FIRST_NEW = 500_000  # numbers of events that no corpus holds
_UPDATES = 1_000  # revisions that no other row writes: the same text again would be no update
_BESIDE = 100_000  # added to turns of rows that write what another row has written in its own


class Unsupported(Exception):
    """The server does not offer what the row asks; the row is n/a for it."""


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Trial:
    """One request, ready to be sent; `check` raises Unsupported or Wrong; `undo` restores the collection."""

    message: bytes
    check: Check
    undo: Callable[[], None] = _nothing


@dataclass(frozen=True)
class Case:
    """A row. `target`: times faster than Radicale at 10,000 events; `same_size`: the answer does not grow;
    `prepare`: done once before the row, off the clock; `beside`: the row before it, with which it takes
    turns, because the two are compared."""

    key: str
    title: str
    build: Callable[[Server, int], Trial]
    target: float | None = None
    same_size: bool = False
    prepare: Callable[[Server], object] | None = None
    beside: str | None = None


def poll(server: Server, turn: int) -> Trial:
    def check(answer: Answer) -> None:
        expect(answer, 207)
        value_of(answer, "{http://calendarserver.org/ns/}getctag")
        value_of(answer, f"{DAV}sync-token")

    return Trial(server.client.message("PROPFIND", server.collection, bodies.POLL, bodies.DEPTH_0), check)


def all_etags(server: Server, turn: int) -> Trial:
    message = server.client.message("PROPFIND", server.collection, bodies.ETAGS, bodies.DEPTH_1)
    return Trial(message, lambda answer: listing(answer, server.corpus))


def sync_initial(server: Server, turn: int) -> Trial:
    message = server.client.message("REPORT", server.collection, bodies.sync(""), bodies.DEPTH_0)
    return Trial(message, lambda answer: listing(answer, server.corpus))


def sync_one(server: Server, turn: int) -> Trial:
    token = _token(server)
    event = _existing(server, turn)
    _put(server, server.collection, event.revised(turn + 1))

    def check(answer: Answer) -> None:
        expect(answer, 207)
        same(sorted(members(answer)), [event.href], "changed objects")

    return Trial(
        server.client.message("REPORT", server.collection, bodies.sync(token), bodies.DEPTH_0), check
    )


def sync_none(server: Server, turn: int) -> Trial:
    def check(answer: Answer) -> None:
        expect(answer, 207)
        same(sorted(members(answer)), [], "changed objects")

    message = server.client.message("REPORT", server.collection, bodies.sync(_token(server)), bodies.DEPTH_0)
    return Trial(message, check)


def put_new(server: Server, turn: int) -> Trial:
    return _put_new(server, server.collection, turn)


def put_update(server: Server, turn: int) -> Trial:
    event = _existing(server, turn)
    path = server.collection + event.href
    found = server.client.request("GET", path)
    expect(found, 200)
    headers = {**_CALENDAR, "If-Match": found.header("ETag")}
    return Trial(
        server.client.message("PUT", path, event.revised(_UPDATES + turn).text, headers),
        lambda answer: expect(answer, 200, 201, 204),
    )


def delete(server: Server, turn: int) -> Trial:
    event = make_event(_FIRST_NEW + turn)
    _put(server, server.collection, event)
    return Trial(
        server.client.message("DELETE", server.collection + event.href),
        lambda answer: expect(answer, 200, 204),
    )


def multiget(server: Server, turn: int) -> Trial:
    size = server.corpus.size
    wanted = [
        server.corpus.events[(turn * 131 + n * max(1, size // 50)) % size] for n in range(min(50, size))
    ]
    body = bodies.multiget(server.collection + event.href for event in wanted)

    def check(answer: Answer) -> None:
        expect(answer, 207)
        same(sorted(members(answer)), sorted({event.href for event in wanted}), "objects")
        same(answer.body.count(b"BEGIN:VCALENDAR"), len(wanted), "objects with data")

    return Trial(server.client.message("REPORT", server.collection, body, bodies.DEPTH_1), check)


def month(server: Server, turn: int) -> Trial:
    def check(answer: Answer) -> None:
        expect(answer, 207)
        same(sorted(members(answer)), sorted(server.corpus.in_month), "objects in the month")
        same(answer.body.count(b"BEGIN:VCALENDAR"), len(server.corpus.in_month), "objects with data")

    return Trial(
        server.client.message("REPORT", server.collection, bodies.month_query(), bodies.DEPTH_1), check
    )


def month_expanded(server: Server, turn: int) -> Trial:
    def check(answer: Answer) -> None:
        expect(answer, 207)
        same(sorted(members(answer)), sorted(server.corpus.in_month), "objects in the month")
        wanted = sum(len(instances) for instances in server.corpus.in_month.values())
        same(answer.body.count(b"BEGIN:VEVENT"), wanted, "instances in the month")
        same(answer.body.count(b"RRULE:FREQ=WEEKLY"), 0, "recurrence rules left")

    body = bodies.month_query(expand=True)
    return Trial(server.client.message("REPORT", server.collection, body, bodies.DEPTH_1), check)


def free_busy(server: Server, turn: int) -> Trial:
    def check(answer: Answer) -> None:
        if answer.status in (403, 501):
            raise Unsupported("no free-busy-query")
        expect(answer, 200)
        same(merged(periods(answer.body)), server.corpus.busy, "busy time")

    return Trial(
        server.client.message("REPORT", server.collection, bodies.free_busy(), bodies.DEPTH_1), check
    )


def whole(server: Server, turn: int) -> Trial:
    return _everything(server, server.collection)


def whole_unchanged(server: Server, turn: int) -> Trial:
    return _unchanged(server, turn, server.collection, "whole_unchanged")


def feed(server: Server, turn: int) -> Trial:
    """What calendar programs subscribe to, with as many sessions as the collection has events; where there
    are no feeds they subscribe to the collection."""
    return _everything(server, server.feed())


def _make_feed(server: Server) -> None:
    server.feed()


def feed_unchanged(server: Server, turn: int) -> Trial:
    return _unchanged(server, turn, server.feed(), "feed_unchanged")


def sessions_put_new(server: Server, turn: int) -> Trial:
    return _put_new(server, _sessions(server), turn, datetime.now(UTC).date())


def sessions_put_update(server: Server, turn: int) -> Trial:
    """A practitioner moves a coming client session by some minutes."""
    if not server.movable:
        server.movable = _coming_sessions(server)
    path = server.movable[turn * 37 % len(server.movable)]
    found = server.client.request("GET", path)
    expect(found, 200)
    minute = (turn % 50) + 1
    text = re.sub(r"(DT(?:START|END);[^:]*:\d{8}T\d\d)\d\d", rf"\g<1>{minute:02d}", found.body.decode())
    headers = {**_CALENDAR, "If-Match": found.header("ETag")}
    return Trial(
        server.client.message("PUT", path, text, headers), lambda answer: expect(answer, 200, 201, 204)
    )


def plain_put_new(server: Server, turn: int) -> Trial:
    _sessions(server)
    return put_new(server, _BESIDE + turn)


def plain_put_update(server: Server, turn: int) -> Trial:
    _sessions(server)
    return put_update(server, _BESIDE + turn)


CASES = (
    Case("poll", "PROPFIND Depth 0: getctag, sync-token", poll, target=500, same_size=True),
    Case("sync_none", "sync-collection, no change", sync_none, target=400, same_size=True),
    Case("sync_one", "sync-collection, one change", sync_one, target=300, same_size=True),
    Case("sync_initial", "sync-collection, initial", sync_initial, target=20),
    Case("all_etags", "PROPFIND Depth 1: all ETags", all_etags, target=15),
    Case("put_new", "PUT, new object", put_new, target=60, same_size=True),
    Case("put_update", "PUT, update", put_update, target=8, same_size=True),
    Case("delete", "DELETE", delete, target=10, same_size=True),
    Case("multiget", "calendar-multiget of 50", multiget, target=4, same_size=True),
    Case("month", "calendar-query, month with data", month, target=150),
    Case("month_expanded", "calendar-query, month expanded", month_expanded, target=800),
    Case("free_busy", "free-busy-query, month", free_busy, target=500),
    Case("whole", "GET of the collection", whole, target=30),
    Case("whole_unchanged", "GET of the collection, 304", whole_unchanged, target=700, same_size=True),
    # Behind the rows that write sessions: these are without the work for a feed.
    Case("sessions_put_new", "PUT, new, sessions collection", sessions_put_new, same_size=True),
    Case("plain_put_new", "beside it: plain calendar", plain_put_new, beside="sessions_put_new"),
    Case("sessions_put_update", "PUT, update, sessions collection", sessions_put_update, same_size=True),
    Case("plain_put_update", "beside it: plain calendar", plain_put_update, beside="sessions_put_update"),
    Case("feed", "GET of a feed with as many sessions", feed, target=30, prepare=_make_feed),
    Case("feed_unchanged", "GET of that feed, 304", feed_unchanged, same_size=True, prepare=_make_feed),
)


def _everything(server: Server, path: str) -> Trial:
    def check(answer: Answer) -> None:
        expect(answer, 200)
        same(len(set(re.findall(rb"\r?\nUID:(\S+)", answer.body))), server.corpus.size, "objects")

    return Trial(server.client.message("GET", path, headers={"Accept": "text/calendar"}), check)


def _unchanged(server: Server, turn: int, path: str, row: str) -> Trial:
    """If-None-Match with the current ETag; a server that knows none of it (Radicale) answers all again."""
    headers = {"Accept": "text/calendar"}
    if turn == 0 or path not in server.etags:
        server.etags[path] = server.client.request("GET", path, headers=headers).header("ETag")
    headers["If-None-Match"] = server.etags[path] or '"none"'

    def check(answer: Answer) -> None:
        expect(answer, 304, 200)
        if answer.status == 200:
            server.remarks[row] = "answers 200 and everything"

    return Trial(server.client.message("GET", path, headers=headers), check)


def _sessions(server: Server) -> str:
    if server.sessions is None:
        raise Unsupported("no sessions collection")
    return server.sessions


def _coming_sessions(server: Server) -> list[str]:
    """Paths of single sessions after today that end within the hour in which they begin."""
    listing = server.client.request("PROPFIND", _sessions(server), bodies.ETAGS, bodies.DEPTH_1)
    today, found = f"{datetime.now(UTC).date() + timedelta(days=2):%Y%m%d}", []
    for href in sorted(members(listing))[:200]:
        text = server.client.request("GET", _sessions(server) + href).body.decode()
        start = re.search(r"BEGIN:VEVENT.*?DTSTART;[^:]*:(\d{8})T\d\d00", text, re.DOTALL)
        if start is not None and start[1] > today and "RRULE" not in text.split("BEGIN:VEVENT")[1]:
            found.append(_sessions(server) + href)
    if not found:
        raise Unsupported("no coming sessions")
    return found


def _existing(server: Server, turn: int) -> Event:
    return server.corpus.events[(turn * 7919 + 17) % server.corpus.size]


def _put_new(server: Server, collection: str, turn: int, after: date | None = None) -> Trial:
    event = make_event(_FIRST_NEW + turn)
    if after is not None:
        event = event.after(after)
    return Trial(
        server.client.message(
            "PUT", collection + event.href, event.text, {**_CALENDAR, "If-None-Match": "*"}
        ),
        lambda answer: expect(answer, 201),
        lambda: _delete(server, collection, event),
    )


def _put(server: Server, collection: str, event: Event) -> None:
    expect(server.client.request("PUT", collection + event.href, event.text, _CALENDAR), 200, 201, 204)


def _delete(server: Server, collection: str, event: Event) -> None:
    expect(server.client.request("DELETE", collection + event.href), 200, 204)


def _token(server: Server) -> str:
    answer = server.client.request("PROPFIND", server.collection, bodies.POLL, bodies.DEPTH_0)
    return value_of(answer, f"{DAV}sync-token")
