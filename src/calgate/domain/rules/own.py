"""R-OWN: a practitioner's own sessions. R-OWN-1 permits what no rule refuses; R-OWN-4 needs no rule."""

from __future__ import annotations

from calgate.domain.case import Case
from calgate.domain.change import Edit, Field
from calgate.domain.pack import Rule
from calgate.domain.rules.facts import edits, is_client_kind, of_org, past
from calgate.domain.verdict import Refused


def reassign(case: Case) -> Refused | None:
    """R-OWN-2: a calendar doesn't hand a session to somebody else."""
    if not case.calendar or not isinstance(case.change, Edit) or case.change.field is not Field.PRACTITIONER:
        return None
    return Refused("R-OWN-2", "Reassign it in the practice system.")


def edit_when_past(case: Case) -> Refused | None:
    """R-OWN-3: a past single session may be edited, unless the policy forbids it; series: R-SER-1."""
    if case.policy.past_edit == "allow" or not edits(case) or not past(case):
        return None
    if of_org(case) or not is_client_kind(case.before) or (case.session and case.session.is_series):
        return None
    return Refused("R-OWN-3", "Past sessions can't be changed. Contact your organization.")


RULES: tuple[Rule, ...] = (
    Rule("R-OWN-2", "A calendar doesn't reassign a session.", reassign),
    Rule(
        "R-OWN-3",
        "A past single session may be edited, if the policy allows it.",
        edit_when_past,
        keys=("past_edit",),
    ),
)
