"""Meetings: calendar objects with an ORGANIZER, their people, and the schedule tag (RFC 6638 section 3.2.10).

Works on content lines: what is not about people keeps its spelling.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from calgate.domain.when import When, is_day, key
from calgate.ical.errors import BadCalendar
from calgate.ical.lines import Component, Property, decode, parse
from calgate.ical.text import fold
from calgate.ical.times import Times, of
from calgate.ical.zones import UTC_ZONE, Zones

PEOPLE = frozenset({"ATTENDEE", "ORGANIZER"})
_PARAMETER = re.compile(r';([A-Za-z0-9-]{1,100})=((?:"[^"]*"|[^";:])*)')
_UTC_KEYS = frozenset({"UTC", "Etc/UTC"})
_VARIABLE = frozenset(
    {"DTSTAMP", "LAST-MODIFIED", "CREATED", "SEQUENCE", "REQUEST-STATUS", "COMMENT", "TRANSP"}
)
_OWN_TIMES = frozenset({"DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE"})
_INCONSEQUENTIAL = ("PARTSTAT", "RSVP", "SCHEDULE-STATUS", "SCHEDULE-FORCE-SEND")


@dataclass(frozen=True, slots=True)
class Party:
    """One ORGANIZER or ATTENDEE line; parameter names in capitals, their values as they were written."""

    name: str
    params: tuple[tuple[str, str], ...]
    address: str

    def get(self, name: str, default: str = "") -> str:
        """A parameter in capitals, without quotes."""
        return next((value.strip('"').upper() for each, value in self.params if each == name), default)

    def put(self, name: str, value: str) -> Party:
        """With that parameter in the place of any of its name."""
        if any(each == name for each, _ in self.params):
            return replace(self, params=tuple((n, value if n == name else old) for n, old in self.params))
        return replace(self, params=(*self.params, (name, value)))

    def without(self, *names: str) -> Party:
        """Without these parameters."""
        return replace(self, params=tuple(each for each in self.params if each[0] not in names))

    @property
    def partstat(self) -> str:
        """Whether the person comes (RFC 5545 section 3.2.12)."""
        return self.get("PARTSTAT", "NEEDS-ACTION")

    @property
    def by_server(self) -> bool:
        """Whether the server delivers to this person, or for them (RFC 6638 section 7.1)."""
        return self.get("SCHEDULE-AGENT", "SERVER") not in ("CLIENT", "NONE")

    @property
    def line(self) -> str:
        return self.name + "".join(f";{name}={value}" for name, value in self.params) + f":{self.address}"


Mine = Callable[[str], bool]
"""Whether a calendar user address is that of the person in question."""
Edit = Callable[[str, Party], Party]
"""The new line for an ATTENDEE or ORGANIZER of the component with that key."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A VEVENT object with an organizer. `events` are its components: "" the master, else by the key of their
    RECURRENCE-ID. `organizers`: the addresses named, more than one only in a body that is not valid."""

    uid: str
    calendar: Component
    events: Mapping[str, Component]
    organizer: Party
    organizers: frozenset[str]
    zones: Zones

    def times(self, part: str) -> Times:
        """The times of a component."""
        return of(self.events[part], self.zones)

    def attendees(self, part: str) -> list[Party]:
        """The people invited to a component; nobody where there is none."""
        found = self.events.get(part)
        return [party(each) for each in found.all("ATTENDEE")] if found else []

    @property
    def everybody(self) -> list[tuple[str, Party]]:
        """(component, person) of every ATTENDEE line."""
        return [(part, each) for part in self.events for each in self.attendees(part)]

    def own(self, part: str, mine: Mine) -> Party | None:
        """The person's line in a component."""
        return next((each for each in self.attendees(part) if mine(each.address)), None)

    def invites(self, mine: Mine) -> bool:
        """Whether the person is invited to any of it."""
        return any(self.own(part, mine) is not None for part in self.events)

    @property
    def cancelled(self) -> bool:
        """Whether nothing of it takes place."""
        return all(each.text("STATUS").strip().upper() == "CANCELLED" for each in self.events.values())

    def over(self, now: datetime) -> bool:
        """Whether a single meeting has ended; of a series that is not asked."""
        if any(each.get("RRULE") or each.get("RDATE") for each in self.events.values()):
            return False
        return all(key(self.times(part).finish) <= key(now) for part in self.events)


def party(found: Property) -> Party:
    """An ORGANIZER or ATTENDEE line taken apart."""
    at, params = len(found.name), []
    while match := _PARAMETER.match(found.line, at):
        params.append((match[1].upper(), match[2]))
        at = match.end()
    return Party(found.name, tuple(params), found.line[at + 1 :].strip())


def mentions(text: str) -> bool:
    """Whether an object could be a meeting: a look that costs nothing."""
    return "\nORGANIZER" in text or "\norganizer" in text


def meeting(text: str | bytes, zone: ZoneInfo) -> Meeting | None:
    """The meeting in a calendar object; None when it is none, or nothing that can be read. `zone`: the
    calendar's."""
    try:
        calendar = parse(text if isinstance(text, str) else decode(text))
        zones = Zones(calendar, zone)
        found = [each for each in calendar.children if each.name == "VEVENT"]
        events = {_part(each, zones): each for each in found}
        dated = all(of(each, zones).start is not None for each in found)
    except BadCalendar:
        return None
    organizers = [party(line) for each in found for line in each.all("ORGANIZER")]
    if not organizers or not dated or len(events) < len(found):
        return None
    addresses = frozenset(each.address.casefold() for each in organizers)
    return Meeting(found[0].text("UID").strip(), calendar, events, organizers[0], addresses, zones)


