"""Builds everything that serves; nothing else does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from calgate.clock import Clock
from calgate.doors.caldav.bridge import Limits, WsgiBridge
from calgate.doors.feeds.door import FeedsDoor
from calgate.front import DAV_BASE, Asgi, Front
from calgate.gate.gate import Gate
from calgate.settings import Settings
from calgate_radicale.application import Application

REALM = "calgate"
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>calgate</title>'
    "<h1>calgate</h1><p>The calendar gateway is running. Calendar programs connect to <code>/dav/</code>.</p>"
    "</html>"
)


def build(settings: Settings, clock: Clock | None = None, gate: Gate | None = None) -> Asgi:
    """The ASGI application. A gate that is handed in stays open when the application ends."""
    clock = clock or Clock(settings.clock.offset)
    own_gate = gate is None
    gate = gate or open_gate(settings, clock)
    bridge = dav_bridge(gate, clock, settings)
    feeds = FeedsDoor(gate, timedelta(minutes=settings.feeds.refresh_minutes), settings.feeds.threads)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        bridge.close()
        feeds.close()
        if own_gate:
            gate.close()

    return Front(bridge, feeds, site(gate, lifespan))


def open_gate(settings: Settings, clock: Clock) -> Gate:
    """The gate over the configured database, its schema up to date. StoreError, OSError or ValueError."""
    return Gate.open(settings.database.url, settings.secrets.keys_dir, clock.now)


def dav_bridge(gate: Gate, clock: Clock, settings: Settings) -> WsgiBridge:
    """The CalDAV door as an ASGI application at DAV_BASE."""
    limits = settings.dav
    host = urlsplit(settings.public_url).netloc
    application = Application(gate, clock.now, REALM, limits.max_body_bytes, host)
    bounds = Limits(
        body_bytes=limits.max_body_bytes, body_seconds=limits.body_seconds, threads=limits.threads
    )
    return WsgiBridge(application, DAV_BASE, REALM, bounds)


def site(gate: Gate, lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]]) -> FastAPI:
    """Everything that is not DAV: health, and a page that says what this is."""
    made = FastAPI(
        title="calgate",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )

    @made.get("/healthz", response_class=PlainTextResponse)
    async def healthz() -> str:
        """200 while the process answers."""
        return "ok\n"

    @made.get("/readyz", response_class=PlainTextResponse)
    def readyz(response: Response) -> str:
        """200 once the store answers, 503 before."""
        if gate.ready():
            return "ready\n"
        response.status_code = 503
        return "not ready\n"

    @made.get("/", response_class=HTMLResponse)
    async def front_page() -> str:
        return _PAGE

    return made
