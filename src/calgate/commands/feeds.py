"""feed add|list|rotate|revoke: links that calendar programs subscribe to."""

import io
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Annotated

import segno
import typer
from rich.markup import escape
from rich.table import Table

from calgate.commands.common import (
    CommandError,
    ConfigOption,
    OrgOption,
    bar,
    console,
    group,
    opened,
    print_secret,
    say,
    settings_of,
)
from calgate.domain.audience import Audience
from calgate.domain.session import Status
from calgate.gate.gate import Gate
from calgate.gate.link_values import FUTURE_DAYS, PAST_DAYS, Link, LinkWish, UnknownTarget

app = typer.Typer(help="Links to feeds and to busy times.", callback=group)

_EXPIRES_FORM = "--expires takes a day or a time, such as 2026-12-31 or 2026-12-31T18:00-05:00."
_ONE = "Say whose it is with one of --person, --client, --location and --organization."


class Kind(StrEnum):
    CALENDAR = "calendar"
    FREEBUSY = "freebusy"


class Detail(StrEnum):
    FULL = "full"
    FIRST_NAME = "first_name"
    INITIALS = "initials"
    INTERNAL_ID = "internal_id"
    BUSY = "busy"


class Cancelled(StrEnum):
    STRIKE = "strike"
    KEEP = "keep"
    OMIT = "omit"


Named = Annotated[str, typer.Argument(metavar="ID", help="The id that `feed list` shows.")]


@app.command()
def add(
    ctx: typer.Context,
    kind: Annotated[Kind, typer.Option(help="Sessions, or busy times only.")] = Kind.CALENDAR,
    person: Annotated[str | None, typer.Option(metavar="ID", help="A practitioner's own sessions.")] = None,
    client: Annotated[str | None, typer.Option(metavar="ID", help="One client's sessions.")] = None,
    location: Annotated[
        str | None, typer.Option(metavar="ID[/ROOM]", help="What takes place there, or in one room.")
    ] = None,
    organization: Annotated[str | None, typer.Option(metavar="ID", help="All sessions.")] = None,
    name: Annotated[str | None, typer.Option(help="What subscribers call it.")] = None,
    detail: Annotated[
        Detail | None,
        typer.Option(
            help="How clients are named (default: full for --person, else initials). With full, links of"
            " --organization and --location show titles and places as they were written, which may name"
            " people."
        ),
    ] = None,
    cancelled: Annotated[
        Cancelled,
        typer.Option(help="Cancelled sessions: struck through, kept with a word in the title, or left out."),
    ] = Cancelled.STRIKE,
    status: Annotated[
        list[Status] | None, typer.Option(help="Only sessions of this status; may be repeated.")
    ] = None,
    past_days: Annotated[int, typer.Option(min=0, metavar="N", help="How far back it goes.")] = PAST_DAYS,
    future_days: Annotated[
        int, typer.Option(min=0, metavar="N", help="How far ahead it goes.")
    ] = FUTURE_DAYS,
    join_link: Annotated[
        bool | None, typer.Option("--join-link/--no-join-link", help="With links to video sessions.")
    ] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="ISO", help="When it ends (UTC), such as 2026-12-31.")
    ] = None,
    color: Annotated[str, typer.Option(help="A CSS colour name or #RRGGBB.")] = "",
    org: OrgOption = None,
    config: ConfigOption = None,
) -> None:
    """Make a link; it is shown once, alone on the last line, above it for webcal and as a QR code."""
    audience, target = _whose(person, client, location, organization)
    expires_at = _moment(expires) if expires else None
    settings = settings_of(ctx, config)
    with opened(settings) as gate, bar("Preparing the feed") as progress:
        found = _organization(gate, audience, target, org)
        wish = LinkWish(
            kind=kind.value,
            audience=audience,
            target=target,
            name=name,
            detail=detail.value if detail else None,
            cancelled=cancelled.value,
            statuses=tuple(status or ()),
            color=color,
            past_days=past_days,
            future_days=future_days,
            join_link=join_link,
            expires_at=expires_at,
        )
        try:
            link, secret = gate.add_link(found, wish, progress=progress)
        except (UnknownTarget, ValueError) as error:
            raise CommandError(str(error)) from None
    say(f'{_what(link)} "{link.name}", id {link.id}; the link will not be shown again:')
    show(settings.public_url, link.kind, secret)


