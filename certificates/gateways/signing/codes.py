"""The small key that signs what a phone checks without a network: codes and credentials, never files."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from certificates.enums import KeyPurpose
from certificates.gateways.signing.book import OpenKey, code_plan, open_key
from certificates.gateways.signing.facts import P256, KeyFacts, SignerUnavailableError

COORDINATE_BYTES = 32


def sign_code(data: bytes, *, signer: str) -> tuple[bytes, str]:
    """Sign ``data`` with ECDSA P-256 and SHA-256; give 64 bytes r‖s (RFC 7518, 3.4) and the key's ``kid``.

    :raises SignerUnavailableError: the key cannot be opened, or is of another kind.
    """
    opened = _code_key(signer)
    r, s = decode_dss_signature(opened.key.sign(data))
    return r.to_bytes(COORDINATE_BYTES, "big") + s.to_bytes(COORDINATE_BYTES, "big"), opened.facts.kid


def code_key(signer: str) -> KeyFacts:
    """Tell of the key that ``sign_code`` uses for ``signer``.

    :raises SignerUnavailableError: the key cannot be opened, or is of another kind.
    """
    return _code_key(signer).facts


def _code_key(signer: str) -> OpenKey:
    opened = open_key(code_plan(signer), KeyPurpose.CODE)
    if opened.facts.algorithm != P256:
        raise SignerUnavailableError(f"{opened.plan.name}: codes are signed with P-256 keys only")
    return opened
