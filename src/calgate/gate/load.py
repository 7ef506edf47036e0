"""Loading a practice file: everything is checked first, then each organization is brought up to date in one
transaction. What the file leaves out stays as it is."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from calgate.domain.case import Actor
from calgate.domain.pack import Pack
from calgate.domain.policy import policy_from
from calgate.domain.practice import Practice
from calgate.domain.session import Session
from calgate.domain.verdict import Rejected
from calgate.domain.when import same
from calgate.gate import packs as rule_packs
from calgate.gate import parts
from calgate.gate.calendars import index_anew
from calgate.gate.decide import Asked, decide
from calgate.gate.keys import Keys
from calgate.gate.office import Office
from calgate.gate.packs import PackError
from calgate.gate.people import digest
from calgate.gate.practice_checks import (
    check_addresses,
    check_ids,
    check_logins,
    check_records,
    check_secrets,
)
from calgate.gate.practice_file import LoadError, OrganizationBody, PersonBody, parse
from calgate.gate.practice_times import moment, zone_named
from calgate.gate.practice_values import (
    Records,
    check_assignments,
    check_policy,
    records_of,
    session_of,
)
from calgate.gate.publish import home_of, next_number
from calgate.gate.rejoin import Unplaced, rejoined
from calgate.gate.republish import count_hours, republish
from calgate.gate.scheduling import asks
from calgate.gate.scheduling.attendee import ONLY_ANSWERS, RULE
from calgate.store import Store, Tx, collections, organizations, passwords, people, practice
from calgate.store.organizations import Organization

DEMO_LABEL = "demo"
Progress = Callable[[int, int], None]
SYSTEM = Actor("org", "practice system")


def _silent(_done: int, _all: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """One organization of the file, checked as far as that goes without its transaction."""

    body: OrganizationBody
    path: str
    zone: ZoneInfo
    pack: Pack
    records: Records
    named: frozenset[str]


def load(
    store: Store,
    keys: Keys,
    content: object,
    now: datetime,
    *,
    demo: bool = False,
    progress: Progress = _silent,
) -> list[str]:
    """Upserts a practice file by id and tells what changed, a line each.

    LoadError names the first mistake; then nothing has changed. `demo`: passwords may stand in the file.
    `progress` is called with the number of sessions done and of all, rehearsals included.
    """
    file = parse(content)
    check_ids(file.organizations, "organizations")
    plans = [_plan(body, f"organizations[{i}]", demo) for i, body in enumerate(file.organizations)]
    check_logins(store, ((plan.body, plan.path) for plan in plans))
    steps = count(1)
    total = sum(len(plan.body.sessions) for plan in (*plans[1:], *plans))

    def step() -> None:
        progress(next(steps), total)

    for plan in plans[1:]:
        _carry_out(store, keys, plan, now, step, dry=True)
    return [line for plan in plans for line in _carry_out(store, keys, plan, now, step)]


def _plan(body: OrganizationBody, path: str, demo: bool) -> _Plan:
    if not demo:
        check_secrets(body, path)
    try:
        pack = rule_packs.find(body.pack)
    except PackError as error:
        raise LoadError(f"{path}.pack", str(error)) from None
    zone = zone_named(body.timezone, f"{path}.timezone")
    check_records(body, path)
    check_policy(body, pack.defaults, path)
    named = frozenset(each.id for each in body.sessions)
    return _Plan(body, path, zone, pack, records_of(body), named)


class _Dry(Exception):
    """Ends a rehearsal: the transaction is rolled back."""


def _carry_out(
    store: Store, keys: Keys, plan: _Plan, now: datetime, step: Callable[[], None], *, dry: bool = False
) -> list[str]:
    """One organization in one transaction; `dry` rolls it back, having shown that it can be done."""
    lines: list[str] = []
    try:
        with store.write(plan.body.id) as tx:
            lines = list(_loaded(tx, keys, plan, now, step))
            if dry:
                raise _Dry
    except _Dry:
        pass
    return lines


def _loaded(tx: Tx, keys: Keys, plan: _Plan, now: datetime, step: Callable[[], None]) -> Iterator[str]:
    org = plan.body.id
    before = organizations.get(tx, org)
    known_before = practice.load_practice(tx, org, everything=True) if before else None
    check_addresses(plan.body, known_before, plan.path)
    plan = _completed(plan, before)
    organizations.upsert(
        tx,
        org,
        name=plan.body.name or org,
        pack=plan.body.pack,
        timezone=plan.body.timezone,
        policy=dict(plan.body.policy),
    )
    policy = policy_from(plan.body.policy, plan.pack.defaults)
    _put_records(tx, org, plan.records, known_before)
    # Its records are written, so it may be asked for them; the memory they are kept in is this office's own.
    office = Office(tx, org, plan.zone, plan.pack, policy, organizations.get(tx, org))
    known = practice.load_practice(tx, org, everything=True)
    check_assignments(plan.records, known, plan.path)
    _people(office, keys, plan, now)
    yield from _changed_records(org, known_before, known)
    settings = _changed_settings(before, plan.body) if before else []
    if settings:
        yield f"{org}: {', '.join(settings)}"
    written = []
    for i, body in enumerate(plan.body.sessions):
        if line := _session(office, plan, i, known, now):
            written.append(body.id)
            yield line
        step()
    if "timezone" in settings:
        for each in collections.all(tx, org):
            index_anew(office, each.id, ZoneInfo(each.zone), now)
    if before and (known_before != known or settings):
        republish(office, now)
    count_hours(office, written, now)


def _completed(plan: _Plan, before: Organization | None) -> _Plan:
    """The plan with the name and the policy that the organization has, where the file leaves them out."""
    kept = {"name": before.name, "policy": before.policy} if before else {}
    left_out = {key: value for key, value in kept.items() if key not in plan.body.model_fields_set}
    return replace(plan, body=plan.body.model_copy(update=left_out))


def _changed_settings(before: Organization, body: OrganizationBody) -> list[str]:
    old = {
        "name": before.name,
        "pack": before.pack,
        "timezone": before.timezone,
        "policy": dict(before.policy),
    }
    new = {
        "name": body.name or body.id,
        "pack": body.pack,
        "timezone": body.timezone,
        "policy": dict(body.policy),
    }
    return [key for key, value in new.items() if old[key] != value]


def _put_records(tx: Tx, org: str, records: Records, before: Practice | None) -> None:
    """Writes the records that are others than before: who keeps them in memory has to read them anew then."""
    old = before or Practice(id=org, name="", pack="", zone=ZoneInfo("UTC"))
    practice.put_clients(tx, org, [each for each in records.clients if old.clients.get(each.id) != each])
    practice.put_services(tx, org, [each for each in records.services if old.services.get(each.id) != each])
    practice.put_locations(
        tx, org, [each for each in records.locations if old.locations.get(each.id) != each]
    )
    named = {id_: name for id_, name in records.programmes.items() if old.programmes.get(id_) != name}
    practice.put_programmes(tx, org, named)
    for person in records.people:
        if old.people.get(person.id) != person:
            people.put(tx, org, person)
    practice.put_assignments(
        tx, org, [each for each in records.assignments if each not in set(old.assignments)]
    )


def _people(office: Office, keys: Keys, plan: _Plan, now: datetime) -> None:
    for person in plan.body.people:
        if "practitioner" in person.roles and office.home(person.id) is None:
            home_of(office, person.id, next_number(office))
        _demo_password(office, keys, person, now)


def _demo_password(office: Office, keys: Keys, person: PersonBody, now: datetime) -> None:
    if person.password is not None:
        hash_ = digest(keys, person.id, person.password)
        passwords.add(office.tx, office.org, person.id, hash_, DEMO_LABEL, int(now.timestamp()))


def _changed_records(org: str, before: Practice | None, after: Practice) -> Iterator[str]:
    if before is None:
        yield f"{org}: new organization"
    for name in ("people", "clients", "services", "locations", "programmes"):
        old: Mapping[str, object] = getattr(before, name) if before else {}
        new: Mapping[str, object] = getattr(after, name)
        changed = [key for key, value in new.items() if old.get(key) != value]
        if changed:
            yield f"{org}: {name}: {_some(changed)}"
    if after.assignments != (before.assignments if before else ()):
        yield f"{org}: assignments"


def _some(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 6 else f"{', '.join(names[:5])} and {len(names) - 5} more"


def _session(office: Office, plan: _Plan, index: int, known: Practice, now: datetime) -> str | None:
    body, path = plan.body.sessions[index], f"{plan.path}.sessions[{index}]"
    known_parts = parts.stored(office, body.id)
    uid = next((each.uid for each in known_parts if each.history is None), str(uuid.uuid4()))
    new = session_of(body, known, plan.pack.name, uid, path)
    asked = Asked(actor=SYSTEM, door="load", received=now, calendar=False)
    changed = False
    for old, said in _versions(office, plan, index, known_parts, new, now):
        if (change := parts.difference(old, said)) is None:
            continue
        changed = True
        watch = asks.watched(office, old, now) if old else None
        mine = office.records(said or old or new)  # every assignment would be looked through many times
        decided = decide(watch.desk.office if watch else office, old, (change,), asked, mine, now)
        if isinstance(decided.verdict, Rejected):
            raise LoadError(path, f"{decided.verdict.first.sentence} ({decided.verdict.first.rule})")
        if watch and not watch.tell():
            raise LoadError(path, f"{ONLY_ANSWERS} ({RULE})")
    return f"{office.org}: session {body.id} {'changed' if known_parts else 'added'}" if changed else None


def _versions(
    office: Office, plan: _Plan, index: int, known_parts: list[Session], new: Session, now: datetime
) -> list[parts.Version]:
    """What the file's version of a session says of each of its parts, and of halves that people split off."""
    body = plan.body.sessions[index]
    try:
        split = list(rejoined(office, known_parts, new, plan.named, now))
    except Unplaced as error:
        path = f"{plan.path}.sessions[{index}].occurrences"
        zone = zone_named(body.timezone, path) if body.timezone else plan.zone
        said = (i for i, each in enumerate(body.occurrences) if same(moment(each.on, zone, path), error.on))
        raise LoadError(f"{path}[{next(said)}].on", str(error)) from None
    return split or parts.versions(known_parts, new, plan.zone)
