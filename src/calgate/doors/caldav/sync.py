"""DAV:sync-collection (RFC 6578): what changed since a token, in O(changes)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from calgate.doors.caldav import property_values, rendering, xml
from calgate.doors.caldav.asked import BadReport, wanted
from calgate.doors.caldav.request import Request
from calgate.doors.caldav.xml import Answer, dav
from calgate.gate.values import Collection, InvalidToken

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

_TRUNCATED = xml.empty(dav("number-of-matches-within-limits"))
_LIMIT_DIGITS = 9


def sync_collection(gate: Gate, request: Request, collection: Collection, root: Element) -> Answer:
    """207 with changed members, 404 for removed ones and the next token.

    Nothing lies below the first level, so that sync-level infinite says the same; the Depth header that some
    clients send, counts for nothing.
    """
    level = root.find(dav("sync-level"))
    if level is not None and (level.text or "").strip() not in ("1", "infinite"):
        raise BadReport("The sync-level must be 1 or infinite.")
    asked = wanted(root)
    token = (root.findtext(dav("sync-token")) or "").strip()
    try:
        changes = gate.changes(collection, token or None, _limit(root))
    except InvalidToken:
        raise BadReport("The sync token is not valid any more: list anew.", dav("valid-sync-token")) from None
    base = request.of(collection)
    zone = ZoneInfo(property_values.zone_of(request, collection))
    responses = list(rendering.listed(gate, request, collection, changes.changed, asked, zone))
    responses += [xml.response_status(base + href, 404) for href in changes.removed]
    if changes.truncated:
        responses.append(xml.response_status(base, 507, _TRUNCATED))
    return xml.multistatus(responses, xml.element(dav("sync-token"), xml.text(changes.token)))


def _limit(root: Element) -> int | None:
    """DAV:nresults of DAV:limit (RFC 5323 section 5.17); None when there is none, or one that no calendar
    reaches and no database counts to."""
    limit = root.find(dav("limit"))
    if limit is None:
        return None
    said = (limit.findtext(dav("nresults")) or "").strip()
    digits = said.lstrip("0")
    if not said.isascii() or not said.isdigit() or not digits:
        raise BadReport("DAV:nresults must be a positive number.")
    return int(digits) if len(digits) <= _LIMIT_DIGITS else None
