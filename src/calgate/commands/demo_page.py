"""What the demo says when it is up: where, who, and four things to try."""

from pathlib import Path
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from calgate.clock import Clock
from calgate.settings import Settings

THINGS_TO_TRY = (
    (
        "Connect a calendar",
        "Add a CalDAV account (iPhone, Thunderbird, DAVx5 ...) with the server address above, "
        "login [b]ada[/], password [b]ada-demo[/]. Her sessions of this week and the next are there.",
    ),
    (
        "A move that is allowed",
        "Next week, drag [b]Noah Lane[/]'s session from Tuesday to Thursday. It stays there, "
        "now waiting for the organization's validation.",
    ),
    (
        "A move that is refused",
        "Drag it on to the week after. It springs back, and its description says why: "
        "sessions scheduled by the organization move within their week only.",
    ),
    (
        "A feed",
        "Subscribe to the link below (Thunderbird: New Calendar, On the Network; or open it in a browser). "
        "Move a session in your calendar, load the feed again, and it has moved there, too.",
    ),
)


def page(settings: Settings, folder: Path, logins: list[dict[str, Any]], width: int) -> Panel:
    """The whole page; the logins are those of the loaded practice files."""
    root = settings.public_url
    parts: list[RenderableType] = [_addresses(root, settings), Text(), _people(logins)]
    if any((each["id"], each["password"]) == ("ada", "ada-demo") for each in logins):
        parts += [Text(), _things()]
    config = escape(str(folder / "calgate.toml"))
    parts += [Text(), Text.from_markup(f"[dim]Other commands reach this demo with[/] --config {config}")]
    parts += [Text("Ctrl-C ends it.", style="dim")]
    content = Padding(Group(*parts), (1, 2))
    return Panel(content, title="[b]calgate demo[/]", border_style="green", width=width)


def feed(link: str) -> list[RenderableType]:
    """The link to a feed, never folded, on the last line."""
    if not link:
        return []
    about = Text("Feed link of the first practitioner (read only, no login):", style="dim")
    return [about, Text(link, no_wrap=True, overflow="ignore")]


def _addresses(root: str, settings: Settings) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row("Calendar server", f"[b]{root}[/]  [dim]or, in full,[/] {root}/dav/")
    table.add_row("Health", f"{root}/healthz")
    if settings.clock.offset:
        now = Clock(settings.clock.offset).now()
        table.add_row("Clock", f"{now:%A %d %B %Y, %H:%M} UTC [dim]and running[/]")
    return table


def _people(logins: list[dict[str, Any]]) -> Table:
    table = Table("Login", "Password", "Who", "Organization", box=box.SIMPLE_HEAD, pad_edge=False)
    for each in logins:
        who = f"{escape(each['name'])} [dim]({escape(', '.join(each['roles']))})[/]"
        cells = (
            escape(each["id"]),
            escape(each["password"]) or "[dim]none[/]",
            who,
            escape(each["organization"]),
        )
        table.add_row(*cells)
    return table


def _things() -> Table:
    table = Table.grid(padding=(0, 2))
    for number, (title, text) in enumerate(THINGS_TO_TRY, 1):
        table.add_row(f"[b green]{number}[/]", Text.from_markup(f"[b]{title}[/]\n{text}"))
    return table
