"""Conditions of a write that are asked before any rule: If-Match, If-None-Match, UIDs (R-GEN-9, RFC 4791
5.3.2.1)."""

from __future__ import annotations

import hashlib

from calgate.gate.values import CALDAV, Failed
from calgate.store import Tx, resources
from calgate.store.resources import Copy

_NOISE = (b"DTSTAMP", b"SEQUENCE", b"LAST-MODIFIED", b"PRODID")
STALE = "The event has changed on the server since it was last read."
_NOT_SO = "What the request expects of this address is not so."


def unmet(
    copy: Copy | None, if_match: tuple[str, ...] | None, if_none_match: tuple[str, ...] | None = None
) -> Failed | None:
    """412 when the live copy does not meet the conditions; weak ETags match nothing (RFC 9110
    section 13.1)."""
    there = copy is not None and not copy.gone
    etag = copy.etag if copy is not None and there else None
    if not _met(there, etag, if_match):
        return Failed(412, STALE if there else "There is no such event any more.")
    if if_none_match is not None and _met(there, etag, if_none_match):
        return Failed(412, "There is an event at this address already.")
    return None


def unmet_by(
    etag: str | None, if_match: tuple[str, ...] | None, if_none_match: tuple[str, ...] | None
) -> Failed | None:
    """The same for a calendar, whose ETag is its CTag, or for a home, which is there and has none."""
    none = if_none_match is not None and _met(True, etag, if_none_match)
    return Failed(412, _NOT_SO) if none or not _met(True, etag, if_match) else None


def _met(there: bool, etag: str | None, tags: tuple[str, ...] | None) -> bool:
    """Whether what is there, or nothing, is among the tags; without a condition everything is."""
    return tags is None or (there and ("*" in tags or etag in tags))


def uid_conflict(tx: Tx, org: str, collection: int, uid: str, href: str) -> Failed | None:
    """409 no-uid-conflict when another object of the collection has the UID; it names that object.

    409 and not 403: clients that stop the whole sync at a 403 go on after a 409.
    """
    taken = resources.href_of_uid(tx, org, collection, uid)
    if taken is None or taken == href:
        return None
    sentence = "Another event of this calendar has the same UID."
    return Failed(409, sentence, CALDAV + "no-uid-conflict", taken)


def uid_changed(href: str) -> Failed:
    """409 no-uid-conflict: an object keeps its UID for ever."""
    return Failed(409, "An event can't change its UID.", CALDAV + "no-uid-conflict", href)


def fingerprint(body: bytes) -> str:
    """A hash of what a body says, without time stamps, SEQUENCE and PRODID: a client that sends
    the same refused edit again is not bounced twice (section 12, Bounce)."""
    unfolded = body.replace(b"\r\n", b"\n").replace(b"\n ", b"").replace(b"\n\t", b"")
    lines = (line for line in unfolded.split(b"\n") if not line.upper().startswith(_NOISE))
    return hashlib.blake2b(b"\n".join(lines), digest_size=16).hexdigest()
