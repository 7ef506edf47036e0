"""Disclosure: which fields of a session an audience is shown, and at which level of detail.

One table per pack, audience by field. What a row does not name is hidden, new fields included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, TypeAlias

from calgate.domain.policy import Title
from calgate.domain.session import CLIENT_KINDS, Kind, Status

Audience = Literal["person", "client", "location", "organization"]
"""Whom a link is for: the practitioner, one client, a place and its partners, or colleagues."""
CancelledStyle = Literal["strike", "keep", "omit"]
"""What becomes of a cancelled session: STATUS:CANCELLED and a prefix; the prefix alone, since some
subscribers hide the former; or nothing is shown."""


class Field(StrEnum):
    """What may be told of a session beside when it is and whether it makes busy.

    `status` is the practice's own word for it, `outcome` only whether it takes place. `place` and `title` are
    a person's own words, as are `instructions` and `reason`: names may stand in them.
    """

    CLIENT = "client"
    SERVICE = "service"
    PRACTITIONER = "practitioner"
    LOCATION = "location"
    ADDRESS = "address"
    ROOM = "room"
    PLACE = "place"
    TITLE = "title"
    CONTACT = "contact"
    INSTRUCTIONS = "instructions"
    KIND = "kind"
    STATUS = "status"
    OUTCOME = "outcome"
    REASON = "reason"
    LOCKS = "locks"
    PROGRAMMES = "programmes"
    CONSENT = "consent"
    JOIN_LINK = "join_link"
    COLOR = "color"
    MARKS = "marks"


Levels: TypeAlias = frozenset[Title]
FULL: Levels = frozenset[Title]({"full"})
NAMED: Levels = frozenset[Title]({"full", "first_name", "initials", "internal_id"})
"""Every level at which a session is told from another; at `busy` nothing of the table is ever shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One row of the table: sessions of these kinds and statuses, and their fields at these levels."""

    kinds: frozenset[Kind]
    statuses: frozenset[Status]
    fields: Mapping[Field, Levels]


Table: TypeAlias = Mapping[Audience, Shown]

_ALL_KINDS = frozenset(Kind)
_ALL_STATUSES = frozenset(Status)
_TAKES_PLACE = _ALL_STATUSES - {Status.DECLINED}
_MET = frozenset({Kind.CLIENT_SESSION, Kind.CLIENT_CONTACT})
assert _MET < CLIENT_KINDS

_STAFF = {
    Field.CLIENT: NAMED,
    Field.SERVICE: NAMED,
    Field.LOCATION: NAMED,
    Field.ROOM: NAMED,
    Field.PLACE: FULL,
    Field.TITLE: FULL,
    Field.CONTACT: FULL,
    Field.KIND: NAMED,
    Field.STATUS: NAMED,
    Field.PROGRAMMES: NAMED,
    Field.CONSENT: NAMED,
    Field.JOIN_LINK: NAMED,
    Field.COLOR: NAMED,
    Field.MARKS: NAMED,
}

DISCLOSURE: Table = MappingProxyType(
    {
        "person": Shown(
            kinds=_ALL_KINDS,
            statuses=_ALL_STATUSES,
            fields=MappingProxyType(
                {**_STAFF, Field.INSTRUCTIONS: FULL, Field.REASON: FULL, Field.LOCKS: NAMED}
            ),
        ),
        "organization": Shown(
            kinds=_ALL_KINDS,
            statuses=_ALL_STATUSES,
            fields=MappingProxyType({**_STAFF, Field.PRACTITIONER: NAMED}),
        ),
        # Contacts with others about a client are none of the client's sessions; nor are notes, or how far the
        # practice is with its papers, meant for the client.
        "client": Shown(
            kinds=_MET,
            statuses=_TAKES_PLACE,
            fields=MappingProxyType(
                {
                    Field.CLIENT: NAMED,
                    Field.SERVICE: NAMED,
                    Field.PRACTITIONER: NAMED,
                    Field.LOCATION: NAMED,
                    Field.ADDRESS: NAMED,
                    Field.ROOM: NAMED,
                    Field.OUTCOME: NAMED,
                    Field.JOIN_LINK: NAMED,
                    Field.MARKS: NAMED,
                }
            ),
        ),
        # Who needs a room must know for whom and when, not what for.
        "location": Shown(
            kinds=_ALL_KINDS,
            statuses=_TAKES_PLACE,
            fields=MappingProxyType(
                {
                    Field.CLIENT: NAMED,
                    Field.SERVICE: FULL,
                    Field.PRACTITIONER: NAMED,
                    Field.LOCATION: NAMED,
                    Field.ROOM: NAMED,
                    Field.TITLE: FULL,
                    Field.KIND: NAMED,
                    Field.OUTCOME: NAMED,
                    Field.PROGRAMMES: NAMED,
                    Field.MARKS: NAMED,
                }
            ),
        ),
    }
)
"""The table of every pack that has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One version of the sessions: whose, for whom, in which detail. `target` is the id of the person,
    client, location (`id/room` for one room) or organization; `statuses` empty: all that the audience may
    see."""

    audience: Audience
    target: str
    detail: Title
    cancelled: CancelledStyle = "strike"
    statuses: frozenset[Status] = field(default_factory=frozenset)
    join_link: bool = False
