"""What a refused write leaves at its place (section 12, Bounce): the viewer's copy with the reason; of an
event that was never taken, a tombstone."""

from __future__ import annotations

from calgate.domain.practice import Practice
from calgate.domain.session import Session
from calgate.domain.verdict import Rejected
from calgate.gate import publish
from calgate.gate.decide import Decided
from calgate.gate.values import Refusal
from calgate.gate.write import Write
from calgate.store import bounces, resources
from calgate.store.resources import Copy

BOUNCE_SECONDS = 60


def bounced(
    write: Write, copy: Copy, session: Session, practice: Practice, decided: Decided, body_hash: str
) -> Refusal:
    """Refused: the viewer's copy gets a new ETag and says why, once a minute for the same body."""
    if copy.gone:
        return turned_away(write, copy, copy.uid, decided, body_hash)
    refusal = _refusal(decided)
    if not _repeated(write, body_hash):
        sentence = refusal.first.sentence
        publish.bounce(write.office, copy, session, practice, sentence, decided.number, write.now)
    return refusal


def _refusal(decided: Decided) -> Refusal:
    assert isinstance(decided.verdict, Rejected)
    return Refusal(decided.verdict.first, decided.number)


def _repeated(write: Write, body_hash: str) -> bool:
    """Whether this body was refused at this address within the last minute; remembers it otherwise."""
    at = int(write.now.timestamp())
    where = (write.office.tx, *write.place, body_hash)
    if bounces.recently(*where, since=at - BOUNCE_SECONDS):
        return True
    bounces.record(*where, at=at)
    return False


def turned_away(write: Write, copy: Copy | None, uid: str, decided: Decided, body_hash: str) -> Refusal:
    """A refused creation is listed as removed: whoever keeps the refused event drops it at the next sync."""
    if not _repeated(write, body_hash):
        tombstone = _tombstone(write, copy, uid, decided.number)
        resources.put(write.office.tx, write.office.org, tombstone)
    return _refusal(decided)


def _tombstone(write: Write, copy: Copy | None, uid: str, number: int) -> Copy:
    """What is listed as removed: what is left of an earlier object at this place, or a new one."""
    at = int(write.now.timestamp())
    if copy is not None:
        return copy._replace(number=number, modified_at=at)
    return Copy(
        id=publish.next_id(write.office), collection_id=write.proposal.collection.id,
        href=write.proposal.href, uid=uid, component="VEVENT", session_id=None, etag="", number=number,
        size=0, modified_at=at, gone=True, indexed_until=None, hidden=False, sequence=0, sequence_floor=0,
        text="", personal="", notice=None,
    )  # fmt: skip
