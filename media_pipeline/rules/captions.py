"""WebVTT captions (W3C WebVTT 1): checked on the way in, written for our own videos."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_STAMP = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"^{_STAMP}[ \t]+-->[ \t]+{_STAMP}(?:[ \t].*)?$")


class CaptionsInvalidError(ValueError):
    """Not WebVTT; ``line`` is the number of the first wrong line, counted from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that stand from one millisecond to another."""

    starts_at_ms: int
    ends_at_ms: int
    text: str


def parse_captions(text: str) -> tuple[Cue, ...]:
    """Read WebVTT: its signature, then cues whose times run forwards.

    :raises CaptionsInvalidError: no signature, no cue, a time that cannot be read, a cue that ends before it starts or
        starts before the one above.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.match(r"^WEBVTT(?:[ \t].*)?$", lines[0]):
        raise CaptionsInvalidError(1)
    cues: list[Cue] = []
    for number, line in enumerate(lines, start=1):
        if "-->" not in line:
            continue
        found = _TIMING.match(line.strip())
        if not found:
            raise CaptionsInvalidError(number)
        starts_at, ends_at = _milliseconds(found, 1), _milliseconds(found, 5)
        if ends_at <= starts_at or (cues and starts_at < cues[-1].starts_at_ms):
            raise CaptionsInvalidError(number)
        rest = lines[number:]
        words = rest[: rest.index("")] if "" in rest else rest
        cues.append(Cue(starts_at_ms=starts_at, ends_at_ms=ends_at, text="\n".join(words)))
    if not cues:
        raise CaptionsInvalidError(len(lines))
    return tuple(cues)


def write_captions(cues: Sequence[Cue]) -> str:
    """Write cues as WebVTT."""
    blocks = [f"{_stamp(cue.starts_at_ms)} --> {_stamp(cue.ends_at_ms)}\n{cue.text}\n" for cue in cues]
    return "\n".join(["WEBVTT\n", *blocks])


def _milliseconds(found: re.Match[str], first: int) -> int:
    hours, minutes, seconds, thousandths = (int(found[first + step] or 0) for step in range(4))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def _stamp(value_ms: int) -> str:
    seconds, thousandths = divmod(value_ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{thousandths:03d}"
