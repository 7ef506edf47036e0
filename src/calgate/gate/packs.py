"""Rule packs by name: found, checked and tried out before anybody's session is judged by them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import fields

from calgate.domain.pack import Pack
from calgate.domain.policy import Policy
from calgate.domain.scenario import Scenario, failures

HOME = "calgate_packs"


class PackError(ValueError):
    """There is no such pack, or it is not in order; the text is one sentence for whoever configured it."""


def find(name: str) -> Pack:
    """The pack of that name: one of calgate's own, or the PACK of a dotted module. PackError."""
    path = _path(name)
    pack = getattr(_load(path, name), "PACK", None)
    if not isinstance(pack, Pack):
        raise PackError(f"pack '{name}' has no PACK of type Pack")
    for problem in _problems(pack):
        raise PackError(f"pack '{name}' {problem}")
    return pack


def find_all(names: Iterable[str]) -> dict[str, Pack]:
    """Those packs by name. PackError for the first that is missing or not in order."""
    return {name: find(name) for name in names}


def known() -> list[str]:
    """Names of the packs that come with calgate."""
    home = importlib.import_module(HOME)
    names = sorted(each.name for each in pkgutil.iter_modules(home.__path__) if each.ispkg)
    return [name for name in names if hasattr(importlib.import_module(f"{HOME}.{name}"), "PACK")]


def scenarios(name: str) -> tuple[Scenario, ...]:
    """The rows that a pack keeps in `scenarios.py` beside its PACK. PackError when it has none."""
    rows = getattr(_load(f"{_path(name)}.scenarios", name), "SCENARIOS", ())
    if not rows or not all(isinstance(each, Scenario) for each in rows):
        raise PackError(f"pack '{name}' has no scenarios")
    return tuple(rows)


def check(name: str) -> list[str]:
    """What the pack's scenarios find wrong, and rules that none of them names, a sentence each. PackError."""
    pack, rows = find(name), scenarios(name)
    shown = {rule for each in rows for rule in each.ids}
    bare = [f"{rule.id}: no scenario names this rule." for rule in pack.rules if rule.id not in shown]
    return failures(pack, rows) + bare


def _path(name: str) -> str:
    if not all(part.isidentifier() for part in name.split(".")):
        raise PackError(f"there is no pack '{name}'")
    return name if "." in name else f"{HOME}.{name}"


def _load(path: str, name: str) -> object:
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name is not None and (path == error.name or path.startswith(f"{error.name}.")):
            what = "scenarios" if path.endswith(".scenarios") else "module"
            raise PackError(f"pack '{name}' has no {what} '{path}'") from error
        raise PackError(f"pack '{name}' needs the module '{error.name}', which is missing") from error
    except Exception as error:
        raise PackError(f"pack '{name}' can't be loaded: {type(error).__name__}") from error


def _problems(pack: Pack) -> Iterable[str]:
    """What is wrong with a pack, as the rest of a sentence."""
    keys = {each.name for each in fields(Policy)}
    seen: set[str] = set()
    if not pack.rules:
        yield "has no rules"
    for rule in pack.rules:
        if rule.id in seen:
            yield f"has the rule {rule.id} twice"
        seen.add(rule.id)
        for key in rule.keys:
            if key not in keys:
                yield f"has the rule {rule.id} with the policy key '{key}', which does not exist"
