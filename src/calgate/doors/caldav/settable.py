"""Which properties a client may set and remove, and what their values must look like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from calgate.doors.caldav import property_values as values
from calgate.doors.caldav import refusals, xml
from calgate.doors.caldav.xml import caldav, dav
from calgate.ical import availability
from calgate.ical.errors import BadCalendar
from calgate.ical.zones import UTC_ZONE, zone_for

TIMEZONE = caldav("calendar-timezone")
TIMEZONE_ID = caldav("calendar-timezone-id")
TRANSPARENCY = caldav("schedule-calendar-transp")
AVAILABILITY = caldav("calendar-availability")
COMPONENT_SET = caldav("supported-calendar-component-set")
MAX_PROPERTY_BYTES = 100_000
MAX_PROPERTIES_BYTES = 500_000

_LIVE_BUT_SETTABLE = frozenset({dav("displayname"), TIMEZONE, TIMEZONE_ID, TRANSPARENCY})
_PROTECTED_ELSEWHERE = frozenset(
    {
        dav("creationdate"),
        dav("getlastmodified"),
        dav("getcontentlength"),
        dav("getcontenttype"),
        dav("lockdiscovery"),
        dav("supportedlock"),
        dav("quota-available-bytes"),
        dav("quota-used-bytes"),
        dav("add-member"),
        caldav("calendar-data"),
        caldav("max-instances"),
        caldav("min-date-time"),
        caldav("max-date-time"),
        f"{{{xml.CALGATE}}}home",
    }
)
PROTECTED = (
    frozenset({*values.ROOT, *values.HOME, *values.CALENDAR, *values.MEMBER, *_PROTECTED_ELSEWHERE})
    - _LIVE_BUT_SETTABLE
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one property cannot be changed: the status and the element of its propstat."""

    status: int
    element: str = ""

    @property
    def error(self) -> str:
        return xml.empty(self.element) if self.element else ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a body asks: properties to set, as XML, to remove, and those that cannot be changed."""

    set: Mapping[str, str]
    remove: tuple[str, ...]
    problems: Mapping[str, Problem]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.set, *self.remove, *self.problems)))

    @property
    def kept(self) -> dict[str, str]:
        """What is stored with a calendar as it was sent: the zone's name is told from the zone itself, hours
        are the person's."""
        return {name: sent for name, sent in self.set.items() if name not in (TIMEZONE_ID, AVAILABILITY)}

    @property
    def dropped(self) -> tuple[str, ...]:
        """What is removed, and a stored definition of the zone when its name alone was given."""
        stale = TIMEZONE_ID in self.names and TIMEZONE not in self.set
        return (*self.remove, TIMEZONE) if stale else self.remove

    @property
    def availability(self) -> str | None:
        """The hours that are set (RFC 7953 section 7.2.4), None when they are not, or are taken away."""
        return _text(self.set[AVAILABILITY]) if AVAILABILITY in self.set else None

    @property
    def sets_zone(self) -> bool:
        return bool({TIMEZONE, TIMEZONE_ID} & {*self.set, *self.remove})

    @property
    def zone(self) -> str | None:
        """IANA name of the zone that the calendar is to have; None for the organization's."""
        if TIMEZONE_ID in self.set:
            found = zone_for(_text(self.set[TIMEZONE_ID]).strip(), None)
            return found.key if found is not None else None
        return timezone_name(_text(self.set[TIMEZONE])) if TIMEZONE in self.set else None


def fitting(asked: Wishes, there: Mapping[str, str]) -> Wishes:
    """The same, with a problem for each property when all of them together would be too much to keep: they
    are read with the calendar on every poll."""
    kept = {name: sent for name, sent in there.items() if name not in asked.dropped} | asked.kept
    if sum(map(len, kept.values())) <= MAX_PROPERTIES_BYTES:
        return asked
    return replace(asked, problems={**dict.fromkeys(asked.set, Problem(507)), **asked.problems})


def without_availability(asked: Wishes) -> Wishes:
    """The same for a calendar: hours are a person's."""
    if AVAILABILITY not in asked.names:
        return asked
    return replace(asked, problems={**asked.problems, AVAILABILITY: Problem(403, refusals.PROTECTED)})


def _text(element: str) -> str:
    return xml.parse(element.encode()).text or ""


def wishes(instructions: Iterable[Element], but: frozenset[str] = frozenset()) -> Wishes:
    """Reads DAV:set and DAV:remove elements in document order (RFC 4918 section 9.2); a later one about the
    same property wins. `but` names properties that the caller deals with itself."""
    put: dict[str, str] = {}
    remove: dict[str, None] = {}
    problems: dict[str, Problem] = {}
    for instruction in instructions:
        lang = instruction.get(xml.XML_LANG, "")
        for prop in instruction.iterfind(dav("prop")):
            inherited = prop.get(xml.XML_LANG, lang)
            for node in prop:
                if node.tag in but:
                    continue
                put.pop(node.tag, None)
                remove.pop(node.tag, None)
                if problem := _problem(node, instruction.tag == dav("set")):
                    problems[node.tag] = problem
                elif instruction.tag == dav("set"):
                    put[node.tag] = xml.outer(node, inherited)
                else:
                    remove[node.tag] = None
    return Wishes(put, tuple(remove), problems)


def _problem(node: Element, setting: bool) -> Problem | None:
    if node.tag in PROTECTED:
        return Problem(403, refusals.PROTECTED)
    if not setting:
        return None
    if len(xml.outer(node)) > MAX_PROPERTY_BYTES:
        return Problem(507)
    if node.tag == TIMEZONE and not _is_timezone(node.text or ""):
        return Problem(403, refusals.CALENDAR_DATA)
    if node.tag == TIMEZONE_ID and zone_for((node.text or "").strip(), None) is None:
        return Problem(403, caldav("valid-timezone"))
    if node.tag == AVAILABILITY and not _is_availability(node.text or ""):
        return Problem(403, refusals.CALENDAR_DATA)
    if node.tag == TRANSPARENCY and {child.tag for child in node} - _TRANSPARENCIES:
        return Problem(409)
    return None


_TRANSPARENCIES = {caldav("opaque"), caldav("transparent")}
_BEGIN, _END = "\nBEGIN:VTIMEZONE\n", "\nEND:VTIMEZONE\n"
_OTHER = re.compile(r"^BEGIN:(?!VCALENDAR$|VTIMEZONE$|STANDARD$|DAYLIGHT$)", re.MULTILINE)
_TZID = re.compile(r"^TZID(?:;[^:\n]*)?:(.+)$", re.MULTILINE)


def timezone_name(value: str) -> str | None:
    """IANA name of the one VTIMEZONE in an iCalendar text (RFC 4791 section 5.2.2); None when it is none."""
    body = re.sub(r"\n[ \t]", "", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if (
        not body.startswith("BEGIN:VCALENDAR\n")
        or not body.endswith("\nEND:VCALENDAR")
        or _OTHER.search(body)
    ):
        return None
    start, end = body.find(_BEGIN) + 1, body.find(_END)
    if (body.count(_BEGIN), body.count(_END)) != (1, 1) or end < start:
        return None
    block = body[start : end + len(_END)]
    tzid = _TZID.search(block)
    try:
        zone = zone_for(tzid[1].strip(), block.replace("\n", "\r\n")) if tzid else None
    except BadCalendar:
        return None
    return zone.key if zone is not None else None


def _is_timezone(value: str) -> bool:
    return timezone_name(value) is not None


def _is_availability(value: str) -> bool:
    try:
        availability.check(value, UTC_ZONE)
    except BadCalendar:
        return False
    return True
