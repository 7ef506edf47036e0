"""Rows of R-NEW and R-OWN. `ok` is what an allowed change leads to, `created` where a creation leads."""

# Rows are read as a table.
# fmt: off

from __future__ import annotations

from calgate.domain.change import Create, Delete, Edit, Field, Repattern
from calgate.domain.scenario import Scenario
from calgate.domain.session import Kind, ScheduledBy
from calgate_packs.tables.world import (
    CANCELLED,
    THURSDAY,
    event,
    instant,
    move,
    org,
    own,
    past,
    row,
)

UNNAMED = "Name one of your clients and one service in the title."
TIMES = "Give a start and end time."
TAKEN = "You have another session at this time."
ORG_TAKEN = "Your organization has scheduled another session for you at this time. Contact your organization."
BACK = "Sessions can be added up to 14 days back. Contact your organization."


def creation(ok: str, created: str, backdated: str) -> tuple[Scenario, ...]:
    """R-NEW-1, 2, 3, 5, 6."""
    return (*_recognized(created), *_times(ok, created), *_backdated(backdated), *_double(ok, created))


def _recognized(created: str) -> tuple[Scenario, ...]:
    return (
        row("R-NEW-1 R-NEW-2", "a client session is added", None, Create(own()), created),
        row("R-NEW-1", "a client session without a service", None, Create(own(service=None)),
            "refused R-NEW-1", UNNAMED),
        row("R-NEW-1", "a client contact needs no service", None,
            Create(own(kind=Kind.CLIENT_CONTACT, service=None)), created),
        row("R-NEW-1", "an event without a client is another event", None, Create(event()), "allowed"),
        row("R-NEW-1", "the policy refuses events without a client", None, Create(event()), "refused R-NEW-1",
            UNNAMED, policy={"new_unmatched": "refuse"}),
        row("R-NEW-2", "a copy of a cancelled event stays cancelled", None, Create(own(**CANCELLED)),
            "allowed"),
        row("R-NEW-2", "a client of nobody's is named by its id", None, Create(own(client="c-103")),
            "refused R-NEW-2"),
        row("R-NEW-2", "the organization adds a session: its status stands", None, Create(org()), "allowed",
            role="org"),
    )


def _times(ok: str, created: str) -> tuple[Scenario, ...]:
    day = own(start="2026-03-05", end="2026-03-06")
    return (
        row("R-NEW-3", "any minute is valid", own(), move("2026-03-05 10:07", "2026-03-05 10:49"), ok),
        row("R-NEW-3", "an all-day client session", None, Create(day), "refused R-NEW-3", TIMES),
        row("R-NEW-3", "a client session is moved to a whole day", own(), move("2026-03-05", "2026-03-06"),
            "refused R-NEW-3", TIMES),
        row("R-NEW-3", "an all-day other event", None, Create(event("2026-03-05", "2026-03-07")), "allowed"),
        row("R-NEW-3", "a session without length", None, Create(own(end=THURSDAY[0])), "refused R-NEW-3",
            "The end must be after the start."),
        row("R-NEW-3", "24 hours", None, Create(own(end="2026-03-06 10:00")), created),
        row("R-NEW-3", "24 hours and a minute", None, Create(own(end="2026-03-06 10:01")), "refused R-NEW-3",
            "A session can last 24 hours at most."),
        row("R-NEW-3", "the organization may not either", None, Create(day), "refused R-NEW-3", TIMES,
            role="org"),
    )


def _backdated(backdated: str) -> tuple[Scenario, ...]:
    return (
        row("R-NEW-5", "yesterday's session is added", None, Create(past()), backdated),
        row("R-NEW-5", "a copy of yesterday's cancelled one stays cancelled", None, Create(past(**CANCELLED)),
            "allowed"),
        row("R-NEW-5", "a session of three weeks ago is added", None,
            Create(own("2026-02-10 10:00", "2026-02-10 11:00")), "refused R-NEW-5", BACK),
        row("R-NEW-5", "the policy allows a month", None,
            Create(own("2026-02-10 10:00", "2026-02-10 11:00")), backdated, policy={"backdate_days": 31}),
    )


