"""The way of PUT and DELETE: what is a meeting goes by its people, all else straight on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from calgate.domain.verdict import Refused
from calgate.gate import calendars, managed, plain
from calgate.gate.conditions import unmet
from calgate.gate.office import Office
from calgate.gate.plain import Inspected
from calgate.gate.scheduling import attendee, organizer
from calgate.gate.scheduling.delivery import Desk, held, store
from calgate.gate.scheduling.roles import Role, role, tell_removed
from calgate.gate.scheduling.spread import spread
from calgate.gate.sent import Found
from calgate.gate.values import (
    CALDAV,
    DropCalendar,
    Failed,
    Outcome,
    Put,
    Refusal,
    Remove,
    Removed,
    Stored,
)
from calgate.ical.errors import BadCalendar
from calgate.ical.meetings import Meeting, meeting, mentions, schedule_tag
from calgate.store import resources, sessions
from calgate.store.resources import Copy

ELSEWHERE = "This meeting is in another one of your calendars."
OTHER_MEETING = "The meeting has changed on the server since it was last read."
NOT_HERE = "Nothing can be stored in the scheduling inbox."


def put(office: Office, proposal: Put, sent: Found | Inspected, now: datetime) -> Outcome:
    """A PUT, and what it changes besides. BadCalendar when the body is none, after the conditions of the
    request were met."""
    outcome = _put(office, proposal, sent, now)
    if not isinstance(outcome, Stored) or not outcome.along:
        return outcome
    desk = Desk.of(office.with_one_number(), now)
    for each in outcome.along:
        organizer.tell_along(desk, proposal.collection.owner, each)
    return replace(outcome, along=())


def _put(office: Office, proposal: Put, sent: Found | Inspected, now: datetime) -> Outcome:
    if proposal.collection.inbox:
        return Failed(403, NOT_HERE, "{DAV:}need-privileges")
    copy, session = sessions.with_copy(office.tx, office.org, proposal.collection.id, proposal.href)
    if failed := _tag_unmet(copy, proposal.if_schedule_tag_match):
        return failed
    named = b"\nORGANIZER" in proposal.body or b"\norganizer" in proposal.body
    was_named = copy is not None and not copy.gone and mentions(copy.text)
    if (named or was_named) and not isinstance(sent, BadCalendar):
        outcome = _meeting_put(Desk.of(office.with_one_number(), now), proposal, copy, was_named)
        if outcome is not None:
            return outcome
    if proposal.collection.managed:
        assert not isinstance(sent, tuple)
        return managed.put(office, proposal, sent, now, copy, session)
    assert isinstance(sent, tuple | BadCalendar)
    return plain.put(office, proposal, sent, now, copy)


def _tag_unmet(copy: Copy | None, tag: str | None) -> Failed | None:
    """If-Schedule-Tag-Match (RFC 6638 section 8.3)."""
    if tag is None:
        return None
    there = None if copy is None or copy.gone else schedule_tag(copy.text)
    return None if there == tag else Failed(412, OTHER_MEETING)


def _meeting_put(desk: Desk, proposal: Put, copy: Copy | None, was_named: bool) -> Outcome | None:
    """The PUT of a meeting, None when it is none of ours."""
    if unmet(copy, proposal.if_match, proposal.if_none_match):
        return None
    zone = ZoneInfo(proposal.collection.zone)
    before = meeting(copy.text, zone) if copy is not None and was_named else None
    after = meeting(proposal.body, zone)
    owner = proposal.collection.owner
    was, will = role(desk, owner, before), role(desk, owner, after)
    if (was is None and will is None) or (before and after and before.uid != after.uid):
        return None
    if after is None or will is None:
        outcome = _no_meeting_any_more(desk, proposal, before, after, copy, was)
    elif failed := _elsewhere(desk, proposal, after, before):
        return failed
    elif was not in (None, will):
        return _other_organizer()
    elif will == "organizer":
        outcome = organizer.put(desk, proposal, after, before)
    else:
        outcome = attendee.put(desk, proposal, after, before, copy)
    return _with_tag(desk, proposal, outcome)


def _no_meeting_any_more(
    desk: Desk, proposal: Put, before: Meeting | None, after: Meeting | None, copy: Copy | None,
    was: Role | None,
) -> Outcome:  # fmt: skip
    """An organizer may make a private event of a meeting; an attendee changes nothing of it."""
    if was == "attendee":
        return attendee.refused(desk, proposal, copy)
    if after is not None and after.organizer.by_server:
        return _other_organizer()
    outcome = store(desk.office, proposal, desk.now)
    if isinstance(outcome, Stored):
        spread(desk, proposal.collection.owner, before, None)
    return outcome


def _other_organizer() -> Refusal:
    element = CALDAV + "allowed-organizer-scheduling-object-change"
    return Refusal(Refused(attendee.RULE, organizer.OTHER_ORGANIZER, precondition=element), 0)


def _elsewhere(desk: Desk, proposal: Put, after: Meeting, before: Meeting | None) -> Failed | None:
    """A meeting is in one calendar of a person only (RFC 6638 section 3.2.4.1)."""
    if before is not None:
        return None
    for each in held(desk, proposal.collection.owner, after.uid):
        if each.collection.id != proposal.collection.id and each.meeting is not None:
            element = CALDAV + "unique-scheduling-object-resource"
            return Failed(403, ELSEWHERE, element, f"{each.collection.slug}/{each.copy.href}")
    return None


def _with_tag(desk: Desk, proposal: Put, outcome: Outcome) -> Outcome:
    if not isinstance(outcome, Stored):
        return outcome
    copy, _ = organizer.stored(desk, proposal)
    tag = schedule_tag(copy.text) if copy else None
    return replace(outcome, schedule_tag=tag)


def remove(office: Office, proposal: Remove, now: datetime) -> Outcome:
    """A DELETE: an organizer's calls the meeting off, an attendee's declines it (RFC 6638 section 3.2)."""
    copy = resources.get(office.tx, office.org, proposal.collection.id, proposal.href)
    if failed := _tag_unmet(copy, proposal.if_schedule_tag_match):
        return failed
    take = managed.remove if proposal.collection.managed else plain.remove
    if copy is None or copy.gone or proposal.collection.inbox or not mentions(copy.text):
        return take(office, proposal, now, copy)
    desk = Desk.of(office.with_one_number(), now)
    found = meeting(copy.text, ZoneInfo(proposal.collection.zone))
    outcome = take(desk.office, proposal, now, copy)
    if isinstance(outcome, Removed) and found is not None:
        tell_removed(desk, proposal.collection.owner, found, reply=proposal.reply)
    return outcome


def drop(office: Office, proposal: DropCalendar, now: datetime) -> Outcome:
    """DELETE of a calendar, with all the meetings in it."""
    copies = resources.of_collection(office.tx, office.org, proposal.collection.id)
    zone = ZoneInfo(proposal.collection.zone)
    found = [meeting(each.text, zone) for each in copies if mentions(each.text)]
    if proposal.collection.managed or proposal.collection.inbox or not any(found):
        return calendars.drop(office, proposal)
    desk = Desk.of(office.with_one_number(), now)
    outcome = calendars.drop(desk.office, proposal)
    if isinstance(outcome, Removed):
        for each in found:
            if each is not None:
                tell_removed(desk, proposal.collection.owner, each)
    return outcome
