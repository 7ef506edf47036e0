"""CALDAV:calendar-multiget (RFC 4791 section 7.9), on a calendar, the home or one object."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from calgate.doors.caldav import rendering, xml
from calgate.doors.caldav.asked import Wanted, wanted
from calgate.doors.caldav.property_values import zone_of
from calgate.doors.caldav.request import Request
from calgate.doors.caldav.xml import Answer, dav

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

_ORIGIN = re.compile(r"https?://[^/]*", re.IGNORECASE)


def multiget(gate: Gate, request: Request, root: Element) -> Answer:
    """207 with each object asked for; 404 for those that are not there, or not below the address."""
    asked = wanted(root)
    by_slug: dict[str, list[str]] = {}
    responses: list[str] = []
    for path in dict.fromkeys(_path(node.text or "") for node in root.iterfind(dav("href"))):
        place = _place(request, path)
        if place is None:
            responses.append(xml.response_status(path, 404))
        else:
            by_slug.setdefault(place[0], []).append(place[1])
    for slug, hrefs in by_slug.items():
        responses += _of_calendar(gate, request, slug, hrefs, asked)
    return xml.multistatus(responses)


def _path(href: str) -> str:
    """The decoded path of an absolute URL or a path."""
    return unquote(_ORIGIN.sub("", href.strip(), 1).partition("?")[0])


def _place(request: Request, path: str) -> tuple[str, str] | None:
    """Slug and href of a path that lies below the request's own; None for all others."""
    segments = path.removeprefix(f"{request.base}/").split("/")
    inside = path.startswith(f"{request.base}/") and tuple(segments[: len(request.path)]) == request.path
    return (segments[1], segments[2]) if inside and len(segments) == 3 and segments[2] else None


def _of_calendar(
    gate: Gate, request: Request, slug: str, hrefs: Iterable[str], asked: Wanted
) -> Iterator[str]:
    missing = dict.fromkeys(hrefs)
    collection = gate.collection(request.principal, slug)
    if collection is not None:
        zone = ZoneInfo(zone_of(request, collection))
        found = list(rendering.fetched(gate, collection, list(missing)))
        for resource in found:
            missing.pop(resource.href, None)
        with_rows = ((one, None) for one in found)
        yield from rendering.objects(gate, request, collection, with_rows, asked, zone)
    base = f"{request.base}/{request.principal.person}/{slug}/"
    for href in missing:
        yield xml.response_status(base + href, 404)