def _double(ok: str, created: str) -> tuple[Scenario, ...]:
    other, theirs = own(client="c-102"), org(client="c-102")
    longer = Repattern("FREQ=WEEKLY;COUNT=4")
    return (
        row("R-NEW-6", "a group: two clients at the same time", None, Create(own()),
            f"{created}, told R-NEW-6",
            TAKEN, overlaps=(other,)),
        row("R-NEW-6", "a session is moved over one of the organization", own(),
            move("2026-03-05 10:30", "2026-03-05 11:30"), f"{ok}, told R-NEW-6", TAKEN, overlaps=(theirs,)),
        row("R-NEW-6", "the policy refuses that", own(), move("2026-03-05 10:30", "2026-03-05 11:30"),
            "refused R-NEW-6", ORG_TAKEN, overlaps=(theirs,), policy={"overlap": "refuse"}),
        row("R-NEW-6", "a group is never refused", None, Create(own()), f"{created}, told R-NEW-6", TAKEN,
            overlaps=(other,), policy={"overlap": "refuse"}),
        row("R-NEW-6", "a free event takes no time", None, Create(own()), created,
            overlaps=(event(busy=False),)),
        row("R-NEW-6", "a series goes on over another session", own(rrule="FREQ=WEEKLY;COUNT=2"), longer,
            f"{ok}, told R-NEW-6", TAKEN, overlaps=(other,)),
        row("R-NEW-6", "the policy refuses a series that goes on over one of the organization",
            own(rrule="FREQ=WEEKLY;COUNT=2"), longer, "refused R-NEW-6", ORG_TAKEN, overlaps=(theirs,),
            policy={"overlap": "refuse"}),
    )


def owned(ok: str) -> tuple[Scenario, ...]:
    """R-OWN."""
    hand_over = Edit(Field.PRACTITIONER, "bea")
    later = move("2026-03-02 10:10", "2026-03-02 11:10")
    return (
        row("R-OWN-1", "an own session is moved to another month", own(),
            move("2026-04-20 08:00", "2026-04-20 09:00"), ok),
        row("R-OWN-1", "it gets longer and another location", own(),
            (move("2026-03-05 10:00", "2026-03-05 12:00"), Edit(Field.LOCATION, "online")), ok),
        row("R-OWN-1", "another event is moved", event(), move("2026-03-19 10:00", "2026-03-19 11:00"),
            "allowed"),
        row("R-OWN-2", "a session is given to somebody else", own(), hand_over, "refused R-OWN-2",
            "Reassign it in the practice system."),
        row("R-OWN-2", "the practice system does that", own(), hand_over, "allowed", role="org",
            calendar=False),
        row("R-OWN-3", "a past session is moved by ten minutes", past(), later, ok),
        row("R-OWN-3", "the policy forbids it", past(), later, "refused R-OWN-3",
            "Past sessions can't be changed. Contact your organization.", policy={"past_edit": "refuse"}),
        row("R-OWN-4", "a month-view drag keeps the time", own(),
            move("2026-03-27 10:00", "2026-03-27 11:00"), ok),
        row("R-OWN-1", "a session that a client asked for online is like an own one",
            own(scheduled_by=ScheduledBy.REQUEST), move("2026-04-20 08:00", "2026-04-20 09:00"), ok),
        row("R-CAN-4", "another event is deleted", event(), Delete(), "allowed"),
        row("R-OWN-1", "a session across the clock change keeps its place", own(),
            move("2026-03-08 01:30", "2026-03-08 03:30"), ok, now=instant("2026-03-05 08:00")),
        row("R-OWN-1", "an occurrence that was never moved starts when the series says",
            own(rrule="FREQ=WEEKLY"), move("2026-03-13 10:00", "2026-03-13 11:00", "2026-03-12 10:00"), ok,
            now=instant("2026-03-05 08:00")),
    )