def _part(component: Component, zones: Zones) -> str:
    on = of(component, zones).recurrence_id
    return "" if on is None else key(on)


def with_events(calendar: Component, events: Iterable[Component]) -> Component:
    """The object with these components in the place of its own."""
    others = [each for each in calendar.children if each.name != "VEVENT"]
    return Component(calendar.name, list(calendar.properties), [*others, *events])


def events_of(calendar: Component) -> list[Component]:
    """Its VEVENTs."""
    return [each for each in calendar.children if each.name == "VEVENT"]


def with_properties(component: Component, *put: Property, drop: Iterable[str] = ()) -> Component:
    """The component without the properties named, and with others instead of any of their names."""
    names = {*drop, *(each.name for each in put)}
    kept = [each for each in component.properties if each.name not in names]
    return Component(component.name, [*kept, *put], list(component.children))


def edited(found: Meeting, edit: Edit) -> Component:
    """The object with every line about people as `edit` gives it; what does not change keeps its spelling."""
    return with_events(
        found.calendar, [edited_component(part, each, edit) for part, each in found.events.items()]
    )


def edited_component(part: str, component: Component, edit: Edit) -> Component:
    """The same for one component."""
    lines = [_edited(part, each, edit) for each in component.properties]
    return Component(component.name, lines, list(component.children))


def _edited(part: str, found: Property, edit: Edit) -> Property:
    if found.name not in PEOPLE:
        return found
    old = party(found)
    new = edit(part, old)
    return found if new == old else Property(new.name, new.line)


def text_of(calendar: Component) -> str:
    """The object as text."""
    return "".join(map(fold, calendar.lines()))


def occurrence(found: Meeting, part: str) -> Component | None:
    """A component for one occurrence of the series, as the series has it."""
    master = found.events.get("")
    if master is None:
        return None
    times = found.times("")
    assert times.start is not None
    start = _when(part, times.start)
    kept = [each for each in master.properties if each.name not in _OWN_TIMES]
    first = master.get("DTSTART")
    assert first is not None
    length = key_length(times)
    made = [Property(name, _moved(name, first, start)) for name in ("RECURRENCE-ID", "DTSTART")]
    return Component(master.name, [*made, Property("DURATION", f"DURATION:{length}"), *kept])


def key_length(times: Times) -> str:
    """How long the event lasts, as a DURATION."""
    assert times.start is not None
    if isinstance(times.start, datetime):
        assert isinstance(times.finish, datetime)
        return f"PT{int((times.finish - times.start).total_seconds())}S"
    return f"P{(times.finish - times.start).days}D"


def _when(part: str, like: When) -> When:
    form = "%Y%m%dT%H%M%SZ" if "T" in part else "%Y%m%d"
    at = datetime.strptime(part, form).replace(tzinfo=UTC_ZONE)
    return at.astimezone(like.tzinfo) if isinstance(like, datetime) else at.date()


def _moved(name: str, like: Property, when: When) -> str:
    """A line of that name with the parameters of DTSTART."""
    params = like.line[len(like.name) : len(like.line) - len(like.value) - 1]
    if is_day(when):
        return f"{name}{params}:{when:%Y%m%d}"
    utc = like.value.strip().upper().endswith("Z")
    return f"{name}{params}:{when:%Y%m%dT%H%M%S}{'Z' if utc else ''}"


def schedule_tag(text: str) -> str | None:
    """The schedule tag of a stored object: changes with everything but answers, delivery statuses and stamps.
    None when it is no meeting."""
    if not mentions(text) or "\nMETHOD:" in text:
        return None
    try:
        calendar = parse(text)
    except BadCalendar:
        return None
    events = [each for each in calendar.children if each.name == "VEVENT"]
    if not any(each.get("ORGANIZER") for each in events):
        return None
    tag = hashlib.blake2b(digest_size=12)
    master = next((frozenset(_consequential(e)) for e in events if e.get("RECURRENCE-ID") is None), None)
    for each in events:
        lines = list(_consequential(each))
        if each.get("RECURRENCE-ID") is None or not _as_series(each, frozenset(lines), master):
            dated = [prop.line for prop in each.properties if prop.name in _OWN_TIMES]
            tag.update("\n".join([*dated, *lines, ""]).encode())
    return tag.hexdigest()


def _as_series(component: Component, lines: frozenset[str], master: frozenset[str] | None) -> bool:
    """Whether a changed occurrence is where and as the series has it: only answers are its own."""
    start, on = component.get("DTSTART"), component.get("RECURRENCE-ID")
    return start is not None and on is not None and start.value == on.value and lines == master


def _consequential(component: Component) -> Iterator[str]:
    for each in component.properties:
        if each.name in PEOPLE:
            yield party(each).without(*_INCONSEQUENTIAL).line
        elif each.name not in _VARIABLE and each.name not in _OWN_TIMES and not _is_ours(each.name):
            yield each.line
    for child in component.children:
        yield from child.lines()


def _is_ours(name: str) -> bool:
    return name.startswith(("X-CALGATE-", "X-MICROSOFT-CDO-", "X-MOZ-"))
