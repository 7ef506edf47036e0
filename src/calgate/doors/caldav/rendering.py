"""Objects of a calendar as the DAV:response elements of a report, calendar-data included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from calgate.doors.caldav import properties, xml
from calgate.doors.caldav.asked import DATA, BadReport, Data, Wanted
from calgate.doors.caldav.placing import is_moved, occurring
from calgate.doors.caldav.property_values import BEYOND_LISTING, SCHEDULE_TAG
from calgate.doors.caldav.request import Request
from calgate.gate.values import Collection, Resource, Row
from calgate.ical.expand import expand
from calgate.ical.filters import TimeRange
from calgate.ical.meetings import schedule_tag
from calgate.ical.select import limit_recurrence_set, partial

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

BATCH = 50
"""Objects in one SELECT."""
MAX_INSTANCES = 50_000
"""Instances that one report expands."""
Found: TypeAlias = tuple[Resource, Sequence[Row] | None]
_HREF, _ETAG, _DATA, _TAG = "\x00href", "\x00etag", "\x00data", "\x00tag"


def minimal(request: Request) -> bool:
    """Whether properties that are not there are left out (RFC 8144 section 2.1)."""
    return "return=minimal" in request.prefers


def needs_objects(wanted: Wanted) -> bool:
    """Whether a listing of (href, etag, component) is not enough."""
    return wanted.data is not None or not BEYOND_LISTING.isdisjoint(wanted.names)


def listed(
    gate: Gate,
    request: Request,
    collection: Collection,
    rows: Sequence[tuple[str, str, str]],
    wanted: Wanted,
    zone: ZoneInfo,
) -> Iterator[str]:
    """Responses of (href, etag, component); the objects themselves are read only when they are needed."""
    if not needs_objects(wanted):
        yield from properties.listing(request, collection, rows, wanted.names, minimal(request))
        return
    resources = fetched(gate, collection, [href for href, _, _ in rows])
    yield from objects(gate, request, collection, ((one, None) for one in resources), wanted, zone)


def fetched(gate: Gate, collection: Collection, hrefs: Sequence[str]) -> Iterator[Resource]:
    """The live resources among `hrefs`, in batches."""
    left = iter(hrefs)
    while batch := list(islice(left, BATCH)):
        yield from gate.resources(collection, batch)


def objects(
    gate: Gate,
    request: Request,
    collection: Collection,
    found: Iterable[Found],
    wanted: Wanted,
    zone: ZoneInfo,
) -> Iterator[str]:
    """Responses of resources. With each go its occurrences in the range to expand, None when they are not
    known yet; `zone` is that of floating times."""
    data = wanted.data
    if data is not None and data.expand is not None:
        found = _limited(_with_rows(gate, request, collection, found, data.expand, zone))
    slow = not (BEYOND_LISTING - {SCHEDULE_TAG}).isdisjoint(wanted.names)
    templates: dict[tuple[str, bool], str] = {}
    for resource, rows in found:
        text = "" if data is None else escape(data_text(resource.text, data, rows or (), zone))
        tag = schedule_tag(resource.text) if SCHEDULE_TAG in wanted.names else None
        kind = (resource.component, tag is not None)
        template = templates.get(kind)
        if template is None or slow:
            template = templates[kind] = _template(request, collection, resource, wanted)
        yield template.format(xml.quoted(resource.href), resource.etag, text, tag)


def _template(request: Request, collection: Collection, resource: Resource, wanted: Wanted) -> str:
    """The response of a resource with its href, ETag, data and schedule tag left open."""
    look = properties.member(request, collection, resource)
    tag = look(SCHEDULE_TAG)
    standing_in = {
        **({SCHEDULE_TAG: xml.element(SCHEDULE_TAG, f'"{_TAG}"')} if tag is not None else {}),
        xml.dav("getetag"): f'<D:getetag>"{_ETAG}"</D:getetag>',
        DATA: f"<C:calendar-data>{_DATA}</C:calendar-data>",
    }
    inner = properties.propstats(
        wanted.names, lambda name: standing_in.get(name) or look(name), minimal(request)
    )
    path = xml.quoted(request.of(collection))
    whole = f"<D:response><D:href>{path}{_HREF}</D:href>{inner}</D:response>"
    whole = whole.replace("{", "{{").replace("}", "}}")
    return whole.replace(_HREF, "{0}").replace(_ETAG, "{1}").replace(_DATA, "{2}").replace(_TAG, "{3}")


def data_text(text: str, data: Data, rows: Iterable[Row], zone: ZoneInfo) -> str:
    """The part of an object's text that C:calendar-data asks for."""
    if data.whole:
        return text
    if data.expand is not None:
        text = expand(text, rows, zone)
    elif data.limit is not None:
        text = limit_recurrence_set(text, data.limit, zone)
    return text if data.selection is None else partial(text, data.selection)


def _with_rows(
    gate: Gate,
    request: Request,
    collection: Collection,
    found: Iterable[Found],
    span: TimeRange,
    zone: ZoneInfo,
) -> Iterator[tuple[Resource, Sequence[Row]]]:
    """Each resource with its occurrences in the range to expand, read from the index once per component."""
    known: dict[str, Mapping[str, Sequence[Row]]] = {}
    for resource, rows in found:
        if rows is None:
            component = resource.component
            if component not in known:
                inside = (
                    occurring(gate, collection, span, component, zone)
                    if is_moved(request, collection, zone)
                    else gate.between(collection, span.start, span.end, component, texts=False)
                )
                known[component] = {one.href: its_rows for one, its_rows in inside}
            rows = known[component].get(resource.href, ())
        yield resource, rows


def _limited(found: Iterable[tuple[Resource, Sequence[Row]]]) -> Iterator[tuple[Resource, Sequence[Row]]]:
    instances = 0
    for resource, rows in found:
        instances += len(rows)
        if instances > MAX_INSTANCES:
            raise BadReport(
                f"More than {MAX_INSTANCES} instances lie in that range: ask for a shorter one.",
                xml.dav("number-of-matches-within-limits"),
            )
        yield resource, rows
