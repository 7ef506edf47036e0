"""Views kept up to date: what each link's audience is shown of a session is rendered when the session
changes, in the same transaction, for the views that show it or showed it before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeAlias

from calgate.domain import recurrence
from calgate.domain.audience import View
from calgate.domain.event import Document
from calgate.domain.feeds import concerned, versions
from calgate.domain.pack import Pack
from calgate.domain.practice import Practice
from calgate.domain.session import Session
from calgate.domain.when import When, end_instant, instant
from calgate.gate.office import Office, Records, enter
from calgate.ical.feed import components
from calgate.ical.write import restamped, write
from calgate.store import Store, Tx, links, organizations, sessions, views
from calgate.store.views import FOR_EVER, ViewCopy

Progress = Callable[[int, int], None]
PAGE = 200
"""Sessions that one transaction of filling a view renders: writers wait for tens of milliseconds at most."""
DROPPED = 5000
"""Copies that one transaction takes away of a view that goes."""

_Extent: TypeAlias = tuple[When, When, str | None, tuple[When, ...], tuple[When, ...]]


@dataclass
class _Update:
    """What changes in the views, gathered so that it costs few statements however many views there are."""

    office: Office
    now: datetime
    gone: list[ViewCopy] = field(default_factory=list)
    new: list[ViewCopy] = field(default_factory=list)
    ends: dict[_Extent, datetime | None] = field(default_factory=dict)

    def bring(
        self,
        session: Session,
        practice: Practice,
        showing: Iterable[tuple[int, View]],
        before: Sequence[ViewCopy],
    ) -> None:
        """The session's copies in these views as they are to be; those of `before` that are not wanted go."""
        office = self.office
        left = {(each.view_id, each.uid): each for each in before}
        for id_, view in showing:
            for document in versions(session, practice, office.policy, office.pack.disclosure, view):
                self._one(id_, session, document, left.pop((id_, document.uid), None))
        self.gone += left.values()

    def _one(self, view: int, session: Session, document: Document, old: ViewCopy | None) -> None:
        """SEQUENCE follows the session's revision, so that it grows even where the copy was away
        meanwhile."""
        sequence = max(old.sequence + 1, session.revision) if old else session.revision
        text, zones = components(write(replace(document, sequence=sequence), {}, stamp=self.now))
        starts_at, ends_at = self._reach(document)
        if old is not None and (starts_at, ends_at) == (old.starts_at, old.ends_at):
            stamp = datetime.fromtimestamp(old.modified_at, UTC)
            if restamped(text, (sequence, self.now), (old.sequence, stamp)) == old.text:
                return
        if old is not None:
            self.gone.append(old)
        self.new.append(
            ViewCopy(
                view_id=view,
                ends_at=ends_at,
                uid=document.uid,
                starts_at=starts_at,
                session_id=session.id,
                sequence=sequence,
                modified_at=int(self.now.timestamp()),
                zones=",".join(zones),
                text=text,
            )
        )

    def _reach(self, document: Document) -> tuple[int, int]:
        """First start and last end, UTC seconds."""
        master, zone = document.master, self.office.zone
        assert master is not None
        key = (master.start, master.end, master.rrule, master.rdates, master.exdates)
        if key not in self.ends:
            self.ends[key] = recurrence.last_end(replace(document, overrides=()), zone)
        last = self.ends[key]
        starts = min(instant(each.start, zone) for each in document.events)
        if last is None:
            return int(starts.timestamp()), FOR_EVER
        ends = max([last, *(end_instant(each.end, zone) for each in document.overrides)])
        return int(starts.timestamp()), int(ends.timestamp())

    def store(self, number: int) -> None:
        """Writes it down, under that number."""
        tx, org = self.office.tx, self.office.org
        views.put(tx, org, self.gone, self.new)
        changed = {each.view_id for each in (*self.gone, *self.new)}
        views.touch(tx, org, changed, number, int(self.now.timestamp()))


def publish(office: Office, session: Session, practice: Practice, number: int, now: datetime) -> None:
    """Brings every view up to date with a session as it is now. An organization without views is not
    asked."""
    known = office.views()
    if not known:
        return
    showing = [each for key in concerned(session, office.org) for each in known.get(key, ())]
    update = _Update(office, now)
    update.bring(session, practice, showing, views.copies_of(office.tx, office.org, session.id))
    update.store(number)


def withdraw(office: Office, session: Session, number: int, now: datetime) -> None:
    """Takes a session that is gone for good out of every view."""
    if office.views():
        update = _Update(office, now, gone=views.copies_of(office.tx, office.org, session.id))
        update.store(number)


def touched(office: Office, number: int) -> bool:
    """Whether anything in the views changed under that number."""
    return bool(office.views()) and views.touched(office.tx, office.org, number)


def fill(
    store: Store, packs: Mapping[str, Pack], records: Records, org: str, view: tuple[int, View],
    now: datetime, progress: Progress | None = None,
) -> None:  # fmt: skip
    """Renders all that a new view is to show, a page of sessions in each transaction, and makes it ready.

    The view is known to every writer before: what changes meanwhile is up to date, whether its page comes
    before or after. It ends when the last link of the view is revoked. `progress` is told of sessions done
    and of all that may be in the view.
    """
    with store.read() as tx:
        wanted = _candidates(tx, org, view[1])
    for start in range(0, len(wanted), PAGE):
        page = wanted[start : start + PAGE]
        with store.write(org) as tx:
            if not links.needs(tx, org, view[0]):
                return
            _fill_page(enter(tx, org, packs, records), view, page, now)
        if progress is not None:
            progress(min(start + PAGE, len(wanted)), len(wanted))
    with store.write(org) as tx:
        if not links.needs(tx, org, view[0]):
            return
        views.touch(tx, org, [view[0]], organizations.next_number(tx, org), int(now.timestamp()))
        views.set_ready(tx, org, view[0], True)


def _candidates(tx: Tx, org: str, view: View) -> list[str]:
    match view.audience:
        case "organization":
            return sessions.ids(tx, org)
        case "person":
            return sessions.ids_of(tx, org, view.target)
        case "client":
            return sessions.ids_naming(tx, org, view.target)
        case "location":
            of_room, _, _ = view.target.rpartition("/")
            found = sessions.ids_naming(tx, org, view.target)
            return sorted({*found, *sessions.ids_naming(tx, org, of_room)}) if of_room else found


def _fill_page(office: Office, view: tuple[int, View], page: Sequence[str], now: datetime) -> None:
    before: dict[str, list[ViewCopy]] = {}
    for copy in views.copies_in(office.tx, office.org, view[0], page):
        before.setdefault(copy.session_id, []).append(copy)
    update = _Update(office, now)
    for session in sessions.get_many(office.tx, office.org, page):
        update.bring(session, office.records(session), [view], before.get(session.id, []))
    views.put(office.tx, office.org, update.gone, update.new)


def drop_unused(store: Store, org: str) -> None:
    """Takes away the views that no link needs any more, a part in each transaction. A link that comes
    meanwhile for the same view keeps it, and fills it anew."""
    with store.read() as tx:
        unused = views.unused(tx, org)
    for each in unused:
        gone = False
        while not gone:
            with store.write(org) as tx:
                gone = each not in views.unused(tx, org) or views.drop(tx, org, each, DROPPED)
