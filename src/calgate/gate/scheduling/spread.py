"""From one copy of a meeting to all the others: invitations, updates, cancellations, answers."""

from __future__ import annotations

from collections.abc import Mapping, Set
from zoneinfo import ZoneInfo

from calgate.gate.scheduling.delivery import Desk, Held, default_calendar, deliver, held, post
from calgate.gate.scheduling.directory import ANSWERED, NOT_DELIVERED
from calgate.ical import attending, itip
from calgate.ical.lines import Component
from calgate.ical.meetings import Meeting, Party, meeting, text_of


def spread(
    desk: Desk,
    owner: str,
    before: Meeting | None,
    after: Meeting | None,
    forced: Set[str] = frozenset(),
    but: str | None = None,
) -> frozenset[str]:
    """Brings the copies of all people invited up to date and tells them; who could not be reached. `but`:
    whoever has it already."""
    lines: dict[str, list[Party]] = {}
    for found in (before, after):
        for _, each in found.everybody if found else ():
            person = desk.directory.person(each.address)
            if person is not None and person not in (owner, but) and each.by_server:
                lines.setdefault(person, []).append(each)
    failed = {
        person
        for person, own in lines.items()
        if not _send(desk, person, before, after, any(e.address.casefold() in forced for e in own))
    }
    return frozenset(failed)


def _send(desk: Desk, person: str, before: Meeting | None, after: Meeting | None, forced: bool) -> bool:
    """One person's copy and message; whether it could be delivered."""
    mine = desk.directory.mine(person)
    old = itip.view(before, mine) if before else None
    new = itip.view(after, mine) if after else None
    if itip.told(old, answers=True) == itip.told(new, answers=True) and not forced:
        return True
    source = after or before
    assert source is not None
    there = _copy_of(desk, person, source)
    if isinstance(there, str):
        return False
    if new is None or (after is not None and after.cancelled):
        return _call_off(desk, person, old or new, there, source)
    if itip.told(old) == itip.told(new) and not forced:
        return there is None or _lay(desk, person, new, there, source)
    if not _lay(desk, person, new, there, source):
        return False
    post(desk, person, source.uid, itip.message(new, "REQUEST", desk.now))
    return True


def _copy_of(desk: Desk, person: str, source: Meeting) -> Held | str | None:
    """The person's copy of the meeting; a text when something else has its UID there."""
    for each in held(desk, person, source.uid):
        theirs = each.meeting.organizer.address if each.meeting else ""
        return each if desk.directory.same(theirs, source.organizer.address) else each.copy.href
    return None


def _lay(desk: Desk, person: str, new: Component, there: Held | None, source: Meeting) -> bool:
    collection = there.collection if there else default_calendar(desk.office, person)
    zone = ZoneInfo(collection.zone)
    seen = meeting(text_of(new), zone)
    if seen is not None and collection.managed and "" not in seen.events:
        seen = meeting(text_of(itip.standing_alone(seen)), zone)
    if seen is None:
        return False
    mine = desk.directory.mine(person)
    calendar = attending.laid_over(seen, mine, there.meeting if there else None)
    return deliver(desk, person, calendar, there, source.uid, collection)


def _call_off(desk: Desk, person: str, was: Component | None, there: Held | None, source: Meeting) -> bool:
    """The person is not invited any more, or nobody is: their copy says so and stays."""
    if there is None or there.meeting is None or was is None:
        return True
    if not there.meeting.cancelled and not deliver(
        desk, person, itip.cancelled(there.meeting.calendar), there, source.uid
    ):
        return False
    post(desk, person, source.uid, itip.message(itip.cancelled(was), "CANCEL", desk.now))
    return True


def answer(desk: Desk, person: str, source: Meeting, said: Mapping[str, str], now_has: Meeting) -> str:
    """A person's answer on the organizer's object and in the organizer's inbox, and on the others' copies;
    the SCHEDULE-STATUS that the person gets for it."""
    organizer = desk.directory.person(source.organizer.address)
    mine = desk.directory.mine(person)
    theirs = organizers_copy(desk, organizer, source.uid) if organizer else None
    if organizer is None or theirs is None or theirs.meeting is None or not theirs.meeting.invites(mine):
        return NOT_DELIVERED
    before = theirs.meeting
    calendar = attending.answered(before, said, mine)
    if not deliver(desk, organizer, calendar, theirs, source.uid):
        return NOT_DELIVERED
    post(desk, organizer, source.uid, itip.message(attending.reply(now_has, said, mine), "REPLY", desk.now))
    after = meeting(text_of(calendar), ZoneInfo(theirs.collection.zone))
    spread(desk, organizer, before, after, but=person)
    return ANSWERED


def organizers_copy(desk: Desk, organizer: str, uid: str) -> Held | None:
    """The organizer's own object of that UID."""
    for each in held(desk, organizer, uid):
        if each.meeting and desk.directory.person(each.meeting.organizer.address) == organizer:
            return each
    return None
