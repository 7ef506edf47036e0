"""What one viewer's calendar object says: the neutral form of a VEVENT resource, shown or sent.

`show` (domain.disclosure) makes it from a session, `ical.write` turns it into text, `ical.read` makes it from
text, and `diff` compares what was shown with what was sent. Personal and unknown properties are
not part of it: they travel beside it as content lines (ical.personal).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from calgate.domain.when import When, same

EventStatus = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One VEVENT: the master (no recurrence_id) or an override. `end` is exclusive and always given:
    DURATION and a missing DTEND are resolved by the reader (RFC 5545 section 3.6.1).

    `marks` are the X-CALGATE-* properties without the prefix (`KIND`, `STATUS`, `CLIENT` ...); `categories`
    and `color` here are ours, the viewer's own extras are personal. `comment` is the first COMMENT.
    `status_stated` is false when the text had no STATUS: then CONFIRMED is only its default, no answer.
    """

    start: When
    end: When
    recurrence_id: When | None = None
    rrule: str | None = None
    rdates: tuple[When, ...] = ()
    exdates: tuple[When, ...] = ()
    summary: str = ""
    description: str = ""
    location: str = ""
    url: str = ""
    conference: str = ""
    comment: str = ""
    status: EventStatus = "CONFIRMED"
    status_stated: bool = field(default=True, compare=False)
    transparent: bool = False
    private: bool = False
    categories: tuple[str, ...] = ()
    color: str = ""
    related: tuple[tuple[str, str], ...] = ()
    marks: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


MARKER = "MARKER"
"""The mark of an event that shows a consent day; the person can't change it (R-DAT-9)."""


def is_marker(event: Event) -> bool:
    """Whether what was shown is a consent day's marker."""
    return MARKER in event.marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One calendar object resource: a UID, its master and its overrides, and the SEQUENCE it carries.

    A sent document may come without its master (overrides only, RFC 4791 section 4.1).
    """

    uid: str
    master: Event | None
    overrides: tuple[Event, ...] = ()
    sequence: int = 0

    @property
    def events(self) -> tuple[Event, ...]:
        """The master, when there is one, then the overrides."""
        return (self.master, *self.overrides) if self.master else self.overrides

    def override(self, on: When) -> Event | None:
        """The override of the occurrence that originally starts at `on`."""
        return next(
            (e for e in self.overrides if e.recurrence_id is not None and same(e.recurrence_id, on)), None
        )
