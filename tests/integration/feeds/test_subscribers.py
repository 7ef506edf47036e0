"""Subscribers' polls as their programs send them, before and after a change made over CalDAV."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest

from tests.integration.feeds.conftest import Reply, Served
from tests.support.feeds import events


@dataclass(frozen=True)
class Subscriber:
    """`headers` with every request; `remembers` which validators it sends back, by answer header."""

    headers: dict[str, str]
    remembers: dict[str, str] = field(default_factory=dict)

    def poll(self, served: Served, path: str, last: Reply | None) -> Reply:
        known = {sent: last.headers[got] for sent, got in self.remembers.items()} if last else {}
        return served.get(path, **self.headers, **known)


BOTH = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
# Thunderbird's is known from its source. Which validators the others send back is not documented:
# those here are what their HTTP libraries do by themselves, and none at all for Google.
SUBSCRIBERS = {
    "Thunderbird": Subscriber(
        {
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Thunderbird/153.0",
            "Accept": "text/calendar,text/plain;q=0.8,*/*;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        },
        {"If-None-Match": "etag"},
    ),
    "Apple": Subscriber(
        {
            "User-Agent": "macOS/15.0 (24A335) dataaccessd/1.0",
            "Accept": "*/*",
            "Accept-Language": "en-US",
            "Accept-Encoding": "gzip, deflate",
        },
        BOTH,
    ),
    "Outlook": Subscriber(
        {
            "User-Agent": "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)",
            "Accept-Encoding": "gzip, deflate",
            "Authorization": "Bearer",  # it tells every server that it could log in
        },
        {"If-Modified-Since": "last-modified"},
    ),
    "Google": Subscriber({"User-Agent": "Google-Calendar-Importer", "Accept-Encoding": "gzip"}),
    "Evolution": Subscriber(
        {"User-Agent": "Evolution/3.46.4", "Accept-Encoding": "gzip, deflate, br"}, {"If-None-Match": "etag"}
    ),
}


@pytest.mark.parametrize("name", SUBSCRIBERS)
def test_a_change_over_caldav_is_in_the_next_poll(served: Served, name: str) -> None:
    program = SUBSCRIBERS[name]
    client = served.link(audience="client", target="c-101")
    other = served.link(audience="client", target="c-104")
    first, others = program.poll(served, client, None), program.poll(served, other, None)
    assert first.status == others.status == 200
    unchanged = 304 if program.remembers else 200
    assert program.poll(served, client, first).status == unchanged

    served.clock.forward(minutes=10)
    href, text = served.object("rt-4")
    moved = text.replace("America/New_York:20260310T", "America/New_York:20260312T")
    assert served.dav("PUT", href, moved).status == 204
    after = program.poll(served, client, first)
    assert after.status == 200
    assert after.etag != first.etag and after.headers["last-modified"] > first.headers["last-modified"]
    assert program.poll(served, other, others).status == unchanged, "no client of that session"
    assert program.poll(served, client, after).status == unchanged

    served.gate.revoke_link("riverside", served.made[0].id)
    assert program.poll(served, client, after).status == 410


def test_what_changed_grows_and_the_rest_stays(served: Served) -> None:
    path = served.link(audience="client", target="c-101")
    before = events(served.get(path).text)
    served.clock.forward(minutes=10)
    href, text = served.object("rt-4")
    moved = text.replace("America/New_York:20260310T", "America/New_York:20260312T")
    assert served.dav("PUT", href, moved).status == 204
    after = events(served.get(path).text)
    assert after.keys() == before.keys(), "UIDs stay"
    changed = [uid for uid in after if after[uid] != before[uid]]
    assert len(changed) == 1
    old, new = "\n".join(before[changed[0]]), "\n".join(after[changed[0]])
    assert "DTSTART;TZID=America/New_York:20260310T" in old
    assert "DTSTART;TZID=America/New_York:20260312T" in new
    assert number(new) > number(old)
    assert "LAST-MODIFIED:20260302T141000Z" in new and "DTSTAMP:20260302T141000Z" in new


def test_the_window_moves_on_at_midnight(served: Served) -> None:
    path = served.link(audience="person", target="ada", past_days=1, future_days=1)
    first = served.get(path)
    assert served.get(path, If_None_Match=first.etag).status == 304
    served.clock.forward(days=1)
    second = served.get(path, If_None_Match=first.etag)
    assert second.status == 200 and events(second.text).keys() != events(first.text).keys()
    since = {"If-Modified-Since": first.headers["last-modified"]}
    assert served.get(path, **since).status == 200


def test_no_name_of_a_client_reaches_who_may_not_know_it(served: Served) -> None:
    public = [
        served.link(audience="client", target="c-103"),
        served.link(audience="person", target="ada", detail="initials"),
        served.link(audience="person", target="ada", detail="busy"),
        served.link(audience="organization", target="riverside"),
        served.link(audience="location", target="main"),
        served.link(audience="person", target="ada", kind="freebusy"),
    ]
    for path in public:
        text = served.get(path).text
        assert not re.search(r"Noah|Lane|ada@|riverside\.example|fever", text.replace("\r\n ", "")), path
    assert "Noah Lane" in served.get(served.link(audience="person", target="ada")).text


def number(event: str) -> int:
    found = re.search(r"SEQUENCE:(\d+)", event)
    assert found is not None
    return int(found[1])
