"""What a judgement says. Verdicts are values; only faults are exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from calgate.domain.session import Status

Contact = Literal["org", "billing", "note", "client-portal"]


@dataclass(frozen=True, slots=True)
class Refused:
    """No. `sentence` says why and whom to ask, and never names a client. `precondition` is a CALDAV or DAV
    element in Clark notation where one fits, such as "{urn:ietf:params:xml:ns:caldav}max-instances";
    `retry_after` is in seconds (R-STA-1). `fault` says where a rule crashed, for the log and nobody else."""

    rule: str
    sentence: str
    contact: Contact = "org"
    precondition: str | None = None
    retry_after: int | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Yes, and tell the person something."""

    rule: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Becomes:
    """Yes, and the session (or occurrence) takes this status afterwards."""

    rule: str
    status: Status


Opinion: TypeAlias = Refused | Notice | Becomes
"""What one rule answers about one change; None when it has nothing to say."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The whole write is allowed. `becomes` holds one entry per change that sets a status: (index, status).
    `overridden` names the rules that would have refused a practitioner but yield to the organization."""

    notices: tuple[Notice, ...] = ()
    becomes: tuple[tuple[int, Status], ...] = ()
    overridden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """The whole write is refused (R-GEN-1): `first` is reported, `all` are recorded in rule order."""

    first: Refused
    all: tuple[Refused, ...] = ()


Verdict: TypeAlias = Allowed | Rejected
