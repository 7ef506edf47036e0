"""The attendee's side of a meeting: what is their own of it, what they may change, and what they answer
(RFC 6638 section 3.2.2)."""

from __future__ import annotations

from collections.abc import Mapping

from calgate.domain.texts import instructions_of
from calgate.domain.when import key
from calgate.ical.itip import DELIVERY, SHARED, as_exdate, enclosed, shared, start_of
from calgate.ical.lines import Component, Property
from calgate.ical.meetings import (
    Meeting,
    Mine,
    Party,
    edited,
    edited_component,
    events_of,
    occurrence,
    party,
    with_events,
    with_properties,
)

_COMPARED = ("SUMMARY", "LOCATION", "DESCRIPTION")


def laid_over(seen: Meeting, mine: Mine, existing: Meeting | None) -> Component:
    """The attendee's new object: the organizer's view with what was the attendee's own in the old one:
    alarms, TRANSP, private properties, and the occurrences that were taken out by declining them."""
    if existing is None:
        return seen.calendar
    declined = _taken_out(existing) - _taken_out(seen)
    gone = {part for part in declined if (own := seen.own(part, mine)) and own.partstat == "DECLINED"}
    events = []
    for part, each in seen.events.items():
        if part in gone and "" in seen.events:
            continue
        old = existing.events.get(part) or existing.events.get("")
        events.append(_with_own(each, old) if old is not None else each)
    if gone and "" in seen.events:
        dates = [line for part in sorted(gone) for line in as_exdate(seen.events[part])]
        events[0] = Component(events[0].name, [*events[0].properties, *dates], events[0].children)
    return with_events(seen.calendar, events)


def _taken_out(found: Meeting) -> set[str]:
    return {key(each) for each in found.times("").exdates} if "" in found.events else set()


def _with_own(component: Component, old: Component) -> Component:
    own = [
        each
        for each in old.properties
        if each.name == "TRANSP" or (each.name not in SHARED and not each.name.startswith("X-CALGATE-"))
    ]
    if _is_off(old) and component.get("STATUS") is None:
        own.append(Property("STATUS", "STATUS:CONFIRMED"))
    drop = {"TRANSP"} if old.get("TRANSP") else set()
    kept = [each for each in component.properties if each.name not in drop]
    return Component(component.name, [*kept, *own], list(old.children))


def _is_off(component: Component) -> bool:
    return component.text("STATUS").strip().upper() == "CANCELLED"


def free_when_declined(found: Meeting, before: Meeting | None, mine: Mine) -> Component:
    """The attendee's object with TRANSP as the answers have it: what is declined makes nobody busy."""
    events = []
    for part, each in found.events.items():
        said = own.partstat if (own := found.own(part, mine)) else ""
        free = each.text("TRANSP").strip().upper() == "TRANSPARENT"
        if said == "DECLINED" and not free:
            each = with_properties(each, Property("TRANSP", "TRANSP:TRANSPARENT"))
        elif said != "DECLINED" and free and _answer(before, part, mine) == "DECLINED":
            each = with_properties(each, Property("TRANSP", "TRANSP:OPAQUE"))
        events.append(each)
    return with_events(found.calendar, events)


def allowed(before: Meeting, after: Meeting, mine: Mine) -> bool:
    """Whether an attendee may change the object so: their answer, alarms, TRANSP and private properties, and
    occurrences taken out (RFC 6638 section 3.2.2.1)."""
    if before.organizers != after.organizers or ("" in before.events) != ("" in after.events):
        return False
    out = _taken_out(after)
    if any(part not in after.events and part not in out for part in before.events):
        return False
    return all(_as_it_was(before, after, part, mine) for part in after.events)


def _as_it_was(before: Meeting, after: Meeting, part: str, mine: Mine) -> bool:
    new = after.events[part]
    old = before.events.get(part) or occurrence(before, part)
    if old is None:
        return False
    if any(_letters(old, name) != _letters(new, name) for name in _COMPARED):
        return False
    if _is_off(old) != _is_off(new) or _others(old, mine) != _others(new, mine):
        return False
    (was, out), (now, out_now) = _times(before, old), _times(after, new)
    return was == now and out <= out_now


