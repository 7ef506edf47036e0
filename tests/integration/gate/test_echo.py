"""What says the same in other words gives nobody a new ETag (R-GEN-3, R-SER-3)."""

from __future__ import annotations

from calgate.gate.values import Stored
from tests.support import bodies
from tests.support.practice import Device, Practice
from tests.support.practice_file import session_in, with_session


def test_a_series_with_a_changed_occurrence_sent_back_with_noise(practice: Practice, ada: Device) -> None:
    file = with_session("weekly")
    session_in(file, "weekly")["occurrences"] = [
        {"on": "2026-03-16T16:00", "start": "2026-03-17T09:00", "end": "2026-03-17T10:00"}
    ]
    practice.load(file)
    shown, etags = ada.get("weekly"), ada.listing()
    assert "RECURRENCE-ID" in shown.text
    assert isinstance(ada.put(shown.href, bodies.put(shown.text, "DTSTAMP:20260302T150000Z")), Stored)
    assert ada.listing() == etags
    alarmed = bodies.added(shown.text, *bodies.alarm())
    assert isinstance(ada.put(shown.href, alarmed), Stored)
    assert ada.listing()[shown.href] != etags[shown.href]
