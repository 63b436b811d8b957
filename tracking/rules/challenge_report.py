"""What a player sends about a challenge, and what it is told."""

import json
from dataclasses import dataclass
from uuid import UUID

from tracking.rules.intervals import Intervals
from tracking.rules.lease_token import LeaseClaims, read_lease_token
from tracking.rules.play_report import MalformedReportError

MAX_CHALLENGE_BYTES = 2_048
MAX_KEY_CHARS = 16


@dataclass(frozen=True, slots=True)
class ChallengeReply:
    """An answer with the right to give it. ``key`` is the chosen option's, whatever it says."""

    claims: LeaseClaims
    challenge_uuid: UUID
    key: str


@dataclass(frozen=True, slots=True)
class ChallengeVerdict:
    """What came of an answer, and where the lesson stands now.

    ``outcome`` is ``right``, ``wrong`` or ``missed``; ``retry_ms`` how long the next question has to be waited for.
    ``completed`` says that enough of the lesson was credited.
    """

    outcome: str
    message: str
    credited_ms: int
    required_ms: int
    coverage: Intervals
    provisional_ms: int
    completed: bool
    retry_ms: int = 0

    def as_json(self) -> dict[str, object]:
        """The verdict as the player reads it."""
        return {
            "outcome": self.outcome,
            "message": self.message,
            "credited_ms": self.credited_ms,
            "required_ms": self.required_ms,
            "coverage": [list(piece) for piece in self.coverage],
            "provisional_ms": self.provisional_ms,
            "completed": self.completed,
            "retry_ms": self.retry_ms,
        }


def read_question_wish(body: bytes, *, key: bytes, old_keys: tuple[bytes, ...] = ()) -> LeaseClaims:
    """Read ``{"token": …}``.

    :raises MalformedReportError: not such an object.
    :raises LeaseTokenError: the token is not one of ours.
    """
    return read_lease_token(_payload(body).get("token"), key=key, old_keys=old_keys)


def read_challenge_reply(body: bytes, *, key: bytes, old_keys: tuple[bytes, ...] = ()) -> ChallengeReply:
    """Read ``{"token": …, "id": "…", "key": "…"}``.

    :raises MalformedReportError: not such an object; the message names the member.
    :raises LeaseTokenError: the token is not one of ours.
    """
    payload = _payload(body)
    claims = read_lease_token(payload.get("token"), key=key, old_keys=old_keys)
    chosen = payload.get("key")
    if not isinstance(chosen, str) or not 0 < len(chosen) <= MAX_KEY_CHARS or not chosen.isascii():
        raise MalformedReportError("key")
    identifier = payload.get("id")
    try:
        challenge_uuid = UUID(identifier) if isinstance(identifier, str) else None
    except ValueError:
        challenge_uuid = None
    if challenge_uuid is None or "\0" in chosen:
        raise MalformedReportError("id" if challenge_uuid is None else "key")
    return ChallengeReply(claims=claims, challenge_uuid=challenge_uuid, key=chosen)


def _payload(body: bytes) -> dict[str, object]:
    if len(body) > MAX_CHALLENGE_BYTES:
        raise MalformedReportError("too long")
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedReportError("not JSON") from error
    if not isinstance(payload, dict):
        raise MalformedReportError("not an object")
    return payload
