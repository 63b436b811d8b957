"""The lease token: what a player shows with every report, so that a report needs no session and no user look-up.

``body.signature``, both URL-safe base64 without padding: the body is the version, whole numbers of eight bytes and the
lease's UUID, the signature HMAC-SHA-256 over the body's text. Signed, not secret: it names only what its bearer already
knows. What the policy allowed when the lease was opened travels in it, so a report is folded without asking what the
policy is.

Version 2 is of lessons that are learnt by their time. Version 3 says the same of a lesson that is judged besides: what
a package reports decides together with the time.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import UUID

BY_TIME, JUDGED = 2, 3  # versions
MAX_TOKEN_CHARS = 600


class LeaseTokenError(ValueError):
    """The token was not made here, or was altered."""


@dataclass(frozen=True, slots=True)
class LeaseClaims:
    """What a token says. Times are whole seconds of the epoch, lengths milliseconds, ``daily_cap_ms`` 0 means none.

    ``day_offset_minutes`` is how far east of Greenwich the learner's days begin; ``challenge_per_hour`` 0 asks none.
    ``is_judged``: enough time alone does not make the lesson learnt.
    """

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
    challenge_per_hour: int
    challenge_window_ms: int
    day_offset_minutes: int
    lease_uuid: UUID
    is_judged: bool = False


TOKEN_LIFETIME_S = 7_200
RENEW_BELOW_S = 3_600

_NUMBERS = tuple(field.name for field in fields(LeaseClaims) if field.name not in ("lease_uuid", "is_judged"))
_BODY = struct.Struct(f">B{len(_NUMBERS)}q16s")


def sign_lease_token(claims: LeaseClaims, *, key: bytes) -> str:
    """The token that carries ``claims``, about 220 characters."""
    numbers = [getattr(claims, name) for name in _NUMBERS]
    body = _encode(_BODY.pack(JUDGED if claims.is_judged else BY_TIME, *numbers, claims.lease_uuid.bytes))
    return f"{body}.{_signature(body, key)}"


def read_lease_token(token: object, *, key: bytes, old_keys: tuple[bytes, ...] = ()) -> LeaseClaims:
    """What the token says. Whether it has expired is the caller's question, by the caller's clock.

    ``old_keys`` signed tokens that are still out; the site's secret may change while people study.

    :raises LeaseTokenError: not a token, another key, or altered.
    """
    if not isinstance(token, str) or len(token) > MAX_TOKEN_CHARS or not token.isascii():
        raise LeaseTokenError("not a token")
    body, dot, signature = token.partition(".")
    if not dot or not any(hmac.compare_digest(signature, _signature(body, each)) for each in (key, *old_keys)):
        raise LeaseTokenError("the signature does not fit")
    try:
        version, *numbers, lease_uuid = _BODY.unpack(_decode(body))
        if version not in (BY_TIME, JUDGED):
            raise LeaseTokenError("another version")
        fields_in_order: tuple[Any, ...] = (*numbers, UUID(bytes=lease_uuid), version == JUDGED)
        return LeaseClaims(*fields_in_order)
    except (struct.error, binascii.Error) as error:
        raise LeaseTokenError("another shape") from error


def renewed_claims(claims: LeaseClaims, *, now_s: int, lease_expires_at_s: int) -> LeaseClaims | None:
    """The claims of a fresh token for a lease that goes on, or None while the present one lasts long enough.

    A token lasts two hours and is renewed in its last one, so that no report ever finds it expired; it never outlives
    its lease.
    """
    expires_at_s = min(now_s + TOKEN_LIFETIME_S, lease_expires_at_s)
    if claims.expires_at_s - now_s >= RENEW_BELOW_S or expires_at_s <= claims.expires_at_s:
        return None
    return replace(claims, expires_at_s=expires_at_s)


def _signature(body: str, key: bytes) -> str:
    return _encode(hmac.digest(key, body.encode(), hashlib.sha256))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
