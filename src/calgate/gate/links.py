"""Feed and free/busy links: made, listed, rotated, revoked, and read by their secret."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from calgate.domain.audience import View
from calgate.domain.pack import Pack
from calgate.gate import views
from calgate.gate.keys import Keys
from calgate.gate.link_values import FeedHead, FeedPage, Link, LinkState, LinkWish, UnknownTarget
from calgate.gate.office import Office, Records, enter
from calgate.gate.wishes import checked, named
from calgate.store import Store, Tx, links, organizations, people
from calgate.store import practice as practices
from calgate.store import views as stored_views
from calgate.store.links import LinkRow, Opened

__all__ = ["FeedHead", "FeedPage", "Link", "LinkWish", "Progress", "UnknownTarget"]

Progress = Callable[[int, int], None]
SECRET_BYTES = 32
"""256 bits: whoever has the address reads the feed, and nobody finds it by trying."""
USED_SECONDS = 3600
"""How stale `last used` may be: subscribers poll for ever, and a write for each would cost more than the
poll."""
_FORMAT = "1"
"""Part of every ETag: raised when feeds are written differently, so that subscribers fetch them again."""
_UNPRINTABLE = re.compile(r"[^ -~]+")
_USED_BY_LENGTH = 200


def owners(store: Store, audience: str, target: str) -> list[str]:
    """Organizations that have such a target; clients and places of several may share an id."""
    with store.read() as tx:
        if audience == "organization":
            return [target] if organizations.get(tx, target) else []
        if audience == "person":
            org = people.organization_of(tx, target)
            return [org] if org and people.get(tx, org, target) else []
        return [
            org
            for org in organizations.ids(tx)
            if named(audience, target, practices.load_practice(tx, org, clients=[target])) is not None
        ]


def add(
    store: Store, packs: Mapping[str, Pack], records: Records, keys: Keys, org: str, wish: LinkWish,
    now: datetime, progress: Progress | None = None,
) -> tuple[Link, str]:  # fmt: skip
    """A new link and its secret, given for the only time; returns when there is something to read.

    UnknownOrganization, UnknownTarget, or ValueError with what is wrong with the wish.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with store.write(org) as tx:
        office = enter(tx, org, packs, records)
        made = checked(wish, office.records_of(""), office.policy, now)
        view = _view_of(office, made) if made.kind == "calendar" else None
        row = _row(org, made, view, now)
        links.add(tx, row, _digest(keys, secret))
        unready = _unready(office, row)
    if unready is not None:
        views.fill(store, packs, records, org, unready, now, progress)
    return _link(row), secret


def all_of(store: Store, org: str) -> list[Link]:
    """Every link of the organization, oldest first, revoked and expired ones included."""
    with store.read() as tx:
        return [_link(row) for row in links.all(tx, org)]


def rotate(
    store: Store, packs: Mapping[str, Pack], records: Records, keys: Keys, org: str, link: str, now: datetime
) -> str:
    """Another secret for a live link; the old one is over. What a stop interrupted when the link was made is
    done now. UnknownOrganization, UnknownTarget."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with store.write(org) as tx:
        office = enter(tx, org, packs, records)
        row = links.get(tx, org, link)
        if row is None or _ended(row, now):
            raise UnknownTarget(f"There is no live link '{link}' in the organization '{org}'.")
        links.rotate(tx, org, link, _digest(keys, secret), _seconds(now))
        unready = _unready(office, row)
    if unready is not None:
        views.fill(store, packs, records, org, unready, now)
    return secret


def revoke(store: Store, org: str, link: str, now: datetime) -> bool:
    """Ends a link; whether it was valid."""
    with store.write(org) as tx:
        row = links.get(tx, org, link)
        if row is None or not links.revoke(tx, org, link, _seconds(now)):
            return False
        _retire(tx, row)
    views.drop_unused(store, org)
    return True


def expire(store: Store, now: datetime) -> int:
    """Gives up what is kept for links whose time is up, and ends what a stop interrupted; how many that
    were."""
    with store.read() as tx:
        due = {org: links.over(tx, org, _seconds(now)) for org in organizations.ids(tx)}
        left = [org for org in due if due[org] or stored_views.unused(tx, org)]
    for org in left:
        with store.write(org) as tx:
            for row in due[org]:
                _retire(tx, row)
        views.drop_unused(store, org)
    return sum(map(len, due.values()))


def head(store: Store, keys: Keys, secret: str, now: datetime) -> FeedHead | None:
    """What a secret opens, in one indexed read; None when nobody knows it."""
    with store.read() as tx:
        opened = links.opened(tx, _digest(keys, secret))
        return None if opened is None else _head(opened, now)


def page(store: Store, shown: FeedHead, now: datetime) -> FeedPage:
    """The texts of a calendar link, and the head as it is by now: it may have ended since."""
    with store.read() as tx:
        opened = links.again(tx, shown.link.org, shown.link.id)
        fresh = _head(opened, now) if opened else replace(shown, state="revoked")
        if fresh.state != "live" or fresh.view is None:
            return FeedPage(head=fresh, texts=[], zones=())
        window = _seconds(fresh.since), _seconds(fresh.until)
        rows = stored_views.texts(tx, fresh.link.org, fresh.view, *window)
    zones = {zone for names in {row[1] for row in rows} for zone in names.split(",") if zone}
    return FeedPage(head=fresh, texts=[row[0] for row in rows], zones=tuple(sorted(zones)))


def used(store: Store, shown: FeedHead, user_agent: str, now: datetime) -> None:
    """Notes that a link was used and by which program, at most once an hour."""
    link = shown.link
    if link.last_used_at is not None and (now - link.last_used_at).total_seconds() < USED_SECONDS:
        return
    by = _UNPRINTABLE.sub(" ", user_agent)[:_USED_BY_LENGTH].strip()
    with store.write(link.org) as tx:
        links.touch(tx, link.org, link.id, _seconds(now), by, USED_SECONDS)


def _digest(keys: Keys, secret: str) -> str:
    return keys.digest("link", secret)


def _view_of(office: Office, wish: LinkWish) -> int:
    """The view that the link needs, made when no other link has the same."""
    assert wish.detail is not None
    view = View(
        audience=wish.audience, target=wish.target, detail=wish.detail, cancelled=wish.cancelled,
        statuses=frozenset(wish.statuses), join_link=bool(wish.join_link),
    )  # fmt: skip
    known = office.views().get((view.audience, view.target), ())
    found = next((id_ for id_, each in known if each == view), None)
    return found or stored_views.create(office.tx, office.org, view)


def _unready(office: Office, row: LinkRow) -> tuple[int, View] | None:
    """The link's view, when it still has to be filled."""
    if row.view_id is None or stored_views.is_ready(office.tx, office.org, row.view_id):
        return None
    return next(each for each in stored_views.all(office.tx, office.org) if each[0] == row.view_id)


