"""An organization as a write or a rendering needs it: pack, policy, zone and records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from calgate.domain.pack import Pack
from calgate.domain.policy import Policy, policy_from
from calgate.domain.practice import Assignment, Practice
from calgate.domain.session import Session
from calgate.store import Tx, collections, organizations, practice
from calgate.store.collections import Collection
from calgate.store.organizations import Organization

SESSIONS = "sessions"
"""The name of the managed collection in everybody's home."""


class UnknownOrganization(LookupError):
    """There is no organization of that id."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """An organization's records as of `version`, its assignments by practitioner."""

    version: tuple[object, ...]
    practice: Practice
    assignments: Mapping[str, tuple[Assignment, ...]]


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
            kept = _Kept(version, found, {person: tuple(some) for person, some in by_person.items()})
            self._kept[row.id] = kept
        return kept


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
    _homes: dict[str, Collection] = field(default_factory=dict, repr=False)

    def home(self, person: str) -> Collection | None:
        """The person's managed collection, as it was when this transaction first asked."""
        if person not in self._homes:
            found = collections.by_slug(self.tx, self.org, person, SESSIONS)
            if found is None:
                return None
            self._homes[person] = found
        return self._homes[person]

    def records_of(self, practitioner: str) -> Practice:
        """The records of the organization, with the assignments of that practitioner.

        For transactions that do not change records themselves.
        """
        assert self._row is not None, "a transaction that changes records reads them from the store"
        kept = self._records.of(self.tx, self._row)
        return replace(kept.practice, assignments=kept.assignments.get(practitioner, ()))

    def records(self, session: Session) -> Practice:
        """The records that a judgement or a rendering of the session may ask for."""
        return self.records_of(session.practitioner)


def enter(tx: Tx, org: str, packs: Mapping[str, Pack], records: Records) -> Office:
    """The organization inside `tx`. UnknownOrganization when it does not exist."""
    row = organizations.get(tx, org)
    if row is None:
        raise UnknownOrganization(org)
    pack = packs[row.pack]
    policy = policy_from(row.policy, pack.defaults)
    return Office(tx, org, ZoneInfo(row.timezone), pack, policy, row, records)
