"""Set-up profiles for Apple's devices: what is in them, and who signed them."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs7

from calgate.profile import Account, Subscription, profile
from calgate.signing import SigningError, signed, signer
from tests.support.certificates import certificate, pem

ROOT = "https://cal.example.org"
NOW = datetime.now(UTC)
ADA = Account(f"{ROOT}/dav/ada/", "ada", "Ada Moss", "s3cret")
FEED = Subscription("f-1", "Noah & co", f"{ROOT}/feeds/abc.ics")
EC, RSA = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)


def read(*given: Any) -> dict[str, Any]:
    found: dict[str, Any] = plistlib.loads(profile(*given))
    return found


def test_an_account() -> None:
    whole = read(ROOT, "Riverside Therapy", ADA)
    [content] = whole["PayloadContent"]
    assert (whole["PayloadType"], whole["PayloadVersion"]) == ("Configuration", 1)
    assert whole["PayloadOrganization"] == content["PayloadOrganization"] == "Riverside Therapy"
    assert "Ada Moss" in whole["PayloadDescription"]
    assert (whole["PayloadScope"], whole["PayloadRemovalDisallowed"]) == ("User", False)
    assert (content["PayloadType"], content["PayloadVersion"]) == ("com.apple.caldav.account", 1)
    assert {key: value for key, value in content.items() if key.startswith("CalDAV")} == {
        "CalDAVAccountDescription": "Riverside Therapy",
        "CalDAVHostName": "cal.example.org",
        "CalDAVPort": 443,
        "CalDAVUseSSL": True,
        "CalDAVPrincipalURL": "https://cal.example.org/dav/ada/",
        "CalDAVUsername": "ada",
        "CalDAVPassword": "s3cret",
    }


@pytest.mark.parametrize(
    ("root", "host", "port", "tls"),
    [
        ("https://cal.example.org:8443", "cal.example.org", 8443, True),
        ("https://cal.example.org/x", "cal.example.org", 443, True),
        ("http://localhost", "localhost", 80, False),
        ("http://127.0.0.1:5232", "127.0.0.1", 5232, False),
    ],
)
def test_the_address(root: str, host: str, port: int, tls: bool) -> None:
    [content] = read(root, "R", Account(f"{root}/dav/ada/", "ada", "Ada"))["PayloadContent"]
    found = content["CalDAVHostName"], content["CalDAVPort"], content["CalDAVUseSSL"]
    assert found == (host, port, tls)
    assert content["CalDAVPrincipalURL"] == f"{root}/dav/ada/"
    assert "CalDAVPassword" not in content


def test_a_subscription() -> None:
    whole = read(ROOT, "Riverside", None, [FEED])
    [content] = whole["PayloadContent"]
    assert content["PayloadType"] == "com.apple.subscribedcalendar.account"
    assert content["SubCalAccountHostName"] == f"{ROOT}/feeds/abc.ics"
    assert content["SubCalAccountUseSSL"] is True
    assert content["SubCalAccountDescription"] == "Noah & co"
    assert not {"SubCalAccountUsername", "SubCalAccountPassword"} & content.keys()
    assert whole["PayloadDescription"] == "Subscribes to Noah & co."


def test_account_and_subscription() -> None:
    kinds = [each["PayloadType"] for each in read(ROOT, "R", ADA, [FEED])["PayloadContent"]]
    assert kinds == ["com.apple.caldav.account", "com.apple.subscribedcalendar.account"]


def ids(*given: Any) -> list[str]:
    whole = read(*given)
    parts = (whole, *whole["PayloadContent"])
    assert all(each["PayloadUUID"].lower() in each["PayloadIdentifier"] for each in parts)
    return [each["PayloadUUID"] for each in parts]


def test_identifiers_stay_while_secrets_change() -> None:
    first = ids(ROOT, "Riverside", ADA, [FEED])
    later = Subscription("f-1", "Noah", f"{ROOT}/feeds/other.ics")
    assert ids(ROOT, "River", Account(ADA.url, "ada", "Ada M."), [later]) == first
    assert len(set(first)) == 3
    assert ids(ROOT, "Riverside", ADA)[0] == first[0], "the same person's profile is replaced"


def test_identifiers_of_others_differ() -> None:
    others = [
        ids(ROOT, "R", Account(f"{ROOT}/dav/bob/", "bob", "Bob")),
        ids("https://b.example", "R", Account("https://b.example/dav/ada/", "ada", "Ada")),
        ids(ROOT, "R", None, [FEED]),
        ids(ROOT, "R", None, [Subscription("f-2", "x", f"{ROOT}/feeds/x.ics")]),
        ids(ROOT, "R", ADA),
    ]
    every = [each for found in others for each in found]
    assert len(set(every)) == len(every)
    assert read(ROOT, "R", ADA)["PayloadIdentifier"].startswith("org.example.cal.calgate.")


def test_secrets_are_not_in_the_repr() -> None:
    assert "s3cret" not in repr(ADA) and "abc" not in repr(FEED)


# ---- signed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [EC, RSA], ids=["elliptic curve", "RSA"])
def test_the_signature_verifies_with_the_whole_chain(key: Any, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    root, leaf = certificate("Root", RSA, NOW), certificate("Signer", key, NOW, issuer="Root", by=RSA)
    data = profile(ROOT, "R", ADA)
    sealed = signed(data, signer(leaf + root, pem(key), NOW))
    (tmp_path / "root.pem").write_bytes(root)
    (tmp_path / "sealed").write_bytes(sealed)
    verify = [openssl, "cms", "-verify", "-binary", "-inform", "DER", "-CAfile", tmp_path / "root.pem", "-in"]
    done = subprocess.run([*verify, tmp_path / "sealed"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == data
    (tmp_path / "forged").write_bytes(sealed.replace(b"Ada Moss", b"Eve Moss"))
    assert subprocess.run([*verify, tmp_path / "forged"], capture_output=True, check=False).returncode != 0


def test_the_certificates_come_along() -> None:
    root, leaf = certificate("Root", RSA, NOW), certificate("Signer", EC, NOW, issuer="Root", by=RSA)
    sealed = signed(b"data", signer(leaf + root, pem(EC), NOW))
    names = {each.subject.rfc4514_string() for each in pkcs7.load_der_pkcs7_certificates(sealed)}
    assert names == {"CN=Signer", "CN=Root"}


OWN = certificate("Own", EC, NOW)
OTHER = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("certificates", "key", "later", "says"),
    [
        (b"none", pem(EC), 0, "no PEM certificate"),
        (OWN, b"none", 0, "no PEM private key"),
        (OWN, pem(EC, b"pass"), 0, "has a passphrase"),
        (OWN, OTHER, 0, "must be an RSA or an elliptic curve key"),
        (OWN, pem(RSA), 0, "is not that of the first certificate"),
        (OWN, pem(EC), 11, f"to {NOW + timedelta(days=10):%Y-%m-%d}, not today"),
        (OWN, pem(EC), -2, "not today"),
    ],
)
def test_what_cannot_sign(certificates: bytes, key: bytes, later: int, says: str) -> None:
    with pytest.raises(SigningError, match=says) as caught:
        signer(certificates, key, NOW + timedelta(days=later))
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)
