"""Where the messages and the invitations of a person go: their inbox and their default calendar."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from calgate.domain.practice import Person
from calgate.gate.office import SESSIONS
from calgate.gate.values import CALDAV, INBOX
from calgate.store import Tx, collections
from calgate.store.collections import Collection

DEFAULT_CALENDAR = CALDAV + "schedule-default-calendar-URL"
MEETINGS = "meetings"
"""The calendar that is made for invitations of somebody who has none."""
_HREF = re.compile(r"href[^>]*>\s*([^<]*?)\s*<")


def inbox_of(tx: Tx, org: str, person: str, next_number: Callable[[], int]) -> Collection:
    """A person's inbox, made under the organization's next number when it is first needed."""
    return collections.by_slug(tx, org, person, INBOX) or made(tx, org, person, INBOX, next_number())


def made(tx: Tx, org: str, person: str, slug: str, number: int) -> Collection:
    """A new plain collection for events."""
    collections.create(
        tx, org, owner=person, slug=slug, managed=False, components=("VEVENT",), number=number
    )  # fmt: skip
    found = collections.by_slug(tx, org, person, slug)
    assert found is not None
    return found


def default_of(tx: Tx, org: str, person: Person, inbox: Collection | None) -> Collection | str:
    """The calendar that invitations go to: the one that the person chose, else the sessions; for somebody
    without sessions the first one that takes events. The name of the one to be made where there is none."""
    slug = _chosen(inbox.props.get(DEFAULT_CALENDAR, "") if inbox else "")
    chosen = collections.by_slug(tx, org, person.id, slug) if slug else None
    if chosen is not None and "VEVENT" in chosen.components:
        return chosen
    if sessions := collections.by_slug(tx, org, person.id, SESSIONS):
        return sessions
    if "practitioner" in person.roles:
        return SESSIONS
    own = [each for each in collections.of_owner(tx, org, person.id) if "VEVENT" in each.components]
    return min(own, key=lambda each: each.id, default=MEETINGS)


def _chosen(element: str) -> str:
    """The calendar's name in the element of the property; "" when there is none."""
    found = _HREF.search(element)
    return unquote(found[1]).rstrip("/").rpartition("/")[2] if found else ""
