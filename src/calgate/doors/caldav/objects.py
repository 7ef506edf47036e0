"""PUT and DELETE of one object, DELETE of a calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calgate.doors.caldav import refusals
from calgate.doors.caldav.get import representation
from calgate.doors.caldav.property_values import max_size
from calgate.doors.caldav.request import Request
from calgate.doors.caldav.xml import Answer
from calgate.gate.values import Collection, DropCalendar, Failed, Outcome, Put, Refusal, Remove, Stored
from calgate.ical.errors import BadCalendar

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_READ_METHODS = "OPTIONS, GET, HEAD, DELETE, PROPFIND, PROPPATCH, REPORT"
MAX_HREF_BYTES = 1000
"""What fits into an index of every database."""
_WISH = "return=representation"


def put(gate: Gate, request: Request) -> Answer:
    """201 or 204, with an ETag only when the stored text is the one sent (RFC 4791 section 5.3.4)."""
    if len(request.path) < 3:
        return _put_above_objects(gate, request)
    collection = gate.collection(request.principal, request.path[1])
    if collection is None or len(request.path) > 3 or request.slash:
        return refusals.problem(409, "There is no calendar above this address.")
    if answer := _unacceptable(request, max_size(collection)):
        return answer
    href = request.path[2]
    try:
        outcome = gate.submit(
            Put(
                principal=request.principal,
                collection=collection,
                href=href,
                body=request.body,
                received=request.received,
                if_match=request.if_match,
                if_none_match=request.if_none_match,
                if_schedule_tag_match=schedule_tag(request),
            )
        )
    except BadCalendar as fault:
        return refusals.bad_calendar(fault)
    return _put_answer(gate, request, collection, href, outcome)


def schedule_tag(request: Request) -> str | None:
    """The If-Schedule-Tag-Match header, without its quotes (RFC 6638 section 8.3)."""
    said = request.headers.get("if-schedule-tag-match")
    return None if said is None else said.strip().strip('"')


def _put_above_objects(gate: Gate, request: Request) -> Answer:
    there = len(request.path) < 2 or gate.collection(request.principal, request.path[1]) is not None
    if there:
        return refusals.method_not_allowed("A collection cannot be replaced by a PUT.", _READ_METHODS)
    return refusals.problem(403, "Objects belong in a calendar, not in the home above it.")


def _unacceptable(request: Request, most: int) -> Answer | None:
    """The preconditions of RFC 4791 section 5.3.2.1 that need no look at the calendar object, and those of
    HTTP."""
    if len(request.path[2].encode()) > MAX_HREF_BYTES:
        return refusals.problem(414, f"An object's name can have {MAX_HREF_BYTES} bytes.")
    if len(request.body) > most:
        sentence = f"The object is larger than {most} bytes."
        return refusals.precondition(refusals.TOO_LARGE, sentence)
    if "content-range" in request.headers:  # RFC 9110 section 14.5: a part would be kept as the whole
        return refusals.problem(400, "An object is replaced as a whole, never a range of it.")
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    if media.strip().lower() not in ("", "text/calendar"):
        return refusals.precondition(refusals.MEDIA_TYPE, "Only text/calendar is kept here.")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        value = value.strip().strip('"').lower()
        if name.strip().lower() == "charset" and value not in _CHARSETS:
            return refusals.precondition(refusals.MEDIA_TYPE, "The character set must be UTF-8.")
        if name.strip().lower() == "version" and value != "2.0":
            return refusals.precondition(refusals.MEDIA_TYPE, "Only iCalendar version 2.0 is kept here.")
    return None


def _put_answer(gate: Gate, request: Request, collection: Collection, href: str, outcome: Outcome) -> Answer:
    if isinstance(outcome, Refusal):
        return refusals.refused(outcome.first, request.at, "write-content", request.agent)
    if isinstance(outcome, Failed):
        answer = refusals.failed(outcome, request.of(collection))
        return (
            answer if outcome.status != 412 else _with_representation(gate, request, collection, href, answer)
        )
    if not isinstance(outcome, Stored):
        raise TypeError(f"a PUT cannot end as {type(outcome).__name__}")
    status = 201 if outcome.created else 204
    headers = {"ETag": f'"{outcome.etag}"'} if outcome.etag is not None else {}
    if outcome.schedule_tag is not None:
        headers["Schedule-Tag"] = f'"{outcome.schedule_tag}"'
    answer = Answer(status, headers)
    return _with_representation(gate, request, collection, href, answer)


def _with_representation(
    gate: Gate, request: Request, collection: Collection, href: str, answer: Answer
) -> Answer:
    """The stored text in the answer when the client prefers it (RFC 7240 section 4.2, RFC 8144 section 3)."""
    if _WISH not in request.prefers or (resource := gate.resource(collection, href)) is None:
        return answer
    headers = {
        **representation(resource),
        "Content-Location": request.address,
        "Preference-Applied": _WISH,
        "Vary": "Prefer, Brief",
    }
    return Answer(200 if answer.status == 204 else answer.status, headers, resource.text.encode())


def delete(gate: Gate, request: Request) -> Answer:
    """204, or a refusal; the home and the root cannot be deleted."""
    if len(request.path) < 2:
        return refusals.foreign(request.at, "unbind")
    collection = gate.collection(request.principal, request.path[1])
    if collection is None or len(request.path) > 3:
        return refusals.not_found()
    if len(request.path) == 2:
        outcome = gate.submit(
            DropCalendar(
                principal=request.principal,
                collection=collection,
                if_match=request.if_match,
                if_none_match=request.if_none_match,
            )
        )
    elif request.slash:
        return refusals.not_found()
    else:
        outcome = gate.submit(
            Remove(
                principal=request.principal,
                collection=collection,
                href=request.path[2],
                received=request.received,
                if_match=request.if_match,
                if_none_match=request.if_none_match,
                if_schedule_tag_match=schedule_tag(request),
                reply=request.headers.get("schedule-reply", "T").strip().upper() != "F",
            )
        )
    return written(request, collection, outcome, "unbind", Answer(204))


def written(
    request: Request, collection: Collection, outcome: Outcome, privilege: str, done: Answer
) -> Answer:
    """`done`, or what the gate says against it."""
    if isinstance(outcome, Refusal):
        return refusals.refused(outcome.first, request.at, privilege, request.agent)
    if isinstance(outcome, Failed):
        return refusals.failed(outcome, request.of(collection))
    return done