def _retire(tx: Tx, row: LinkRow) -> None:
    """The link's view goes with its last link."""
    if row.view_id is not None:
        links.retire(tx, row.org_id, row.id)
        if not links.needs(tx, row.org_id, row.view_id):
            stored_views.set_ready(tx, row.org_id, row.view_id, False)


def _head(opened: Opened, now: datetime) -> FeedHead:
    row, zone = opened.link, ZoneInfo(opened.zone)
    day = now.astimezone(zone).date()
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    number, modified = opened.number or 0, opened.modified_at or 0
    own: list[object] = [_FORMAT, row.id, row.view_id, row.name, row.color, row.past_days, row.future_days]
    if row.kind == "freebusy":
        # Busy times change with any of the person's calendars; nothing tells when they did.
        modified = _seconds(now)
    sign = hashlib.blake2b(repr(own).encode(), digest_size=6).hexdigest()
    return FeedHead(
        link=_link(row),
        state=_state(opened, now),
        etag=f"{opened.epoch}-{number}-{day:%Y%m%d}-{sign}",
        modified=datetime.fromtimestamp(max(modified, _seconds(midnight)), UTC),
        since=(midnight - timedelta(days=row.past_days)).astimezone(UTC),
        until=(midnight + timedelta(days=row.future_days + 1)).astimezone(UTC),
        zone=opened.zone,
        view=row.view_id,
    )


def _state(opened: Opened, now: datetime) -> LinkState:
    row = opened.link
    if opened.rotated_at is not None or row.revoked_at is not None:
        return "revoked"
    if _ended(row, now):
        return "expired"
    return "live" if row.kind == "freebusy" or opened.ready else "filling"


def _ended(row: LinkRow, now: datetime) -> bool:
    over = row.expires_at is not None and row.expires_at <= _seconds(now)
    return over or row.revoked_at is not None


def _row(org: str, wish: LinkWish, view: int | None, now: datetime) -> LinkRow:
    assert wish.detail is not None and wish.name is not None
    return LinkRow(
        org_id=org,
        id=secrets.token_hex(6),
        kind=wish.kind,
        audience=wish.audience,
        target=wish.target,
        view_id=view,
        name=wish.name,
        color=wish.color,
        detail=wish.detail,
        cancelled=wish.cancelled,
        statuses=stored_views.statuses_text(wish.statuses),
        past_days=wish.past_days,
        future_days=wish.future_days,
        join_link=bool(wish.join_link),
        created_at=_seconds(now),
        expires_at=_seconds(wish.expires_at) if wish.expires_at else None,
        revoked_at=None,
        last_used_at=None,
        last_used_by="",
    )


def _link(row: LinkRow) -> Link:
    values = row._asdict()
    for name in ("org_id", "view_id"):
        del values[name]
    for name in ("created_at", "expires_at", "revoked_at", "last_used_at"):
        values[name] = None if values[name] is None else datetime.fromtimestamp(values[name], UTC)
    values["statuses"] = tuple(sorted(stored_views.statuses_of(row.statuses)))
    values["join_link"] = bool(row.join_link)
    return Link(org=row.org_id, **values)


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
