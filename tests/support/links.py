"""Links of a practice, what they show, and whether every view says what it would say if it were made now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from calgate.domain.audience import View
from calgate.domain.event import Document
from calgate.domain.feeds import versions
from calgate.gate.gate import Gate
from calgate.gate.link_values import FeedPage, Link, LinkWish
from calgate.gate.office import Records, enter
from calgate.gate.packs import find
from calgate.ical.feed import components, feed
from calgate.ical.write import write
from calgate.store import Store, Tx, organizations, sessions, views
from tests.support.practice import Practice

WISHES: dict[str, tuple[LinkWish, ...]] = {
    "riverside": (
        LinkWish(audience="person", target="ada"),
        LinkWish(audience="person", target="bob", detail="busy"),
        LinkWish(audience="client", target="c-101", cancelled="omit", join_link=True),
        LinkWish(audience="client", target="c-102", detail="full", cancelled="keep"),
        LinkWish(audience="location", target="main"),
        LinkWish(audience="location", target="main/2", detail="internal_id"),
        LinkWish(audience="organization", target="riverside", detail="first_name"),
    ),
    "schools": (
        LinkWish(audience="person", target="sam"),
        LinkWish(audience="location", target="oak", cancelled="omit"),
    ),
}
ORG = "riverside"


def add_links(gate: Gate) -> None:
    """Links of every kind, for the organizations that are there."""
    for org in gate.organizations():
        for wish in WISHES.get(org, ()):
            gate.add_link(org, wish)


def link(practice: Practice, audience: Any, target: str, org: str = ORG, **more: Any) -> tuple[Link, str]:
    return practice.gate.add_link(org, LinkWish(audience=audience, target=target, **more))


def page(practice: Practice, secret: str) -> FeedPage:
    head = practice.gate.link(secret)
    assert head is not None
    return practice.gate.feed(head)


def shown(practice: Practice, secret: str) -> str:
    """The whole text of a feed."""
    found = page(practice, secret)
    name = found.head.link.name
    return feed(found.texts, found.zones, name=name, zone=found.head.zone, refresh=timedelta(hours=1))


def check_views(store: Store, org: str) -> None:
    """Every view has exactly the copies that it would be filled with now."""
    with store.read() as tx:
        for id_, view in views.all(tx, org):
            stored = {each.uid: each for each in views.copies_in(tx, org, id_, sessions.ids(tx, org))}
            wanted = _fresh(tx, org, view)
            assert {uid: each.session_id for uid, each in stored.items()} == {
                uid: session for uid, (session, _) in wanted.items()
            }
            for uid, (session, document) in wanted.items():
                copy = stored[uid]
                stamp = datetime.fromtimestamp(copy.modified_at, UTC)
                text, zones = components(write(replace(document, sequence=copy.sequence), {}, stamp=stamp))
                assert (copy.text, copy.zones) == (text, ",".join(zones)), session
                assert copy.starts_at < copy.ends_at


def _fresh(tx: Tx, org: str, view: View) -> dict[str, tuple[str, Document]]:
    """Session and document of every UID that the view is to have."""
    row = organizations.get(tx, org)
    assert row is not None
    office = enter(tx, org, {row.pack: find(row.pack)}, Records())
    found: dict[str, tuple[str, Document]] = {}
    for session in sessions.get_many(tx, org, sessions.ids(tx, org)):
        practice = office.records(session)
        for document in versions(session, practice, office.policy, office.pack.disclosure, view):
            assert document.uid not in found
            found[document.uid] = (session.id, document)
    return found
