"""When a challenge is asked: once in every stretch of the policy's length, at a moment that no client can know.

The points lie on the learner's credit of the day, so neither another lesson nor another device moves them, and idling
does not reach them. Each stretch's point is drawn by HMAC from the site's secret.
"""

import hashlib
import hmac
from datetime import date

HOUR_MS = 3_600_000
EARLIEST_PERMILLE = 150  # not at the very beginning of a stretch, nor at its very end: two points keep a distance
LATEST_PERMILLE = 950


def next_challenge_ms(*, key: bytes, learner_id: int, day: date, per_hour: int, after_ms: int) -> int:
    """The credit of the day, in milliseconds, at which the next challenge is due: the first point beyond ``after_ms``.

    2 an hour makes stretches of half an hour: one point in each. 0 where the policy asks none.
    """
    if per_hour <= 0:
        return 0
    stretch_ms = max(1, HOUR_MS // per_hour)
    number = after_ms // stretch_ms
    while (point := _point(key, learner_id, day, number, stretch_ms)) <= after_ms:
        number += 1
    return point


def _point(key: bytes, learner_id: int, day: date, number: int, stretch_ms: int) -> int:
    message = f"challenge\x1f{learner_id}\x1f{day.isoformat()}\x1f{number}".encode()
    drawn = int.from_bytes(hmac.digest(key, message, hashlib.sha256)[:8], "big")
    earliest = stretch_ms * EARLIEST_PERMILLE // 1000
    width = max(1, stretch_ms * (LATEST_PERMILLE - EARLIEST_PERMILLE) // 1000)
    return number * stretch_ms + earliest + drawn % width
