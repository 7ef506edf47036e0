"""What no allowed write of a practitioner does, whatever the session and the changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from calgate.domain.apply import apply
from calgate.domain.change import (
    Cancel,
    Change,
    Cut,
    Delete,
    Edit,
    Field,
    Hide,
    Move,
    Repattern,
    Undo,
)
from calgate.domain.recurrence import occurrences, truncated
from calgate.domain.rules.facts import started
from calgate.domain.scenario import verdict_of
from calgate.domain.session import Fact, Override, ScheduledBy, Session, Status
from calgate.domain.splitting import divided
from calgate.domain.verdict import Allowed, Rejected
from calgate.domain.week import local_day
from calgate.domain.when import Span, When, plus
from calgate.gate import packs
from calgate_packs.tables.world import WORLD, at, event, move, org, own, past, row, series

ZONE = WORLD.practice.zone
FIRST = at("2026-02-03 14:00")
SLOTS: list[When] = [FIRST + timedelta(weeks=week) for week in range(8)]

slots = st.sampled_from(SLOTS)
statuses = st.sampled_from(list(Status))
facts = st.frozensets(st.sampled_from(list(Fact)), max_size=2)


@st.composite
def moves(draw: st.DrawFn, *, within_series: bool = True) -> Move:
    start = plus(draw(slots), timedelta(minutes=draw(st.integers(-3000, 3000))))
    end = plus(start, timedelta(minutes=draw(st.integers(-10, 1600))))
    return Move(start, end, on=draw(st.none() | slots) if within_series else None)


@st.composite
def changes(draw: st.DrawFn, session: Session) -> Change:
    on = draw(st.none() | slots) if session.is_series else None
    kinds: list[st.SearchStrategy[Change]] = [
        moves(within_series=session.is_series),
        st.just(Edit(Field.INSTRUCTIONS, "Ring twice.", on)),
        st.just(Edit(Field.LOCATION, "online", on)),
        st.builds(Cancel, type=st.sampled_from(["", "no_show"]), on=st.just(on), deleted=st.booleans()),
        st.just(Undo(on)),
        st.just(Delete(on)),
        st.just(Hide()),
    ]
    if session.rrule is not None:
        cut = draw(slots)
        kinds.append(st.just(Cut(cut, truncated(session.rrule, session.start, cut))))
        kinds += [st.just(Repattern(each)) for each in ("FREQ=WEEKLY;INTERVAL=2", "FREQ=DAILY", None)]
    return draw(st.one_of(kinds))


@st.composite
def overridden(draw: st.DrawFn) -> Session:
    overrides = []
    for on in draw(st.lists(slots, unique=True, max_size=3)):
        start = plus(on, timedelta(minutes=draw(st.integers(-2000, 2000))))
        overrides.append(
            Override(
                on=on,
                start=start,
                end=plus(start, timedelta(hours=1)),
                facts=draw(facts),
                status=draw(st.none() | statuses),
            )
        )
    session = series(*overrides, status=draw(statuses), facts=draw(facts))
    by = draw(st.sampled_from([ScheduledBy.ORG, ScheduledBy.SELF]))
    return replace(session, scheduled_by=by, original=Span(session.start, session.end))


sessions = st.one_of(
    overridden(),
    st.builds(own, status=statuses, facts=facts),
    st.builds(past, status=statuses, facts=facts),
    st.builds(org, status=statuses, facts=facts),
    st.builds(event),
)


@given(st.data(), st.sampled_from(packs.known()), sessions, st.sampled_from(["practitioner", "org"]))
def test_no_rule_crashes(data: st.DataObject, name: str, session: Session, role: str) -> None:
    write = tuple(data.draw(st.lists(changes(session), min_size=1, max_size=3)))
    scenario = row("", "", session, write, "", role=role, calendar=data.draw(st.booleans()))
    verdict = verdict_of(packs.find(name), scenario)
    if isinstance(verdict, Rejected):
        assert [each for each in verdict.all if each.fault] == []


@given(st.data(), st.sampled_from(["provider_app", "sessions_health"]), overridden())
def test_past_occurrences_stay_on_their_day(data: st.DataObject, name: str, session: Session) -> None:
    change = data.draw(changes(session))
    verdict = verdict_of(packs.find(name), row("", "", session, change, ""))
    if not isinstance(verdict, Allowed) or isinstance(change, Hide):
        return
    # A future occurrence may be moved into the past; what was there stays.
    assert Counter(_past_days(session)) <= Counter(_days_after(session, change))


def _days_after(session: Session, change: Change) -> list[date]:
    """Days of past occurrences once the write is laid on: on the future half where it divides a series."""
    division = divided(session, (change,), WORLD.now, WORLD.practice)
    if division is None:
        return _past_days(apply(session, change, False, WORLD.practice, WORLD.now))
    after: Session | None = division.future
    for each in division.changes:
        after = apply(after, each, False, WORLD.practice, WORLD.now)
    return _past_days(division.past) + _past_days(after)


def _past_days(session: Session | None) -> list[date]:
    if session is None:
        return []
    window = occurrences(session, WORLD.now - timedelta(days=100), WORLD.now, ZONE)
    return [local_day(each.start, ZONE) for each in window if started(each, WORLD.now, ZONE)]


@given(st.data(), st.sampled_from(["provider_app", "sessions_health", "mavis"]), sessions)
def test_a_claim_lets_nothing_through(data: st.DataObject, name: str, session: Session) -> None:
    claimed = replace(session, facts=session.facts | {Fact.CLAIM})
    change = data.draw(changes(claimed))
    role = data.draw(st.sampled_from(["practitioner", "org"]))
    verdict = verdict_of(packs.find(name), row("", "", claimed, change, "", role=role))
    assert isinstance(verdict, Rejected)
    assert verdict.first.rule == "R-LOCK-1"


@given(st.data(), moves(within_series=False))
def test_an_organizations_session_keeps_its_week_and_length(data: st.DataObject, change: Move) -> None:
    session = org("2026-03-10 14:00", "2026-03-10 15:00")
    verdict = verdict_of(packs.find("provider_app"), row("", "", session, change, ""))
    if isinstance(verdict, Allowed):
        assert isinstance(change.start, datetime) and isinstance(change.end, datetime)
        assert change.start.isocalendar()[:2] == (2026, 11)
        assert change.end - change.start <= timedelta(hours=1)


def test_the_moves_reach_what_is_allowed() -> None:
    change = move("2026-03-13 14:00", "2026-03-13 15:00")
    session = org("2026-03-10 14:00", "2026-03-10 15:00")
    assert isinstance(verdict_of(packs.find("provider_app"), row("", "", session, change, "")), Allowed)
