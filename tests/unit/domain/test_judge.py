"""Judging a whole write: order, overrides, statuses, crashes (R-GEN-1, section 12)."""

from __future__ import annotations

from typing import Any

import pytest

from calgate.domain.case import Case
from calgate.domain.judge import CRASHED, judge, order
from calgate.domain.pack import Pack, Rule
from calgate.domain.scenario import cases
from calgate.domain.session import Status
from calgate.domain.verdict import Allowed, Becomes, Notice, Opinion, Refused, Rejected
from calgate_packs.tables.world import move, own, row

LATER = move("2026-03-05 12:00", "2026-03-05 13:00")


def says(rule: str, opinion: Opinion | None = None, always: bool = False) -> Rule:
    answer = opinion if opinion is not None else Refused(rule, f"{rule} refuses.")
    return Rule(rule, "", lambda case: answer, always=always)


def crashing(rule: str) -> Rule:
    def check(case: Case) -> None:
        raise ZeroDivisionError("secret")

    return Rule(rule, "", check)


def verdict(*rules: Rule, changes: int = 1, **more: Any) -> Allowed | Rejected:
    pack = Pack("test", "1", "", rules)
    return judge(pack, cases(pack, row("", "", own(), (LATER,) * changes, "", **more)))


def test_refusals_are_reported_in_the_order_of_the_families() -> None:
    ids = (
        "R-CAN-1",
        "X-OWN-RULE",
        "R-ORG-10",
        "R-ORG-2",
        "R-HRS-1",
        "R-SER-4",
        "R-STA-3",
        "R-LOCK-7",
        "R-LOCK-1",
    )
    found = verdict(*(says(each) for each in ids))
    assert isinstance(found, Rejected)
    assert found.first.rule == "R-LOCK-1"
    assert [each.rule for each in found.all] == [
        "R-LOCK-1",
        "R-LOCK-7",
        "R-STA-3",
        "R-SER-4",
        "R-ORG-2",
        "R-ORG-10",
        "R-CAN-1",
        "R-HRS-1",
        "X-OWN-RULE",
    ]


def test_the_same_refusal_of_two_changes_is_recorded_once() -> None:
    found = verdict(says("R-ORG-2"), changes=2)
    assert isinstance(found, Rejected)
    assert len(found.all) == 1


def test_the_organization_overrides_and_it_is_recorded() -> None:
    found = verdict(says("R-ORG-5"), says("R-LOCK-6"), role="org")
    assert found == Allowed(overridden=("R-LOCK-6", "R-ORG-5"))


def test_the_organization_overrides_no_rule_that_always_holds() -> None:
    found = verdict(says("R-ORG-5"), says("R-LOCK-1", always=True), role="org")
    assert isinstance(found, Rejected)
    assert [each.rule for each in found.all] == ["R-LOCK-1"]


@pytest.mark.parametrize("role", ["practitioner", "org"])
def test_a_rule_that_crashes_refuses_under_its_own_id(role: str) -> None:
    found = verdict(crashing("R-ORG-2"), says("R-GEN-8", Becomes("R-GEN-8", Status.SCHEDULED)), role=role)
    assert isinstance(found, Rejected)
    assert (found.first.rule, found.first.sentence) == ("R-ORG-2", CRASHED)
    assert found.first.fault == "ZeroDivisionError"


def test_the_first_status_of_each_change_stands() -> None:
    first, second = Becomes("R-STA-5", Status.INCOMPLETE), Becomes("R-STA-4", Status.SCHEDULED)
    found = verdict(says("R-STA-5", first), says("R-STA-4", second), changes=2)
    assert found == Allowed(becomes=((0, Status.INCOMPLETE), (1, Status.INCOMPLETE)))


def test_notices_are_told_once() -> None:
    notice = Notice("R-NEW-6", "You have another session at this time.")
    assert verdict(says("R-NEW-6", notice), changes=2) == Allowed(notices=(notice,))


def test_nothing_changed_is_allowed() -> None:
    assert judge(Pack("test", "1", "", (says("R-LOCK-1"),)), []) == Allowed()


def test_families_then_numbers() -> None:
    assert order("R-GEN-8") < order("R-LOCK-1") < order("R-STA-1") < order("R-DAT-1") < order("R-SER-1")
    assert order("R-ORG-2") < order("R-ORG-10") < order("R-NEW-1") < order("R-OWN-2") < order("R-CAN-1")
    assert order("R-CAN-7") < order("R-HRS-1") < order("MY-RULE")
