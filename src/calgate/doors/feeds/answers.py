"""What a subscriber is answered: the feed or the busy times behind a secret, or why there is nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from calgate.gate.link_values import FeedHead, LinkKind, LinkState
from calgate.gate.links import USED_SECONDS
from calgate.http import gzipped, has_already, takes_gzip
from calgate.ical.feed import feed
from calgate.ical.freebusy import vfreebusy

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

RETRY_SECONDS = 120
_GZIP = "-gzip"
_STAMP = re.compile(r"^DTSTAMP:.*\r\n", re.MULTILINE)
_ALWAYS = {
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# Not no-cache: some of Microsoft's clients do not keep such an answer long enough to read it.
_CACHE = "private, max-age=0, must-revalidate, no-transform"


@dataclass(frozen=True, slots=True)
class Asked:
    """A GET or HEAD of a well-formed address; names of `headers` in lower case. `refresh`: how often
    subscribers are asked to look again."""

    secret: str = field(repr=False)
    kind: LinkKind
    headers: Mapping[str, str]
    refresh: timedelta


@dataclass(frozen=True, slots=True)
class Answer:
    """`used` is the link that was served, where the note of its last use is old."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    used: FeedHead | None = None

    def fields(self) -> list[tuple[bytes, bytes]]:
        """The headers as ASGI sends them."""
        every = {**_ALWAYS, **self.headers}
        if self.status != 304:
            every["Content-Length"] = str(len(self.body))
        return [(name.lower().encode(), value.encode("latin-1")) for name, value in every.items()]


def _sentence(status: int, text: str, more: Mapping[str, str] | None = None) -> Answer:
    headers = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "private, no-store"}
    return Answer(status, {**headers, **(more or {})}, f"{text}\n".encode())


NOT_FOUND = _sentence(404, "There is no such link.")
READ_ONLY = _sentence(405, "A link can only be read.", {"Allow": "GET, HEAD"})
REVOKED = _sentence(410, "This link has been revoked.")
EXPIRED = _sentence(410, "This link has expired.")
UNAVAILABLE = _sentence(503, "Please try again later.", {"Retry-After": str(RETRY_SECONDS)})
_OTHERWISE: Mapping[LinkState, Answer] = {"filling": UNAVAILABLE, "revoked": REVOKED, "expired": EXPIRED}


def answer(gate: Gate, asked: Asked) -> Answer:
    """200 with the whole feed, 304 when the subscriber has it already; 404, 410, 503."""
    head = gate.link(asked.secret)
    if head is None or head.link.kind != asked.kind:
        return NOT_FOUND
    if head.state != "live":
        return _OTHERWISE[head.state]
    found = _calendar(gate, asked, head) if asked.kind == "calendar" else _busy(gate, asked, head)
    last = head.link.last_used_at
    due = last is None or (gate.now() - last).total_seconds() >= USED_SECONDS
    return replace(found, used=head) if due and found.status in (200, 304) else found


def _calendar(gate: Gate, asked: Asked, head: FeedHead) -> Answer:
    if has_already(asked.headers, (head.etag, head.etag + _GZIP), head.modified):
        return _unchanged(asked, head.etag, head.modified)
    page = gate.feed(head)
    if page.head.state != "live":
        return _OTHERWISE[page.head.state]
    link = page.head.link
    text = feed(
        page.texts,
        {*page.zones, page.head.zone},
        name=link.name,
        zone=page.head.zone,
        refresh=asked.refresh,
        color=link.color,
        description=f"From {link.past_days} days ago to {link.future_days} days ahead.",
    )
    return _whole(asked, f"{link.name}.ics", text, page.head.etag, page.head.modified)


def _busy(gate: Gate, asked: Asked, head: FeedHead) -> Answer:
    """The ETag is weak, over all but DTSTAMP, which tells when the times were looked up (RFC 5545 section
    3.8.7.2): that is their Last-Modified, too. Nothing tells when they changed: no date stands for them."""
    link = head.link
    found = gate.busy_of(link.org, [link.target], head.since, head.until, with_hours=True)
    if link.target not in found:
        return NOT_FOUND
    # Whose times they are is known to whom the link was given; their e-mail address is nobody's business.
    uid = uuid5(NAMESPACE_URL, f"urn:calgate:link:{link.id}")
    periods, names = found[link.target], {"method": "PUBLISH", "organizer": uid.urn}
    text = vfreebusy(periods, head.since, head.until, head.modified, f"{uid}", **names)
    etag = blake2b(_STAMP.sub("", text).encode(), digest_size=16).hexdigest()
    if has_already(asked.headers, (etag,), None):
        return _unchanged(asked, etag, None)
    return _whole(asked, f"{link.name}.ifb", text, etag, head.modified)


def _unchanged(asked: Asked, etag: str, modified: datetime | None) -> Answer:
    return Answer(304, _validators(asked, etag, modified))


def _whole(asked: Asked, name: str, text: str, etag: str, modified: datetime | None) -> Answer:
    body = text.encode()
    headers = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": _disposition(name),
        **_validators(asked, etag, modified),
    }
    if _wants_gzip(asked):
        headers["Content-Encoding"] = "gzip"
        body = gzipped(body)
    return Answer(200, headers, body)


def _validators(asked: Asked, etag: str, modified: datetime | None) -> dict[str, str]:
    """A strong ETag is that of the bytes sent: compressed ones have their own (RFC 9110 section 8.8.3.3)."""
    exact = f'"{etag}{_GZIP}"' if _wants_gzip(asked) else f'"{etag}"'
    tag = f'W/"{etag}"' if asked.kind == "freebusy" else exact
    dated = {"Last-Modified": format_datetime(modified, usegmt=True)} if modified else {}
    return {"ETag": tag, **dated, "Cache-Control": _CACHE, "Vary": "Accept-Encoding"}


def _wants_gzip(asked: Asked) -> bool:
    """Outlook on the web asks for gzip and was seen to fail on it."""
    agent = asked.headers.get("user-agent", "").lower()
    microsoft = "microsoft" in agent or "outlook" in agent
    return not microsoft and takes_gzip(asked.headers.get("accept-encoding", ""))


def _disposition(name: str) -> str:
    """RFC 6266: a plain name for everybody, and the real one."""
    plain = " ".join(re.sub(r"[^A-Za-z0-9 ._-]", " ", name).split())
    return f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
