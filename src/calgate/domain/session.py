"""The practice's session: one appointment, a series of them with overrides, or several dates."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from calgate.domain.when import Span, When, elapsed, plus, same


class Kind(StrEnum):
    """What a session is (session-rules section 1)."""

    CLIENT_SESSION = "client_session"
    CLIENT_CONTACT = "client_contact"
    COLLATERAL_CONTACT = "collateral_contact"
    OTHER_EVENT = "other_event"
    SCHOOL_SESSION = "school_session"
    CLINIC_SESSION = "clinic_session"


CLIENT_KINDS = frozenset({Kind.CLIENT_SESSION, Kind.CLIENT_CONTACT, Kind.COLLATERAL_CONTACT})
DATED_KINDS = frozenset({Kind.SCHOOL_SESSION, Kind.CLINIC_SESSION})


class ScheduledBy(StrEnum):
    """Who put the session on the calendar; `request` is a client through online booking."""

    ORG = "org"
    SELF = "self"
    REQUEST = "request"


class Status(StrEnum):
    """The practice's own status of a session, finer than iCalendar's."""

    PENDING_VALIDATION = "pending_validation"
    VALIDATING = "validating"
    SCHEDULED = "scheduled"
    INCOMPLETE = "incomplete"
    READY_TO_SUBMIT = "ready_to_submit"
    SUBMITTED = "submitted"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    REQUESTED = "requested"


TENTATIVE_STATUSES = frozenset(
    {Status.PENDING_VALIDATION, Status.VALIDATING, Status.REQUESTED, Status.DECLINED}
)


class Fact(StrEnum):
    """What the practice system has recorded of a session; each locks something (R-LOCK, R-DAT-7)."""

    NOTE_SIGNED = "note_signed"
    BILLING_STARTED = "billing_started"
    PAYMENT_APPLIED = "payment_applied"
    CLAIM = "claim"
    BOOKINGS = "bookings"
    ATTENDANCE = "attendance"


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Why a session was cancelled; the type is one of the practice's own list."""

    type: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One occurrence of a series where it differs; None means "as the series has it".

    `on` is the original start. `facts` hold for this occurrence alone, beside those of the series.
    `original` is where the organization last put this occurrence, when it did (R-ORG-2, 3, 8).
    """

    on: When
    start: When | None = None
    end: When | None = None
    status: Status | None = None
    cancel: Cancellation | None = None
    facts: frozenset[Fact] = frozenset()
    title: str | None = None
    client: str | None = None
    service: str | None = None
    location: str | None = None
    room: str | None = None
    place: str | None = None
    instructions: str | None = None
    telehealth_url: str | None = None
    busy: bool | None = None
    original: Span | None = None

    @property
    def differs(self) -> bool:
        """Whether it says anything but where its occurrence originally is."""
        return bool(self.facts) or any(getattr(self, name) is not None for name in _SAID)


@dataclass(frozen=True, slots=True)
class History:
    """Says that a session is the past of a running series that went on changed (R-SER-2).

    `of` is the id of the session that goes on; `until` is the first original start that is not here any more.
    """

    of: str
    until: When


OVERRIDABLE = (
    "title",
    "client",
    "service",
    "location",
    "room",
    "place",
    "instructions",
    "telehealth_url",
    "busy",
)
"""Fields that an occurrence may have of its own, besides times, status, cancel and facts."""


@dataclass(frozen=True, slots=True)
class Period:
    """One date of a session with several: a whole day, or a clinic's hours on a day (R-DAT-8).

    `key` is its name for good: a date that is moved keeps its UID. `uid` is that of the event by which a
    person added it; else it is made of the key. `facts` hold for it alone, beside those of the session.
    """

    start: When
    end: When
    key: str = ""
    facts: frozenset[Fact] = frozenset()
    uid: str = ""


NO_DATE = date(1970, 1, 1)
"""Where a session stands that has no date yet: `start` and `end` of an unscheduled one, shown to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session of an organization; ids refer to the practice's people, clients, services and locations.

    Times: `start` and `end` are aware datetimes in the session's zone, or dates (all-day). `rrule` is the
    value of an RRULE property; `exdates` remove occurrences for good (other_event only: client kinds keep
    a cancelled override). `dates` holds a several-date session's periods (R-DAT-1); start and end then are
    the first of them, NO_DATE without any. `requested_on`: the day on which consent requests had
    gone out when
    dates changed afterwards (R-DAT-4). `place` is free text where `location` (an office) does not apply.
    `original` is the
    organization's own schedule, the yardstick of R-ORG-2, 3 and 8. `revision` becomes SEQUENCE.

    A series that was split: `history` on the part that is over, `splits` counts such parts on the one that
    goes on, `related` are RELATED-TO types and UIDs of its neighbours (R-SER-8). `held`: the second half of a
    client's split that waits for the first one to be cut (R-SER-6).
    """

    id: str
    uid: str
    kind: Kind
    practitioner: str
    start: When
    end: When
    scheduled_by: ScheduledBy = ScheduledBy.SELF
    status: Status = Status.SCHEDULED
    status_reason: str = ""
    client: str | None = None
    service: str | None = None
    modifiers: tuple[str, ...] = ()
    location: str | None = None
    room: str | None = None
    place: str = ""
    title: str = ""
    instructions: str = ""
    telehealth_url: str = ""
    busy: bool = True
    reminders: tuple[str, ...] = ()
    medium: str | None = None
    contact_with: str | None = None
    diagnosis: tuple[str, ...] = ()
    session_bridge: bool = False
    cancel: Cancellation | None = None
    facts: frozenset[Fact] = frozenset()
    rrule: str | None = None
    rdates: tuple[When, ...] = ()
    exdates: tuple[When, ...] = ()
    overrides: tuple[Override, ...] = ()
    dates: tuple[Period, ...] = ()
    programmes: tuple[str, ...] = ()
    year_groups: tuple[str, ...] = ()
    consent: dict[str, Any] = field(default_factory=dict)
    requested_on: date | None = None
    original: Span | None = None
    revision: int = 0
    history: History | None = None
    splits: int = 0
    related: tuple[tuple[str, str], ...] = ()
    held: bool = False

    @property
    def is_series(self) -> bool:
        """Whether the session recurs."""
        return self.rrule is not None or bool(self.rdates)

    def override(self, on: When) -> Override | None:
        """The override of the occurrence whose original start is `on`, if there is one."""
        return next((each for each in self.overrides if same(each.on, on)), None)

    def with_override(self, override: Override) -> Session:
        """This session with that override in place of any other of the same occurrence, sorted by `on`."""
        there = [same(each.on, override.on) for each in self.overrides]
        if any(there):
            at = there.index(True)
            changed = (*self.overrides[:at], override, *self.overrides[at + 1 :])
        else:
            changed = tuple(sorted((*self.overrides, override), key=lambda each: str(each.on)))
        return replace(self, overrides=changed)

    def at(self, on: When, end: When) -> Session:
        """The occurrence that originally runs from `on` to `end`, as a session of its own without recurrence.

        Its facts are those of the series and its own; its `original` is the organization's place for it.
        """
        return self.overridden(self.override(on) or Override(on=on), end)

    def overridden(self, own: Override, end: When) -> Session:
        """As `at`, of the occurrence whose override is known."""
        on = own.on
        original = Span(on, _original_end(self, on, end)) if self.original else None
        differing = {name: value for name in OVERRIDABLE if (value := getattr(own, name)) is not None}
        said: dict[str, Any] = {
            **_ALONE,
            **differing,
            "start": on if own.start is None else own.start,
            "end": end if own.end is None else own.end,
            "status": own.status or self.status,
            "cancel": own.cancel if own.status else self.cancel,
            "facts": self.facts | own.facts,
            "original": own.original or original,
        }
        # By hand: dataclasses.replace takes three times as long, and a long series has many.
        made = object.__new__(Session)
        for name in _NAMES:
            object.__setattr__(made, name, said[name] if name in said else getattr(self, name))
        return made


_SAID = tuple(each.name for each in fields(Override) if each.name not in ("on", "original", "facts"))
_NAMES = tuple(each.name for each in fields(Session))
_ALONE: dict[str, Any] = {"rrule": None, "rdates": (), "exdates": (), "overrides": ()}
"""What an occurrence has in the place of what makes a series."""


def _original_end(session: Session, on: When, end: When) -> When:
    """The organization's end of an occurrence: its own length laid on the original start."""
    assert session.original is not None
    return plus(on, elapsed(session.original.start, session.original.end))
