"""Busy times: one answer for a calendar, a person or many people, times and types only.

From the occurrence index, by expansion beyond its horizon, and outside of people's hours when that is asked.
A free-busy-query is not: it speaks of calendars (RFC 4791 section 7.10), hours are the person's (RFC 7953).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from calgate.domain.availability import Layer, closed, office_layer
from calgate.domain.freebusy import Busy, BusyType, clip, from_seconds, merge
from calgate.domain.pack import Pack
from calgate.gate.office import Office, Records, enter
from calgate.gate.ranges import computed
from calgate.gate.values import Collection, Principal
from calgate.ical.availability import layers
from calgate.ical.errors import BadCalendar
from calgate.store import Store, Tx, availabilities, collections, occurrences, spans
from calgate.store.spans import Resource

_TYPES: Final[Mapping[str, BusyType]] = {"B": "BUSY", "T": "BUSY-TENTATIVE"}
_FARTHEST: Final = timedelta(days=3653)
"""How much of a range is told with hours: they go on for ever, and somebody could ask for all of time."""
_BOUNDS: Final = (datetime(2, 1, 1, tzinfo=UTC), datetime(9980, 1, 1, tzinfo=UTC))
"""In every zone, these are dates that can be reckoned with."""

_Periods = dict[BusyType, list[tuple[int, int]]]
"""Starts and ends in UTC seconds by type."""


def of_collections(
    store: Store, wanted: Sequence[Collection], since: datetime, until: datetime
) -> list[Busy]:
    """When the owner of these calendars of one organization is busy: UTC, merged and cut to whole seconds."""
    if not wanted:
        return []
    calendars = {each.id: ("", each.zone) for each in wanted}
    with store.read() as tx:
        reading = _Reading(tx, wanted[0].org, calendars, since, until)
    return reading.busy("")


def of_people(
    store: Store,
    packs: Mapping[str, Pack],
    org: str,
    people: Iterable[str],
    since: datetime,
    until: datetime,
    *,
    with_hours: bool = False,
) -> dict[str, list[Busy]]:
    """When people of one organization are busy, in the same few queries however many they are: UTC, merged
    and cut. Who is not of the organization is left out. Calendars that their owner keeps out do not count.

    `with_hours`: and BUSY-UNAVAILABLE (or as they say) outside of their own hours, or else of the practice's.
    """
    asked = list(dict.fromkeys(people))
    with store.read() as tx:
        counted = collections.counted(tx, org, asked)
        calendars = {each.id: (each.owner, each.zone) for each in counted if each.id is not None}
        reading = _Reading(tx, org, calendars, since, until)
        known = {each.owner for each in counted}
        present = [person for person in asked if person in known]
        hours = None
        if with_hours and present:
            hours = _Hours(enter(tx, org, packs, Records()), present, since, until)
    found = {person: reading.busy(person) for person in present}
    if hours is not None:
        for person in present:
            if away := hours.closed(person):
                found[person] = clip(merge([*found[person], *away]), since, until)
    return found


def availability(store: Store, principal: Principal) -> str | None:
    """The hours that the person has set, as they were sent."""
    with store.read() as tx:
        return availabilities.of_people(tx, principal.org, [principal.person]).get(principal.person)


class _Reading:
    """What the database says of some calendars in a range; `calendars`: whose each is, and its zone."""

    def __init__(
        self, tx: Tx, org: str, calendars: Mapping[int, tuple[str, str]], since: datetime, until: datetime
    ) -> None:
        self._first, self._last = int(since.timestamp()), int(until.timestamp())
        self._periods: dict[str, _Periods] = {}
        for owner, _ in calendars.values():
            self._periods.setdefault(owner, {kind: [] for kind in _TYPES.values()})
        # Two look-ups for each of what may be many thousand rows.
        take = {
            code: {key: self._periods[owner][kind].append for key, (owner, _) in calendars.items()}
            for code, kind in _TYPES.items()
        }
        for key, start, end, code in occurrences.busy_between(tx, org, calendars, self._first, self._last):
            take[code][key]((start, end))
        self._beyond: dict[str, list[tuple[Resource, int, str]]] = {}
        unfinished = spans.unfinished_in(tx, org, calendars, "VEVENT", self._last)
        for head in spans.of_ids(tx, org, "VEVENT", unfinished, True):
            key, indexed_until = unfinished[head.id]
            owner, zone = calendars[key]
            self._beyond.setdefault(owner, []).append((head, indexed_until, zone))

    def busy(self, owner: str) -> list[Busy]:
        """Merged and cut; where the index ends series are expanded, so not within the transaction."""
        periods = {kind: list(found) for kind, found in self._periods.get(owner, {}).items()}
        for head, indexed_until, zone in self._beyond.get(owner, ()):
            for row in computed(head.text, zone, max(indexed_until, self._first), self._last):
                if row.busy:
                    periods[_TYPES[row.busy]].append((row.starts_at, row.ends_at))
        return from_seconds(periods, self._first, self._last)


class _Hours:
    """The hours of people of an organization in a range."""

    def __init__(self, office: Office, people: Iterable[str], since: datetime, until: datetime) -> None:
        self._zone: ZoneInfo = office.zone
        self._since = min(max(since, _BOUNDS[0]), _BOUNDS[1]).astimezone(UTC)
        self._until = min(until, _BOUNDS[1], self._since + _FARTHEST).astimezone(UTC)
        self._texts = availabilities.of_people(office.tx, office.org, people)
        self._practice = office_layer(office.policy.office_hours, office.zone, self._since, self._until)

    def closed(self, person: str) -> list[Busy]:
        return closed([*([self._practice] if self._practice else ()), *self._own(person)])

    def _own(self, person: str) -> list[Layer]:
        if person not in self._texts:
            return []
        try:
            return layers(self._texts[person], self._zone, self._since, self._until)
        except BadCalendar:
            # A zone of the person's own making can cease to mean one that is known.
            return []
