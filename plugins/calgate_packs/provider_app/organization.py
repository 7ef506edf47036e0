"""Rows of R-ORG: sessions that the organization scheduled."""

# Rows are read as a table.
# fmt: off

from __future__ import annotations

from calgate.domain.change import Cancel, Create, Cut, Delete, Edit, Field, Repattern
from calgate.domain.scenario import Scenario
from calgate.domain.session import Override, Status
from calgate.domain.when import Span
from calgate_packs.tables.world import (
    abroad,
    at,
    event,
    instant,
    move,
    org,
    org_series,
    own,
    past_org,
    row,
)

OK = "allowed -> pending_validation"
OTHER_WEEK = (
    "Sessions scheduled by your organization can only move within the same week. "
    "Contact your organization to reschedule."
)
OTHER_PATTERN = (
    "Your organization decides when this session repeats. Contact your organization to change that."
)
LONGER = "Contact your organization to lengthen this session."
NO_CANCEL = "You can't cancel sessions scheduled by your organization. Contact your organization."
STARTED = "This session has started and can't be moved any more. Contact your organization."
NO_NEW = "Your organization doesn't let you add sessions. Contact your organization."
NO_PLACE = "Add a location: your organization needs it to validate the session."
SUNDAY = ("2026-03-15 23:30", "2026-03-16 00:30")

WEEKS: tuple[Scenario, ...] = (
    row("R-ORG-1", "moved to another day of the week", org(), move("2026-03-06 14:00", "2026-03-06 15:00"),
        OK),
    row("R-ORG-1", "moved to another time of the day", org(), move("2026-03-05 16:00", "2026-03-05 17:00"),
        OK),
    row("R-ORG-2", "moved to the next week", org(), move("2026-03-12 10:00", "2026-03-12 11:00"),
        "refused R-ORG-2", OTHER_WEEK),
    row("R-ORG-2", "the organization moves it there", org(), move("2026-03-12 10:00", "2026-03-12 11:00"),
        "allowed, overriding R-ORG-2", role="org"),
    row("R-ORG-2 R-ORG-8", "the week is that of the original start, not of the last move",
        org("2026-03-08 10:00", "2026-03-08 11:00",
            original=Span(at("2026-03-02 10:00"), at("2026-03-02 11:00"))),
        move("2026-03-09 10:00", "2026-03-09 11:00"), "refused R-ORG-2", OTHER_WEEK),
    row("R-ORG-8", "the week is counted in the organization's zone, whatever zone a calendar has put it in",
        abroad(org("2026-03-11 10:00", "2026-03-11 11:00")),
        abroad(move("2026-03-08 19:15", "2026-03-08 20:15")), "refused R-ORG-2", OTHER_WEEK),
    row("R-ORG-8", "Sunday belongs to the week before when weeks start on Monday",
        org("2026-03-15 10:00", "2026-03-15 11:00"), move("2026-03-16 10:00", "2026-03-16 11:00"),
        "refused R-ORG-2", OTHER_WEEK),
    row("R-ORG-8", "Sunday belongs to the week ahead when weeks start on Sunday",
        org("2026-03-15 10:00", "2026-03-15 11:00"), move("2026-03-16 10:00", "2026-03-16 11:00"), OK,
        policy={"week_start": "SU"}),
    row("R-ORG-8", "Sunday 23:30 to Monday 00:30 runs into the next week",
        org("2026-03-15 20:00", "2026-03-15 21:00"), move(*SUNDAY), "refused R-ORG-2", OTHER_WEEK),
    row("R-ORG-8", "with weeks from Sunday it does not", org("2026-03-15 20:00", "2026-03-15 21:00"),
        move(*SUNDAY), OK, policy={"week_start": "SU"}),
    row("R-ORG-8", "an end exactly at midnight belongs to the old week",
        org("2026-03-15 20:00", "2026-03-15 21:00"), move("2026-03-15 23:00", "2026-03-16 00:00"), OK),
    row("R-ORG-8", "what the organization let run into the next week may begin earlier", org(*SUNDAY),
        move("2026-03-15 23:00", "2026-03-16 00:00"), OK),
)

