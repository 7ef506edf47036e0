"""The practice file and the REST bodies, checked: from JSON to models, with the path of the first mistake.

Only form is checked here; references and times become domain values in gate.practice_values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

_ID, _LOGIN = r"^[A-Za-z0-9][A-Za-z0-9._~@:-]{0,199}$", r"^[A-Za-z0-9][A-Za-z0-9._~@-]{0,99}$"
_MOMENT = r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$"
_CLOCK = r"^\d\d:\d\d$"
Id = Annotated[str, StringConstraints(pattern=_ID)]
Login = Annotated[str, StringConstraints(pattern=_LOGIN)]


def _printable(text: str) -> str:
    """Calendars, XML and PostgreSQL take no control characters."""
    if _CONTROL.search(text):
        raise ValueError("holds a control character")
    return text


def _link(text: str) -> str:
    """Links are shown to be clicked on: none that a browser would run or open as a file."""
    if _UNSAFE_LINK.match(text):
        raise ValueError("is no link to a meeting")
    return text


_UNSAFE_LINK = re.compile(r"\s*(javascript|data|vbscript|file)\s*:", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
Text = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_printable)]
Name = Annotated[str, StringConstraints(max_length=300), AfterValidator(_printable)]
Link = Annotated[Name, AfterValidator(_link)]
Moment = Annotated[str, StringConstraints(pattern=_MOMENT)]
KindName = Literal[
    "client_session",
    "client_contact",
    "collateral_contact",
    "other_event",
    "school_session",
    "clinic_session",
]
StatusName = Literal[
    "pending_validation",
    "validating",
    "scheduled",
    "incomplete",
    "ready_to_submit",
    "submitted",
    "cancelled",
    "declined",
    "requested",
]
FactName = Literal["note_signed", "billing_started", "payment_applied", "claim", "bookings", "attendance"]


class LoadError(Exception):
    """A practice file that cannot be taken: `path` is the place inside it, `sentence` what is wrong there."""

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(f"{path}: {sentence}" if path else sentence)
        self.path = path
        self.sentence = sentence


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, populate_by_name=True)


class PersonBody(_Model):
    id: Login
    name: Name = ""
    email: Name = ""
    roles: tuple[Literal["practitioner", "scheduler", "admin"], ...] = ("practitioner",)
    password: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None


class ClientBody(_Model):
    id: Id
    first_name: Name = ""
    last_name: Name = ""
    internal_id: Name = ""


class ServiceBody(_Model):
    id: Id
    name: Name = ""
    modifiers: tuple[Name, ...] = ()


class LocationBody(_Model):
    id: Id
    name: Name = ""
    address: Name = ""
    place_of_service: Name = ""
    rooms: tuple[Name, ...] = ()
    type: Literal["office", "telehealth", "school", "clinic"] = "office"
    prerequisites_done: bool | None = None


class AssignmentBody(_Model):
    practitioner: Id
    client: Id
    service: Id
    hours: Annotated[float, Field(ge=0, le=10_000, strict=True)]
    per: Literal["week", "month", "period"] = "week"
    from_: date | None = Field(default=None, alias="from")
    to: date | None = None


class ProgrammeBody(_Model):
    id: Id
    name: Name = ""


class RepeatBody(_Model):
    pattern: Literal["weekly", "monthly_weekday", "custom"] | None = None
    interval: Annotated[int, Field(ge=1, le=520, strict=True)] = 1
    week: Literal[1, 2, 3, 4, -1] | None = None
    until: date | None = None
    rrule: Annotated[str, StringConstraints(max_length=500)] | None = None


class CancelBody(_Model):
    type: Name = ""
    reason: Text = ""


class OccurrenceBody(_Model):
    on: Moment
    start: Moment | None = None
    end: Moment | None = None
    status: StatusName | None = None
    cancel: CancelBody | None = None
    facts: tuple[FactName, ...] = ()
    title: Name | None = None
    client: Id | None = None
    service: Id | None = None
    location: Id | None = None
    room: Name | None = None
    instructions: Text | None = None
    telehealth_url: Link | None = None
    busy: bool | None = None


class PeriodBody(_Model):
    date: date
    start: Annotated[str, StringConstraints(pattern=_CLOCK)]
    end: Annotated[str, StringConstraints(pattern=_CLOCK)]


class ConsentBody(_Model):
    requests_on: date | None = None
    reminder_weeks: Annotated[int, Field(ge=0, le=52, strict=True)] | None = None


class SessionBody(_Model):
    id: Id
    kind: KindName
    scheduled_by: Literal["org", "self", "request"] = "self"
    practitioner: Id
    client: Id | None = None
    service: Id | None = None
    modifiers: tuple[Name, ...] = ()
    location: Id | None = None
    room: Name | None = None
    title: Name = ""
    instructions: Text = ""
    telehealth_url: Link = ""
    busy: bool = True
    reminders: tuple[Literal["email", "text", "phone"], ...] = ()
    medium: Name | None = None
    contact_with: Name | None = None
    diagnosis: tuple[Name, ...] | Name = ()
    session_bridge: bool = False
    start: Moment | None = None
    end: Moment | None = None
    timezone: Name | None = None
    status: StatusName | None = None
    status_reason: Text = ""
    cancel: CancelBody | None = None
    facts: tuple[FactName, ...] = ()
    repeat: RepeatBody | None = None
    occurrences: tuple[OccurrenceBody, ...] = ()
    dates: tuple[date | PeriodBody, ...] = ()
    programmes: tuple[Id, ...] = ()
    year_groups: tuple[int | Name, ...] = ()
    consent: ConsentBody | None = None


class OrganizationBody(_Model):
    id: Id
    name: Name = ""
    pack: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$", max_length=200)]
    timezone: Name
    policy: Mapping[str, Any] = {}
    api_token: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
    people: tuple[PersonBody, ...] = ()
    clients: tuple[ClientBody, ...] = ()
    services: tuple[ServiceBody, ...] = ()
    locations: tuple[LocationBody, ...] = ()
    assignments: tuple[AssignmentBody, ...] = ()
    programmes: tuple[ProgrammeBody, ...] = ()
    sessions: tuple[SessionBody, ...] = ()


class PracticeFile(_Model):
    calgate: Literal[1]
    organizations: tuple[OrganizationBody, ...]


def parse(content: object) -> PracticeFile:
    """The file's JSON content as models. Raises LoadError at the first mistake."""
    try:
        return PracticeFile.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise LoadError(_path(first["loc"]), _sentence(first, content)) from None


