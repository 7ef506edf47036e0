"""The database: the only place that speaks SQL. One module per aggregate; every function takes the
transaction first and the organization second. Times are integer UTC seconds."""

from sqlalchemy import Connection as Tx

from calgate.store.engine import Store, StoreError, open_store

__all__ = ["Store", "StoreError", "Tx", "open_store"]
