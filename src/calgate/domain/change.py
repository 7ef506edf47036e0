"""What somebody wants to change, in the practice's terms: small values made by `diff` or by the REST door.

`on` names one occurrence of a series by its original start; None means the session or the whole series.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from calgate.domain.session import Fact, Session, Status
from calgate.domain.when import When


class Field(StrEnum):
    """Fields that an Edit may change; the values are attribute names of Session."""

    TITLE = "title"
    CLIENT = "client"
    SERVICE = "service"
    MODIFIERS = "modifiers"
    PRACTITIONER = "practitioner"
    LOCATION = "location"
    ROOM = "room"
    PLACE = "place"
    INSTRUCTIONS = "instructions"
    TELEHEALTH_URL = "telehealth_url"
    BUSY = "busy"
    PROGRAMMES = "programmes"
    YEAR_GROUPS = "year_groups"


@dataclass(frozen=True, slots=True)
class Move:
    """New times, as instants or days; with `on` None and a series, every occurrence shifts alike."""

    start: When
    end: When
    on: When | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A new value of one field."""

    field: Field
    value: str | bool | tuple[str, ...] | None
    on: When | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel and keep the record (R-CAN-1). An empty type means the policy's default.

    `deleted` says that the person deleted the event: then it is judged as a delete, too (section 12, Verbs).
    """

    type: str = ""
    reason: str = ""
    on: When | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Undo:
    """Take a cancellation back (R-STA-4)."""

    on: When | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove for good (R-CAN-4, R-CAN-5); one occurrence of an other_event leaves an EXDATE."""

    on: When | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Restore:
    """Take an EXDATE of an other_event back."""

    on: When


@dataclass(frozen=True, slots=True)
class Hide:
    """Delete of a cancelled session: out of this viewer's sight, nothing else (R-CAN-2)."""


@dataclass(frozen=True, slots=True)
class Cut:
    """End a series before the occurrence originally starting at `at` (R-SER-4); `rrule` is the new rule."""

    at: When
    rrule: str


@dataclass(frozen=True, slots=True)
class Repattern:
    """Another recurrence rule (None: no longer a series), whole series."""

    rrule: str | None
    rdates: tuple[When, ...] = ()


@dataclass(frozen=True, slots=True)
class AddDate:
    """One more date of a session with several (R-DAT-1); `key` is that of a date taken back, `uid` that of
    the event which asks for it, else they are empty."""

    start: When
    end: When
    key: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class EditMarker:
    """A consent day's marker was moved or deleted: it follows from the dates and is read-only (R-DAT-9)."""


@dataclass(frozen=True, slots=True)
class Create:
    """A new session, complete."""

    session: Session


@dataclass(frozen=True, slots=True)
class Accept:
    """Accept a client's request (R-STA-7)."""


@dataclass(frozen=True, slots=True)
class Decline:
    """Decline a client's request, or a session under validation; the reason is shown."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class SetStatus:
    """The organization sets a status (validating, scheduled, declined, ...)."""

    status: Status
    reason: str = ""
    on: When | None = None


@dataclass(frozen=True, slots=True)
class SetFact:
    """The practice system records a fact or takes it back."""

    fact: Fact
    value: bool = True
    on: When | None = None


@dataclass(frozen=True, slots=True)
class Replace:
    """The practice system's own full version of a session (practice file, REST PUT)."""

    session: Session


Change: TypeAlias = (
    Move
    | Edit
    | Cancel
    | Undo
    | Delete
    | Restore
    | Hide
    | Cut
    | Repattern
    | AddDate
    | EditMarker
    | Create
    | Accept
    | Decline
    | SetStatus
    | SetFact
    | Replace
)


def on_occurrence(change: Change, on: When) -> Change:
    """The change of one occurrence or date, where it is of a kind that can name one."""
    if isinstance(change, (Move, Edit, Cancel, Undo, Delete, SetStatus, SetFact)):
        return replace(change, on=on)
    return change
