"""What was sent is what is shown afterwards: the difference, laid on the session, gives the sent document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from calgate.domain import texts
from calgate.domain.change import Cancel
from calgate.domain.event import Document, Event
from calgate.domain.fields import sent_instructions
from calgate.domain.recurrence import slots, starts
from calgate.domain.session import Cancellation, Fact, Kind, Override, Session, Status
from calgate.domain.when import When, day_of, elapsed, instant, key, plus
from tests.support.sessions import HOUR, NEW_YORK, after, changes, own_event, shown, single, with_master

ZONES = [NEW_YORK, ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]
WINDOW = (datetime(2025, 12, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))
OFFICES = ["Main office", "Main office, room 2", "Annex", "Telehealth", "Annex, room 9"]
words = st.sampled_from(["Lunch", "Staff meeting", "Training day", "Zebra"])
sentences = st.sampled_from(["Bring forms.", "Second door", "", "Ring twice"])
lines = st.lists(sentences, max_size=3).map("\n".join)
moments = st.builds(
    lambda day, hour, minute: datetime(2026, 1, 5, hour, minute) + timedelta(days=day),  # noqa: DTZ001
    st.integers(0, 300),
    st.integers(0, 23),
    st.sampled_from([0, 15, 30]),
)
lengths = st.sampled_from([30, 45, 60, 90]).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def sessions(draw: st.DrawFn, recurring: bool | None = None) -> Session:
    """A single session or a series, with a client or without, in any state, with overrides."""
    zone, wall, length = draw(st.sampled_from(ZONES)), draw(moments), draw(lengths)
    all_day = draw(st.integers(0, 5)) == 0
    start: When = wall.date() if all_day else wall.replace(tzinfo=zone)
    end: When = wall.date() + timedelta(days=1) if all_day else plus(start, length)
    make: Callable[..., Session] = draw(st.sampled_from([single, own_event]))
    status = draw(st.sampled_from([Status.SCHEDULED, Status.PENDING_VALIDATION, Status.DECLINED]))
    session = make(start=start, end=end, instructions=draw(lines).strip("\n"), status=status)
    if session.kind is Kind.OTHER_EVENT:
        live = Status.SCHEDULED if status is Status.DECLINED else status
        session = replace(session, title=draw(words), busy=draw(st.booleans()), status=live)
    if recurring is False or (recurring is None and draw(st.booleans())):
        return session
    day = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][wall.weekday()]
    rrule = draw(st.sampled_from([
        "FREQ=WEEKLY", f"FREQ=WEEKLY;BYDAY={day};COUNT=8",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=6", "FREQ=DAILY;COUNT=9",
        f"FREQ=WEEKLY;BYDAY={day};UNTIL={key(plus(start, timedelta(days=50)))}",
    ]))  # fmt: skip
    return draw(with_overrides(replace(session, rrule=rrule)))


@st.composite
def with_overrides(draw: st.DrawFn, session: Session) -> Session:
    ons = list(starts(session.start, session.rrule, limit=6))
    chosen = draw(st.lists(st.sampled_from(ons), unique_by=key, max_size=3))
    length = elapsed(session.start, session.end)
    overrides = []
    for on in sorted(chosen, key=key):
        moved = plus(on, timedelta(days=draw(st.integers(1, 3))))
        overrides.append(
            draw(
                st.sampled_from(
                    [
                        Override(on=on, start=moved, end=plus(moved, length)),
                        Override(on=on, status=Status.CANCELLED, cancel=Cancellation("other")),
                        Override(on=on, instructions="Only here."),
                        Override(on=on, facts=frozenset({Fact.NOTE_SIGNED})),
                    ]
                )
            )
        )
    free = [on for on in ons if all(key(on) != key(each) for each in chosen)]
    exdates = draw(st.lists(st.sampled_from(free), unique_by=key, max_size=2)) if free else []
    return replace(session, overrides=tuple(overrides), exdates=tuple(exdates))


@st.composite
def edited(draw: st.DrawFn, session: Session) -> Document:
    """What one of the programs sends after a person's edits."""
    document = shown(session)
    is_own = session.kind is Kind.OTHER_EVENT
    document = draw(edited_texts(document, is_own))
    if document.master is not None and document.master.rrule:
        ways = st.sampled_from([one_moved, one_removed, one_cancelled, one_edited])
        for step in draw(st.lists(ways, max_size=3)):
            document = draw(step(document))
        whole = draw(st.sampled_from([None, None, shifted_along, cut, repatterned]))
        document = draw(whole(document)) if whole else document
    elif draw(st.booleans()):
        document = draw(moved(document))
    return draw(as_client(document))


