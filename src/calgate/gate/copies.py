"""Published copies: rendering one viewer's version of a session, storing it, and its rows in the index."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from calgate.domain.event import Document, Event
from calgate.domain.occurring import ALONE
from calgate.domain.recurrence import starts
from calgate.domain.when import TWO_YEARS, elapsed, key
from calgate.gate.read import index_rows
from calgate.gate.reminders import with_own_occurrences
from calgate.ical.inspect import document_entries
from calgate.ical.personal import Personal, dumps, loads
from calgate.ical.write import restamped, write
from calgate.store import Tx, occurrences, organizations, resources
from calgate.store.resources import Copy

HORIZON = TWO_YEARS
"""How far ahead occurrences are indexed; what lies beyond is computed when somebody asks."""
NOTICE_HOURS = timedelta(hours=24)
_USED_HOURS = re.compile(r"X-CALGATE-HOURS-(SCHEDULED|REMAINING):[^\r]*\r\n")
_HOURS = re.compile(r"X-CALGATE-HOURS-[A-Z]+:[^\r]*\r\n")
_ALTERED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
"""What is not read as it was written."""
LONG_AGO = datetime(1900, 1, 3, tzinfo=UTC)
FAR_OFF = datetime(2400, 1, 3, tzinfo=UTC)
"""What does not go on beyond the horizon is indexed up to here: a single event may lie years ahead."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What one copy says beside the session: why the last edit was refused, until when (UTC seconds), and the
    hints of the last accepted one."""

    refusal: str = ""
    until: int = 0
    hints: tuple[str, ...] = ()

    def stored(self) -> dict[str, Any] | None:
        """As the store keeps it; None when there is nothing to say."""
        if not self.refusal and not self.hints:
            return None
        return {"refusal": self.refusal, "until": self.until, "hints": list(self.hints)}


def notice_of(copy: Copy | None) -> Notice:
    """The notice that a copy carries."""
    if copy is None or copy.notice is None:
        return Notice()
    return Notice(copy.notice["refusal"], copy.notice["until"], tuple(copy.notice["hints"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a copy goes: the collection, its href there, and whose session it shows. `zone` is the
    calendar's; what is `held` makes nobody busy."""

    org: str
    collection: int
    href: str
    session: str
    zone: ZoneInfo
    held: bool = False


def store_document(
    tx: Tx,
    place: Place,
    copy: Copy | None,
    document: Document,
    personal: Personal,
    notice: Notice,
    number: int,
    now: datetime,
    *,
    by_viewer: bool = False,
    anew: bool = False,
    changed: Set[str] | None = None,
) -> Copy:
    """Stores the document as the copy at its place, and gives what is stored.

    A copy that would say the same keeps its ETag and number, unless `anew`. `by_viewer`: the viewer's
    own write, which does not make the viewer's other edits stale. `changed`: the only occurrences that are
    not where the copy shows them, if known."""
    document = with_own_occurrences(document, personal)
    sequence = copy.sequence + 1 if copy else 1
    text = write(replace(document, sequence=sequence), personal, stamp=now)
    if copy is not None and not copy.gone and not anew and _same(copy, text, (sequence, now)):
        return copy
    horizon = now + HORIZON
    if copy is None or copy.gone or personal != personal_of(copy):
        changed = None
    if copy is not None and changed is not None:
        indexed_until = copy.indexed_until
    else:
        indexed_until = int(horizon.timestamp()) if _goes_on(document, horizon) else None
    stored = Copy(
        id=copy.id if copy else organizations.next_id(tx, place.org),
        collection_id=place.collection,
        href=place.href,
        uid=document.uid,
        component="VEVENT",
        session_id=place.session,
        etag=etag_of(text),
        number=number,
        size=len(text.encode()),
        modified_at=int(now.timestamp()),
        gone=False,
        hidden=False,
        indexed_until=indexed_until,
        sequence=sequence,
        sequence_floor=copy.sequence_floor if copy and by_viewer else sequence,
        text=text,
        personal=dumps(personal),
        notice=notice.stored(),
    )
    resources.put(tx, place.org, stored, copy)
    _index(tx, place, stored, document, changed, new=copy is None)
    return stored


def _index(
    tx: Tx, place: Place, stored: Copy, document: Document, changed: Set[str] | None, *, new: bool
) -> None:
    """Writes where the occurrences are: all of them, or those that changed."""
    until = FAR_OFF if stored.indexed_until is None else datetime.fromtimestamp(stored.indexed_until, UTC)
    single = changed == {ALONE}
    parts = None if changed is None or single else _parts(document, changed)
    rows = index_rows(document_entries(document, place.zone, LONG_AGO, until, parts))
    if place.held:
        rows = [(*row[:4], "") for row in rows]
    if new:
        occurrences.add(tx, place.org, place.collection, stored.id, rows)
    elif single and len(rows) == 1:
        occurrences.replace_single(tx, place.org, place.collection, stored.id, rows[0])
    else:
        occurrences.replace(tx, place.org, place.collection, stored.id, rows, parts=parts)


def _parts(document: Document, on: Set[str]) -> list[int]:
    """Numbers of the overrides of these occurrences."""
    return [
        number
        for number, each in enumerate(document.overrides, 1)
        if each.recurrence_id is not None and key(each.recurrence_id) in on
    ]


def as_read(copy: Copy, document: Document) -> Document | None:
    """The document, which the session makes today, if it is what the copy's text says, so that the text need
    not be read; hours aside, which are nobody's to change. None when it may say something else."""
    if any(_ALTERED.search(text) for each in document.events for text in _texts(each)):
        return None
    personal = personal_of(copy)
    whole = replace(with_own_occurrences(document, personal), sequence=copy.sequence)
    text = write(whole, personal, stamp=datetime.fromtimestamp(copy.modified_at, UTC))
    return whole if text == _HOURS.sub("", copy.text) else None


def _texts(event: Event) -> tuple[str, ...]:
    return event.summary, event.description, event.location, event.url, event.conference


def personal_of(copy: Copy | None) -> Personal:
    """The viewer's own lines of a copy."""
    return loads(copy.personal) if copy else loads(None)


def etag_of(text: str) -> str:
    """The ETag of a stored text: equal exactly when the bytes are."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def merged_with(personal: Personal, document: Document) -> Mapping[str, tuple[str, ...]]:
    """The sent lines with an empty entry for every sent component that had none, so that alarms taken
    off go."""
    parts = ["" if each.recurrence_id is None else key(each.recurrence_id) for each in document.events]
    return {**dict.fromkeys(parts, ()), **personal}


def _same(copy: Copy, text: str, version: tuple[int, datetime]) -> bool:
    """Whether the copy says the same as a text of that SEQUENCE and stamp. Hours that other sessions have
    used up meanwhile are no news of this one: it tells them when it changes itself, or each write would give
    every session of the week a new ETag."""
    text = restamped(text, version, (copy.sequence, datetime.fromtimestamp(copy.modified_at, UTC)))
    return text == copy.text or _USED_HOURS.sub("", text) == _USED_HOURS.sub("", copy.text)


def _goes_on(document: Document, horizon: datetime) -> bool:
    master = document.master
    if master is None or (master.rrule is None and not master.rdates):
        return False
    since = horizon - elapsed(master.start, master.end)
    return (
        next(starts(master.start, master.rrule, master.rdates, master.exdates, since, None, 1), None)
        is not None
    )
