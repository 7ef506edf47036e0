"""rules, explain and pack check: what holds, why a decision fell, and whether a pack keeps its promises."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from calgate.commands.common import CommandError, ConfigOption, console, group, say, settings_of, store_of
from calgate.domain.pack import Pack
from calgate.gate import packs, rulebook, upkeep
from calgate.gate.packs import PackError
from calgate.gate.upkeep import Decision, Store

pack = typer.Typer(help="Rule packs.", callback=group)


def rules(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Option("--pack", metavar="P", help="A pack by name, with its defaults.")
    ] = None,
    org: Annotated[str | None, typer.Option("--org", metavar="ID", help="One organization only.")] = None,
    config: ConfigOption = None,
) -> None:
    """The rules in force, organization by organization, with their policy."""
    try:
        if name is not None:
            console.print(_table(packs.find(name)))
            return
        with store_of(settings_of(ctx, config)) as store:
            for each in _chosen(store, org):
                console.print(f"[b]{escape(each)}[/]")
                console.print(_table(upkeep.effective_pack(store, each)))
    except PackError as error:
        raise CommandError(_sentence(error)) from None


_LARGEST = (1 << 63) - 1
"""No database counts further."""


def explain(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="The number of the decision.")],
    org: Annotated[str | None, typer.Option("--org", metavar="ID", help="One organization only.")] = None,
    config: ConfigOption = None,
) -> None:
    """Why a decision fell: who asked for what, the verdict, and the rules that spoke."""
    with store_of(settings_of(ctx, config)) as store:
        if org is not None:
            _chosen(store, org)
        known = upkeep.decisions_numbered(store, number) if number <= _LARGEST else []
        found = [each for each in known if org in (None, each[0])]
    if not found:
        raise CommandError(f"There is no decision {number}" + (f" in {org}." if org else "."))
    for name, decision in found:
        console.print(_explained(name, decision))


def _explained(org: str, decision: Decision) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    at = datetime.fromtimestamp(decision.at, UTC)
    rows = {
        "decision": f"{decision.number} of {org}, {at:%Y-%m-%d %H:%M:%S} UTC",
        "asked by": f"{decision.actor} ({decision.role}) over {decision.door}",
        "session": decision.session_id or "none",
        "changes": "\n".join(_change(each) for each in decision.changes) or "none",
        "verdict": " ".join(part for part in (decision.verdict, decision.rule) if part),
        "sentence": decision.sentence,
        "contact": decision.contact,
        "rules": ", ".join(str(each) for each in decision.rules),
        "pack": f"{decision.pack} {decision.pack_version}",
    }
    for name, value in rows.items():
        if value:
            table.add_row(f"[b]{name}[/]", escape(value))
    return table


def _change(change: Mapping[str, Any]) -> str:
    rest = ", ".join(f"{key} {value}" for key, value in change.items() if key != "change")
    return f"{change['change']} {rest}".rstrip()


def _chosen(store: Store, org: str | None) -> list[str]:
    everyone = upkeep.organizations(store)
    if org is not None and org not in everyone:
        raise CommandError(f"There is no organization '{org}'.")
    if not everyone:
        raise CommandError("There is no organization yet: load a practice file, or name a pack with --pack.")
    return everyone if org is None else [org]


def _table(found: Pack) -> RenderableType:
    table = Table(
        "rule",
        "says",
        "policy",
        "",
        title=f"{found.title} ({found.name} {found.version})",
        title_justify="left",
    )
    for row in rulebook.rules_table(found):
        table.add_row(*(escape(cell) for cell in row))
    return table


@pack.command()
def check(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A pack of calgate's, or a module that holds one.")
    ],
    config: ConfigOption = None,
) -> None:
    """Run a pack's scenarios."""
    settings_of(ctx, config)
    try:
        wrong, rows = packs.check(name), packs.scenarios(name)
    except PackError as error:
        raise CommandError(_sentence(error)) from None
    for each in wrong:
        say(each)
    if wrong:
        raise CommandError(f"Pack {name}: {len(wrong)} of its promises do not hold.")
    say(f"Pack {name}: all {len(rows)} scenarios hold.")


def _sentence(error: PackError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
