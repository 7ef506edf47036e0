"""demo: everything at once, in a folder of its own."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group

from calgate.clock import Clock
from calgate.commands import demo_page, feeds, practice, serve
from calgate.commands.common import CommandError, ConfigOption, console, opened, reserved
from calgate.demo.practice import practice_at
from calgate.gate.gate import Gate
from calgate.gate.link_values import LinkWish
from calgate.settings import ClockSettings, Database, Log, Secrets, Server, Settings, load_settings, to_toml

CONFIG, DATABASE, KEYS, LOGINS, LINK = "calgate.toml", "demo.db", "keys", "logins.json", "feed.txt"
PAGE_WIDTH = 110
NOW_FORM = "--now takes a time with its offset, such as 2026-03-02T09:00-05:00."


def demo(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")
    ] = 5232,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep everything here (default: a temporary folder).")
    ] = None,
    now: Annotated[
        str | None, typer.Option(metavar="ISO", help="Start the clock here, such as 2026-03-02T09:00-05:00.")
    ] = None,
    load: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Load this practice file, not the built-in practice.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Empty DIR first.")] = False,
    config: ConfigOption = None,
) -> None:
    """Try calgate: a small practice on an embedded database, served on 127.0.0.1."""
    start = _moment(now) if now else None
    with _folder(data) as folder, reserved(_url(folder)):
        if fresh:
            _empty(folder)
        first = not (folder / CONFIG).exists()
        listener = serve.listen("127.0.0.1", port)
        base = load_settings(config or (None if first else folder / CONFIG))
        settings = _settings(base, folder, listener.getsockname()[1], start)
        content = practice.read_practice(load) if load else practice_at(Clock(settings.clock.offset).now())
        with opened(settings, create=True) as gate:
            if first or load:
                practice.load_practice(gate, content, demo=True)
                _remember(folder, content)
            secret = _feed(gate, folder)
        _write(folder / CONFIG, to_toml(_movable(settings)))
        link = feeds.address(settings.public_url, "calendar", secret) if secret else ""
        width = min(console.width, PAGE_WIDTH)
        # In one piece: the link is alone on the last line from the moment on at which there is a page.
        page = demo_page.page(settings, folder, _logins(folder), width)
        console.print(Group(page, *demo_page.feed(link)), crop=False)
        serve.run_server(settings, listener)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(NOW_FORM) from None
    if moment.tzinfo is None:
        raise typer.BadParameter(NOW_FORM)
    return moment


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is None:
        with tempfile.TemporaryDirectory(prefix="calgate-demo-") as name:
            yield Path(name)
        return
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{data} cannot be used: {error.strerror}.") from None
    yield data.resolve()


def _empty(folder: Path) -> None:
    """What demos put there but the lock, which is held, and nothing else that somebody may keep there."""
    for name in (CONFIG, LOGINS, LINK, DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / KEYS, ignore_errors=True)


def _settings(base: Settings, folder: Path, port: int, start: datetime | None) -> Settings:
    clock = (
        ClockSettings(offset_seconds=Clock.starting_at(start).offset.total_seconds()) if start else base.clock
    )
    return base.model_copy(
        update={
            "server": Server(host="127.0.0.1", port=port),
            "database": Database(url=_url(folder)),
            "secrets": Secrets(keys_dir=folder / KEYS),
            "clock": clock,
            "log": Log(level="warning") if base.log == Log() else base.log,
        }
    )


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / DATABASE}"


def _movable(settings: Settings) -> Settings:
    """The same with paths relative to the settings file, so that the folder may be moved."""
    files = {"database": Database(url=f"sqlite:///{DATABASE}"), "secrets": Secrets(keys_dir=Path(KEYS))}
    return settings.model_copy(update=files)


def _remember(folder: Path, content: Any) -> None:
    """The logins of the practice files loaded so far, for the page that later starts show."""
    people = {each["id"]: each for each in _logins(folder)}
    for organization in content["organizations"]:
        for person in organization.get("people", []):
            people[person["id"]] = {
                "organization": organization.get("name") or organization["id"],
                "id": person["id"],
                "name": person.get("name") or person["id"],
                "roles": person.get("roles", ["practitioner"]),
                "password": person.get("password") or people.get(person["id"], {}).get("password", ""),
            }
    _write(folder / LOGINS, json.dumps(list(people.values()), indent=1) + "\n")


def _feed(gate: Gate, folder: Path) -> str | None:
    """The secret of a link to the first practitioner's sessions, the same at every start."""
    file = folder / LINK
    secret = file.read_text(encoding="utf-8").strip() if file.exists() else ""
    head = gate.link(secret) if secret else None
    if head is not None and head.state == "live":
        return secret
    people = [each["id"] for each in _logins(folder) if "practitioner" in each["roles"]]
    principal = gate.principal(people[0]) if people else None
    if principal is None:
        return None
    _, secret = gate.add_link(principal.org, LinkWish(audience="person", target=principal.person))
    _write(file, f"{secret}\n")
    return secret


def _logins(folder: Path) -> list[dict[str, Any]]:
    path = folder / LOGINS
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
