"""The inbox as its owner's programs see it, made when they first look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from urllib.parse import quote

from calgate.domain.practice import Person
from calgate.gate.read import collection_of
from calgate.gate.scheduling.directory import Directory
from calgate.gate.scheduling.places import DEFAULT_CALENDAR, default_of, inbox_of
from calgate.gate.values import INBOX, Collection, Principal
from calgate.store import Store, collections, organizations, people

_ELEMENT = (
    '<C:schedule-default-calendar-URL xmlns:C="urn:ietf:params:xml:ns:caldav">'
    '<D:href xmlns:D="DAV:">{}</D:href></C:schedule-default-calendar-URL>'
)


def inbox(store: Store, principal: Principal) -> Collection:
    """A person's inbox; its schedule-default-calendar-URL is the calendar that invitations go to now."""
    org, person = principal.org, principal.person
    with store.read() as tx:
        found = collections.by_slug(tx, org, person, INBOX)
        known = people.get(tx, org, person) or Person(id=person, name=principal.name)
        calendar = default_of(tx, org, known, found)
    if found is None:
        with store.write(org) as tx:
            found = inbox_of(tx, org, person, partial(organizations.next_number, tx, org))
    slug = calendar if isinstance(calendar, str) else calendar.slug
    url = _ELEMENT.format(quote(f"/dav/{person}/{slug}/", safe="/@~"))
    return replace(collection_of(org, found), props={**found.props, DEFAULT_CALENDAR: url})


def addressed(store: Store, org: str, addresses: Iterable[str]) -> dict[str, str]:
    """The person of each address, or else what is told of it."""
    with store.read() as tx:
        directory = Directory.of(people.all(tx, org), people.former_addresses_of(tx, org))
    return {each: directory.person(each) or directory.fate(each) for each in addresses}
