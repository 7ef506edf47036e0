"""DAV:expand-property (RFC 3253 section 3.8) as far as there is something to expand: hrefs of one's own home.

macOS opens a window when the question for its proxy groups is refused: they are answered as empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from calgate.doors.caldav import home_properties, properties, rendering, xml
from calgate.doors.caldav.asked import BadReport
from calgate.doors.caldav.properties import Look
from calgate.doors.caldav.request import Request
from calgate.doors.caldav.xml import CALENDARSERVER, Answer, dav
from calgate.gate.values import INBOX, OUTBOX

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

_PROXIES = frozenset(
    f"{{{CALENDARSERVER}}}{name}"
    for name in (
        "calendar-proxy-read-for",
        "calendar-proxy-write-for",
        "calendar-proxy-read",
        "calendar-proxy-write",
    )
)
_HREF = re.compile(r"<D:href>([^<]*)</D:href>")
_MAX_LEVELS = 3


def expand_property(gate: Gate, request: Request, root: Element) -> Answer:
    """207 with the properties of the resource; hrefs of the home come with the properties asked inside."""
    home = properties.home(request, home_properties.load(gate, request.principal))
    known: Mapping[str, Callable[[], Look]] = {
        "": lambda: home,
        f"{INBOX}/": lambda: _inbox(gate, request),
        f"{OUTBOX}/": lambda: properties.outbox(request),
    }
    look = _look(gate, request, home)
    return xml.multistatus([_response(request, request.at, root, look, known, 0)])


def _inbox(gate: Gate, request: Request) -> Look:
    found = gate.collection(request.principal, INBOX)
    assert found is not None
    return properties.calendar(request, found)


def _look(gate: Gate, request: Request, home: Look) -> Look:
    if not request.path:
        return properties.root(request)
    if request.path[1:] == (OUTBOX,):
        return properties.outbox(request)
    collection = gate.collection(request.principal, request.path[1]) if len(request.path) > 1 else None
    if collection is None:
        return home
    resource = gate.resource(collection, request.path[2]) if len(request.path) > 2 else None
    if resource is None:
        return properties.calendar(request, collection)
    return properties.member(request, collection, resource)


def _response(
    request: Request,
    path: str,
    node: Element,
    look: Look,
    known: Mapping[str, Callable[[], Look]],
    level: int,
) -> str:
    """`known`: what hrefs can lead to, by the path below the home."""
    inside = {_clark(child): child for child in node.iterfind(dav("property"))}

    def expanded(name: str) -> str | None:
        value = look(name)
        if value is None:
            return xml.empty(name) if name in _PROXIES and look is known[""]() else None
        if level >= _MAX_LEVELS or inside[name].find(dav("property")) is None:
            return value
        return _HREF.sub(lambda href: follow(href, inside[name]), value)

    def follow(href: re.Match[str], child: Element) -> str:
        path = href[1].removeprefix(xml.quoted(request.home))
        if path == href[1] or path not in known:
            return href[0]
        return _response(request, request.home + path, child, known[path](), known, level + 1)

    return properties.describe(path, inside, expanded, rendering.minimal(request))


def _clark(node: Element) -> str:
    name = node.get("name")
    if not name:
        raise BadReport("A DAV:property needs a name.")
    space = node.get("namespace", "DAV:")
    return f"{{{space}}}{name}" if space else name
