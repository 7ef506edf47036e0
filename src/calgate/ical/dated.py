"""What the occurrence index needs of one component of a plain calendar object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from calgate.domain.when import When
from calgate.ical.times import Times


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A VEVENT, VTODO or VJOURNAL: number 0 is the master. COMPLETED and CREATED are those of VTODOs."""

    number: int
    times: Times
    status: str = ""
    transparent: bool = False
    completed: datetime | None = None
    created: datetime | None = None

    @property
    def anchor(self) -> When | None:
        """What recurs: DTSTART, or DUE where there is none."""
        return self.times.start or self.times.end
