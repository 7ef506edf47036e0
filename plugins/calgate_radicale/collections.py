"""The gate's collections and copies as Radicale's collections and items. They only read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from radicale.item import Item
from radicale.storage import BaseCollection

from calgate.doors.caldav import xml
from calgate.gate.values import Collection, InvalidToken, Principal, Resource

if TYPE_CHECKING:
    from calgate.gate.gate import Gate


class ReadOnly(ValueError):
    """Radicale's own write path was reached; every write goes through the door's functions to the gate."""

    def __init__(self) -> None:
        super().__init__("[Errno 13] writes go through the gate")


class Home(BaseCollection):
    """The root, and a principal, which is its calendar home."""

    def __init__(self, path: str, principal: Principal | None) -> None:
        self._path = path
        self._principal = principal

    @property
    def path(self) -> str:
        return self._path

    @property
    def etag(self) -> str:
        return f'"{self._path}"'

    @property
    def last_modified(self) -> str:
        return ""

    def get_all(self) -> Iterable[Item]:
        return ()

    def get_multi(self, hrefs: Iterable[str]) -> Iterable[tuple[str, Item | None]]:
        return ((href, None) for href in hrefs)

    def get_meta(self, key: str | None = None) -> Any:
        meta = {"D:displayname": self._principal.name} if self._principal else {}
        return meta if key is None else meta.get(key)


class Calendar(BaseCollection):
    """One calendar."""

    def __init__(self, gate: Gate, collection: Collection) -> None:
        self._gate = gate
        self._collection = collection

    @property
    def path(self) -> str:
        return f"{self._collection.owner}/{self._collection.slug}"

    @property
    def etag(self) -> str:
        return f'"{self._collection.ctag}"'

    @property
    def last_modified(self) -> str:
        return ""

    def sync(self, old_token: str = "") -> tuple[str, Iterable[str]]:
        """The names come lazily: PROPFIND asks for the token alone."""
        if old_token:
            try:
                changes = self._gate.changes(self._collection, old_token, None)
            except InvalidToken as error:
                raise ValueError("invalid sync token") from error
            return changes.token, [*(row[0] for row in changes.changed), *changes.removed]
        return self._collection.token, (row[0] for rows in self._rows() for row in rows)

    def _rows(self) -> Iterator[list[tuple[str, str, str]]]:
        yield self._gate.listing(self._collection)

    def get_multi(self, hrefs: Iterable[str]) -> Iterator[tuple[str, Item | None]]:
        wanted = list(hrefs)
        found = {each.href: each for each in self._gate.resources(self._collection, wanted)}
        for href in wanted:
            yield href, self._item(found[href]) if href in found else None

    def get_all(self) -> Iterator[Item]:
        hrefs = [row[0] for row in self._gate.listing(self._collection)]
        return (self._item(each) for each in self._gate.resources(self._collection, hrefs))

    def get_filtered(self, filters: Iterable[Element]) -> Iterator[tuple[Item, bool]]:
        return ((item, False) for item in self.get_all())

    def has_uid(self, uid: str) -> bool:
        return any(item.uid == uid for item in self.get_all())

    def get_meta(self, key: str | None = None) -> Any:
        names = {
            "D:displayname": "{DAV:}displayname",
            "C:calendar-description": xml.caldav("calendar-description"),
        }
        meta = {"tag": "VCALENDAR"}
        for short, name in names.items():
            if name in self._collection.props:
                meta[short] = xml.parse(self._collection.props[name].encode()).text or ""
        return meta if key is None else meta.get(key)

    def upload(self, href: str, item: Item) -> tuple[Item, Item | None]:
        raise ReadOnly

    def delete(self, href: str | None = None) -> None:
        raise ReadOnly

    def set_meta(self, props: Mapping[str, str]) -> None:
        raise ReadOnly

    def _item(self, resource: Resource) -> Item:
        return Item(
            collection=self,
            href=resource.href,
            etag=f'"{resource.etag}"',
            uid=resource.uid,
            component_name=resource.component,
            text=resource.text,
            last_modified=format_datetime(resource.modified, usegmt=True),
        )
