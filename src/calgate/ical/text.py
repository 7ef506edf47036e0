"""Writing content lines: escaping, folding, and who wrote them (RFC 5545 sections 3.1, 3.3.11, 3.7.3)."""

from __future__ import annotations

import re
from functools import lru_cache

PRODID = "-//calgate//calgate//EN"
LIMIT = 75
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@lru_cache(maxsize=256)  # all the overrides of a series say the same
def escape(text: str) -> str:
    r"""A TEXT value. Not icalendar's: that one makes a newline of the two characters \N (as in C:\New).

    Characters that XML can't carry are left out: one of them would break every answer that holds the object.
    """
    if _NOT_IN_XML.search(text):
        text = _NOT_IN_XML.sub("", text)
    return (
        text.replace("\\", "\\\\")
        .replace(";", "\\;")
        .replace(",", "\\,")
        .replace("\r\n", "\\n")
        .replace("\n", "\\n")
        .replace("\r", "\\n")
    )


def parameter(value: str) -> str:
    """A parameter value, quoted where it must be (RFC 5545 section 3.2)."""
    value = value.replace('"', "'")
    return f'"{value}"' if any(char in value for char in ":;,") else value


def fold(line: str) -> str:
    """A content line in pieces of at most 75 octets, characters and escapes left whole, CRLF at the end."""
    if len(line) <= LIMIT and line.isascii():
        return line + "\r\n"
    data = line.encode()
    if len(data) <= LIMIT:
        return line + "\r\n"
    pieces, at, room = [], 0, LIMIT
    while len(data) - at > room:
        cut = at + room
        while data[cut] & 0xC0 == 0x80:
            cut -= 1
        piece = data[at:cut]
        if (len(piece) - len(piece.rstrip(b"\\"))) % 2:
            piece = piece[:-1]
        pieces.append(piece)
        at, room = at + len(piece), LIMIT - 1
    pieces.append(data[at:])
    return b"\r\n ".join(pieces).decode() + "\r\n"
