"""Dead properties of the calendar home, such as the default alarms that macOS sets there.

The gate keeps properties of calendars only: the home's are one private property, CG:home, of its first one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from calgate.doors.caldav import xml
from calgate.doors.caldav.settable import Wishes
from calgate.doors.caldav.xml import CALGATE
from calgate.gate.values import Collection, Failed, Principal, Refusal, SetProperties

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

KEY = f"{{{CALGATE}}}home"


def load(gate: Gate, principal: Principal) -> dict[str, str]:
    """Clark name -> element as XML."""
    return kept_with(gate.collections(principal))


def kept_with(calendars: Sequence[Collection]) -> dict[str, str]:
    """The same, of the home with these calendars."""
    packed = _keeper(calendars).props.get(KEY) if calendars else None
    return {node.tag: xml.outer(node) for node in xml.parse(packed.encode())} if packed else {}


def save(gate: Gate, principal: Principal, calendars: Sequence[Collection], asked: Wishes) -> bool:
    """Sets and removes; False when there is no calendar to keep them with, or the gate says no."""
    if not calendars:
        return False
    kept = {**kept_with(calendars), **asked.set}
    for name in asked.remove:
        kept.pop(name, None)
    packed = f'<home xmlns="{CALGATE}">{"".join(kept.values())}</home>'
    outcome = gate.submit(
        SetProperties(principal=principal, collection=_keeper(calendars), set={KEY: packed})
    )
    return not isinstance(outcome, Failed | Refusal)


def _keeper(calendars: Sequence[Collection]) -> Collection:
    return min(calendars, key=lambda each: each.id)
