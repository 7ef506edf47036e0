"""The installation's secret key and what is derived from it. Nothing here is ever logged."""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

KEY_FILE = "calgate.key"
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Keys:
    """The installation's root secret; kept out of every repr."""

    root: bytes = field(repr=False)

    def digest(self, purpose: str, *parts: str) -> str:
        """HMAC-SHA-256 (hex) of the parts under a key for that purpose; parts can't run into each other."""
        key = hmac.digest(self.root, purpose.encode(), "sha256")
        message = b"".join(len(p := part.encode()).to_bytes(4, "big") + p for part in parts)
        return hmac.digest(key, message, "sha256").hex()


def open_keys(folder: Path) -> Keys:
    """The key in that folder, made at the first start and readable by its owner alone.

    Raises OSError when the folder can't be used, ValueError when the file is no key.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / KEY_FILE
    if not path.exists():
        _make(path)
    root = bytes.fromhex(path.read_text().strip())
    if len(root) != KEY_BYTES:
        raise ValueError(f"{KEY_FILE} does not hold a key of {KEY_BYTES} bytes")
    return Keys(root)


def _make(path: Path) -> None:
    """Writes a new key beside the place and links it there: two processes that start together agree on one,
    and none ever reads half of it."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_bytes(KEY_BYTES).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
