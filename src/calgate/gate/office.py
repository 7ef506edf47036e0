"""An organization as a write or a rendering needs it: pack, policy, zone and records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from calgate.domain.audience import Audience, View
from calgate.domain.pack import Pack
from calgate.domain.policy import Policy, policy_from
from calgate.domain.practice import Assignment, Practice
from calgate.domain.session import Session
from calgate.store import Tx, collections, organizations, practice, views
from calgate.store.organizations import Organization

SESSIONS = "sessions"
"""The name of the managed collection in everybody's home."""


class UnknownOrganization(LookupError):
    """There is no organization of that id."""


Views: TypeAlias = Mapping[tuple[Audience, str], tuple[tuple[int, View], ...]]
"""Views with their ids, by audience and target."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """An organization's records as of `version`, its assignments by practitioner, and its views."""

    version: tuple[object, ...]
    practice: Practice
    assignments: Mapping[str, tuple[Assignment, ...]]
    views: Views


class Records:
    """The records of organizations, kept in memory: a write refers to many of them and they change seldom.

    Every use compares the version that its own transaction sees, so that what another process loaded is seen
    at once. What an unfinished transaction has written must not come here: see Office.records.
    """

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    def of(self, tx: Tx, row: Organization) -> _Kept:
        """The records of the organization whose row was read in this transaction."""
        version = (row.epoch, row.records, row.name, row.pack, row.timezone)
        kept = self._kept.get(row.id)
        if kept is None or kept.version != version:
            found = practice.load_practice(tx, row.id, everything=True)
            by_person: dict[str, list[Assignment]] = {}
            for each in found.assignments:
                by_person.setdefault(each.practitioner, []).append(each)
            mine = {person: tuple(some) for person, some in by_person.items()}
            kept = _Kept(version, found, mine, _views(tx, row.id))
            self._kept[row.id] = kept
        return kept


class Home(NamedTuple):
    """A person's managed collection."""

    id: int
    zone: str


@dataclass(slots=True)
class _Line:
    """The number that a write has taken, and how many decisions were recorded under it."""

    number: int | None = None
    decisions: int = 0


@dataclass(frozen=True, slots=True)
class Office:
    """One organization within one transaction `tx`."""

    tx: Tx
    org: str
    zone: ZoneInfo
    pack: Pack
    policy: Policy
    _row: Organization | None = field(default=None, repr=False)
    _records: Records = field(default_factory=Records, repr=False)
    _homes: dict[str, Home] = field(default_factory=dict, repr=False)
    _practices: dict[str, Practice] = field(default_factory=dict, repr=False)
    _line: _Line | None = field(default=None, repr=False)
    _seen: list[Views] = field(default_factory=list, repr=False)

    def with_one_number(self) -> Office:
        """The same, for a write that changes several sessions: all it does has one number."""
        return replace(self, _line=_Line())

    def next_number(self) -> int:
        """The organization's next number: a write takes it once."""
        if self._line is None:
            return organizations.next_number(self.tx, self.org)
        if self._line.number is None:
            self._line.number = organizations.next_number(self.tx, self.org)
        return self._line.number

    def coming_number(self) -> int:
        """What next_number will give."""
        taken = self._line.number if self._line else None
        return organizations.number(self.tx, self.org) + 1 if taken is None else taken

    def next_decision(self) -> int:
        """Which decision under its number this is."""
        if self._line is None:
            return 0
        self._line.decisions += 1
        return self._line.decisions - 1

    def home(self, person: str) -> Home | None:
        """The person's managed collection, as it was when this transaction first asked."""
        if person not in self._homes:
            found = collections.by_slug(self.tx, self.org, person, SESSIONS)
            if found is None:
                return None
            self.knows(person, Home(found.id, found.zone))
        return self._homes[person]

    def knows(self, person: str, home: Home) -> None:
        """The person's managed collection has been looked up already; it is never removed."""
        self._homes[person] = home

    def records_of(self, practitioner: str) -> Practice:
        """The records of the organization, with the assignments of that practitioner.

        For transactions that do not change records themselves, or not any more.
        """
        assert self._row is not None, "a transaction that changes records reads them from the store"
        if practitioner not in self._practices:
            kept = self._records.of(self.tx, self._row)
            mine = kept.assignments.get(practitioner, ())
            assigns = bool(kept.practice.assignments)
            self._practices[practitioner] = replace(kept.practice, assignments=mine, assigns=assigns)
        return self._practices[practitioner]

    def views(self) -> Views:
        """The organization's views, as they were when this transaction first asked."""
        if not self._seen:
            row = self._row
            self._seen.append(self._records.of(self.tx, row).views if row else _views(self.tx, self.org))
        return self._seen[0]

    def records(self, session: Session) -> Practice:
        """The records that a judgement or a rendering of the session may ask for."""
        return self.records_of(session.practitioner)


def _views(tx: Tx, org: str) -> Views:
    found: dict[tuple[Audience, str], tuple[tuple[int, View], ...]] = {}
    for id_, view in views.all(tx, org):
        target = (view.audience, view.target)
        found[target] = (*found.get(target, ()), (id_, view))
    return found


def enter(tx: Tx, org: str, packs: Mapping[str, Pack], records: Records) -> Office:
    """The organization inside `tx`. UnknownOrganization when it does not exist."""
    row = organizations.get(tx, org)
    if row is None:
        raise UnknownOrganization(org)
    pack = packs[row.pack]
    policy = policy_from(row.policy, pack.defaults)
    return Office(tx, org, ZoneInfo(row.timezone), pack, policy, row, records)
