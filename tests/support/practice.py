"""A loaded practice behind a gate with a clock that can be set, and what its people's programs do with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from calgate.domain.freebusy import Busy
from calgate.domain.session import Session
from calgate.gate.gate import Gate
from calgate.gate.keys import Keys
from calgate.gate.values import Changes, Collection, Outcome, Principal, Put, Refusal, Remove, Resource
from calgate.store import Store, decisions, organizations, sessions
from calgate.store.decisions import Decision
from tests.support.practice_file import MONDAY

KEYS = Keys(b"k" * 32)


@dataclass
class Clock:
    """The present, until it is set."""

    at: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **units: float) -> None:
        self.at += timedelta(**units)


@dataclass
class Practice:
    """A gate over a store; `of` gives what one person's program sees and does."""

    store: Store
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.gate = Gate(self.store, self.clock, KEYS)

    def of(self, person: str) -> Device:
        principal = self.gate.principal(person)
        assert principal is not None
        return Device(self, principal)

    def load(self, file: dict[str, Any]) -> list[str]:
        return self.gate.load(file)

    def session(self, id_: str, org: str = "riverside") -> Session:
        with self.store.read() as tx:
            found = sessions.get(tx, org, id_)
        assert found is not None
        return found

    def decisions(self, org: str = "riverside") -> list[Decision]:
        with self.store.read() as tx:
            return decisions.after(tx, org, 0, limit=10_000)

    def number(self, org: str = "riverside") -> int:
        with self.store.read() as tx:
            return organizations.number(tx, org)


@dataclass
class Device:
    """A program with one person's sessions calendar (or another of theirs, by `slug`)."""

    practice: Practice
    principal: Principal
    slug: str = "sessions"

    @property
    def calendar(self) -> Collection:
        found = self.practice.gate.collection(self.principal, self.slug)
        assert found is not None
        return found

    def listing(self) -> dict[str, str]:
        return {href: etag for href, etag, _ in self.practice.gate.listing(self.calendar)}

    def token(self) -> str:
        return self.calendar.token

    def changes(self, token: str | None = None, limit: int | None = None) -> Changes:
        return self.practice.gate.changes(self.calendar, token, limit)

    def at(self, href: str) -> Resource | None:
        return self.practice.gate.resource(self.calendar, href)

    def get(self, session: str) -> Resource:
        """The (one) copy of a session."""
        found = [each for each in self.all() if each.session == session]
        assert len(found) == 1, f"{len(found)} copies of {session}"
        return found[0]

    def all(self) -> list[Resource]:
        return self.practice.gate.resources(self.calendar, list(self.listing()))

    def put(
        self,
        href: str,
        text: str,
        *,
        if_match: str | None = None,
        if_none_match: str | None = None,
        received: datetime | None = None,
    ) -> Outcome:
        return self.practice.gate.submit(
            Put(
                principal=self.principal,
                collection=self.calendar,
                href=href,
                body=text.encode(),
                received=received or self.practice.clock(),
                if_match=None if if_match is None else (if_match,),
                if_none_match=None if if_none_match is None else (if_none_match,),
            )
        )

    def delete(self, href: str, *, if_match: str | None = None) -> Outcome:
        return self.practice.gate.submit(
            Remove(
                principal=self.principal,
                collection=self.calendar,
                href=href,
                received=self.practice.clock(),
                if_match=None if if_match is None else (if_match,),
            )
        )

    def refused(self, outcome: Outcome) -> str:
        """The rule that refused."""
        assert isinstance(outcome, Refusal), outcome
        return outcome.first.rule

    def busy(self, since: datetime, until: datetime) -> list[Busy]:
        return self.practice.gate.busy([self.calendar], since, until)
