"""Every question has one test, and docs/conformance.md names only tests that exist."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from tests.integration.caldav.questions import table

TESTS = Path(__file__).parents[3]


def test_every_question_is_asked_once() -> None:
    assert Counter(question for question, _ in table.asked()) == Counter(table.QUESTIONS.keys())


def test_the_page_is_up_to_date() -> None:
    page = table.PAGE.read_text(encoding="utf-8")
    assert page.count(table.BEGIN) == page.count(table.END) == 1
    assert page == table.written(page)


def test_every_test_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`([\w/]+\.py)::(\w+)`", table.PAGE.read_text(encoding="utf-8")))
    assert len(named) > len(table.QUESTIONS)
    missing = [f"{path}::{name}" for path, name in sorted(named) if not _exists(path, name)]
    assert missing == []


def _exists(path: str, name: str) -> bool:
    found = [each for each in TESTS.rglob(Path(path).name) if each.as_posix().endswith(f"/{path}")]
    return (
        len(found) == 1
        and re.search(rf"^def {name}\(", found[0].read_text(encoding="utf-8"), re.M) is not None
    )
