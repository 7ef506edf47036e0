"""The body that a running series was divided for (R-SER-2), which a client may send again without If-Match.

Sent again it is no new change, although it names the past, which its viewer's copy has no more.
"""

from __future__ import annotations

from datetime import datetime

from calgate.domain.session import Session
from calgate.gate.conditions import fingerprint
from calgate.gate.office import Office
from calgate.store import holds
from calgate.store.holds import Hold

RETRY_SECONDS = 86_400
SENT = "sent"


def remember(office: Office, before: Session, after: Session | None, sent: bytes, now: datetime) -> None:
    """After an accepted write; only those that divided a series need it."""
    if after is not None and after.splits > before.splits:
        body = {"hash": fingerprint(sent), "revision": after.revision}
        due = int(now.timestamp()) + RETRY_SECONDS
        holds.put(office.tx, office.org, Hold(SENT, after.id, after.id, body, due))


def is_retry(office: Office, session: Session, sent: bytes) -> bool:
    """Whether the series was divided for this body and has not changed since."""
    known = holds.get(office.tx, office.org, SENT, session.id) if session.splits else None
    return known is not None and known.body == {"hash": fingerprint(sent), "revision": session.revision}
