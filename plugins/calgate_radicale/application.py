"""The thin subclass: Radicale dispatches, authenticates and sanitizes; calgate's door answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partialmethod
from typing import TYPE_CHECKING, Any, TypeAlias

from radicale import httputils, types
from radicale.app import Application as RadicaleApplication

from calgate.doors.caldav import (
    get,
    mkcalendar,
    move,
    objects,
    options,
    outbox,
    preconditions,
    propfind,
    proppatch,
    refusals,
    report,
)
from calgate.doors.caldav.bridge import HOST_ROOT
from calgate.doors.caldav.request import Request
from calgate.doors.caldav.xml import Answer
from calgate.gate.values import StoreBusy
from calgate_radicale import current
from calgate_radicale.configuration import configuration, quiet_log

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

Function: TypeAlias = "Callable[[Gate, Request], Answer]"

_RETRY_SECONDS = "60"
_PRIVILEGES = {
    "PUT": "write-content",
    "DELETE": "unbind",
    "MOVE": "unbind",
    "MKCALENDAR": "bind",
    "MKCOL": "bind",
    "PROPPATCH": "write-properties",
}


class Application(RadicaleApplication):
    """A WSGI application over the gate. `now` gives the present instant in UTC."""

    def __init__(
        self,
        gate: Gate,
        now: Callable[[], datetime],
        realm: str,
        max_body_bytes: int,
        public_host: str = "",
    ) -> None:
        quiet_log()
        super().__init__(configuration(gate, realm, max_body_bytes))
        self._gate = gate
        self._now = now
        self._public_host = public_host

    def _handle_request(self, environ: types.WSGIEnviron) -> Any:
        current.principal.set(None)
        return super()._handle_request(environ)

    def do_OPTIONS(self, *_request: Any, **_more: Any) -> types.WSGIResponse:
        return _response(options.options())

    def _do(
        self,
        function: Function,
        environ: types.WSGIEnviron,
        base_prefix: str,
        path: str,
        user: str,
        user_groups: set[str],
        request_info: dict[str, Any],
    ) -> types.WSGIResponse:
        principal = current.principal.get()
        if principal is None or not user:
            return httputils.NOT_ALLOWED
        method = environ["REQUEST_METHOD"]
        if method != "REPORT" and self._rights.authorization(user, user_groups, path) == "f":
            privilege = _PRIVILEGES.get(method, "read")
            return _response(refusals.foreign(base_prefix + path, privilege))
        request = Request(
            method=method,
            path=tuple(path.strip("/").split("/")) if path != "/" else (),
            slash=path.endswith("/"),
            headers=_headers(environ),
            body=environ["wsgi.input"].read(),
            principal=principal,
            received=self._now(),
            base=base_prefix,
            public_host=self._public_host,
            at_host=environ.get(HOST_ROOT, False),
        )
        try:
            checked = preconditions.checked(self._gate, request)
            return _response(checked if isinstance(checked, Answer) else function(self._gate, checked))
        except StoreBusy as busy:
            return _response(refusals.problem(503, str(busy), {"Retry-After": _RETRY_SECONDS}))

    do_COPY = partialmethod(_do, move.copy)
    do_DELETE = partialmethod(_do, objects.delete)
    do_GET = partialmethod(_do, get.get)
    do_HEAD = partialmethod(_do, get.get)
    do_MKCALENDAR = partialmethod(_do, mkcalendar.mkcalendar)
    do_MKCOL = partialmethod(_do, mkcalendar.mkcol)
    do_MOVE = partialmethod(_do, move.move)
    do_POST = partialmethod(_do, outbox.post)
    do_PROPFIND = partialmethod(_do, propfind.propfind)
    do_PROPPATCH = partialmethod(_do, proppatch.proppatch)
    do_PUT = partialmethod(_do, objects.put)
    do_REPORT = partialmethod(_do, report.report)


def _headers(environ: types.WSGIEnviron) -> dict[str, str]:
    return {
        name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name[:5] == "HTTP_"
    }


def _response(answer: Answer) -> types.WSGIResponse:
    return answer.status, {"DAV": options.DAV_CLASSES, **answer.headers}, answer.body, None
