"""Who is asking, for the duration of one request.

Radicale hands the login's name from part to part; the gate wants the principal that the login stands for. A
request is answered by one thread from beginning to end, so a context variable holds it.
"""

from __future__ import annotations

from contextvars import ContextVar

from calgate.gate.values import Principal

principal: ContextVar[Principal | None] = ContextVar("principal", default=None)
