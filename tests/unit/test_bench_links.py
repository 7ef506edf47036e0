"""The rows of links ask what they say, notice an answer that lacks something, and are judged by ratio."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bench import __main__ as command
from bench import links, moves
from bench.checks import Wrong
from bench.client import Answer
from calgate.gate.practice_file import parse


def test_the_client_has_as_many_sessions_in_a_practice_of_any_size() -> None:
    small, large = (links.practice_of(size, date(2026, 3, 4)) for size in (60, 1200))

    for practice, size in ((small, 60), (large, 1200)):
        assert parse(practice)
        assert len(practice["organizations"][0]["sessions"]) == size
    assert links.starts_of(small) == links.starts_of(large)
    assert len(links.starts_of(small)) == links.OWN


def test_a_tiny_run(tmp_path: Path) -> None:
    found = links.measure(tmp_path / "links", 30, 60, 2)

    assert found.sizes == (30, 60)
    assert set(found.moved) == {0, 1, 5}
    for times in (*found.whole.values(), *found.unchanged.values(), *found.moved.values()):
        assert len(times) == 2
        assert min(times) > 0
    assert all(verdict.measured in links.text(found) for verdict in links.verdicts(found))


def test_every_view_shows_all_sessions_in_its_own_way(tmp_path: Path) -> None:
    gate = links._opened(tmp_path / "views.db")
    try:
        practice = links._with_views(gate, len(links.VIEWS))
        heads = [gate.link(secret) for secret in practice.secrets]
        shown = [gate.feed(head).texts for head in heads if head]
    finally:
        gate.close()

    assert [len(texts) for texts in shown] == [moves.SINGLES] * 5
    assert len({tuple(sorted(texts)) for texts in shown}) == 5


def test_growth_and_views_are_judged() -> None:
    found = links.Measured(
        whole={1000: [2.0], 20000: [3.0]},
        unchanged={1000: [1.0], 20000: [1.0]},
        moved={0: [2.0], 1: [4.0], 5: [11.9]},
    )

    judged = [(each.measured, each.met) for each in links.verdicts(found)]
    assert judged == [("1.50 x", True), ("1.00 x", True), ("2.98 x", True)]
    slow = replace(found, unchanged={1000: [1.0], 20000: [1.6]}, moved={0: [2.0], 1: [4.0], 5: [12.0]})
    assert [each.met for each in links.verdicts(slow)] == [True, False, False]
    line = next(each for each in links.text(slow).splitlines() if "5 views" in each)
    assert [cell.strip() for cell in line.split("|")[3:-1]] == ["3.00 x", "< 3", "NO"]


def test_a_feed_that_lacks_a_session_is_wrong(tmp_path: Path) -> None:
    server = links.Practice(tmp_path / "practice", 60)
    server.starts = ["20260316T090000", "20260317T090000"]
    events = [f"BEGIN:VEVENT\r\nDTSTART;TZID=America/New_York:{each}\r\n" for each in server.starts]
    head, body = b'HTTP/1.1 200 OK\r\nETag: "1"', "".join(events).encode()

    whole = links.WHOLE.build(server, 0)
    whole.check(Answer(head, body))
    assert server.etags[server.path] == '"1"'
    with pytest.raises(Wrong, match="1 sessions"):
        whole.check(Answer(head, events[0].encode()))

    unchanged = links.UNCHANGED.build(server, 0)
    assert b'If-None-Match: "1"' in unchanged.message
    unchanged.check(Answer(b"HTTP/1.1 304 Not Modified", b""))
    with pytest.raises(Wrong, match="not 304"):
        unchanged.check(Answer(head, body))


def test_a_move_that_a_view_does_not_follow_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    days = [f"2026{number:04d}T090000" for number in range(moves.SINGLES)]
    answers = iter([days, days])
    monkeypatch.setattr(links, "_shown", lambda gate, secret: next(answers))
    monkeypatch.setattr(moves, "move", lambda *arguments: 1.0)

    with pytest.raises(Wrong, match="single-3"):
        links._move(None, links._Shown("bench-1", ("secret",)), 3)  # type: ignore[arg-type]


def test_a_large_practice_no_larger_than_the_small_one_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--only", "links", "--practice", "1000"])
    assert "larger" in capsys.readouterr().err
