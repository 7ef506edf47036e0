"""What is checked of a whole practice file before anything of it is written; every fault is a LoadError that
names its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from calgate.domain.practice import Practice
from calgate.gate.practice_file import LoadError, OrganizationBody
from calgate.store import Store, people


def check_secrets(body: OrganizationBody, path: str) -> None:
    """Only a demo takes passwords and tokens from a file."""
    if body.api_token is not None:
        raise LoadError(f"{path}.api_token", "only `calgate demo` takes tokens from a file")
    for i, person in enumerate(body.people):
        if person.password is not None:
            raise LoadError(f"{path}.people[{i}].password", "only `calgate demo` takes passwords from a file")


def check_records(body: OrganizationBody, path: str) -> None:
    """No id stands twice among the records of a kind."""
    for name in ("people", "clients", "services", "locations", "programmes", "sessions"):
        check_ids(getattr(body, name), f"{path}.{name}")


def check_ids(bodies: Iterable[Any], path: str) -> None:
    """No id stands twice."""
    seen = set[str]()
    for i, each in enumerate(bodies):
        if each.id in seen:
            raise LoadError(f"{path}[{i}].id", f"'{each.id}' is there twice")
        seen.add(each.id)


def check_logins(store: Store, organizations: Iterable[tuple[OrganizationBody, str]]) -> None:
    """A person's id is unique in the installation, in this file and outside of it. Organizations come with
    their paths."""
    owners: dict[str, str] = {}
    with store.read() as tx:
        for body, path in organizations:
            for i, person in enumerate(body.people):
                owner = owners.get(person.id) or people.organization_of(tx, person.id) or body.id
                if owner != body.id:
                    sentence = f"'{person.id}' is a person of another organization"
                    raise LoadError(f"{path}.people[{i}].id", sentence)
                owners[person.id] = body.id


def check_addresses(body: OrganizationBody, before: Practice | None, path: str) -> None:
    """Nobody has the mail address of somebody else of the organization, `before` the file or in it: meetings
    name people by it."""
    named = {person.id: person.email.casefold() for person in body.people}
    stored = before.people if before else {}
    owners = {
        each.email.casefold(): each.id for each in stored.values() if each.email and each.id not in named
    }
    for i, (id_, mail) in enumerate(named.items()):
        if mail and (owner := owners.setdefault(mail, id_)) != id_:
            raise LoadError(f"{path}.people[{i}].email", f"'{mail}' is the address of '{owner}'")
