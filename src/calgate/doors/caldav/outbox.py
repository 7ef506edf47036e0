"""POST to the scheduling outbox: when are these people busy? (RFC 6638 section 5)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from calgate.domain.freebusy import Busy
from calgate.doors.caldav import refusals, xml
from calgate.doors.caldav.request import Request
from calgate.doors.caldav.xml import XML_TYPE, Answer, caldav, text
from calgate.gate.values import MAX_ATTENDEES, OUTBOX
from calgate.ical.errors import BadCalendar
from calgate.ical.freebusy import vfreebusy
from calgate.ical.lookup import Lookup, NoLookup, lookup
from calgate.ical.meetings import Party

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

_NOTHING_POSTED = "Only the scheduling outbox takes a POST."
_ALLOW = "OPTIONS, PROPFIND, REPORT"
_SUCCESS = "2.0;Success"
_SAID = {
    "3.7": "3.7;Invalid calendar user",
    "5.1": "5.1;Nothing is delivered outside of the organization",
}


def post(gate: Gate, request: Request) -> Answer:
    """200 with a CALDAV:schedule-response: an answer for each recipient, in the order of the request."""
    if request.path[1:] != (OUTBOX,):
        return refusals.method_not_allowed(_NOTHING_POSTED, _ALLOW)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "text/calendar":
        return refusals.precondition(caldav("supported-calendar-data"), "Only text/calendar is taken here.")
    try:
        asked = lookup(request.body)
    except BadCalendar as fault:
        return refusals.precondition(caldav("valid-calendar-data"), fault.sentence)
    except NoLookup as fault:
        return refusals.precondition(caldav("valid-scheduling-message"), str(fault))
    if len(asked.attendees) > MAX_ATTENDEES:
        sentence = f"A request can name {MAX_ATTENDEES} people."
        return refusals.precondition(caldav("max-attendees-per-instance"), sentence)
    people = gate.addressed(request.principal.org, [asked.organizer.address, *_addresses(asked)])
    if people[asked.organizer.address] != request.principal.person:
        return refusals.precondition(caldav("organizer-allowed"), "The ORGANIZER must be yourself.")
    return _answer(gate, request, asked, people)


def _addresses(asked: Lookup) -> Sequence[str]:
    return [each.address for each in asked.attendees]


def _answer(gate: Gate, request: Request, asked: Lookup, people: Mapping[str, str]) -> Answer:
    """`people`: a person's id, or else a status, by address."""
    wanted = [id_ for address in _addresses(asked) if (id_ := people[address]) not in _SAID]
    busy = gate.busy_of(request.principal.org, wanted, asked.start, asked.end, with_hours=True)
    inner = "".join(_response(request, asked, each, people[each.address], busy) for each in asked.attendees)
    return Answer(200, {"Content-Type": XML_TYPE}, xml.document("C:schedule-response", inner))


def _response(
    request: Request, asked: Lookup, who: Party, person: str, busy: Mapping[str, Sequence[Busy]]
) -> str:
    recipient = f"<C:recipient><D:href>{text(who.address)}</D:href></C:recipient>"
    if person not in busy:
        status = _SAID.get(person, _SAID["3.7"])
        return f"<C:response>{recipient}<C:request-status>{status}</C:request-status></C:response>"
    data = vfreebusy(
        busy[person],
        asked.start,
        asked.end,
        request.received,
        asked.uid,
        method="REPLY",
        organizer=asked.organizer.address,
        attendee=who.line,
    )
    return (
        f"<C:response>{recipient}<C:request-status>{_SUCCESS}</C:request-status>"
        f"<C:calendar-data>{text(data)}</C:calendar-data></C:response>"
    )
