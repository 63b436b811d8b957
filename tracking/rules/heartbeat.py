"""Read a heartbeat, and say what became of it: the part that every receiver of heartbeats shares."""

import json
from dataclasses import dataclass, replace
from typing import NoReturn

from tracking.enums import NotCountedReason
from tracking.rules.intervals import Intervals
from tracking.rules.lease_token import LeaseClaims, LeaseTokenError, read_lease_token
from tracking.rules.play_report import MAX_MEDIA_MS, MalformedReportError, PlayReport, parse_report

MAX_BODY_BYTES = 8_192
LONGEST_BEAT_MS = 30_000
SHORTEST_BEAT_MS = 3_000

_dump = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One report with the right to make it. ``position_ms`` is where the learner stands, to resume there."""

    claims: LeaseClaims
    report: PlayReport
    position_ms: int


@dataclass(frozen=True, slots=True)
class HeartbeatAnswer:
    """What became of a heartbeat.

    ``status`` is ``counted``, ``repeated`` (an older report: nothing changed), ``lease_ended`` (``end_reason`` says
    why) or ``busy`` (nothing was done, send it again).
    ``credited_ms``, ``coverage`` and ``provisional_ms`` are the lesson's, ``newly_ms`` and
    ``not_counted`` this report's. ``challenge``: one stands, ask for it. ``token``: a fresh one, mostly empty.
    """

    status: str
    sequence: int
    credited_ms: int
    required_ms: int
    newly_ms: int
    not_counted: dict[NotCountedReason, int]
    coverage: Intervals
    completed: bool
    end_reason: str = ""
    provisional_ms: int = 0
    challenge: bool = False
    token: str = ""

    def as_json(self) -> dict[str, object]:
        """The answer as the player reads it."""
        answer: dict[str, object] = {
            "status": self.status,
            "sequence": self.sequence,
            "credited_ms": self.credited_ms,
            "required_ms": self.required_ms,
            "newly_ms": self.newly_ms,
            "not_counted": {reason.value: ms for reason, ms in self.not_counted.items() if ms},
            "coverage": self.coverage,
            "completed": self.completed,
            "end_reason": self.end_reason,
            "next_due_ms": beat_interval_ms(self.required_ms),
            "provisional_ms": self.provisional_ms,
            "challenge": self.challenge,
        }
        if self.token:
            answer["token"] = self.token
        return answer

    def as_bytes(self) -> bytes:
        """The answer as it is sent: JSON with the members of :meth:`as_json`."""
        return _dump(self.as_json()).encode()


def read_heartbeat(body: bytes, *, key: bytes, old_keys: tuple[bytes, ...] = ()) -> Heartbeat:
    """Read ``{"token": …, "position_ms": 30000, "sequence": …, "intervals": …, "rate": …, "visible": …}``.

    :raises MalformedReportError: not such an object; the message names the member.
    :raises LeaseTokenError: the token is not one of ours.
    """
    if len(body) > MAX_BODY_BYTES:
        raise MalformedReportError("too long")
    try:
        payload = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedReportError("not JSON") from error
    if not isinstance(payload, dict):
        raise MalformedReportError("not an object")
    claims = read_lease_token(payload.get("token"), key=key, old_keys=old_keys)
    position = payload.get("position_ms", 0)
    if isinstance(position, bool) or not isinstance(position, int) or not 0 <= position <= MAX_MEDIA_MS:
        raise MalformedReportError("position_ms")
    return Heartbeat(claims=claims, report=parse_report(payload), position_ms=min(position, claims.duration_ms))


def busy_answer(heartbeat: Heartbeat) -> HeartbeatAnswer:
    """The answer to a report whose rows another transaction holds: nothing was done."""
    return HeartbeatAnswer("busy", heartbeat.report.sequence, 0, heartbeat.claims.required_ms, 0, {}, (), False)


def learnt_answer(answer: HeartbeatAnswer) -> HeartbeatAnswer:
    """The answer to a report after which the lesson was judged to be learnt: its lease has ended with that."""
    return replace(answer, completed=True, end_reason="finished", challenge=False, token="")


def beat_interval_ms(required_ms: int) -> int:
    """How often a player reports: every 30 s, in short lessons four times a lesson, never faster than every 3 s."""
    return max(SHORTEST_BEAT_MS, min(LONGEST_BEAT_MS, required_ms // 4))


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedReportError(name)


__all__ = [
    "MAX_BODY_BYTES",
    "Heartbeat",
    "HeartbeatAnswer",
    "LeaseTokenError",
    "MalformedReportError",
    "beat_interval_ms",
    "busy_answer",
    "learnt_answer",
    "read_heartbeat",
]
