"""doctor: is everything all right with this installation?"""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

import typer
from rich.markup import escape
from rich.table import Table

from calgate.clock import Clock
from calgate.commands.common import ConfigOption, console, settings_of, store_of
from calgate.gate import upkeep
from calgate.gate.keys import KEY_FILE
from calgate.settings import Settings

CONNECT_SECONDS = 5
RENEW_WITHIN = timedelta(days=14)
STYLES = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "bad": "[red]bad[/]"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and one sentence. `note` is worth knowing and fails nothing."""

    about: str
    state: Literal["ok", "note", "bad"]
    sentence: str


def doctor(ctx: typer.Context, config: ConfigOption = None) -> None:
    """Check the store, the clock, the keys, Google and the certificate."""
    settings = settings_of(ctx, config)
    findings = [*_store_and_clock(settings), _keys(settings), _google(settings)]
    findings.append(certificate_finding(settings))
    table = Table.grid(padding=(0, 2))
    for each in findings:
        table.add_row(STYLES[each.state], f"[b]{each.about}[/]", escape(each.sentence))
    console.print(table)
    if any(each.state == "bad" for each in findings):
        raise typer.Exit(1)


def _store_and_clock(settings: Settings) -> Iterator[Finding]:
    with store_of(settings) as store:
        problems = upkeep.problems(store)
        yield from (Finding("store", "bad", problem) for problem in problems)
        if not problems:
            yield Finding("store", "ok", "The database answers and is consistent.")
            yield _clock(settings, upkeep.newest_decision(store))


def _clock(settings: Settings, last: datetime | None) -> Finding:
    offset = settings.clock.offset
    now = Clock(offset).now()
    if last is not None and last > now + timedelta(minutes=1):
        return Finding(
            "clock",
            "bad",
            f"The newest decision is dated {last:%Y-%m-%d %H:%M} UTC, in the future: set the clock.",
        )
    if offset:
        return Finding("clock", "note", f"The clock is a demo's: it shows {now:%Y-%m-%d %H:%M} UTC.")
    return Finding("clock", "ok", f"It is {now:%Y-%m-%d %H:%M} UTC.")


def _keys(settings: Settings) -> Finding:
    path = settings.secrets.keys_dir / KEY_FILE
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return Finding("keys", "bad", f"{path} cannot be used: {error.strerror}.")
    if mode & 0o077:
        return Finding("keys", "bad", f"{path} is readable by others: chmod 600 it.")
    return Finding("keys", "ok", f"{path} is its owner's alone; keep a copy apart from the backups.")


def _google(settings: Settings) -> Finding:
    if not settings.google.client_id:
        return Finding("google", "note", "No Google client is set up (google.client_id).")
    if not settings.google.client_secret.get_secret_value():
        return Finding("google", "bad", "google.client_secret is missing.")
    return Finding("google", "ok", "The Google client is set up.")


def certificate_finding(settings: Settings) -> Finding:
    """Whether people reach the server by https, with a certificate that lasts."""
    address = urlsplit(settings.public_url)
    host = address.hostname or ""
    if address.scheme != "https":
        if host in ("127.0.0.1", "localhost", "::1"):
            return Finding(
                "certificate", "note", "People reach calgate on this machine only (server.public_url)."
            )
        return Finding(
            "certificate", "bad", f"{settings.public_url} is not https: passwords would travel readable."
        )
    try:
        ends = certificate_end(host, address.port or 443)
    except ssl.SSLCertVerificationError as error:
        return Finding(
            "certificate", "bad", f"The certificate of {host} is not good: {error.verify_message}."
        )
    except OSError as error:
        return Finding("certificate", "bad", f"{host} cannot be reached: {error.strerror or error}.")
    state: Literal["ok", "bad"] = "ok" if ends > datetime.now(UTC) + RENEW_WITHIN else "bad"
    return Finding("certificate", state, f"The certificate of {host} is good until {ends:%Y-%m-%d}.")


def certificate_end(host: str, port: int) -> datetime:
    """When the certificate there ends (UTC). Raises OSError, as SSLCertVerificationError when untrusted."""
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), CONNECT_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as connection,
    ):
        certificate = connection.getpeercert()
    assert certificate is not None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
