"""The small key that signs what a phone checks without a network: codes and credentials, never files."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

from certificates.enums import KeyPurpose
from certificates.gateways.demo_key import make_once
from certificates.gateways.signing.facts import KeyFacts, SignerUnavailableError, facts_of_bare_key

COORDINATE_BYTES = 32


def sign_code(data: bytes, *, signer: str) -> tuple[bytes, str]:
    """Sign ``data`` with ECDSA P-256 and SHA-256; give 64 bytes r‖s (RFC 7518, 3.4) and the key's ``kid``.

    :raises SignerUnavailableError: the key cannot be opened, or is of another kind.
    """
    key, facts = _code_key(signer)
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(COORDINATE_BYTES, "big") + s.to_bytes(COORDINATE_BYTES, "big"), facts.kid


def code_key(signer: str) -> KeyFacts:
    """Tell of the key that ``sign_code`` uses for ``signer``."""
    return _code_key(signer)[1]


@lru_cache(maxsize=16)
def _code_key(signer: str) -> tuple[ec.EllipticCurvePrivateKey, KeyFacts]:
    path = Path(settings.XUESHI_HOME) / "code-key.pem"
    make_once(path, _make_key)
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise SignerUnavailableError(f"{path}: not a P-256 key")
    return key, facts_of_bare_key(KeyPurpose.CODE, "code", key.public_key())


def _make_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
