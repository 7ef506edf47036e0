"""A team that vaccinates in schools and clinics, as a practice file, and the copies of its sessions."""

from __future__ import annotations

from typing import Any

from calgate.gate.values import Resource
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import SCHOOLS, practice_file, session_in


def schools(**oak: Any) -> dict[str, Any]:
    """The file of the school team: Oak School in March, consent open; Elm School in April; a clinic."""
    file = practice_file(SCHOOLS)
    org = file["organizations"][0]
    org["programmes"].append({"id": "flu", "name": "Flu"})
    org["locations"] += [
        {"id": "elm", "name": "Elm School", "type": "school", "prerequisites_done": True},
        {"id": "quay", "name": "Quay Clinic", "type": "clinic", "prerequisites_done": True},
    ]
    org["sessions"] += [
        {"id": "elm", "kind": "school_session", "scheduled_by": "org", "practitioner": "sam",
         "location": "elm", "programmes": ["hpv"], "year_groups": [8],
         "dates": ["2026-04-16", "2026-04-23", "2026-04-30"]},
        {"id": "quay", "kind": "clinic_session", "scheduled_by": "org", "practitioner": "sam",
         "location": "quay", "programmes": ["hpv"], "dates": [
             {"date": "2026-04-13", "start": "09:30", "end": "12:30"},
             {"date": "2026-04-13", "start": "14:00", "end": "16:00"},
             {"date": "2026-04-14", "start": "09:30", "end": "12:30"}]},
        {"id": "staff", "kind": "other_event", "practitioner": "sam", "title": "Staff meeting",
         "start": "2026-03-04T12:00", "end": "2026-03-04T13:00"},
    ]  # fmt: skip
    session_in(file, "oak-hpv").update(oak)
    return file


def copies(device: Device, session: str) -> list[Resource]:
    """The copies of a session by start."""
    found = [each for each in device.all() if each.session == session]
    return sorted(found, key=lambda each: start(each))


def start(copy: Resource) -> str:
    return bodies.value(copy.text, "DTSTART")


def days(practice: Practice, session: str) -> list[str]:
    return [f"{each.start:%m-%d}" for each in practice.session(session, "schools").dates]


def on(text: str, first: str, end: str) -> str:
    return bodies.put(text, f"DTSTART;VALUE=DATE:{first}", f"DTEND;VALUE=DATE:{end}")


def places(found: list[Resource]) -> list[tuple[str, str]]:
    return [(each.href, bodies.value(each.text, "UID")) for each in found]
