"""The clock of a calgate process: the system's, or one set ahead or back for a demo."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """Runs like the system clock, `offset` away from it."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC) + self.offset

    @classmethod
    def starting_at(cls, moment: datetime) -> "Clock":
        """A clock that shows `moment` (aware) now and runs on from there."""
        return cls(moment.astimezone(UTC) - datetime.now(UTC))
