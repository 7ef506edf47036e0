"""Links as the gate hands them out: what is wished, what is stored, and what a subscriber is served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from calgate.domain.audience import Audience, CancelledStyle
from calgate.domain.policy import Title
from calgate.domain.session import Status

LinkKind = Literal["calendar", "freebusy"]
LinkState = Literal["live", "filling", "revoked", "expired"]
PAST_DAYS, FUTURE_DAYS = 30, 365


class UnknownTarget(LookupError):
    """There is no such person, client, location or organization; the text is one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWish:
    """A link to be made. `target`: id of the person, client or location (`location/room` for one room), or of
    the organization itself. None is the default: `name` the target's, `detail` full for a person's own link
    and initials for others, `join_link` as the policy's `feed_join_link`; no `statuses`: all that may be
    seen. `color` is a CSS colour name or #RRGGBB, `expires_at` aware."""

    kind: LinkKind = "calendar"
    audience: Audience
    target: str
    name: str | None = None
    detail: Title | None = None
    cancelled: CancelledStyle = "strike"
    statuses: tuple[Status, ...] = ()
    color: str = ""
    past_days: int = PAST_DAYS
    future_days: int = FUTURE_DAYS
    join_link: bool | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link without its secret; times are UTC. `id` is unique in the installation, as far as chance goes."""

    org: str
    id: str
    kind: LinkKind
    audience: Audience
    target: str
    name: str
    detail: Title
    cancelled: CancelledStyle
    statuses: tuple[Status, ...]
    color: str
    past_days: int
    future_days: int
    join_link: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    last_used_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """What a secret opens, without the content. `etag` without quotes and `modified` (UTC, whole seconds) are
    those of the content in the window from `since` to `until` (UTC instants, end exclusive); of busy times
    `modified` is the moment of the look-up, and `etag` doesn't tell them apart. `zone` is the organization's.
    Any `state` but live: there is nothing to serve, for now (`filling`) or for good."""

    link: Link
    state: LinkState
    etag: str
    modified: datetime
    since: datetime
    until: datetime
    zone: str
    view: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """The content of a calendar link: `head` as of this content, `texts` whole VEVENTs (one object's master
    and overrides each), `zones` the IANA names of their TZIDs. See ical.feed.feed."""

    head: FeedHead
    texts: list[str]
    zones: tuple[str, ...]
