"""The rules as a page and as a table, made from the packs so that neither can go stale."""

from __future__ import annotations

from calgate.domain.judge import order
from calgate.domain.pack import Pack, Rule
from calgate.domain.policy import Policy
from calgate.gate import packs

INTRODUCTION = """\
# Rules

Generated from the rule packs by `calgate.gate.rulebook`; a test keeps it up to date. A refusal names one of
these ids. The organization overrides all but those marked "always"; an override is recorded. Policy keys
stand with their defaults. Where packs differ in what a rule leads to, each has its line.
"""

ELSEWHERE: tuple[tuple[str, str, str], ...] = (
    ("R-GEN-1", "A write is judged as a whole.", "domain.judge"),
    ("R-GEN-2", "Judged is the difference between what was shown and what was sent.", "domain.diff"),
    ("R-GEN-3", "Noise and personal properties are never a difference.", "domain.diff, ical.personal"),
    ("R-GEN-4", "Unknown properties are kept; missing ones delete nothing.", "ical.personal"),
    ("R-GEN-5", "Times are compared as instants.", "domain.diff"),
    ("R-GEN-6", "Past means start at or before the receipt of the write.", "domain.rules.facts"),
    ("R-GEN-7", "Generated text that was edited is restored.", "domain.diff"),
    ("R-GEN-9", "A stale If-Match is answered 412 before any rule.", "gate"),
    ("R-GEN-10", "One event, one UID, no tasks in a sessions calendar.", "ical.read"),
    ("R-LOCK-5", "A signed note's times may be corrected on the same day.", "domain.rules.locks (R-LOCK-6)"),
    ("R-ORG-1", "A move within the week is allowed.", "domain.rules.organization (R-ORG-2)"),
    ("R-ORG-8", "Weeks are counted in the session's zone, from the policy's first day.", "domain.week"),
    ("R-NEW-4", "Floating times are in the calendar's zone.", "ical.read"),
    ("R-NEW-7", "A telehealth location adds modifier 95.", "domain.apply"),
    ("R-OWN-1", "An own session without a lock may be changed in any way.", "no rule refuses it"),
    ("R-OWN-4", "A month-view drag is a move like any other.", "no rule refuses it"),
    ("R-CAN-2", "A deleted session comes back as cancelled; deleted again it is hidden.", "gate"),
    ("R-CAN-3", "A calendar never charges a fee.", "domain.change: no change carries one"),
    ("R-CAN-5", "A session created in error is deleted, if nothing was recorded.", "domain.intent (R-CAN-4)"),
    ("R-CAN-6", "The sessions calendar can't be deleted.", "gate"),
    (
        "R-DAT-2",
        "Consent opens 21 days before the first date and closes the day before the last.",
        "domain.consent",
    ),
    (
        "R-DAT-6",
        "A session is unscheduled, scheduled, in progress or completed by its dates.",
        "domain.consent",
    ),
    (
        "R-DAT-8",
        "Every date is an event of its own, or all of them one event with RDATEs.",
        "domain.disclosure",
    ),
    ("R-SER-3", "A cancelled occurrence and an EXDATE for it are the same.", "domain.diff"),
    ("R-SER-6", "A second half is allowed only where the cut would be, and waits for it.", "gate.hold"),
    ("R-SER-7", "A COUNT that a client left as it was is reduced in the second half.", "domain.second_half"),
    ("R-SER-8", "The halves of a series are related to each other.", "domain.splitting, gate.hold"),
    ("R-SER-9", "RANGE=THISANDFUTURE is refused.", "ical.read"),
    ("R-SER-10", "A series keeps its wall-clock time.", "domain.recurrence"),
)
"""Rules that are permissions, or that no pack can leave out: id, what it says, where it is enforced."""


def rules_table(pack: Pack) -> list[tuple[str, str, str, str]]:
    """Id, sentence, policy keys with defaults, and `always` or nothing, in the order of reporting."""
    return [
        (rule.id, rule.says, _keys(rule, pack.defaults), "always" if rule.always else "")
        for rule in sorted(pack.rules, key=lambda each: order(each.id))
    ]


def markdown() -> str:
    """The page docs/rules.md."""
    lines = [INTRODUCTION]
    loaded = packs.find_all(packs.known())
    lines += [f"- `{pack.name}` {pack.version}: {pack.title}" for pack in loaded.values()]
    lines += ["", "| Rule | Says | Policy | Packs |", "| --- | --- | --- | --- |"]
    holders: dict[tuple[str, str], list[str]] = {}
    texts: dict[tuple[str, str], Rule] = {}
    for pack in loaded.values():
        for rule in pack.rules:
            holders.setdefault((rule.id, rule.says), []).append(pack.name)
            texts.setdefault((rule.id, rule.says), rule)
    for key in sorted(holders, key=lambda each: (order(each[0]), each[1])):
        lines.append(_line(texts[key], holders[key]))
    lines += ["", "These hold in every pack.", "", "| Rule | Says | Where |", "| --- | --- | --- |"]
    lines += [f"| {name} | {says} | `{where}` |" for name, says, where in ELSEWHERE]
    return "\n".join(lines) + "\n"


def _line(rule: Rule, names: list[str]) -> str:
    says = f"{rule.says} Always." if rule.always else rule.says
    return f"| {rule.id} | {says} | {_keys(rule, Policy())} | {', '.join(names)} |"


def _keys(rule: Rule, policy: Policy) -> str:
    return ", ".join(f"{name}={_value(getattr(policy, name))}" for name in rule.keys)


def _value(value: object) -> str:
    return "/".join(value) if isinstance(value, tuple) else str(value)
