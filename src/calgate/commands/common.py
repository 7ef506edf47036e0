"""What the commands share: their --config option, the gate, and how they fail."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from calgate.app import open_gate
from calgate.clock import Clock
from calgate.gate import upkeep
from calgate.gate.gate import Gate
from calgate.gate.upkeep import Store, StoreError
from calgate.settings import Settings, find_config, load_settings

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="Settings file (default: CALGATE_CONFIG, else ./calgate.toml)."
    ),
]
OrgOption = Annotated[
    str | None, typer.Option("--org", metavar="ID", help="Which organization, where there are several.")
]

PIPED_WIDTH = 200
console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
errors = Console(stderr=True, highlight=False)


class CommandError(Exception):
    """A command cannot do what it was told; the text is one sentence for the person."""


def group(ctx: typer.Context, config: ConfigOption = None) -> None:
    """The callback of a group of commands: `calgate password --config FILE list` works, too."""
    ctx.obj = config or ctx.obj


def settings_of(ctx: typer.Context, config: Path | None) -> Settings:
    """The settings that a command was told to use. Raises SettingsError."""
    return load_settings(find_config(config or ctx.obj))


@contextmanager
def store_of(settings: Settings, *, create: bool = False) -> Iterator[Store]:
    """The settings' database as it is, closed afterwards; a database fault is a CommandError, and so is one
    that is not there or empty, unless it is to be made."""
    file = settings.database.url.removeprefix("sqlite:///")
    if not create and file != settings.database.url and not Path(file).exists():
        raise CommandError(f"There is no database {file} yet: run calgate db upgrade.")
    try:
        store = upkeep.open_store(settings.database.url)
        try:
            if not create and upkeep.is_empty(store):
                raise CommandError("There is nothing in the database yet: run calgate db upgrade.")
            yield store
        finally:
            store.dispose()
    except StoreError as error:
        raise CommandError(str(error)) from None


@contextmanager
def reserved(url: str) -> Iterator[None]:
    """The SQLite database at that URL for this server or restore alone; CommandError while another has it."""
    with ExitStack() as held:
        try:
            held.enter_context(upkeep.reserved(url))
        except StoreError as error:
            raise CommandError(str(error)) from None
        yield


@contextmanager
def opened(settings: Settings, *, create: bool = False) -> Iterator[Gate]:
    """The gate over the settings' database, closed afterwards; a fault in opening it is a CommandError, and
    so is a database that is not there, unless it is to be made."""
    with store_of(settings, create=create):  # whether it answers at all
        pass
    try:
        gate = open_gate(settings, Clock(settings.clock.offset))
    except StoreError as error:
        raise CommandError(str(error)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise CommandError(f"The key in {settings.secrets.keys_dir} cannot be used: {reason}.") from None
    try:
        yield gate
    finally:
        gate.close()


def say(text: str) -> None:
    """A line on stdout as it is: not folded, not coloured."""
    console.print(text, markup=False, soft_wrap=True)


def print_secret(text: str) -> None:
    """A secret or a link, alone on the last line of stdout, never folded or coloured."""
    typer.echo(text)


@contextmanager
def bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr; the function given takes what is done and what there is. Nothing off a
    terminal."""
    columns = (TextColumn(title), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task(title)
        yield lambda done, total: progress.update(task, completed=done, total=total)
