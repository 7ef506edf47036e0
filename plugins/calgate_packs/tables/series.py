"""Rows of R-SER. `ok` is what an allowed change leads to in the pack."""

# Rows are read as a table.
# fmt: off

from __future__ import annotations

from calgate.domain.change import Cancel, Create, Cut, Delete, Edit, Field, Repattern, Undo
from calgate.domain.scenario import Scenario
from calgate.domain.session import Cancellation, Fact, Override, Status
from calgate_packs.tables.world import at, event, instant, move, row, series

PAST = "Past appointments in a series can't be changed."
NOT_ALL = (
    "A series that has begun can't be changed as a whole. Change this appointment, or this and later ones."
)
STAYS = "Past appointments stay as they were. The change holds from the next appointment on."
PATTERN = "Use one weekly series per weekday."
LAST_WEEK, NEXT_WEEK = "2026-02-24 14:00", "2026-03-10 14:00"
LOCKED = (
    "A later appointment of this series is locked, so the series can't end here. Contact your organization."
)
UNTIL_NEXT_WEEK = "FREQ=WEEKLY;UNTIL=20260310T175959Z"


def rows(ok: str) -> tuple[Scenario, ...]:
    """R-SER-1, 2, 4, 5, 10 and 11."""
    return (*_past(ok), *_whole(ok), *_cuts(), *_patterns(ok), *limits())


def _past(ok: str) -> tuple[Scenario, ...]:
    gone = Override(on=at(LAST_WEEK), status=Status.CANCELLED, cancel=Cancellation("no_show"))
    return (
        row("R-SER-1", "a future occurrence is moved", series(),
            move("2026-03-11 09:00", "2026-03-11 10:00", NEXT_WEEK), ok),
        row("R-SER-1", "a past occurrence is moved", series(),
            move("2026-02-25 14:00", "2026-02-25 15:00", LAST_WEEK), "refused R-SER-1", PAST),
        row("R-SER-1", "a past occurrence's instructions are edited", series(),
            Edit(Field.INSTRUCTIONS, "Ring twice.", at(LAST_WEEK)), "refused R-SER-1", PAST),
        row("R-SER-1", "a past occurrence is cancelled through a calendar", series(),
            Cancel(type="no_show", on=at(LAST_WEEK)), "refused R-SER-1", PAST),
        row("R-SER-1", "a past occurrence is a no-show, says the portal", series(),
            Cancel(type="no_show", on=at(LAST_WEEK)), "allowed", calendar=False),
        row("R-SER-1", "a past occurrence's cancellation is undone through a calendar", series(gone),
            Undo(at(LAST_WEEK)), "refused R-SER-1", PAST),
        row("R-SER-1", "an occurrence that starts at this very moment is past", series(),
            move("2026-03-04 14:00", "2026-03-04 15:00", "2026-03-03 14:00"), "refused R-SER-1", PAST,
            now=instant("2026-03-03 14:00")),
        row("R-SER-1", "a series that has not begun is shifted as a whole", series(),
            move("2026-02-03 15:00", "2026-02-03 16:00"), ok, now=instant("2026-02-02 09:00")),
        row("R-SER-1", "the organization moves a past occurrence", series(),
            move("2026-02-25 14:00", "2026-02-25 15:00", LAST_WEEK), "allowed, overriding R-SER-1",
            role="org"),
        row("R-SER-1", "a running series is cancelled: its past stays", series(), Cancel(type="other"),
            "allowed"),
        row("R-SER-1", "a series of which nothing is to come is deleted",
            series(rrule="FREQ=WEEKLY;COUNT=3"), Cancel(deleted=True), "refused R-SER-1", PAST),
        row("R-SER-1", "one of which something moved is to come",
            series(Override(on=at("2026-02-17 14:00"), start=at("2026-03-04 14:00"),
                            end=at("2026-03-04 15:00")), rrule="FREQ=WEEKLY;COUNT=3"),
            Cancel(deleted=True), "allowed"),
        row("R-SER-1", "a past day of another event is removed",
            event("2026-02-03 12:00", "2026-02-03 13:00", rrule="FREQ=WEEKLY"),
            Delete(at("2026-02-24 12:00")), "refused R-SER-1", PAST),
    )


