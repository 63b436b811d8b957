"""What is said of keys, of sealed files and of seals that were checked."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certificates.enums import KeyPurpose, SignatureLevel

RSA_PSS_OR_V15 = "RS256"
P256 = "ES256"


class SignerUnavailableError(RuntimeError):
    """A key cannot be used now; the message says which one and why, and never holds a password."""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """The public half of a key, as ``certificates.models.SigningKey`` keeps it.

    ``kid``: RFC 7638 thumbprint, or the SHA-256 (hex) of the public key where no JWK exists. ``certificate_pem`` and
    ``chain_pem`` are empty for a bare key; ``witness`` is the key of the time stamp that a seal bears.
    """

    kid: str
    purpose: KeyPurpose
    name: str
    algorithm: str
    public_jwk: dict[str, str]
    certificate_pem: str = ""
    chain_pem: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    retired_at: datetime | None = None
    compromised_at: datetime | None = None
    witness: KeyFacts | None = None


@dataclass(frozen=True, slots=True)
class SealedPdf:
    """A sealed file, the key that sealed it and the PAdES level that was reached."""

    data: bytes
    key: KeyFacts
    level: SignatureLevel


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """What a check of a PDF's signature found.

    ``intact``: the signed bytes are unchanged; ``valid``: the signature fits them and the signer's key;
    ``trusted``: the key is one of ours and its certificate was good when it signed; ``whole_file``: nothing was
    appended after signing but what keeps the seal checkable (time stamps and what they need).
    ``signed_at`` is what the signer claims; ``stamped_at`` what a trusted time stamp says, None without one.
    """

    signer: str
    signed_at: datetime | None
    intact: bool
    valid: bool
    trusted: bool
    whole_file: bool
    kid: str = ""
    level: SignatureLevel = SignatureLevel.B_B
    stamped_at: datetime | None = None


def facts_of_certificate(
    purpose: KeyPurpose, name: str, certificate: x509.Certificate, chain: list[x509.Certificate]
) -> KeyFacts:
    """Tell of the key of ``certificate``; ``chain`` leads from it to the root."""
    key = certificate.public_key()
    jwk = public_jwk(key)
    return KeyFacts(
        kid=thumbprint(jwk) if jwk else key_digest(key),
        purpose=purpose,
        name=name,
        algorithm=algorithm_of(key),
        public_jwk=jwk,
        certificate_pem=certificate.public_bytes(Encoding.PEM).decode(),
        chain_pem="".join(each.public_bytes(Encoding.PEM).decode() for each in chain),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def facts_of_bare_key(purpose: KeyPurpose, name: str, key: PublicKeyTypes) -> KeyFacts:
    """Tell of a key that no certificate speaks for."""
    jwk = public_jwk(key)
    return KeyFacts(kid=thumbprint(jwk), purpose=purpose, name=name, algorithm=algorithm_of(key), public_jwk=jwk)


def algorithm_of(key: PublicKeyTypes) -> str:
    """Name the algorithm as JWA does (RFC 7518): ``ES256``, ``RS256``; another curve by its own name."""
    if isinstance(key, EllipticCurvePublicKey):
        return P256 if key.curve.name == "secp256r1" else key.curve.name
    return RSA_PSS_OR_V15 if isinstance(key, RSAPublicKey) else type(key).__name__


def public_jwk(key: PublicKeyTypes) -> dict[str, str]:
    """Write a P-256 or RSA key as a JWK (RFC 7517); empty for a key of another kind."""
    if isinstance(key, EllipticCurvePublicKey) and key.curve.name == "secp256r1":
        numbers = key.public_numbers()
        return {"crv": "P-256", "kty": "EC", "x": _b64url(numbers.x, 32), "y": _b64url(numbers.y, 32)}
    if isinstance(key, RSAPublicKey):
        of_rsa = key.public_numbers()
        return {"e": _b64url(of_rsa.e), "kty": "RSA", "n": _b64url(of_rsa.n)}
    return {}


def thumbprint(jwk: dict[str, Any]) -> str:
    """Digest a JWK that holds its required members only (RFC 7638)."""
    canonical = json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode()
    return _unpadded(hashlib.sha256(canonical).digest())


def key_digest(key: PublicKeyTypes) -> str:
    """Digest a public key as it stands in a certificate (SHA-256 of its DER, hex)."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _b64url(number: int, length: int = 0) -> str:
    return _unpadded(number.to_bytes(length or (number.bit_length() + 7) // 8, "big"))


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
