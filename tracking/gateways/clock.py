"""The machine's clocks."""

from __future__ import annotations

import hashlib
import time
from functools import cache
from pathlib import Path
from uuid import uuid4

from django.utils import timezone

from tracking.rules.server_clock import ClockReading, epoch_ms

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # the first also counts while the machine sleeps


def read_clock() -> ClockReading:
    """Look at both clocks now."""
    return ClockReading(boot=_boot(), monotonic_ms=_steady_ms(), wall_ms=epoch_ms(timezone.now()))


@cache
def _boot() -> str:
    """Name this start of this machine; where the system does not tell, this process alone."""
    name = BOOT_ID.read_text().strip() if BOOT_ID.exists() else uuid4().hex
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _steady_ms() -> int:
    return time.clock_gettime_ns(_STEADY) // 1_000_000