def _whole(ok: str) -> tuple[Scenario, ...]:
    """Running series changed as a whole: only what is still to come changes, and only that is judged."""
    told = f"{ok}, told R-SER-2"
    claimed, signed = frozenset({Fact.CLAIM}), frozenset({Fact.NOTE_SIGNED})
    later = move("2026-02-03 15:00", "2026-02-03 16:00")
    kept_for = Override(on=at(NEXT_WEEK), instructions="Bring the blue folder.", facts=claimed)
    return (
        row("R-SER-2", "a running series is shifted as a whole", series(), later, told, STAYS),
        row("R-SER-2", "the policy doesn't split", series(), later, "refused R-SER-2", NOT_ALL,
            policy={"series_all_edit": "refuse"}),
        row("R-SER-2", "nor for a text", series(), Edit(Field.INSTRUCTIONS, "Ring twice."), "refused R-SER-2",
            NOT_ALL, policy={"series_all_edit": "refuse"}),
        row("R-SER-2", "the instructions of a running series are edited", series(),
            Edit(Field.INSTRUCTIONS, "Ring twice."), told),
        row("R-SER-2", "a running series goes on longer", series(rrule="FREQ=WEEKLY;COUNT=8"),
            Repattern("FREQ=WEEKLY;COUNT=12"), told),
        row("R-SER-2", "a series that is over goes on", series(rrule="FREQ=WEEKLY;COUNT=3"),
            Repattern("FREQ=WEEKLY;COUNT=12"), told),
        row("R-SER-1", "a series that is over is shifted", series(rrule="FREQ=WEEKLY;COUNT=3"), later,
            "refused R-SER-1", PAST),
        row("R-SER-1", "the instructions of a series that is over", series(rrule="FREQ=WEEKLY;COUNT=3"),
            Edit(Field.INSTRUCTIONS, "Ring twice."), "refused R-SER-1", PAST),
        row("R-SER-2 R-LOCK-1", "a past occurrence is on a claim",
            series(Override(on=at(LAST_WEEK), facts=claimed)), later, told),
        row("R-SER-2 R-LOCK-1", "a future occurrence is on a claim",
            series(Override(on=at(NEXT_WEEK), facts=claimed)), later, "refused R-LOCK-1"),
        row("R-SER-2 R-LOCK-1", "it goes every other week although a future occurrence is on a claim",
            series(Override(on=at(NEXT_WEEK), facts=claimed)), Repattern("FREQ=WEEKLY;INTERVAL=2"),
            "refused R-LOCK-1"),
        row("R-SER-2 R-LOCK-6", "a future occurrence's note is signed",
            series(Override(on=at(NEXT_WEEK), facts=signed)), Edit(Field.LOCATION, "online"),
            "refused R-LOCK-6"),
        row("R-SER-2 R-LOCK-1", "a claimed occurrence keeps the text of its own", series(kept_for),
            Edit(Field.INSTRUCTIONS, "Ring twice."), told),
        row("R-SER-2 R-SER-1", "a past occurrence is changed along", series(),
            (later, move("2026-02-25 09:00", "2026-02-25 10:00", "2026-02-24 15:00")), "refused R-SER-1",
            PAST),
        row("R-SER-2", "a past occurrence's own time is repeated",
            series(Override(on=at(LAST_WEEK), start=at("2026-02-25 09:00"), end=at("2026-02-25 10:00"))),
            (later, move("2026-02-25 09:00", "2026-02-25 10:00", "2026-02-24 15:00")), told),
        row("R-SER-2 R-SER-1", "today's appointment would go to yesterday", series(),
            move("2026-02-02 14:00", "2026-02-02 15:00"), "refused R-SER-1", PAST),
    )


