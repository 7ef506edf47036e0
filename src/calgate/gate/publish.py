"""Publishing: after a change every viewer's copies say what the session now is; what says the same stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from calgate.domain.case import Hours
from calgate.domain.consent import next_turn
from calgate.domain.disclosure import Notes, show
from calgate.domain.event import Document
from calgate.domain.occurring import changed_alone
from calgate.domain.practice import Practice
from calgate.domain.session import DATED_KINDS, Kind, Session, Status
from calgate.gate import views
from calgate.gate.copies import NOTICE_HOURS, Notice, Place, notice_of, personal_of, store_document
from calgate.gate.date_alarms import alarms
from calgate.gate.lookups import shown_hours
from calgate.gate.office import SESSIONS, Home, Office
from calgate.ical.personal import Personal, without_people
from calgate.store import collections, organizations, resources, stirs
from calgate.store.resources import Copy

STIR_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """The copy that a person's write came through: it keeps its href and the person's own properties.
    `copy`: what is there now; `tombstone`: what is left of an earlier object at that href, which the new one
    takes the place of."""

    collection: int
    uid: str
    href: str
    personal: Personal
    copy: Copy | None = None
    tombstone: Copy | None = None


def next_number(office: Office) -> int:
    """The organization's next number: a write takes it once."""
    return office.next_number()


def next_id(office: Office) -> int:
    """A new id of a collection or a copy."""
    return organizations.next_id(office.tx, office.org)


def home_of(office: Office, person: str, number: int) -> Home:
    """The managed collection of a person, made when it is first needed."""
    if found := office.home(person):
        return found
    collections.create(
        office.tx,
        office.org,
        owner=person,
        slug=SESSIONS,
        managed=True,
        components=("VEVENT",),
        number=number,
    )
    made = office.home(person)
    assert made is not None
    return made


def publish(
    office: Office,
    session: Session,
    practice: Practice,
    number: int,
    now: datetime,
    *,
    before: Session | None = None,
    writer: Writer | None = None,
    hints: tuple[str, ...] = (),
    hours: Hours | None = None,
    unhide: bool = True,
) -> dict[str, Copy]:
    """Brings every copy of the session up to date; the practitioner's copies by UID.

    `before` is the session that the copies show, where that is known. A refusal's notice goes with the change
    (section 12, Texts); `hints` are the notices of this change, `hours` what lookups.scheduled_hours told of
    the session, if it was asked. With `unhide` its viewer sees a hidden copy again: the session has changed.
    """
    home = home_of(office, session.practitioner, number)
    existing = _existing(office, session, home, writer)
    hours = shown_hours(office, session, practice, now, hours)
    wanted = _wanted(office, session, practice, Notes(notices=hints, hours=hours, today=today(office, now)))
    # The other dates of a session change with the one that was written: that is the viewer's own doing, too.
    by_viewer = writer is not None and writer.collection == home.id
    changed = changed_alone(before, session)
    stored: dict[str, Copy] = {}
    for document in wanted.values():
        copy = next((c for c in existing if c.collection_id == home.id and c.uid == document.uid), None)
        mine = writer is not None and writer.collection == home.id and writer.uid == document.uid
        if copy is None and writer and mine:
            copy = writer.tombstone
        if copy is not None and copy.hidden and not unhide:
            continue
        place = Place(
            org=office.org,
            collection=home.id,
            session=session.id,
            zone=ZoneInfo(home.zone),
            held=session.held,
            href=copy.href if copy else writer.href if writer and mine else f"{document.uid}.ics",
        )
        own = personal_of(copy) if copy else alarms(office, session, document)
        if writer and mine:
            own = writer.personal
        own = _of_kind(session, own)
        stored[document.uid] = store_document(
            office.tx,
            place,
            copy,
            document,
            own,
            Notice(hints=hints),
            number,
            now,
            by_viewer=by_viewer,
            changed=changed,
        )
        _turn(office, stored[document.uid], session, number, now)
    kept = {copy.id for copy in stored.values()}
    for copy in existing:
        if copy.id not in kept:
            resources.bury(office.tx, office.org, copy.id, number, int(now.timestamp()))
    views.publish(office, session, practice, number, now)
    return stored


