"""A rule pack: which rules hold for an organization, and its defaults. Packs import only the domain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from calgate.domain.audience import DISCLOSURE, Table
from calgate.domain.case import Case
from calgate.domain.policy import Policy
from calgate.domain.verdict import Opinion


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its id, one line for docs/rules.md, the policy keys it reads, and its check.

    `always` rules hold for the organization, too (section 12, Who).
    """

    id: str
    says: str
    check: Callable[[Case], Opinion | None]
    keys: tuple[str, ...] = ()
    always: bool = False


@dataclass(frozen=True, slots=True)
class Pack:
    """A named, versioned list of rules in the order in which they are reported; and what each audience of a
    link is shown."""

    name: str
    version: str
    title: str
    rules: tuple[Rule, ...]
    defaults: Policy = field(default_factory=Policy)
    disclosure: Table = field(default_factory=lambda: DISCLOSURE)


def only(rules: tuple[Rule, ...], *ids: str) -> tuple[Rule, ...]:
    """Those rules of a family that a pack takes, in the family's order."""
    return tuple(rule for rule in rules if rule.id in ids)


def swapped(rules: tuple[Rule, ...], *others: Rule) -> tuple[Rule, ...]:
    """The rules with each of `others` in the place of the one that has its id."""
    by_id = {each.id: each for each in others}
    return tuple(by_id.get(rule.id, rule) for rule in rules)
