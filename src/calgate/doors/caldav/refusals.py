"""Every status and DAV:error body that the door answers when it says no. Nobody else writes them.

| situation                              | status    | body                                                  |
| -------------------------------------- | --------- | ----------------------------------------------------- |
| a rule refuses                         | 403       | CG:refused, a precondition if any, D:need-privileges  |
| a precondition of RFC 4791, 4918, 5689 | 403       | that element, with an href where it names a resource  |
| If-Match, If-None-Match, Overwrite     | 412       | CG:reason                                             |
| nothing there / collection missing     | 404 / 409 | CG:reason                                             |
| somebody else's home                   | 403       | D:need-privileges, whether it exists or not           |
| a malformed request / too large        | 400 / 413 | CG:reason                                             |
| the database is written to for long    | 503       | CG:reason, with Retry-After                           |

A body is never an empty DAV:error: one client reads that as rate limiting.
"""

from __future__ import annotations

from collections.abc import Mapping

from calgate.domain.verdict import Refused
from calgate.doors.caldav.xml import (
    XML_TYPE,
    Answer,
    BadXml,
    caldav,
    dav,
    element,
    empty,
    href,
    small_document,
    text,
)
from calgate.gate.values import Failed
from calgate.ical.errors import BadCalendar

CALENDAR_DATA = caldav("valid-calendar-data")
MEDIA_TYPE = caldav("supported-calendar-data")
TOO_LARGE = caldav("max-resource-size")
LOCATION = caldav("calendar-collection-location-ok")
COMPONENT = caldav("supported-calendar-component")
FINITE_DEPTH = dav("propfind-finite-depth")
NOT_NULL = dav("resource-must-be-null")
RESOURCE_TYPE = dav("valid-resourcetype")
PROTECTED = dav("cannot-modify-protected-property")
_SHOWS_ONLY_OUR_TEXT_WITHOUT_PRIVILEGES = "Evolution/"


def error(status: int, inner: str, headers: Mapping[str, str] | None = None) -> Answer:
    """`status` with DAV:error around `inner`."""
    return Answer(status, {"Content-Type": XML_TYPE, **(headers or {})}, small_document("D:error", inner))


def problem(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Answer:
    """A status that needs no element but a sentence."""
    return error(status, _reason(sentence), headers)


def precondition(name: str, sentence: str, *, status: int = 403, path: str | None = None) -> Answer:
    """A failed precondition; `path` is the resource that it names (RFC 4791 section 5.3.2.1)."""
    return error(status, element(name, href(path) if path else "") + _reason(sentence))


def refused(refusal: Refused, path: str, privilege: str, agent: str) -> Answer:
    """A rule's refusal (contracts, section 2). `privilege` is the DAV: one that was missing: write-content,
    bind or unbind. `agent` selects the flavour only: Evolution hides our sentence behind need-privileges."""
    rule, contact = text(refusal.rule), text(refusal.contact)
    inner = f'<CG:refused rule="{rule}" contact="{contact}">{text(refusal.sentence)}</CG:refused>'
    if refusal.precondition:
        inner += empty(refusal.precondition)
    if not agent.startswith(_SHOWS_ONLY_OUR_TEXT_WITHOUT_PRIVILEGES):
        inner += _need(path, privilege)
    headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after is not None else None
    return error(403, inner, headers)


def failed(outcome: Failed, collection_path: str) -> Answer:
    """The gate's protocol precondition; its href is inside the collection at `collection_path`, or with a
    slash in it in another one of the same home."""
    if outcome.element is None:
        return problem(outcome.status, outcome.sentence)
    above = collection_path.rstrip("/").rpartition("/")[0] + "/"
    inside = collection_path if outcome.href and "/" not in outcome.href else above
    path = inside + outcome.href if outcome.href else None
    return precondition(outcome.element, outcome.sentence, status=outcome.status, path=path)


def bad_calendar(fault: BadCalendar) -> Answer:
    """A body that is no acceptable calendar object."""
    return precondition(fault.precondition, fault.sentence)


def bad_xml(fault: BadXml) -> Answer:
    return problem(fault.status, str(fault))


def foreign(path: str, privilege: str = "read") -> Answer:
    """Somebody else's home: the same answer whether it exists or not (RFC 3744 section 7.1.1)."""
    return error(403, _need(path, privilege))


def not_found() -> Answer:
    return problem(404, "There is nothing at this address.")


def method_not_allowed(sentence: str, allow: str) -> Answer:
    return problem(405, sentence, {"Allow": allow})


def _reason(sentence: str) -> str:
    return f"<CG:reason>{text(sentence)}</CG:reason>"


def _need(path: str, privilege: str) -> str:
    return (
        f"<D:need-privileges><D:resource>{href(path)}<D:privilege><D:{privilege}/></D:privilege></D:resource>"
        "</D:need-privileges>"
    )
