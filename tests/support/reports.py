"""A home with plain calendars, and REPORT requests to it, without HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from calgate.doors.caldav.report import report
from calgate.doors.caldav.request import Request
from calgate.gate.gate import Gate
from calgate.gate.keys import Keys
from calgate.gate.values import Collection, MakeCalendar, Principal, Put, Remove, Removed, Resource, Stored
from calgate.store import open_store
from calgate.store.migrations import upgrade

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
D = "{DAV:}"
C = "{urn:ietf:params:xml:ns:caldav}"
NAMES = (
    'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/" '
    'xmlns:CG="urn:calgate:ns"'
)


@dataclass
class Reply:
    """An answer; `found` are the properties with status 200 by decoded path, `missing` names with 404,
    `statuses` those of responses without propstat."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    found: dict[str, dict[str, Element]] = field(default_factory=dict)
    missing: dict[str, set[str]] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    token: str = ""

    @property
    def hrefs(self) -> list[str]:
        """The last segments of the paths answered with properties, sorted."""
        return sorted(path.rsplit("/", 1)[-1] for path in self.found)

    def text(self, name: str, href: str) -> str:
        """Text of the property of the one object whose path ends in `href`."""
        [path] = [path for path in self.found if path.endswith("/" + href)]
        return self.found[path][name].text or ""

    def data(self, href: str = "one.ics") -> str:
        """calendar-data of an object, unfolded, line ends as LF."""
        return self.text(f"{C}calendar-data", href).replace("\r\n", "\n").replace("\n ", "")

    @property
    def error(self) -> list[str]:
        """Clark names of the elements of a DAV:error body."""
        root = ElementTree.fromstring(self.body)
        assert root.tag == f"{D}error"
        return [child.tag for child in root]


