"""db upgrade, backup and restore: the database as a whole."""

from pathlib import Path
from typing import Annotated

import typer

from calgate.commands.common import ConfigOption, bar, group, reserved, say, settings_of, store_of
from calgate.gate import upkeep

db = typer.Typer(help="The schema, and copies of the database.", callback=group)

CopyFile = Annotated[Path, typer.Argument(metavar="FILE", help="The file of the copy.")]


@db.command()
def upgrade(ctx: typer.Context, config: ConfigOption = None) -> None:
    """Make the schema, or bring it up to date."""
    settings = settings_of(ctx, config)
    with store_of(settings, create=True) as store:
        before, after = upkeep.upgrade(store, settings.database.url)
    say(f"The schema is up to date ({after})." if before == after else f"The schema is now {after}.")


@db.command(hidden=True)
def backup(ctx: typer.Context, file: CopyFile, config: ConfigOption = None) -> None:
    """Copy the database to FILE while it is in use. The keys are not in it."""
    settings = settings_of(ctx, config)
    with store_of(settings) as store, bar("Copying") as progress:
        rows = upkeep.backup(store, file, progress)
    say(f"{file} holds {rows} rows. Keep {settings.secrets.keys_dir} as well, in another place.")


@db.command(hidden=True)
def restore(ctx: typer.Context, file: CopyFile, config: ConfigOption = None) -> None:
    """Replace the whole database by the copy in FILE; every calendar lists anew. Stop the server first."""
    settings = settings_of(ctx, config)
    with reserved(settings.database.url), store_of(settings, create=True) as store, bar("Restoring") as done:
        rows = upkeep.restore(store, file, done)
    say(f"{rows} rows are restored. Calendars will list everything anew.")
