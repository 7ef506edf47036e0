"""What somebody is in a meeting."""

from __future__ import annotations

from typing import Literal, TypeAlias

from calgate.gate.scheduling.delivery import Desk, clear
from calgate.gate.scheduling.spread import answer, spread
from calgate.ical import attending
from calgate.ical.meetings import Meeting

Role: TypeAlias = Literal["organizer", "attendee"]


def role(desk: Desk, owner: str, found: Meeting | None) -> Role | None:
    """What the owner of a calendar is in a meeting that the server schedules; None in all others."""
    if found is None or not found.organizer.by_server:
        return None
    if desk.directory.person(found.organizer.address) == owner:
        return "organizer"
    return "attendee" if found.invites(desk.directory.mine(owner)) else None


def tell_removed(desk: Desk, owner: str, found: Meeting, *, reply: bool = True) -> None:
    """The owner's copy is gone: an organizer calls the meeting off, an attendee declines, and the messages
    about it go as well. What is over or called off concerns nobody any more."""
    own = role(desk, owner, found)
    if own == "attendee":
        clear(desk, owner, found.uid)
    if own is None or found.cancelled or found.over(desk.now):
        return
    if own == "organizer":
        spread(desk, owner, found, None)
    elif reply and (said := attending.declined(found, desk.directory.mine(owner))):
        answer(desk, owner, found, said, found)
