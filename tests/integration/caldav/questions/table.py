"""Questions about the protocol that a CalDAV server should answer right, and the test that asks each.

All of them are known to be answered wrong by a server in use. `python -m
tests.integration.caldav.questions.table` writes the table into docs/conformance.md.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

HERE = Path(__file__).parent
PAGE = HERE.parents[3] / "docs" / "conformance.md"
BEGIN, END = "<!-- questions: generated -->\n", "<!-- questions: end -->\n"

QUESTIONS: dict[str, str] = {
    "options: no class 2 without LOCK": "RFC 4918 18.2",
    "copy: an object can be copied": "RFC 4918 9.8",
    "get: a conditional GET answers 304": "RFC 9110 13.1.2",
    "feed: a conditional GET on a calendar answers 304": "RFC 9110 13.1.2",
    "put: a strong ETag only for the bytes that were sent": "RFC 4791 5.3.4",
    "put: what is no iCalendar is named": "RFC 4791 5.3.2.1, valid-calendar-data",
    "put: another media type is named": "RFC 4791 5.3.2.1, supported-calendar-data",
    "put: a METHOD is named": "RFC 4791 4.1, valid-calendar-object-resource",
    "put: two UIDs in one object are named": "RFC 4791 4.1, valid-calendar-object-resource",
    "put: a component that is not taken is named": "RFC 4791 5.3.2.1, supported-calendar-component",
    "put: a UID conflict names the resource": "RFC 4791 5.3.2.1, no-uid-conflict",
    "put: If-None-Match with the current ETag refuses": "RFC 9110 13.1.2",
    "put: If-Match with a list of ETags": "RFC 9110 13.1.1",
    "put: a calendar is not replaced by a PUT to its address": "RFC 4918 9.7.2",
    "put: Prefer: return=representation": "RFC 7240 4.2, RFC 8144 3",
    "put: a byte order mark is tolerated": "RFC 3629 6",
    "put: invalid UTF-8 is refused": "RFC 4791 5.3.2.1, valid-calendar-data",
    "put: too large an object is named": "RFC 4791 5.2.5, max-resource-size",
    "round trip: a URI with a comma survives": "RFC 5545 3.3.13",
    "round trip: RDATE with periods": "RFC 5545 3.8.5.2",
    "round trip: a recurring VTODO without DTSTART": "RFC 5545 3.6.2",
    "round trip: a VFREEBUSY is kept or refused by name": "RFC 4791 4.1, supported-calendar-component",
    "mkcalendar: not inside a calendar": "RFC 4791 5.3.1.2, calendar-collection-location-ok",
    "mkcalendar: all or nothing": "RFC 4791 5.3.1",
    "mkcalendar: an invalid calendar-timezone is refused": "RFC 4791 5.3.1.2, valid-calendar-data",
    "proppatch: a protected property is refused in its propstat": "RFC 4918 9.2, 15",
    "proppatch: all or nothing": "RFC 4918 9.2",
    "proppatch: removing resourcetype does no harm": "RFC 4918 15.9",
    "proppatch: setting resourcetype does no harm": "RFC 4918 15.9",
    "proppatch: a dead property keeps its XML children": "RFC 4918 4.3",
    "proppatch: xml:lang is kept": "RFC 4918 4.3",
    "proppatch: a property in no namespace": "RFC 4918 9.2",
    "proppatch: an invalid calendar-timezone is refused": "RFC 4791 5.2.2",
    "proppatch: on an object each property has its answer": "RFC 4918 9.2",
    "propfind: another root element is a client's mistake": "RFC 4918 9.1",
    "propfind: Depth infinity is refused by name": "RFC 4918 9.1, propfind-finite-depth",
    "propfind: Prefer: return=minimal leaves out what is not there": "RFC 8144 2.1",
    "propfind: supported-calendar-data": "RFC 4791 5.2.4",
    "propfind: supported-collation-set": "RFC 4791 7.5.1",
    "propfind: a principal has a displayname": "RFC 3744 4",
    "propfind: a mailto address of the principal": "RFC 6638 2.4.1",
    "propfind: the home set is right in a Depth 1 listing": "RFC 4791 6.2.1",
    "report: expand-property works": "RFC 3253 3.8",
    "report: principal-property-search works": "RFC 3744 9.4",
    "report: principal-search-property-set works": "RFC 3744 9.5",
    "sync: an empty prop still lists the members": "RFC 6578 3.2",
    "sync: the first one leaves out what was deleted": "RFC 6578 3.4",
    "sync: a limit is honoured": "RFC 6578 3.7",
    "sync: an invalid sync-level is 400": "RFC 6578 6.3",
    "query: partial calendar-data": "RFC 4791 9.6.1, 9.6.4",
    "query: limit-recurrence-set": "RFC 4791 9.6.6",
    "query: an all-day event is in the calendar's time zone": "RFC 4791 9.9, 5.2.2",
    "query: a floating event is in the request's time zone": "RFC 4791 9.8",
    "query: an unknown collation is named": "RFC 4791 7.5, supported-collation",
    "query: an invalid filter is named": "RFC 4791 7.8, valid-filter",
    "query: a time-range without ends is refused": "RFC 4791 9.9",
    "query: param-filter on TZID": "RFC 4791 9.7.3",
    "query: VALARM is-not-defined": "RFC 4791 9.7.4",
    "query: an alarm that repeats": "RFC 4791 9.9",
    "query: an alarm relative to the end": "RFC 4791 9.9",
    "query: two prop-filters hold in the same component": "RFC 4791 9.7.1",
    "query: Depth infinity on the calendar home": "RFC 4791 7.8",
    "query: other live properties than ETag and data": "RFC 4791 7.8",
    "query: an override of this and future moves the later instances": "RFC 5545 3.8.4.4",
    "multiget: objects of two calendars on the home": "RFC 4791 7.9",
    "expand: an event with a TZID that does not recur is in UTC": "RFC 4791 9.6.5",
    "expand: RDATE without RRULE": "RFC 4791 9.6.5",
    "expand: an object with only an override": "RFC 4791 4.1, 9.6.5",
    "expand: an override that moved out of the range": "RFC 4791 9.6.5",
    "expand: an instance that begins at the end of the range": "RFC 4791 9.9",
    "expand: a recurring VTODO": "RFC 4791 9.6.5",
    "freebusy: the reply is text/calendar with a DTSTAMP": "RFC 4791 7.10",
    "freebusy: the reply has a UID": "RFC 5545 3.6.4",
    "freebusy: cancelled and transparent events are left out": "RFC 4791 7.10",
    "freebusy: of the calendar home": "RFC 4791 7.10",
    "freebusy: schedule-calendar-transp can be set": "RFC 6638 9.1",
    "freebusy: a request to the outbox": "RFC 6638 5",
    "zones: a custom TZID means what its own object says": "RFC 5545 3.2.19",
    "zones: an object does not redefine a well-known zone": "RFC 7809 3.1.1",
}
"""Question -> where it is settled."""


def asked() -> Iterator[tuple[str, str]]:
    """(question, test id) of every test here that asks one, marked with `pytest.mark.question`."""
    for path in sorted(HERE.glob("test_*.py")):
        module = importlib.import_module(f"tests.integration.caldav.questions.{path.stem}")
        for name, value in vars(module).items():
            if isinstance(value, FunctionType):
                for mark in getattr(value, "pytestmark", ()):
                    if mark.name == "question":
                        yield mark.args[0], f"questions/{path.name}::{name}"


def markdown() -> str:
    """The table as it stands in docs/conformance.md."""
    tests = dict(asked())
    lines = ["| Question | Clause | Test |", "| --- | --- | --- |"]
    lines += [f"| {question} | {clause} | `{tests[question]}` |" for question, clause in QUESTIONS.items()]
    return "\n".join(lines) + "\n"


def written(page: str) -> str:
    """The page with the table as it is now."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}{markdown()}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
