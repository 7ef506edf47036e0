"""What an organizer writes is delivered to the people invited (RFC 6638 section 3.2.1)."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from calgate.domain.when import key
from calgate.gate.scheduling.delivery import Desk, Held, deliver, held, store
from calgate.gate.scheduling.directory import DELIVERED, NOT_DELIVERED
from calgate.gate.scheduling.roles import role
from calgate.gate.scheduling.spread import spread
from calgate.gate.values import CALDAV, MAX_ATTENDEES, Along, Failed, Outcome, Put, Stored
from calgate.ical import attending, itip
from calgate.ical.lines import Component
from calgate.ical.meetings import Meeting, Party, edited, events_of, meeting, text_of, with_events
from calgate.store import resources, sessions
from calgate.store.resources import Copy

TOO_MANY = f"A meeting can have {MAX_ATTENDEES} attendees."
SEVERAL = "All parts of a meeting must have the same organizer."
OTHER_ORGANIZER = "A meeting can't be given to another organizer."
_FORCE = "SCHEDULE-FORCE-SEND"


def put(desk: Desk, proposal: Put, after: Meeting, before: Meeting | None) -> Outcome:
    """Stores the organizer's object, the fate of every delivery on its ATTENDEE lines, and delivers it."""
    if len(after.organizers) > 1:
        return Failed(403, SEVERAL, CALDAV + "same-organizer-in-all-components")
    if max(len(after.attendees(part)) for part in after.events) > MAX_ATTENDEES:
        return Failed(403, TOO_MANY, CALDAV + "max-attendees-per-instance")
    owner = proposal.collection.owner
    forced = {each.address.casefold() for _, each in after.everybody if each.get(_FORCE) == "REQUEST"}
    body = text_of(_prepared(desk, owner, after, before, keep=proposal.if_match is None)).encode()
    changed = body != text_of(after.calendar).encode()
    outcome = store(desk.office, replace(proposal, body=body) if changed else proposal, desk.now)
    if not isinstance(outcome, Stored):
        return outcome
    there, now = stored(desk, proposal)
    if _waits(desk, there.session_id if there else None):
        return replace(outcome, etag=None) if changed else outcome
    failed = spread(desk, owner, before, now, forced)
    if failed and there is not None and now is not None:
        _mark(desk, Held(proposal.collection, there, now), now, failed)
        changed = True
    return replace(outcome, etag=None) if changed else outcome


def _waits(desk: Desk, session: str | None) -> bool:
    """Whether a session is a second half without its cut (R-SER-6): until that comes nobody is told of it, as
    it may yet be dropped."""
    found = sessions.get(desk.office.tx, desk.office.org, session) if session else None
    return found is not None and found.held


def tell_along(desk: Desk, owner: str, along: Along) -> None:
    """Delivers the other half of a split series, whatever became of it by the write to the first."""
    session = sessions.get(desk.office.tx, desk.office.org, along.session)
    there = next((each for each in held(desk, owner, session.uid)), None) if session else None
    if there is None or there.copy.session_id != along.session:
        return
    zone = ZoneInfo(there.collection.zone)
    before = meeting(along.before, zone) if along.before is not None else None
    if "organizer" not in (role(desk, owner, before), role(desk, owner, there.meeting)):
        return
    failed = spread(desk, owner, before, there.meeting)
    if failed and there.meeting is not None:
        _mark(desk, there, there.meeting, failed)


def _mark(desk: Desk, there: Held, now: Meeting, failed: frozenset[str]) -> None:
    """Says on the organizer's object who could not be reached."""
    marked = edited(now, lambda _, each: _undelivered(desk, each, failed))
    deliver(desk, there.collection.owner, marked, there, now.uid)


def stored(desk: Desk, proposal: Put) -> tuple[Copy | None, Meeting | None]:
    """What is at the place of a proposal now."""
    collection = proposal.collection
    copy = resources.get(desk.office.tx, desk.office.org, collection.id, proposal.href)
    if copy is None or copy.gone:
        return None, None
    return copy, meeting(copy.text, ZoneInfo(collection.zone))


def _undelivered(desk: Desk, each: Party, failed: frozenset[str]) -> Party:
    person = desk.directory.person(each.address) if each.name == "ATTENDEE" else None
    return each.put("SCHEDULE-STATUS", NOT_DELIVERED) if person in failed else each


def _prepared(desk: Desk, owner: str, after: Meeting, before: Meeting | None, *, keep: bool) -> Component:
    """The organizer's object as it is stored: who was sent what, and answers that a new time makes void.
    `keep`: the answers that came in meanwhile stay."""
    moved = _moved(before, after)
    fates: dict[str, str | None] = {}

    def fate(each: Party, old: Party | None) -> str | None:
        person = desk.directory.person(each.address)
        if person is None:
            return desk.directory.fate(each.address)
        if person not in fates:
            mine = desk.directory.mine(person)
            was = itip.told(itip.view(before, mine)) if before else frozenset()
            sends = was != itip.told(itip.view(after, mine)) or each.get(_FORCE) == "REQUEST"
            fates[person] = DELIVERED if sends else None
        return fates[person] or (old.get("SCHEDULE-STATUS") if old else "") or None

    def edit(part: str, each: Party) -> Party:
        bare = each.without(_FORCE)
        person = desk.directory.person(each.address)
        if each.name == "ORGANIZER" or person == owner or not each.by_server:
            return bare
        old = _old_line(desk, before, part, each)
        said = fate(each, old)
        new = bare.put("SCHEDULE-STATUS", said) if said else bare
        if person is None or old is None:
            return new
        if part in moved and each.partstat != "NEEDS-ACTION":
            return new.put("PARTSTAT", "NEEDS-ACTION")
        return new.put("PARTSTAT", old.partstat) if keep and old.partstat != each.partstat else new

    calendar = edited(after, edit)
    answered = attending.answered_only(before, after) if before and keep else []
    return with_events(calendar, [*events_of(calendar), *answered]) if answered else calendar


def _old_line(desk: Desk, before: Meeting | None, part: str, each: Party) -> Party | None:
    """The line of the same person as it was."""
    if before is None:
        return None
    wanted = desk.directory.person(each.address) or each.address.casefold()
    for place in (part, ""):
        for old in before.attendees(place) if place in before.events else ():
            if (desk.directory.person(old.address) or old.address.casefold()) == wanted:
                return old
    return None


def _moved(before: Meeting | None, after: Meeting) -> frozenset[str]:
    """The components that take place at other times than before, so that everybody is asked again."""
    if before is None:
        return frozenset()
    return frozenset(
        part for part in after.events if part in before.events and _when(before, part) != _when(after, part)
    )


def _when(found: Meeting, part: str) -> tuple[object, ...]:
    times = found.times(part)
    assert times.start is not None
    return key(times.start), key(times.finish), times.rrule, frozenset(map(key, times.rdates))
