"""The practice: its people, clients, services, places and assigned hours."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the organization; `id` is the login name, unique in the installation."""

    id: str
    name: str
    email: str = ""
    roles: frozenset[str] = frozenset({"practitioner"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client; which of the names an audience sees is decided by disclosure, never by the caller."""

    id: str
    first_name: str = ""
    last_name: str = ""
    internal_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service, identified by its code."""

    id: str
    name: str = ""
    modifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place of the practice; `type` is office, telehealth, school or clinic."""

    id: str
    name: str = ""
    address: str = ""
    place_of_service: str = ""
    rooms: tuple[str, ...] = ()
    type: str = "office"
    prerequisites_done: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Hours of a service for a client assigned to a practitioner per `week`, `month` or `period`."""

    practitioner: str
    client: str
    service: str
    hours: float
    per: str = "week"
    from_: date | None = None
    to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """What a judgement or a rendering may look up: the organization and the records in question.

    The store loads only what the change needs, so the mappings may be partial; a missing id is unknown.
    `assignments` may be one person's: whether the practice keeps any at all is `assigns`.
    """

    id: str
    name: str
    pack: str
    zone: ZoneInfo
    people: dict[str, Person] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    locations: dict[str, Location] = field(default_factory=dict)
    programmes: dict[str, str] = field(default_factory=dict)
    assignments: tuple[Assignment, ...] = ()
    assigns: bool = False

    @property
    def keeps_assignments(self) -> bool:
        """Whether anybody of the practice is assigned to anybody."""
        return self.assigns or bool(self.assignments)

    def clients_of(self, person: str) -> Set[str]:
        """Ids of the clients that are assigned to a person; all of them where the practice assigns none to
        anybody."""
        if not self.keeps_assignments:
            return self.clients.keys()
        return {each.client for each in self.assignments if each.practitioner == person}
