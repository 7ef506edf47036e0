"""Who is who among calendar user addresses (RFC 6638 section 2.4.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from calgate.domain.practice import Person
from calgate.ical.meetings import Mine

_PRINCIPAL = re.compile(r"(?:https?://[^/]*)?/dav/([^/?#]+)/?", re.IGNORECASE)
NOT_KNOWN, NOT_DELIVERED, DELIVERED, ANSWERED = "3.7", "5.1", "1.2", "2.0"
"""Values of SCHEDULE-STATUS (RFC 6638 section 3.2.9): nobody of that address; nothing is sent to that
address; delivered; delivered and understood."""


@dataclass(frozen=True, slots=True)
class Directory:
    """The people of an organization by their mail address and by the address of their principal. `former`:
    who had a mail address before; it stays theirs until somebody else gets it, since meetings still name it.
    """

    people: Mapping[str, Person]
    by_mail: Mapping[str, str]
    former: Mapping[str, str]

    @classmethod
    def of(cls, people: Iterable[Person], former: Mapping[str, str]) -> Directory:
        """Of two people with the same mail address, which older practice files may have, the first has it."""
        known = sorted(people, key=lambda each: each.id)
        mails = {each.email.casefold(): each.id for each in reversed(known) if each.email}
        ids = {each.id: each for each in known}
        return cls(ids, mails, {mail: id_ for mail, id_ in former.items() if id_ in ids})

    def person(self, address: str) -> str | None:
        """The id of whom a calendar user address means; None for everybody else."""
        text = address.strip().strip('"')
        if text[:7].casefold() == "mailto:":
            mail = unquote(text[7:]).casefold()
            return self.by_mail.get(mail) or self.former.get(mail)
        found = _PRINCIPAL.fullmatch(text)
        id_ = unquote(found[1]) if found else ""
        return id_ if id_ in self.people else None

    def same(self, one: str, other: str) -> bool:
        """Whether two addresses mean the same person."""
        if one.casefold() == other.casefold():
            return True
        known = self.person(one)
        return known is not None and known == self.person(other)

    def mine(self, person: str) -> Mine:
        """Whether an address is that person's."""
        return lambda address: self.person(address) == person

    def fate(self, address: str) -> str:
        """The delivery status of somebody who is not of the organization."""
        mail = address.strip().casefold()
        if not mail.startswith("mailto:") or "@" not in mail:
            return NOT_KNOWN
        domain = mail.rpartition("@")[2]
        ours = any(each.rpartition("@")[2] == domain for each in self.by_mail)
        return NOT_KNOWN if ours else NOT_DELIVERED