@st.composite
def edited_texts(draw: st.DrawFn, document: Document, is_own: bool) -> Document:
    fields: dict[str, Any] = {}
    if draw(st.booleans()):
        head, found, _ = document.events[0].description.partition(texts.MARKER)
        fields["description"] = f"{head}{found}\n{draw(lines)}" if found else draw(lines)
    if is_own and draw(st.booleans()):
        fields |= {"summary": draw(words), "transparent": draw(st.booleans()), "location": draw(words)}
    elif draw(st.booleans()):
        fields["location"] = draw(st.sampled_from(OFFICES))
    return with_master(document, **fields)


@st.composite
def moved(draw: st.DrawFn, document: Document) -> Document:
    event = document.events[0]
    if draw(st.integers(0, 5)) == 0:
        zone = draw(st.sampled_from(ZONES))
        there = draw(moments).replace(tzinfo=zone)
        return with_master(document, start=there, end=plus(there, HOUR))
    start = plus(event.start, timedelta(days=draw(st.integers(-9, 9))))
    return with_master(document, start=start, end=plus(start, elapsed(event.start, event.end)))


@st.composite
def one(draw: st.DrawFn, document: Document) -> tuple[When, Event]:
    """An occurrence and its event, which may be none yet."""
    master = document.master
    assert master is not None
    on = draw(st.sampled_from(list(starts(master.start, master.rrule, limit=6))))
    bare = replace(
        master,
        recurrence_id=on,
        start=on,
        end=plus(on, elapsed(master.start, master.end)),
        rrule=None,
        rdates=(),
        exdates=(),
    )
    event = document.override(on) or bare
    if event.status == "CANCELLED":
        title = event.summary.removeprefix("Cancelled: ")
        event = replace(event, summary=title, transparent=master.transparent)
    return on, event


def put(document: Document, event: Event) -> Document:
    """The document with that override and without an EXDATE for it."""
    assert event.recurrence_id is not None
    name = key(event.recurrence_id)
    others = [each for each in document.overrides if each.recurrence_id and key(each.recurrence_id) != name]
    return with_master(
        replace(document, overrides=(*others, event)),
        exdates=tuple(each for each in document.events[0].exdates if key(each) != name),
    )


@st.composite
def one_moved(draw: st.DrawFn, document: Document) -> Document:
    on, event = draw(one(document))
    start = plus(on, timedelta(days=draw(st.integers(-3, 3))))
    end = plus(start, elapsed(event.start, event.end))
    return put(document, replace(event, start=start, end=end, status="CONFIRMED"))


@st.composite
def one_cancelled(draw: st.DrawFn, document: Document) -> Document:
    _, event = draw(one(document))
    return put(document, replace(event, status="CANCELLED", transparent=True))


@st.composite
def one_edited(draw: st.DrawFn, document: Document) -> Document:
    _, event = draw(one(document))
    head, found, _ = event.description.partition(texts.MARKER)
    text = draw(st.sampled_from(["Other.", "Only here."]))
    description = f"{head}{found}\n{text}" if found else text
    return put(document, replace(event, description=description, status="CONFIRMED"))


@st.composite
def one_removed(draw: st.DrawFn, document: Document) -> Document:
    """By EXDATE, in place of an override; Evolution writes it in UTC."""
    on, _ = draw(one(document))
    others = tuple(e for e in document.overrides if e.recurrence_id and key(e.recurrence_id) != key(on))
    if isinstance(on, datetime) and draw(st.booleans()):
        on = on.astimezone(ZoneInfo("UTC"))
    return with_master(replace(document, overrides=others), exdates=(*document.events[0].exdates, on))


@st.composite
def shifted_along(draw: st.DrawFn, document: Document) -> Document:
    """All events some time or a day later, every RECURRENCE-ID with them (Thunderbird)."""
    master = document.master
    assert master is not None
    days = 0 if isinstance(master.start, datetime) else 1
    minutes = 0 if days else draw(st.sampled_from([-30, 15, 60]))

    def go(when: When) -> When:
        if not isinstance(when, datetime):
            return when + timedelta(days=days)
        return when + timedelta(minutes=minutes)

    rule = master.rrule or ""
    if "UNTIL=" in rule:
        until = rule.split("UNTIL=")[1]
        last = datetime.strptime(until[:8], "%Y%m%d") + timedelta(days=2)  # noqa: DTZ007
        rule = rule.replace(until, f"{last:%Y%m%d}" + ("" if days else "T000000Z"))
    if "BYDAY" in rule and day_of(go(master.start)) != day_of(master.start):
        rule = rule.replace(";BYDAY=" + rule.partition("BYDAY=")[2][:2], "")
    length = elapsed(master.start, master.end)
    changed = with_master(
        document,
        start=go(master.start),
        end=plus(go(master.start), length),
        rrule=rule,
        exdates=tuple(go(each) for each in master.exdates),
    )
    return replace(
        changed,
        overrides=tuple(
            replace(each, recurrence_id=go(each.recurrence_id))
            for each in document.overrides
            if each.recurrence_id is not None
        ),
    )


