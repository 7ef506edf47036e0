"""MOVE and COPY (RFC 4918 sections 9.8, 9.9) of objects between plain calendars of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from calgate.doors.caldav import refusals
from calgate.doors.caldav.objects import written
from calgate.doors.caldav.request import BadPath, Request, segments
from calgate.doors.caldav.xml import Answer, quoted
from calgate.gate.values import Collection, MoveObject, Put, Resource, Source, Stored
from calgate.ical.errors import BadCalendar
from calgate.ical.meetings import schedule_tag

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

_ANYWHERE_ELSE = 502


def move(gate: Gate, request: Request) -> Answer:
    """201, or 204 when an object was replaced."""
    found = _both_ends(gate, request)
    if isinstance(found, Answer):
        return found
    source, target, new_href = found
    replaced = gate.resource(target, new_href) is not None
    try:
        outcome = gate.submit(
            MoveObject(
                principal=request.principal,
                source=source,
                href=request.path[2],
                target=target,
                new_href=new_href,
                overwrite=_overwrite(request),
                if_match=request.if_match,
                if_none_match=request.if_none_match,
            )
        )
    except BadCalendar as fault:
        return refusals.bad_calendar(fault)
    there = gate.resource(target, new_href)
    tag = schedule_tag(there.text) if there is not None else None
    headers = {} if replaced else _location(request, target, new_href)
    done = Answer(204 if replaced else 201, {**headers, **({"Schedule-Tag": f'"{tag}"'} if tag else {})})
    return written(request, target, outcome, "unbind", done)


def copy(gate: Gate, request: Request) -> Answer:
    """201, or 204 when an object was replaced."""
    found = _both_ends(gate, request)
    if isinstance(found, Answer):
        return found
    source, target, new_href = found
    resource = gate.resource(source, request.path[2])
    if resource is None:
        return refusals.not_found()
    try:
        outcome = gate.submit(
            Put(
                principal=request.principal,
                collection=target,
                href=new_href,
                body=resource.text.encode(),
                received=request.received,
                if_none_match=None if _overwrite(request) else ("*",),
                source=_source(request, source, resource),
            )
        )
    except BadCalendar as fault:
        return refusals.bad_calendar(fault)
    created = isinstance(outcome, Stored) and outcome.created
    done = Answer(201, _location(request, target, new_href)) if created else Answer(204)
    return written(request, target, outcome, "bind", done)


def _source(request: Request, collection: Collection, resource: Resource) -> Source | None:
    """The object that is copied, when the request sets conditions on it (RFC 9110 section 13.1)."""
    if request.if_match is None and request.if_none_match is None:
        return None
    return Source(
        collection=collection,
        href=resource.href,
        etag=resource.etag,
        if_match=request.if_match,
        if_none_match=request.if_none_match,
    )


def _both_ends(gate: Gate, request: Request) -> tuple[Collection, Collection, str] | Answer:
    if len(request.path) != 3 or request.slash:
        return refusals.problem(403, "Only objects of a calendar can be moved or copied.")
    destination = _destination(request)
    if isinstance(destination, Answer):
        return destination
    if destination[:1] != (request.principal.person,):
        return refusals.foreign(request.base + "/" + "/".join(destination), "bind")
    source = gate.collection(request.principal, request.path[1])
    if source is None or gate.resource(source, request.path[2]) is None:
        return refusals.not_found()
    target = gate.collection(request.principal, destination[1]) if len(destination) == 3 else None
    if target is None:
        return refusals.problem(409, "There is no calendar above the destination.")
    if destination == request.path:
        return refusals.problem(403, "The destination is the object itself.")
    if source.inbox or target.inbox:
        return refusals.problem(403, "Scheduling messages cannot be moved or copied.")
    if source.managed or target.managed:
        return refusals.problem(403, "Sessions cannot be moved or copied between calendars.")
    return source, target, destination[2]


def _destination(request: Request) -> tuple[str, ...] | Answer:
    """The path of the Destination header, which must be on this server; segments decoded after splitting."""
    said = request.headers.get("destination", "")
    try:
        url = urlsplit(said)
        path, slash = segments(url.path.encode("ascii"), request.base)
    except (ValueError, BadPath):
        return refusals.problem(400, "The Destination header must be an address of this server.")
    if url.netloc and url.netloc.rpartition("@")[2].lower() not in request.hosts:
        return refusals.problem(_ANYWHERE_ELSE, "Objects cannot be moved to another server.")
    if slash:
        return refusals.problem(409, "The destination must be an object of a calendar.")
    return path


def _overwrite(request: Request) -> bool:
    return request.headers.get("overwrite", "T").upper() != "F"


def _location(request: Request, target: Collection, href: str) -> dict[str, str]:
    return {"Location": quoted(request.of(target) + href)}
