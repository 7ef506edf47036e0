"""serve: the server of an installation."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from calgate import logs, memory
from calgate.app import build
from calgate.clock import Clock
from calgate.commands.common import CommandError, ConfigOption, opened, reserved, settings_of
from calgate.commands.connection import Connection
from calgate.gate.gate import Gate
from calgate.settings import Settings, find_config, load_settings
from calgate.worker import Tender

GRACE_SECONDS = 10


def serve(
    ctx: typer.Context,
    config: ConfigOption = None,
    workers: Annotated[
        int, typer.Option(min=1, metavar="N", help="Processes; more than one on PostgreSQL only.")
    ] = 1,
) -> None:
    """Serve the configured database."""
    settings = settings_of(ctx, config)
    if workers > 1 and settings.database.url.startswith("sqlite"):
        raise CommandError(
            "More than one worker needs PostgreSQL: one process only may write a SQLite database."
        )
    if workers == 1:
        with reserved(settings.database.url):
            run_server(settings, listen(settings.server.host, settings.server.port))
        return
    listener = listen(settings.server.host, settings.server.port)
    if found := find_config(config or ctx.obj):
        os.environ["CALGATE_CONFIG"] = str(found.resolve())
    with _tended(settings):
        options = uvicorn.Config(
            f"{__name__}:application", factory=True, workers=workers, **_options(settings)
        )
        Multiprocess(options, sockets=[listener]).run()


def application() -> Any:
    """The ASGI application of one worker process, from the configuration that CALGATE_CONFIG names."""
    name = os.environ.get("CALGATE_CONFIG")
    settings = load_settings(Path(name) if name else None)
    logs.configure(settings.log)
    memory.keep_freed()
    return build(settings, Clock(settings.clock.offset))


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises CommandError with the reason, such as a port in use."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CommandError(f"Cannot listen on {host}: {error.strerror or error}.") from None
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise CommandError(f"Cannot listen on {host} port {port}: {error.strerror}.") from None
    return listener


def run_server(settings: Settings, listener: socket.socket) -> None:
    """Serve on a listening socket, and do what falls due, until SIGINT or SIGTERM."""
    with _tended(settings) as gate:
        application = build(settings, Clock(settings.clock.offset), gate)
        memory.keep_freed()
        uvicorn.Server(uvicorn.Config(application, **_options(settings))).run(sockets=[listener])


@contextmanager
def _tended(settings: Settings) -> Iterator[Gate]:
    """The gate, with the worker beside it."""
    logs.configure(settings.log)
    # uvicorn raises the signal again when it has shut down; that is then this command's ordinary end.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with opened(settings, create=True) as gate:
        tender = Tender(gate)
        tender.start()
        try:
            yield gate
        finally:
            tender.stop()


def _options(settings: Settings) -> dict[str, Any]:
    proxies = settings.server.trusted_proxies
    return {
        "proxy_headers": bool(proxies),
        "forwarded_allow_ips": list(proxies),
        "http": Connection,
        "access_log": False,  # addresses hold the secrets of feed links
        "log_config": None,
        "server_header": False,
        "lifespan": "on",
        "timeout_graceful_shutdown": GRACE_SECONDS,
    }
