"""The commit token: what the page that runs a package shows with everything it saves.

It is good for saving into one attempt, in one sitting, and for nothing else: it opens no film, earns no time, and a
play lease's token saves nothing. ``body.signature``, both URL-safe base64 without padding: the body is the version,
the standard's number and whole numbers of eight bytes, the signature HMAC-SHA-256 over a fixed word and the body's
text, under a key of its own. Signed, not secret.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass, fields
from typing import Any

VERSION = 1
MAX_TOKEN_CHARS = 400
STANDARDS = ("1.2", "2004-2", "2004-3", "2004-4")  # the place of each is its number in tokens: only ever add at the end
LASTS_BEYOND_LEASE_S = 12 * 3_600  # what a closed page could not send, it sends when it is opened again

_PURPOSE = b"scorm commit\x1f"


class CommitTokenError(ValueError):
    """The token was not made here, was altered, or has run out."""


@dataclass(frozen=True, slots=True)
class CommitClaims:
    """What a token says. ``standard`` is one of :data:`STANDARDS`, ``expires_at_s`` seconds of the epoch."""

    standard: str
    attempt_id: int
    generation: int
    lease_id: int
    enrolment_id: int
    lesson_id: int
    learner_id: int
    expires_at_s: int


_NUMBERS = tuple(field.name for field in fields(CommitClaims) if field.name != "standard")
_BODY = struct.Struct(f">BB{len(_NUMBERS)}q")


def sign_commit_token(claims: CommitClaims, *, key: bytes) -> str:
    """The token that carries ``claims``, about 120 characters."""
    numbers = [getattr(claims, name) for name in _NUMBERS]
    body = _encode(_BODY.pack(VERSION, STANDARDS.index(claims.standard), *numbers))
    return f"{body}.{_signature(body, key)}"


def read_commit_token(token: object, *, now_s: float, key: bytes, old_keys: tuple[bytes, ...] = ()) -> CommitClaims:
    """What the token says. ``old_keys`` signed tokens that are still out while the site's secret changes.

    :raises CommitTokenError: not a token, another key, altered, or it has run out.
    """
    if not isinstance(token, str) or len(token) > MAX_TOKEN_CHARS or not token.isascii():
        raise CommitTokenError("not a token")
    body, dot, signature = token.partition(".")
    if not dot or not any(hmac.compare_digest(signature, _signature(body, each)) for each in (key, *old_keys)):
        raise CommitTokenError("the signature does not fit")
    claims = _unpack(body)
    if claims.expires_at_s <= now_s:
        raise CommitTokenError("it has run out")
    return claims


def _unpack(body: str) -> CommitClaims:
    try:
        version, standard, *numbers = _BODY.unpack(_decode(body))
        if version != VERSION:
            raise CommitTokenError("another version")
        fields_in_order: tuple[Any, ...] = (STANDARDS[standard], *numbers)
        return CommitClaims(*fields_in_order)
    except (struct.error, binascii.Error, IndexError) as error:
        raise CommitTokenError("another shape") from error


def _signature(body: str, key: bytes) -> str:
    return _encode(hmac.digest(key, _PURPOSE + body.encode(), hashlib.sha256))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
