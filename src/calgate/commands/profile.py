"""profile: a file that sets up an iPhone, an iPad or a Mac."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, BinaryIO
from urllib.parse import urlsplit

import typer

from calgate.commands.common import CommandError, ConfigOption, opened, say, settings_of
from calgate.gate.gate import Gate
from calgate.gate.values import Principal
from calgate.profile import Account, Subscription
from calgate.profile import profile as build
from calgate.settings import Settings

LABEL = "Apple profile"
_STDOUT = Path("-")
_HTTPS = (
    "Apple's devices log in over HTTPS only: set public_url in [server] to the https address that people use."
)
_BOTH = "A profile is signed with a certificate and its key: set both in [profile], or neither."
_HASHED = "Links are kept hashed: give the link itself instead of its id, or a new one by calgate feed rotate"


def profile(
    ctx: typer.Context,
    person: Annotated[str | None, typer.Argument(metavar="PERSON", help="Whose account.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to, such as ada.mobileconfig; - for stdout."),
    ] = None,
    password: Annotated[
        bool, typer.Option("--password", help="With a new app password, so that the device asks for none.")
    ] = False,
    feed: Annotated[
        list[str] | None,
        typer.Option(metavar="LINK", help="Subscribe to a feed (not on a Mac); may be repeated."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Write a set-up profile for iPhone, iPad and Mac: an account, subscriptions, or both."""
    if out is None:
        raise typer.BadParameter("Say where to write the profile, such as --out ada.mobileconfig.")
    if person is None and (password or not feed):
        raise typer.BadParameter("Say whose account it is, or which --feed to subscribe to.")
    settings = settings_of(ctx, config)
    root = _root(settings)
    with opened(settings) as gate:
        sign = _signing(settings, gate)
        who = _principal(gate, person) if person is not None else None
        links = [_subscription(gate, root, each) for each in feed or ()]
        org = who.org if who else links[0][0]
        with _file(out) as file:
            secret = gate.add_password(who.person, LABEL) if who and password else None
            account = Account(f"{root}/dav/{who.person}/", who.person, who.name, secret) if who else None
            data = build(root, gate.organization_name(org), account, [each for _, each in links])
            file.write(sign(data) if sign else data)
    if out != _STDOUT:
        _tell(out, who if password else None, sign is not None)


def _tell(out: Path, with_password_of: Principal | None, is_signed: bool) -> None:
    if with_password_of is not None:
        person = with_password_of.person
        say(f"It holds a new app password: hand it over as one. calgate password revoke {person} "
            f'"{LABEL}" ends it.')  # fmt: skip
    if not is_signed:
        say("It is not signed, and devices say so; [profile] in the settings takes a certificate and key.")
    say(f"Written: {out}")


def _root(settings: Settings) -> str:
    """The public address; CommandError when Apple's devices would not log in there."""
    address = urlsplit(settings.public_url)
    if address.scheme != "https" and not _is_this_machine(address.hostname or ""):
        raise CommandError(_HTTPS)
    return settings.public_url


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _signing(settings: Settings, gate: Gate) -> Callable[[bytes], bytes] | None:
    """How the profile is signed; None: not at all."""
    certificate, key = settings.profile.certificate, settings.profile.key
    if not certificate and not key:
        return None
    if not certificate or not key:
        raise CommandError(_BOTH)
    # Not above: what signing loads would be a tenth of the server's memory, which never signs.
    from calgate.signing import SigningError, signed, signer

    try:
        return partial(signed, by=signer(Path(certificate).read_bytes(), Path(key).read_bytes(), gate.now()))
    except SigningError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from None


def _principal(gate: Gate, person: str) -> Principal:
    found = gate.principal(person)
    if found is None:
        raise CommandError(f"There is no person '{person}'.")
    return found


def _subscription(gate: Gate, root: str, given: str) -> tuple[str, Subscription]:
    """The organization of a feed and the subscription to it. CommandError."""
    if "/" not in given:
        raise CommandError(f"{_HASHED} {given}.")
    link = "http" + given[6:] if given.startswith("webcal:") and root.startswith("http:") else given
    link = "https" + given[6:] if link.startswith("webcal:") else link
    secret = link.removeprefix(f"{root}/feeds/").removesuffix(".ics")
    head = gate.link(secret) if link == f"{root}/feeds/{secret}.ics" else None
    if head is None or head.link.kind != "calendar":
        raise CommandError(f"A --feed is a link to a feed of this server: {root}/feeds/….ics.")
    if head.state in ("revoked", "expired"):
        raise CommandError(f'The link "{head.link.name}" is {head.state}.')
    return head.link.org, Subscription(head.link.id, head.link.name, link)


@contextmanager
def _file(out: Path) -> Iterator[BinaryIO]:
    """Nobody else may read it: passwords and links are secrets."""
    if out == _STDOUT:
        yield sys.stdout.buffer
        return
    try:
        number = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror}.") from None
    with os.fdopen(number, "wb") as file:
        out.chmod(0o600)
        yield file