def _existing(office: Office, session: Session, home: Home, writer: Writer | None) -> list[Copy]:
    """Every copy of the session, tombstones included. One without dates has no live one but its
    practitioner's: the store need not be asked again for the copy that was written to."""
    copy = writer.copy if writer is not None and session.kind not in DATED_KINDS else None
    if copy is not None and copy.collection_id == home.id:
        return [copy]
    return resources.by_session(office.tx, office.org, session.id)


def _of_kind(session: Session, own: Personal) -> Personal:
    """A viewer's own lines, as far as a session of that kind has them: only an other_event is a meeting."""
    return own if session.kind is Kind.OTHER_EVENT else without_people(own)


def _wanted(office: Office, session: Session, practice: Practice, notes: Notes) -> dict[str, Document]:
    if session.status is Status.CANCELLED and office.policy.cancelled_visible == "no":
        return {}
    return show(session, practice, office.policy, office.policy.own_title, notes)


def today(office: Office, now: datetime) -> date:
    """The day that it is where the organization is."""
    return now.astimezone(office.zone).date()


def _turn(office: Office, copy: Copy, session: Session, number: int, now: datetime) -> None:
    """A copy that was just written is written again when its words for the progress change (R-DAT-6)."""
    at = next_turn(session, now, office.zone) if copy.number == number else None
    if at is not None:
        stirs.put(office.tx, office.org, copy.id, int(at.timestamp()))


def withdraw(office: Office, session: Session, number: int, now: datetime) -> None:
    """Takes every copy of a session that is gone for good off the calendars and out of the feeds."""
    for copy in resources.by_session(office.tx, office.org, session.id):
        resources.bury(office.tx, office.org, copy.id, number, int(now.timestamp()))
    views.withdraw(office, session, number, now)


def hide(office: Office, copy: Copy, number: int, now: datetime) -> None:
    """Takes one copy out of its viewer's sight, until the practice changes the session (R-CAN-2)."""
    resources.put(office.tx, office.org, copy._replace(hidden=True, number=number))
    resources.bury(office.tx, office.org, copy.id, number, int(now.timestamp()))


def bounce(
    office: Office,
    copy: Copy,
    session: Session,
    practice: Practice,
    sentence: str,
    number: int,
    now: datetime,
) -> Copy:
    """The same version again under a new ETag and number, with the reason as a notice: whoever
    keeps a refused
    edit downloads this one instead. SEQUENCE rises, because a new time stamp alone is not enough for every
    client; the viewer's other edits do not become stale by it."""
    notice = Notice(sentence, int((now + NOTICE_HOURS).timestamp()), notice_of(copy).hints)
    return restate(office, copy, session, practice, notice, number, now)


def restate(
    office: Office,
    copy: Copy,
    session: Session,
    practice: Practice,
    notice: Notice,
    number: int,
    now: datetime,
    personal: Personal | None = None,
    *,
    anew: bool = True,
) -> Copy:
    """Renders one copy again with that notice, with `anew` under a new ETag even if it says the same;
    `personal`: the viewer's new own properties."""
    home = collections.get(office.tx, office.org, copy.collection_id)
    assert home is not None
    place = Place(
        org=office.org,
        collection=home.id,
        href=copy.href,
        session=session.id,
        zone=ZoneInfo(home.zone),
        held=session.held,
    )
    stored = store_document(
        office.tx,
        place,
        copy,
        shown(office, copy, session, practice, notice, shown_hours(office, session, practice, now), now),
        _of_kind(session, personal_of(copy) if personal is None else personal),
        notice,
        number,
        now,
        by_viewer=True,
        anew=anew,
    )
    _turn(office, stored, session, number, now)
    return stored


def shown(
    office: Office,
    copy: Copy,
    session: Session,
    practice: Practice,
    notice: Notice,
    hours: Hours | None = None,
    now: datetime | None = None,
) -> Document:
    """What the copy's viewer is shown of the session with that notice."""
    day = today(office, now) if now else None
    notes = Notes(refusal=notice.refusal, notices=notice.hints, hours=hours, today=day)
    documents = show(session, practice, office.policy, office.policy.own_title, notes).values()
    return next(each for each in documents if each.uid == copy.uid)


def is_copy_of(office: Office, copy: Copy, session: Session, practice: Practice) -> bool:
    """Whether the session, as it is now, has a document of the copy's UID."""
    documents = show(session, practice, office.policy, office.policy.own_title).values()
    return any(each.uid == copy.uid for each in documents)
