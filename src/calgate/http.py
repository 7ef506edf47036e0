"""What the doors need of HTTP alike: the shapes of ASGI, conditional requests, compression (RFC 9110)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

COMPRESS_FROM_BYTES = 1024
MAX_TAGS_BYTES = 2048
_ENTITY_TAG = re.compile(r'\s*(?:(W/)?"([^"]*)"|([^\s,"]+))\s*(?:,|$)')


def entity_tags(header: str | None) -> tuple[str, ...] | None:
    """The list of an If-Match or If-None-Match header, without quotes; ("*",) for any, None when absent.
    Weak ones keep their "W/" so that they match nothing (RFC 9110 section 13.1.1). An unreasonably long list
    matches nothing either."""
    if header is None:
        return None
    if len(header) > MAX_TAGS_BYTES:
        return ()
    if header.strip() == "*":
        return ("*",)
    found = (match.groups() for match in _ENTITY_TAG.finditer(header))
    return tuple(f'W/"{tag}"' if weak else (tag if tag is not None else bare) for weak, tag, bare in found)


def has_already(headers: Mapping[str, str], etags: Collection[str], modified: datetime | None) -> bool:
    """Whether the client of a GET has one of these representations; names of `headers` in lower case.
    If-Modified-Since counts only without If-None-Match, which compares weakly (RFC 9110 section 13.2.2)."""
    tags = entity_tags(headers.get("if-none-match"))
    if tags is not None:
        return tags == ("*",) or any(weakly(each) in etags for each in tags)
    since = headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header asks for gzip."""
    said = accepted.lower().replace(" ", "").split(",")
    return "gzip" in said or any(each.startswith("gzip;q=") and each[7:].strip("0.") for each in said)


def gzipped(body: bytes) -> bytes:
    """The body with content coding gzip, made fast rather than small."""
    squeeze = zlib.compressobj(level=1, wbits=16 + zlib.MAX_WBITS)
    return squeeze.compress(body) + squeeze.flush()


def weakly(tag: str) -> str:
    """A tag as it is compared weakly: whether it is weak plays no part (RFC 9110 section 8.8.3.2)."""
    return tag[3:-1] if tag.startswith('W/"') else tag
