"""What its owner sets on the calendar home: dead properties, such as the default alarms of macOS, and, on
the home or on the inbox, their hours (CALDAV:calendar-availability, RFC 7953 section 7.2.4).

The gate keeps properties of calendars only: the home's are one private property, CG:home, of its first one.
The hours are kept apart from them, with the person, for free/busy to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from calgate.doors.caldav import xml
from calgate.doors.caldav.settable import AVAILABILITY, Wishes
from calgate.doors.caldav.xml import CALGATE
from calgate.gate.values import Collection, Failed, Principal, Refusal, SetAvailability, SetProperties

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

KEY = f"{{{CALGATE}}}home"


def load(gate: Gate, principal: Principal) -> dict[str, str]:
    """Clark name -> element as XML."""
    return {**kept_with(gate.collections(principal)), **availability(gate, principal)}


def kept_with(calendars: Sequence[Collection]) -> dict[str, str]:
    """The dead ones, of the home with these calendars."""
    packed = _keeper(calendars).props.get(KEY) if calendars else None
    nodes = xml.parse(packed.encode()) if packed else ()
    return {node.tag: xml.outer(node) for node in nodes if node.tag != AVAILABILITY}


def availability(gate: Gate, principal: Principal) -> dict[str, str]:
    """The person's hours, if they have set any."""
    text = gate.availability(principal)
    return {} if text is None else {AVAILABILITY: xml.element(AVAILABILITY, xml.text(text))}


def with_availability(gate: Gate, principal: Principal, inbox: Collection) -> Collection:
    """The person's inbox as its properties are read: it shows their hours as the home does."""
    return replace(inbox, props={**inbox.props, **availability(gate, principal)})


def save(gate: Gate, principal: Principal, calendars: Sequence[Collection], asked: Wishes) -> bool:
    """Sets and removes; False when there is no calendar to keep dead ones with, or the gate says no."""
    dead = _dead(principal, calendars, asked)
    if dead is None and {AVAILABILITY} != {*asked.names}:
        return False
    proposal: SetAvailability | SetProperties | None = dead
    if AVAILABILITY in asked.names:
        proposal = SetAvailability(principal=principal, text=asked.availability, properties=dead)
    assert proposal is not None
    return not isinstance(gate.submit(proposal), Failed | Refusal)


def _dead(principal: Principal, calendars: Sequence[Collection], asked: Wishes) -> SetProperties | None:
    if not calendars or {AVAILABILITY} == {*asked.names}:
        return None
    kept = {**kept_with(calendars), **asked.set}
    for name in (*asked.remove, AVAILABILITY):
        kept.pop(name, None)
    packed = f'<home xmlns="{CALGATE}">{"".join(kept.values())}</home>'
    return SetProperties(principal=principal, collection=_keeper(calendars), set={KEY: packed})


def _keeper(calendars: Sequence[Collection]) -> Collection:
    return min(calendars, key=lambda each: each.id)
