"""A Session as a JSON object and back. Fields at their default are left out, so that fields may be added
later; a field that is unknown is an error. A datetime is its local time and the zone's name
(`2026-03-02T09:00:00[Europe/London]`), a day is `2026-03-02`, a Span is [start, end].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from calgate.domain.session import (
    Cancellation,
    Fact,
    History,
    Kind,
    Override,
    Period,
    ScheduledBy,
    Session,
    Status,
)
from calgate.domain.when import Span, When

_MOMENT = re.compile(r"([0-9T:.-]+)\[([^\[\]]+)\]")


class CodecError(ValueError):
    """The JSON is not a session of this program's kind."""


def to_json(session: Session) -> dict[str, Any]:
    """The session as a JSON object, the same for equal sessions."""
    found: dict[str, Any] = plain(session)
    return found


def from_json(value: Mapping[str, Any]) -> Session:
    """The session that `to_json` wrote. CodecError for unknown keys, for missing ones and wrong values."""
    try:
        found: Session = _decode(Session, value)
    except CodecError:
        raise
    except (TypeError, ValueError, KeyError, AttributeError, ZoneInfoNotFoundError) as error:
        raise CodecError(f"the stored session cannot be read: {error}") from error
    return found


def plain(value: object) -> Any:
    """Any value of the domain in JSON's terms, to be kept and read by people; sets are sorted."""
    match value:
        case Enum():
            return value.value
        case None | str() | bool() | int() | float():
            return value
        case datetime() | date():
            return _when_text(value)
        case Span():
            return [_when_text(value.start), _when_text(value.end)]
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case frozenset() | set():
            return sorted(plain(each) for each in value)
        case tuple() | list():
            return [plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {
            name: plain(own)
            for name, default in _defaults(type(value))
            if (own := getattr(value, name)) != default
        }
    raise TypeError(f"{type(value).__name__} has no form in JSON")


@cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    """The fields of a dataclass and what each is when nothing was said."""
    return tuple(
        (each.name, each.default_factory() if each.default_factory is not MISSING else each.default)
        for each in fields(kind)
    )


def _when_text(when: When) -> str:
    if not isinstance(when, datetime):
        return when.isoformat()
    zone = when.tzinfo
    name = zone.key if isinstance(zone, ZoneInfo) else "UTC" if zone is UTC else None
    if name is None:
        raise TypeError("a time is not in a named zone")
    return f"{when.replace(tzinfo=None).isoformat()}[{name}]"


@lru_cache(maxsize=4096)  # the sessions of a week are read again for each write there
def _when(text: str) -> When:
    moment = _MOMENT.fullmatch(text)
    if moment is None:
        return date.fromisoformat(text)
    return datetime.fromisoformat(moment[1]).replace(tzinfo=ZoneInfo(moment[2]))


def when(text: str) -> When:
    """The time that `plain` wrote."""
    return _when(text)


def _span(pair: list[str]) -> Span:
    start, end = pair
    return Span(_when(start), _when(end))


def _tuple_of(decode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda values: tuple(decode(each) for each in values)


def _facts(values: list[str]) -> frozenset[Fact]:
    return frozenset(Fact(each) for each in values)


_TIMES: dict[str, Callable[[Any], Any]] = {"start": _when, "end": _when, "original": _span}
_DECODERS: dict[type, dict[str, Callable[[Any], Any]]] = {
    Cancellation: {},
    History: {"until": _when},
    Period: {**_TIMES, "facts": _facts},
    Override: {
        **_TIMES, "on": _when, "status": Status, "cancel": lambda value: _decode(Cancellation, value),
        "facts": _facts,
    },
    Session: {
        **_TIMES, "kind": Kind, "scheduled_by": ScheduledBy, "status": Status,
        "cancel": lambda value: _decode(Cancellation, value), "facts": _facts,
        "modifiers": tuple, "reminders": tuple, "diagnosis": tuple, "programmes": tuple, "year_groups": tuple,
        "rdates": _tuple_of(_when), "exdates": _tuple_of(_when), "requested_on": _when,
        "dates": _tuple_of(lambda value: _decode(Period, value)),
        "overrides": _tuple_of(lambda value: _decode(Override, value)), "consent": dict,
        "history": lambda value: _decode(History, value), "related": _tuple_of(tuple),
    },
}  # fmt: skip


@cache
def _known(kind: type) -> frozenset[str]:
    return frozenset(each.name for each in fields(kind))


def _decode(kind: type, value: Mapping[str, Any]) -> Any:
    unknown = value.keys() - _known(kind)
    if unknown:
        raise CodecError(f"a stored {kind.__name__.lower()} has unknown keys: {', '.join(sorted(unknown))}")
    decoders = _DECODERS[kind]
    return kind(**{
        name: decoders[name](each) if name in decoders and each is not None else each
        for name, each in value.items()
    })  # fmt: skip