_SAID = {
    "missing": "is missing",
    "tuple_type": "must be a list",
    "model_type": "must be an object",
    "dict_type": "must be an object",
}
_FORMS = {
    _ID: "must be at most 200 letters, digits and . _ ~ @ : -",
    _LOGIN: "must be at most 100 letters, digits and . _ ~ @ -",
    _MOMENT: "must be a time such as 2026-03-02T09:00, or a day",
    _CLOCK: "must be a time of the day such as 09:00",
}


def _path(loc: tuple[int | str, ...]) -> str:
    path = ""
    for step in loc:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step not in (
            "date",
            "PeriodBody",
            "tuple[constrained-str, ...]",
            "constrained-str",
            "int",
            "str",
        ):
            path += f".{step}" if path else step
    return path


def _sentence(error: Any, content: object) -> str:
    if error["type"] == "extra_forbidden":
        near = get_close_matches(str(error["loc"][-1]), _siblings(error["loc"]), 1)
        return "unknown key" + (f"; did you mean '{near[0]}'?" if near else "")
    if error["type"] == "string_pattern_mismatch":
        return _FORMS.get(error["ctx"]["pattern"], "is not written as it should be")
    if said := _SAID.get(error["type"]):
        return said
    message = str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "must be")
    return message[0].lower() + message[1:]


def _siblings(loc: tuple[int | str, ...]) -> list[str]:
    """The keys that the model at the parent of `loc` knows."""
    model: Any = PracticeFile
    for step in loc[:-1]:
        if isinstance(step, str) and step in model.model_fields:
            model = _inner(model.model_fields[step].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _inner(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in getattr(annotation, "__args__", ()) if (found := _inner(arg))), None)
