"""OPTIONS, and the DAV header that old clients read from PROPFIND as well."""

from __future__ import annotations

from calgate.doors.caldav.xml import Answer

DAV_CLASSES = (
    "1, 3, access-control, calendar-access, calendar-auto-schedule, calendar-availability, extended-mkcol"
)
ALLOW = "COPY, DELETE, GET, HEAD, MKCALENDAR, MKCOL, MOVE, OPTIONS, POST, PROPFIND, PROPPATCH, PUT, REPORT"


def options() -> Answer:
    """The same for every address, so that it tells nobody what exists. No class 2: there is no LOCK."""
    return Answer(200, {"Allow": ALLOW, "DAV": DAV_CLASSES, "Content-Length": "0"})