def _cuts() -> tuple[Scenario, ...]:
    moved = series(Override(on=at(NEXT_WEEK), start=at("2026-03-02 14:00"), end=at("2026-03-02 15:00")))
    signed = series(Override(on=at("2026-03-17 14:00"), facts=frozenset({Fact.NOTE_SIGNED})))
    return (
        row("R-SER-4", "a series is cut at a future occurrence", series(),
            Cut(at(NEXT_WEEK), UNTIL_NEXT_WEEK),
            "allowed"),
        row("R-SER-1 R-SER-4", "a series is cut at a past occurrence", series(),
            Cut(at(LAST_WEEK), "FREQ=WEEKLY;UNTIL=20260224T185959Z"), "refused R-SER-1", PAST),
        row("R-SER-1 R-SER-4", "a cut would take an occurrence that was moved into the past", moved,
            Cut(at(NEXT_WEEK), UNTIL_NEXT_WEEK), "refused R-SER-1", PAST),
        row("R-SER-4 R-LOCK-7", "a series is cut before a signed occurrence", signed,
            Cut(at(NEXT_WEEK), UNTIL_NEXT_WEEK), "refused R-LOCK-7 R-SER-4"),
        row("R-SER-4", "a series is cut after a signed occurrence", signed,
            Cut(at("2026-03-24 14:00"), "FREQ=WEEKLY;UNTIL=20260324T175959Z"), "allowed"),
    )


def _patterns(ok: str) -> tuple[Scenario, ...]:
    return (
        *(_pattern(rrule, True, ok) for rrule in (
            "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "FREQ=WEEKLY;INTERVAL=4",
            "FREQ=MONTHLY;BYDAY=1TU",
            "FREQ=MONTHLY;BYDAY=-1TU", "FREQ=WEEKLY;INTERVAL=3;UNTIL=20270101T000000Z",
        )),
        *(_pattern(rrule, False, ok) for rrule in (
            "FREQ=DAILY;COUNT=5", "FREQ=WEEKLY;BYDAY=TU,TH", "FREQ=WEEKLY;INTERVAL=3", "FREQ=YEARLY",
            "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1", "FREQ=MONTHLY;BYMONTHDAY=3", "FREQ=MONTHLY",
        )),
        row("R-SER-5", "the policy allows any pattern", series(), Repattern("FREQ=WEEKLY;BYDAY=TU,TH"), ok,
            policy={"patterns": "any"}, now=instant("2026-02-02 09:00")),
        row("R-SER-5", "another event recurs daily", None,
            Create(event(rrule="FREQ=DAILY;COUNT=10")), "allowed"),
    )


def _pattern(rrule: str, listed: bool, ok: str) -> Scenario:
    expect, sentence = (ok, "") if listed else ("refused R-SER-5", PATTERN)
    return row("R-SER-5", f"a series becomes {rrule}", series(), Repattern(rrule), expect, sentence,
               now=instant("2026-02-02 09:00"))


def limits() -> tuple[Scenario, ...]:
    """R-SER-11."""
    many = "A series can have 400 appointments within two years at most."
    return (
        row("R-SER-11", "another event recurs daily for two years", None,
            Create(event(rrule="FREQ=DAILY;COUNT=401")), "refused R-SER-11", many),
        row("R-SER-11", "the organization may not either", None,
            Create(event(rrule="FREQ=DAILY;COUNT=401")), "refused R-SER-11", many, role="org"),
        row("R-SER-11", "400 times are allowed", None, Create(event(rrule="FREQ=DAILY;COUNT=400")),
            "allowed"),
        row("R-SER-11", "weekly without an end is allowed", None, Create(event(rrule="FREQ=WEEKLY")),
            "allowed"),
        row("R-SER-11", "more than 400 inside two years, although it has no end", event(),
            Repattern("FREQ=DAILY"), "refused R-SER-11", many),
    )
