"""Logins: the gate checks them, a throttle slows guessing down."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from secrets import token_bytes
from threading import Lock
from typing import TYPE_CHECKING

from radicale.auth import AuthContext, BaseAuth
from radicale.config import Configuration

from calgate_radicale import current

if TYPE_CHECKING:
    from calgate.gate.gate import Gate


class Throttle:
    """Counts distinct wrong passwords per address and login, and per address, in a sliding window.

    The same wrong password counts once: a telephone with an old one repeats it for ever and is no attack. A
    request without credentials never comes here. Password texts are not kept, only keyed hashes of them.
    """

    window_seconds = 300.0
    per_login = 10
    per_address = 50
    max_keys = 10_000

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = token_bytes(32)
        self._lock = Lock()
        self._wrong: dict[tuple[str, ...], dict[bytes, float]] = {}

    def refuses(self, address: str, login: str) -> bool:
        """Whether the password is not even looked at."""
        if not self._wrong:
            return False
        with self._lock:
            return (
                self._count((address, login)) >= self.per_login or self._count((address,)) >= self.per_address
            )

    def wrong(self, address: str, login: str, password: str) -> None:
        """A password was wrong."""
        text = f"{login}\0{password}".encode("utf-8", "surrogatepass")
        mark, now = blake2b(text, key=self._key, digest_size=16).digest(), self._clock()
        with self._lock:
            if len(self._wrong) > self.max_keys:
                self._wrong.clear()
            for key in ((address, login), (address,)):
                self._wrong.setdefault(key, {}).setdefault(mark, now)

    def _count(self, key: tuple[str, ...]) -> int:
        marks = self._wrong.get(key)
        if marks is None:
            return 0
        since = self._clock() - self.window_seconds
        for mark in [mark for mark, at in marks.items() if at < since]:
            del marks[mark]
        if not marks:
            del self._wrong[key]
        return len(marks)


class Auth(BaseAuth):
    """Radicale's auth plugin."""

    def __init__(self, configuration: Configuration, gate: Gate, throttle: Throttle) -> None:
        super().__init__(configuration)
        self._gate = gate
        self._throttle = throttle

    def _login_ext(self, login: str, password: str, context: AuthContext) -> str:
        address = context.remote_addr or ""
        if self._throttle.refuses(address, login):
            return ""
        principal = self._gate.authenticate(login, password)
        if principal is None:
            self._throttle.wrong(address, login, password)
            return ""
        current.principal.set(principal)
        return principal.person

    def _sleep_for_constant_exec_time(self, time_ns_begin: int) -> None:
        """Radicale would let every failed login take as long as the slowest one ever did."""


def plugin(gate: Gate, throttle: Throttle | None = None) -> Callable[[Configuration], Auth]:
    """For `[auth] type`."""
    return partial(Auth, gate=gate, throttle=throttle or Throttle())
