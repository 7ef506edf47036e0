"""PROPPATCH (RFC 4918 section 9.2): all or nothing, each refusal inside the 207."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from calgate.doors.caldav import home_properties, refusals, xml
from calgate.doors.caldav.mailboxes import with_default_checked
from calgate.doors.caldav.request import Request
from calgate.doors.caldav.settable import AVAILABILITY, Problem, Wishes, fitting, wishes, without_availability
from calgate.doors.caldav.xml import Answer, dav
from calgate.gate.conditions import unmet_by
from calgate.gate.values import Collection, Failed, Refusal, SetAvailability, SetProperties

if TYPE_CHECKING:
    from calgate.gate.gate import Gate


def proppatch(gate: Gate, request: Request) -> Answer:
    """207 with the fate of each property, 400 for a body that is no DAV:propertyupdate."""
    try:
        asked = _read(request.body)
    except xml.BadXml as fault:
        return refusals.bad_xml(fault)
    match request.path:
        case ():
            return _unmet(request, None) or _answer(request.at, _all_refused(asked))
        case (_,):
            return _unmet(request, None) or _on_home(gate, request, asked)
        case (_, slug):
            collection = gate.collection(request.principal, slug)
            if collection is None:
                return refusals.not_found()
            return _unmet(request, collection.ctag) or _on_calendar(gate, request, collection, asked)
        case (_, slug, href):
            collection = gate.collection(request.principal, slug)
            found = gate.resource(collection, href) if collection is not None else None
            if found is None:
                return refusals.not_found()
            return _unmet(request, found.etag) or _answer(request.at, _all_refused(asked))
    return refusals.not_found()


def _unmet(request: Request, etag: str | None) -> Answer | None:
    """412 for what was changed since its client read it (RFC 9110 section 13.1), or has no ETag. Of a
    calendar the gate asks again, together with the change."""
    failed = unmet_by(etag, request.if_match, request.if_none_match)
    return refusals.failed(failed, request.at) if failed else None


def _read(body: bytes) -> Wishes:
    root = xml.parse(body)
    if root.tag != dav("propertyupdate"):
        raise xml.BadXml("The body of a PROPPATCH must be a DAV:propertyupdate element.")
    asked = wishes(_instructions(root))
    if not asked.names:
        raise xml.BadXml("The PROPPATCH names no property.")
    return asked


def _instructions(root: Element) -> Iterable[Element]:
    for child in root:
        if child.tag in (dav("set"), dav("remove")):
            if xml.XML_LANG in root.attrib and xml.XML_LANG not in child.attrib:
                child.set(xml.XML_LANG, root.attrib[xml.XML_LANG])
            yield child


def _all_refused(asked: Wishes) -> Wishes:
    """Objects and the root keep no properties of a client's own."""
    return Wishes({}, (), {name: Problem(403, refusals.PROTECTED) for name in asked.names})


def _on_home(gate: Gate, request: Request, asked: Wishes) -> Answer:
    calendars = gate.collections(request.principal)
    asked = fitting(asked, home_properties.kept_with(calendars))
    if not asked.problems and not home_properties.save(gate, request.principal, calendars, asked):
        return _answer(request.home, _all_refused(asked))
    return _answer(request.home, asked)


def _on_calendar(gate: Gate, request: Request, collection: Collection, asked: Wishes) -> Answer:
    own = {name: kept for name, kept in collection.props.items() if name != home_properties.KEY}
    asked = fitting(asked, own)
    asked = with_default_checked(gate, request, asked) if collection.inbox else without_availability(asked)
    if not asked.problems:
        outcome = gate.submit(_proposal(request, collection, asked))
        if isinstance(outcome, Failed):
            return refusals.failed(outcome, request.of(collection))
        if isinstance(outcome, Refusal):
            return refusals.refused(outcome.first, request.at, "write-properties", request.agent)
    return _answer(request.of(collection), asked)


def _proposal(request: Request, collection: Collection, asked: Wishes) -> SetProperties | SetAvailability:
    properties = SetProperties(
        principal=request.principal,
        collection=collection,
        set=asked.kept,
        remove=asked.dropped,
        sets_zone=asked.sets_zone,
        zone=asked.zone,
        if_match=request.if_match,
        if_none_match=request.if_none_match,
    )
    if AVAILABILITY not in asked.names:
        return properties
    return SetAvailability(principal=request.principal, text=asked.availability, properties=properties)


def _answer(path: str, asked: Wishes) -> Answer:
    return xml.multistatus([xml.response(path, propstats(asked))])


def propstats(asked: Wishes) -> str:
    """200 for all of them, or the problems and 424 for the others."""
    others = [name for name in (*asked.set, *asked.remove) if name not in asked.problems]
    if not asked.problems:
        return xml.propstat("".join(map(xml.empty, others)), 200)
    said = "".join(
        xml.propstat("".join(map(xml.empty, names)), problem.status, problem.error)
        for problem, names in _grouped(asked.problems).items()
    )
    return said + (xml.propstat("".join(map(xml.empty, others)), 424) if others else "")


def _grouped(problems: Mapping[str, Problem]) -> dict[Problem, list[str]]:
    groups: dict[Problem, list[str]] = {}
    for name, problem in problems.items():
        groups.setdefault(problem, []).append(name)
    return groups
