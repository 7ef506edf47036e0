"""The `calgate` command. Exits 0, 1 (failed) or 2 (usage); errors are one sentence on stderr."""

import os
import sys
from collections.abc import Sequence

import typer

from calgate.commands import common, demo, doctor, feeds, passwords, practice, profile, rules, serve, upkeep
from calgate.commands.common import CommandError, errors
from calgate.gate.practice_file import LoadError
from calgate.settings import SettingsError

INTERRUPTED = 130

app = typer.Typer(
    name="calgate",
    help="A practice's sessions on every calendar, both ways, with the practice's rules in force.",
    callback=common.group,
    invoke_without_command=False,
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("load")(practice.load)
app.add_typer(passwords.app, name="password")
app.add_typer(feeds.app, name="feed")
app.command("profile")(profile.profile)
app.command("rules")(rules.rules)
app.command("explain")(rules.explain)
app.add_typer(rules.pack, name="pack")
app.add_typer(upkeep.db, name="db")
app.command("backup")(upkeep.backup)
app.command("restore")(upkeep.restore)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status."""
    try:
        status = app(list(arguments) or ["--help"], prog_name="calgate", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except typer.TyperException as error:
        _tell(error.format_message())
        return error.exit_code
    except (CommandError, SettingsError, LoadError) as error:
        _tell(str(error))
    except typer.Abort:
        return INTERRUPTED
    except BrokenPipeError:  # such as `calgate rules | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if os.environ.get("CALGATE_LOG__LEVEL") == "debug":
            raise
        _tell(f"calgate failed unexpectedly ({type(error).__name__}); CALGATE_LOG__LEVEL=debug shows where.")
    return 1


def _tell(text: str) -> None:
    sentence = " ".join(text.split()).rstrip(".")
    sentence += "" if sentence.endswith(("?", "!")) else "."
    errors.print(sentence, style="red" if errors.is_terminal else None, markup=False, soft_wrap=True)
