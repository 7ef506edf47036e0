"""REPORT (RFC 3253 section 3.6): told apart by the root element."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from calgate.doors.caldav import refusals, xml
from calgate.doors.caldav.asked import BadReport
from calgate.doors.caldav.busy import free_busy
from calgate.doors.caldav.expand_property import expand_property
from calgate.doors.caldav.multiget import multiget
from calgate.doors.caldav.principals import (
    principal_match,
    principal_property_search,
    principal_search_property_set,
)
from calgate.doors.caldav.query import calendar_query
from calgate.doors.caldav.request import Request
from calgate.doors.caldav.sync import sync_collection
from calgate.doors.caldav.xml import Answer, caldav, dav
from calgate.gate.values import OUTBOX

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

_UNSUPPORTED = "This report is not answered at this address."


def report(gate: Gate, request: Request) -> Answer:
    """The answer to any REPORT below the root; 403 DAV:supported-report for those that are not known."""
    try:
        return _answer(gate, request, xml.parse(request.body))
    except xml.BadXml as fault:
        return refusals.bad_xml(fault)
    except BadReport as fault:
        if fault.precondition is None:
            return refusals.problem(400, str(fault))
        return refusals.precondition(fault.precondition, str(fault))


def _answer(gate: Gate, request: Request, root: Element) -> Answer:
    if root.tag == caldav("free-busy-query") and len(request.path) in (1, 2):
        return free_busy(gate, request, root)
    if request.path and request.path[0] != request.principal.person:
        return refusals.foreign(request.at)
    if root.tag == dav("principal-match") and len(request.path) < 2:
        return principal_match(gate, request, root)
    if root.tag == dav("principal-property-search") and len(request.path) < 2:
        return principal_property_search(gate, request, root)
    if root.tag == dav("principal-search-property-set") and len(request.path) < 2:
        return principal_search_property_set()
    missing = _missing(gate, request, root)
    if root.tag == dav("expand-property"):
        return missing or expand_property(gate, request, root)
    if not request.path:
        raise BadReport(_UNSUPPORTED, dav("supported-report"))
    if root.tag == caldav("calendar-query"):
        return missing or calendar_query(gate, request, root)
    if root.tag == caldav("calendar-multiget"):
        return missing or multiget(gate, request, root)
    if root.tag == dav("sync-collection") and len(request.path) == 2:
        collection = gate.collection(request.principal, request.path[1])
        return sync_collection(gate, request, collection, root) if collection else refusals.not_found()
    raise BadReport(_UNSUPPORTED, dav("supported-report"))


def _missing(gate: Gate, request: Request, root: Element) -> Answer | None:
    """404 when there is nothing at the address."""
    if len(request.path) < 2 or (request.path[1:] == (OUTBOX,) and "expand-property" in root.tag):
        return None
    collection = gate.collection(request.principal, request.path[1])
    if collection is None or len(request.path) > 3:
        return refusals.not_found()
    if len(request.path) == 3 and gate.resource(collection, request.path[2]) is None:
        return refusals.not_found()
    return None
