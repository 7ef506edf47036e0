"""R-GEN: what holds for every change. The rest of the family is enforced by diff, ical, judge and gate."""

from __future__ import annotations

from calgate.domain.case import Case
from calgate.domain.change import Accept, Edit, Move, Repattern
from calgate.domain.pack import Rule
from calgate.domain.rules.facts import by_practitioner, cancels, covers, with_undo
from calgate.domain.session import Kind, Status
from calgate.domain.verdict import Becomes

_ELSEWHERE = frozenset({Status.DECLINED, Status.CANCELLED})


def changes_are_validated(case: Case) -> Becomes | None:
    """R-GEN-8: a practitioner's change waits for the organization; section 12 lists the exceptions."""
    before = case.before
    if before is None or not by_practitioner(case) or before.kind is Kind.OTHER_EVENT:
        return None
    if not isinstance(case.change, (Accept, Move, Edit, Repattern)) or before.status in _ELSEWHERE:
        return None
    # Cancel and undo settle the status of the same thing themselves (R-CAN-1, R-STA-4, R-STA-5).
    gone = any(cancels(each) and covers(each, case.change) for each in case.changes)
    return None if gone or with_undo(case) else Becomes("R-GEN-8", Status.PENDING_VALIDATION)


RULES: tuple[Rule, ...] = (
    Rule("R-GEN-8", "Every accepted change by a practitioner waits for validation.", changes_are_validated),
)
