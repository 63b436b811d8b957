"""One report by itself: reading it, and folding it."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID

from tracking.rules.heartbeat import Heartbeat, HeartbeatAnswer, read_heartbeat
from tracking.rules.heartbeat_fold import DayRow, LeaseRow, ProgressRow, day_of, fold_heartbeat
from tracking.rules.lease_token import LeaseClaims, sign_lease_token
from tracking.rules.server_clock import ClockReading

KEY = b"k" * 32
NOW_MS = 1_780_000_000_000
DAY_MS = 24 * 3_600_000
CLOCK = ClockReading(boot="b", monotonic_ms=DAY_MS, wall_ms=NOW_MS)
CLAIMS = LeaseClaims(
    lease_id=1,
    learner_id=2,
    enrolment_id=3,
    lesson_id=4,
    policy_id=5,
    expires_at_s=NOW_MS // 1000 + 7_200,
    duration_ms=DAY_MS,
    required_ms=DAY_MS,
    rate_permille=1000,
    daily_cap_ms=0,
    challenge_per_hour=2,
    challenge_window_ms=60_000,
    day_offset_minutes=480,
    lease_uuid=UUID("12345678-1234-4234-8234-123456789abc"),
)


def make_read() -> Callable[[], Heartbeat]:
    """Give a call that reads one report: JSON, signature, claims, intervals."""
    body = json.dumps(
        {
            "token": sign_lease_token(CLAIMS, key=KEY),
            "sequence": 5,
            "intervals": [[150_000, 180_000]],
            "visible": True,
            "rate": 1,
            "position_ms": 180_000,
        }
    ).encode()
    return lambda: read_heartbeat(body, key=KEY)


def make_fold() -> Callable[[], HeartbeatAnswer]:
    """Give a call that folds one report into fresh rows."""
    beat, on = make_read()(), day_of(CLAIMS, CLOCK)

    def fold() -> HeartbeatAnswer:
        lease = LeaseRow(
            1, NOW_MS - 30_000, NOW_MS + DAY_MS, None, "", 4, 150_000, {}, 150_000, DAY_MS - 30_000, "b", -1, 123
        )
        progress = ProgressRow(1, ((0, 150_000),), (), 150_000, 150_000, NOW_MS, None)
        day = DayRow(1, on, 150_000, 0, 900_000)
        return fold_heartbeat(beat, lease=lease, progress=progress, day=day, clock=CLOCK, key=KEY)

    return fold
