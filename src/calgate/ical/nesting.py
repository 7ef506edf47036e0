"""What may stand inside an event, and that its alarms can ring (RFC 5545 section 3.6, RFC 9073)."""

from __future__ import annotations

from collections.abc import Mapping, Set
from types import MappingProxyType
from typing import Final

from calgate.ical.errors import bad_data
from calgate.ical.lines import Component
from calgate.ical.moments import duration, moment
from calgate.ical.zones import UTC_ZONE

_NOTHING: Final = frozenset[str]()
_INSIDE: Final[Mapping[str, Set[str]]] = MappingProxyType({
    "VEVENT": frozenset({"VALARM", "PARTICIPANT", "VLOCATION", "VRESOURCE"}),
    "VALARM": frozenset({"VLOCATION"}),
    "PARTICIPANT": frozenset({"VLOCATION", "VRESOURCE"}),
})  # fmt: skip
"""Beside vendors' own, which may be anywhere. RFC 9074 section 8: an alarm that rings at a place names it."""


def check_nesting(calendar: Component) -> None:
    """BadCalendar for a component in a place where iCalendar has none, or for an alarm that can't ring."""
    for each in calendar.children:
        if each.name != "VTIMEZONE":  # looked at elsewhere, and never served again
            _check_inside(each)


def _check_inside(component: Component) -> None:
    allowed = _INSIDE.get(component.name, _NOTHING)
    for child in component.children:
        if child.name not in allowed and not child.name.startswith("X-"):
            raise bad_data(f"{component.name[:40]} can't hold {child.name[:40]}.")
        if child.name == "VALARM":
            _check_alarm(child)
        _check_inside(child)


def _check_alarm(alarm: Component) -> None:
    """Any ACTION will do: Apple's programs write NONE for an alarm that they have switched off."""
    if not alarm.text("ACTION").strip():
        raise bad_data("An alarm has no ACTION.")
    trigger = alarm.get("TRIGGER")
    if trigger is None:
        raise bad_data("An alarm has no TRIGGER.")
    value = trigger.value.strip()
    # VALUE is not asked: which of the two it is can be seen, and some programs leave it out.
    if duration(value) is None and moment(value, None, "", UTC_ZONE) is None:
        raise bad_data(f"The TRIGGER “{value[:40]}” of an alarm is neither a duration nor a time.")
