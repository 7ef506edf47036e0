"""From a document to the text that one viewer is served: deterministic, CRLF, folded (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from zoneinfo import ZoneInfo

from calgate.domain.event import Document, Event
from calgate.domain.when import When, elapsed, key
from calgate.ical.personal import CALENDAR, MARK, Personal, categories, groups
from calgate.ical.text import PRODID, escape, fold, parameter
from calgate.ical.zones import vtimezone

_UTC_KEYS = frozenset({"UTC", "Etc/UTC"})


def write(document: Document, personal: Personal, stamp: datetime, prodid: str = PRODID) -> str:
    """One calendar object. `stamp` (aware) becomes DTSTAMP and LAST-MODIFIED.

    An override without lines of its own in `personal` takes the master's, so that an occurrence which the
    practice moved keeps the viewer's alarms; a cancelled one does not ring.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{prodid}", "CALSCALE:GREGORIAN"]
    lines += personal.get(CALENDAR, ())
    zones: dict[str, ZoneInfo] = {}
    events: list[str] = []
    said: dict[object, str] = {}
    at = _utc(stamp)
    for event in document.events:
        events += _event(document, event, at, _own(event, personal), zones, said)
    text = "".join(map(fold, lines)) + "".join(vtimezone(zones[each]) for each in sorted(zones))
    return text + "".join(events) + "END:VCALENDAR\r\n"


def restamped(text: str, new: tuple[int, datetime], old: tuple[int, datetime]) -> str:
    """What `write` gave for the SEQUENCE and stamp of `new`, as it would be for those of `old`."""
    return text.replace(_version(*new), _version(*old))


def _version(sequence: int, stamp: datetime) -> str:
    """The lines of every component that tell which version of the object it is."""
    at = _utc(stamp)
    return f"DTSTAMP:{at}\r\nLAST-MODIFIED:{at}\r\nSEQUENCE:{sequence}\r\n"


def _own(event: Event, personal: Personal) -> Sequence[str]:
    """The viewer's lines of one component."""
    if event.recurrence_id is None:
        return personal.get("", ())
    own = personal.get(key(event.recurrence_id))
    if own is not None:
        return own
    if event.status != "CANCELLED":
        return personal.get("", ())
    return [line for name, block in groups(personal.get("", ())) if name != "VALARM" for line in block]


def _event(
    document: Document,
    event: Event,
    at: str,
    own: Sequence[str],
    zones: dict[str, ZoneInfo],
    said: dict[object, str],
) -> Iterator[str]:
    """The folded lines. `said` keeps the texts: most overrides of a long series say the same."""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{escape(document.uid)}",
        f"DTSTAMP:{at}",
        f"LAST-MODIFIED:{at}",
        f"SEQUENCE:{document.sequence}",
    ]
    if event.recurrence_id is not None:
        lines.append(_when("RECURRENCE-ID", event.recurrence_id, zones))
    lines.append(_when("DTSTART", event.start, zones))
    lines += _end(event, zones)
    if event.rrule:
        lines.append(f"RRULE:{event.rrule}")
    lines += _dates("RDATE", event.rdates, event.start, zones)
    lines += _dates("EXDATE", event.exdates, event.start, zones)
    yield from map(fold, lines)
    content = (*_content(event), *event.marks.items())
    if content not in said:
        said[content] = "".join(map(fold, _texts(event)))
    yield said[content]
    properties, blocks = _personal(event, own)
    yield from map(fold, (*properties, *blocks, "END:VEVENT"))


_content = attrgetter(
    "summary", "description", "location", "comment", "url", "conference", "status_stated", "status",
    "transparent", "private", "related",
)  # fmt: skip
"""All that _texts writes, besides the marks."""


