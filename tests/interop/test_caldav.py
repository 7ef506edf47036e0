"""The caldav library as a client: what scripts and small programs do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import caldav
import pytest
from caldav.lib import error

from tests.interop.practice import password
from tests.support.demo import RunningDemo

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def principal(demo: RunningDemo) -> Iterator[Any]:
    with caldav.DAVClient(url=f"{demo.url}/dav/", username="caldav", password=password("caldav")) as client:
        yield client.principal()


@pytest.fixture
def plain(principal: Any) -> Iterator[Any]:
    """A new calendar, gone afterwards."""
    made = principal.make_calendar(name="Garden", cal_id="garden")
    yield made
    made.delete()


def sessions(principal: Any) -> Any:
    [found] = [each for each in principal.calendars() if str(each.url).endswith("/sessions/")]
    return found


def session(principal: Any, identity: str) -> Any:
    found = [one for one in sessions(principal).events() if f"X-CALGATE-ID:{identity}\r\n" in wire(one)]
    assert len(found) == 1
    return found[0]


def wire(one: Any) -> str:
    return str(one.wire_data.decode() if isinstance(one.wire_data, bytes) else one.wire_data)


def titles(found: list[Any]) -> list[str]:
    return sorted(str(one.icalendar_component["SUMMARY"]) for one in found)


def test_discovery(principal: Any) -> None:
    assert principal.get_display_name() == "Kim Caldav"
    assert "mailto:caldav@practice.example" in principal.calendar_user_address_set()
    assert sessions(principal).get_display_name() == "Sessions"
    assert sessions(principal).get_supported_components() == ["VEVENT"]


def test_the_host_alone_is_enough(demo: RunningDemo) -> None:
    with caldav.DAVClient(url=demo.url, username="caldav", password=password("caldav")) as client:
        principal = client.principal()
        assert str(principal.url) == f"{demo.url}/dav/caldav/"
        assert sessions(principal).get_display_name() == "Sessions"


def test_people_are_found_in_the_own_practice_only(principal: Any) -> None:
    search = principal.client.search_principals

    assert [each.get_display_name() for each in search()] == ["Kim Caldav"]
    assert [str(each.url) for each in search(name="caldav")] == [str(principal.url)]
    assert search(name="Ada") == []


def test_a_calendar_of_ones_own(principal: Any, plain: Any) -> None:
    assert "Garden" in {each.get_display_name() for each in principal.calendars()}

    made = plain.save_event(
        dtstart=datetime(2026, 3, 4, 9, tzinfo=NEW_YORK), dtend=datetime(2026, 3, 4, 10, tzinfo=NEW_YORK),
        summary="Weeding", rrule={"FREQ": "WEEKLY", "COUNT": 4},
    )  # fmt: skip
    plain.save_event(dtstart=date(2026, 3, 20), dtend=date(2026, 3, 21), summary="Market")

    march = {
        "start": datetime(2026, 3, 10, tzinfo=UTC),
        "end": datetime(2026, 3, 23, tzinfo=UTC),
        "event": True,
    }
    assert titles(plain.search(**march)) == ["Market", "Weeding"]
    days = [one.icalendar_component["DTSTART"].dt for one in plain.search(**march, expand=True)]
    assert sorted(day.isoformat()[:10] for day in days) == ["2026-03-11", "2026-03-18", "2026-03-20"]
    assert titles(plain.search(event=True, summary="Weed")) == ["Weeding"]

    made.icalendar_component["SUMMARY"] = "Weeding and sowing"
    made.save()
    assert plain.event_by_uid(made.id).icalendar_component["SUMMARY"] == "Weeding and sowing"

    made.delete()
    assert titles(plain.events()) == ["Market"]
    with pytest.raises(error.NotFoundError):
        plain.event_by_uid(made.id)


def test_todos_and_journals(plain: Any) -> None:
    todo = plain.save_todo(summary="Buy seeds", due=datetime(2026, 3, 5, 12, tzinfo=UTC))
    plain.save_journal(dtstart=date(2026, 3, 5), summary="First frost")

    assert titles(plain.todos()) == ["Buy seeds"]
    assert titles(plain.journals()) == ["First frost"]
    todo.complete()
    assert plain.todos() == []
    assert titles(plain.todos(include_completed=True)) == ["Buy seeds"]


def test_sync_tokens(plain: Any) -> None:
    one = plain.save_event(
        dtstart=datetime(2026, 3, 4, 9, tzinfo=UTC), dtend=datetime(2026, 3, 4, 10, tzinfo=UTC), summary="One"
    )
    known = plain.get_objects_by_sync_token(load_objects=True)
    assert titles(list(known)) == ["One"]

    plain.save_event(
        dtstart=datetime(2026, 3, 5, 9, tzinfo=UTC), dtend=datetime(2026, 3, 5, 10, tzinfo=UTC), summary="Two"
    )
    one.delete()
    added, deleted = known.sync()
    assert titles(list(added)) == ["Two"] and [str(each.url) for each in deleted] == [str(one.url)]
    assert [list(each) for each in known.sync()] == [[], []]


def test_busy_times(principal: Any, plain: Any) -> None:
    plain.save_event(
        dtstart=datetime(2026, 3, 4, 9, tzinfo=UTC),
        dtend=datetime(2026, 3, 4, 10, tzinfo=UTC),
        summary="Secret",
    )
    asked = {"start": datetime(2026, 3, 4, tzinfo=UTC), "end": datetime(2026, 3, 5, tzinfo=UTC)}

    answer = plain.freebusy_request(**asked).data
    assert "BUSY:20260304T090000Z/" in answer and "Secret" not in answer
    assert "20260304T170000Z/" in sessions(principal).freebusy_request(**asked).data, "lunch on Wednesday"


def test_sessions_are_expanded_with_what_was_moved_and_cancelled(principal: Any) -> None:
    found = sessions(principal).search(
        start=datetime(2026, 3, 16, tzinfo=UTC),
        end=datetime(2026, 3, 30, tzinfo=UTC),
        event=True,
        expand=True,
    )
    series = [one.icalendar_component for one in found if one.icalendar_component["X-CALGATE-ID"] == "series"]
    assert {
        (one["DTSTART"].dt.astimezone(NEW_YORK).isoformat()[:16], str(one["STATUS"])) for one in series
    } == {
        ("2026-03-20T14:00", "CANCELLED"),
        ("2026-03-26T16:00", "CONFIRMED"),
    }


def test_an_allowed_move(principal: Any) -> None:
    one = session(principal, "move")
    change(one, datetime(2026, 3, 12, 10, tzinfo=NEW_YORK), datetime(2026, 3, 12, 12, tzinfo=NEW_YORK))
    one.save()

    there = session(principal, "move").icalendar_component
    assert there["DTSTART"].dt == datetime(2026, 3, 12, 10, tzinfo=NEW_YORK)
    assert there["STATUS"] == "TENTATIVE"


def test_a_refused_move_says_why(principal: Any) -> None:
    one = session(principal, "locked")
    change(one, datetime(2026, 2, 26, 15, tzinfo=NEW_YORK), datetime(2026, 2, 26, 16, tzinfo=NEW_YORK))
    with pytest.raises(error.AuthorizationError) as refused:
        one.save()

    assert refused.value.url is not None
    there = session(principal, "locked").icalendar_component
    assert there["DTSTART"].dt == datetime(2026, 2, 25, 15, 30, tzinfo=NEW_YORK)
    assert str(there["DESCRIPTION"]).startswith(
        "Submitted sessions can't be edited. Contact your organization.\n"
    )


def test_a_delete_comes_back_as_cancelled(principal: Any) -> None:
    session(principal, "own").delete()

    assert session(principal, "own").icalendar_component["STATUS"] == "CANCELLED"


def change(one: Any, start: datetime, end: datetime) -> None:
    event = one.icalendar_component
    for name, moment in (("DTSTART", start), ("DTEND", end)):
        del event[name]
        event.add(name, moment)
