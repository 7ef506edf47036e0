"""Radicale's configuration, made in code: no file is read and nothing is left to its defaults by chance."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from radicale import config

from calgate_radicale import auth, rights, storage, web

if TYPE_CHECKING:
    from calgate.gate.gate import Gate


def configuration(gate: Gate, realm: str, max_body_bytes: int) -> config.Configuration:
    """What the application is built from."""
    made = config.load()
    made.update(
        {
            "server": {
                "max_content_length": str(max_body_bytes),
                "max_resource_size": str(max_body_bytes * 8 // 10),
                "delay_on_error": "0",
                "validate_path_value": "none",
            },
            "auth": {"type": auth.plugin(gate), "delay": "0", "realm": realm, "cache_logins": "False"},
            "rights": {
                "type": rights.Rights,
                "permit_delete_collection": "False",
                "permit_overwrite_collection": "False",
            },
            "storage": {"type": storage.plugin(gate), "predefined_collections": ""},
            "web": {"type": web.Web},
            "hook": {"type": "none"},
            "sharing": {"type": "none"},
        },
        "calgate",
        privileged=True,
    )
    return made


def quiet_log() -> None:
    """Radicale's log goes where ours goes, from warnings on: at debug it writes whole requests."""
    logging.getLogger("radicale").setLevel(logging.WARNING)
