"""The way in for subscribers: `/feeds/<secret>.ics` and `/freebusy/<secret>.ifb`, without a login.

The secret is the whole key to what it opens: it stays out of every log, exception and answer.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from calgate.doors.feeds import answers
from calgate.doors.feeds.answers import Answer, Asked
from calgate.gate.link_values import FeedHead
from calgate.http import Receive, Scope, Send
from calgate.threads import Threads

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

_PATH = re.compile(rb"(?:/feeds/([\w-]{20,100})\.ics|/freebusy/([\w-]{20,100})\.ifb)")
_MOST_WAITING = 256
log = structlog.get_logger()


class FeedsDoor:
    """An ASGI application. `refresh`: how often subscribers are asked to look again."""

    def __init__(self, gate: Gate, refresh: timedelta, threads: int) -> None:
        self._gate = gate
        self._refresh = refresh
        self._readers = Threads(threads, "feeds")
        # Noting the last use waits for the database's only writer: no reader shall wait behind it.
        self._notes = Threads(1, "feeds-used")
        self._waiting = 0

    def close(self) -> None:
        """Waits for the requests that are being answered."""
        self._readers.close()
        self._notes.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(scope)
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.fields()})
        await send({"type": "http.response.body", "body": body})
        if answer.used is not None:
            agent = dict(scope["headers"]).get(b"user-agent", b"").decode("latin-1")
            await self._notes.run(self._note, answer.used, agent)

    async def _answer(self, scope: Scope) -> Answer:
        found = _PATH.fullmatch(scope["raw_path"])
        if found is None:
            return answers.NOT_FOUND
        if scope["method"] not in ("GET", "HEAD"):
            return answers.READ_ONLY
        if self._waiting >= _MOST_WAITING:
            return answers.UNAVAILABLE
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        secret = (found[1] or found[2]).decode()
        asked = Asked(secret, "calendar" if found[1] else "freebusy", headers, self._refresh)
        self._waiting += 1
        try:
            return await self._readers.run(self._read, asked)
        finally:
            self._waiting -= 1

    def _read(self, asked: Asked) -> Answer:
        try:
            return answers.answer(self._gate, asked)
        except Exception:
            log.exception("a feed could not be read")
            return answers.UNAVAILABLE

    def _note(self, head: FeedHead, agent: str) -> None:
        try:
            self._gate.used(head, agent)
        except Exception:
            log.exception("the last use of a link could not be noted")
