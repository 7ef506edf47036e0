"""A practice with a word of its own planted in every field of every client: what each audience is shown holds
those that it may see, and not one other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, get_args

import pytest

from calgate.domain.audience import Audience, CancelledStyle
from calgate.domain.policy import Title
from calgate.gate.values import Stored
from calgate.store import migrations, open_store
from tests.support import bodies
from tests.support.links import link, shown
from tests.support.practice import Practice
from tests.support.practice_file import practice_file

PEOPLE = {"ada": "Adacan", "bob": "Bobcan"}
OF_CLIENT = ("First", "Last", "Int", "Inst", "Join", "Diag", "Reason", "With", "Named")


def word(field: str, of: object) -> str:
    """The canary of a field; none of them is part of another, and icalendar leaves them as they are."""
    return f"{field}can{of}x"


def planted(of: str, number: int) -> dict[str, Any]:
    """A session of client `number` with everything."""
    return {
        "id": of, "kind": "client_session", "scheduled_by": "self", "practitioner": "ada",
        "client": f"c{number}", "service": "svc", "location": "main", "room": "2", "status": "scheduled",
        "start": f"2026-03-1{number}T10:00", "end": f"2026-03-1{number}T11:00",
        "instructions": word("Inst", number), "telehealth_url": f"https://{word('Join', number)}/",
        "reminders": ["phone", "text"], "diagnosis": [word("Diag", number)],
        "session_bridge": True, "modifiers": ["MODcan"],
    }  # fmt: skip


def _sessions() -> Iterator[dict[str, Any]]:
    for number in (1, 2):
        base = planted(f"a{number}", number)
        yield base
        yield {**base, "id": f"b{number}", "practitioner": "bob", "facts": ["claim"], "status": "submitted"}
        yield {**base, "id": f"off{number}", "status": "cancelled",
               "cancel": {"type": "no_show", "reason": word("Reason", number)}}  # fmt: skip
        yield {**base, "id": f"call{number}", "kind": "client_contact", "medium": "phone", "service": None}
        yield {**base, "id": f"aunt{number}", "kind": "collateral_contact", "service": None,
               "contact_with": word("With", number)}  # fmt: skip
        yield {**base, "id": f"weekly{number}", "repeat": {"pattern": "weekly", "until": "2026-06-30"},
               "start": f"2026-03-1{number}T14:00", "end": f"2026-03-1{number}T15:00",
               "occurrences": [
                   {"on": f"2026-03-1{7 + number}T14:00", "client": f"c{3 - number}",
                    "instructions": word("Inst", 3 - number), "facts": ["note_signed"],
                    "telehealth_url": f"https://{word('Join', 3 - number)}/"},
                   {"on": f"2026-03-2{4 + number}T14:00", "status": "cancelled",
                    "cancel": {"type": "late_cancel", "reason": word("Reason", number)}}]}  # fmt: skip
    yield {"id": "lunch", "kind": "other_event", "practitioner": "ada", "title": "Titlecan",
           "start": "2026-03-12T12:00", "end": "2026-03-12T13:00"}  # fmt: skip
    # People write names of clients into titles: of meetings in the practice's rooms, too, and of one day.
    yield {"id": "round", "kind": "other_event", "practitioner": "bob", "location": "main", "room": "2",
           "title": f"About {word('Named', 1)}", "start": "2026-03-12T08:00", "end": "2026-03-12T09:00",
           "repeat": {"pattern": "weekly", "until": "2026-04-30"},
           "occurrences": [{"on": "2026-03-19T08:00", "title": f"About {word('Named', 2)}"}]}  # fmt: skip


FILE = practice_file({
    "id": "canary", "name": "Practicecan", "pack": "provider_app", "timezone": "America/New_York",
    "people": [
        {"id": id_, "name": name, "email": f"{id_}-mailcan@practice.example"} for id_, name in PEOPLE.items()
    ],
    "clients": [
        {"id": f"c{n}", "first_name": word("First", n), "last_name": word("Last", n),
         "internal_id": word("Int", n)}
        for n in (1, 2)
    ],
    "services": [{"id": "svc", "name": "Servicecan", "modifiers": ["MODcan"]}],
    "locations": [{"id": "main", "name": "Placenamecan", "address": "Addresscan", "rooms": ["2"]}],
    "assignments": [{"practitioner": "ada", "client": "c1", "service": "svc", "hours": 10, "per": "week",
                     "from": "2026-01-01", "to": "2026-12-31"}],
    "sessions": [{key: value for key, value in each.items() if value is not None} for each in _sessions()],
})  # fmt: skip

NAMES: dict[Title, tuple[str, ...]] = {
    "full": ("First", "Last"), "first_name": ("First",), "initials": (), "internal_id": ("Int",), "busy": (),
}  # fmt: skip


def allowed(audience: Audience, detail: Title, join: bool) -> set[str]:
    """The whole of what an audience may be told, by itself: not read from the table."""
    if detail == "busy":
        return set()
    clients = (1,) if audience == "client" else (1, 2)
    found = {word(field, number) for field in NAMES[detail] for number in clients}
    found.add("Placenamecan")
    if join and audience != "location":
        found |= {word("Join", number) for number in clients}
    if audience == "client":
        return found | {"Servicecan", "Addresscan", *PEOPLE.values()}
    if audience != "person":
        found |= set(PEOPLE.values())
    if audience != "location" or detail == "full":
        found.add("Servicecan")
    if detail == "full" and audience != "location":
        found |= {"Titlecan", "Ownplacecan", "Owntitlecan", word("With", 1), word("With", 2)}
    if detail == "full" and audience != "person":
        found |= {word("Named", 1), word("Named", 2)}
    if detail == "full" and audience == "person":
        found |= {word(field, number) for field in ("Inst", "Reason") for number in clients} | {"Ownnotecan"}
    return found


CANARIES = {
    *(word(field, number) for field, number in product(OF_CLIENT, (1, 2))), *PEOPLE.values(),
    "Practicecan", "Servicecan", "Placenamecan", "Addresscan", "MODcan", "mailcan", "Titlecan",
    "Ownplacecan", "Owntitlecan", "Ownnotecan", "Uidcan", "Alarmcan", "Categorycan", "Propertycan",
    "X-CALGATE-REMINDERS", "X-CALGATE-HOURS", "X-CALGATE-CLIENT", "X-CALGATE-LOCKS", "X-CALGATE-REV",
    "VALARM", "Refusedcan",
}  # fmt: skip
TARGETS: dict[Audience, str] = {
    "person": "ada", "client": "c1", "location": "main", "organization": "canary",
}  # fmt: skip


@pytest.fixture(scope="module")
def canary() -> Iterator[Practice]:
    store = open_store("sqlite://")
    migrations.upgrade(store)
    practice = Practice(store)
    practice.load(FILE)
    ada = practice.of("ada")
    times = bodies.times("20260313T080000", "20260313T090000")
    own = bodies.new(
        "Uidcan@adas-laptop", "Owntitlecan", *times, "LOCATION:Ownplacecan", "DESCRIPTION:Ownnotecan",
        *bodies.alarm(), "CATEGORIES:Categorycan", "X-OWN:Propertycan",
    )  # fmt: skip
    assert isinstance(ada.put("own.ics", own.replace("Soon", "Alarmcan")), Stored)
    copy = ada.get("a1")
    text = bodies.added(copy.text, *bodies.alarm(), "X-OWN:Propertycan", "CATEGORIES:Categorycan")
    assert isinstance(ada.put(copy.href, text.replace("Soon", "Alarmcan")), Stored)
    bob = practice.of("bob")
    claimed = bob.get("b1")
    bob.put(claimed.href, bodies.put(claimed.text, *times, "SUMMARY:Refusedcan"))
    yield practice
    store.dispose()


@pytest.mark.parametrize("cancelled", get_args(CancelledStyle))
@pytest.mark.parametrize("detail", get_args(Title))
@pytest.mark.parametrize("audience", get_args(Audience))
def test_nobody_is_told_what_is_not_theirs(
    canary: Practice, audience: Audience, detail: Title, cancelled: CancelledStyle
) -> None:
    for join in (False, True):
        _, secret = link(
            canary, audience, TARGETS[audience], "canary", name="Link", detail=detail, cancelled=cancelled,
            join_link=join,
        )  # fmt: skip
        text = shown(canary, secret).replace("\r\n ", "")
        found = {each for each in CANARIES if each in text}
        wanted = allowed(audience, detail, join)
        if cancelled == "omit":
            wanted -= {word("Reason", 1), word("Reason", 2)}
        assert found == wanted
        assert text.count("BEGIN:VEVENT") > 3


def test_the_canaries_are_there_for_their_practitioner(canary: Practice) -> None:
    """Else the test above would find nothing because nothing was planted."""
    copies = [each.text for person in PEOPLE for each in canary.of(person).all()]
    text = "".join(copies).replace("\r\n ", "")
    hidden = {"Diag", "Practice", "Addresscan", "mailcan"}
    missing = {each for each in CANARIES if each not in text and not any(part in each for part in hidden)}
    assert missing <= {"Refusedcan", *PEOPLE.values()}
