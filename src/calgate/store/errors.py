"""What goes wrong with the database, each in one sentence for the operator."""

from __future__ import annotations


class StoreError(Exception):
    """The database cannot be opened or used; the text is one sentence for the operator."""


class StoreBusy(StoreError):
    """Somebody else is writing, and for longer than is waited; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("The database is being written to for a long time: try again later.")
