"""Sessions with several dates: what holds for all of them and all changes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from calgate.domain.apply import apply
from calgate.domain.change import (
    AddDate,
    Cancel,
    Change,
    Create,
    Delete,
    Edit,
    EditMarker,
    Field,
    Hide,
    Move,
    Repattern,
    Replace,
    SetFact,
    Undo,
)
from calgate.domain.consent import academic_year, consent_days, has_opened, opens_on
from calgate.domain.dates import carried, spans
from calgate.domain.diff import diff
from calgate.domain.disclosure import show
from calgate.domain.event import Document
from calgate.domain.policy import Policy, policy_from
from calgate.domain.scenario import verdict_of
from calgate.domain.session import Fact, Session, Status
from calgate.domain.verdict import Allowed, Rejected
from calgate.gate import packs
from calgate_packs.tables.schools import PRACTICE, WORLD, ZONE, clinic, hours, row, school

FIRST = date(2026, 2, 1)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
days = st.integers(0, 300).map(lambda number: FIRST + number * DAY)
within_a_year = st.integers(0, 200).map(lambda number: FIRST + number * DAY)
several = st.lists(within_a_year, min_size=1, max_size=5, unique=True)
schools = several.map(lambda found: school(*(each.isoformat() for each in found)))
clinics = several.map(lambda found: clinic(*(hours(each.isoformat()) for each in found)))
sessions = schools | clinics
RDATE = policy_from({"multi_date": "rdate"})


@st.composite
def changes(draw: st.DrawFn, session: Session) -> Change:
    on = draw(st.sampled_from([each.start for each in session.dates]))
    to = draw(days)
    kind = draw(st.sampled_from(["move", "delete", "add"]))
    if kind == "delete":
        return Delete(on=on)
    new = hours(to.isoformat()) if isinstance(on, datetime) else None
    start, end = (new.start, new.end) if new else (to, to + DAY)
    if kind == "move":
        return Move(start, end, on)
    return AddDate(start, end, uid=draw(st.sampled_from(["", "of-a-client"])))


def documents(session: Session, policy: Policy) -> list[Document]:
    return list(show(session, PRACTICE, policy).values())


@given(sessions, st.sampled_from([Policy(), RDATE, policy_from({"markers": "on"})]))
def test_what_is_shown_sent_back_is_no_change(session: Session, policy: Policy) -> None:
    for document in documents(session, policy):
        assert diff(document, document, session, PRACTICE, policy) == ()


@given(st.data(), sessions)
def test_other_dates_keep_their_uids(data: st.DataObject, session: Session) -> None:
    change = data.draw(changes(session))
    after = apply(session, change, False, PRACTICE, NOW)
    assert after is not None
    before = {each.key for each in session.dates}
    kept = {each.key for each in after.dates}
    assert len(kept) == len(after.dates)
    match change:
        case Move():
            assert kept == before
        case AddDate():
            assert kept > before
        case _:
            assert kept < before
    uids = [each.uid for each in documents(after, Policy())]
    assert len(set(uids)) == len(uids)


@given(st.data(), sessions)
def test_an_allowed_write_leaves_unique_dates_in_one_year(data: st.DataObject, session: Session) -> None:
    change = data.draw(changes(session))
    if not isinstance(verdict_of(packs.find("mavis"), row("", "", session, change, "")), Allowed):
        return
    after = apply(session, change, False, PRACTICE, WORLD.now)
    assert after is not None
    starts = [each.start for each in after.dates]
    assert len(set(starts)) == len(starts)
    years = {academic_year(each.date() if isinstance(each, datetime) else each, "09-01") for each in starts}
    assert len(years) <= 1


@given(st.data(), sessions, st.sampled_from(packs.known()), st.sampled_from(["practitioner", "org"]))
def test_no_rule_crashes(data: st.DataObject, session: Session, name: str, role: str) -> None:
    on = data.draw(st.none() | st.sampled_from([each.start for each in session.dates]))
    facts = data.draw(st.frozensets(st.sampled_from(list(Fact)), max_size=2))
    one = replace(session, facts=facts, status=data.draw(st.sampled_from(list(Status))))
    others: list[Change] = [
        Cancel(type="other", on=on),
        Undo(on),
        Hide(),
        Repattern("FREQ=DAILY"),
        EditMarker(),
        SetFact(Fact.CLAIM, on=on),
        Edit(Field.LOCATION, "elm", on),
        Replace(replace(one, dates=one.dates[1:])),
        Create(one),
        Delete(),
    ]
    write = tuple(data.draw(st.lists(changes(session) | st.sampled_from(others), min_size=1, max_size=3)))
    verdict = verdict_of(
        packs.find(name), row("", "", one, write, "", role=role, calendar=data.draw(st.booleans()))
    )
    if isinstance(verdict, Rejected):
        assert [each for each in verdict.all if each.fault] == []


@given(sessions, several)
def test_the_practices_new_version_keeps_what_it_can(session: Session, wanted: list[date]) -> None:
    new = school(*(each.isoformat() for each in wanted))
    named = carried(session, new)
    assert spans(named) == spans(new)
    assert len({each.key for each in named.dates}) == len(named.dates)
    old, kept = {each.key for each in session.dates}, {each.key for each in named.dates}
    assert len(old & kept) == min(len(session.dates), len(new.dates))
    assert carried(named, new) == named


@given(schools, several)
def test_one_event_of_all_dates_may_be_changed_in_any_way(session: Session, wanted: list[date]) -> None:
    (document,) = documents(session, RDATE)
    assert document.master is not None
    first, *others = sorted(wanted)
    master = replace(document.master, start=first, end=first + DAY, rdates=tuple(others))
    after: Session | None = session
    for change in diff(document, replace(document, master=master), session, PRACTICE, RDATE):
        after = apply(after, change, False, PRACTICE, NOW)
    assert after is not None
    assert [each.start for each in after.dates] == sorted(wanted)


@given(st.data(), sessions)
def test_consent_days_lie_around_the_dates(data: st.DataObject, session: Session) -> None:
    after = apply(session, data.draw(changes(session)), False, PRACTICE, NOW)
    assert after is not None
    found = consent_days(after)
    if found is None:
        assert after.dates == ()
        return
    assert list(found.reminders_on) == sorted(set(found.reminders_on))
    assert all(each > found.opens_on for each in found.reminders_on)
    assert max(found.session_reminders_on) == found.closes_on
    if has_opened(session, NOW, ZONE):
        assert opens_on(after) == opens_on(session)
