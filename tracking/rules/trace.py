"""A running digest of what a lease was told was played: two people who watch never leave the same one."""

import hashlib

from tracking.rules.intervals import Interval

DIGEST_BYTES = 7  # fits a signed 64-bit column


def extend_trace(trace: int, intervals: tuple[Interval, ...]) -> int:
    """The digest after one more report; a report without intervals leaves it alone, and a lease begins with 0."""
    if not intervals:
        return trace
    return int.from_bytes(hashlib.blake2b(repr((trace, intervals)).encode(), digest_size=DIGEST_BYTES).digest(), "big")
