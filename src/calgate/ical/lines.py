"""Content lines and the components they form (RFC 5545 sections 3.1 and 3.6), values left as text.

icalendar splits and unfolds; the tree is made here because icalendar's own one evaluates every VTIMEZONE it
meets into a process-wide cache, which one person's upload must never reach.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from icalendar.parser import Contentline, unescape_backslash
from icalendar.parser.content_line import NEWLINE, UFOLD

from calgate.ical.errors import MAX_SIZE, BadCalendar, bad_data

MAX_BYTES = 10_000_000
MAX_LINES = 5_000
MAX_DEPTH = 6
MAX_PARAMETERS = 20_000
"""Octets of a line whose parameters are looked at."""

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}(?=[;:])")
_SIMPLE = re.compile(r";([A-Za-z0-9-]{1,100})=([A-Za-z0-9/_+.-]{1,200}):")
"""One parameter whose value needs neither quotes nor escapes, as nearly all are: a tenth of the time."""
_CONTROLS = bytes({*range(32)} - set(b"\t\n\r"))
_NO_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())
"""With the controls, what XML cannot carry: such a text could be stored, but never reported."""


@dataclass(slots=True)
class Property:
    """One unfolded content line; its name in capitals."""

    name: str
    line: str

    def parts(self) -> tuple[dict[str, str], str]:
        """Parameters (names in capitals, the first of several values) and the value, not unescaped."""
        at = len(self.name)
        if self.line[at] == ":":
            return {}, self.line[at + 1 :]
        if simple := _SIMPLE.match(self.line, at):
            return {simple[1].upper(): simple[2]}, self.line[simple.end() :]
        if len(self.line) > MAX_PARAMETERS:
            raise bad_data(f"The parameters of {self.name} are too long.")
        try:
            _, params, value = _content_line(self.line).raw_parts()
        except ValueError:
            raise bad_data(f"The parameters of {self.name} cannot be read.") from None
        return {k: v if isinstance(v, str) else v[0] for k, v in params.items()}, value

    @property
    def value(self) -> str:
        """The value as it stands in the line."""
        at = len(self.name)
        if self.line[at] == ":":
            return self.line[at + 1 :]
        if simple := _SIMPLE.match(self.line, at):
            return self.line[simple.end() :]
        return self.line[_content_line(self.line).value_separator_index() + 1 :]

    @property
    def text(self) -> str:
        """The value as TEXT, unescaped."""
        value = self.value
        return unescape_backslash(value) if "\\" in value else value


@dataclass(slots=True)
class Component:
    """A component: its name in capitals, its properties, its sub-components in order."""

    name: str
    properties: list[Property] = field(default_factory=list)
    children: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        """Every property of that name."""
        return [each for each in self.properties if each.name == name]

    def get(self, name: str) -> Property | None:
        """The first property of that name."""
        return next((each for each in self.properties if each.name == name), None)

    def text(self, name: str) -> str:
        """The first such property as TEXT; "" when there is none."""
        found = self.get(name)
        return found.text if found else ""

    def lines(self) -> Iterator[str]:
        """The unfolded lines, BEGIN and END included."""
        yield f"BEGIN:{self.name}"
        for each in self.properties:
            yield each.line
        for child in self.children:
            yield from child.lines()
        yield f"END:{self.name}"


def decode(body: bytes) -> str:
    """The text of a body: strict UTF-8, a byte order mark dropped, no control characters."""
    if len(body) > MAX_BYTES:
        raise BadCalendar(MAX_SIZE, "This calendar object is too large.")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise bad_data("The calendar object is not UTF-8 text.") from None
    if _is_forbidden(body):
        raise bad_data("The calendar object contains control characters.")
    return text


def _is_forbidden(body: bytes) -> bool:
    """Whether there is a control character, or half a line break. By bytes: a tenth of a pattern's time."""
    if len(body.translate(None, _CONTROLS)) != len(body) or body.count(b"\r") != body.count(b"\r\n"):
        return True
    return any(each in body for each in _NO_CHARACTERS)


def parse(text: str, max_lines: int = MAX_LINES) -> Component:
    """The one VCALENDAR of a text, or BadCalendar."""
    if text.count("\n") - text.count("\n ") - text.count("\n\t") > max_lines:
        raise bad_data(f"The calendar object has more than {max_lines} lines.")
    found = list(_components(_content_lines(text)))
    if len(found) != 1 or found[0].name != "VCALENDAR":
        raise bad_data("A calendar object is exactly one VCALENDAR.")
    return found[0]


def component(text: str, name: str) -> Component:
    """The one component of that name which a text consists of (a VTIMEZONE for instance)."""
    found = list(_components(_content_lines(text)))
    if len(found) != 1 or found[0].name != name:
        raise bad_data(f"This is not a {name}.")
    return found[0]


def _content_line(line: str) -> Contentline:
    return Contentline(line)  # type: ignore[no-untyped-call]


def _content_lines(text: str) -> list[str]:
    """Unfolded by icalendar's own pattern, but where every line ends as it should without any."""
    if text.count("\n") == text.count("\r\n") and "\r\n\r\n" not in text:
        return text.replace("\r\n ", "").replace("\r\n\t", "").split("\r\n")
    return NEWLINE.split(UFOLD.sub("", text))


def _components(lines: list[str]) -> Iterator[Component]:
    stack: list[Component] = []
    for line in lines:
        if not line or line.isspace():
            continue
        match = _NAME.match(line)
        if match is None:
            raise bad_data("This is not an iCalendar object: a line has no property name.")
        name = match.group().upper()
        if name == "BEGIN":
            stack.append(Component(line[6:].strip().upper()))
            if len(stack) > MAX_DEPTH:
                raise bad_data("The components are nested too deeply.")
        elif not stack:
            raise bad_data("This is not an iCalendar object: a property stands outside of VCALENDAR.")
        elif name == "END":
            done = stack.pop()
            if line[4:].strip().upper() != done.name:
                raise bad_data(f"{done.name} is not closed.")
            if not stack:
                yield done
            else:
                stack[-1].children.append(done)
        else:
            stack[-1].properties.append(Property(name, line))
    if stack:
        raise bad_data(f"The calendar object is cut off: {stack[-1].name} is not closed.")
