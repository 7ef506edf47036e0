"""The benchmark measures what it says: a known corpus, right ratios, answers that are checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import icalendar
import pytest
import recurring_ical_events

from bench import moves, report, series
from bench.cases import CASES, Case, Trial, free_busy, month, poll
from bench.checks import Wrong
from bench.client import Answer
from bench.corpus import MONTH, SERIES_OF_TEN, Corpus, make_event
from bench.practice import practice_file
from bench.runner import Limits, Result, Row, run
from bench.servers import Radicale, Server
from calgate.gate.practice_file import parse

TINY = 20
SAMPLE = 200


def result(server: str, size: int, **times: list[float]) -> Result:
    return Result(server, "1", size, rows={key: Row(times=values) for key, values in times.items()})


def test_corpus_does_not_depend_on_the_run_or_the_size() -> None:
    assert [event.text for event in Corpus(30).events] == [event.text for event in Corpus(60).events[:30]]
    first = make_event(0)
    assert (first.day, first.text) == (make_event(0).day, make_event(0).text)
    assert first.text != make_event(1).text


def test_corpus_has_the_promised_shape() -> None:
    events = Corpus(1000).events
    series = [event.rule for event in events if event.rule is not None]
    assert len(series) == 1000 * len(SERIES_OF_TEN) // 10
    for kind in (
        [rule for rule in series if rule.until],
        [rule for rule in series if rule.count],
        [rule for rule in series if not rule.until and not rule.count],
        [event for event in events if event.moved],
        [event for event in events if event.dropped],
    ):
        assert len(kind) > 40
    assert min(event.day for event in events) < date(2026, 1, 20)
    assert max(event.day for event in events) > date(2027, 12, 10)
    assert len({event.uid for event in events}) == len({event.href for event in events}) == 1000
    assert 950 < sum(len(event.text) for event in events) / 1000 < 1100


def test_corpus_is_valid_icalendar_within_the_line_length() -> None:
    for event in Corpus(SAMPLE).events:
        calendar = icalendar.Calendar.from_ical(event.text)
        assert all(not component.errors for component in calendar.walk("VEVENT"))
        assert {str(component["UID"]) for component in calendar.walk("VEVENT")} == {event.uid}
        assert all(len(line) <= 75 for line in event.text.encode().split(b"\r\n"))


def test_expected_answers_agree_with_an_independent_expansion() -> None:
    corpus = Corpus(SAMPLE)
    for event in corpus.events:
        found = recurring_ical_events.of(icalendar.Calendar.from_ical(event.text)).between(*MONTH)
        spans = sorted((each.start.astimezone(UTC), each.end.astimezone(UTC)) for each in found)
        assert spans == sorted(corpus.in_month.get(event.href, [])), event.text


def test_a_revised_event_is_the_same_object_with_another_text() -> None:
    event = make_event(7)
    revised = event.revised(1).revised(2)
    assert (revised.uid, revised.href, revised.day) == (event.uid, event.href, event.day)
    assert "SEQUENCE:2" in revised.text
    assert revised.summary.count("#") == 1


def test_ratio_is_of_the_medians() -> None:
    assert report.ratio([10, 20, 900], [1, 2, 3]) == 10
    assert report.ratio([], [1]) is None
    assert report.ratio([1], []) is None


def test_percentiles_are_observed_values() -> None:
    times = [float(value) for value in range(1, 101)]
    assert report.p95(times) == 95
    assert report.p95([7.0]) == 7
    assert report.p95([]) is None
    assert report.p50([3.0, 1.0, 2.0]) == 2


def test_verdicts_compare_with_each_peer_and_with_the_small_collection() -> None:
    results = [
        result("radicale", report.LARGE, poll=[600.0], delete=[50.0]),
        result("xandikos", report.LARGE, poll=[0.9], delete=[3.0]),
        result("calgate", report.SMALL, poll=[0.5], delete=[2.0]),
        result("calgate", report.LARGE, poll=[1.0], delete=[2.0]),
    ]
    found = {(verdict.title, verdict.wanted): verdict for verdict in report.verdicts(results)}
    poll, delete = (next(case.title for case in CASES if case.key == key) for key in ("poll", "delete"))
    assert found[f"{poll}, 10,000 events", ">= 500"].met
    assert not found[f"{poll}, 10,000 events", ">= 1"].met
    assert found[f"{delete}, 10,000 events", ">= 10"].met
    assert not found[f"{poll}, growth from 1,000 to 10,000 events", "<= 1.5"].met
    assert found[f"{delete}, growth from 1,000 to 10,000 events", "<= 1.5"].met
    assert len(found) == 6


def test_verdicts_of_sessions_memory_start_and_wrong_answers() -> None:
    ours = result("calgate", report.LARGE, put_new=[9.0], sessions_put_new=[5.0], plain_put_new=[2.0])
    ours.peak_memory, ours.start_s = 150_000_000, [2.0, 3.5]
    ours.rows["month"] = Row(remark="wrong: status 500", failed=True)
    found = {verdict.title: verdict.met for verdict in report.verdicts([ours])}
    assert found == {
        "calendar-query, month with data, 10,000 events": False,
        "PUT new, sessions beside plain, 10,000 events": False,
        "memory at its highest, 10,000 events": True,
        "start, 10,000 events": False,
    }


def test_report_marks_what_a_peer_does_not_offer() -> None:
    peer = result("xandikos", 20, poll=[1.0])
    peer.rows["whole"] = Row(remark="n/a: no such thing", failed=True)
    text = report.text([peer, result("calgate", 20, poll=[0.5], whole=[2.0])])
    whole = next(line for line in text.splitlines() if "GET of the collection " in line)
    assert [cell.strip() for cell in whole.split("|")[2:-1]] == ["n/a", "2.00 / 2.00 (1x)", ""]
    poll = next(line for line in text.splitlines() if "PROPFIND Depth 0" in line)
    assert poll.split("|")[-2].strip() == "2.00"


@pytest.fixture
def radicale(tmp_path: Path) -> Iterator[Radicale]:
    server = Radicale(tmp_path / "radicale", Corpus(TINY))
    yield server
    server.stop()


def test_a_tiny_run_against_stock_radicale(radicale: Radicale) -> None:
    [found] = run([radicale], CASES, Limits(repeat=1, seconds=1, starts=1))
    assert not radicale.process.running
    theirs = {case.key for case in CASES if not case.key.startswith(("sessions", "plain"))}
    assert {key for key, row in found.rows.items() if row.times and not row.failed} == theirs
    assert all(time > 0 for row in found.rows.values() for time in row.times)
    assert found.rows["sessions_put_new"].remark == "n/a: no sessions collection"
    assert found.rows["whole_unchanged"].remark == "answers 200 and everything"
    assert found.memory > 10_000_000
    assert found.disk > TINY * 1000
    assert 0 < found.start_s[0] < 60
    assert found.version.startswith("3.9")


def test_rows_that_are_compared_take_turns(radicale: Radicale) -> None:
    asked: list[str] = []

    def case(key: str, beside: str | None = None) -> Case:
        def build(server: Server, turn: int) -> Trial:
            asked.append(key)
            return poll(server, turn)

        return Case(key, key, build, beside=beside)

    run([radicale], [case("one"), case("other", "one"), case("alone")], Limits(repeat=3, starts=1))
    assert asked == ["other", "one", "one", "other", "other", "one", "one", "other", *["alone"] * 4]


def test_an_incomplete_answer_is_no_result(radicale: Radicale) -> None:
    empty = Answer(b"HTTP/1.1 207 Multi-Status", b'<multistatus xmlns="DAV:"/>')
    with pytest.raises(Wrong, match=r"objects in the month: 0 instead of \d+"):
        month(radicale, 0).check(empty)
    start = MONTH[0].strftime("%Y%m%dT%H%M%SZ")
    lines = f"BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\nFREEBUSY:{start}/PT1H\r\nEND:VFREEBUSY\r\n"
    with pytest.raises(Wrong, match="busy time"):
        free_busy(radicale, 0).check(Answer(b"HTTP/1.1 200 OK", lines.encode()))


def test_a_chunked_answer_is_put_together() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"
    assert Answer(head, b"3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n").body == b"abc0123456789"
    assert Answer(head, b"").header("transfer-encoding") == "chunked"


def test_an_occurrence_that_only_touches_the_month_is_outside() -> None:
    event = replace(make_event(0), day=date(2026, 12, 31), minutes=60)
    inside = list(event.instances(datetime(2026, 12, 31, 0, tzinfo=UTC), MONTH[0]))
    assert len(inside) == 1
    assert list(event.instances(inside[0][1], MONTH[1])) == []


def test_a_later_event_keeps_its_pattern() -> None:
    today = date(2029, 5, 1)
    for event in (make_event(number) for number in range(40)):
        later = event.after(today)
        assert later.day > today
        assert (later.day - event.day).days % 7 == 0
        assert (later.rule is None) == (event.rule is None)
        assert all(day > later.day for day in {*later.dropped, *later.moved})
    assert make_event(0).after(date(2020, 1, 1)) == make_event(0)


def test_a_moved_component_is_the_one_asked_for() -> None:
    lines = "BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Paris:20260302T0{0}0000\r\nEND:VEVENT\r\n"
    text = f"BEGIN:VCALENDAR\r\n{lines.format(8)}{lines.format(9)}END:VCALENDAR\r\n"
    assert moves.moved_part(text, 1, 7) == text.replace("T090000", "T090700")
    assert moves.moved_part(text, 0, 12) == text.replace("T080000", "T081200")


def test_a_tiny_run_of_the_series_rows(tmp_path: Path) -> None:
    found = series.measure(tmp_path / "series", TINY, 2)
    assert len(found.single) == len(found.override) == 2
    assert min(*found.single, *found.override, found.roll) > 0
    assert found.endless == 7
    assert 4 * found.endless <= found.added <= 5 * found.endless


def test_series_are_judged_beside_a_single_put() -> None:
    single, override = [2.0, 4.0, 6.0], [13.0, 11.0]
    found = series.Measured(100, single, override, endless=10, added=40, roll=80.0)
    judged = [(each.measured, each.met) for each in series.verdicts(found)]
    assert judged == [("3.00 x", True), ("0.50 x", True)]
    slow = replace(found, override=[12.1], roll=481.0)
    assert [each.met for each in series.verdicts(slow)] == [False, False]
    block = report.text([], series.text(slow), series.verdicts(slow))
    assert "## Targets: 0 of 2 met" in block
    line = next(each for each in block.splitlines() if "50 in a series of 500" in each)
    assert [cell.strip() for cell in line.split("|")[2:-1]] == ["12.1 / 12.1 (1x)", "3.02 x", "<= 3", "NO"]


def test_the_practice_file_is_accepted_and_has_moves_to_try() -> None:
    today = date(2026, 3, 2)
    file = parse(practice_file("bench", SAMPLE, today))
    sessions = file.organizations[0].sessions
    assert len(sessions) == SAMPLE
    coming = [
        each for each in sessions if each.repeat is None and each.start and each.start[:10] > "2026-03-04"
    ]
    assert len(coming) > SAMPLE // 4
