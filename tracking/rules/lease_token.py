"""The lease token: what a player shows with every report, so that a report needs no session and no user look-up.

``body.signature``, both URL-safe base64 without padding: the body is a JSON list of whole numbers and the lease's
UUID, the signature HMAC-SHA-256 over it. Signed, not secret: it names only what its bearer already knows. What the
policy allowed when the lease was opened travels in it, so a report is folded without asking what the policy is.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass, fields
from uuid import UUID

VERSION = 1
MAX_TOKEN_CHARS = 600


class LeaseTokenError(ValueError):
    """The token was not made here, or was altered."""


@dataclass(frozen=True, slots=True)
class LeaseClaims:
    """What a token says. Times are whole seconds of the epoch, lengths milliseconds, ``daily_cap_ms`` 0 means none."""

    lease_id: int
    learner_id: int
    enrolment_id: int
    lesson_id: int
    policy_id: int
    expires_at_s: int
    duration_ms: int
    required_ms: int
    rate_permille: int
    daily_cap_ms: int
    lease_uuid: UUID


_NUMBERS = tuple(field.name for field in fields(LeaseClaims) if field.name != "lease_uuid")


def sign_lease_token(claims: LeaseClaims, *, key: bytes) -> str:
    """The token that carries ``claims``, about 180 characters."""
    numbers = [getattr(claims, name) for name in _NUMBERS]
    body = _encode(json.dumps([VERSION, *numbers, claims.lease_uuid.hex], separators=(",", ":")).encode())
    return f"{body}.{_signature(body, key)}"


def read_lease_token(token: object, *, key: bytes) -> LeaseClaims:
    """What the token says. Whether it has expired is the caller's question, by the caller's clock.

    :raises LeaseTokenError: not a token, another key, or altered.
    """
    if not isinstance(token, str) or len(token) > MAX_TOKEN_CHARS or not token.isascii():
        raise LeaseTokenError("not a token")
    body, dot, signature = token.partition(".")
    if not dot or not hmac.compare_digest(signature, _signature(body, key)):
        raise LeaseTokenError("the signature does not fit")
    try:
        version, *numbers, lease_uuid = json.loads(_decode(body))
        if version != VERSION:
            raise LeaseTokenError("another version")
        claims = dict(zip(_NUMBERS, numbers, strict=True))
        return LeaseClaims(**claims, lease_uuid=UUID(hex=lease_uuid))
    except (ValueError, TypeError, binascii.Error) as error:
        raise LeaseTokenError("another shape") from error


def _signature(body: str, key: bytes) -> str:
    return _encode(hmac.new(key, body.encode(), hashlib.sha256).digest())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
