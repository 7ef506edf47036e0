"""The live properties: one table per kind of resource, Clark name -> function that writes the value as XML.

A value of "" is an empty element, None means that the resource does not have the property (404). Left out on
purpose: quota (there is none), DAV:add-member (one client posts to it for ever).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from calgate.doors.caldav.request import Request
from calgate.doors.caldav.xml import CALENDARSERVER, caldav, dav, href, text
from calgate.gate.values import INBOX, MAX_ATTENDEES, OUTBOX, Collection
from calgate.ical.filters import COLLATIONS
from calgate.ical.text import PRODID
from calgate.ical.zones import vtimezone

MAX_SESSION_SIZE = 1_000_000
MAX_OBJECT_SIZE = 5_000_000
"""Octets. In plain calendars attachments stand in the text; a session is rendered again and again."""
COMPONENTS = ("VEVENT", "VTODO", "VJOURNAL")
CTAG = f"{{{CALENDARSERVER}}}getctag"


@dataclass(frozen=True, slots=True)
class Member:
    """An object of a calendar, as far as its properties go. `etag` is without quotes."""

    collection: Collection
    href: str
    etag: str
    component: str
    size: int | None = None
    modified: datetime | None = None
    locked: bool = False
    schedule_tag: str | None = None


OfHome = Callable[[Request], str | None]
OfCalendar = Callable[[Request, Collection], str | None]
OfMember = Callable[[Request, Member], str | None]


def reports(*names: str) -> str:
    return "".join(
        f"<D:supported-report><D:report><{name}/></D:report></D:supported-report>" for name in names
    )


def _privileges(*names: str) -> str:
    return "".join(f"<D:privilege><{name}/></D:privilege>" for name in names)


_PRINCIPAL_REPORTS = (
    "D:expand-property",
    "D:principal-match",
    "D:principal-property-search",
    "D:principal-search-property-set",
)
_QUERIES = ("C:calendar-query", "C:calendar-multiget", "C:free-busy-query")
_READ = ("D:read", "D:read-acl", "D:read-current-user-privilege-set", "C:read-free-busy")
_SCHEDULE = (
    "C:schedule-deliver",
    "C:schedule-deliver-invite",
    "C:schedule-deliver-reply",
    "C:schedule-query-freebusy",
    "C:schedule-send",
    "C:schedule-send-invite",
    "C:schedule-send-reply",
    "C:schedule-send-freebusy",
)
_WRITE = ("D:write", "D:write-properties", "D:write-content", "D:bind", "D:unbind")
_ONLY_CHANGE = ("D:write-properties", "D:write-content", "D:unbind")
_LOCKED = ("D:write-properties",)
_SUPPORTED_PRIVILEGES = (
    "<D:supported-privilege><D:privilege><D:all/></D:privilege><D:description>All</D:description>"
    + "".join(
        f"<D:supported-privilege>{_privileges(name)}<D:description>{name[2:]}</D:description>"
        "</D:supported-privilege>"
        for name in (*_READ, *_WRITE, *_SCHEDULE)
    )
    + "</D:supported-privilege>"
)
_COLLATIONS = "".join(f"<C:supported-collation>{name}</C:supported-collation>" for name in COLLATIONS)
CALENDAR_DATA_TYPE = '<C:calendar-data content-type="text/calendar" version="2.0"/>'
_COMPONENT_SETS = "".join(
    f'<C:supported-calendar-component-set><C:comp name="{name}"/></C:supported-calendar-component-set>'
    for name in COMPONENTS
)


def _acl(request: Request) -> str:
    grants = _privileges(*_READ, *_WRITE)
    who = f"<D:principal>{href(request.home)}</D:principal>"
    return f"<D:ace>{who}<D:grant>{grants}</D:grant><D:protected/></D:ace>"


def _addresses(request: Request) -> str:
    mail = request.principal.email
    return (f"<D:href>mailto:{text(mail)}</D:href>" if mail else "") + href(request.home)


def _mail(request: Request) -> str | None:
    mail = request.principal.email
    return f"<CS:email-address>{text(mail)}</CS:email-address>" if mail else None


def _id(*parts: str) -> str:
    return href(f"urn:uuid:{uuid5(NAMESPACE_URL, '/'.join(('urn:calgate', *parts)))}").replace("%3A", ":")


def zone_of(request: Request, collection: Collection) -> str:
    """IANA name of the calendar's time zone: its own, else the organization's."""
    return collection.zone or request.principal.zone


def max_size(collection: Collection) -> int:
    """Octets that an object of the calendar can have."""
    return MAX_SESSION_SIZE if collection.managed else MAX_OBJECT_SIZE


def _calendar_privileges(_: Request, collection: Collection) -> str:
    """Without DAV:bind where the organization adds the sessions (R-ORG-10)."""
    whole = collection.takes_sessions or not collection.managed
    return _privileges(*_READ, *(_WRITE if whole else _ONLY_CHANGE))


def _member_privileges(_: Request, member: Member) -> str:
    """What is locked is neither written nor removed (session-rules, section 10)."""
    return _privileges(*_READ, *(_LOCKED if member.locked else _WRITE))


def _timezone(request: Request, collection: Collection) -> str:
    zone = vtimezone(ZoneInfo(zone_of(request, collection)))
    return text(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{PRODID}\r\n{zone}END:VCALENDAR\r\n")


ANYWHERE: Mapping[str, OfHome] = {
    dav("current-user-principal"): lambda request: href(request.home),
    dav("principal-collection-set"): lambda request: href(f"{request.base}/"),
    dav("owner"): lambda request: href(request.home),
    dav("group"): lambda request: "",
    dav("acl"): _acl,
    dav("acl-restrictions"): lambda request: "<D:grant-only/><D:no-invert/>",
    dav("inherited-acl-set"): lambda request: "",
    dav("supported-privilege-set"): lambda request: _SUPPORTED_PRIVILEGES,
    dav("current-user-privilege-set"): lambda request: _privileges(*_READ, *_WRITE),
}


def _of_calendar(value: OfHome) -> OfCalendar:
    return lambda request, _: value(request)


def _of_member(value: OfHome) -> OfMember:
    return lambda request, _: value(request)


ROOT: Mapping[str, OfHome] = {
    **ANYWHERE,
    dav("resourcetype"): lambda request: "<D:collection/>",
    dav("displayname"): lambda request: "calgate",
    dav("current-user-privilege-set"): lambda request: _privileges(*_READ),
    dav("supported-report-set"): lambda request: reports(*_PRINCIPAL_REPORTS),
    # Some clients look for these two at the address they were given and go no further.
    dav("principal-URL"): lambda request: href(request.home),
    caldav("calendar-home-set"): lambda request: href(request.home),
}

HOME: Mapping[str, OfHome] = {
    **ANYWHERE,
    dav("resourcetype"): lambda request: "<D:collection/><D:principal/>",
    dav("displayname"): lambda request: text(request.principal.name),
    dav("principal-URL"): lambda request: href(request.home),
    dav("alternate-URI-set"): lambda request: "",
    dav("group-member-set"): lambda request: "",
    dav("group-membership"): lambda request: "",
    dav("resource-id"): lambda request: _id(request.principal.org, request.principal.person),
    dav("supported-report-set"): lambda request: reports(*_PRINCIPAL_REPORTS, *_QUERIES),
    caldav("calendar-home-set"): lambda request: href(request.home),
    caldav("calendar-user-address-set"): _addresses,
    caldav("calendar-user-type"): lambda request: "INDIVIDUAL",
    caldav("schedule-inbox-URL"): lambda request: href(f"{request.home}{INBOX}/"),
    caldav("schedule-outbox-URL"): lambda request: href(f"{request.home}{OUTBOX}/"),
    caldav("supported-calendar-component-sets"): lambda request: _COMPONENT_SETS,
    f"{{{CALENDARSERVER}}}email-address-set": _mail,
}

CALENDAR: Mapping[str, OfCalendar] = {
    **{name: _of_calendar(value) for name, value in ANYWHERE.items()},
    dav("resourcetype"): lambda _, __: "<D:collection/><C:calendar/>",
    dav("displayname"): lambda _, calendar: "Sessions" if calendar.managed else text(calendar.slug),
    dav("getetag"): lambda _, calendar: f'"{calendar.ctag}"',
    dav("sync-token"): lambda _, calendar: calendar.token,
    dav("resource-id"): lambda _, calendar: _id(calendar.org, calendar.owner, str(calendar.id)),
    dav("supported-report-set"): lambda _, __: reports("D:sync-collection", "D:expand-property", *_QUERIES),
    caldav("supported-calendar-data"): lambda _, __: CALENDAR_DATA_TYPE,
    caldav("supported-collation-set"): lambda _, __: _COLLATIONS,
    caldav("supported-calendar-component-set"): lambda _, calendar: "".join(
        f'<C:comp name="{name}"/>' for name in calendar.components
    ),
    caldav("max-resource-size"): lambda _, calendar: str(max_size(calendar)),
    caldav("max-attendees-per-instance"): lambda _, __: str(MAX_ATTENDEES),
    caldav("calendar-timezone"): _timezone,
    caldav("calendar-timezone-id"): lambda request, calendar: text(zone_of(request, calendar)),
    caldav("schedule-calendar-transp"): lambda _, __: "<C:opaque/>",
    dav("current-user-privilege-set"): _calendar_privileges,
    CTAG: lambda _, calendar: calendar.ctag,
}


def _tag(_: Request, member: Member) -> str | None:
    return None if member.schedule_tag is None else f'"{member.schedule_tag}"'


def _length(_: Request, member: Member) -> str | None:
    return None if member.size is None else str(member.size)


def _modified(_: Request, member: Member) -> str | None:
    return None if member.modified is None else format_datetime(member.modified, usegmt=True)


MEMBER: Mapping[str, OfMember] = {
    **{name: _of_member(value) for name, value in ANYWHERE.items()},
    dav("resourcetype"): lambda _, __: "",
    dav("getetag"): lambda _, member: f'"{member.etag}"',
    dav("getcontenttype"): lambda _, member: f"text/calendar; charset=utf-8; component={member.component}",
    dav("getcontentlength"): _length,
    dav("getlastmodified"): _modified,
    dav("supported-report-set"): lambda _, __: reports("D:expand-property"),
    caldav("schedule-tag"): _tag,
    dav("current-user-privilege-set"): _member_privileges,
}

SCHEDULE_TAG = caldav("schedule-tag")
BEYOND_LISTING = frozenset(
    {
        SCHEDULE_TAG,
        *(dav(name) for name in ("getcontentlength", "getlastmodified", "current-user-privilege-set")),
    }
)
"""Properties of a member that a listing of (href, etag, component) does not hold."""

IN_ALLPROP = frozenset(
    dav(name)
    for name in (
        "displayname",
        "resourcetype",
        "getetag",
        "getcontenttype",
        "getcontentlength",
        "getlastmodified",
    )
)
"""RFC 4918 section 9.1 with RFC 3744 section 5 and RFC 4791 section 5.2: allprop leaves out the others."""
