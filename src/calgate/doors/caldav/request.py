"""One request as the door's functions see it, and the paths that it may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_to_bytes

from calgate.doors.caldav.xml import quoted
from calgate.gate.values import Collection, Principal
from calgate.http import entity_tags, weakly

MAX_PATH_BYTES = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`path` holds the decoded segments below `base` ("/dav"): () root, (person,) home, (person, slug),
    (person, slug, href). `slash` tells whether the address ended in one. Header names are in lower case.
    `received` is UTC. `public_host` is this server to its clients, where a proxy changes the Host header.
    `at_host`: the root was asked for as the host's `/`."""

    method: str
    path: tuple[str, ...]
    slash: bool
    headers: Mapping[str, str]
    body: bytes
    principal: Principal
    received: datetime
    base: str
    public_host: str = ""
    at_host: bool = False

    @property
    def hosts(self) -> frozenset[str]:
        """Names of this server, in lower case."""
        return frozenset({self.headers.get("host", "").lower(), self.public_host.lower()} - {""})

    @property
    def agent(self) -> str:
        return self.headers.get("user-agent", "")

    @property
    def if_match(self) -> tuple[str, ...] | None:
        """ETags without quotes (RFC 9110 section 13.1.1); None when the header is absent."""
        return entity_tags(self.headers.get("if-match"))

    @property
    def if_none_match(self) -> tuple[str, ...] | None:
        """The same of RFC 9110 section 13.1.2, which compares weakly."""
        tags = entity_tags(self.headers.get("if-none-match"))
        return None if tags is None else tuple(map(weakly, tags))

    @property
    def prefers(self) -> frozenset[str]:
        """The preferences of RFC 7240 ("return=minimal"), and `Brief: t` as Microsoft says it."""
        if "prefer" not in self.headers and "brief" not in self.headers:
            return frozenset()
        said = self.headers.get("prefer", "")
        wishes = {part.split(";")[0].replace(" ", "").replace('"', "").lower() for part in said.split(",")}
        if self.headers.get("brief", "").lower() == "t":
            wishes.add("return=minimal")
        return frozenset(wishes)

    @property
    def at(self) -> str:
        """Decoded path of this very request, for hrefs in answers."""
        if self.at_host:
            return "/"
        return "/".join((self.base, *self.path)) + ("/" if self.slash or len(self.path) < 3 else "")

    @property
    def address(self) -> str:
        """`at`, percent-encoded for a header."""
        return quoted(self.at)

    @property
    def home(self) -> str:
        return f"{self.base}/{self.principal.person}/"

    def of(self, collection: Collection) -> str:
        """Path of a collection, with its slash."""
        return f"{self.base}/{collection.owner}/{collection.slug}/"


class BadPath(ValueError):
    """An address that no client has a reason to send; `status` is 400 or 414."""

    def __init__(self, status: int = 400) -> None:
        super().__init__("The address is malformed.")
        self.status = status


def segments(raw: bytes, base: str) -> tuple[tuple[str, ...], bool]:
    """(decoded segments below `base`, whether it ended in a slash) of a raw path without query.

    BadPath for what could mean one thing here and another thing elsewhere: empty, `.` and `..` segments,
    encoded slashes, control characters, bytes that are not UTF-8.
    """
    if len(raw) > MAX_PATH_BYTES:
        raise BadPath(414)
    inside = raw.removeprefix(base.encode())
    if len(inside) == len(raw) and base:
        raise BadPath
    slash = inside.endswith(b"/")
    if inside in (b"", b"/"):
        return (), slash
    try:
        parts = tuple(unquote_to_bytes(part).decode() for part in inside.removesuffix(b"/").split(b"/"))
    except UnicodeDecodeError as error:
        raise BadPath from error
    if parts[0] or any(_suspicious(part) for part in parts[1:]):
        raise BadPath
    return parts[1:], slash


def _suspicious(part: str) -> bool:
    return part in ("", ".", "..") or "/" in part or "\\" in part or not part.isprintable()
