"""What an attendee writes: an answer to the organizer, or nothing of the meeting (RFC 6638 section 3.2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from calgate.domain.verdict import Refused
from calgate.gate import publish
from calgate.gate.conditions import fingerprint
from calgate.gate.scheduling.delivery import Desk, store
from calgate.gate.scheduling.directory import ANSWERED, NOT_DELIVERED
from calgate.gate.scheduling.spread import answer, organizers_copy
from calgate.gate.turning_away import BOUNCE_SECONDS
from calgate.gate.values import CALDAV, Outcome, Put, Refusal, Stored
from calgate.ical import attending, itip
from calgate.ical.meetings import Edit, Meeting, Mine, Party, edited, events_of, meeting, text_of
from calgate.store import bounces, sessions
from calgate.store.resources import Copy

RULE = "RFC-6638"
ONLY_ANSWERS = "Only the organizer can change this meeting. You can answer it, and set alarms of your own."
_FORCE = "SCHEDULE-FORCE-SEND"


def put(desk: Desk, proposal: Put, after: Meeting, before: Meeting | None, copy: Copy | None) -> Outcome:
    """Stores the attendee's object and tells the organizer of answers in it."""
    owner = proposal.collection.owner
    mine = desk.directory.mine(owner)
    organizer = desk.directory.person(after.organizer.address)
    if before is not None and organizer is not None and not attending.allowed(before, after, mine):
        return refused(desk, proposal, copy)
    said, fate = _answers(desk, organizer, after, before, mine)

    def edit(_: str, each: Party) -> Party:
        if each.name != "ORGANIZER":
            return each
        return each.without(_FORCE).put("SCHEDULE-STATUS", fate) if said else each.without(_FORCE)

    marked = replace_events(after, edit)
    body = text_of(attending.free_when_declined(marked, before, mine)).encode()
    changed = body != text_of(after.calendar).encode()
    outcome = store(desk.office, replace(proposal, body=body) if changed else proposal, desk.now)
    if isinstance(outcome, Stored) and said and fate == ANSWERED:
        answer(desk, owner, after, said, after)
    return replace(outcome, etag=None) if changed and isinstance(outcome, Stored) else outcome


def replace_events(found: Meeting, edit: Edit) -> Meeting:
    """The meeting with every line about people as `edit` gives it."""
    calendar = edited(found, edit)
    events = dict(zip(found.events, events_of(calendar), strict=True))
    return replace(found, calendar=calendar, events=events)


def _answers(
    desk: Desk, organizer: str | None, after: Meeting, before: Meeting | None, mine: Mine
) -> tuple[Mapping[str, str], str]:
    """The answers to tell, by component, and what becomes of them (SCHEDULE-STATUS)."""
    if organizer is None:
        said = attending.answers(before, after, mine) if before is not None else {}
        return said, desk.directory.fate(after.organizer.address)
    theirs = organizers_copy(desk, organizer, after.uid)
    base = before or (theirs.meeting if theirs else None)
    if after.organizer.get(_FORCE) == "REPLY":
        said = {part: own.partstat for part in after.events if (own := after.own(part, mine)) is not None}
    else:
        said = attending.answers(base, after, mine) if base is not None else {}
    known = theirs is not None and theirs.meeting is not None and theirs.meeting.invites(mine)
    return said, ANSWERED if known else NOT_DELIVERED


def refused(desk: Desk, proposal: Put, copy: Copy | None) -> Refusal:
    """No; the copy gets a new ETag, so that programs take it again instead of what they sent."""
    refusal = Refused(RULE, ONLY_ANSWERS, precondition=CALDAV + "allowed-attendee-scheduling-object-change")
    office, at = desk.office, int(desk.now.timestamp())
    if copy is None:
        return Refusal(refusal, 0)
    where = (office.tx, office.org, copy.collection_id, copy.href, fingerprint(proposal.body))
    if bounces.recently(*where, since=at - BOUNCE_SECONDS):
        return Refusal(refusal, 0)
    bounces.record(*where, at=at)
    number = publish.next_number(office)
    session = sessions.get(office.tx, office.org, copy.session_id) if copy.session_id else None
    if session is not None:
        publish.bounce(office, copy, session, office.records(session), ONLY_ANSWERS, number, desk.now)
    elif (found := meeting(copy.text, ZoneInfo(proposal.collection.zone))) is not None:
        again = text_of(itip.said_again(found.calendar)).encode()
        store(office, replace(proposal, body=again, if_match=None, if_none_match=None), desk.now)
    return Refusal(refusal, number)
