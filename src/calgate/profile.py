"""Set-up profiles of Apple's devices (.mobileconfig): a CalDAV account and subscriptions, signed if wished.

The same account or link has the same identifiers each time, so that a newer profile takes the place of an
older one on the device.
"""

from __future__ import annotations

import plistlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Account:
    """A CalDAV account; `url` is that of the principal. Without a password the device asks for it."""

    url: str
    login: str
    name: str
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that the device subscribes to; `id` stays when the link is given another secret."""

    id: str
    name: str
    link: str = field(repr=False)


def profile(
    root: str, organization: str, account: Account | None, subscriptions: Sequence[Subscription] = ()
) -> bytes:
    """The profile as a property list. `root` is the server's public address, without a slash at its end;
    `organization` the name that the device shows."""
    contents = [_subscription(root, each) for each in subscriptions]
    about = account.url if account else " ".join((root, *(each.id for each in subscriptions)))
    if account:
        contents.insert(0, _account(root, organization, account))
        says = f"Sets up the calendars of {account.name} on {urlsplit(root).hostname}."
    else:
        says = f"Subscribes to {', '.join(each.name for each in subscriptions)}."
    whole = {
        **_head(root, "Configuration", f"profile {about}", f"{organization}: calendar"),
        "PayloadDescription": says,
        "PayloadScope": "User",
        "PayloadRemovalDisallowed": False,
        "PayloadContent": [{**each, "PayloadOrganization": organization} for each in contents],
        "PayloadOrganization": organization,
    }
    return plistlib.dumps(whole)


def _account(root: str, organization: str, account: Account) -> dict[str, Any]:
    address = urlsplit(account.url)
    content = {
        **_head(root, "com.apple.caldav.account", f"account {account.url}", "CalDAV account"),
        "CalDAVAccountDescription": organization,
        "CalDAVHostName": address.hostname,
        "CalDAVPort": address.port or _PORTS[address.scheme],
        "CalDAVUseSSL": address.scheme == "https",
        "CalDAVPrincipalURL": account.url,
        "CalDAVUsername": account.login,
    }
    return content if account.password is None else {**content, "CalDAVPassword": account.password}


def _subscription(root: str, each: Subscription) -> dict[str, Any]:
    kind = "com.apple.subscribedcalendar.account"
    return {
        **_head(root, kind, f"link {root} {each.id}", f"Subscription: {each.name}"),
        "SubCalAccountDescription": each.name,
        "SubCalAccountHostName": each.link,
        # Apple's default is no TLS, whatever the address says.
        "SubCalAccountUseSSL": each.link.startswith("https:"),
    }


def _head(root: str, kind: str, about: str, name: str) -> Mapping[str, Any]:
    id_ = str(uuid5(NAMESPACE_URL, f"calgate {about}"))
    labels = (urlsplit(root).hostname or "").split(".")
    return {
        "PayloadType": kind,
        "PayloadVersion": 1,
        "PayloadUUID": id_.upper(),
        "PayloadIdentifier": ".".join((*reversed(labels), "calgate", id_)),
        "PayloadDisplayName": name,
    }
