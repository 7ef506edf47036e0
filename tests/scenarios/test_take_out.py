"""Every rule is load-bearing: without it, a scenario that is named with it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, make_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calgate.domain import apply, change, consent, diff, disclosure, judge, recurrence, second_half, splitting
from calgate.domain.change import Edit, Field
from calgate.domain.consent import Progress
from calgate.domain.event import Document, Event
from calgate.domain.policy import Policy
from calgate.domain.practice import Practice
from calgate.domain.scenario import run
from calgate.domain.session import Override, Session, Status
from calgate.domain.when import When
from calgate.gate import packs, rulebook
from calgate.ical import personal, zones
from calgate.ical import read as ical_read
from calgate.ical import times as ical_times
from calgate.ical.errors import BadCalendar
from calgate_packs.tables.schools import school
from calgate_packs.tables.world import PRACTICE, WORLD, ZONE, instant, own, series

HELD = [(name, rule.id) for name in packs.known() for rule in packs.find(name).rules]
SECTIONS = {
    "GEN": range(1, 11),
    "LOCK": range(1, 8),
    "STA": range(1, 9),
    "ORG": range(1, 11),
    "NEW": range(1, 8),
    "HRS": range(1, 2),
    "OWN": range(1, 5),
    "CAN": range(1, 8),
    "SER": range(1, 12),
    "DAT": range(1, 12),
}


@pytest.mark.parametrize(("name", "rule_id"), HELD, ids=[f"{name}-{rule}" for name, rule in HELD])
def test_without_the_rule_a_scenario_named_with_it_fails(name: str, rule_id: str) -> None:
    pack = packs.find(name)
    poorer = replace(pack, rules=tuple(rule for rule in pack.rules if rule.id != rule_id))
    rows = [row for row in packs.scenarios(name) if rule_id in row.ids]
    assert rows
    assert all(run(pack, row) == "" for row in rows)
    assert any(run(poorer, row) for row in rows)


def test_every_rule_of_the_catalogue_has_a_place() -> None:
    catalogue = {f"R-{family}-{number}" for family, numbers in SECTIONS.items() for number in numbers}
    places = {rule_id for _, rule_id in HELD} | {rule_id for rule_id, _, _ in rulebook.ELSEWHERE}
    assert catalogue == places


def test_a_rule_has_one_place() -> None:
    assert {rule_id for _, rule_id in HELD}.isdisjoint(rule_id for rule_id, _, _ in rulebook.ELSEWHERE)


@dataclass(frozen=True)
class Elsewhere:
    """A rule that no pack can leave out: what proves it, and what to put in place of what to take it out."""

    rule: str
    where: str
    instead: Any
    proof: Callable[[], None] | None = field(default=None)

    def prove(self) -> None:
        """Fails unless the rule holds: by its proof, or by the scenarios of provider_app that name it."""
        if self.proof is not None:
            self.proof()
            return
        rows = [row for row in packs.scenarios("provider_app") if self.rule in row.ids]
        assert rows
        assert [text for row in rows if (text := run(packs.find("provider_app"), row))] == []


def body(*lines: str) -> bytes:
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//")
    return "\r\n".join((*head, *lines, "END:VCALENDAR", "")).encode()


def vevent(*lines: str, uid: str = "a") -> tuple[str, ...]:
    start = ("DTSTART:20260305T100000", "DTEND:20260305T110000")
    return ("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260301T000000Z", *start, *lines, "END:VEVENT")


def one_uid_only() -> None:
    parts = (*vevent("RRULE:FREQ=WEEKLY"), *vevent("RECURRENCE-ID:20260312T100000", uid="b"))
    with pytest.raises(BadCalendar, match="one UID only") as caught:
        ical_read.read(body(*parts), ZONE)
    assert caught.value.precondition.endswith("}valid-calendar-object-resource")


def no_range() -> None:
    parts = (*vevent("RRULE:FREQ=WEEKLY"), *vevent("RECURRENCE-ID;RANGE=THISANDFUTURE:20260312T100000"))
    with pytest.raises(BadCalendar, match="RANGE") as caught:
        ical_read.read(body(*parts), ZONE)
    assert caught.value.precondition.endswith("}valid-calendar-object-resource")


def floating_times_are_the_calendars() -> None:
    master = ical_read.read(body(*vevent()), ZONE).document.master
    assert master is not None
    assert master.start == datetime(2026, 3, 5, 15, tzinfo=UTC)


def telehealth_adds_95() -> None:
    online = Edit(Field.LOCATION, "online")
    after = apply.apply(own(), online, by_org=False, practice=PRACTICE, now=WORLD.now)
    assert after is not None
    assert after.modifiers == ("95",)
    weekly = series(Override(on=instant("2026-03-10 14:00"), location="online"))
    shown = disclosure.show(weekly, PRACTICE, Policy())[""]
    assert shown.master is not None
    marks = [each.marks.get("MODIFIERS") for each in (shown.master, *shown.overrides)]
    assert marks == [None, "95"]


def no_fee() -> None:
    assert {each.name for each in fields(change.Cancel)} == {"type", "reason", "on", "deleted"}


def wall_clock_is_kept() -> None:
    tuesdays = list(recurrence.starts(instant("2026-03-03 14:00"), "FREQ=WEEKLY;COUNT=2"))
    assert tuesdays == [instant("2026-03-03 14:00"), instant("2026-03-10 14:00")]
    assert [each.astimezone(UTC).hour for each in tuesdays if isinstance(each, datetime)] == [19, 18]


RUNNING = own("2026-02-03 14:00", "2026-02-03 15:00", rrule="FREQ=WEEKLY;COUNT=10")
HALF = own("2026-03-10 14:00", "2026-03-10 15:00", rrule="FREQ=WEEKLY;COUNT=10", room="2")


def a_second_half_is_known() -> None:
    assert second_half.slot_of(HALF, RUNNING, named=False) == HALF.start
    assert second_half.slot_of(replace(HALF, client="c-102"), RUNNING, named=False) is None


def a_count_is_reduced() -> None:
    assert RUNNING.rrule is not None
    assert second_half.counted(HALF, RUNNING.rrule, RUNNING.start, HALF.start).rrule == "FREQ=WEEKLY;COUNT=5"


def halves_are_related() -> None:
    division = splitting.divided(RUNNING, (Edit(Field.INSTRUCTIONS, "Ring twice."),), WORLD.now, PRACTICE)
    assert division is not None
    assert division.past.related == (("NEXT", division.future.uid),)
    assert division.future.related == (("FIRST", division.past.uid),)


def document(start: str = "2026-03-05 10:00", zone: ZoneInfo = ZONE, **more: Any) -> Document:
    begin = instant(start).astimezone(zone)
    end = begin + timedelta(hours=1)
    return Document(uid="s-1@example", master=Event(start=begin, end=end, summary="N. L.", **more))


def difference(shown: Document, sent: Document, session: Session) -> tuple[change.Change, ...]:
    return diff.diff(shown, sent, session, PRACTICE, Policy())


def compared_with_what_was_shown() -> None:
    meanwhile = own("2026-03-05 12:00", "2026-03-05 13:00")
    assert difference(document(), document(), meanwhile) == ()
    assert difference(document(), document("2026-03-05 11:00"), meanwhile) != ()


def instants_are_compared() -> None:
    assert difference(document(), document(zone=ZoneInfo("Europe/London")), own()) == ()


def generated_titles_are_no_edits() -> None:
    shown = document()
    assert shown.master is not None
    renamed = replace(shown, master=replace(shown.master, summary="Lunch"))
    assert difference(shown, renamed, own()) == ()


def an_exdate_repeats_a_cancellation() -> None:
    on = instant("2026-03-12 10:00")
    gone = Event(start=on, end=on + timedelta(hours=1), recurrence_id=on, status="CANCELLED", summary="N. L.")
    shown = replace(document(rrule="FREQ=WEEKLY"), overrides=(gone,))
    session = own(rrule="FREQ=WEEKLY", overrides=(Override(on=on, status=Status.CANCELLED),))
    assert difference(shown, document(rrule="FREQ=WEEKLY", exdates=(on,)), session) == ()


def personal_properties_are_no_difference() -> None:
    plain = ical_read.read(body(*vevent()), ZONE)
    marked = ical_read.read(body(*vevent("X-MOZ-LASTACK:20260305T095500Z")), ZONE)
    assert marked.document == plain.document
    assert marked.personal == {"": ("X-MOZ-LASTACK:20260305T095500Z",)}


def absence_deletes_nothing() -> None:
    assert personal.merge({"": ("X-COLOUR:blue",)}, {}) == {"": ("X-COLOUR:blue",)}
    assert personal.merge({"": ("X-COLOUR:blue",)}, {"": ("X-SHAPE:round",)})[""] == (
        "X-COLOUR:blue",
        "X-SHAPE:round",
    )


def three_dates() -> Session:
    return school("2026-04-16", "2026-04-23", "2026-04-30")


def requests_go_out_three_weeks_before() -> None:
    days = consent.consent_days(three_dates())
    assert days is not None
    assert (days.opens_on, days.closes_on) == (date(2026, 3, 26), date(2026, 4, 29))


def progress_follows_the_dates() -> None:
    words = [show(date(2026, 4, day)) for day in (15, 16, 17)]
    assert words == ["Status: Scheduled", "Status: In progress", "Status: Scheduled"]
    assert show(date(2026, 5, 1)) == "Status: Completed"


def show(today: date) -> str:
    documents = disclosure.show(three_dates(), PRACTICE, Policy(), notes=disclosure.Notes(today=today))
    master = documents["20260416"].master
    assert master is not None
    return master.description.split("\n")[0]


def one_event_per_date() -> None:
    documents = disclosure.show(three_dates(), PRACTICE, Policy())
    assert [each.master.start for each in documents.values() if each.master] == [
        date(2026, 4, 16),
        date(2026, 4, 23),
        date(2026, 4, 30),
    ]


def from_the_session(
    shown: Document, sent: Document, session: Session, practice: Practice, policy: Policy
) -> tuple[change.Change, ...]:
    assert shown.master is not None
    true = replace(shown, master=replace(shown.master, start=session.start, end=session.end))
    return _diff(true, sent, session, practice, policy)


def every_exdate(found: Any, is_own: bool) -> list[change.Change]:
    return [change.Cancel(on=each) for each in found.after.exdates]


def by_elapsed_time(start: datetime, rrule: str, *more: object) -> Iterator[When]:
    zone = start.tzinfo
    return iter([start, (start.astimezone(UTC) + timedelta(days=7)).astimezone(zone)])


def any_range(component: Any, known: Any) -> ical_times.Times:
    return replace(ical_times.of(component, known), this_and_future=False)


def utc_zones(calendar: Any, zone: ZoneInfo) -> Any:
    return _zones(calendar, ZoneInfo("UTC"))


_zones = zones.Zones
_diff = diff.diff
_judge = judge.judge
FEES = make_dataclass("Cancel", ["type", "reason", "on", "deleted", "fee"])
OTHERS = (
    Elsewhere("R-GEN-1", "calgate.domain.scenario.judge", lambda pack, cases: _judge(pack, cases[:1])),
    Elsewhere("R-GEN-2", "calgate.domain.diff.diff", from_the_session, compared_with_what_was_shown),
    Elsewhere(
        "R-GEN-3", "calgate.ical.read.is_personal", lambda name: False, personal_properties_are_no_difference
    ),
    Elsewhere("R-GEN-4", "calgate.ical.personal.merge", lambda old, new: new, absence_deletes_nothing),
    Elsewhere("R-GEN-5", "calgate.domain.diff.same", lambda a, b: str(a) == str(b), instants_are_compared),
    Elsewhere("R-GEN-6", "calgate.domain.rules.facts.started", lambda session, now, zone: False),
    Elsewhere(
        "R-GEN-7",
        "calgate.domain.fields.View.is_own",
        property(lambda view: True),
        generated_titles_are_no_edits,
    ),
    Elsewhere("R-GEN-10", "calgate.ical.shape._uid", lambda found: "a", one_uid_only),
    Elsewhere("R-LOCK-5", "calgate.domain.rules.locks.may_edit_times", lambda case: False),
    Elsewhere("R-ORG-1", "calgate.domain.rules.organization.same_week", lambda *given: False),
    Elsewhere("R-ORG-8", "calgate.domain.rules.organization.same_week", lambda *given: True),
    Elsewhere("R-NEW-4", "calgate.ical.read.Zones", utc_zones, floating_times_are_the_calendars),
    Elsewhere("R-NEW-7", "calgate.domain.telehealth.PLACES", frozenset(), telehealth_adds_95),
    Elsewhere("R-OWN-1", "calgate.domain.rules.organization.of_org", lambda case: True),
    Elsewhere("R-OWN-4", "calgate.domain.rules.organization.of_org", lambda case: True),
    Elsewhere(
        "R-DAT-2",
        "calgate.domain.consent.REQUESTS_BEFORE",
        timedelta(days=14),
        requests_go_out_three_weeks_before,
    ),
    Elsewhere(
        "R-DAT-6",
        "calgate.domain.texts.progress",
        lambda session, today: Progress.SCHEDULED,
        progress_follows_the_dates,
    ),
    Elsewhere(
        "R-DAT-8",
        "calgate.domain.disclosure._dated",
        lambda view, session: {"": Event(start=session.start, end=session.end)},
        one_event_per_date,
    ),
    Elsewhere("R-CAN-3", "calgate.domain.change.Cancel", FEES, no_fee),
    Elsewhere("R-CAN-5", "calgate.domain.rules.cancel.in_error", lambda change, session, policy: False),
    Elsewhere(
        "R-SER-3", "calgate.domain.series.removed_dates", every_exdate, an_exdate_repeats_a_cancellation
    ),
    Elsewhere(
        "R-SER-6", "calgate.domain.second_half._alike", lambda new, series: False, a_second_half_is_known
    ),
    Elsewhere(
        "R-SER-7", "calgate.domain.second_half.remaining", lambda rrule, start, at: rrule, a_count_is_reduced
    ),
    Elsewhere(
        "R-SER-8",
        "calgate.domain.splitting.linked",
        lambda session, relation, uid: session,
        halves_are_related,
    ),
    Elsewhere("R-SER-9", "calgate.ical.read.of", any_range, no_range),
    Elsewhere("R-SER-10", "calgate.domain.recurrence.starts", by_elapsed_time, wall_clock_is_kept),
)

BY_THE_GATE = {
    "R-GEN-9": "a stale If-Match is 412, whatever the rules would say",
    "R-CAN-2": "a DELETE is 204 and the session comes back as cancelled; the next one hides it",
    "R-CAN-6": "a DELETE of the sessions collection is refused",
}
"""Rules that only a whole gate can show: proved and taken out in tests/integration."""


def test_every_rule_outside_the_packs_is_taken_out_somewhere() -> None:
    proved = {each.rule for each in OTHERS}
    assert proved | BY_THE_GATE.keys() == {rule_id for rule_id, _, _ in rulebook.ELSEWHERE}
    assert proved.isdisjoint(BY_THE_GATE)


@pytest.mark.parametrize("other", OTHERS, ids=lambda each: each.rule)
def test_what_no_pack_can_leave_out_holds(other: Elsewhere) -> None:
    other.prove()


@pytest.mark.parametrize("other", OTHERS, ids=lambda each: each.rule)
def test_taken_out_it_is_missed(other: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(other.where, other.instead)
    with pytest.raises(BaseException) as caught:
        other.prove()
    assert isinstance(caught.value, AssertionError | pytest.fail.Exception)
