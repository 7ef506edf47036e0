from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calgate.domain.session import Cancellation, Kind, Override, Period, Session, Status
from calgate.store import Store, sessions
from tests.support.store import ORG, OTHER, found, plan_of

LONDON = ZoneInfo("Europe/London")
TOKYO = ZoneInfo("Asia/Tokyo")
NINE = datetime(2026, 3, 2, 9, tzinfo=LONDON)
HOUR = timedelta(hours=1)
NINE_DAYS = timedelta(days=9)


def a_session(id_: str, start: datetime = NINE, **values: Any) -> Session:
    session = Session(
        id=id_, uid=f"uid-{id_}", kind=Kind.CLIENT_SESSION, practitioner="ada", start=start, end=start + HOUR,
        client="c-1", service="s-1",
    )  # fmt: skip
    return replace(session, **values)


def put(store: Store, *given: Session, number: int = 1, org: str = ORG) -> None:
    with store.write(org) as tx:
        for each in given:
            sessions.put(tx, org, each, number, LONDON)


def ids_between(
    store: Store, since: datetime, until: datetime, practitioner: str | None = "ada"
) -> list[str]:
    with store.read() as tx:
        return [each.id for each in sessions.between(tx, ORG, since, until, practitioner)]


@pytest.mark.usefixtures("collection")
class TestSessions:
    def test_a_session_is_replaced_and_removed(self, store: Store) -> None:
        first = a_session("a", rrule="FREQ=WEEKLY", overrides=(Override(on=NINE, title="x"),))
        second = replace(first, status=Status.CANCELLED, cancel=Cancellation("no_show"), revision=4)
        for number, session in enumerate((first, second), 1):
            put(store, session, number=number)
            with store.read() as tx:
                assert sessions.get(tx, ORG, "a") == session == sessions.find_by_uid(tx, ORG, "ada", "uid-a")
        with store.write(ORG) as tx:
            assert sessions.delete(tx, ORG, "a")
            assert not sessions.delete(tx, ORG, "a")
            assert sessions.get(tx, ORG, "a") is None

    def test_several_pages_and_an_assignment(self, store: Store) -> None:
        given = [a_session(id_) for id_ in "abcde"]
        given[3] = replace(given[3], client="c-2")
        put(store, *given)
        with store.read() as tx:
            assert sessions.page(tx, ORG, limit=2) == given[:2]
            assert sessions.page(tx, ORG, after="b", limit=9) == given[2:]
            assert sessions.get_many(tx, ORG, ["d", "a", "x", "a"]) == [given[0], given[3]]
            covered = sessions.of_assignment(tx, ORG, ("ada", "c-1", "s-1"), NINE - HOUR, NINE + HOUR)
            assert sorted(each.id for each in covered) == ["a", "b", "c", "e"]

    def test_an_assignment_is_told_of_series_with_another_client_or_service(self, store: Store) -> None:
        def varied(id_: str, start: datetime = NINE, **own: str) -> Session:
            override = Override(on=start + NINE_DAYS, **own)  # type: ignore[arg-type]
            return a_session(id_, start, rrule="FREQ=WEEKLY;COUNT=3", overrides=(override,))

        put(
            store, varied("client", client="c-2"), varied("service", service="s-2"),
            varied("title", title="x"), varied("later", NINE + 3 * NINE_DAYS, client="c-2"),
            a_session("single", client="c-2"),
            replace(varied("none", client="c-2"), client=None, service=None),
            replace(varied("bo", client="c-2"), practitioner="bo"),
        )  # fmt: skip
        for assigned, expected in (
            (("ada", "c-1", "s-1"), ["client", "none", "service", "title"]),
            (("ada", "c-2", "s-1"), ["client", "none", "service", "single"]),
            (("bo", "c-2", "s-1"), ["bo"]),
        ):
            with store.read() as tx:
                covered = sessions.of_assignment(tx, ORG, assigned, NINE - HOUR, NINE + NINE_DAYS)
                others = sessions.of_assignment(tx, ORG, assigned, NINE, NINE + HOUR, "client")
            assert [each.id for each in covered] == expected
            assert [each.id for each in others] == [each for each in expected if each != "client"]
        put(store, a_session("client", rrule="FREQ=WEEKLY;COUNT=3"), number=2)
        with store.read() as tx:
            covered = sessions.of_assignment(tx, ORG, ("ada", "c-2", "s-1"), NINE, NINE + HOUR)
        assert [each.id for each in covered] == ["none", "service", "single"]

    def test_series_with_another_client_are_found_by_an_index_of_their_own(self, store: Store) -> None:
        assigned = "ada", "c-1", "s-1"
        with store.write(ORG) as tx:
            steps = plan_of(tx, lambda: sessions.of_assignment(tx, ORG, assigned, NINE, NINE + HOUR))
        plan = " ".join(steps)
        assert "ix_sessions_varied" in plan
        assert "ix_sessions_assignment" in plan
        assert "SCAN sessions" not in plan

    def test_a_window_takes_what_overlaps_it(self, store: Store) -> None:
        put(
            store, a_session("later", NINE + HOUR), a_session("now"), a_session("before", NINE - HOUR),
            a_session("bo", practitioner="bo"),
        )  # fmt: skip
        assert ids_between(store, NINE, NINE + HOUR) == ["now"]
        assert ids_between(store, NINE, NINE + HOUR, None) == ["bo", "now"]
        assert ids_between(store, NINE - timedelta(minutes=1), NINE + 2 * HOUR) == ["before", "now", "later"]
        with store.read() as tx:
            found_ = sessions.between(tx, ORG, NINE, NINE + HOUR, "bo")
            assert [each.id for each in found_] == ["bo"]

    @pytest.mark.parametrize(
        ("values", "first", "last"),
        [
            ({"rrule": "FREQ=WEEKLY;COUNT=3"}, NINE, NINE + timedelta(weeks=2) + HOUR),
            ({"rrule": "FREQ=WEEKLY;UNTIL=20260316T090000Z"}, NINE, NINE + timedelta(weeks=2) + HOUR),
            ({"rrule": "FREQ=WEEKLY"}, NINE, None),
            ({"rdates": (NINE + timedelta(days=300),)}, NINE, datetime(2026, 12, 27, 10, tzinfo=LONDON)),
            (
                {
                    "rrule": "FREQ=DAILY;COUNT=2",
                    "overrides": (
                        Override(
                            on=NINE, start=NINE - timedelta(days=9), end=NINE - timedelta(days=9) + HOUR
                        ),
                        Override(on=NINE + timedelta(days=1), start=NINE + timedelta(days=9), end=None),
                    ),
                },
                NINE - timedelta(days=9),
                NINE + timedelta(days=9) + HOUR,
            ),
            (
                {"dates": (Period(NINE, NINE + HOUR), Period(date(2026, 4, 9), date(2026, 4, 10)))},
                NINE,
                datetime(2026, 4, 10, tzinfo=LONDON),
            ),
            (
                {"start": date(2026, 3, 2), "end": date(2026, 3, 3)},
                datetime(2026, 3, 2, tzinfo=LONDON),
                datetime(2026, 3, 3, tzinfo=LONDON),
            ),
            ({"start": NINE.astimezone(TOKYO), "end": (NINE + HOUR).astimezone(TOKYO)}, NINE, NINE + HOUR),
        ],
    )
    def test_a_session_reaches_from_its_first_start_to_its_last_end(
        self, store: Store, values: dict[str, Any], first: datetime, last: datetime | None
    ) -> None:
        put(store, a_session("a", **values))
        second = timedelta(seconds=1)
        early = datetime(2020, 1, 1, tzinfo=UTC)
        assert ids_between(store, early, first.astimezone(UTC)) == []
        assert ids_between(store, early, first.astimezone(UTC) + second) == ["a"]
        if last is None:
            assert ids_between(store, datetime(2090, 1, 1, tzinfo=UTC), datetime(2091, 1, 1, tzinfo=UTC)) == [
                "a"
            ]
        else:
            end = last.astimezone(UTC)
            assert ids_between(store, end - second, end + HOUR) == ["a"]
            assert ids_between(store, end, end + HOUR) == []

    def test_organizations_do_not_see_each_others(self, store: Store) -> None:
        found(store, OTHER, "bo")
        put(store, a_session("a"), org=OTHER)
        with store.read() as tx:
            assert sessions.get(tx, ORG, "a") is None
            assert sessions.find_by_uid(tx, ORG, "ada", "uid-a") is None
            assert sessions.page(tx, ORG) == []
