"""What a VTIMEZONE says: its observances, and the UTC offsets they give (RFC 5545 section 3.6.5).

Used to find the IANA zone that a custom definition means, never to evaluate anybody's times.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dateutil.rrule import rrulestr

from calgate.ical.errors import bad_data
from calgate.ical.lines import Component

MAX_OBSERVANCES = 300
MAX_RULES = 40
MAX_DATES = 2_000

_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?", re.ASCII)
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(Z?)", re.ASCII)
_RULE = re.compile(
    r"FREQ=YEARLY|INTERVAL=1|WKST=[A-Z]{2}|BYMONTH=\d\d?|BYDAY=[+-]?\d?[A-Z]{2}"
    r"|BYMONTHDAY=-?\d\d?(?:,-?\d\d?){0,6}"
)


@dataclass(frozen=True, slots=True)
class Observance:
    """A STANDARD or DAYLIGHT part: wall-clock onsets (naive), the offsets before and after them."""

    onset: datetime
    before: timedelta
    after: timedelta
    rule: str
    until: datetime | None
    until_utc: bool
    dates: tuple[datetime, ...]


def observances(zone: Component) -> list[Observance]:
    """The observances of a VTIMEZONE; BadCalendar when they are unreadable or hostile."""
    parts = [each for each in zone.children if each.name in ("STANDARD", "DAYLIGHT")]
    if not parts:
        raise bad_data("A time zone definition has no STANDARD or DAYLIGHT part.")
    if len(parts) > MAX_OBSERVANCES or sum(len(each.properties) for each in parts) > MAX_DATES:
        raise bad_data("A time zone definition is too large.")
    if sum(each.get("RRULE") is not None for each in parts) > MAX_RULES:
        raise bad_data("A time zone definition has too many rules.")
    return [_observance(each) for each in parts]


def _observance(part: Component) -> Observance:
    onset, _ = _time(part.text("DTSTART"))
    rules = part.all("RRULE")
    if len(rules) > 1:
        raise bad_data("A time zone definition has several rules in one part.")
    rule, until, until_utc = _rule(rules[0].value) if rules else ("", None, False)
    listed = [text for each in part.all("RDATE") for text in each.value.split(",")]
    if len(listed) > MAX_DATES:
        raise bad_data("A time zone definition is too large.")
    dates = tuple(_time(text)[0] for text in listed)
    before, after = _offset(part.text("TZOFFSETFROM")), _offset(part.text("TZOFFSETTO"))
    return Observance(onset, before, after, rule, until, until_utc, dates)


def _time(text: str) -> tuple[datetime, bool]:
    match = _TIME.fullmatch(text.strip())
    try:
        if match:
            return datetime.strptime(text.strip()[:15], "%Y%m%dT%H%M%S"), bool(match[7])  # noqa: DTZ007
    except ValueError:
        pass
    raise bad_data("A time zone definition has a date that cannot be read.")


def _offset(text: str) -> timedelta:
    match = _OFFSET.fullmatch(text.strip())
    if match is None:
        raise bad_data("A time zone definition has an offset that cannot be read.")
    size = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    if size > timedelta(hours=18):
        raise bad_data("A time zone definition has an impossible offset.")
    return -size if match[1] == "-" else size


def _rule(text: str) -> tuple[str, datetime | None, bool]:
    """The rule without UNTIL. Only yearly rules, as real zones have: all others are refused unevaluated."""
    kept, until, utc = [], None, False
    for part in text.upper().strip().rstrip(";").split(";"):
        if part.startswith("UNTIL="):
            value = part[6:]
            until, utc = _time(value if "T" in value else value + "T235959")
        elif _RULE.fullmatch(part):
            kept.append(part)
        else:
            raise bad_data("A time zone definition has a rule that is not supported.")
    if "FREQ=YEARLY" not in kept:
        raise bad_data("A time zone definition has a rule that is not supported.")
    return ";".join(kept), until, utc


def _onsets(part: Observance, since: datetime, until: datetime) -> Iterator[datetime]:
    yield part.onset
    yield from part.dates
    if not part.rule:
        return
    # A yearly rule does not depend on its first year: long ones (Outlook: since 1601) start near the window.
    year = max(part.onset.year, min(since.year, part.until.year if part.until else since.year) - 3)
    day = min(part.onset.day, 28) if part.onset.month == 2 else part.onset.day
    first = part.onset.replace(year=year, day=day) if year > part.onset.year else part.onset
    try:
        found = rrulestr(part.rule, dtstart=first).between(first, until, inc=True)
    except ValueError:
        raise bad_data("A time zone definition has a rule that cannot be read.") from None
    for onset in found:
        limit = onset - part.before if part.until_utc else onset
        if part.until is None or limit <= part.until:
            yield onset


class Offsets:
    """UTC offsets of a definition between two instants (naive UTC)."""

    def __init__(self, parts: Sequence[Observance], since: datetime, until: datetime) -> None:
        """Changes from before `since` count as far as the definition tells them."""
        edge = timedelta(days=2)
        changes = sorted(
            (onset - part.before, part.after, part.before)
            for part in parts
            for onset in set(_onsets(part, since - edge, until + edge))
            if onset.year > 1 and onset < until + edge
        )
        self.changes = [change[0] for change in changes]
        self._after = [change[1] for change in changes]
        self._first = changes[0][2] if changes else parts[0].before

    def at(self, moment: datetime) -> timedelta:
        """The offset in force at a naive UTC time."""
        index = bisect_right(self.changes, moment)
        return self._after[index - 1] if index else self._first


def samples(offsets: Offsets, since: datetime, until: datetime) -> list[tuple[datetime, timedelta]]:
    """Instants (aware UTC) that tell definitions apart: both sides of the changes, then every week."""
    second = timedelta(seconds=1)
    begin = max(since, min(offsets.changes[0], until)) if offsets.changes else since
    moments = [m for change in offsets.changes if begin < change < until for m in (change - second, change)]
    week = begin
    while week <= until:
        moments.append(week)
        week += timedelta(days=7)
    return [(moment.replace(tzinfo=UTC), offsets.at(moment)) for moment in moments]
