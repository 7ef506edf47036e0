"""A team that vaccinates in schools and clinics in London, on Monday 2 March 2026, 9:00, and short ways to
write its sessions. Clocks go forward there on Sunday 29 March 2026."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from calgate.domain.change import Change, Move
from calgate.domain.dates import with_dates
from calgate.domain.practice import Location, Person, Practice
from calgate.domain.scenario import Scenario, World
from calgate.domain.session import NO_DATE, Kind, Period, ScheduledBy, Session

ZONE = ZoneInfo("Europe/London")
PRACTICE = Practice(
    id="northdown",
    name="Northdown School Health",
    pack="mavis",
    zone=ZONE,
    people={"nina": Person(id="nina", name="Nina Shah")},
    locations={
        "oak": Location(id="oak", name="Oak School", type="school", prerequisites_done=True),
        "elm": Location(id="elm", name="Elm School", type="school", prerequisites_done=False),
        "quay": Location(id="quay", name="Quay Clinic", type="clinic", prerequisites_done=True),
        "pier": Location(id="pier", name="Pier Clinic", type="clinic", prerequisites_done=True),
    },
    programmes={"hpv": "HPV", "flu": "Flu", "menacwy": "MenACWY"},
)
WORLD = World(PRACTICE, "nina", datetime(2026, 3, 2, 9, tzinfo=ZONE))


def day(text: str, **fields: Any) -> Period:
    """A whole day."""
    first = date.fromisoformat(text)
    return Period(first, first + timedelta(days=1), **fields)


def hours(text: str, start: str = "09:30", end: str = "12:30", **fields: Any) -> Period:
    """A clinic's hours on a day."""
    first, last = (datetime.fromisoformat(f"{text}T{each}").replace(tzinfo=ZONE) for each in (start, end))
    return Period(first, last, **fields)


def school(*dates: Period | str, **fields: Any) -> Session:
    """A session at Oak School; three dates from 16 April on, so that consent opens on 26 March."""
    wanted = dates or ("2026-04-16", "2026-04-23", "2026-04-30")
    plain: dict[str, Any] = {
        "kind": Kind.SCHOOL_SESSION,
        "location": "oak",
        "programmes": ("hpv", "flu"),
        "year_groups": ("8", "9"),
    }
    session = Session(
        id="n-1",
        uid="n-1@example",
        practitioner="nina",
        start=NO_DATE,
        end=NO_DATE,
        scheduled_by=ScheduledBy.ORG,
        **{**plain, **fields},
    )
    return with_dates(session, [day(each) if isinstance(each, str) else each for each in wanted], ZONE)


def opened(*dates: Period | str, **fields: Any) -> Session:
    """The same from 16 March on: requests went out on 23 February."""
    return school(*(dates or ("2026-03-16", "2026-03-23", "2026-03-30")), **fields)


def clinic(*dates: Period, **fields: Any) -> Session:
    """Two mornings at Quay Clinic."""
    wanted = dates or (hours("2026-04-16"), hours("2026-04-17"))
    return school(*wanted, **{"kind": Kind.CLINIC_SESSION, "location": "quay", **fields})


def moved(period: Period, on: Period) -> Move:
    """A date moved to where `period` is."""
    return Move(period.start, period.end, on.start)


def row(
    rules: str,
    situation: str,
    session: Session | None,
    write: Change | tuple[Change, ...],
    expect: str,
    sentence: str = "",
    **more: Any,
) -> Scenario:
    """One scenario of this team."""
    changes = write if isinstance(write, tuple) else (write,)
    return Scenario(rules, situation, session, changes, expect, WORLD, sentence, **more)