def _times(found: Meeting, component: Component) -> tuple[tuple[object, ...], frozenset[str]]:
    """Times in a comparable form, and the dates taken out."""
    alone = Meeting(
        found.uid, found.calendar, {"": component}, found.organizer, found.organizers, found.zones
    )
    times = alone.times("")
    assert times.start is not None
    rule = frozenset(part for part in (times.rrule or "").upper().split(";") if not part.startswith("WKST"))
    told = (key(times.start), key(times.finish), rule, frozenset(map(key, times.rdates)))
    return told, frozenset(map(key, times.exdates))


def _letters(component: Component, name: str) -> str:
    """A text without what programs change on the way: blanks, line ends, drawing characters, our header."""
    text = component.text(name)
    text = instructions_of(text) if name == "DESCRIPTION" else text
    return "".join(each for each in text.casefold() if each.isalnum())


def _others(component: Component, mine: Mine) -> frozenset[str]:
    people = [party(each).address for each in component.all("ATTENDEE")]
    return frozenset(each.casefold() for each in people if not mine(each))


# ---- answers ----------------------------------------------------------------------------------------------


def answers(before: Meeting | None, after: Meeting, mine: Mine) -> dict[str, str]:
    """The person's new PARTSTATs by component; an occurrence taken out is declined."""
    found: dict[str, str] = {}
    for part in after.events:
        own = after.own(part, mine)
        if own is not None and own.partstat != _answer(before, part, mine):
            found[part] = own.partstat
    if "" in after.events:
        for part in _taken_out(after) - (_taken_out(before) if before else _taken_out(after)):
            found[part] = "DECLINED"
    return found


def _answer(found: Meeting | None, part: str, mine: Mine) -> str:
    if found is None:
        return "NEEDS-ACTION"
    for each in (part, ""):
        if each in found.events and (own := found.own(each, mine)) is not None:
            return own.partstat
    return "NEEDS-ACTION"


def declined(found: Meeting, mine: Mine) -> dict[str, str]:
    """Everything that the person is invited to and has not declined yet, declined."""
    lines = {part: found.own(part, mine) for part in found.events}
    return {part: "DECLINED" for part, own in lines.items() if own and own.partstat != "DECLINED"}


def reply(found: Meeting, said: Mapping[str, str], mine: Mine) -> Component:
    """The METHOD:REPLY object of a person's answers; `message` makes it a message."""
    events = []
    for part, partstat in said.items():
        source = found.events.get(part) or occurrence(found, part)
        own = found.own(part, mine) if part in found.events else found.own("", mine)
        if source is None or own is None:
            continue
        mine_now = own.put("PARTSTAT", partstat).without("RSVP", *DELIVERY)
        kept = [each for each in shared(source).properties if each.name not in ("ATTENDEE", "STATUS")]
        status = Property("REQUEST-STATUS", "REQUEST-STATUS:2.0;Success")
        events.append(Component("VEVENT", [*kept, Property("ATTENDEE", mine_now.line), status]))
    return enclosed(found.calendar, events)


def answered_only(before: Meeting, after: Meeting) -> list[Component]:
    """Occurrences of which nothing but answers is their own, which whoever wrote `after` did not know;
    none when the series takes place at other times now."""
    if "" not in before.events or "" not in after.events:
        return []
    series = before.events[""]
    if _times(before, series)[0] != _times(after, after.events[""])[0]:
        return []
    out = _taken_out(after)
    return [
        each
        for part, each in before.events.items()
        if part not in after.events and part not in out and start_of(each) == _place(each)
        and all(_letters(each, name) == _letters(series, name) for name in _COMPARED)
    ]  # fmt: skip


def _place(component: Component) -> str:
    on = component.get("RECURRENCE-ID")
    return on.line[len("RECURRENCE-ID") :] if on else ""


def answered(found: Meeting, said: Mapping[str, str], mine: Mine) -> Component:
    """The organizer's object with a person's answers in it."""
    if "" in said and "" in found.events and found.own("", mine) is None:
        said = {part: said[""] for part in found.events if found.own(part, mine) is not None}

    def with_answer(part: str, each: Party) -> Party:
        if part not in said or not mine(each.address):
            return each
        return each.put("PARTSTAT", said[part]).put("SCHEDULE-STATUS", "2.0")

    calendar = edited(found, with_answer)
    added = [(part, occurrence(found, part)) for part in said if part and part not in found.events]
    made = [edited_component(part, each, with_answer) for part, each in added if each is not None]
    return with_events(calendar, [*events_of(calendar), *made])