@st.composite
def cut(draw: st.DrawFn, document: Document) -> Document:
    """COUNT lowered (Evolution) or UNTIL set (Apple); overrides and EXDATEs beyond go or stay."""
    master = document.master
    assert master is not None
    found = list(starts(master.start, master.rrule, limit=6))
    keep = draw(st.integers(1, len(found) - 1)) if len(found) > 1 else 1
    base = (master.rrule or "").partition(";COUNT=")[0].partition(";UNTIL=")[0]
    rule = f"{base};COUNT={keep}"
    if draw(st.booleans()):
        last = found[keep - 1]
        rule = f"{base};UNTIL={key(last)}"
    kept = {key(each) for each in found[:keep]}
    overrides = tuple(e for e in document.overrides if e.recurrence_id and key(e.recurrence_id) in kept)
    exdates = tuple(each for each in master.exdates if key(each) in kept)
    return with_master(replace(document, overrides=overrides), rrule=rule, exdates=exdates)


@st.composite
def repatterned(draw: st.DrawFn, document: Document) -> Document:
    """Another rule: programs drop what no longer fits."""
    master = document.master
    assert master is not None
    rules = ["FREQ=WEEKLY;INTERVAL=3;COUNT=4", "FREQ=DAILY;COUNT=40", "FREQ=MONTHLY;COUNT=5"]
    rule = draw(st.sampled_from(rules))
    fits = {key(each) for each in starts(master.start, rule)}
    overrides = tuple(e for e in document.overrides if e.recurrence_id and key(e.recurrence_id) in fits)
    exdates = tuple(each for each in master.exdates if key(each) in fits)
    return with_master(replace(document, overrides=overrides), rrule=rule, exdates=exdates)


@st.composite
def as_client(draw: st.DrawFn, document: Document) -> Document:
    """Noise: marks, colours, categories dropped, line ends, overrides in another order, their ids in UTC."""
    in_utc = draw(st.booleans())

    def noisy(event: Event) -> Event:
        on = event.recurrence_id
        if in_utc and isinstance(on, datetime):
            on = on.astimezone(ZoneInfo("UTC"))
        description = event.description.replace("\n", "\r\n") + "  "
        return replace(event, recurrence_id=on, marks={}, color="", categories=(), description=description)

    if not draw(st.booleans()):
        return document
    master = noisy(document.master) if document.master else None
    overrides = tuple(noisy(each) for each in reversed(document.overrides))
    return replace(document, master=master, overrides=overrides)


def tracked(document: Document, is_own: bool) -> tuple[Any, ...]:
    """What is the person's to say: where each live occurrence is and what its texts are."""
    found = []
    for slot in slots(document, *WINDOW, NEW_YORK):
        event = document.events[slot.part] if document.master else document.overrides[slot.part - 1]
        if event.status == "CANCELLED":
            continue
        own = (event.summary, event.transparent, event.location) if is_own else (event.location,)
        place = (key(slot.on), key(slot.start), key(slot.end))
        found.append((*place, sent_instructions(event.description), *own))
    return tuple(found)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_the_difference_laid_on_the_session_gives_what_was_sent(data: st.DataObject) -> None:
    session = data.draw(sessions())
    sent = data.draw(edited(session))
    is_own = session.kind is Kind.OTHER_EVENT
    result = after(session, *changes(session, sent))
    assert result is not None
    assert tracked(shown(result), is_own) == tracked(sent, is_own)
    # Sent again it is an echo.
    assert changes(result, sent) == ()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_what_was_shown_is_an_echo_in_any_spelling(data: st.DataObject) -> None:
    session = data.draw(sessions())
    document = shown(session)
    assert changes(session, document) == ()
    assert changes(session, data.draw(as_client(document))) == ()
    if session.kind is not Kind.OTHER_EVENT:
        assert changes(session, with_master(document, summary="x", location="y", transparent=True)) == ()


@settings(max_examples=100, deadline=None)
@given(sessions(recurring=True), st.integers(0, 400))
def test_a_cancelled_running_series_keeps_its_past(session: Session, day: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)

    def live(each: Session | None) -> set[tuple[str, str]]:
        assert each is not None
        document = shown(each)
        return {
            (key(slot.start), key(slot.end))
            for slot in slots(document, *WINDOW, NEW_YORK)
            if document.events[slot.part].status != "CANCELLED" and instant(slot.start, NEW_YORK) <= now
        }

    result = after(session, Cancel("other"), now=now)
    assert live(result) == live(session)
    assert result is not None
    later = [
        slot
        for slot in slots(shown(result), now + timedelta(seconds=1), WINDOW[1], NEW_YORK)
        if shown(result).events[slot.part].status != "CANCELLED" and instant(slot.start, NEW_YORK) > now
    ]
    assert later == []


def test_the_window_holds_what_is_drawn() -> None:
    assert date(2026, 1, 5) + timedelta(days=300 + 56) < WINDOW[1].date()
