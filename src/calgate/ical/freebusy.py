"""The answer to a free-busy-query: a VFREEBUSY with times and types only (RFC 4791 section 7.10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from typing import Final

from calgate.domain.freebusy import Busy
from calgate.ical.text import PRODID, fold

_PERIODS_PER_LINE: Final = 8


def vfreebusy(
    busy: Sequence[Busy],
    start: datetime,
    end: datetime,
    stamp: datetime,
    uid: str,
    *,
    method: str = "",
    organizer: str = "",
    attendee: str = "",
) -> str:
    """The VCALENDAR of busy times that are merged and lie between start and end; CRLF, folded. `organizer`, a
    URI, goes with a `method`, `attendee`, a whole ATTENDEE line, with an answer (RFC 5546 section 3.3)."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", *([f"METHOD:{method}"] if method else ()),
        "BEGIN:VFREEBUSY", f"UID:{uid}", *([f"ORGANIZER:{organizer}"] if organizer else ()),
        *([fold(attendee).removesuffix("\r\n")] if attendee else ()),
        f"DTSTAMP:{_utc(stamp)}", f"DTSTART:{_utc(start)}", f"DTEND:{_utc(end)}",
        *_periods(busy), "END:VFREEBUSY", "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines)


def _periods(busy: Iterable[Busy]) -> Iterator[str]:
    """Runs of a type as FREEBUSY properties of one folded line each."""
    for kind, run in groupby(busy, key=lambda one: one.type):
        periods = [f"{_utc(one.start)}/{_utc(one.end)}" for one in run]
        for at in range(0, len(periods), _PERIODS_PER_LINE):
            yield f"FREEBUSY;FBTYPE={kind}:" + ",\r\n ".join(periods[at : at + _PERIODS_PER_LINE])


@lru_cache(maxsize=4096)
def _utc(moment: datetime) -> str:
    """Of many people asked about together, most times are others' as well."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return (
        f"{moment.year:04d}{moment.month:02d}{moment.day:02d}T"
        f"{moment.hour:02d}{moment.minute:02d}{moment.second:02d}Z"
    )
