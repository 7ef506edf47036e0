"""Busy times behind a link: /freebusy/<secret>.ifb."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from icalendar import Calendar, FreeBusy

from tests.integration.feeds.conftest import NOW, Served
from tests.support.dav import event
from tests.support.feeds import check_text


def busy_of(text: str) -> tuple[FreeBusy, list[tuple[datetime, datetime, str]]]:
    """The component, and its periods with their types."""
    [found] = Calendar.from_ical(text).walk("VFREEBUSY")
    given = found.get("FREEBUSY", [])
    lines = given if isinstance(given, list) else [given]
    return found, [
        (each.start, each.end, line.params.get("FBTYPE", "BUSY"))
        for line in lines
        for each in (line.dts if hasattr(line, "dts") else [line])
    ]


def test_busy_times_are_those_of_all_calendars_and_nothing_else(served: Served) -> None:
    path = served.link(audience="person", target="ada", kind="freebusy", past_days=2, future_days=10)
    assert served.dav("MKCALENDAR", "/dav/ada/home/").status == 201
    lunch = event("lunch@example", start="20260303T010000Z", end="20260303T020000Z")
    assert served.dav("PUT", "/dav/ada/home/lunch.ics", lunch).status == 201
    found = served.get(path)
    assert found.status == 200 and found.headers["content-type"] == "text/calendar; charset=utf-8"
    check_text(found.text)
    component, periods = busy_of(found.text)
    since, until = datetime(2026, 2, 28, 5, tzinfo=UTC), datetime(2026, 3, 13, 4, tzinfo=UTC)
    wanted = served.gate.busy_of("riverside", ["ada"], since, until)["ada"]
    assert [(each.start, each.end, each.type) for each in wanted] == periods
    assert (datetime(2026, 3, 3, 1, tzinfo=UTC), datetime(2026, 3, 3, 2, tzinfo=UTC), "BUSY") in periods
    assert {kind for _, _, kind in periods} == {"BUSY", "BUSY-TENTATIVE"}
    assert (component["DTSTART"].dt, component["DTEND"].dt) == (since, until)
    assert component["DTSTAMP"].dt == NOW and component["UID"]
    assert component["ORGANIZER"].startswith("urn:uuid:")
    assert "METHOD:PUBLISH" in found.text
    for name in ("SUMMARY", "LOCATION", "ada@", "Noah", "Lunch"):
        assert name not in found.text


def test_busy_times_are_sent_only_when_they_are_others(served: Served) -> None:
    path = served.link(audience="person", target="ada", kind="freebusy")
    first = served.get(path)
    assert first.etag.startswith('W/"')
    served.clock.forward(minutes=5)
    for accepted in ("gzip", "identity"):
        again = served.get(path, If_None_Match=first.etag, Accept_Encoding=accepted)
        assert (again.status, again.etag, again.body) == (304, first.etag, b"")
        assert "last-modified" not in again.headers
    href, text = served.object("rt-4")
    moved = text.replace("America/New_York:20260310T", "America/New_York:20260312T")
    assert served.dav("PUT", href, moved).status == 204
    after = served.get(path, If_None_Match=first.etag)
    assert after.status == 200 and after.etag != first.etag
    old, new = busy_of(first.text)[0], busy_of(after.text)[0]
    assert new["UID"] == old["UID"] and new["DTSTAMP"].dt - old["DTSTAMP"].dt == timedelta(minutes=5)


def test_busy_times_are_as_old_as_their_look_up_and_a_date_never_stands_for_them(served: Served) -> None:
    path = served.link(audience="person", target="ada", kind="freebusy")
    first = served.get(path)
    assert parsedate_to_datetime(first.headers["last-modified"]) == NOW
    assert busy_of(first.text)[0]["DTSTAMP"].dt == NOW
    # Nothing tells when busy times changed, and they may within the second in which they were looked up.
    for since in (first.headers["last-modified"], "Tue, 03 Mar 2099 00:00:00 GMT", "nonsense"):
        again = served.get(path, If_Modified_Since=since)
        assert (again.status, again.body) == (200, first.body)
        assert served.get(path, If_Modified_Since=since, If_None_Match='"other"').status == 200
        assert served.get(path, If_Modified_Since=since, If_None_Match=first.etag).status == 304


def test_the_tag_of_busy_times_is_over_all_that_is_sent_but_the_time_of_the_look_up(served: Served) -> None:
    one, other = (served.link(audience="person", target="ada", kind="freebusy") for _ in range(2))
    first, second = served.get(one), served.get(other)
    assert busy_of(first.text)[1] == busy_of(second.text)[1]
    assert first.etag != second.etag, "their UIDs are not the same"
    served.clock.forward(seconds=1)
    assert served.get(one).etag == first.etag and served.get(one).body != first.body