class World:
    """Ada's home in a gate; Bob is her colleague, Eve belongs to another organization."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.ada = self.person("ada")

    def person(self, login: str) -> Principal:
        found = self.gate.principal(login)
        assert found is not None
        return found

    def collection(self, slug: str = "work", owner: str = "ada") -> Collection:
        found = self.gate.collection(self.person(owner), slug)
        assert found is not None
        return found

    def resource(self, href: str, slug: str = "work") -> Resource:
        found = self.gate.resource(self.collection(slug), href)
        assert found is not None
        return found

    def calendar(
        self, slug: str = "work", zone: str | None = None, transparent: bool = False, owner: str = "ada"
    ) -> None:
        name = "schedule-calendar-transp"
        props = (
            {C + name: f'<C:{name} xmlns:C="{C[1:-1]}"><C:transparent/></C:{name}>'} if transparent else {}
        )
        proposal = MakeCalendar(principal=self.person(owner), slug=slug, props=props, zone=zone)
        assert isinstance(self.gate.submit(proposal), Stored)

    def put(self, text: str, href: str = "one.ics", slug: str = "work", owner: str = "ada") -> None:
        outcome = self.gate.submit(
            Put(
                principal=self.person(owner),
                collection=self.collection(slug, owner),
                href=href,
                body=text.encode(),
                received=NOW,
            )
        )
        assert isinstance(outcome, Stored), outcome

    def remove(self, href: str = "one.ics", slug: str = "work") -> None:
        proposal = Remove(principal=self.ada, collection=self.collection(slug), href=href, received=NOW)
        assert isinstance(self.gate.submit(proposal), Removed)

    def report(
        self,
        body: str,
        path: Sequence[str] = ("ada", "work"),
        headers: Mapping[str, str] | None = None,
        person: str = "ada",
    ) -> Reply:
        request = Request(
            method="REPORT", path=tuple(path), slash=len(path) < 3, headers=headers or {}, body=body.encode(),
            principal=self.person(person), received=NOW, base="/dav",
        )  # fmt: skip
        answer = report(self.gate, request)
        return read(Reply(answer.status, answer.headers, answer.body or b""))


def read(reply: Reply) -> Reply:
    """The same with the parts of a multistatus body filled in."""
    if reply.status != 207:
        return reply
    root = ElementTree.fromstring(reply.body)
    assert root.tag == f"{D}multistatus"
    reply.token = root.findtext(f"{D}sync-token") or ""
    for response in root.iterfind(f"{D}response"):
        path = unquote(response.findtext(f"{D}href") or "")
        assert path not in reply.found and path not in reply.statuses, f"{path} is answered twice"
        status = response.findtext(f"{D}status")
        if status:
            reply.statuses[path] = int(status.split()[1])
            assert response.find(f"{D}propstat") is None
            continue
        reply.found[path] = {}
        for propstat in response.iterfind(f"{D}propstat"):
            code = (propstat.findtext(f"{D}status") or "").split()[1]
            names = {prop.tag: prop for prop in propstat.find(f"{D}prop") or ()}
            if code == "200":
                reply.found[path].update(names)
            else:
                reply.missing.setdefault(path, set()).update(names)
    return reply


PRACTICE: dict[str, Any] = {
    "calgate": 1,
    "organizations": [
        {
            "id": "riverside",
            "name": "Riverside Therapy",
            "pack": "provider_app",
            "timezone": "America/New_York",
            "people": [
                {
                    "id": "ada",
                    "name": "Ada Moss",
                    "email": "ada@riverside.example",
                    "roles": ["practitioner"],
                },
                {
                    "id": "bob",
                    "name": "Bob Reed",
                    "email": "bob@riverside.example",
                    "roles": ["practitioner"],
                },
            ],
        },
        {
            "id": "hillside",
            "name": "Hillside",
            "pack": "provider_app",
            "timezone": "America/New_York",
            "people": [
                {"id": "eve", "name": "Eve", "email": "eve@hillside.example", "roles": ["practitioner"]}
            ],
        },
    ],
}


@contextmanager
def open_world(url: str = "sqlite://") -> Iterator[World]:
    """A world in an empty database, in memory unless told otherwise."""
    store = open_store(url)
    try:
        upgrade(store)
        gate = Gate(store, lambda: NOW, Keys(bytes(32)))
        gate.load(PRACTICE)
        yield World(gate)
    finally:
        store.dispose()


def event(*lines: str, uid: str = "one", component: str = "VEVENT") -> str:
    """A calendar object of one component; `lines` beside UID and DTSTAMP."""
    return calendar(*block(*lines, uid=uid, component=component))


def block(*lines: str, uid: str = "one", component: str = "VEVENT") -> tuple[str, ...]:
    return (f"BEGIN:{component}", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, f"END:{component}")


def calendar(*lines: str) -> str:
    whole = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN", *lines, "END:VCALENDAR", "")
    return "\r\n".join(whole)


def alarm(*lines: str) -> tuple[str, ...]:
    return ("BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:x", *lines, "END:VALARM")


def sync(token: str = "", prop: str = "<D:getetag/>", level: str = "1", extra: str = "") -> str:
    return (
        f"<D:sync-collection {NAMES}><D:sync-token>{token}</D:sync-token><D:sync-level>{level}</D:sync-level>"
        f"{extra}<D:prop>{prop}</D:prop></D:sync-collection>"
    )


def query(inner: str = "", *, component: str = "VEVENT", prop: str = "<D:getetag/>", extra: str = "") -> str:
    """A calendar-query with `inner` inside the comp-filter of the component."""
    return raw_query(
        f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="{component}">{inner}</C:comp-filter>'
        "</C:comp-filter>",
        prop=prop,
        extra=extra,
    )


def raw_query(inner: str, *, prop: str = "<D:getetag/>", extra: str = "") -> str:
    return (
        f"<C:calendar-query {NAMES}><D:prop>{prop}</D:prop><C:filter>{inner}</C:filter>{extra}"
        "</C:calendar-query>"
    )


def span(start: str = "", end: str = "") -> str:
    ends = (f' start="{start}"' if start else "") + (f' end="{end}"' if end else "")
    return f"<C:time-range{ends}/>"


def data(inner: str = "") -> str:
    return f"<D:getetag/><C:calendar-data>{inner}</C:calendar-data>"


def expanded(start: str, end: str) -> str:
    return data(f'<C:expand start="{start}" end="{end}"/>')


def multiget(*hrefs: str, prop: str = data()) -> str:
    inner = "".join(f"<D:href>{href}</D:href>" for href in hrefs)
    return f"<C:calendar-multiget {NAMES}><D:prop>{prop}</D:prop>{inner}</C:calendar-multiget>"


def free_busy(start: str, end: str) -> str:
    return f"<C:free-busy-query {NAMES}>{span(start, end)}</C:free-busy-query>"
