"""Reports on the managed collection: the published copies of sessions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.reports import PRACTICE, World, data, expanded, free_busy, open_world, query, span, sync

PATH = ("ada", "sessions")
FEBRUARY = ("20260201T000000Z", "20260301T000000Z")
SESSIONS: list[dict[str, Any]] = [
    {
        "id": "s-1", "kind": "other_event", "scheduled_by": "self", "practitioner": "ada",
        "title": "Team meeting",
        "start": "2026-01-05T14:00", "end": "2026-01-05T15:00",
        "repeat": {"pattern": "weekly", "interval": 1, "until": "2026-12-14"},
        "occurrences": [
            {"on": "2026-02-16T14:00", "start": "2026-02-17T09:00", "end": "2026-02-17T10:30"},
            {"on": "2026-02-09T14:00", "start": "2026-03-10T09:00", "end": "2026-03-10T10:00"},
        ],
    },
    {
        "id": "s-2", "kind": "other_event", "scheduled_by": "self", "practitioner": "ada", "title": "Lunch",
        "busy": False, "start": "2026-02-04T12:00", "end": "2026-02-04T13:00",
    },
]  # fmt: skip


@pytest.fixture
def world() -> Iterator[World]:
    riverside = {**PRACTICE["organizations"][0], "sessions": SESSIONS}
    with open_world() as world:
        world.gate.load({"calgate": 1, "organizations": [riverside]})
        yield world


def texts(world: World, body: str) -> str:
    reply = world.report(body, PATH)
    assert reply.status == 207
    return "\n".join(reply.data(href) for href in reply.hrefs)


def test_expanded_sessions_are_where_they_were_moved(world: World) -> None:
    text = texts(world, query(span(*FEBRUARY), prop=expanded(*FEBRUARY)))

    assert sorted(line for line in text.split("\n") if line.startswith("DTSTART")) == [
        "DTSTART:20260202T190000Z", "DTSTART:20260204T170000Z", "DTSTART:20260217T140000Z",
        "DTSTART:20260223T190000Z",
    ]  # fmt: skip
    assert "RECURRENCE-ID:20260216T190000Z\nDTSTART:20260217T140000Z\nDTEND:20260217T153000Z\n" in text
    assert "RRULE" not in text
    assert "X-CALGATE-ID:s-1\n" in text


def test_whole_sessions(world: World) -> None:
    text = texts(world, query(span(*FEBRUARY), prop=data()))

    assert text.count("BEGIN:VCALENDAR") == 2
    assert text.count("BEGIN:VEVENT") == 4
    assert "RRULE:" in text


def test_synced_and_busy(world: World) -> None:
    assert len(world.report(sync(), PATH).hrefs) == 2
    busy = world.report(free_busy(*FEBRUARY), PATH).body.decode().replace("\r\n ", "")

    assert (
        "FREEBUSY;FBTYPE=BUSY:20260202T190000Z/20260202T200000Z,20260217T140000Z/20260217T153000Z,"
        "20260223T190000Z/20260223T200000Z\r\n"
    ) in busy
