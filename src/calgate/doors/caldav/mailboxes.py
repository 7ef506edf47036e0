"""Properties of the scheduling inbox and outbox (RFC 6638 sections 2.1, 2.2 and 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from calgate.doors.caldav import property_values as values
from calgate.doors.caldav import xml
from calgate.doors.caldav.property_values import OfCalendar, OfHome
from calgate.doors.caldav.request import Request
from calgate.doors.caldav.settable import Problem, Wishes
from calgate.doors.caldav.xml import caldav, dav
from calgate.gate.values import Collection

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

DEFAULT = caldav("schedule-default-calendar-URL")
_READ = ("D:read", "D:read-acl", "D:read-current-user-privilege-set")
_DELIVER = (
    "C:schedule-deliver",
    "C:schedule-deliver-invite",
    "C:schedule-deliver-reply",
    "C:schedule-query-freebusy",
)
_SEND = (
    "C:schedule-send",
    "C:schedule-send-invite",
    "C:schedule-send-reply",
    "C:schedule-send-freebusy",
)
_IN_INBOX = ("D:sync-collection", "D:expand-property", "C:calendar-query", "C:calendar-multiget")
_LEFT_OUT = frozenset(
    caldav(name)
    for name in (
        "schedule-calendar-transp",
        "calendar-timezone",
        "calendar-timezone-id",
        "supported-collation-set",
    )
)


def _may(*names: str) -> str:
    return "".join(f"<D:privilege><{name}/></D:privilege>" for name in names)


def _inbox_privileges(_: Request, __: Collection) -> str:
    return _may(*_READ, "D:unbind", "D:write-properties", *_DELIVER)


def with_default_checked(gate: Gate, request: Request, asked: Wishes) -> Wishes:
    """PROPPATCH of the inbox: invitations go to a calendar of one's own that takes events (section 9.2)."""
    if DEFAULT not in asked.set:
        return asked
    path = unquote(xml.parse(asked.set[DEFAULT].encode()).findtext(dav("href")) or "").strip()
    slug = urlsplit(path).path.rstrip("/").removeprefix(request.home)
    found = gate.collection(request.principal, slug) if slug and "/" not in slug else None
    if found is not None and not found.inbox and "VEVENT" in found.components:
        return asked
    wrong = {DEFAULT: Problem(403, caldav("valid-schedule-default-calendar-URL"))}
    return replace(asked, problems={**asked.problems, **wrong})


INBOX: Mapping[str, OfCalendar] = {
    **{name: value for name, value in values.CALENDAR.items() if name not in _LEFT_OUT},
    dav("resourcetype"): lambda _, __: "<D:collection/><C:schedule-inbox/>",
    dav("displayname"): lambda _, __: "Inbox",
    dav("supported-report-set"): lambda _, __: values.reports(*_IN_INBOX),
    dav("current-user-privilege-set"): _inbox_privileges,
}

OUTBOX: Mapping[str, OfHome] = {
    **values.ANYWHERE,
    dav("resourcetype"): lambda _: "<D:collection/><C:schedule-outbox/>",
    dav("displayname"): lambda _: "Outbox",
    dav("supported-report-set"): lambda _: values.reports("D:expand-property"),
    dav("current-user-privilege-set"): lambda _: _may(*_READ, *_SEND),
    caldav("supported-calendar-data"): lambda _: values.CALENDAR_DATA_TYPE,
    caldav("supported-calendar-component-set"): lambda _: '<C:comp name="VFREEBUSY"/>',
    caldav("max-resource-size"): lambda _: str(values.MAX_SESSION_SIZE),
}
