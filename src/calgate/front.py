"""The way in: requests for calendars and feeds go straight to their doors, everything else to the site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from calgate.http import Receive, Scope, Send

Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

DAV_BASE = "/dav"
FEED_BASES = ("/feeds/", "/freebusy/")
_WELL_KNOWN = "/.well-known/caldav"
_ASKED_OF_THE_HOST = frozenset({"OPTIONS", "PROPFIND"})
"""What clients send to the host's own root when they are given no more than its name; not all of them follow
a redirection with it."""


class Front:
    """An ASGI application that tells the doors apart by path, before any router runs."""

    def __init__(self, dav: Asgi, feeds: Asgi, site: Asgi) -> None:
        self._dav = dav
        self._feeds = feeds
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            if path.startswith(DAV_BASE + "/") or path == DAV_BASE:
                return await self._dav(scope, receive, send)
            if path == "/" and scope["method"] in _ASKED_OF_THE_HOST:
                return await self._dav(scope, receive, send)
            if path.startswith(FEED_BASES):
                return await self._feeds(scope, receive, send)
            if path.rstrip("/") == _WELL_KNOWN:
                return await _to_dav(send)
        return await self._site(scope, receive, send)


async def _to_dav(send: Send) -> None:
    """RFC 6764 section 5."""
    headers = [
        (b"location", f"{DAV_BASE}/".encode()),
        (b"content-length", b"0"),
        (b"cache-control", b"no-cache"),
    ]
    await send({"type": "http.response.start", "status": 301, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
