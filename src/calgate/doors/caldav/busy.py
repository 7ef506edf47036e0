"""CALDAV:free-busy-query (RFC 4791 section 7.10), on a calendar or on a home: times and types, never a title.

A colleague of the same organization may ask too; that is all that others see of a person's calendars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element

from calgate.doors.caldav import refusals
from calgate.doors.caldav.asked import BadReport, closed_range
from calgate.doors.caldav.request import Request
from calgate.doors.caldav.settable import TRANSPARENCY
from calgate.doors.caldav.xml import Answer, caldav
from calgate.gate.values import Collection
from calgate.ical.freebusy import vfreebusy

if TYPE_CHECKING:
    from calgate.gate.gate import Gate


def free_busy(gate: Gate, request: Request, root: Element) -> Answer:
    """200 with a VFREEBUSY. The Depth header counts for nothing: calendars have no calendars below them."""
    node = root.find(caldav("time-range"))
    if node is None:
        raise BadReport("A free-busy-query needs a C:time-range.")
    span = closed_range(node)
    assert span.start is not None and span.end is not None
    collections = _collections(gate, request)
    if collections is None:
        return refusals.foreign(request.at, "read")
    if not collections and len(request.path) > 1:
        return refusals.not_found()
    busy = gate.busy(collections, span.start, span.end)
    uid = uuid5(NAMESPACE_URL, f"urn:calgate:{request.at}:{span.start}:{span.end}")
    text = vfreebusy(busy, span.start, span.end, request.received, f"{uid}")
    return Answer(200, {"Content-Type": "text/calendar; charset=utf-8"}, text.encode())


def _collections(gate: Gate, request: Request) -> list[Collection] | None:
    """The calendars asked about; None when the home is of another organization, or of nobody."""
    owner = request.principal
    if request.path[0] != owner.person:
        found = gate.principal(request.path[0])
        if found is None or found.org != owner.org:
            return None
        owner = found
    if len(request.path) == 1:
        return [each for each in gate.collections(owner) if not _transparent(each)]
    one = gate.collection(owner, request.path[1])
    return [] if one is None else [one]


def _transparent(collection: Collection) -> bool:
    """Whether the owner keeps the calendar out of the busy time (RFC 6638 section 9.1)."""
    return "transparent" in collection.props.get(TRANSPARENCY, "")
