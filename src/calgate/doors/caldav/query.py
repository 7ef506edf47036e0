"""CALDAV:calendar-query (RFC 4791 section 7.8).

A filter on a component and a range of time is answered by the occurrence index alone; all others are tried on
the texts of the candidates that are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from calgate.doors.caldav import asked, rendering, xml
from calgate.doors.caldav.asked import BadReport, Wanted
from calgate.doors.caldav.placing import is_moved, occurring
from calgate.doors.caldav.property_values import SCHEDULE_TAG, zone_of
from calgate.doors.caldav.rendering import Found
from calgate.doors.caldav.request import Request
from calgate.doors.caldav.xml import Answer
from calgate.gate.values import Collection, Resource, Row
from calgate.ical.filters import CompFilter, TimeRange
from calgate.ical.query import matches

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

_SCHEDULED = frozenset({"VEVENT", "VTODO", "VJOURNAL"})


@dataclass(frozen=True, slots=True)
class _Query:
    """A query of one calendar; `zone` places floating times."""

    gate: Gate
    request: Request
    collection: Collection
    filter: CompFilter
    wanted: Wanted
    zone: ZoneInfo

    def responses(self) -> Iterator[str]:
        """The DAV:response of each object that matches."""
        main = self._main()
        if main is not None and main.name not in self.collection.components:
            return iter(())
        if main is not None and main.time_range is not None:
            return self._objects(self._in_range(main, main.time_range))
        simple = main.simple if main is not None else not self.filter.comps
        if simple and not self.filter.props:
            rows = [row for row in self.gate.listing(self.collection) if main is None or row[2] == main.name]
            return rendering.listed(self.gate, self.request, self.collection, rows, self.wanted, self.zone)
        return self._objects(self._by_text(main))

    def _main(self) -> CompFilter | None:
        """The one condition on a scheduled component, which says what objects come into question."""
        conditions = self.filter.comps
        if len(conditions) == 1 and conditions[0].name in _SCHEDULED and not conditions[0].absent:
            return conditions[0]
        return None

    def _objects(self, found: Iterator[Found]) -> Iterator[str]:
        return rendering.objects(self.gate, self.request, self.collection, found, self.wanted, self.zone)

    def _in_range(self, main: CompFilter, span: TimeRange) -> Iterator[Found]:
        plain = main.simple and not self.filter.props
        data = self.wanted.data
        same_span = data is not None and data.expand == span
        texts = data is not None or not plain or SCHEDULE_TAG in self.wanted.names
        with_rows = same_span or not plain
        for resource, rows in self._occurring(main.name, span, texts, with_rows):
            if plain or matches(resource.text, self.filter, self.zone, rows):
                yield resource, rows if same_span else None

    def _occurring(
        self, component: str, span: TimeRange, texts: bool, with_rows: bool
    ) -> Iterable[tuple[Resource, Sequence[Row]]]:
        if is_moved(self.request, self.collection, self.zone):
            return occurring(self.gate, self.collection, span, component, self.zone)
        between = self.gate.between
        return between(self.collection, span.start, span.end, component, texts=texts, rows=with_rows)

    def _by_text(self, main: CompFilter | None) -> Iterator[Found]:
        listing = self.gate.listing(self.collection)
        hrefs = [href for href, _, component in listing if main is None or component == main.name]
        for resource in rendering.fetched(self.gate, self.collection, hrefs):
            if matches(resource.text, self.filter, self.zone):
                yield resource, None


def calendar_query(gate: Gate, request: Request, root: Element) -> Answer:
    """207 with every object that matches. Depth 0 on a calendar or Depth 0 and 1 on the home reach no object;
    without the header, which clients leave out, the objects are meant."""
    wanted, wish, zone = asked.wanted(root), asked.calendar_filter(root), asked.zone(root)
    depth = request.headers.get("depth", "infinity").lower()
    if depth not in ("0", "1", "infinity"):
        raise BadReport("The Depth header must be 0, 1 or infinity.")
    responses: list[str] = []
    if wish.absent:
        return xml.multistatus(responses)
    for collection in _collections(gate, request, depth):
        own = ZoneInfo(zone_of(request, collection))
        for each in _spread(wish, collection.components):
            query = _Query(gate, request, collection, each, wanted, zone or own)
            if len(request.path) == 3:
                responses += _of_object(query, request.path[2])
            else:
                responses += query.responses()
    return xml.multistatus(responses)


def _spread(wish: CompFilter, components: Iterable[str]) -> list[CompFilter]:
    """RFC 4791 section 9.9 gives a range on VCALENDAR itself no meaning. Clients that leave the component out
    mean those of every kind, and nothing else could be meant."""
    span = wish.time_range
    if span is None:
        return [wish]
    inside = [one for one in wish.comps if one.name in _SCHEDULED and not one.absent]
    others = tuple(one for one in wish.comps if one not in inside)
    ranged = [one if one.time_range else replace(one, time_range=span) for one in inside]
    if ranged:
        return [replace(wish, time_range=None, comps=(*ranged, *others))]
    every = (CompFilter(name, time_range=span) for name in components)
    return [replace(wish, time_range=None, comps=(one, *others)) for one in every]


def _collections(gate: Gate, request: Request, depth: str) -> list[Collection]:
    if len(request.path) == 1:
        return gate.collections(request.principal) if depth == "infinity" else []
    collection = gate.collection(request.principal, request.path[1])
    return [collection] if collection is not None and (depth != "0" or len(request.path) == 3) else []


def _of_object(query: _Query, href: str) -> Iterator[str]:
    """The query of a single object."""
    resource = query.gate.resource(query.collection, href)
    if resource is not None and matches(resource.text, query.filter, query.zone):
        yield from query._objects(iter([(resource, None)]))
