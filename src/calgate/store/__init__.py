"""The database: the only place that speaks SQL. One module per aggregate; every function takes the
transaction first and the organization second. Times are integer UTC seconds."""

from sqlalchemy import Connection as Tx

from calgate.store.engine import Store, open_store
from calgate.store.errors import StoreBusy, StoreError

__all__ = ["Store", "StoreBusy", "StoreError", "Tx", "open_store"]
