"""What deleting and cancelling mean under a policy."""

from __future__ import annotations

from typing import Any

import pytest

from calgate.domain.change import Cancel, Change, Decline, Delete, Hide
from calgate.domain.intent import meant, removal, typed
from calgate.domain.policy import policy_from
from calgate.domain.session import Fact, Kind, Session, Status
from calgate_packs.tables.world import CANCELLED, PRACTICE, WORLD, event, own, past, series

CONTACT = own(kind=Kind.COLLATERAL_CONTACT)
ERROR = Cancel(reason=" Created in error. ")


@pytest.mark.parametrize(
    ("session", "policy", "change"),
    [
        (own(), {}, Cancel(deleted=True)),
        (own(), {"delete_means": "refuse"}, Cancel(deleted=True)),
        (own(), {"delete_means": "delete"}, Delete()),
        (own(**CANCELLED), {}, Hide()),
        (event(), {}, Delete()),
        (CONTACT, {}, Cancel(deleted=True)),
        (CONTACT, {"contact_delete": "on"}, Delete()),
        (own(), {"contact_delete": "on"}, Cancel(deleted=True)),
        (own(status=Status.REQUESTED), {}, Cancel(deleted=True)),
        (own(status=Status.REQUESTED), {"request_delete_declines": "on"}, Decline()),
    ],
)
def test_what_a_delete_asks_for(session: Session, policy: dict[str, Any], change: Change) -> None:
    assert removal(session, policy_from(policy)) == change


@pytest.mark.parametrize(
    ("session", "change", "policy", "expected"),
    [
        (own(), ERROR, {}, Delete(reason=ERROR.reason)),
        (own(), ERROR, {"error_reason_deletes": "off"}, ERROR),
        (own(facts=frozenset({Fact.NOTE_SIGNED})), ERROR, {}, ERROR),
        (own(status=Status.READY_TO_SUBMIT), ERROR, {}, ERROR),
        (own(), ERROR, {"delete_means": "refuse"}, ERROR),
        (own(kind=Kind.SCHOOL_SESSION), ERROR, {}, ERROR),
        (own(), Cancel(reason="Ill"), {}, Cancel(reason="Ill")),
        (series(), ERROR, {}, ERROR),
        (own(), Delete(), {}, Delete()),
    ],
)
def test_created_in_error_deletes(
    session: Session, change: Change, policy: dict[str, Any], expected: Change
) -> None:
    assert meant(change, session, policy_from(policy)) == expected


@pytest.mark.parametrize(
    ("session", "change", "expected"),
    [
        (own(), Cancel(), "therapist_cancel"),
        (past(), Cancel(), "other"),
        (own(), Cancel(type="no_show"), "no_show"),
        (past(), Cancel(type="no_show"), "no_show"),
    ],
)
def test_the_type_is_not_guessed_after_the_start(session: Session, change: Cancel, expected: str) -> None:
    policy = policy_from({"default_cancel_type": "therapist_cancel"})
    assert typed(change, session, policy, WORLD.now, PRACTICE.zone).type == expected
