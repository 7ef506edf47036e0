"""WebDAV's XML: request bodies parsed within limits, answers written by string formatting.

Names of elements are in Clark notation ("{DAV:}prop"). An answer is str until `document` encodes it.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import client
from urllib.parse import quote
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

import defusedxml.ElementTree as Defused
from defusedxml.common import DefusedXmlException

DAV = "DAV:"
CALDAV = "urn:ietf:params:xml:ns:caldav"
CALENDARSERVER = "http://calendarserver.org/ns/"
APPLE = "http://apple.com/ns/ical/"
CALGATE = "urn:calgate:ns"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PREFIXES: Mapping[str, str] = {DAV: "D", CALDAV: "C", CALENDARSERVER: "CS", APPLE: "A", CALGATE: "CG"}
_DECLARATIONS = "".join(f' xmlns:{prefix}="{space}"' for space, prefix in PREFIXES.items())
_PROLOGUE = '<?xml version="1.0" encoding="utf-8"?>\n'
XML_TYPE = "application/xml; charset=utf-8"

MAX_BYTES = 2_000_000
MAX_ELEMENTS = 60_000
MAX_DEPTH = 64
_PLAIN_HREF = re.compile(r"[A-Za-z0-9._~/@-]*").fullmatch


class BadXml(Exception):
    """A request body that is no XML, or too much of it; `status` is 400 or 413."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door function answers; `body` None means that there is none (201, 204, 304)."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


def dav(name: str) -> str:
    return f"{{{DAV}}}{name}"


def caldav(name: str) -> str:
    return f"{{{CALDAV}}}{name}"


def parse(body: bytes) -> Element:
    """The root of a request body; BadXml when it is malformed, too large, too deep or has a DTD."""
    if len(body) > MAX_BYTES:
        raise BadXml(f"The XML body is larger than {MAX_BYTES} bytes.", 413)
    tags = body.count(b"<")
    if tags > 2 * MAX_ELEMENTS:
        raise BadXml(f"The XML body has more than {MAX_ELEMENTS} elements.", 413)
    try:
        root: Element = Defused.fromstring(body, forbid_dtd=True)
    except (ElementTree.ParseError, LookupError, ValueError, DefusedXmlException) as error:
        raise BadXml("The body is not well-formed XML, or holds a DTD.") from error
    if tags > MAX_DEPTH and _deeper_than(root, MAX_DEPTH):
        raise BadXml(f"The XML body is nested deeper than {MAX_DEPTH} elements.")
    return root


def _deeper_than(root: Element, limit: int) -> bool:
    level = [root]
    for _ in range(limit):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True


def _names(clark: str) -> tuple[str, str]:
    """(qualified name, declaration); namespaces outside PREFIXES are declared where they are used."""
    if not clark.startswith("{"):
        return clark, ""
    space, _, name = clark[1:].partition("}")
    prefix = PREFIXES.get(space)
    return (f"{prefix}:{name}", "") if prefix else (f"X:{name}", f" xmlns:X={quoteattr(space)}")


def empty(clark: str) -> str:
    """`<D:name/>`."""
    name, declaration = _names(clark)
    return f"<{name}{declaration}/>"


def element(clark: str, inner: str) -> str:
    """`<D:name>inner</D:name>`; `inner` is XML already."""
    if not inner:
        return empty(clark)
    name, declaration = _names(clark)
    return f"<{name}{declaration}>{inner}</{name}>"


def text(value: str) -> str:
    """`value` as character data; characters that XML 1.0 forbids are dropped."""
    return escape(_FORBIDDEN.sub("", value))


_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def href(path: str) -> str:
    """`<D:href>` of a decoded path."""
    return f"<D:href>{quoted(path)}</D:href>"


def quoted(path: str) -> str:
    """The path percent-encoded; the result needs no XML escaping."""
    return path if _PLAIN_HREF(path) else quote(path, safe="/@~")


def outer(node: Element, lang: str = "") -> str:
    """`node` as XML that stands by itself; `lang` is the xml:lang in scope where it stood."""
    if lang and XML_LANG not in node.attrib:
        node.set(XML_LANG, lang)
    tail, node.tail = node.tail, None
    written = ElementTree.tostring(node, encoding="unicode")
    node.tail = tail
    return written


def status_line(status: int) -> str:
    return f"HTTP/1.1 {status} {client.responses.get(status, 'Unknown')}"


def propstat(inner: str, status: int, error: str = "") -> str:
    """`inner` holds the property elements, `error` the content of DAV:error."""
    problem = f"<D:error>{error}</D:error>" if error else ""
    said = f"<D:status>{status_line(status)}</D:status>{problem}"
    return f"<D:propstat><D:prop>{inner}</D:prop>{said}</D:propstat>"


def response(path: str, propstats: str) -> str:
    """A DAV:response with propstats."""
    return f"<D:response>{href(path)}{propstats}</D:response>"


def response_status(path: str, status: int, error: str = "") -> str:
    """A DAV:response with a status alone, such as 404 for a removed member."""
    problem = f"<D:error>{error}</D:error>" if error else ""
    return f"<D:response>{href(path)}<D:status>{status_line(status)}</D:status>{problem}</D:response>"


def document(root: str, inner: str) -> bytes:
    """A whole document with the element `root` ("D:multistatus"), known prefixes declared on it."""
    return f"{_PROLOGUE}<{root}{_DECLARATIONS}>{inner}</{root}>\n".encode()


def small_document(root: str, inner: str) -> bytes:
    """The same, declaring the prefixes that are used; those are looked for, so not for long texts."""
    whole = f"<{root}>{inner}"
    spaces = (f' xmlns:{prefix}="{space}"' for space, prefix in PREFIXES.items() if f"<{prefix}:" in whole)
    used = "".join(spaces)
    return f"{_PROLOGUE}<{root}{used}>{inner}</{root}>\n".encode()


def multistatus(responses: Iterable[str], extra: str = "") -> Answer:
    """207 with the given DAV:response texts; `extra` follows them, such as a DAV:sync-token element."""
    return Answer(207, {"Content-Type": XML_TYPE}, document("D:multistatus", "".join(responses) + extra))
