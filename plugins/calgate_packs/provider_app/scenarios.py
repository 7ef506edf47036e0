"""What provider_app promises."""

# Rows are read as a table.
# fmt: off

from __future__ import annotations

from calgate.domain.change import Accept, Cancel, Create, Cut, Decline, Edit, Field, SetFact, SetStatus, Undo
from calgate.domain.scenario import Scenario
from calgate.domain.session import Fact, Override, Status
from calgate_packs.provider_app.organization import ORGANIZATION
from calgate_packs.tables import cancel, creation, hours, locks, series, states
from calgate_packs.tables.world import (
    CANCELLED,
    at,
    event,
    instant,
    move,
    org,
    own,
    past,
    past_org,
    row,
)
from calgate_packs.tables.world import series as weekly

OK = "allowed -> pending_validation"
CHECKING = "Your organization is checking this session. Try again in a few minutes."
FINAL = "Submitted sessions can't be edited. Contact your organization."
LATER = move("2026-03-05 10:10", "2026-03-05 11:10")
NOTE = Edit(Field.INSTRUCTIONS, "Bring the blue folder.")
UNDER_WAY = weekly(Override(on=at("2026-03-17 14:00"), status=Status.VALIDATING))
CUT = Cut(at("2026-03-10 14:00"), series.UNTIL_NEXT_WEEK)

GENERAL: tuple[Scenario, ...] = (
    row("R-GEN-8", "a session is moved", own(), LATER, OK),
    row("R-GEN-8", "only the instructions are edited", own(), NOTE, OK),
    row("R-GEN-8", "an occurrence is moved", weekly(),
        move("2026-03-11 09:00", "2026-03-11 10:00", "2026-03-10 14:00"), OK),
    row("R-GEN-8", "a session that lacks data is edited", past(status=Status.INCOMPLETE), NOTE, OK),
    row("R-GEN-8", "a session that is ready to submit is edited", past(status=Status.READY_TO_SUBMIT), NOTE,
        OK),
    row("R-GEN-8", "another event is moved", event(), LATER, "allowed"),
    row("R-GEN-8", "a session is cancelled", own(), Cancel(type="other"), "allowed"),
    row("R-GEN-8", "it is cancelled and edited in one write", own(), (NOTE, Cancel(type="other")), "allowed"),
    row("R-GEN-8", "the organization moves it", own(), LATER, "allowed", role="org"),
    row("R-GEN-1 R-ORG-6", "one refused change refuses the whole write", org(),
        (LATER, Edit(Field.LOCATION, "online")), "refused R-ORG-6"),
    row("R-GEN-1 R-LOCK-6", "locks are reported before everything else",
        org(facts=frozenset({Fact.NOTE_SIGNED})),
        (Edit(Field.LOCATION, "online"), move("2026-03-12 10:00", "2026-03-12 11:00")),
        "refused R-LOCK-6 R-ORG-2 R-ORG-6"),
)

STATES: tuple[Scenario, ...] = (
    row("R-STA-1", "a session under validation is moved", own(status=Status.VALIDATING), LATER,
        "refused R-STA-1", CHECKING),
    row("R-STA-1", "it is cancelled", own(status=Status.VALIDATING), Cancel(type="other"), "refused R-STA-1",
        CHECKING),
    row("R-STA-1", "the organization declines it", own(status=Status.VALIDATING), Decline("Wrong service"),
        "allowed", role="org", calendar=False),
    row("R-STA-1", "afterwards it is moved", own(status=Status.SCHEDULED), LATER, OK),
    row("R-STA-1 R-SER-4", "a series is cut before an occurrence under validation", UNDER_WAY, CUT,
        "refused R-STA-1 R-SER-4", CHECKING),
    row("R-STA-1 R-SER-4", "the organization cuts it", UNDER_WAY, CUT, "allowed, overriding R-STA-1 R-SER-4",
        role="org"),
    row("R-STA-2", "a submitted session is edited", past(status=Status.SUBMITTED), NOTE, "refused R-STA-2",
        FINAL),
    row("R-STA-2", "a submitted session is cancelled", past(status=Status.SUBMITTED), Cancel(type="other"),
        "refused R-STA-2", FINAL),
    row("R-STA-2", "the organization edits it: it counts as a claim", past(status=Status.SUBMITTED), NOTE,
        "refused R-STA-2", FINAL, role="org"),
    row("R-STA-2", "the organization takes the submission back", past(status=Status.SUBMITTED),
        SetStatus(Status.SCHEDULED), "allowed", role="org", calendar=False),
    row("R-LOCK-1", "the practice system takes a claim back", past(facts=frozenset({Fact.CLAIM})),
        SetFact(Fact.CLAIM, False), "allowed", role="org", calendar=False),
    *states.cancelled("pending_validation"),
    *states.late("pending_validation"),
    row("R-STA-5 R-STA-8", "a past session that the organization cancelled is undone", past_org(**CANCELLED),
        Undo(),
        "refused R-STA-5 R-STA-8",
        "This session has already started. Contact your organization to undo the cancellation."),
    row("R-STA-6", "a declined session is edited", own(status=Status.DECLINED), LATER, OK),
    row("R-STA-6", "the organization edits it", own(status=Status.DECLINED), LATER, "allowed", role="org"),
    row("R-STA-8", "a session that the organization cancelled is undone", org(**CANCELLED), Undo(),
        "refused R-STA-8", "Your organization cancelled this session. Contact your organization."),
    row("R-STA-8", "the organization undoes it", org(**CANCELLED), Undo(),
        "allowed -> pending_validation, overriding R-STA-8", role="org", calendar=False),
)

CREATION: tuple[Scenario, ...] = (
    *creation.creation(OK, OK, "allowed -> incomplete"),
    row("R-NEW-2", "a client and service that aren't assigned", None, Create(own(service="97155")),
        "refused R-NEW-2",
        "This client and service aren't assigned to you on that day. Contact your organization."),
    row("R-NEW-2", "an assignment that begins later", None,
        Create(own("2026-02-26 10:00", "2026-02-26 11:00", client="c-102")), "refused R-NEW-2"),
    row("R-NEW-2", "an assignment that has ended", None,
        Create(own("2026-06-01 10:00", "2026-06-01 11:00", client="c-102")), "refused R-NEW-2"),
    row("R-NEW-2", "a series that outlasts its assignment, which may be renewed", None,
        Create(own("2026-05-19 10:00", "2026-05-19 11:00", client="c-102", rrule="FREQ=WEEKLY")), OK),
    row("R-NEW-5", "a series that began last week waits as a whole", None,
        Create(own("2026-02-24 10:00", "2026-02-24 11:00", rrule="FREQ=WEEKLY")), OK,
        now=instant("2026-03-03 09:00")),
    row("R-STA-1 R-GEN-8", "a request that is accepted is validated, too", own(status=Status.REQUESTED),
        Accept(), OK),
)

SCENARIOS: tuple[Scenario, ...] = (
    *GENERAL,
    *locks.locks(OK),
    *STATES,
    *series.rows(OK),
    *ORGANIZATION,
    *CREATION,
    *creation.owned(OK),
    *cancel.rows(),
    *hours.rows(OK),
)
