"""The contract with Radicale 3.9: every seam that the plugins use; another version fails here first."""

from __future__ import annotations

import inspect
import io
import logging
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import pytest
from radicale import auth, config, httputils, rights, storage, web
from radicale import item as radicale_item
from radicale.app import Application as Stock
from radicale.log import logger as radicale_logger

from calgate_radicale import current
from calgate_radicale.application import Application
from calgate_radicale.auth import Auth
from calgate_radicale.collections import Calendar, Home, ReadOnly
from calgate_radicale.configuration import configuration, quiet_log
from calgate_radicale.rights import Rights
from calgate_radicale.storage import Storage
from calgate_radicale.web import Web
from tests.support.dav import Client, basic, event

DO = ["self", "environ", "base_prefix", "path", "user", "user_groups", "request_info"]


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def environ(method: str, path: str, body: bytes = b"", **more: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": basic("ada", "secret"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        **more,
    }


def run(application: Stock, request: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    said: list[Any] = []
    body = b"".join(application(request, lambda status, headers: said.append((status, headers))))
    return int(said[0][0][:3]), dict(said[0][1]), body


@pytest.fixture
def ours(gate: Any) -> Application:
    return Application(gate, lambda: datetime.now(UTC), "calgate", 5_000_000)


# ---- what Radicale is -----------------------------------------------------------------------------------


def test_the_version_is_the_one_that_was_read() -> None:
    assert version("radicale").startswith("3.9.")


@pytest.mark.parametrize(
    "method",
    "DELETE GET HEAD MKCALENDAR MKCOL MOVE OPTIONS POST PROPFIND PROPPATCH PUT REPORT".split(),  # noqa: SIM905
)
def test_every_method_of_the_application_takes_the_same_arguments(method: str) -> None:
    assert parameters(getattr(Stock, "do_" + method)) == DO
    assert hasattr(Application, "do_" + method)


@pytest.mark.parametrize(
    ("base", "method", "wanted"),
    [
        (auth.BaseAuth, "_login_ext", ["self", "login", "password", "context"]),
        (auth.BaseAuth, "_sleep_for_constant_exec_time", ["self", "time_ns_begin"]),
        (rights.BaseRights, "authorization", ["self", "user", "user_groups", "path"]),
        (web.BaseWeb, "get", DO),
        (storage.BaseStorage, "discover", ["self", "path", "depth", "child_context_manager", "user_groups"]),
        (storage.BaseStorage, "acquire_lock", ["self", "mode", "user", "args", "kwargs"]),
        (storage.BaseCollection, "get_multi", ["self", "hrefs"]),
        (storage.BaseCollection, "get_filtered", ["self", "filters"]),
        (storage.BaseCollection, "sync", ["self", "old_token"]),
        (storage.BaseCollection, "get_meta", ["self", "key"]),
        (storage.BaseCollection, "upload", ["self", "href", "item"]),
        (Stock, "_handle_request", ["self", "environ"]),
    ],
)
def test_what_the_plugins_override_has_these_arguments(base: type, method: str, wanted: list[str]) -> None:
    assert parameters(getattr(base, method)) == wanted


def test_an_answer_is_four_values() -> None:
    assert len(httputils.NOT_ALLOWED) == 4
    assert httputils.NOT_ALLOWED[0] == 403


# ---- how the plugins are handed in ----------------------------------------------------------------------


def test_plugins_are_callables_and_no_file_is_read(gate: Any) -> None:
    made = configuration(gate, "realm", 5_000_000)
    assert [source for source, _ in made.sources()] == ["default config", "calgate"]
    assert isinstance(auth.load(made), Auth)
    assert isinstance(rights.load(made), Rights)
    assert isinstance(storage.load(made), Storage)
    assert isinstance(web.load(made), Web)


def test_the_configuration_has_no_delays_and_forbids_replacing_collections(gate: Any) -> None:
    made = configuration(gate, "realm", 5_000_000)
    assert made.get("auth", "delay") == 0
    assert made.get("server", "delay_on_error") == 0
    assert made.get("auth", "realm") == "realm"
    assert not made.get("rights", "permit_overwrite_collection")
    assert not made.get("rights", "permit_delete_collection")
    assert made.get("sharing", "type") == "none"
    assert made.get("hook", "type") == "none"


def test_radicales_log_stays_quiet_and_has_no_handler_of_its_own(ours: Application) -> None:
    assert radicale_logger.getEffectiveLevel() >= logging.WARNING
    assert not radicale_logger.handlers


# ---- what Radicale still does ---------------------------------------------------------------------------


def test_radicale_asks_for_a_login_with_our_realm(ours: Application) -> None:
    request = environ("PROPFIND", "/ada/")
    del request["HTTP_AUTHORIZATION"]
    status, headers, _ = run(ours, request)
    assert (status, headers["WWW-Authenticate"]) == (401, 'Basic realm="calgate"')


def test_the_principal_is_known_for_one_request_only(ours: Application) -> None:
    assert run(ours, environ("PROPFIND", "/ada/", HTTP_DEPTH="0"))[0] == 207
    assert current.principal.get() is not None
    assert run(ours, environ("PROPFIND", "/ada/", HTTP_AUTHORIZATION=basic("ada", "no")))[0] == 401
    assert current.principal.get() is None


def test_a_failed_login_is_not_made_to_wait(ours: Application) -> None:
    ours._auth._failed_auth_delay = 30
    assert run(ours, environ("PROPFIND", "/ada/", HTTP_AUTHORIZATION=basic("ada", "no")))[0] == 401


def test_guessing_is_stopped_without_looking_at_the_password(ours: Application) -> None:
    def login(password: str, address: str) -> int:
        fields = {"HTTP_AUTHORIZATION": basic("ada", password), "REMOTE_ADDR": address}
        return run(ours, environ("PROPFIND", "/ada/", b"", HTTP_DEPTH="0", **fields))[0]

    anonymous = environ("PROPFIND", "/ada/", REMOTE_ADDR="192.0.2.7")
    del anonymous["HTTP_AUTHORIZATION"]
    assert [run(ours, dict(anonymous))[0] for _ in range(60)] == [401] * 60
    assert login("secret", "192.0.2.7") == 207
    assert [login(f"guess {number}", "192.0.2.7") for number in range(10)] == [401] * 10
    assert login("secret", "192.0.2.7") == 401
    assert login("secret", "192.0.2.8") == 207


def test_neither_passwords_nor_bodies_reach_the_log(
    ours: Application, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    quiet_log()
    body = event("u", "SUMMARY:Very private").encode()
    for password in ("secret", "wrong horse"):
        fields = {"HTTP_AUTHORIZATION": basic("ada", password), "HTTP_CONTENT_TYPE": "text/calendar"}
        run(ours, environ("PUT", "/ada/sessions/a.ics", body, **fields))
        for word in (password, fields["HTTP_AUTHORIZATION"][6:], "Very private"):
            assert word not in caplog.text
    assert "Failed login attempt" in caplog.text


def test_radicale_sanitizes_paths_before_ours(ours: Application) -> None:
    status, _, body = run(ours, environ("PROPFIND", "/ada/../ada//sessions/", HTTP_DEPTH="0"))
    assert (status, b"/ada/sessions/" in body) == (207, True)


def test_control_characters_in_paths_are_refused(ours: Application) -> None:
    assert run(ours, environ("PROPFIND", "/ada/\x01/", HTTP_DEPTH="0"))[0] == 400


def test_an_unknown_method_is_405(ours: Application) -> None:
    assert run(ours, environ("LOCK", "/ada/"))[0] == 405


def test_radicale_compresses_when_it_sees_the_header_so_the_bridge_hides_it(ours: Application) -> None:
    _, headers, _ = run(ours, environ("PROPFIND", "/ada/", HTTP_DEPTH="0", HTTP_ACCEPT_ENCODING="gzip"))
    assert headers["Content-Encoding"] == "gzip"


def test_radicale_decodes_credentials_with_the_bodys_charset_so_the_bridge_hides_it(
    ours: Application,
) -> None:
    request = environ("PROPFIND", "/ada/", HTTP_DEPTH="0", CONTENT_TYPE="text/xml; charset=utf-16")
    assert run(ours, request)[0] == 500


def test_a_fault_is_500_and_the_next_request_is_answered(ours: Application, monkeypatch: Any) -> None:
    def fault(*_: Any) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(ours._gate, "collections", fault)
        assert run(ours, environ("PROPFIND", "/ada/", HTTP_DEPTH="1"))[0] == 500
    assert run(ours, environ("PROPFIND", "/ada/", HTTP_DEPTH="1"))[0] == 207


# ---- the storage, asked by Radicale's own application ---------------------------------------------------


@pytest.fixture
def stock(gate: Any, dav: Client) -> Stock:
    """Radicale's own application over our plugins, with two objects in Ada's calendar."""
    assert dav.put("/dav/ada/work/a.ics", event("u1")).status == 201
    assert dav.put("/dav/ada/work/b.ics", event("u2")).status == 201
    return Stock(configuration(gate, "realm", 5_000_000))


def test_stock_radicale_reads_through_the_storage(stock: Stock) -> None:
    status, _, body = run(stock, environ("GET", "/ada/work/a.ics"))
    assert (status, b"UID:u1" in body) == (200, True)
    status, _, body = run(stock, environ("PROPFIND", "/ada/", HTTP_DEPTH="1"))
    assert (status, b"/ada/sessions/" in body, b"/ada/work/" in body) == (207, True, True)
    status, _, body = run(stock, environ("PROPFIND", "/ada/work/", HTTP_DEPTH="1"))
    assert (status, b"a.ics" in body, b"b.ics" in body) == (207, True, True)
    query = (
        b'<C:calendar-query xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:">'
        b'<D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR">'
        b'<C:comp-filter name="VEVENT"><C:time-range '
        b'start="20260301T000000Z" end="20260401T000000Z"/></C:comp-filter></C:comp-filter></C:filter>'
        b"</C:calendar-query>"
    )
    status, _, body = run(stock, environ("REPORT", "/ada/work/", query))
    assert (status, b"a.ics" in body) == (207, True)


def test_stock_radicale_cannot_write_past_the_gate(stock: Stock, dav: Client) -> None:
    before = dav.propfind("/dav/ada/work/", "CS:getctag").body
    assert run(stock, environ("PUT", "/ada/work/a.ics", event("u1").encode()))[0] == 403
    assert run(stock, environ("DELETE", "/ada/work/a.ics"))[0] >= 400
    assert dav.propfind("/dav/ada/work/", "CS:getctag").body == before


def test_stock_radicale_sees_one_home_only(stock: Stock) -> None:
    for path in ("/bob/", "/bob/sessions/", "/nobody/"):
        assert run(stock, environ("PROPFIND", path, HTTP_DEPTH="0"))[0] in (403, 404)


def test_the_storage_is_lazy_where_radicale_asks_before_every_request(gate: Any, monkeypatch: Any) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("a look-up of the principal must not read the calendars")

    monkeypatch.setattr(gate, "collections", never)
    monkeypatch.setattr(gate, "listing", never)
    made = storage.load(configuration(gate, "realm", 1000))
    token = current.principal.set(gate.principal("ada"))
    try:
        with made.acquire_lock("r", "ada"):
            first = next(iter(made.discover("/ada/", depth="1")))
        assert isinstance(first, Home)
        calendar = next(iter(made.discover("/ada/sessions/", depth="1")))
        assert isinstance(calendar, Calendar)
        assert calendar.etag.startswith('"')
        calendar.sync()
    finally:
        current.principal.reset(token)


def test_items_carry_their_text_and_are_not_parsed(stock: Stock, gate: Any, monkeypatch: Any) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("a stored text must not be parsed to be listed")

    monkeypatch.setattr(radicale_item, "read_components", never)
    token = current.principal.set(gate.principal("ada"))
    try:
        found = next(iter(storage.load(configuration(gate, "r", 1000)).discover("/ada/work/a.ics")))
        assert isinstance(found, radicale_item.Item)
        assert (found.serialize(), found.uid, found.component_name) == (event("u1"), "u1", "VEVENT")
        assert found.collection is not None
        with pytest.raises(ReadOnly):
            found.collection.upload("x", found)
    finally:
        current.principal.reset(token)


def test_a_default_of_radicale_is_not_relied_upon_by_chance() -> None:
    """The options that the plugins set must exist; Radicale refuses unknown ones."""
    made = config.load()
    with pytest.raises(RuntimeError):
        made.update({"auth": {"no_such_option": "1"}}, "test")