LENGTHS: tuple[Scenario, ...] = (
    row("R-ORG-3", "one second longer", org(), move("2026-03-05 10:00", "2026-03-05 11:00:01"),
        "refused R-ORG-3", LONGER),
    row("R-ORG-3", "longer by the clock change only",
        org("2026-10-31 00:30", "2026-10-31 02:30"), move("2026-11-01 00:30", "2026-11-01 02:30"),
        "refused R-ORG-3", LONGER),
    row("R-ORG-3 R-ORG-4", "shorter by the clock change only",
        org("2026-03-07 00:30", "2026-03-07 03:30"), move("2026-03-08 00:30", "2026-03-08 03:30"), OK),
    row("R-ORG-3", "shortened, then grown back",
        org("2026-03-05 10:00", "2026-03-05 10:30",
            original=Span(at("2026-03-05 10:00"), at("2026-03-05 11:00"))),
        move("2026-03-05 10:00", "2026-03-05 11:00"), OK),
    row("R-ORG-4", "shortened", org(), move("2026-03-05 10:00", "2026-03-05 10:45"), OK),
    row("R-ORG-4", "the policy forbids that", org(), move("2026-03-05 10:00", "2026-03-05 10:45"),
        "refused R-ORG-4", "Contact your organization to shorten this session.",
        policy={"org_shrink": "refuse"}),
)

CANCELS: tuple[Scenario, ...] = (
    row("R-ORG-5", "cancelled", org(), Cancel(type="other"), "refused R-ORG-5", NO_CANCEL),
    row("R-ORG-5", "deleted", org(), Cancel(deleted=True), "refused R-ORG-5", NO_CANCEL),
    row("R-ORG-5", "one occurrence is removed", org_series(), Cancel(on=at("2026-03-12 10:00")),
        "refused R-ORG-5", NO_CANCEL),
    row("R-ORG-5", "the series is cut", org_series(),
        Cut(at("2026-03-12 10:00"), "FREQ=WEEKLY;UNTIL=20260312T135959Z"), "refused R-ORG-5", NO_CANCEL),
    row("R-ORG-5", "deleted for good", org(), Delete(), "refused R-ORG-5 R-CAN-4", NO_CANCEL),
    row("R-ORG-5", "the organization cancels", org(), Cancel(type="other"), "allowed, overriding R-ORG-5",
        role="org"),
)

FIELDS: tuple[Scenario, ...] = (
    row("R-ORG-6", "another location", org(), Edit(Field.LOCATION, "online"), "refused R-ORG-6",
        "Contact your organization to change the location."),
    row("R-ORG-6", "the policy allows that", org(), Edit(Field.LOCATION, "online"), OK,
        policy={"org_location": "allow"}),
    row("R-ORG-6", "another room", org(), Edit(Field.ROOM, "2"), "refused R-ORG-6"),
    row("R-ORG-6", "another service", org(), Edit(Field.SERVICE, "97155"), "refused R-ORG-6",
        "Contact your organization to change the service.", policy={"org_location": "allow"}),
    row("R-ORG-6 R-OWN-2", "another practitioner", org(), Edit(Field.PRACTITIONER, "bea"),
        "refused R-ORG-6 R-OWN-2"),
    row("R-ORG-6", "instructions", org(), Edit(Field.INSTRUCTIONS, "Ring twice."), OK),
    row("R-ORG-6", "a telehealth link", org(), Edit(Field.TELEHEALTH_URL, "https://meet.example/1"), OK),
    row("R-ORG-6", "a location of an own session", own(), Edit(Field.LOCATION, "online"), OK),
)

