"""Radicale's storage plugin: finds the gate's collections and copies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

from radicale.config import Configuration
from radicale.item import Item
from radicale.storage import BaseCollection, BaseStorage

from calgate.gate.values import Principal
from calgate_radicale import current
from calgate_radicale.collections import Calendar, Home

if TYPE_CHECKING:
    from calgate.gate.gate import Gate


class Storage(BaseStorage):
    """The lock is the gate's transaction, so that Radicale's own is empty."""

    _is_collision_free = True
    _supports_unicode = True
    _supports_trailing_whitespace = True
    _supports_problematic_chars = True

    def __init__(self, configuration: Configuration, gate: Gate) -> None:
        super().__init__(configuration)
        self._gate = gate

    def acquire_lock(
        self, mode: str, user: str = "", *args: Any, **kwargs: Any
    ) -> AbstractContextManager[None]:
        return nullcontext()

    def verify(self) -> bool:
        return True

    def discover(
        self,
        path: str,
        depth: str = "0",
        child_context_manager: Callable[..., AbstractContextManager[None]] | None = None,
        user_groups: set[str] | None = None,
    ) -> Iterator[BaseCollection | Item]:
        """Lazy: Radicale asks for the principal at Depth 1 before every request and takes the first only."""
        principal = current.principal.get()
        owner, _, inner = path.strip("/").partition("/")
        if not owner:
            yield Home("", None)
        elif principal is not None and owner == principal.person:
            yield from self._in_home(principal, inner, depth)

    def _in_home(self, principal: Principal, inner: str, depth: str) -> Iterator[BaseCollection | Item]:
        slug, _, href = inner.partition("/")
        if not slug:
            yield Home(principal.person, principal)
            if depth != "0":
                yield from (Calendar(self._gate, each) for each in self._gate.collections(principal))
            return
        collection = self._gate.collection(principal, slug)
        if collection is None:
            return
        calendar = Calendar(self._gate, collection)
        if href:
            yield from (item for _, item in calendar.get_multi([href]) if item is not None)
            return
        yield calendar
        if depth != "0":
            yield from calendar.get_all()


def plugin(gate: Gate) -> Callable[[Configuration], Storage]:
    """For `[storage] type`."""
    return partial(Storage, gate=gate)
