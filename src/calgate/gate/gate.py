"""The gate: one object that the doors are given. Reading is in gate.read, writing begins in gate.submit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from calgate.domain.freebusy import Busy
from calgate.domain.pack import Pack
from calgate.gate import busy, links, load, packs, people, ranges, read, submit, tend
from calgate.gate.keys import Keys, open_keys
from calgate.gate.link_values import FeedHead, FeedPage, Link, LinkWish
from calgate.gate.office import Records
from calgate.gate.scheduling import boxes
from calgate.gate.values import INBOX, Changes, Collection, Outcome, Principal, Proposal, Resource, Row
from calgate.store import Store, StoreError, migrations, open_store, organizations
from calgate.store.passwords import AppPassword


class _Packs(Mapping[str, Pack]):
    """Packs by name, each found when the first organization asks for it."""

    def __init__(self) -> None:
        self._found: dict[str, Pack] = {}

    def __getitem__(self, name: str) -> Pack:
        if name not in self._found:
            self._found[name] = packs.find(name)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class Gate:
    """Everything a door may ask or want. `clock` gives the present in UTC."""

    def __init__(self, store: Store, clock: Callable[[], datetime], keys: Keys) -> None:
        self._store = store
        self._clock = clock
        self._keys = keys
        self._packs = _Packs()
        self._records = Records()

    @classmethod
    def open(cls, url: str, keys_dir: Path, clock: Callable[[], datetime]) -> Gate:
        """The gate over a database, its schema brought up to date. StoreError, OSError or ValueError."""
        store = open_store(url)
        try:
            migrations.upgrade(store)
            return cls(store, clock, open_keys(keys_dir))
        except BaseException:
            store.dispose()
            raise

    def close(self) -> None:
        """Gives the database back."""
        self._store.dispose()

    def ready(self) -> bool:
        """Whether the database answers."""
        try:
            self.organizations()
        except StoreError:
            return False
        return True

    def now(self) -> datetime:
        """The present, UTC."""
        return self._clock()

    # Who

    def organizations(self) -> list[str]:
        """Ids of all organizations."""
        with self._store.read() as tx:
            return organizations.ids(tx)

    def organization_name(self, org: str) -> str:
        """What an organization is called; its id when there is none of that id."""
        return people.organization_name(self._store, org)

    def authenticate(self, login: str, password: str) -> Principal | None:
        """The principal of a valid login and app password."""
        return people.authenticate(self._store, self._keys, login, password, self._clock())

    def principal(self, person: str) -> Principal | None:
        """The principal of that login name."""
        return people.principal(self._store, person)

    def members(self, org: str) -> list[Principal]:
        """Everybody of an organization."""
        return people.members(self._store, org)

    def add_password(self, person: str, label: str) -> str:
        """A new app password, given for the only time; UnknownPerson, or ValueError about the label."""
        return people.add_password(self._store, self._keys, person, label, self._clock())

    def list_passwords(self, person: str) -> list[AppPassword]:
        """A person's app passwords without the secrets; UnknownPerson."""
        return people.list_passwords(self._store, person)

    def revoke_password(self, person: str, number: int) -> bool:
        """Ends an app password; whether it was valid. UnknownPerson."""
        return people.revoke_password(self._store, person, number, self._clock())

    def addressed(self, org: str, addresses: Iterable[str]) -> dict[str, str]:
        """Whom calendar user addresses mean: the id of a person of the organization, or else the status that
        is told of the address (RFC 6638 section 3.2.9)."""
        return boxes.addressed(self._store, org, addresses)

    # Reading

    def collections(self, principal: Principal) -> list[Collection]:
        """The principal's calendars, the sessions first."""
        return read.own_collections(self._store, principal)

    def collection(self, principal: Principal, slug: str) -> Collection | None:
        """One of the principal's calendars, or their inbox."""
        if slug == INBOX:
            return boxes.inbox(self._store, principal)
        return read.own_collection(self._store, principal, slug)

    def listing(self, collection: Collection) -> list[tuple[str, str, str]]:
        """(href, ETag, component) of every object."""
        return read.listing(self._store, collection)

    def changes(self, collection: Collection, token: str | None, limit: int | None) -> Changes:
        """What changed since a sync token; InvalidToken."""
        return read.changes(self._store, collection, token, limit)

    def resource(self, collection: Collection, href: str) -> Resource | None:
        """One object."""
        return read.resource(self._store, collection, href)

    def resources(self, collection: Collection, hrefs: Sequence[str]) -> list[Resource]:
        """Those of the objects that are there."""
        return read.some_resources(self._store, collection, hrefs)

    def texts(self, collection: Collection) -> Iterator[str]:
        """The text of every object, to be taken at once and by one thread."""
        return read.texts(self._store, collection)

    def between(
        self,
        collection: Collection,
        since: datetime | None,
        until: datetime | None,
        component: str,
        *,
        texts: bool = True,
        rows: bool = True,
    ) -> list[tuple[Resource, list[Row]]]:
        """Objects with occurrences in a range; `texts`, and the occurrences as `rows`, only when wanted."""
        return ranges.between(self._store, collection, since, until, component, texts=texts, rows=rows)

    def busy(self, wanted: Sequence[Collection], since: datetime, until: datetime) -> list[Busy]:
        """Busy times over these collections of one organization."""
        return busy.of_collections(self._store, wanted, since, until)

    def busy_of(
        self, org: str, people: Sequence[str], since: datetime, until: datetime, with_hours: bool = False
    ) -> dict[str, list[Busy]]:
        """Busy times (UTC, merged, within the range) of people of an organization, by person; who is not of
        it is left out. `with_hours`: outside of their hours they are BUSY-UNAVAILABLE (RFC 7953)."""
        return busy.of_people(self._store, self._packs, org, people, since, until, with_hours=with_hours)

    def availability(self, principal: Principal) -> str | None:
        """The person's CALDAV:calendar-availability: iCalendar text as it was sent (RFC 7953)."""
        return busy.availability(self._store, principal)

    # Links

    def link_owners(self, audience: str, target: str) -> list[str]:
        """Ids of the organizations that have such a person, client, location or are that organization."""
        return links.owners(self._store, audience, target)

    def add_link(
        self, org: str, wish: LinkWish, *, progress: links.Progress | None = None
    ) -> tuple[Link, str]:
        """A new link and its secret, given for the only time; UnknownOrganization, UnknownTarget, ValueError.
        `progress` is told of sessions rendered and of all that may be shown."""
        return links.add(
            self._store, self._packs, self._records, self._keys, org, wish, self._clock(), progress
        )

    def list_links(self, org: str) -> list[Link]:
        """Every link of an organization, revoked and expired ones included."""
        return links.all_of(self._store, org)

    def rotate_link(self, org: str, link: str) -> str:
        """Another secret in place of the one that a live link has; UnknownOrganization, UnknownTarget."""
        return links.rotate(self._store, self._packs, self._records, self._keys, org, link, self._clock())

    def revoke_link(self, org: str, link: str) -> bool:
        """Ends a link; whether it was valid."""
        return links.revoke(self._store, org, link, self._clock())

    def link(self, secret: str) -> FeedHead | None:
        """What a secret opens, without the content; None when nobody knows it."""
        return links.head(self._store, self._keys, secret, self._clock())

    def feed(self, head: FeedHead) -> FeedPage:
        """The content of a calendar link, with its head as it is by now."""
        return links.page(self._store, head, self._clock())

    def used(self, head: FeedHead, user_agent: str) -> None:
        """Notes that a link was used, at most once an hour."""
        links.used(self._store, head, user_agent, self._clock())

    # Writing

    def submit(self, proposal: Proposal) -> Outcome:
        """The one way in for changes; BadCalendar for a body that is no calendar object."""
        return submit.submit(self._store, self._packs, self._records, proposal, self._clock())

    def load(
        self, content: object, *, demo: bool = False, progress: load.Progress | None = None
    ) -> list[str]:
        """Upserts a practice file's content and tells what changed; LoadError."""
        watched = {"progress": progress} if progress else {}
        return load.load(self._store, self._keys, content, self._clock(), demo=demo, **watched)

    def tend(self) -> int:
        """Does what is due by now; how much that was."""
        return tend.tend(self._store, self._packs, self._records, self._clock())
