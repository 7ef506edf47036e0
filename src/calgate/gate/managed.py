"""Writes to a sessions collection: a document is compared with what its viewer was last shown, and the
difference is judged (R-GEN-2). Refused edits bounce; nothing else writes sessions for a calendar."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from calgate.domain.change import Change, Create, Hide
from calgate.domain.diff import diff
from calgate.domain.disclosure import show
from calgate.domain.event import Document
from calgate.domain.practice import Practice
from calgate.domain.recognize import recognize
from calgate.domain.series import has_stray
from calgate.domain.session import Session, Status
from calgate.domain.verdict import Allowed, Rejected
from calgate.gate import dated, hold, publish, retries
from calgate.gate.conditions import STALE, fingerprint, uid_changed, uid_conflict, unmet
from calgate.gate.copies import merged_with, notice_of, personal_of
from calgate.gate.decide import NOTHING, Decided, decide
from calgate.gate.office import Home, Office
from calgate.gate.publish import STIR_SECONDS, Writer
from calgate.gate.sent import Found, Sent, part_sent, shown_by, still_valid
from calgate.gate.turning_away import bounced, turned_away
from calgate.gate.values import Along, Failed, Outcome, Put, Remove, Removed, Stored
from calgate.gate.write import Write
from calgate.ical.errors import BadCalendar, bad_object
from calgate.ical.personal import Personal, merge
from calgate.ical.read import check_occurs
from calgate.store import sessions, stirs
from calgate.store.resources import Copy

_DELETE = b"DELETE"


def put(
    office: Office, proposal: Put, sent: Found, now: datetime, copy: Copy | None, session: Session | None
) -> Outcome:
    """A PUT over `copy`, which shows `session`. BadCalendar when the body is none, after the conditions of
    the request were met."""
    write = Write(office, proposal, now)
    office.knows(proposal.collection.owner, Home(proposal.collection.id, proposal.collection.zone))
    if failed := unmet(copy, proposal.if_match, None if _deleted(session) else proposal.if_none_match):
        return failed
    sent = still_valid(sent, copy, proposal)
    if isinstance(sent, BadCalendar):
        raise sent
    if copy and session and copy.gone:
        dates = dated.returned(session, copy, sent.document, proposal.collection.owner)
        if dates:
            return _add_dates(write, copy, session, sent, dates, proposal.body)
    if copy is None or session is None or (copy.gone and not _out_of_sight(write, copy, session)):
        return _create(write, copy, sent, proposal.body)
    return _edit(write, copy, session, sent, proposal)


def _deleted(session: Session | None) -> bool:
    """Whether the viewer may take the event for deleted, since a DELETE only cancels: Thunderbird
    undoes one with If-None-Match: * at the old address."""
    return session is not None and session.status is Status.CANCELLED


def _add_dates(
    write: Write, copy: Copy | None, session: Session, sent: Sent, dates: Sequence[Change], body: bytes
) -> Outcome:
    """A date that was taken out of a session is there again, at the place that it had, or a new one is."""
    office, proposal, uid = write.office, write.proposal, sent.document.uid
    practice = office.records(session)
    personal = merge({}, sent.personal, _as_copied(office, session, sent, practice))
    writer = Writer(
        collection=proposal.collection.id, uid=uid, href=proposal.href, personal=personal, tombstone=copy
    )
    decided = decide(office, session, dates, write.asked, practice, write.now, writer)
    if isinstance(decided.verdict, Rejected):
        return turned_away(write, copy, uid, decided, fingerprint(body))
    return _stored(write, decided, uid, created=True, body=body)


def _out_of_sight(write: Write, copy: Copy, session: Session) -> bool:
    """Whether a copy that is gone could come back: hidden (R-CAN-2), or of a cancelled session
    where the policy shows none; not one of another's session by now, or of a date that it has no more."""
    if session.practitioner != write.proposal.collection.owner:
        return False
    if not copy.hidden and session.status is not Status.CANCELLED:
        return False
    return publish.is_copy_of(write.office, copy, session, write.office.records(session))


def _edit(write: Write, copy: Copy, session: Session, sent: Sent, proposal: Put) -> Outcome:
    office = write.office
    if sent.document.uid != copy.uid:
        return uid_changed(copy.href)
    # Some clients never send If-Match: the SEQUENCE they last saw tells that they missed a practice's change.
    blind = proposal.if_match is None and proposal.if_none_match is None and not copy.gone
    if blind and 0 < (sent.document.sequence or 0) < copy.sequence_floor:
        return Failed(412, STALE)
    if not copy.gone and retries.is_retry(office, session, proposal.body):
        return Stored(False, None)
    practice = office.records(session)
    ours = publish.shown(office, copy, part_sent(session, sent), practice, notice_of(copy))
    changes = _changes(office, copy, session, sent, proposal, ours)
    # What is ours among the categories is told by our own rendering: the stored text has the
    # viewer's in it, too.
    personal = merge(personal_of(copy), merged_with(sent.personal, sent.document), ours)
    if not changes and not copy.gone:
        return _echo(write, copy, session, practice, personal, proposal.body)
    writer = Writer(
        collection=copy.collection_id,
        uid=copy.uid,
        href=copy.href,
        personal=personal,
        copy=None if copy.gone else copy,
    )
    split = hold.awaited(office, session, changes)
    decided = decide(
        office, session, split.changes, write.asked, practice, write.now, writer, split.beside(office)
    )
    if isinstance(decided.verdict, Rejected):
        hold.refuse(office, split, decided.number, write.now)
        return bounced(write, copy, session, practice, decided, fingerprint(proposal.body))
    retries.remember(office, session, decided.after, proposal.body, write.now)
    along: tuple[Along, ...] = ()
    if decided.after is not None:
        along = hold.join(office, session, decided.after, split, practice, decided.number, write.now)
    return replace(_stored(write, decided, copy.uid, created=copy.gone, body=proposal.body), along=along)


