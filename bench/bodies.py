"""Request bodies, as clients send them."""

from __future__ import annotations

from collections.abc import Iterable

from bench.corpus import MONTH

DEPTH_0 = {"Content-Type": "application/xml; charset=utf-8", "Depth": "0"}
DEPTH_1 = {"Content-Type": "application/xml; charset=utf-8", "Depth": "1"}
_XML = '<?xml version="1.0" encoding="utf-8"?>'
_NAMES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/"'
_START, _END = (moment.strftime("%Y%m%dT%H%M%SZ") for moment in MONTH)
_RANGE = f'start="{_START}" end="{_END}"'
_DATA = "<D:prop><D:getetag/><C:calendar-data/></D:prop>"
_EXPANDED = f"<D:prop><D:getetag/><C:calendar-data><C:expand {_RANGE}/></C:calendar-data></D:prop>"

RESOURCETYPE = f"{_XML}<D:propfind {_NAMES}><D:prop><D:resourcetype/></D:prop></D:propfind>"
POLL = f"{_XML}<D:propfind {_NAMES}><D:prop><CS:getctag/><D:sync-token/></D:prop></D:propfind>"
ETAGS = f"{_XML}<D:propfind {_NAMES}><D:prop><D:resourcetype/><D:getetag/></D:prop></D:propfind>"


def sync(token: str) -> str:
    """sync-collection for ETags since `token`; everything when it is empty."""
    return (
        f"{_XML}<D:sync-collection {_NAMES}><D:sync-token>{token}</D:sync-token>"
        "<D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>"
    )


def month_query(expand: bool = False) -> str:
    """calendar-query of MONTH with data."""
    return (
        f"{_XML}<C:calendar-query {_NAMES}>{_EXPANDED if expand else _DATA}"
        '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">'
        f"<C:time-range {_RANGE}/></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
    )


def multiget(paths: Iterable[str]) -> str:
    hrefs = "".join(f"<D:href>{path}</D:href>" for path in paths)
    return f"{_XML}<C:calendar-multiget {_NAMES}>{_DATA}{hrefs}</C:calendar-multiget>"


def free_busy() -> str:
    return f"{_XML}<C:free-busy-query {_NAMES}><C:time-range {_RANGE}/></C:free-busy-query>"
