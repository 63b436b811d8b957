"""Whether the programs that are set can do what we ask of them."""

from __future__ import annotations

import re
import subprocess
from functools import lru_cache

_NEEDED = ("libx264", "aac")
_SECONDS = 10


@lru_cache(maxsize=4)
def missing_encoders(ffmpeg: str, ffprobe: str) -> dict[str, list[str] | None]:
    """Give by program what it lacks: an empty list where all is there, None where it cannot be run."""
    told = _run(ffmpeg, "-hide_banner", "-encoders")
    lacking = (
        None if told is None else [name for name in _NEEDED if not re.search(rf"^ \S+ {name} ", told, re.MULTILINE)]
    )
    return {ffmpeg: lacking, ffprobe: None if _run(ffprobe, "-version") is None else []}


def _run(*command: str) -> str | None:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=_SECONDS).stdout
    except (OSError, subprocess.SubprocessError):
        return None
