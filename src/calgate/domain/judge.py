"""The judgement of a whole write: every rule of the pack asked about every change (R-GEN-1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from calgate.domain.case import Case
from calgate.domain.pack import Pack, Rule
from calgate.domain.session import Status
from calgate.domain.verdict import Allowed, Becomes, Notice, Opinion, Refused, Rejected, Verdict

FAMILIES = ("GEN", "LOCK", "STA", "DAT", "SER", "ORG", "NEW", "OWN", "CAN", "HRS")
CRASHED = "This change couldn't be checked, so nothing was changed. Contact your organization."


def judge(pack: Pack, cases: Sequence[Case]) -> Verdict:
    """Allowed, or Rejected with the first refusal of section 12's order and all of them.

    The organization overrides what is not `always`; the first status that a rule gives a change stands.
    A rule that crashes refuses, for everybody.
    """
    refused: list[Refused] = []
    overridden: list[Refused] = []
    notices: list[Notice] = []
    becomes: dict[int, Status] = {}
    for index, case in enumerate(cases):
        for rule in pack.rules:
            opinion = _ask(rule, case)
            if isinstance(opinion, Refused):
                (overridden if _yields(rule, opinion, case) else refused).append(opinion)
            elif isinstance(opinion, Notice):
                notices.append(opinion)
            elif isinstance(opinion, Becomes):
                becomes.setdefault(index, opinion.status)
    if refused:
        ordered = _in_order(refused)
        return Rejected(ordered[0], tuple(ordered))
    names = tuple(dict.fromkeys(each.rule for each in _in_order(overridden)))
    return Allowed(tuple(dict.fromkeys(notices)), tuple(becomes.items()), names)


def order(rule_id: str) -> tuple[int, int]:
    """Where a rule is reported: by family, then by number; ids of a pack's own come last, as in the pack."""
    parts = rule_id.split("-")
    if len(parts) != 3 or parts[1] not in FAMILIES or not parts[2].isdigit():
        return len(FAMILIES), 0
    return FAMILIES.index(parts[1]), int(parts[2])


def _ask(rule: Rule, case: Case) -> Opinion | None:
    try:
        return rule.check(case)
    except Exception as error:
        return Refused(rule.id, CRASHED, fault=type(error).__name__)


def _yields(rule: Rule, refusal: Refused, case: Case) -> bool:
    return case.actor.role == "org" and not rule.always and not refusal.fault


def _in_order(refusals: Iterable[Refused]) -> list[Refused]:
    return sorted(dict.fromkeys(refusals), key=lambda each: order(each.rule))
