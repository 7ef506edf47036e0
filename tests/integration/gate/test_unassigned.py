"""Whose client somebody is: nobody learns a name, or books a session, by naming a client of somebody else."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from calgate.gate.values import Refusal, Stored
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import HILLSIDE, RIVERSIDE, practice_file

TIMES = bodies.times("20260311T100000", "20260311T110000")
SERVICES = {"riverside": "97153", "hillside": "90837"}
PEOPLE = {"riverside": ("ada", "bob"), "hillside": ("cleo", "dan")}


def with_assignments(organization: dict[str, Any]) -> dict[str, Any]:
    """c-101 is assigned to the first person, nobody to the second."""
    file = deepcopy(organization)
    name = file["id"]
    first, second = PEOPLE[name]
    if name == "hillside":
        file["people"].append({"id": second, "name": "Dan Ford", "email": "dan@hillside.example"})
    file["assignments"] = [
        {"practitioner": first, "client": "c-101", "service": SERVICES[name], "hours": 40, "per": "week"}
    ]
    return file


@pytest.fixture(params=["riverside", "hillside"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def somebody(practice: Practice, name: str) -> Device:
    practice.gate.load(practice_file(with_assignments(RIVERSIDE), with_assignments(HILLSIDE)))
    return practice.of(PEOPLE[name][1])


@pytest.mark.parametrize("named", ["c-102", "RL-102", "c-101"])
def test_a_client_of_somebody_else_is_not_named_by_an_id(somebody: Device, name: str, named: str) -> None:
    """A person without any assignment was taken for one whose practice keeps none."""
    marks = (f"X-CALGATE-CLIENT:{named}", f"X-CALGATE-SERVICE:{SERVICES[name]}")
    outcome = somebody.put("guess.ics", bodies.new("guess", "x", *TIMES, *marks))
    assert isinstance(outcome, Refusal)
    assert outcome.first.rule == "R-NEW-2"
    assert somebody.at("guess.ics") is None


@pytest.mark.parametrize("named", ["RL-102", "Maya Brooks", "Noah Lane"])
def test_a_title_names_own_clients_only(somebody: Device, name: str, named: str) -> None:
    text = bodies.new("guess", f"{named} {SERVICES[name]}", *TIMES)
    assert isinstance(somebody.put("guess.ics", text), Stored)
    found = somebody.at("guess.ics")
    assert found is not None
    assert "X-CALGATE-KIND:other_event" in found.text
    assert "X-CALGATE-CLIENT" not in found.text


def test_the_assigned_client_is_known(somebody: Device, practice: Practice, name: str) -> None:
    first = practice.of(PEOPLE[name][0])
    text = bodies.new("known", f"Noah Lane {SERVICES[name]}", *TIMES, "LOCATION:Main office")
    assert isinstance(first.put("known.ics", text), Stored)
    found = first.at("known.ics")
    assert found is not None
    assert "X-CALGATE-CLIENT:RL-101" in found.text
