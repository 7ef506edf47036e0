"""CALDAV:free-busy-query (RFC 4791 section 7.10), on a calendar or on a home: times and types, never a title.

A colleague of the same organization may ask too; that is all that others see of a person's calendars. It is
calendars that are asked about: people's hours (RFC 7953) are told by the scheduling outbox and by links.
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
from calgate.gate.values import INBOX, Principal
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
    owner = _owner(gate, request)
    if owner is None:
        return refusals.foreign(request.at, "read")
    if len(request.path) == 1:
        busy = gate.busy_of(owner.org, [owner.person], span.start, span.end).get(owner.person, [])
    else:
        collection = gate.collection(owner, request.path[1]) if request.path[1] != INBOX else None
        mine = owner.person == request.principal.person
        # What its owner keeps out of busy times is to others as if it were not there.
        if not mine and (collection is None or "transparent" in collection.props.get(TRANSPARENCY, "")):
            return refusals.foreign(request.at, "read")
        if collection is None:
            return refusals.not_found()
        busy = gate.busy([collection], span.start, span.end)
    uid = uuid5(NAMESPACE_URL, f"urn:calgate:{request.at}:{span.start}:{span.end}")
    text = vfreebusy(busy, span.start, span.end, request.received, f"{uid}")
    return Answer(200, {"Content-Type": "text/calendar; charset=utf-8"}, text.encode())


def _owner(gate: Gate, request: Request) -> Principal | None:
    """Whose home it is; None when it is of another organization, or of nobody."""
    if request.path[0] == request.principal.person:
        return request.principal
    found = gate.principal(request.path[0])
    return found if found is not None and found.org == request.principal.org else None
