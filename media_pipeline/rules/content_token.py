"""The content token: the first part of every address on the content host, and the only leave that is asked for there.

URL-safe base64 without padding, 48 characters: purpose, expiry and the package's UUID, and the first fifteen bytes of
an HMAC-SHA-256 over them. It stands in the path, so that what a package names relatively is asked for with it. Signed,
not secret: whoever has it may read this package's files until it expires, and can do nothing else with it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

WINDOW_SECONDS = 24 * 3600
TOKEN_CHARS = 48
# leave for twelve hours, taken between four in the morning and four in the morning in China, ends at the same moment
_WINDOW_STARTS_SECONDS = 8 * 3600
_BODY = struct.Struct(">cI16s")
_SIGNATURE_BYTES = 15  # with the body a multiple of three: no two texts are the same token


class ContentTokenError(ValueError):
    """Not made here, altered, or expired. Nobody is told which."""


class ContentPurpose(StrEnum):
    """What a package is shown for: learning, or its author's trial."""

    LEARNING = "l"
    TRIAL = "t"


@dataclass(frozen=True, slots=True)
class ContentClaims:
    """What a token says; ``expires_at_s`` is a second of the epoch, in which it is expired."""

    package: UUID
    expires_at_s: int
    purpose: ContentPurpose


def end_of_window(expires_at_s: int) -> int:
    """When leave that must last until ``expires_at_s`` ends: within a day from then.

    Many share that moment, so that a package has the same address all day long and browsers know its files again.
    """
    windows = -(-(expires_at_s - _WINDOW_STARTS_SECONDS) // WINDOW_SECONDS)
    return windows * WINDOW_SECONDS + _WINDOW_STARTS_SECONDS


def content_key(secret: str) -> bytes:
    """The key that signs content tokens: derived from the site's secret, of no use for anything else."""
    return hashlib.sha256(b"xueshi content token\x1f" + secret.encode()).digest()


def sign_content_token(claims: ContentClaims, *, key: bytes) -> str:
    """The token that carries ``claims``."""
    body = _BODY.pack(claims.purpose.encode(), claims.expires_at_s, claims.package.bytes)
    return base64.urlsafe_b64encode(body + _signature(body, key)).rstrip(b"=").decode()


def read_content_token(token: str, *, now_s: int, keys: Iterable[bytes]) -> ContentClaims:
    """What the token says.

    :raises ContentTokenError: not a token, another key, altered, or expired.
    """
    if len(token) != TOKEN_CHARS or not token.isascii():
        raise ContentTokenError
    try:
        data = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ContentTokenError from error
    body, signature = data[: _BODY.size], data[_BODY.size :]
    if not any(hmac.compare_digest(signature, _signature(body, key)) for key in keys):
        raise ContentTokenError
    purpose, expires_at_s, package = _BODY.unpack(body)
    if now_s >= expires_at_s:
        raise ContentTokenError
    return ContentClaims(UUID(bytes=package), expires_at_s, ContentPurpose(purpose.decode()))


def _signature(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, body, hashlib.sha256)[:_SIGNATURE_BYTES]
