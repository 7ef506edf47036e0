"""What an organization may decide for itself: the bracketed names of the rules, their values and defaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin, get_type_hints

from calgate.domain.availability import openings

OnOff = Literal["on", "off"]
Title = Literal["full", "first_name", "initials", "internal_id", "busy"]


class PolicyError(ValueError):
    """A key that does not exist or a value that it cannot take; the text names both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One organization's choices. Field names are the practice file's keys; each default is the
    usual answer."""

    week_start: Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"] = "MO"
    self_schedule: Literal["allow", "refuse"] = "allow"
    signed_note_move: Literal["same_day", "any", "none"] = "same_day"
    request_accept_by_status: OnOff = "on"
    request_delete_declines: OnOff = "off"
    org_shrink: Literal["allow", "refuse"] = "allow"
    org_location: Literal["allow", "refuse"] = "refuse"
    create_pattern: str = ""
    new_unmatched: Literal["other_event", "refuse"] = "other_event"
    backdate_days: int = 14
    overlap: Literal["warn", "refuse"] = "warn"
    hours_over: Literal["warn", "refuse"] = "warn"
    past_edit: Literal["allow", "refuse"] = "allow"
    delete_means: Literal["cancel", "delete", "refuse"] = "cancel"
    default_cancel_type: str = "other"
    cancel_types: tuple[str, ...] = ("late_cancel", "no_show", "therapist_cancel", "other")
    cancelled_visible: Literal["yes", "no"] = "yes"
    contact_delete: OnOff = "off"
    error_reason_deletes: OnOff = "on"
    series_all_edit: Literal["split", "refuse"] = "split"
    patterns: Literal["c_list", "any"] = "c_list"
    multi_date: Literal["per_date", "rdate"] = "per_date"
    markers: OnOff = "off"
    staff_alarms: OnOff = "off"
    prerequisites: Literal["warn", "refuse"] = "warn"
    academic_year_start: str = "09-01"
    own_title: Title = "full"
    google_title: Title = "initials"
    feed_join_link: OnOff = "off"
    geo: OnOff = "off"
    color_by: Literal["status", "service", "off"] = "status"
    office_hours: tuple[str, ...] = ()


_HINTS = get_type_hints(Policy)


def policy_from(values: Mapping[str, Any], base: Policy | None = None) -> Policy:
    """`base` (the pack's defaults) with `values` laid on; PolicyError names a wrong key or value."""
    for name, value in values.items():
        if name not in _HINTS:
            near = get_close_matches(name, _HINTS, 1)
            raise PolicyError(
                f"policy has no key '{name}'" + (f"; did you mean '{near[0]}'?" if near else "")
            )
        _check(name, value, _HINTS[name])
    fixed: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    return replace(base or Policy(), **fixed)


def _check(name: str, value: object, hint: Any) -> None:
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise PolicyError(f"policy.{name} must be one of {', '.join(get_args(hint))}")
    elif get_origin(hint) is tuple:
        if not isinstance(value, (list, tuple)) or not all(isinstance(each, str) for each in value):
            raise PolicyError(f"policy.{name} must be a list of texts")
        if name == "office_hours":
            _check_hours(value)
    elif type(value) is not hint:
        raise PolicyError(f"policy.{name} must be {'a whole number' if hint is int else 'a text'}")
    elif name == "academic_year_start" and not _is_day_of_year(str(value)):
        raise PolicyError(f"policy.{name} must be a month and a day like 09-01")


def _check_hours(lines: Iterable[str]) -> None:
    try:
        openings(lines)
    except ValueError as error:
        raise PolicyError(f"policy.office_hours: {error}") from None


def _is_day_of_year(text: str) -> bool:
    """Whether a text is a month and day that every year has."""
    try:
        return len(text) == 5 and bool(date.fromisoformat(f"2001-{text}"))
    except ValueError:
        return False
