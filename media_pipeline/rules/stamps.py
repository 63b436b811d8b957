"""Times as people and files write them."""

from __future__ import annotations

import re

_STAMP = re.compile(r"^(?:(\d{1,3})[:：])?(\d{1,3})[:：](\d{1,2})(?:[.,，。](\d{1,3}))?$")
LATEST_MS = 100 * 3600 * 1000


def parse_stamp(text: str) -> int | None:
    """Read ``1:02:03.500``, ``02:03,5`` or ``90:00`` as milliseconds; None where it is no time of a video.

    Seconds stay below 60, minutes too where there are hours: ``1:60:00`` is None, ``60:00`` is an hour.
    """
    found = _STAMP.match(text.strip())
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[:3])
    if seconds > 59 or (found[1] and minutes > 59):
        return None
    value_ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((found[4] or "0").ljust(3, "0"))
    return value_ms if value_ms < LATEST_MS else None


def stamp_text(value_ms: int) -> str:
    """Write milliseconds as WebVTT does: 3723500 → ``01:02:03.500``."""
    seconds, thousandths = divmod(value_ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{thousandths:03d}"
