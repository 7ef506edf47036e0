"""The inbox as its owner's programs see it, made when they first look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote

from calgate.domain.practice import Person
from calgate.gate.office import SESSIONS
from calgate.gate.read import collection_of
from calgate.gate.scheduling.delivery import DEFAULT_CALENDAR, MEETINGS, chosen_slug
from calgate.gate.scheduling.directory import Directory
from calgate.gate.values import INBOX, Collection, Principal
from calgate.store import Store, Tx, collections, organizations, people

_ELEMENT = (
    '<C:schedule-default-calendar-URL xmlns:C="urn:ietf:params:xml:ns:caldav">'
    '<D:href xmlns:D="DAV:">{}</D:href></C:schedule-default-calendar-URL>'
)


def inbox(store: Store, principal: Principal) -> Collection:
    """A person's inbox; its schedule-default-calendar-URL is the calendar that invitations go to now."""
    org, person = principal.org, principal.person
    with store.read() as tx:
        found = collections.by_slug(tx, org, person, INBOX)
        slug = _default_slug(tx, org, person, found.props.get(DEFAULT_CALENDAR, "") if found else "")
    if found is None:
        with store.write(org) as tx:
            found = collections.by_slug(tx, org, person, INBOX) or _made(tx, org, person)
    url = _ELEMENT.format(quote(f"/dav/{person}/{slug}/", safe="/@~"))
    return replace(collection_of(org, found), props={**found.props, DEFAULT_CALENDAR: url})


def _made(tx: Tx, org: str, person: str) -> collections.Collection:
    collections.create(
        tx, org, owner=person, slug=INBOX, managed=False, components=("VEVENT",),
        number=organizations.next_number(tx, org),
    )  # fmt: skip
    made = collections.by_slug(tx, org, person, INBOX)
    assert made is not None
    return made


def _default_slug(tx: Tx, org: str, person: str, element: str) -> str:
    """As delivery.default_calendar, without making any."""
    own = {each.slug: each for each in collections.of_owner(tx, org, person) if "VEVENT" in each.components}
    chosen = chosen_slug(element)
    if chosen in own:
        return chosen
    found: Person | None = people.get(tx, org, person)
    if SESSIONS in own or (found is not None and "practitioner" in found.roles):
        return SESSIONS
    first = min(own.values(), key=lambda each: each.id, default=None)
    return first.slug if first else MEETINGS


def addressed(store: Store, org: str, addresses: Iterable[str]) -> dict[str, str]:
    """The person of each address, or else what is told of it."""
    with store.read() as tx:
        directory = Directory.of(people.all(tx, org), people.former_addresses_of(tx, org))
    return {each: directory.person(each) or directory.fate(each) for each in addresses}
