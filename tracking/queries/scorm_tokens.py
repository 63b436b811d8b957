"""Commit tokens: which key signs them, what they say, and how much a package may keep."""

from __future__ import annotations

import hashlib

from django.conf import settings

from tracking.models import PlayLease, ScormAttempt
from tracking.rules.scorm_token import LASTS_BEYOND_LEASE_S, CommitClaims, sign_commit_token

SUSPEND_CHARS = {"1.2": 4_096}
SUSPEND_CHARS_2004 = 64_000


def commit_key() -> bytes:
    """The key that signs commit tokens: derived from the site's secret, of no use for anything else."""
    return _derived_key(settings.SECRET_KEY)


def old_commit_keys() -> tuple[bytes, ...]:
    """Keys of earlier secrets, while Django still honours them: what runs goes on saving when the secret changes."""
    return tuple(_derived_key(secret) for secret in settings.SECRET_KEY_FALLBACKS)


def _derived_key(secret: str) -> bytes:
    return hashlib.sha256(b"xueshi scorm commit\x1f" + secret.encode()).digest()


def commit_token(*, attempt: ScormAttempt, lease: PlayLease, standard: str) -> str:
    """A token for one sitting of an attempt, under the lease that was opened for it.

    ``standard`` is the package's (``ScormContent.standard``). It outlives the lease, which bounds the time that counts;
    what may be saved is bounded by the attempt's generation.
    """
    claims = CommitClaims(
        standard=standard,
        attempt_id=attempt.pk,
        generation=attempt.generation,
        lease_id=lease.pk,
        enrolment_id=attempt.enrolment_id,
        lesson_id=attempt.lesson_id,
        learner_id=lease.learner_id,
        expires_at_s=int(lease.expires_at.timestamp()) + LASTS_BEYOND_LEASE_S,
    )
    return sign_commit_token(claims, key=commit_key())


def suspend_chars(standard: str) -> int:
    """How many characters ``cmi.suspend_data`` may have: what the standard says, or more where the site allows it."""
    return max(settings.XUESHI_SCORM_SUSPEND_CHARS, SUSPEND_CHARS.get(standard, SUSPEND_CHARS_2004))
