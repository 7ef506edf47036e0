"""One write to a sessions collection, while it is in progress."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from calgate.domain.case import Actor
from calgate.gate.decide import Asked
from calgate.gate.office import Office
from calgate.gate.values import Principal, Put, Remove


@dataclass(frozen=True, slots=True)
class Write:
    """One write in progress."""

    office: Office
    proposal: Put | Remove
    now: datetime

    @property
    def place(self) -> tuple[str, int, str]:
        return self.office.org, self.proposal.collection.id, self.proposal.href

    @property
    def asked(self) -> Asked:
        actor = _actor_of(self.office, self.proposal.principal)
        sent = not (isinstance(self.proposal, Put) and self.proposal.delivered)
        return Asked(actor=actor, door=self.proposal.door, received=self.proposal.received, calendar=sent)


def _actor_of(office: Office, principal: Principal) -> Actor:
    """Whoever practises acts as a practitioner on their own calendar; others act for the organization."""
    person = office.records_of(principal.person).people.get(principal.person)
    roles = person.roles if person else frozenset[str]()
    desk = "practitioner" not in roles and bool(roles & {"scheduler", "admin"})
    return Actor("org" if desk else "practitioner", principal.person)
