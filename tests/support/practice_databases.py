"""Databases with the practice loaded, as templates to be copied for every test."""

from __future__ import annotations

import uuid

import psycopg

from calgate.store import migrations, open_store
from tests.support.links import add_links
from tests.support.postgres import Postgres
from tests.support.practice import Practice
from tests.support.practice_file import practice_file


def load_into(url: str) -> None:
    store = open_store(url)
    migrations.upgrade(store)
    made = Practice(store)
    made.load(practice_file())
    add_links(made.gate)
    store.dispose()


def copied(server: Postgres, template: str) -> str:
    name = f"copy_{uuid.uuid4().hex}"
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE {name} TEMPLATE "{_name(template)}"'.encode())
    return template.replace(_name(template), name)


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]
