"""KDE: first without credentials, its own VTIMEZONE, a path that is not the UID; keeps a refused edit until
the ETag changes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.interop.wire import Wire, moved, reason, with_lines

AGENT = "Mozilla/5.0 (X11; Linux x86_64) KDE DAV groupware client (Akonadi DAV Resource/5.22.3)"
ZONE = "\r\n".join(
    (
        "BEGIN:VTIMEZONE", "TZID:America/New_York", "BEGIN:STANDARD", "TZNAME:EST", "TZOFFSETFROM:-0400",
        "TZOFFSETTO:-0500", "DTSTART:20071104T020000", "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11",
        "END:STANDARD", "BEGIN:DAYLIGHT", "TZNAME:EDT", "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400",
        "DTSTART:20070311T020000", "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3", "END:DAYLIGHT", "END:VTIMEZONE",
    )
)  # fmt: skip


@pytest.fixture
def kde(connect: Callable[[str, str], Wire]) -> Wire:
    return connect("kde", AGENT)


def with_own_zone(text: str) -> str:
    ours = re.search(r"BEGIN:VTIMEZONE.*END:VTIMEZONE", text, re.DOTALL)
    assert ours is not None
    changed = text.replace(ours[0], ZONE)
    return re.sub(
        r"^PRODID:.*$", "PRODID:-//K Desktop Environment//NONSGML libkcal 4.3//EN\r", changed, flags=re.M
    )


def put(kde: Wire, path: str, text: str, **headers: str) -> int:
    """Every request goes out without credentials first."""
    assert kde.ask("PUT", path, text, anonymous=True, Content_Type="text/calendar", **headers).status == 401
    return kde.put(path, text, **headers).status


def test_a_request_without_credentials_is_no_attempt_to_guess(kde: Wire) -> None:
    for _ in range(60):
        assert kde.propfind(kde.home, "D:displayname", anonymous=True).status == 401

    assert kde.propfind(kde.home, "D:displayname").status == 207


def test_an_allowed_move(kde: Wire) -> None:
    one = kde.session("move")
    edited = with_own_zone(moved(one.text, "20260310", "20260312"))
    assert put(kde, one.href, edited, If_Match=one.etag) == 204

    there = kde.get(one.href)
    assert there.value("DTSTART") == "20260312T100000" and there.value("STATUS") == "TENTATIVE"


def test_its_own_zone_alone_changes_nothing(kde: Wire) -> None:
    one = kde.session("series")
    assert put(kde, one.href, with_own_zone(one.text), If_Match=one.etag) == 204

    assert kde.get(one.href).value("X-CALGATE-STATUS") == "scheduled"


def test_a_refused_move_and_a_refused_delete_get_a_new_etag(kde: Wire) -> None:
    one = kde.session("locked")
    assert reason(
        kde.put(one.href, with_own_zone(moved(one.text, "20260225", "20260226")), If_Match=one.etag)
    )
    back = kde.get(one.href)
    assert back.etag != one.etag and back.value("DTSTART") == one.value("DTSTART")
    assert int(back.value("SEQUENCE")) > int(one.value("SEQUENCE"))

    assert reason(kde.ask("DELETE", one.href, If_Match=back.etag))
    assert kde.get(one.href).etag != back.etag, "it has dropped the event already"


def test_an_alarm_on_a_locked_session(kde: Wire) -> None:
    one = kde.session("locked")
    alarm = ("BEGIN:VALARM", "TRIGGER;VALUE=DURATION:-PT5M", "ACTION:DISPLAY", "DESCRIPTION:", "END:VALARM")
    assert put(kde, one.href, with_own_zone(with_lines(one.text, *alarm)), If_Match=one.etag) == 204

    assert "-PT5M\n" in kde.get(one.href).flat


def test_a_new_event_whose_path_is_not_its_uid(kde: Wire) -> None:
    path = f"{kde.sessions}f0c1a2.ics"
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//K Desktop Environment//NONSGML libkcal 4.3//EN", ZONE,
        "BEGIN:VEVENT", "UID:KOrganizer-12", "DTSTAMP:20260302T140000Z", "SUMMARY:Dentist",
        "DTSTART;TZID=America/New_York:20260305T080000", "DTEND;TZID=America/New_York:20260305T083000",
        "END:VEVENT", "END:VCALENDAR", "",
    )  # fmt: skip
    assert put(kde, path, "\r\n".join(lines), If_None_Match="*") == 201

    there = kde.get(path)
    assert there.value("UID") == "KOrganizer-12" and there.value("X-CALGATE-KIND") == "other_event"
    assert kde.ask("DELETE", path, If_Match=there.etag).status == 204


def test_a_delete_comes_back_cancelled(kde: Wire) -> None:
    one = kde.session("own")
    assert kde.ask("DELETE", one.href, anonymous=True, If_Match=one.etag).status == 401
    assert kde.ask("DELETE", one.href, If_Match=one.etag).status == 204

    assert kde.get(one.href).value("STATUS") == "CANCELLED"
