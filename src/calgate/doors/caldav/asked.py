"""What the body of a calendar REPORT asks for, as values (RFC 4791 sections 9.5 to 9.9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from calgate.doors.caldav import property_values as values
from calgate.doors.caldav.settable import timezone_name
from calgate.doors.caldav.xml import caldav, dav
from calgate.ical.filters import (
    COLLATIONS,
    CompFilter,
    ParamFilter,
    PropFilter,
    TextMatch,
    TimeRange,
)
from calgate.ical.select import Selection
from calgate.ical.zones import named

DATA = caldav("calendar-data")
_VALID_FILTER = caldav("valid-filter")
_RANGED = frozenset({"VCALENDAR", "VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VALARM"})
_DATED = frozenset(
    {
        "COMPLETED",
        "CREATED",
        "DTEND",
        "DTSTAMP",
        "DTSTART",
        "DUE",
        "LAST-MODIFIED",
        "RECURRENCE-ID",
        "TRIGGER",
    }
)
_INNER = {
    "VCALENDAR": frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY"}),
    "VEVENT": frozenset({"VALARM", "PARTICIPANT", "VLOCATION", "VRESOURCE"}),
    "VTODO": frozenset({"VALARM", "PARTICIPANT", "VLOCATION", "VRESOURCE"}),
    "VTIMEZONE": frozenset({"STANDARD", "DAYLIGHT"}),
}


class BadReport(Exception):
    """A body that breaks the DTD (400) or a precondition of the report (403, Clark name)."""

    def __init__(self, sentence: str, precondition: str | None = None) -> None:
        super().__init__(sentence)
        self.precondition = precondition


@dataclass(frozen=True, slots=True)
class Data:
    """C:calendar-data: everything, or part of it (RFC 4791 section 9.6)."""

    selection: Selection | None = None
    expand: TimeRange | None = None
    limit: TimeRange | None = None

    @property
    def whole(self) -> bool:
        return self.selection is None and self.expand is None and self.limit is None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The properties to answer, in order, calendar-data among them; `data` says which of it."""

    names: tuple[str, ...] = ()
    data: Data | None = None


def wanted(root: Element) -> Wanted:
    """DAV:prop, DAV:allprop or DAV:propname of a report."""
    prop = root.find(dav("prop"))
    if prop is None:
        everything = root.find(dav("allprop")) is not None or root.find(dav("propname")) is not None
        return Wanted(tuple(sorted(values.IN_ALLPROP))) if everything else Wanted()
    data = prop.find(DATA)
    names = tuple(dict.fromkeys(child.tag for child in prop))
    return Wanted(names, None if data is None else _data(data))


def _data(node: Element) -> Data:
    kind, version = node.get("content-type", "text/calendar"), node.get("version", "2.0")
    if kind.partition(";")[0].strip().lower() != "text/calendar" or version != "2.0":
        raise BadReport("Calendar data comes as text/calendar 2.0 only.", caldav("supported-calendar-data"))
    comp, expand, limit = (node.find(caldav(name)) for name in ("comp", "expand", "limit-recurrence-set"))
    if expand is not None and limit is not None:
        raise BadReport("Ask for either C:expand or C:limit-recurrence-set.")
    return Data(
        None if comp is None else _selection(comp),
        None if expand is None else closed_range(expand),
        None if limit is None else closed_range(limit),
    )


def _selection(node: Element) -> Selection:
    comps = [_selection(child) for child in node.iterfind(caldav("comp"))]
    props = [
        (child.get("name", "").upper(), child.get("novalue") == "yes")
        for child in node.iterfind(caldav("prop"))
    ]
    # Nothing inside means everything, as RFC 4791 section 7.8.1 shows for VTIMEZONE.
    all_props = node.find(caldav("allprop")) is not None or len(node) == 0
    all_comps = node.find(caldav("allcomp")) is not None or len(node) == 0
    return Selection(_name(node), None if all_props else tuple(props), None if all_comps else tuple(comps))


# ---- filters ----------------------------------------------------------------------------------------------


def calendar_filter(root: Element) -> CompFilter:
    """The filter of a calendar-query; BadReport with C:valid-filter or C:supported-collation."""
    node = root.find(caldav("filter"))
    if node is None:
        raise BadReport("A calendar-query needs a C:filter.")
    children = list(node)
    if len(children) != 1 or children[0].tag != caldav("comp-filter"):
        raise _invalid("A C:filter holds one C:comp-filter.")
    found = _comp_filter(children[0])
    if found.name != "VCALENDAR":
        raise _invalid("The outermost C:comp-filter must be VCALENDAR.")
    return found


