"""What an answer has to be: statuses, properties, objects and busy times, read from it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bench.client import Answer
from bench.corpus import Corpus

DAV = "{DAV:}"


class Wrong(Exception):
    """The answer is not the one that the corpus demands."""


def expect(answer: Answer, *statuses: int) -> None:
    if answer.status not in statuses:
        said = " ".join(answer.body.decode(errors="replace").split())
        raise Wrong(f"status {answer.status}: {said[-200:]}")


def same(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        sizes = [len(side) if isinstance(side, list) else side for side in (found, wanted)]
        raise Wrong(f"{what}: {sizes[0]} instead of {sizes[1]}")


def value_of(answer: Answer, name: str) -> str:
    expect(answer, 207)
    for propstat in ElementTree.fromstring(answer.body).iter(f"{DAV}propstat"):
        value = propstat.findtext(f"{DAV}prop/{name}")
        if value and " 200 " in (propstat.findtext(f"{DAV}status") or ""):
            return value
    raise Wrong(f"no {name} in the answer")


def members(answer: Answer) -> Iterator[str]:
    """Last path segments of the answered objects; the collection itself and the removed ones are left out."""
    for response in ElementTree.fromstring(answer.body).iter(f"{DAV}response"):
        href = response.findtext(f"{DAV}href") or ""
        if not href.endswith("/") and response.find(f"{DAV}propstat") is not None:
            yield href.rsplit("/", 1)[-1]


def listing(answer: Answer, corpus: Corpus) -> None:
    expect(answer, 207)
    same(sorted(members(answer)), sorted(event.href for event in corpus.events), "objects")
    if answer.body.count(b"getetag>") < 2 * corpus.size:
        raise Wrong("not every object has an ETag")


def periods(body: bytes) -> Iterator[tuple[datetime, datetime]]:
    text = body.decode().replace("\r\n", "\n").replace("\n ", "")
    for parameters, values in re.findall(r"\nFREEBUSY([^:\n]*):([^\n]*)", text):
        if "FBTYPE=FREE" in parameters.upper():
            continue
        for value in values.split(","):
            first, last = value.split("/")
            yield _utc(first), _utc(last) if last[0] != "P" else _utc(first) + _duration(last)


def _utc(value: str) -> datetime:
    return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _duration(value: str) -> timedelta:
    found = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", value)
    if found is None:
        raise Wrong(f"not a duration: {value}")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
