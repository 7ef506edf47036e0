"""Into somebody's calendar and inbox: every delivery is a write of its own, judged and recorded like all."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from calgate.domain.practice import Person
from calgate.domain.session import Kind
from calgate.gate import managed, plain, publish
from calgate.gate.copies import etag_of
from calgate.gate.office import SESSIONS, Office
from calgate.gate.read import collection_of
from calgate.gate.scheduling import places
from calgate.gate.scheduling.directory import Directory
from calgate.gate.sent import whole
from calgate.gate.values import INBOX, Collection, Outcome, Principal, Put, Stored
from calgate.ical.errors import BadCalendar
from calgate.ical.lines import Component
from calgate.ical.meetings import Meeting, meeting, text_of
from calgate.store import collections, meetings, people, resources, sessions
from calgate.store.resources import Copy

KEPT = timedelta(days=60)
"""How long a message lies in an inbox: most programs never take one out."""
_DOOR = "scheduling"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a delivery needs: the organization in its transaction, its people, and the present (UTC)."""

    office: Office
    directory: Directory
    now: datetime

    @classmethod
    def of(cls, office: Office, now: datetime) -> Desk:
        former = people.former_addresses_of(office.tx, office.org)
        return cls(office, Directory.of(office.records_of("").people.values(), former), now)


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody's copy of a meeting, and the calendar that it is in."""

    collection: Collection
    copy: Copy
    meeting: Meeting | None


def store(office: Office, proposal: Put, now: datetime) -> Outcome:
    """A PUT carried out, whatever kind of calendar it is for. BadCalendar."""
    collection = proposal.collection
    copy, session = sessions.with_copy(office.tx, office.org, collection.id, proposal.href)
    if collection.managed:
        return managed.put(office, proposal, whole(proposal), now, copy, session)
    return plain.put(office, proposal, plain.inspected(proposal, now), now, copy)


def held(desk: Desk, person: str, uid: str) -> list[Held]:
    """The person's copies of an object."""
    office = desk.office
    found = []
    for copy in meetings.copies(office.tx, office.org, person, uid):
        stored = collections.get(office.tx, office.org, copy.collection_id)
        assert stored is not None
        collection = collection_of(office.org, stored)
        found.append(Held(collection, copy, meeting(copy.text, ZoneInfo(collection.zone))))
    return found


def deliver(
    desk: Desk,
    person: str,
    calendar: Component,
    there: Held | None,
    uid: str,
    collection: Collection | None = None,
) -> bool:
    """Puts an object into a person's calendar, in the place of what is there; whether it could be.
    `collection`: where a new one goes, if not where all do."""
    office = desk.office
    if there is not None:
        collection = there.collection
    elif collection is None:
        collection = default_calendar(office, person)
    if there is not None and there.copy.session_id and not _is_event(office, there.copy.session_id):
        return False
    proposal = Put(
        principal=_principal(desk, person),
        collection=collection,
        href=there.copy.href if there else f"{uuid.uuid5(uuid.NAMESPACE_URL, uid)}.ics",
        body=text_of(calendar).encode(),
        received=desk.now,
        if_match=(there.copy.etag,) if there else None,
        door=_DOOR,
        delivered=True,
    )
    try:
        return isinstance(store(office, proposal, desk.now), Stored)
    except BadCalendar:
        return False


def _is_event(office: Office, session: str) -> bool:
    found = sessions.get(office.tx, office.org, session)
    return found is not None and found.kind is Kind.OTHER_EVENT


def _principal(desk: Desk, person: str) -> Principal:
    found: Person = desk.directory.people[person]
    return Principal(desk.office.org, person, found.name, found.email, desk.office.zone.key)


def default_calendar(office: Office, person: str) -> Collection:
    """Where new invitations of a person go, made for it if need be."""
    tx, org = office.tx, office.org
    inbox = collections.by_slug(tx, org, person, INBOX)
    found = places.default_of(tx, org, office.records_of(person).people[person], inbox)
    if found == SESSIONS:
        publish.home_of(office, person, publish.next_number(office))
        found = collections.by_slug(tx, org, person, SESSIONS) or found
    elif isinstance(found, str):
        found = places.made(tx, org, person, found, publish.next_number(office))
    assert not isinstance(found, str)
    return collection_of(org, found)


# ---- the inbox --------------------------------------------------------------------------------------------


def post(desk: Desk, person: str, uid: str, text: str) -> None:
    """Lays a message into a person's inbox, in the place of an older one of the same kind."""
    office, at = desk.office, int(desk.now.timestamp())
    inbox = places.inbox_of(office.tx, office.org, person, office.next_number)
    number = publish.next_number(office)
    stale = [] if _is_reply(text) else _of_organizer(office, inbox.id, uid)
    stale += meetings.older_messages(office.tx, office.org, inbox.id, int((desk.now - KEPT).timestamp()))
    for id_ in dict.fromkeys(stale):
        resources.bury(office.tx, office.org, id_, number, at)
    resources.put(
        office.tx,
        office.org,
        Copy(
            id=publish.next_id(office),
            collection_id=inbox.id,
            href=f"{uuid.uuid4()}.ics",
            uid=uid,
            component="VEVENT",
            session_id=None,
            etag=etag_of(text),
            number=number,
            size=len(text.encode()),
            modified_at=at,
            gone=False,
            indexed_until=None,
            hidden=False,
            sequence=0,
            sequence_floor=0,
            text=text,
            personal="",
            notice=None,
        ),
    )


def clear(desk: Desk, person: str, uid: str) -> None:
    """Takes what an organizer sent of a meeting out of a person's inbox."""
    office = desk.office
    inbox = collections.by_slug(office.tx, office.org, person, INBOX)
    for id_ in _of_organizer(office, inbox.id, uid) if inbox else ():
        resources.bury(office.tx, office.org, id_, publish.next_number(office), int(desk.now.timestamp()))


def _of_organizer(office: Office, inbox: int, uid: str) -> list[int]:
    """Ids of the messages about that UID that are no answers."""
    found = meetings.messages(office.tx, office.org, inbox, uid)
    return [id_ for id_, text in found if not _is_reply(text)]


def _is_reply(text: str) -> bool:
    return "METHOD:REPLY" in text
