"""Thunderbird: goes by the sync token alone, asks "overwrite?" after 409 and 412, snoozes on the master."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.interop.wire import Wire, moved, reason, with_lines

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Thunderbird/153.0"


@pytest.fixture
def bird(connect: Callable[[str, str], Wire]) -> Wire:
    return connect("thunderbird", AGENT)


def test_the_first_sync(bird: Wire) -> None:
    token, etags, removed = bird.changed("")

    assert len(etags) == 5 and not removed and all(etags.values())
    assert len(bird.multiget(bird.sessions, *etags)) == 5
    assert bird.changed(token) == (token, {}, set())


def test_an_allowed_move(bird: Wire) -> None:
    token, _, _ = bird.changed("")
    one = bird.session("move")
    edited = with_lines(moved(one.text, "20260310", "20260312"), "X-MOZ-GENERATION:1")
    assert bird.put(one.href, edited, If_Match=one.etag).status == 204

    _, etags, _ = bird.changed(token)
    assert one.href in etags
    there = bird.multiget(bird.sessions, one.href)[one.href]
    assert there.value("DTSTART") == "20260312T100000" and there.value("STATUS") == "TENTATIVE"


def test_a_refused_move_and_the_overwrite_that_it_may_try(bird: Wire) -> None:
    one = bird.session("locked")
    token, _, _ = bird.changed("")
    edited = moved(one.text, "20260225", "20260226")
    assert reason(bird.put(one.href, edited, If_Match=one.etag)) == reason(bird.put(one.href, edited))

    _, etags, _ = bird.changed(token)
    assert set(etags) == {one.href}
    back = bird.multiget(bird.sessions, one.href)[one.href]
    assert back.value("DTSTART") == one.value("DTSTART")
    assert back.value("DESCRIPTION").startswith("Submitted sessions can't be edited.")


def test_dismissing_and_snoozing_are_kept(bird: Wire) -> None:
    locked = bird.session("locked")
    dismissed = with_lines(locked.text, "X-MOZ-LASTACK:20260302T140500Z")
    assert bird.put(locked.href, dismissed, If_Match=locked.etag).status == 204
    assert bird.get(locked.href).value("X-MOZ-LASTACK") == "20260302T140500Z"

    series = bird.session("series")
    snoozed = with_lines(series.text, "X-MOZ-SNOOZE-TIME-1772823600000000:20260306T190000Z")
    assert bird.put(series.href, snoozed, If_Match=series.etag).status == 204
    there = bird.get(series.href)
    assert there.value("X-MOZ-SNOOZE-TIME-1772823600000000") == "20260306T190000Z"
    assert there.value("X-CALGATE-STATUS") == "scheduled", "no session has changed"


def test_a_delete_comes_back_cancelled_and_its_undo_brings_it_back(bird: Wire) -> None:
    token, _, _ = bird.changed("")
    one = bird.session("own")
    assert bird.put(one.href, one.text, If_None_Match="*").status == 412
    assert bird.ask("DELETE", one.href, If_Match=one.etag).status == 204
    token, etags, removed = bird.changed(token)
    assert set(etags) == {one.href} and not removed
    assert bird.get(one.href).value("STATUS") == "CANCELLED"

    assert bird.put(one.href, one.text, If_None_Match="*").status in (201, 204)
    _, etags, _ = bird.changed(token)
    assert set(etags) == {one.href}
    there = bird.get(one.href)
    assert there.value("STATUS") == "TENTATIVE" and there.value("X-CALGATE-STATUS") == "pending_validation"


def test_a_refused_delete_leaves_the_event(bird: Wire) -> None:
    one = bird.session("locked")
    assert reason(bird.ask("DELETE", one.href, If_Match=one.etag))

    assert bird.ask("HEAD", one.href).status == 200


def test_an_old_token_leads_to_a_full_sync(bird: Wire) -> None:
    inner = "<D:sync-token>urn:calgate:sync:gone-1</D:sync-token><D:sync-level>1</D:sync-level><D:prop/>"
    answer = bird.report(bird.sessions, "D:sync-collection", inner, Depth="1")

    assert answer.status == 403 and answer.error[0] == "{DAV:}valid-sync-token"


def test_a_series_moved_as_a_whole_with_every_recurrence_id(bird: Wire) -> None:
    one = bird.session("series")
    times = r"^((?:DTSTART|DTEND|RECURRENCE-ID);TZID=America/New_York:\d{8}T)(\d\d)"
    later = re.sub(times, lambda at: f"{at[1]}{int(at[2]) + 1}", one.text, flags=re.M)
    assert bird.put(one.href, later, If_Match=one.etag).status == 204

    there = bird.get(one.href).flat
    assert "DTSTART;TZID=America/New_York:20260306T150000\n" in there
    moved_one = there[there.index("RECURRENCE-ID;TZID=America/New_York:20260327T150000\n") :]
    assert "DTSTART;TZID=America/New_York:20260326T170000\n" in moved_one
    cancelled = there[there.index("RECURRENCE-ID;TZID=America/New_York:20260320T150000\n") :]
    assert "STATUS:CANCELLED" in cancelled[: cancelled.index("END:VEVENT")]
