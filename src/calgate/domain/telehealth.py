"""R-NEW-7: on a bill a telehealth place has a modifier of its own, which no calendar can set."""

from __future__ import annotations

from calgate.domain.practice import Practice

PLACES = frozenset({"02", "10"})
"""Places of service."""
MODIFIER = "95"


def modifiers_at(
    modifiers: tuple[str, ...], old: str | None, new: str | None, practice: Practice
) -> tuple[str, ...]:
    """The modifiers of a session that goes from one location to another (ids; None: it had none): "95" comes
    with a telehealth place, and goes when the session leaves such a place."""
    if _is_telehealth(new, practice):
        return modifiers if MODIFIER in modifiers else (*modifiers, MODIFIER)
    if _is_telehealth(old, practice):
        return tuple(each for each in modifiers if each != MODIFIER)
    return modifiers


def _is_telehealth(location: str | None, practice: Practice) -> bool:
    found = practice.locations.get(location or "")
    return found is not None and found.place_of_service in PLACES
