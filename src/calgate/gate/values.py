"""What the gate hands to the doors and takes from them: small frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from calgate.domain.case import Actor
from calgate.domain.change import Change
from calgate.domain.verdict import Refused
from calgate.store import StoreBusy as StoreBusy
from calgate.store.spans import Resource as Resource  # what the doors are shown is read as it is

DAV = "{DAV:}"
CALDAV = "{urn:ietf:params:xml:ns:caldav}"
MAX_ATTENDEES = 200
"""Of a meeting, or asked about at once: each is a delivery in the organizer's transaction."""
INBOX, OUTBOX = "inbox", "outbox"
"""Names in every home that no calendar can have: where scheduling messages arrive, and where free/busy is
asked for."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody logged in: the person and the organization. `zone` is the organization's."""

    org: str
    person: str
    name: str
    email: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A calendar. `number` is that of its newest change; `floor` the oldest that can still be asked for.
    `props` are dead properties in Clark notation, each with its XML element as text. `takes_sessions`: the
    organization lets its owner add client sessions (R-ORG-10)."""

    org: str
    id: int
    owner: str
    slug: str
    managed: bool
    components: tuple[str, ...]
    props: Mapping[str, str]
    zone: str
    number: int
    floor: int
    epoch: str
    takes_sessions: bool = True

    @property
    def inbox(self) -> bool:
        """Whether scheduling messages lie here, and no calendar objects (RFC 6638 section 2.2)."""
        return self.slug == INBOX

    @property
    def ctag(self) -> str:
        """Epoch and number: changes whenever anything in the collection does."""
        return f"{self.epoch}-{self.number}"

    @property
    def token(self) -> str:
        """The sync token (RFC 6578), a URI."""
        return TOKEN_PREFIX + self.ctag


TOKEN_PREFIX = "urn:calgate:sync:"  # noqa: S105 - the beginning of every sync token, no secret


class Row(NamedTuple):
    """One occurrence of a resource in the index: UTC seconds, end exclusive. `part` 0 is the master, i the
    i-th override; `on` its RECURRENCE-ID in UTC basic form ("" when it does not recur)."""

    starts_at: int
    ends_at: int
    part: int
    on: str
    busy: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Answer of a sync: hrefs with ETag and component that changed, hrefs that went, and the token to ask
    with next. `truncated`: the limit was reached, ask again with the token."""

    token: str
    changed: tuple[tuple[str, str, str], ...]
    removed: tuple[str, ...]
    truncated: bool


class InvalidToken(Exception):
    """The sync token is of another epoch, above the present or below the floor: list anew."""


# ---- proposals ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The object whose text a COPY has read, with the conditions that its request sets on it."""

    collection: Collection
    href: str
    etag: str
    if_match: tuple[str, ...] | None
    if_none_match: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A document for one href. `if_match` / `if_none_match`: ETags without quotes, "*" for any, None: absent.
    `received` (UTC) is when the request came in (R-GEN-6)."""

    principal: Principal
    collection: Collection
    href: str
    body: bytes
    received: datetime
    if_match: tuple[str, ...] | None = None
    if_none_match: tuple[str, ...] | None = None
    door: str = "caldav"
    if_schedule_tag_match: str | None = None
    delivered: bool = False
    """By the server for a meeting: an event whatever its title names, and no entry of the person's own."""
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """DELETE of one href. `reply`: an invitation is declined by it (RFC 6638 section 8.1)."""

    principal: Principal
    collection: Collection
    href: str
    received: datetime
    if_match: tuple[str, ...] | None = None
    if_none_match: tuple[str, ...] | None = None
    door: str = "caldav"
    if_schedule_tag_match: str | None = None
    reply: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeCalendar:
    """A new plain calendar of the principal's own; `zone` is the IANA name that its properties give it."""

    principal: Principal
    slug: str
    components: tuple[str, ...] = ("VEVENT", "VTODO", "VJOURNAL")
    props: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DropCalendar:
    """Removal of a whole plain calendar (R-CAN-6: never the sessions). Its ETag is its CTag."""

    principal: Principal
    collection: Collection
    if_match: tuple[str, ...] | None = None
    if_none_match: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProperties:
    """Dead properties set and removed together; the door has refused protected ones before.

    With `sets_zone` they also give the calendar the IANA zone `zone`, or with None take its own away.
    """

    principal: Principal
    collection: Collection
    set: Mapping[str, str]
    remove: tuple[str, ...] = ()
    sets_zone: bool = False
    zone: str | None = None
    if_match: tuple[str, ...] | None = None
    if_none_match: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAvailability:
    """The principal's own hours, iCalendar text that was found valid, or None to take them away (RFC 7953);
    with `properties` these are set as well, or nothing is."""

    principal: Principal
    text: str | None
    properties: SetProperties | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveObject:
    """MOVE of an object between plain calendars of one's own; the conditions are on the object."""

    principal: Principal
    source: Collection
    href: str
    target: Collection
    new_href: str
    overwrite: bool = True
    if_match: tuple[str, ...] | None = None
    if_none_match: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Typed changes of one session, from a command, the REST door or the portal."""

    org: str
    actor: Actor
    session: str
    changes: tuple[Change, ...]
    received: datetime
    door: str


Proposal: TypeAlias = (
    Put | Remove | MakeCalendar | DropCalendar | SetProperties | SetAvailability | MoveObject | Ask
)


# ---- outcomes -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Along:
    """A session that a write to another one changed: the other half of a split series (R-SER-6). `before`:
    the text of its practitioner's copy that people may know of, None when it waited unknown to all."""

    session: str
    before: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """Accepted. `etag` is None when what is stored differs from what was sent (RFC 4791 section 5.3.4).
    `along` stays inside the gate."""

    created: bool
    etag: str | None
    schedule_tag: str | None = None
    along: tuple[Along, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """Gone, or kept as cancelled (R-CAN-2)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Refused by a rule; the copy has been bounced unless this was a repetition."""

    first: Refused
    number: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A protocol precondition: 404, 409, 412, or 403 with an element in Clark notation. `href` names the
    resource in the way (no-uid-conflict)."""

    status: int
    sentence: str
    element: str | None = None
    href: str | None = None


Outcome: TypeAlias = Stored | Removed | Refusal | Failed
