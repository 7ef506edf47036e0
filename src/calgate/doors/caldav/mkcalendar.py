"""MKCALENDAR (RFC 4791 section 5.3.1) and extended MKCOL (RFC 5689): all of a calendar, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from calgate.doors.caldav import refusals, xml
from calgate.doors.caldav.property_values import COMPONENTS
from calgate.doors.caldav.proppatch import propstats
from calgate.doors.caldav.request import Request
from calgate.doors.caldav.settable import (
    COMPONENT_SET,
    Problem,
    Wishes,
    fitting,
    wishes,
    without_availability,
)
from calgate.doors.caldav.xml import Answer, caldav, dav
from calgate.gate.values import Failed, MakeCalendar, Refusal

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

_TYPE = dav("resourcetype")
_MAX_NAME = 200


def mkcalendar(gate: Gate, request: Request) -> Answer:
    """201, or a refusal after which nothing has been made."""
    return _make(gate, request, caldav("mkcalendar"), "C:mkcalendar-response")


def mkcol(gate: Gate, request: Request) -> Answer:
    """As MKCALENDAR when the body asks for a calendar; other collections are not kept here."""
    if not request.body.strip():
        return refusals.precondition(
            refusals.RESOURCE_TYPE, "Only calendars can be made here: use MKCALENDAR."
        )
    return _make(gate, request, dav("mkcol"), "D:mkcol-response")


def _make(gate: Gate, request: Request, root_name: str, response_name: str) -> Answer:
    if wrong_place := _wrong_place(gate, request):
        return wrong_place
    try:
        root = _root(request.body, root_name)
    except xml.BadXml as fault:
        return refusals.bad_xml(fault)
    if not _asks_for_calendar(root, required=root_name == dav("mkcol")):
        return refusals.precondition(refusals.RESOURCE_TYPE, "Only calendars can be made here.")
    components, bad_components = _components(root)
    asked = wishes(root.findall(dav("set")), but=frozenset({_TYPE, COMPONENT_SET}))
    asked = fitting(without_availability(asked), {})
    problems = {**asked.problems, **({COMPONENT_SET: bad_components} if bad_components else {})}
    if problems:
        body = xml.document(response_name, propstats(Wishes(asked.set, asked.remove, problems)))
        return Answer(403, {"Content-Type": xml.XML_TYPE}, body)
    outcome = gate.submit(
        MakeCalendar(
            principal=request.principal,
            slug=request.path[1],
            components=components,
            props=asked.kept,
            zone=asked.zone,
        )
    )
    if isinstance(outcome, Failed):
        return refusals.failed(outcome, request.home)
    if isinstance(outcome, Refusal):
        return refusals.refused(outcome.first, request.at, "bind", request.agent)
    return Answer(201, {"Cache-Control": "no-cache"})


def _wrong_place(gate: Gate, request: Request) -> Answer | None:
    if len(request.path) < 2:
        return refusals.method_not_allowed("There is a collection already.", "OPTIONS, PROPFIND, REPORT")
    taken = gate.collection(request.principal, request.path[1])
    if len(request.path) > 2:
        if taken is None:
            return refusals.problem(409, "There is no collection above this address.")
        return refusals.precondition(refusals.LOCATION, "A calendar cannot be made inside another one.")
    if taken is not None:
        if request.method == "MKCOL":
            return refusals.method_not_allowed("There is a calendar already.", "OPTIONS, PROPFIND, REPORT")
        return refusals.precondition(refusals.NOT_NULL, "There is a calendar at this address already.")
    if len(request.path[1]) > _MAX_NAME:
        return refusals.precondition(refusals.LOCATION, f"Its name is longer than {_MAX_NAME} characters.")
    return None


def _root(body: bytes, name: str) -> Element:
    if not body.strip():
        return Element(name)
    root = xml.parse(body)
    if root.tag != name:
        raise xml.BadXml(f"The root of the body must be {name}.")
    return root


def _asks_for_calendar(root: Element, required: bool) -> bool:
    types = root.findall(f"{dav('set')}/{dav('prop')}/{_TYPE}")
    if not types:
        return not required
    return all({child.tag for child in node} == {dav("collection"), caldav("calendar")} for node in types)


def _components(root: Element) -> tuple[tuple[str, ...], Problem | None]:
    node = root.find(f"{dav('set')}/{dav('prop')}/{COMPONENT_SET}")
    if node is None:
        return COMPONENTS, None
    names = tuple(dict.fromkeys(child.get("name", "").upper() for child in node))
    if not names or set(names) - set(COMPONENTS):
        return (), Problem(403, refusals.COMPONENT)
    return names, None
