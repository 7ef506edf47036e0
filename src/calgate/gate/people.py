"""Who is who: logins, app passwords and the principals behind them."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime

from calgate.domain.names import one_line
from calgate.gate.keys import Keys
from calgate.gate.values import Principal
from calgate.store import Store, StoreBusy, Tx, organizations, passwords, people
from calgate.store.passwords import AppPassword

PASSWORD_BYTES = 20
"""160 bits: an app password is generated, so that an HMAC is enough to keep it."""
LABEL_LENGTH = 100
TOUCH_SECONDS = 3600
"""How stale `last used` may be: a client logs in with every request, and a write for each would cost more
than the request."""


class UnknownPerson(LookupError):
    """There is nobody of that id."""


def digest(keys: Keys, login: str, password: str) -> str:
    """What is stored of a password; bound to the login, so that equal passwords of two people differ."""
    return keys.digest("app-password", login, password)


def authenticate(store: Store, keys: Keys, login: str, password: str, now: datetime) -> Principal | None:
    """The principal of a valid login and app password; None otherwise."""
    with store.look() as tx:
        holder = passwords.holder(tx, digest(keys, login, password))
    if holder is None or holder.person != login:
        return None
    at = int(now.timestamp())
    if holder.last_used_at is None or at - holder.last_used_at >= TOUCH_SECONDS:
        # Nobody is kept waiting for the sake of a note: it is made at the next login.
        with suppress(StoreBusy), store.write(holder.org, patience=0) as tx:
            passwords.touch(tx, holder.org, holder.id, at)
    return Principal(holder.org, holder.person, holder.name, holder.email, holder.zone)


def principal(store: Store, person: str) -> Principal | None:
    """The principal of that login name."""
    with store.read() as tx:
        org = people.organization_of(tx, person)
        return _principal(tx, org, person) if org else None


def organization_name(store: Store, org: str) -> str:
    """What an organization is called; its id when there is none of that id."""
    with store.read() as tx:
        office = organizations.get(tx, org)
    return office.name if office is not None else org


def members(store: Store, org: str) -> list[Principal]:
    """Everybody of an organization."""
    with store.read() as tx:
        office = organizations.get(tx, org)
        if office is None:
            return []
        return [Principal(org, p.id, p.name, p.email, office.timezone) for p in people.all(tx, org)]


def add_password(
    store: Store, keys: Keys, person: str, label: str, now: datetime, password: str | None = None
) -> str:
    """Makes an app password and gives it, for the only time; UnknownPerson, or ValueError about the label. A
    `password` of one's own is for the demo alone."""
    org = _organization(store, person)
    label = one_line("The label", label, LABEL_LENGTH)
    if not label:
        raise ValueError("The label must say where the password will be used.")
    secret = password or secrets.token_urlsafe(PASSWORD_BYTES)
    with store.write(org) as tx:
        passwords.add(tx, org, person, digest(keys, person, secret), label, int(now.timestamp()))
    return secret


def list_passwords(store: Store, person: str) -> list[AppPassword]:
    """Every app password of a person, without the secrets; UnknownPerson."""
    org = _organization(store, person)
    with store.read() as tx:
        return passwords.of_person(tx, org, person)


def revoke_password(store: Store, person: str, number: int, now: datetime) -> bool:
    """Makes one app password of the person invalid; whether it was valid. UnknownPerson."""
    org = _organization(store, person)
    with store.write(org) as tx:
        mine = any(each.id == number for each in passwords.of_person(tx, org, person))
        return mine and passwords.revoke(tx, org, number, int(now.timestamp()))


def _organization(store: Store, person: str) -> str:
    with store.read() as tx:
        org = people.organization_of(tx, person)
    if org is None:
        raise UnknownPerson(person)
    return org


def _principal(tx: Tx, org: str, person: str) -> Principal | None:
    office, found = organizations.get(tx, org), people.get(tx, org, person)
    if office is None or found is None:
        return None
    return Principal(org, found.id, found.name, found.email, office.timezone)
