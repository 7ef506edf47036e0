"""The If header (RFC 4918 section 10.4) with ETags and sync tokens (RFC 6578 section 5), and
If-Unmodified-Since (RFC 9110 section 13.1.4). If-Match and If-None-Match are the gate's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from calgate.doors.caldav import refusals
from calgate.doors.caldav.request import BadPath, Request, segments
from calgate.doors.caldav.xml import Answer

if TYPE_CHECKING:
    from calgate.gate.gate import Gate

MAX_BYTES = 4096
_TOKEN = re.compile(
    r'\s*(?:(?P<open>\()|(?P<close>\))|(?P<not>not(?=[\s<\[]))|<(?P<uri>[^<>\s]+)>|\[\s*(?P<tag>(?:W/)?"[^"]*")\s*\])',
    re.IGNORECASE,
)
_WRITES = frozenset({"COPY", "DELETE", "MOVE", "PUT"})


class _Malformed(ValueError):
    """The header is none of RFC 4918's grammar."""


@dataclass(frozen=True, slots=True)
class _Condition:
    """`value` is an ETag with its quotes or a state token."""

    value: str
    negated: bool


@dataclass(frozen=True, slots=True)
class _List:
    """Conditions that must all hold for a resource; `tag` "" is the one of the request."""

    tag: str
    conditions: tuple[_Condition, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """What is there now: ETag and sync token with their delimiters, and when it changed."""

    etag: str = ""
    token: str = ""
    modified: datetime | None = None


def checked(gate: Gate, request: Request) -> Request | Answer:
    """The request, 412 when a condition does not hold, 400 for an If header that is none.

    A write goes on under the ETag that was looked at, so that nothing comes in between.
    """
    given, since = request.headers.get("if"), request.headers.get("if-unmodified-since")
    if given is None and since is None:
        return request
    now = _state(gate, request, request.path)
    if given is not None:
        try:
            lists = list(_lists(given))
        except _Malformed:
            return refusals.problem(400, "The If header is malformed.")
        if not any(_holds(each, _state_of(gate, request, each.tag, now)) for each in lists):
            return refusals.problem(412, "What the If header expects is not so.")
    if since is not None and "if-match" not in request.headers and _later(now.modified, since):
        return refusals.problem(412, "It has been changed since then.")
    if request.method in _WRITES and now.modified is not None and "if-match" not in request.headers:
        return replace(request, headers={**request.headers, "if-match": now.etag})
    return request


def _later(modified: datetime | None, since: str) -> bool:
    try:
        return modified is not None and modified.replace(microsecond=0) > parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _lists(header: str) -> Iterator[_List]:
    if len(header) > MAX_BYTES:
        raise _Malformed
    tag, inside, found, negated, at = "", False, list[_Condition](), False, 0
    header = header.rstrip()
    while at < len(header):
        token = _TOKEN.match(header, at)
        if token is None:
            raise _Malformed
        at, kind = token.end(), token.lastgroup
        if not inside and kind == "uri":
            tag = token["uri"]
        elif not inside and kind == "open":
            inside, found = True, []
        elif inside and kind == "close" and found and not negated:
            yield _List(tag, tuple(found))
            inside = False
        elif inside and kind == "not" and not negated:
            negated = True
        elif inside and kind in ("uri", "tag"):
            found.append(_Condition(token[kind], negated))
            negated = False
        else:
            raise _Malformed
    if inside or not header:
        raise _Malformed


def _holds(wanted: _List, now: _State) -> bool:
    """There are no locks, so that no lock token matches."""
    return all((each.value in (now.etag, now.token)) != each.negated for each in wanted.conditions)


def _state_of(gate: Gate, request: Request, tag: str, own: _State) -> _State:
    if not tag:
        return own
    try:
        url = urlsplit(tag)
        path, _ = segments(url.path.encode("ascii"), request.base)
    except (ValueError, BadPath):
        return _State()
    return _State() if url.netloc and url.netloc.lower() not in request.hosts else _state(gate, request, path)


def _state(gate: Gate, request: Request, path: tuple[str, ...]) -> _State:
    if len(path) not in (2, 3) or path[0] != request.principal.person:
        return _State()
    collection = gate.collection(request.principal, path[1])
    if collection is None:
        return _State()
    if len(path) == 2:
        return _State(f'"{collection.ctag}"', collection.token)
    found = gate.resource(collection, path[2])
    return _State() if found is None else _State(f'"{found.etag}"', modified=found.modified)
