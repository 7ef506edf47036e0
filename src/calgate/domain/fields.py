"""What the texts of a sent event mean against those shown: title, instructions, place, link, cancellation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from calgate.domain import texts
from calgate.domain.change import Cancel, Change, Edit, Field
from calgate.domain.event import Event
from calgate.domain.policy import Policy
from calgate.domain.practice import Location, Practice
from calgate.domain.session import Kind, Session
from calgate.domain.when import When

_CANCELLED_PREFIX = re.compile(r"\s*(cancell?ed(\s+event)?)\s*:\s*", re.IGNORECASE)
_PREFIX = re.compile(r"\s*(cancell?ed(\s+event)?|declined|request)\s*:\s*", re.IGNORECASE)
_ROOM = re.compile(r"room\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class View:
    """What a comparison looks things up in: the session as it is now, its practice and policy."""

    session: Session
    practice: Practice
    policy: Policy

    @property
    def is_own(self) -> bool:
        """Whether the texts are the person's own, not generated (R-GEN-7)."""
        return self.session.kind is Kind.OTHER_EVENT


def field_changes(shown: Event, sent: Event, on: When | None, view: View) -> Iterator[Change]:
    """Edits of one event's fields; generated text, unknown places and absent links are no edits."""
    if view.is_own:
        title = sent_title(shown, sent)
        if title is not None:
            yield Edit(Field.TITLE, title, on)
    if sent.description != shown.description:
        written = sent_instructions(sent.description, shown.description, keep_when_empty=not view.is_own)
        if written != tidy(texts.instructions_of(shown.description)):
            yield Edit(Field.INSTRUCTIONS, written, on)
    yield from _place_changes(shown, sent, on, view)
    link = _sent_link(shown, sent)
    if link:
        yield Edit(Field.TELEHEALTH_URL, link, on)
    is_live = "CANCELLED" not in (shown.status, sent.status)
    if view.is_own and is_live and shown.transparent != sent.transparent:
        yield Edit(Field.BUSY, not sent.transparent, on)


def sent_title(shown: Event, sent: Event) -> str | None:
    """The new title, None when nothing but a prefix or blanks differ from what was shown."""
    if _bare(sent.summary) == _bare(shown.summary):
        return None
    title = " ".join(sent.summary.split())
    ours = next((prefix for prefix in texts.PREFIXES.values() if shown.summary.startswith(prefix)), "")
    if ours and title.startswith(ours):
        title = title.removeprefix(ours)
    if "CANCELLED" in (shown.status, sent.status):
        title = _CANCELLED_PREFIX.sub("", title, count=1) if _CANCELLED_PREFIX.match(title) else title
    return title


def _bare(summary: str) -> str:
    """A title without the prefixes that we or clients put before it, and with single blanks."""
    text = summary
    while found := _PREFIX.match(text):
        text = text[found.end() :]
    return " ".join(text.split())


def tidy(text: str) -> str:
    """A text with plain line ends, no blanks at the end of lines, no empty lines around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def sent_instructions(description: str, shown: str = "", keep_when_empty: bool = False) -> str:
    """What the person wrote in a DESCRIPTION: below the marker, or all of it but what is left of our header.

    `keep_when_empty`: an empty one means that the client dropped it.
    """
    if keep_when_empty and not description.strip():
        return tidy(texts.instructions_of(shown))
    lines = tidy(description).split("\n")
    marker = _letters(texts.MARKER)
    at = next((number for number, line in enumerate(lines) if _letters(line) == marker), None)
    if at is not None:
        return tidy("\n".join(lines[at + 1 :]))
    head, found, _ = shown.partition(texts.MARKER)
    ours = {" ".join(line.split()) for line in head.splitlines()} if found else set()
    while lines and (not lines[0].strip() or " ".join(lines[0].split()) in ours):
        del lines[0]
    return tidy("\n".join(lines))


def _letters(line: str) -> str:
    """A line without drawing characters and blanks: clients replace what they can't show."""
    return "".join(each for each in line.casefold() if each.isalnum())


def _place_changes(shown: Event, sent: Event, on: When | None, view: View) -> Iterator[Change]:
    if _place(shown.location) == _place(sent.location):
        return
    if view.is_own:
        yield Edit(Field.PLACE, sent.location.strip(), on)
        return
    new = office_of(sent.location, view.practice)
    if new is None:
        return
    old = office_of(shown.location, view.practice)
    if old is None or old[0].id != new[0].id:
        yield Edit(Field.LOCATION, new[0].id, on)
    if (old[1] if old else None) != new[1]:
        yield Edit(Field.ROOM, new[1], on)


def _place(text: str) -> str:
    """A LOCATION in one spelling: clients break addresses into lines."""
    parts = (" ".join(part.split()) for part in re.split(r"[\r\n,]+", text))
    return ", ".join(part for part in parts if part).casefold()


def office_of(text: str, practice: Practice) -> tuple[Location, str | None] | None:
    """The office that a LOCATION names by name or address, and the room it names; None for any other text."""
    wanted = _place(text)
    if not wanted:
        return None
    by_length = sorted(practice.locations.values(), key=lambda each: (-len(each.name), each.id))
    for office in by_length:
        name, address = _place(office.name), _place(office.address)
        if wanted == name or (address and wanted in (address, f"{name}, {address}")):
            return office, None
        if name and wanted.startswith(f"{name}, "):
            rest = wanted.removeprefix(f"{name}, ").removesuffix(f", {address}" if address else "")
            room = _room(rest, office)
            if room is not None:
                # The room as the person spelled it, unless the office lists it.
                return office, room if room in office.rooms else _spelled(text, room)
    return None


def _room(text: str, office: Location) -> str | None:
    plain = _ROOM.sub("", text, count=1) if _ROOM.match(text) else text
    for room in office.rooms:
        if room.casefold() in (text, plain):
            return room
    return plain if plain != text and "," not in plain else None


def _spelled(text: str, room: str) -> str:
    at = " ".join(text.split()).casefold().rfind(room)
    return " ".join(text.split())[at : at + len(room)] if at >= 0 else room


def _sent_link(shown: Event, sent: Event) -> str:
    """The link that replaces the one shown; a URL counts only where CONFERENCE says nothing new."""
    if sent.conference and sent.conference != shown.conference:
        return sent.conference
    is_web = sent.url.lower().startswith(("https://", "http://"))
    return sent.url if is_web and sent.url != shown.url else ""


def cancellation(sent: Event, policy: Policy, on: When | None) -> Cancel:
    """The Cancel that an event with STATUS:CANCELLED asks for (R-CAN-1); an unknown type is no type."""
    types = {_type_key(each): each for each in policy.cancel_types}
    named = (sent.marks.get("CANCEL-TYPE", ""), *sent.categories)
    found = next((types[_type_key(each)] for each in named if _type_key(each) in types), "")
    return Cancel(found, (sent.marks.get("CANCEL-REASON") or sent.comment).strip(), on)


def _type_key(text: str) -> str:
    return texts.cancel_words(text.strip()).casefold()