@app.command("list")
def list_(ctx: typer.Context, org: OrgOption = None, config: ConfigOption = None) -> None:
    """Links by name, whom they are for and their last use, never the links themselves."""
    heads = ("id", "name", "for", "detail", "last used", "by", "expires", "state")
    table = Table(*heads, box=None, pad_edge=False)
    with opened(settings_of(ctx, config)) as gate:
        now = gate.now()
        for each in _chosen(gate, org):
            for link in gate.list_links(each):
                table.add_row(*map(escape, _row(link, now)))
    console.print(table if table.rows else "There are no links.")


@app.command()
def rotate(ctx: typer.Context, link: Named, config: ConfigOption = None) -> None:
    """Give a link a new secret; the old one ends at once."""
    settings = settings_of(ctx, config)
    with opened(settings) as gate:
        found = _link(gate, link)
        try:
            secret = gate.rotate_link(found.org, found.id)
        except UnknownTarget as error:
            raise CommandError(str(error)) from None
    say(f'{_what(found)} "{found.name}" has a new link; it will not be shown again:')
    show(settings.public_url, found.kind, secret)


@app.command()
def revoke(ctx: typer.Context, link: Named, config: ConfigOption = None) -> None:
    """End a link at once: subscribers are told that it is gone."""
    with opened(settings_of(ctx, config)) as gate:
        found = _link(gate, link)
        if not gate.revoke_link(found.org, found.id):
            raise CommandError(f"The link {link} has been revoked before.")
    say(f'Revoked: {_what(found).lower()} "{found.name}".')


def show(public_url: str, kind: str, secret: str) -> None:
    """A new link in its three forms, the plain one alone on the last line."""
    link = address(public_url, kind, secret)
    webcal = "webcal" + link.removeprefix("https").removeprefix("http")
    if console.encoding.startswith("utf"):
        drawn = io.StringIO()
        segno.make(webcal, error="l", micro=False).terminal(drawn, border=2, compact=True)
        console.print(drawn.getvalue(), style="bright_white on black", soft_wrap=True)
    say(webcal)
    print_secret(link)


def address(public_url: str, kind: str, secret: str) -> str:
    """The link that has that secret."""
    return f"{public_url}/freebusy/{secret}.ifb" if kind == "freebusy" else f"{public_url}/feeds/{secret}.ics"


def _whose(
    person: str | None, client: str | None, location: str | None, organization: str | None
) -> tuple[Audience, str]:
    wanted: dict[Audience, str | None] = {
        "person": person,
        "client": client,
        "location": location,
        "organization": organization,
    }
    given = [(audience, target) for audience, target in wanted.items() if target is not None]
    if len(given) != 1:
        raise typer.BadParameter(_ONE)
    return given[0]


def _organization(gate: Gate, audience: Audience, target: str, org: str | None) -> str:
    """Where the target is. Clients and places of several organizations may have the same id."""
    found = [each for each in gate.link_owners(audience, target) if org in (None, each)]
    if len(found) > 1:
        raise CommandError(f"{', '.join(found)} have a {audience} '{target}': name one of them with --org.")
    if not found:
        where = f" in the organization '{org}'" if org else ""
        raise CommandError(f"There is no {audience} '{target}'{where}.")
    return found[0]


def _chosen(gate: Gate, org: str | None) -> list[str]:
    known = gate.organizations()
    if org is not None and org not in known:
        raise CommandError(f"There is no organization '{org}'.")
    return known if org is None else [org]


def _link(gate: Gate, name: str) -> Link:
    for org in gate.organizations():
        for each in gate.list_links(org):
            if each.id == name:
                return each
    raise CommandError(f"There is no link '{name}'.")


def _moment(text: str) -> datetime:
    """A day counts to its end; a time without an offset is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(_EXPIRES_FORM) from None
    if len(text) == len("2026-12-31"):
        moment = datetime.combine(moment, time.max.replace(microsecond=0))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _what(link: Link) -> str:
    return f"{'Busy times' if link.kind == 'freebusy' else 'Feed'} of {link.audience} {link.target}"


def _row(link: Link, now: datetime) -> tuple[str, ...]:
    kind = " (busy times)" if link.kind == "freebusy" else ""
    used = f"{link.last_used_at:%Y-%m-%d %H:%M}" if link.last_used_at else "never"
    expires = f"{link.expires_at:%Y-%m-%d %H:%M}" if link.expires_at else ""
    if link.revoked_at is not None:
        state = "revoked"
    else:
        state = "expired" if link.expires_at is not None and link.expires_at <= now else "live"
    whose = f"{link.audience} {link.target}{kind}"
    return (link.id, link.name, whose, link.detail, used, link.last_used_by[:40], expires, state)