def _texts(event: Event) -> Iterator[str]:
    for name, text in (
        ("SUMMARY", event.summary),
        ("DESCRIPTION", event.description),
        ("LOCATION", event.location),
        ("COMMENT", event.comment),
    ):
        if text:
            yield f"{name}:{escape(text)}"
    if event.url:
        yield f"URL:{_uri(event.url)}"
    if event.conference:
        yield f"CONFERENCE;VALUE=URI;FEATURE=VIDEO:{_uri(event.conference)}"
    if event.status_stated:
        yield f"STATUS:{event.status}"
    yield f"TRANSP:{'TRANSPARENT' if event.transparent else 'OPAQUE'}"
    yield f"X-MICROSOFT-CDO-BUSYSTATUS:{_busy(event)}"
    if event.private:
        yield "CLASS:PRIVATE"
    for relation, uid in event.related:
        yield f"RELATED-TO;RELTYPE={parameter(relation)}:{escape(uid)}"
    for name in sorted(event.marks):
        yield f"{MARK}{name}:{escape(event.marks[name])}"


def _busy(event: Event) -> str:
    if event.transparent or event.status == "CANCELLED":
        return "FREE"
    return "TENTATIVE" if event.status == "TENTATIVE" else "BUSY"


def _personal(event: Event, own: Sequence[str]) -> tuple[list[str], list[str]]:
    """CATEGORIES and COLOR, ours and the viewer's, and the rest of the viewer's lines; blocks come last."""
    if not own:
        names, color = [escape(each) for each in event.categories], event.color
        lines = [f"CATEGORIES:{','.join(names)}"] if names else []
        return [*lines, *([f"COLOR:{escape(color)}"] if color else [])], []
    named, colored = list(event.categories), False
    plain: list[str] = []
    blocks: list[str] = []
    known = {each.casefold() for each in named}
    for name, block in groups(own):
        if name == "CATEGORIES":
            for each in categories(block):
                if each.casefold() not in known:
                    known.add(each.casefold())
                    named.append(each)
        elif len(block) > 1:
            blocks += block
        else:
            colored = colored or name == "COLOR"
            plain += block
    head = [f"CATEGORIES:{','.join(map(escape, named))}"] if named else []
    if event.color and not colored:
        head.append(f"COLOR:{escape(event.color)}")
    return head + plain, blocks


def _utc(when: datetime) -> str:
    at = when.astimezone(UTC)
    return f"{at.year:04d}{at.month:02d}{at.day:02d}T{at.hour:02d}{at.minute:02d}{at.second:02d}Z"


def _when(name: str, when: When, zones: dict[str, ZoneInfo]) -> str:
    params, value = _value(when, zones)
    return f"{name}{params}:{value}"


def _end(event: Event, zones: dict[str, ZoneInfo]) -> Iterator[str]:
    """DTEND; or DURATION for an end in the second of two equal hours, which no wall clock tells; nothing for
    an event of no length, since DTEND is later than DTSTART (RFC 5545 section 3.8.2.2)."""
    end = event.end
    length = elapsed(event.start, end)
    if not length:
        return
    if isinstance(end, datetime) and end.fold and end.utcoffset() != end.replace(fold=0).utcoffset():
        yield f"DURATION:PT{int(length.total_seconds())}S"
    else:
        yield _when("DTEND", end, zones)


def _value(when: When, zones: dict[str, ZoneInfo]) -> tuple[str, str]:
    """The parameters and the value of a time; the zone is noted as used."""
    day = f"{when.year:04d}{when.month:02d}{when.day:02d}"
    if not isinstance(when, datetime):
        return ";VALUE=DATE", day
    clock = f"T{when.hour:02d}{when.minute:02d}{when.second:02d}"
    zone = when.tzinfo
    if not isinstance(zone, ZoneInfo) or zone.key in _UTC_KEYS:
        return "", _utc(when)
    zones[zone.key] = zone
    return f";TZID={zone.key}", day + clock


def _dates(name: str, dates: Sequence[When], start: When, zones: dict[str, ZoneInfo]) -> list[str]:
    """One line for all dates, in the type and zone of DTSTART."""
    if not dates:
        return []
    values: list[str] = []
    params = ""
    zone = start.tzinfo if isinstance(start, datetime) else None
    for each in dates:
        if isinstance(each, datetime) and zone is not None and each.tzinfo is not zone:
            each = each.astimezone(zone)
        params, value = _value(each, zones)
        values.append(value)
    return [f"{name}{params}:{','.join(values)}"]


def _uri(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")
