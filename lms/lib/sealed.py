"""Sealing of identity numbers: encrypted at rest, found by a keyed digest.

The key is ``XUESHI_FIELD_KEY`` (any long secret), or is derived from ``SECRET_KEY`` in the embedded default.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealBrokenError(ValueError):
    """The sealed text was not made with this site's key."""


def seal(text: str) -> str:
    """Encrypt ``text``; sealing it twice gives different results."""
    return _cipher(_secret()).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Give back what was sealed.

    :raises SealBrokenError: another key, or altered bytes.
    """
    try:
        return _cipher(_secret()).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBrokenError("sealed with another key, or altered") from error


def keyed_digest(*parts: str) -> str:
    """Hash ``parts`` with the site's key (64 hex digits): equal input, equal digest, useless elsewhere."""
    message = "\x1f".join(parts).encode()
    return hmac.new(_derive(_secret(), b"digest"), message, hashlib.sha256).hexdigest()


def _secret() -> str:
    return settings.XUESHI_FIELD_KEY or settings.SECRET_KEY


@lru_cache(maxsize=4)
def _cipher(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derive(secret, b"seal")))


@lru_cache(maxsize=8)
def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=b"xueshi-field", info=purpose).derive(secret.encode())
