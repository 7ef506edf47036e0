"""Requests as a calendar program sends them, over a real connection, and what a person would then see."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass

import httpx

from tests.support.dav import NAMES, C, D, Reply


@dataclass(frozen=True)
class Copy:
    """A calendar object as the program has it."""

    href: str
    etag: str
    text: str

    @property
    def flat(self) -> str:
        """The text unfolded, with LF."""
        return self.text.replace("\r\n ", "").replace("\r\n\t", "").replace("\r\n", "\n")

    def value(self, name: str) -> str:
        """The first value of that property in a VEVENT."""
        found = re.search(rf"^{name}(?:;[^:\n]*)?:(.*)$", self.flat[self.flat.index("BEGIN:VEVENT") :], re.M)
        assert found is not None, f"{name} is not in {self.flat}"
        return found[1]

    def has(self, name: str) -> bool:
        return re.search(rf"^{name}[;:]", self.flat, re.M) is not None


class Wire:
    """A program with its login. Its credentials go with every request unless told not to."""

    def __init__(self, url: str, login: str, password: str, agent: str) -> None:
        self.login = login
        credentials = b64encode(f"{login}:{password}".encode()).decode()
        self._credentials = {"Authorization": f"Basic {credentials}"}
        self._client = httpx.Client(base_url=url, headers={"User-Agent": agent}, timeout=20, trust_env=False)

    def close(self) -> None:
        self._client.close()

    @property
    def home(self) -> str:
        return f"/dav/{self.login}/"

    @property
    def sessions(self) -> str:
        return f"{self.home}sessions/"

    def ask(
        self, method: str, path: str, body: str | bytes = "", *, anonymous: bool = False, **headers: str
    ) -> Reply:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if body and "Content-Type" not in fields:
            fields["Content-Type"] = "application/xml; charset=utf-8"
        if not anonymous:
            fields.update(self._credentials)
        answer = self._client.request(method, path, content=body, headers=fields)
        return Reply(answer.status_code, answer.headers, answer.content)

    def propfind(self, path: str, *names: str, depth: int = 0, anonymous: bool = False) -> Reply:
        inner = "".join(f"<{name}/>" for name in names)
        body = f"<D:propfind {NAMES}><D:prop>{inner}</D:prop></D:propfind>"
        return self.ask("PROPFIND", path, body, anonymous=anonymous, Depth=str(depth))

    def report(self, path: str, root: str, inner: str, **headers: str) -> Reply:
        return self.ask("REPORT", path, f"<{root} {NAMES}>{inner}</{root}>", **headers)

    def put(self, path: str, text: str, **headers: str) -> Reply:
        return self.ask("PUT", path, text, Content_Type="text/calendar; charset=utf-8", **headers)

    def get(self, path: str) -> Copy:
        answer = self.ask("GET", path)
        assert answer.status == 200, answer.body
        return Copy(path, answer.headers["ETag"], answer.body.decode())

    def multiget(self, collection: str, *hrefs: str) -> dict[str, Copy]:
        """Without a Depth header, as most programs send it."""
        listed = "".join(f"<D:href>{href}</D:href>" for href in hrefs)
        prop = "<D:prop><D:getetag/><C:calendar-data/></D:prop>"
        answer = self.report(collection, "C:calendar-multiget", prop + listed)
        assert answer.status == 207, answer.body
        return {path: self._copy(answer, path) for path in answer.hrefs if not self._gone(answer, path)}

    def etags(self, collection: str) -> dict[str, str]:
        """What a listing says."""
        answer = self.propfind(collection, "D:getetag", "D:getcontenttype", "D:resourcetype", depth=1)
        assert answer.status == 207, answer.body
        objects = [path for path in answer.hrefs if not path.endswith("/")]
        return {path: answer.found(path)[f"{D}getetag"].text or "" for path in objects}

    def session(self, identity: str) -> Copy:
        """The copy of the session with that id."""
        everything = self.multiget(self.sessions, *self.etags(self.sessions)).values()
        [found] = [one for one in everything if f"X-CALGATE-ID:{identity}\n" in one.flat]
        return found

    def changed(self, token: str) -> tuple[str, dict[str, str], set[str]]:
        """sync-collection with a Depth header, which is ignored: (new token, href -> ETag, removed)."""
        inner = (
            f"<D:sync-token>{token}</D:sync-token><D:sync-level>1</D:sync-level>"
            "<D:prop><D:getcontenttype/><D:getetag/></D:prop>"
        )
        answer = self.report(self.sessions, "D:sync-collection", inner, Depth="1")
        assert answer.status == 207, answer.body
        removed = {path for path in answer.hrefs if self._gone(answer, path)}
        etags = {
            path: answer.found(path)[f"{D}getetag"].text or "" for path in answer.hrefs if path not in removed
        }
        return answer.xml.findtext(f"{D}sync-token") or "", etags, removed

    def ctag(self) -> str:
        found = self.propfind(self.sessions, "CS:getctag").found(self.sessions)
        return found["{http://calendarserver.org/ns/}getctag"].text or ""

    @staticmethod
    def _copy(answer: Reply, path: str) -> Copy:
        found = answer.found(path)
        # XML turns the line ends of a text into LF; programs send CRLF again.
        text = (found[f"{C}calendar-data"].text or "").replace("\r\n", "\n").replace("\n", "\r\n")
        return Copy(path, found[f"{D}getetag"].text or "", text)

    @staticmethod
    def _gone(answer: Reply, path: str) -> bool:
        return " 404 " in (answer.response(path).findtext(f"{D}status") or "")


def reason(answer: Reply) -> str:
    """The sentence of a refusal by a rule; the answer must be one that clients survive."""
    assert answer.status == 403, (answer.status, answer.body)
    assert answer.headers["Content-Type"].startswith(("application/xml", "text/xml"))
    [refused] = [child for child in answer.xml if child.tag == "{urn:calgate:ns}refused"]
    assert refused.get("rule", "").startswith("R-") and refused.get("contact")
    return refused.text or ""


def moved(text: str, old: str, new: str) -> str:
    """A body with a day (yyyymmdd) replaced in its DTSTART and DTEND."""
    return re.sub(rf"^(DT(?:START|END)[^:]*:){old}", rf"\g<1>{new}", text, flags=re.M)


def with_lines(text: str, *lines: str) -> str:
    """A body with lines added at the end of its first VEVENT."""
    return text.replace("END:VEVENT", "\r\n".join((*lines, "END:VEVENT")), 1)
