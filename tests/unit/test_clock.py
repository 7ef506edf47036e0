from datetime import UTC, datetime, timedelta

from calgate.clock import Clock


def test_the_clock_is_the_systems() -> None:
    before = datetime.now(UTC)
    assert before <= Clock().now() <= datetime.now(UTC)


def test_a_demo_clock_starts_where_it_is_told_and_runs_on() -> None:
    moment = datetime.fromisoformat("2026-03-02T09:00-05:00")
    clock = Clock.starting_at(moment)
    first, second = clock.now(), clock.now()
    assert moment <= first <= second < moment + timedelta(seconds=30)
    assert first.tzinfo is UTC
