"""PROPFIND (RFC 4918 section 9.1) with Depth 0 and 1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from calgate.doors.caldav import home_properties, mailboxes, properties, refusals, xml
from calgate.doors.caldav import property_values as values
from calgate.doors.caldav.request import Request
from calgate.doors.caldav.settable import AVAILABILITY
from calgate.doors.caldav.xml import CALDAV, Answer, dav
from calgate.gate.values import INBOX, OUTBOX, Collection, Resource

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

_REMEMBERED_BYTES = 2048
_CHUNK = 500
_MAX_NAMES = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What a PROPFIND asks: named properties, all of RFC 4918's (`every`, plus names), or the names alone."""

    names: tuple[str, ...] = ()
    every: bool = False
    names_only: bool = False


class _WrongRoot(Exception):
    """The body is XML, but no DAV:propfind."""


def propfind(gate: Gate, request: Request) -> Answer:
    """207, or a refusal when the body or the Depth is not acceptable."""
    depth = request.headers.get("depth", "0")
    if depth.lower() == "infinity" and len(request.path) < 3:
        return refusals.precondition(refusals.FINITE_DEPTH, "Only Depth 0 and 1 are answered here.")
    if depth.lower() not in ("0", "1", "infinity"):
        return refusals.problem(400, "The Depth header must be 0, 1 or infinity.")
    try:
        asked = _remembered(request.body) if len(request.body) < _REMEMBERED_BYTES else _read(request.body)
    except xml.BadXml as fault:
        return refusals.bad_xml(fault)
    except _WrongRoot:
        return refusals.problem(400, "The body of a PROPFIND must be a DAV:propfind element.")
    responses = _responses(gate, request, asked, depth == "1")
    return refusals.not_found() if responses is None else xml.multistatus(responses)


def _read(body: bytes) -> Asked:
    if not body.strip():
        return Asked(every=True)
    root = xml.parse(body)
    if root.tag != dav("propfind"):
        raise _WrongRoot
    if root.find(dav("propname")) is not None:
        return Asked(names_only=True)
    if root.find(dav("allprop")) is not None:
        return Asked(_children(root.find(dav("include"))), every=True)
    wanted = root.find(dav("prop"))
    if wanted is None:
        raise xml.BadXml("A DAV:propfind must hold DAV:prop, DAV:allprop or DAV:propname.")
    return Asked(_children(wanted))


def _children(node: Element | None) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(child.tag for child in node)) if node is not None else ()
    if len(names) > _MAX_NAMES:
        raise xml.BadXml(f"A PROPFIND can name {_MAX_NAMES} properties.", 413)
    return names


# A client polls with the same bytes each time, so that reading them once is enough.
_remembered = lru_cache(maxsize=256)(_read)


def _responses(gate: Gate, request: Request, asked: Asked, members: bool) -> Iterator[str] | None:
    match request.path:
        case ():
            return _root(gate, request, asked, members)
        case (_,):
            return _home(gate, request, asked, members)
        case (_, slug) if slug == OUTBOX:
            return iter([_outbox(request, asked)])
        case (_, slug):
            collection = gate.collection(request.principal, slug)
            return None if collection is None else _calendar(gate, request, collection, asked, members)
        case (_, slug, href) if not request.slash:
            found = _object(gate, request, slug, href)
            return None if found is None else iter([_of_member(request, *found, asked)])
    return None


def _root(gate: Gate, request: Request, asked: Asked, members: bool) -> Iterator[str]:
    yield _describe(request, request.at, properties.root(request), asked, list(values.ROOT))
    if members:
        yield from _home(gate, request, asked, False)


def _home(gate: Gate, request: Request, asked: Asked, members: bool) -> Iterator[str]:
    live_only = not (asked.every or asked.names_only) and values.HOME.keys() >= set(asked.names)
    calendars = [] if live_only and not members else gate.collections(request.principal)
    dead = {} if live_only else home_properties.kept_with(calendars)
    if asked.names_only or AVAILABILITY in asked.names:
        dead |= home_properties.availability(gate, request.principal)
    look = properties.home(request, dead)
    yield _describe(request, request.home, look, asked, [*values.HOME, *dead], _dead(dead))
    if members:
        inbox = gate.collection(request.principal, INBOX)
        for collection in (*calendars, *([inbox] if inbox else ())):
            yield _of_calendar(gate, request, collection, asked)
        yield _outbox(request, asked)


def _outbox(request: Request, asked: Asked) -> str:
    path, look = f"{request.home}{OUTBOX}/", properties.outbox(request)
    return _describe(request, path, look, asked, list(mailboxes.OUTBOX))


def _calendar(
    gate: Gate, request: Request, collection: Collection, asked: Asked, members: bool
) -> Iterator[str]:
    yield _of_calendar(gate, request, collection, asked)
    if not members:
        return
    rows = gate.listing(collection)
    names = asked.names
    if not asked.every and not asked.names_only and values.BEYOND_LISTING.isdisjoint(names):
        yield from properties.listing(request, collection, rows, names, _minimal(request))
        return
    hrefs = iter([row[0] for row in rows])
    while chunk := list(islice(hrefs, _CHUNK)):
        for resource in gate.resources(collection, chunk):
            yield _of_member(request, collection, resource, asked)


def _object(gate: Gate, request: Request, slug: str, href: str) -> tuple[Collection, Resource] | None:
    collection = gate.collection(request.principal, slug)
    resource = gate.resource(collection, href) if collection is not None else None
    return None if collection is None or resource is None else (collection, resource)


def _of_calendar(gate: Gate, request: Request, collection: Collection, asked: Asked) -> str:
    if collection.inbox and (asked.names_only or AVAILABILITY in asked.names):
        collection = home_properties.with_availability(gate, request.principal, collection)
    own = [name for name in collection.props if name != home_properties.KEY]
    look = properties.calendar(request, collection)
    live = mailboxes.INBOX if collection.inbox else values.CALENDAR
    all_names = list(dict.fromkeys((*live, *own)))
    return _describe(request, request.of(collection), look, asked, all_names, _dead(own))


def _dead(names: Iterable[str]) -> list[str]:
    """Those that allprop names: not CalDAV's (RFC 4791 section 5.2)."""
    return [name for name in names if not name.startswith(f"{{{CALDAV}}}")]


def _of_member(request: Request, collection: Collection, resource: Resource, asked: Asked) -> str:
    path = request.of(collection) + resource.href
    look = properties.member(request, collection, resource)
    names = [name for name in values.MEMBER if name != values.SCHEDULE_TAG or look(name) is not None]
    return _describe(request, path, look, asked, names)


def _describe(
    request: Request,
    path: str,
    look: properties.Look,
    asked: Asked,
    all_names: Sequence[str],
    dead: Sequence[str] = (),
) -> str:
    if asked.names_only:
        return xml.response(path, xml.propstat("".join(map(xml.empty, all_names)), 200))
    if not asked.every:
        return properties.describe(path, asked.names, look, _minimal(request))
    names = (*(name for name in all_names if name in values.IN_ALLPROP), *dead)
    present = [name for name in names if look(name) is not None]
    return properties.describe(path, dict.fromkeys((*present, *asked.names)), look, _minimal(request))


def _minimal(request: Request) -> bool:
    return "return=minimal" in request.prefers
