"""password add|list|revoke: app passwords."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from calgate.commands.common import (
    CommandError,
    ConfigOption,
    console,
    group,
    opened,
    print_secret,
    say,
    settings_of,
)
from calgate.gate.gate import Gate
from calgate.gate.people import UnknownPerson

app = typer.Typer(help="App passwords, one for each device of a person.", callback=group)

Person = Annotated[str, typer.Argument(metavar="PERSON", help="The login name.")]


@app.command()
def add(
    ctx: typer.Context,
    person: Person,
    label: Annotated[str, typer.Option(help='Where it will be used, such as "Ada\'s iPhone".')],
    config: ConfigOption = None,
) -> None:
    """Make an app password; it is shown once, alone on the last line."""
    with opened(settings_of(ctx, config)) as gate:
        try:
            password = gate.add_password(person, label)
        except UnknownPerson:
            raise _nobody(person) from None
        except ValueError as error:
            raise CommandError(str(error)) from None
    say(f"App password of {person} for {label}; it will not be shown again:")
    print_secret(password)


@app.command("list")
def list_(
    ctx: typer.Context,
    person: Annotated[
        str | None, typer.Argument(metavar="[PERSON]", help="The login name; else everybody.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """App passwords by their labels, never the passwords themselves."""
    table = Table("person", "id", "label", "made", "last used", "revoked", box=None, pad_edge=False)
    with opened(settings_of(ctx, config)) as gate:
        for each in _everybody(gate) if person is None else [person]:
            try:
                found = gate.list_passwords(each)
            except UnknownPerson:
                raise _nobody(each) from None
            for one in found:
                days = (_day(one.created_at), _day(one.last_used_at), _day(one.revoked_at))
                table.add_row(one.person, str(one.id), escape(one.label), *days)
    console.print(table if table.rows else "There are no app passwords.")


@app.command()
def revoke(
    ctx: typer.Context,
    person: Person,
    password: Annotated[str, typer.Argument(metavar="ID", help="The id or the label that `list` shows.")],
    config: ConfigOption = None,
) -> None:
    """End an app password at once."""
    with opened(settings_of(ctx, config)) as gate:
        try:
            valid = [each for each in gate.list_passwords(person) if each.revoked_at is None]
        except UnknownPerson:
            raise _nobody(person) from None
        named = [each for each in valid if password in (str(each.id), each.label)]
        if not named:
            raise CommandError(f"{person} has no valid app password '{password}'.")
        for each in named:
            gate.revoke_password(person, each.id)
    say(f"Revoked: app password of {person} for {named[0].label}.")


def _everybody(gate: Gate) -> list[str]:
    return [member.person for org in gate.organizations() for member in gate.members(org)]


def _nobody(person: str) -> CommandError:
    return CommandError(f"There is no person '{person}'.")


def _day(seconds: int | None) -> str:
    return "" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"
