"""Radicale's web plugin: there is no page below the DAV address, the portal has its own."""

from __future__ import annotations

from typing import Any

from radicale import httputils, types
from radicale.web import BaseWeb


class Web(BaseWeb):
    """Answers 404 to everything, unlike the base class, which would show that the address is known."""

    def get(self, *_request: Any, **_more: Any) -> types.WSGIResponse:
        return httputils.NOT_FOUND
