"""Signing of set-up profiles (CMS, RFC 5652), so that Apple's devices tell who made them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder


class SigningError(ValueError):
    """The certificate or the key cannot sign; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the certificate of the key, and those between it and one that devices know."""

    key: RSAPrivateKey | EllipticCurvePrivateKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()


def signer(certificates: bytes, key: bytes, now: datetime) -> Signer:
    """Who signs, of PEM texts: the signer's certificate first, then those above it; and its key, without a
    passphrase. `now` is aware. Raises SigningError."""
    try:
        first, *chain = x509.load_pem_x509_certificates(certificates)
    except ValueError:
        raise SigningError("The profile's certificate is no PEM certificate.") from None
    try:
        private = load_pem_private_key(key, None)
    except TypeError:
        raise SigningError("The profile's key has a passphrase: give one without.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise SigningError("The profile's key is no PEM private key.") from None
    if not isinstance(private, RSAPrivateKey | EllipticCurvePrivateKey):
        raise SigningError("The profile's key must be an RSA or an elliptic curve key.")
    if private.public_key() != first.public_key():
        raise SigningError("The profile's key is not that of the first certificate.")
    if not first.not_valid_before_utc <= now <= first.not_valid_after_utc:
        raise SigningError(
            f"The profile's certificate is valid from {first.not_valid_before_utc:%Y-%m-%d} "
            f"to {first.not_valid_after_utc:%Y-%m-%d}, not today."
        )
    return Signer(private, first, tuple(chain))


def signed(data: bytes, by: Signer) -> bytes:
    """`data` inside its signature (CMS, DER), with the certificates that prove it."""
    builder = PKCS7SignatureBuilder().set_data(data).add_signer(by.certificate, by.key, SHA256())
    for each in by.chain:
        builder = builder.add_certificate(each)
    return builder.sign(Encoding.DER, [PKCS7Options.Binary])
