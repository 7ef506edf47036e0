"""Fixtures of all tests."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import Postgres, PostgresUnavailable, start


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    try:
        server = start()
    except PostgresUnavailable as error:
        pytest.skip(str(error))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Postgres) -> str:
    """SQLAlchemy URL of a PostgreSQL server's maintenance database."""
    return postgres_server.url


@pytest.fixture
def postgres_database(postgres_server: Postgres) -> Iterator[str]:
    """SQLAlchemy URL of an empty PostgreSQL database of the test's own."""
    url = postgres_server.new_database()
    yield url
    postgres_server.drop_database(url)
