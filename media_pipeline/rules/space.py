"""How much room a run needs."""

from __future__ import annotations

from collections.abc import Iterable

from media_pipeline.rules.ladder import Rung

RESERVE_BYTES = 256 * 1024**2  # left to everybody else on the machine
_SOUND_KBPS = 128
_USUAL_SHARE = 2  # lectures come to a tenth of the encoder's ceilings, films of a camera to half of them


def output_bytes(rungs: Iterable[Rung], duration_ms: int) -> int:
    """Room for a ladder while it is made: its renditions at half of their ceilings, and once more for what is joined.

    A source that needs more meets the end of the disk, which is treated as if it had been seen before.
    """
    kbps = sum(rung.max_kbps for rung in rungs) // _USUAL_SHARE + _SOUND_KBPS
    return 2 * kbps * duration_ms // 8


def encoder_bytes(rungs: Iterable[Rung], duration_ms: int) -> int:
    """Room for the renditions alone, without anything joined."""
    return output_bytes(rungs, duration_ms) // 2
