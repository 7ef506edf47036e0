"""What is spelled alike in a sent and a stored object: it says the same, so neither needs to be parsed."""

from __future__ import annotations

_BEGIN = "\r\nBEGIN:VEVENT\r\n"
_CLOSE = "\r\nEND:VCALENDAR\r\n"


def differing(sent: bytes, stored: str) -> tuple[bytes, bytes] | None:
    """Both objects without the overrides that stand in both, byte for byte.

    None when the master is spelled otherwise, since overrides may follow what it says now, or when nothing
    can be left out. `stored` is a text of ical.write.
    """
    try:
        text = sent.decode()
    except UnicodeDecodeError:
        return None
    if not text.endswith(_CLOSE):
        return None
    head, *components = text.removesuffix(_CLOSE).split(_BEGIN)
    stored_head, *known = stored.removesuffix(_CLOSE).split(_BEGIN)
    if len(known) < 2 or known[0] not in components:
        return None
    common = set(known[1:]).intersection(components)
    if not common:
        return None
    return _without(common, head, components), _without(common, stored_head, known)


def _without(common: set[str], head: str, components: list[str]) -> bytes:
    kept = [each for each in components if each not in common]
    return (_BEGIN.join([head, *kept]) + _CLOSE).encode()
