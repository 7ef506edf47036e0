import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calgate.domain.change import Edit, Field, Move
from calgate.domain.session import (
    Cancellation,
    Fact,
    History,
    Kind,
    Override,
    Period,
    ScheduledBy,
    Session,
    Status,
)
from calgate.domain.when import Span
from calgate.store.codec import CodecError, from_json, plain, to_json

LONDON = ZoneInfo("Europe/London")
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/London", "America/New_York", "Asia/Kathmandu")]
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
TEXTS = st.lists(TEXT, max_size=2).map(tuple)
# A stored time has no fold: the domain takes the first of an ambiguous time.
TIMES = st.datetimes(timezones=st.sampled_from(ZONES)).map(lambda time: time.replace(fold=0))
WHENS = st.one_of(TIMES, st.dates())
SPANS = st.builds(Span, WHENS, WHENS)
FACTS = st.frozensets(st.sampled_from(Fact), max_size=3)
PERIODS = st.builds(Period, WHENS, WHENS, TEXT, FACTS)
CANCELLATIONS = st.builds(Cancellation, TEXT, TEXT)
OPTIONAL = st.none() | TEXT
OVERRIDES = st.builds(
    Override,
    on=WHENS,
    start=st.none() | WHENS,
    end=st.none() | WHENS,
    status=st.none() | st.sampled_from(Status),
    cancel=st.none() | CANCELLATIONS,
    facts=FACTS,
    title=OPTIONAL,
    client=OPTIONAL,
    service=OPTIONAL,
    location=OPTIONAL,
    room=OPTIONAL,
    place=OPTIONAL,
    instructions=OPTIONAL,
    telehealth_url=OPTIONAL,
    busy=st.none() | st.booleans(),
    original=st.none() | SPANS,
)
SESSIONS = st.builds(
    Session,
    id=TEXT,
    uid=TEXT,
    kind=st.sampled_from(Kind),
    practitioner=TEXT,
    start=WHENS,
    end=WHENS,
    scheduled_by=st.sampled_from(ScheduledBy),
    status=st.sampled_from(Status),
    status_reason=TEXT,
    client=OPTIONAL,
    service=OPTIONAL,
    modifiers=TEXTS,
    location=OPTIONAL,
    room=OPTIONAL,
    place=TEXT,
    title=TEXT,
    instructions=TEXT,
    telehealth_url=TEXT,
    busy=st.booleans(),
    reminders=TEXTS,
    medium=OPTIONAL,
    contact_with=OPTIONAL,
    diagnosis=TEXTS,
    session_bridge=st.booleans(),
    cancel=st.none() | CANCELLATIONS,
    facts=FACTS,
    rrule=OPTIONAL,
    rdates=st.lists(WHENS, max_size=2).map(tuple),
    exdates=st.lists(WHENS, max_size=2).map(tuple),
    overrides=st.lists(OVERRIDES, max_size=2).map(tuple),
    requested_on=st.none() | st.dates(),
    dates=st.lists(PERIODS, max_size=2).map(tuple),
    programmes=TEXTS,
    year_groups=TEXTS,
    consent=st.dictionaries(TEXT, st.integers() | TEXT, max_size=2),
    original=st.none() | SPANS,
    revision=st.integers(0, 1 << 40),
    history=st.none() | st.builds(History, TEXT, WHENS),
    splits=st.integers(0, 9),
    related=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
    held=st.booleans(),
)

NINE = datetime(2026, 3, 2, 9, tzinfo=LONDON)
SMALL = Session(
    id="a", uid="u", kind=Kind.OTHER_EVENT, practitioner="ada", start=NINE, end=NINE.replace(hour=10),
    facts=frozenset({Fact.NOTE_SIGNED, Fact.CLAIM}), exdates=(date(2026, 3, 9),),
    overrides=(Override(on=NINE, busy=False, original=Span(NINE, NINE.replace(hour=10))),),
)  # fmt: skip
STORED = {
    "id": "a", "uid": "u", "kind": "other_event", "practitioner": "ada",
    "start": "2026-03-02T09:00:00[Europe/London]", "end": "2026-03-02T10:00:00[Europe/London]",
    "facts": ["claim", "note_signed"], "exdates": ["2026-03-09"],
    "overrides": [{
        "on": "2026-03-02T09:00:00[Europe/London]", "busy": False,
        "original": ["2026-03-02T09:00:00[Europe/London]", "2026-03-02T10:00:00[Europe/London]"],
    }],
}  # fmt: skip


class TestCodec:
    @settings(max_examples=150, deadline=None)
    @given(SESSIONS)
    def test_a_session_comes_back_the_same(self, session: Session) -> None:
        text = json.dumps(to_json(session))
        back = from_json(json.loads(text))
        assert back == session
        assert json.dumps(to_json(back)) == text
        assert getattr(back.start, "tzinfo", None) is getattr(session.start, "tzinfo", None)

    def test_the_form_is_stable(self) -> None:
        assert to_json(SMALL) == STORED
        assert from_json(STORED) == SMALL

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({**STORED, "colour": "red", "age": 1}, "unknown keys: age, colour"),
            (
                {**STORED, "overrides": [{"on": "2026-03-02", "rrule": "x"}]},
                "unknown keys: rrule",
            ),
            ({**STORED, "kind": "party"}, "party"),
            ({**STORED, "facts": ["guess"]}, "guess"),
            ({**STORED, "start": "2026-03-02T09:00:00"}, "2026-03-02T09:00:00"),
            ({**STORED, "start": "2026-03-02T09:00:00[Mars/Base]"}, "Mars"),
            ({**STORED, "start": 5}, "cannot be read"),
            ({**STORED, "original": ["2026-03-02"]}, "cannot be read"),
            ({key: value for key, value in STORED.items() if key != "uid"}, "uid"),
        ],
    )
    def test_what_is_not_a_session_is_an_error(self, wrong: dict[str, object], sentence: str) -> None:
        with pytest.raises(CodecError, match=sentence):
            from_json(wrong)

    def test_changes_have_a_plain_form(self) -> None:
        moved = Move(NINE, NINE.replace(hour=10), on=date(2026, 3, 2))
        assert plain((moved, Edit(Field.BUSY, False))) == [
            {
                "start": "2026-03-02T09:00:00[Europe/London]", "end": "2026-03-02T10:00:00[Europe/London]",
                "on": "2026-03-02",
            },
            {"field": "busy", "value": False},
        ]  # fmt: skip

    @pytest.mark.parametrize("value", [object(), NINE.astimezone(), b"bytes"])
    def test_what_has_no_plain_form_is_refused(self, value: object) -> None:
        with pytest.raises(TypeError):
            plain(value)