def _changes(
    office: Office, copy: Copy, session: Session, sent: Sent, proposal: Put, ours: Document
) -> Sequence[Change]:
    """What the person changed; `ours` is what the session would be shown as now. BadCalendar for an
    occurrence that the series never had."""
    shown = ours if copy.gone else shown_by(copy, sent, ours, ZoneInfo(proposal.collection.zone))
    # What is delivered was taken from its organizer; dates of a session with several are told by their own.
    by_rule = not copy.gone and not proposal.delivered and not session.dates
    if by_rule and has_stray(shown, sent.document):
        raise bad_object("The series has no occurrence that starts then.")
    document = hold.sent_as_kept(office, session, sent.document)
    found = diff(shown, document, session, office.records(session), office.policy)
    return dated.on_date(session, copy, found)


def _echo(
    write: Write, copy: Copy, session: Session, practice: Practice, personal: Personal, body: bytes
) -> Stored:
    """Nothing of the session changed: at most the viewer's own properties, which need no judgement
    (R-GEN-3)."""
    office = write.office
    if copy.text.encode() == body:
        return Stored(False, copy.etag)
    if personal != personal_of(copy):
        number = office.coming_number()
        notice = notice_of(copy)
        stored = publish.restate(
            office, copy, session, practice, notice, number, write.now, personal, anew=False
        )
        if stored.number == number:  # else they come to the same text
            publish.next_number(office)
    _stir(write, copy.id)
    return Stored(False, None)


def _create(write: Write, copy: Copy | None, sent: Sent, body: bytes) -> Outcome:
    office, proposal = write.office, write.proposal
    if failed := uid_conflict(
        office.tx, office.org, proposal.collection.id, sent.document.uid, proposal.href
    ):
        return failed
    if sent.document.master is None:
        raise bad_object("The event has no main component, only changed occurrences.")
    check_occurs(sent.document)
    owner = proposal.collection.owner
    practice = office.records_of(owner)
    named = sent.document.master.marks.get("ID", "")
    delivered = isinstance(proposal, Put) and proposal.delivered
    like = sessions.get(office.tx, office.org, named) if named and not delivered else None
    if like and (dates := dated.added(like, sent.document, owner, practice, office.policy)):
        return _add_dates(write, copy, like, sent, dates, body)
    known = replace(practice, clients={}) if delivered else practice
    session = recognize(sent.document, known, office.policy, owner, write.now, str(uuid.uuid4()))
    second = hold.second_half(office, session, named, write.asked, practice, write.now)
    session, beside = (second.new, second.beside) if second else (session, NOTHING)
    personal = merge({}, sent.personal, _as_copied(office, session, sent, practice))
    writer = Writer(
        collection=proposal.collection.id,
        uid=sent.document.uid,
        href=proposal.href,
        personal=personal,
        tombstone=copy,
    )
    decided = decide(office, None, (Create(session),), write.asked, practice, write.now, writer, beside)
    if isinstance(decided.verdict, Rejected):
        return turned_away(write, copy, sent.document.uid, decided, fingerprint(body))
    along = hold.keep(office, second, practice, decided.number, write.now) if second else ()
    return replace(_stored(write, decided, sent.document.uid, created=True, body=body), along=along)


def _as_copied(office: Office, session: Session, sent: Sent, practice: Practice) -> Document | None:
    """What we would have shown of an event that is a copy of one of ours: our colour in it isn't its
    user's own."""
    mark = sent.document.master.marks.get("STATUS", "") if sent.document.master else ""
    if mark not in set(Status):
        return None
    shown = show(replace(session, status=Status(mark)), practice, office.policy, office.policy.own_title)
    return next(iter(shown.values()), None)


def remove(office: Office, proposal: Remove, now: datetime, copy: Copy | None) -> Outcome:
    """A DELETE: judged as a delete and as a cancel (section 12, Verbs)."""
    write = Write(office, proposal, now)
    session = sessions.get(office.tx, office.org, copy.session_id) if copy and copy.session_id else None
    if copy is None or copy.gone or session is None:
        return Failed(404, "There is no such event.")
    if failed := unmet(copy, proposal.if_match, proposal.if_none_match):
        return failed
    practice = office.records(session)
    changes = dated.removed(session, copy, office.policy)
    decided = decide(office, session, changes, write.asked, practice, now)
    if isinstance(decided.verdict, Rejected):
        return bounced(write, copy, session, practice, decided, fingerprint(_DELETE))
    if isinstance(changes[0], Hide):
        publish.hide(office, copy, decided.number, now)
    return Removed()


def _stored(write: Write, decided: Decided, uid: str, *, created: bool, body: bytes) -> Stored:
    assert isinstance(decided.verdict, Allowed)
    copy = (decided.copies or {}).get(uid)
    if copy is None:
        return Stored(created, None)
    if copy.text.encode() == body:
        return Stored(created, copy.etag)
    _stir(write, copy.id)
    return Stored(created, None)


def _stir(write: Write, copy: int) -> None:
    """What was stored differs from what was sent: one more new ETag later, for clients that keep their own
    text until then (KDE, SyncEvolution)."""
    stirs.put(write.office.tx, write.office.org, copy, int(write.now.timestamp()) + STIR_SECONDS)
