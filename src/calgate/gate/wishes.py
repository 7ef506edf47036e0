"""Wishes for links: checked against the practice, and completed by the defaults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import get_args

from calgate.domain.audience import Audience, CancelledStyle
from calgate.domain.colors import is_color
from calgate.domain.names import one_line
from calgate.domain.policy import Policy, Title
from calgate.domain.practice import Practice
from calgate.domain.session import Status
from calgate.gate.link_values import LinkKind, LinkWish, UnknownTarget

MOST_DAYS = 3653
NAME_LENGTH = 200


def named(audience: str, target: str, practice: Practice) -> str | None:
    """What a link of that target is called unless it is given a name; None when there is no such target.
    A client's is the practice's name: the link may be seen by others."""
    match audience:
        case "person":
            person = practice.people.get(target)
            return (person.name or person.id) if person else None
        case "client":
            return (practice.name or practice.id) if target in practice.clients else None
        case "organization":
            return (practice.name or practice.id) if target == practice.id else None
    location = practice.locations.get(target)
    if location is not None:
        return location.name or location.id
    of_room, _, room = target.rpartition("/")
    location = practice.locations.get(of_room)
    if location is None or room not in location.rooms:
        return None
    return f"{location.name or location.id}, room {room}"


def checked(wish: LinkWish, practice: Practice, policy: Policy, now: datetime) -> LinkWish:
    """The wish with every default filled in. UnknownTarget; ValueError says in one sentence what is wrong."""
    _one_of("kind", wish.kind, get_args(LinkKind))
    _one_of("audience", wish.audience, get_args(Audience))
    _one_of("cancelled", wish.cancelled, get_args(CancelledStyle))
    if wish.detail is not None:
        _one_of("detail", wish.detail, get_args(Title))
    for status in wish.statuses:
        _one_of("status", status, [each.value for each in Status])
    if wish.kind == "freebusy" and wish.audience != "person":
        raise ValueError("Free/busy links are made for people.")
    for what, days in (("past_days", wish.past_days), ("future_days", wish.future_days)):
        if not 0 <= days <= MOST_DAYS:
            raise ValueError(f"{what} must be between 0 and {MOST_DAYS}.")
    if wish.color and not is_color(wish.color):
        raise ValueError("The colour must be a CSS colour name or look like #4682B4.")
    if wish.expires_at is not None and (wish.expires_at.tzinfo is None or wish.expires_at <= now):
        raise ValueError("The link must expire in the future, at a time with its offset from UTC.")
    default = named(wish.audience, wish.target, practice)
    if default is None:
        raise UnknownTarget(f"The organization '{practice.id}' has no {wish.audience} '{wish.target}'.")
    return replace(
        wish,
        name=one_line("The name", wish.name or "", NAME_LENGTH) or default,
        detail=wish.detail or ("full" if wish.audience == "person" else "initials"),
        statuses=tuple(sorted(Status(each) for each in set(wish.statuses))),
        join_link=policy.feed_join_link == "on" if wish.join_link is None else wish.join_link,
    )


def _one_of(what: str, value: str, allowed: Iterable[str]) -> None:
    known = list(allowed)
    if value not in known:
        raise ValueError(f"{what} must be one of {', '.join(known)}, not '{value}'.")