def _comp_filter(node: Element) -> CompFilter:
    name = _name(node)
    absent, time_range = False, None
    props: list[PropFilter] = []
    comps: list[CompFilter] = []
    for child in node:
        if child.tag == caldav("is-not-defined"):
            absent = True
        elif child.tag == caldav("time-range") and time_range is None and name in _RANGED:
            time_range = open_range(child)
        elif child.tag == caldav("prop-filter"):
            props.append(_prop_filter(child))
        elif child.tag == caldav("comp-filter"):
            comps.append(_comp_filter(child))
        else:
            raise _invalid(f"C:{_local(child)} can't stand in the C:comp-filter of {name}.")
    if absent and len(node) > 1:
        raise _invalid("C:is-not-defined stands alone.")
    allowed = _INNER.get(name, frozenset())
    if wrong := [comp.name for comp in comps if comp.name not in allowed and not comp.name.startswith("X-")]:
        raise _invalid(f"{wrong[0]} can't stand in {name}.")
    return CompFilter(name, absent, time_range, tuple(props), tuple(comps))


def _prop_filter(node: Element) -> PropFilter:
    name = _name(node)
    absent, time_range, match = False, None, None
    params: list[ParamFilter] = []
    for child in node:
        if child.tag == caldav("is-not-defined"):
            absent = True
        elif child.tag == caldav("time-range") and time_range is None and match is None and name in _DATED:
            time_range = open_range(child)
        elif child.tag == caldav("text-match") and time_range is None and match is None:
            match = _text_match(child)
        elif child.tag == caldav("param-filter"):
            params.append(_param_filter(child))
        else:
            raise _invalid(f"C:{_local(child)} can't stand in the C:prop-filter of {name}.")
    if absent and len(node) > 1:
        raise _invalid("C:is-not-defined stands alone.")
    return PropFilter(name, absent, time_range, match, tuple(params))


def _param_filter(node: Element) -> ParamFilter:
    children = list(node)
    if not children:
        return ParamFilter(_name(node))
    if len(children) > 1:
        raise _invalid("A C:param-filter holds one condition.")
    if children[0].tag == caldav("is-not-defined"):
        return ParamFilter(_name(node), absent=True)
    if children[0].tag == caldav("text-match"):
        return ParamFilter(_name(node), match=_text_match(children[0]))
    raise _invalid(f"C:{_local(children[0])} can't stand in a C:param-filter.")


def _text_match(node: Element) -> TextMatch:
    collation = node.get("collation", "i;ascii-casemap")
    if collation == "default":
        collation = "i;ascii-casemap"
    if collation not in COLLATIONS:
        raise BadReport(f"The collation {collation} is not known here.", caldav("supported-collation"))
    negate = node.get("negate-condition", "no")
    if negate not in ("yes", "no"):
        raise _invalid("negate-condition is yes or no.")
    return TextMatch(node.text or "", collation, negate == "yes")


# ---- times ------------------------------------------------------------------------------------------------


def open_range(node: Element) -> TimeRange:
    """C:time-range with one end at least (RFC 4791 section 9.9)."""
    start, end = _moment(node.get("start")), _moment(node.get("end"))
    if start is None and end is None:
        raise _invalid("A C:time-range needs a start or an end.")
    if start is not None and end is not None and start >= end:
        raise _invalid("The end of a range must be after its start.")
    return TimeRange(start, end)


def closed_range(node: Element) -> TimeRange:
    """A range with both ends, as C:expand has; BadReport (400) otherwise."""
    try:
        found = open_range(node)
    except BadReport as fault:
        raise BadReport(str(fault)) from None
    if found.start is None or found.end is None:
        raise BadReport(f"C:{_local(node)} needs a start and an end.")
    return found


def _moment(value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        return datetime.strptime(value.strip(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise _invalid(f"{value} is not a UTC time such as 20260302T090000Z.") from None


def zone(root: Element) -> ZoneInfo | None:
    """The time zone that the request brings for floating times: C:timezone, or C:timezone-id (RFC 7809)."""
    name = root.findtext(caldav("timezone-id"))
    if name is not None:
        found = named(name)
        if found is None:
            raise BadReport("The C:timezone-id is not known here.", caldav("valid-timezone"))
        return found
    text = root.findtext(caldav("timezone"))
    if text is None:
        return None
    key = _zone_name(text)
    if key is None:
        raise BadReport("C:timezone must hold one VTIMEZONE.", caldav("valid-calendar-data"))
    return ZoneInfo(key)


_zone_name = lru_cache(maxsize=16)(timezone_name)


def _name(node: Element) -> str:
    name = node.get("name", "").strip().upper()
    if not name:
        raise _invalid(f"C:{_local(node)} needs a name.")
    return name


def _local(node: Element) -> str:
    return node.tag.rpartition("}")[2]


def _invalid(sentence: str) -> BadReport:
    return BadReport(sentence, _VALID_FILTER)
