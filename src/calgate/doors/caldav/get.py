"""GET and HEAD: an object as it is stored, a whole calendar as one VCALENDAR."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING

from calgate.doors.caldav import refusals
from calgate.doors.caldav.request import Request
from calgate.doors.caldav.whole import whole_calendar
from calgate.doors.caldav.xml import Answer
from calgate.gate.values import Collection, Resource
from calgate.http import entity_tags, has_already
from calgate.ical.meetings import schedule_tag

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

CALENDAR_TYPE = "text/calendar; charset=utf-8"
_CACHE = "private, no-cache, no-transform"
_NOT_READABLE = "Only calendars and their objects can be read here."


def get(gate: Gate, request: Request) -> Answer:
    """200 with the text, 304 when the client has it already, 404; 405 above the calendars."""
    if len(request.path) < 2:
        return refusals.method_not_allowed(_NOT_READABLE, "OPTIONS, PROPFIND, PROPPATCH, REPORT")
    collection = gate.collection(request.principal, request.path[1])
    if collection is None or len(request.path) > 3:
        return refusals.not_found()
    if len(request.path) == 2:
        return _calendar(gate, request, collection)
    resource = None if request.slash else gate.resource(collection, request.path[2])
    return refusals.not_found() if resource is None else _object(request, resource)


def representation(resource: Resource) -> dict[str, str]:
    """The headers that go with an object's text."""
    tag = schedule_tag(resource.text)
    return {
        **({"Schedule-Tag": f'"{tag}"'} if tag else {}),
        "Content-Type": f"{CALENDAR_TYPE}; component={resource.component}",
        "ETag": f'"{resource.etag}"',
        "Last-Modified": format_datetime(resource.modified, usegmt=True),
        "Cache-Control": _CACHE,
    }


def _object(request: Request, resource: Resource) -> Answer:
    headers = representation(resource)
    if failed := _precondition(request, resource.etag):
        return failed
    if has_already(request.headers, (resource.etag,), resource.modified):
        return Answer(304, {name: value for name, value in headers.items() if name != "Content-Type"})
    return Answer(200, headers, resource.text.encode())


def _calendar(gate: Gate, request: Request, collection: Collection) -> Answer:
    headers = {"ETag": f'"{collection.ctag}"', "Cache-Control": _CACHE}
    if failed := _precondition(request, collection.ctag):
        return failed
    if has_already(request.headers, (collection.ctag,), None):
        return Answer(304, headers)
    body = whole_calendar(gate.texts(collection))
    return Answer(200, {**headers, "Content-Type": CALENDAR_TYPE}, body.encode())


def _precondition(request: Request, etag: str) -> Answer | None:
    wanted = entity_tags(request.headers.get("if-match"))
    if wanted is None or wanted == ("*",) or etag in wanted:
        return None
    return refusals.problem(412, "The ETag is another one now.")
