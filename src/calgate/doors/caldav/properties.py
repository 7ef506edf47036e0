"""Properties of a resource as the DAV:response that PROPFIND and the reports answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from calgate.doors.caldav import home_properties, mailboxes, xml
from calgate.doors.caldav import property_values as values
from calgate.doors.caldav.property_values import Member
from calgate.doors.caldav.request import Request
from calgate.gate.values import Collection, Resource
from calgate.ical.meetings import schedule_tag

Look = Callable[[str], str | None]
"""Clark name -> the whole property element, None when the resource does not have it."""

_LOCKED = re.compile("^X-CALGATE-(LOCKS:|STATUS:(submitted|validating)\r)", re.MULTILINE)
"""In a session's own part of its text: a fact of the practice, or a state in which nothing is edited."""
_HREF, _ETAG = "\x00href", "\x00etag"


def root(request: Request) -> Look:
    """Properties of the address above all homes."""
    return partial(_principal_property, values.ROOT, request)


def home(request: Request, dead: Mapping[str, str]) -> Look:
    """Properties of the principal, which is its calendar home too; `dead` are those that its owner set."""
    live = partial(_principal_property, values.HOME, request)
    return lambda name: dead.get(name) or live(name)


def _principal_property(table: Mapping[str, values.OfHome], request: Request, name: str) -> str | None:
    value = table[name](request) if name in table else None
    return None if value is None else xml.element(name, value)


def calendar(request: Request, collection: Collection) -> Look:
    """Properties of a calendar or an inbox, those that its owner has set included."""
    table = mailboxes.INBOX if collection.inbox else values.CALENDAR

    def look(name: str) -> str | None:
        if name in collection.props and name != home_properties.KEY:
            return collection.props[name]
        value = table[name](request, collection) if name in table else None
        return None if value is None else xml.element(name, value)

    return look


def outbox(request: Request) -> Look:
    """Properties of the scheduling outbox, where nothing is kept."""
    return partial(_principal_property, mailboxes.OUTBOX, request)


def member(request: Request, collection: Collection, resource: Resource) -> Look:
    """Properties of an object."""
    locked = collection.managed and _LOCKED.search(resource.text.partition("\r\nEND:VEVENT")[0]) is not None
    of = Member(
        collection,
        resource.href,
        resource.etag,
        resource.component,
        resource.size,
        resource.modified,
        locked,
        schedule_tag(resource.text),
    )
    return partial(_member_property, request, of)


def _member_property(request: Request, of: Member, name: str) -> str | None:
    value = values.MEMBER[name](request, of) if name in values.MEMBER else None
    return None if value is None else xml.element(name, value)


def describe(path: str, names: Iterable[str], look: Look, minimal: bool = False) -> str:
    """One DAV:response; `minimal` leaves out what was not found (RFC 8144 section 2.1)."""
    return xml.response(path, propstats(names, look, minimal))


def propstats(names: Iterable[str], look: Look, minimal: bool = False) -> str:
    """The propstat elements of one response: 200 for those found, 404 for the others."""
    found, missing = [], []
    for name in names:
        value = look(name)
        if value is not None:
            found.append(value)
        else:
            missing.append(xml.empty(name))
    said = xml.propstat("".join(found), 200) if found or minimal or not missing else ""
    return said + xml.propstat("".join(missing), 404) if missing and not minimal else said


def listing(
    request: Request,
    collection: Collection,
    rows: Iterable[tuple[str, str, str]],
    names: Sequence[str],
    minimal: bool = False,
) -> Iterator[str]:
    """DAV:response of every (href, etag, component); `names` without those of BEYOND_LISTING.
    One template per component and two fields per row: 10,000 rows are a matter of milliseconds."""
    templates: dict[str, str] = {}
    for href, etag, component in rows:
        template = templates.get(component)
        if template is None:
            template = templates[component] = _template(request, collection, component, names, minimal)
        yield template.format(xml.quoted(href), etag)


def _template(
    request: Request, collection: Collection, component: str, names: Sequence[str], minimal: bool
) -> str:
    of = Member(collection, _HREF, _ETAG, component)
    inner = propstats(names, partial(_member_property, request, of), minimal)
    start = f"<D:href>{xml.quoted(request.of(collection))}{_HREF}</D:href>"
    whole = f"<D:response>{start}{inner}</D:response>".replace("{", "{{").replace("}", "}}")
    return whole.replace(_HREF, "{0}").replace(_ETAG, "{1}")
