import time

import pytest

from calgate.doors.caldav import xml
from calgate.doors.caldav.settable import timezone_name, wishes
from tests.support.dav import NAMES, A, C, D

NEW_YORK = (
    "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VTIMEZONE\nTZID:America/New_York\nBEGIN:STANDARD\n"
    "DTSTART:20071104T020000\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\n"
    "END:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:20070311T020000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\n"
    "TZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nEND:DAYLIGHT\nEND:VTIMEZONE\nEND:VCALENDAR\n"
)


@pytest.mark.parametrize("text", [NEW_YORK, NEW_YORK.replace("\n", "\r\n"), "\n" + NEW_YORK])
def test_a_timezone_is_read(text: str) -> None:
    assert timezone_name(text) == "America/New_York"


def test_a_definition_of_ones_own_means_the_zone_with_its_offsets() -> None:
    name = timezone_name(NEW_YORK.replace("America/New_York", "My own zone"))
    assert name in ("America/New_York", "America/Toronto", "America/Detroit", "US/Eastern")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no calendar",
        "BEGIN:VCALENDAR\nEND:VCALENDAR\n",
        NEW_YORK.replace("END:VCALENDAR\n", ""),
        NEW_YORK.replace(
            "BEGIN:VTIMEZONE", "BEGIN:VTIMEZONE\nTZID:Europe/Oslo\nEND:VTIMEZONE\nBEGIN:VTIMEZONE"
        ),
        NEW_YORK.replace("TZID:America/New_York\n", ""),
        NEW_YORK.replace("BEGIN:VTIMEZONE", "BEGIN:VEVENT\nUID:a\nEND:VEVENT\nBEGIN:VTIMEZONE"),
        "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Nowhere/At_All\nEND:VTIMEZONE\nEND:VCALENDAR\n",
    ],
)
def test_what_is_no_timezone_is_none(text: str) -> None:
    assert timezone_name(text) is None


def test_a_later_instruction_wins() -> None:
    body = (
        f"<D:propertyupdate {NAMES}><D:set><D:prop><A:calendar-color>red</A:calendar-color></D:prop></D:set>"
        "<D:remove><D:prop><A:calendar-color/></D:prop></D:remove></D:propertyupdate>"
    )
    asked = wishes(xml.parse(body.encode()))
    assert (dict(asked.set), asked.remove) == ({}, (A + "calendar-color",))


def test_protected_properties_are_problems_whether_set_or_removed() -> None:
    body = (
        f"<D:propertyupdate {NAMES}><D:set><D:prop><D:getetag>x</D:getetag></D:prop></D:set>"
        "<D:remove><D:prop><D:resourcetype/><C:supported-calendar-data/></D:prop></D:remove></D:propertyupdate>"
    )
    asked = wishes(xml.parse(body.encode()))
    assert set(asked.problems) == {D + "getetag", D + "resourcetype", C + "supported-calendar-data"}


def test_a_hostile_timezone_is_refused_at_once() -> None:
    text = "BEGIN:VCALENDAR\n" + "BEGIN:VTIMEZONE\n" * 100_000 + "END:VCALENDAR\n"
    began = time.perf_counter()
    assert timezone_name(text) is None
    assert time.perf_counter() - began < 0.5
