import gzip
import time
from datetime import UTC, datetime

import pytest

from calgate.http import entity_tags, gzipped, has_already, takes_gzip

MODIFIED = datetime(2026, 3, 2, 14, 0, 5, 700_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        (None, None),
        ("*", ("*",)),
        (' "a" ', ("a",)),
        ('"a", "b,c" ,"d"', ("a", "b,c", "d")),
        ('W/"a"', ('W/"a"',)),
        ("bare", ("bare",)),
        ('""', ("",)),
        ("", ()),
    ],
)
def test_entity_tags(header: str | None, tags: tuple[str, ...] | None) -> None:
    assert entity_tags(header) == tags


@pytest.mark.parametrize("header", ["a" * 60_000 + '"', '"' * 60_000, ' "' * 1000, "a" * 2000 + '"'])
def test_a_hostile_list_of_tags_takes_no_time(header: str) -> None:
    began = time.thread_time()
    entity_tags(header)
    assert time.thread_time() - began < 0.2


@pytest.mark.parametrize(
    ("headers", "has"),
    [
        ({}, False),
        ({"if-none-match": '"a"'}, True),
        ({"if-none-match": 'W/"a"'}, True),
        ({"if-none-match": '"x", W/"b", "y"'}, True),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": '"x"'}, False),
        ({"if-none-match": '"x"', "if-modified-since": "Mon, 02 Mar 2027 14:00:05 GMT"}, False),
        ({"if-modified-since": "Mon, 02 Mar 2026 14:00:05 GMT"}, True),
        ({"if-modified-since": "Mon, 02 Mar 2026 14:00:04 GMT"}, False),
        ({"if-modified-since": "yesterday"}, False),
        ({"if-modified-since": "Mon, 02 Mar 2026 14:00:05 -0000"}, False),
    ],
)
def test_what_the_client_has_already(headers: dict[str, str], has: bool) -> None:
    assert has_already(headers, ("a", "b"), MODIFIED) is has


def test_without_a_date_only_tags_count() -> None:
    assert not has_already({"if-modified-since": "Mon, 02 Mar 2027 14:00:05 GMT"}, ("a",), None)


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True),
        ("br, GZIP", True),
        ("gzip;q=0.5", True),
        ("gzip; q=1.0", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("x-gzip", False),
        ("", False),
    ],
)
def test_gzip_when_it_is_asked_for(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


def test_gzipped() -> None:
    assert gzip.decompress(gzipped(b"a" * 5000)) == b"a" * 5000
