"""load: a practice file into the database."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from calgate.commands.common import CommandError, ConfigOption, bar, opened, say, settings_of
from calgate.gate.gate import Gate


def load(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A practice file (JSON).")],
    config: ConfigOption = None,
) -> None:
    """Upsert a practice file by id, all or nothing, and print what changed."""
    settings = settings_of(ctx, config)
    content = read_practice(file)
    with opened(settings, create=True) as gate:
        changed = load_practice(gate, content)
    for line in changed:
        say(line)
    if not changed:
        say("Nothing changed.")


def read_practice(file: Path) -> Any:
    """The file's JSON content. Raises CommandError."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
    except RecursionError:
        raise CommandError(f"{file} is not a practice file: it is nested too deeply.") from None
    except ValueError as error:
        raise CommandError(f"{file} is not valid JSON: {error}.") from None


def load_practice(gate: Gate, content: Any, *, demo: bool = False) -> list[str]:
    """Load with something to look at meanwhile. Raises LoadError."""
    with bar("Loading the practice") as progress:
        return gate.load(content, demo=demo, progress=progress)
