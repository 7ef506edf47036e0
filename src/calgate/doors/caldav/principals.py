"""Finding people: principal-match, principal-property-search, principal-search-property-set (RFC 3744
sections 9.3 to 9.5).

Names and addresses of one's own organization, so that their free/busy can be asked; nothing else of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element

from calgate.doors.caldav import home_properties, properties, rendering, xml
from calgate.doors.caldav.asked import BadReport
from calgate.doors.caldav.properties import Look
from calgate.doors.caldav.request import Request
from calgate.doors.caldav.xml import CALENDARSERVER, XML_TYPE, Answer, caldav, dav
from calgate.gate.values import Principal

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

_EMAIL: Final = f"{{{CALENDARSERVER}}}email-address-set"
_ADDRESSES: Final = caldav("calendar-user-address-set")
_SEARCHED: Final[Mapping[str, str]] = {
    dav("displayname"): "Name",
    _EMAIL: "Email address",
    _ADDRESSES: "Calendar address",
}
_OF_COLLEAGUES: Final = frozenset(
    {
        *_SEARCHED,
        dav("resourcetype"),
        dav("principal-URL"),
        dav("resource-id"),
        caldav("calendar-home-set"),
        caldav("calendar-user-type"),
    }
)
_OTHER_ELEMENTS: Final = frozenset(
    dav(name)
    for name in ("property-search", "prop", "apply-to-principal-collection-set", "self", "principal-property")
)
Wish = tuple[tuple[str, ...], str]


def principal_property_search(gate: Gate, request: Request, root: Element) -> Answer:
    """207 with the people whose properties hold the texts asked for, whatever their case; everybody when no
    text is asked for, as one client library lists them (the DTD wants one at least)."""
    wishes = [_wish(node) for node in root.iterfind(dav("property-search"))]
    enough = any if wishes and root.get("test") == "anyof" else all
    names = _names(root)
    responses = []
    for person in sorted(gate.members(request.principal.org), key=lambda each: each.person):
        if enough(_matches(person, wish, request) for wish in wishes):
            home = replace(request, principal=person).home
            look = _look(gate, request, person)
            responses.append(properties.describe(home, names, look, rendering.minimal(request)))
    return xml.multistatus(responses)


def principal_match(gate: Gate, request: Request, root: Element) -> Answer:
    """207 with oneself, or with those of one's calendars whose property names oneself."""
    names = _names(root)
    own = request.home, properties.home(request, home_properties.load(gate, request.principal))
    by = root.find(dav("principal-property"))
    if by is None and root.find(dav("self")) is None:
        raise BadReport("A principal-match needs DAV:self or DAV:principal-property.")
    found = [own]
    if by is not None:
        calendars = gate.collections(request.principal)
        found += [(request.of(each), properties.calendar(request, each)) for each in calendars]
        found = [
            each for each in found if any(xml.href(request.home) in (each[1](it.tag) or "") for it in by)
        ]
    minimal = rendering.minimal(request)
    return xml.multistatus(properties.describe(path, names, look, minimal) for path, look in found)


def principal_search_property_set() -> Answer:
    """200 with the properties that can be searched."""
    inner = "".join(
        f"<D:principal-search-property><D:prop>{xml.empty(name)}</D:prop>"
        f'<D:description xml:lang="en">{said}</D:description></D:principal-search-property>'
        for name, said in _SEARCHED.items()
    )
    return Answer(200, {"Content-Type": XML_TYPE}, xml.document("D:principal-search-property-set", inner))


def _wish(node: Element) -> Wish:
    prop, match = node.find(dav("prop")), node.findtext(dav("match"))
    if prop is None or match is None:
        raise BadReport("A DAV:property-search holds a DAV:prop and a DAV:match.")
    return tuple(child.tag for child in prop), match.strip().casefold()


def _names(root: Element) -> tuple[str, ...]:
    """The properties to answer. One client library puts them beside an empty DAV:prop instead of inside."""
    prop = root.find(dav("prop"))
    inside = tuple(child.tag for child in prop) if prop is not None else ()
    return tuple(dict.fromkeys(inside or (child.tag for child in root if child.tag not in _OTHER_ELEMENTS)))


def _matches(person: Principal, wish: Wish, request: Request) -> bool:
    """Every property named must hold the text; one that can't be searched holds nothing."""
    names, needle = wish
    home = replace(request, principal=person).home
    values = {
        dav("displayname"): person.name,
        _EMAIL: person.email,
        _ADDRESSES: f"mailto:{person.email}\n{home}",
    }
    return bool(names) and all(name in values and needle in values[name].casefold() for name in names)


def _look(gate: Gate, request: Request, person: Principal) -> Look:
    if person.person == request.principal.person:
        return properties.home(request, home_properties.load(gate, person))
    look = properties.home(replace(request, principal=person), {})
    return lambda name: look(name) if name in _OF_COLLEAGUES else None