PAST: tuple[Scenario, ...] = (
    row("R-ORG-7", "a past session is moved to another day", past_org(),
        move("2026-03-04 10:00", "2026-03-04 11:00"), "refused R-ORG-7", STARTED),
    row("R-ORG-7", "its times are corrected on the same day", past_org(),
        move("2026-03-02 10:15", "2026-03-02 11:05"), OK),
    row("R-ORG-7", "it is ready to submit", past_org(status=Status.READY_TO_SUBMIT),
        move("2026-03-02 10:15", "2026-03-02 11:05"), "refused R-ORG-7", STARTED),
    row("R-ORG-7 R-GEN-6", "a session under way is past", org(), move("2026-03-06 10:00", "2026-03-06 11:00"),
        "refused R-ORG-7", STARTED, now=instant("2026-03-05 10:30")),
    row("R-ORG-7 R-GEN-6", "a session that starts at this moment is past", org(),
        move("2026-03-06 10:00", "2026-03-06 11:00"), "refused R-ORG-7", STARTED,
        now=instant("2026-03-05 10:00")),
    row("R-ORG-7 R-SER-1", "a past occurrence's times are corrected",
        org_series("2026-02-05 10:00", "2026-02-05 11:00"),
        move("2026-02-26 10:10", "2026-02-26 11:10", "2026-02-26 10:00"), OK),
)

SERIES: tuple[Scenario, ...] = (
    row("R-ORG-9", "one occurrence is moved within its week", org_series(),
        move("2026-03-20 10:00", "2026-03-20 11:00", "2026-03-19 10:00"), OK),
    row("R-ORG-2 R-ORG-9", "one occurrence is moved out of its week", org_series(),
        move("2026-03-25 10:00", "2026-03-25 11:00", "2026-03-19 10:00"), "refused R-ORG-2", OTHER_WEEK),
    row("R-ORG-2 R-ORG-9", "an occurrence that was moved is measured by its original week",
        org(rrule="FREQ=WEEKLY", overrides=(
            Override(on=at("2026-03-19 10:00"), start=at("2026-03-22 10:00"), end=at("2026-03-22 11:00")),
        )),
        move("2026-03-23 10:00", "2026-03-23 11:00", "2026-03-19 10:00"), "refused R-ORG-2", OTHER_WEEK),
    row("R-ORG-9", "the whole series moves from Thursday to Friday", org_series(),
        move("2026-03-06 10:00", "2026-03-06 11:00"), OK),
    row("R-ORG-9", "the whole series moves to the next Monday", org_series(),
        move("2026-03-09 10:00", "2026-03-09 11:00"), "refused R-ORG-9", OTHER_WEEK),
    row("R-ORG-9", "another pattern that leaves nothing out", org_series(rrule="FREQ=WEEKLY;COUNT=4"),
        Repattern("FREQ=WEEKLY;COUNT=5"), "refused R-ORG-9", OTHER_PATTERN),
    row("R-ORG-9", "a single session is made a series", org(), Repattern("FREQ=WEEKLY;COUNT=4"),
        "refused R-ORG-9", OTHER_PATTERN),
    row("R-ORG-5 R-ORG-9", "every second week is left out", org_series(),
        Repattern("FREQ=WEEKLY;INTERVAL=2"), "refused R-ORG-5 R-ORG-9", NO_CANCEL),
    row("R-ORG-5 R-ORG-9", "a series is made a single session", org_series(), Repattern(None),
        "refused R-ORG-5 R-ORG-9", NO_CANCEL),
    row("R-ORG-3 R-ORG-9", "the whole series gets longer", org_series(),
        move("2026-03-05 10:00", "2026-03-05 11:30"), "refused R-ORG-3", LONGER),
)

NEW: tuple[Scenario, ...] = (
    row("R-ORG-10", "the organization doesn't let practitioners add sessions", None, Create(own()),
        "refused R-ORG-10", NO_NEW, policy={"self_schedule": "refuse"}),
    row("R-ORG-10", "other events are always theirs", None, Create(event()), "allowed",
        policy={"self_schedule": "refuse"}),
    row("R-ORG-10", "a session without a place", None, Create(own(location=None)), f"{OK}, told R-ORG-10",
        NO_PLACE),
)

ORGANIZATION: tuple[Scenario, ...] = (*WEEKS, *LENGTHS, *CANCELS, *FIELDS, *PAST, *SERIES, *NEW)
