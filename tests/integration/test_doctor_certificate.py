"""doctor's look at the certificate, against a TLS server of the test's own."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from calgate.commands.doctor import Finding, certificate_finding
from calgate.settings import Server, Settings


def certificate(folder: Path, days: int) -> Path:
    """A self-signed certificate of 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.IPAddress(IPv4Address("127.0.0.1"))
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(made.public_bytes(pem) + secret)
    return path


@contextmanager
def server(path: Path) -> Iterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as http:
        http.socket = context.wrap_socket(http.socket, server_side=True)
        http.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield http.server_port
        finally:
            with suppress(OSError):
                http.shutdown()
            thread.join(10)


def finding(url: str) -> Finding:
    return certificate_finding(Settings(server=Server(public_url=url)))


@pytest.mark.parametrize(("days", "state"), [(90, "ok"), (5, "bad")])
def test_a_certificate_is_good_until_two_weeks_before_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, state: str
) -> None:
    path = certificate(tmp_path, days)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with server(path) as port:
        found = finding(f"https://127.0.0.1:{port}")
    assert found.state == state and "is good until" in found.sentence


def test_an_untrusted_certificate_is_bad(tmp_path: Path) -> None:
    with server(certificate(tmp_path, 90)) as port:
        found = finding(f"https://127.0.0.1:{port}")
    assert found.state == "bad" and "self-signed certificate" in found.sentence


def test_a_server_that_does_not_answer_is_bad() -> None:
    assert finding("https://127.0.0.1:1").sentence == "127.0.0.1 cannot be reached: Connection refused."


@pytest.mark.parametrize(("url", "state"), [("", "note"), ("http://cal.example.org", "bad")])
def test_plain_http_is_for_this_machine_only(url: str, state: str) -> None:
    assert finding(url).state == state
