"""Which components make a calendar object, and which UID it has (RFC 4791 sections 4.1 and 5.3.2.1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from calgate.ical.errors import SUPPORTED_COMPONENT, SUPPORTED_DATA, BadCalendar, bad_object
from calgate.ical.lines import Component

_OBJECTS = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY", "VPOLL"})
MAX_UID = 1_000


@dataclass(frozen=True, slots=True)
class Shape:
    """The components of one object, all of one kind and one UID, at most one of them a master."""

    uid: str
    component: str
    master: Component | None
    overrides: tuple[Component, ...]


def shape(calendar: Component, components: Collection[str]) -> Shape:
    """The object in a VCALENDAR; BadCalendar unless it is one, of a kind that the collection takes."""
    version = calendar.text("VERSION").strip()
    if version not in ("", "2.0"):
        raise BadCalendar(SUPPORTED_DATA, "Only iCalendar 2.0 is supported.")
    if calendar.get("METHOD"):
        raise bad_object("A stored calendar object has no METHOD.")
    found = [each for each in calendar.children if each.name in _OBJECTS]
    kinds = sorted({each.name for each in found})
    if not found:
        raise bad_object("The calendar object contains no event.")
    if refused := [kind for kind in kinds if kind not in components]:
        raise BadCalendar(SUPPORTED_COMPONENT, f"This calendar does not take {refused[0]}.")
    if len(kinds) > 1:
        raise bad_object("A calendar object holds components of one kind only.")
    masters, overrides = _split(found)
    if len(masters) > 1:
        raise bad_object("A calendar object holds one event, or one series, only.")
    return Shape(_uid(found), kinds[0], masters[0] if masters else None, tuple(overrides))


def _split(found: list[Component]) -> tuple[list[Component], list[Component]]:
    masters = [each for each in found if each.get("RECURRENCE-ID") is None]
    overrides = [each for each in found if each.get("RECURRENCE-ID") is not None]
    # Evolution copies a series with a RECURRENCE-ID left on it: what recurs is a master.
    if not masters and (recurring := [each for each in overrides if each.get("RRULE")]):
        master = recurring[0]
        overrides = [each for each in overrides if each is not master]
        kept = [each for each in master.properties if each.name != "RECURRENCE-ID"]
        masters = [Component(master.name, kept, master.children)]
    return masters, overrides


def _uid(found: list[Component]) -> str:
    uids = {each.text("UID").strip() for each in found}
    uid = next(iter(uids))
    if len(uids) > 1:
        raise bad_object("A calendar object has one UID only.")
    if not uid or len(uid.encode()) > MAX_UID:
        raise bad_object("The calendar object has no usable UID.")
    return uid
