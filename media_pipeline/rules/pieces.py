"""Long sources are cut into pieces, which as many workers encode as there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from media_pipeline.rules.ladder import SEGMENT_SECONDS
from media_pipeline.rules.playlists import MediaPlaylist

SOUND_NUMBER = 0  # the sound is a piece of its own, whole, so that it has no seams; it is sent first
ALL_PIECES = "pieces"
_JUMPING_CLOCKS = {"mpegts", "mpeg", "ogg"}  # ffmpeg's AVFMT_TS_DISCONT
_ROUNDING_US = 1000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of what comes out: the frames ``first_frame`` to ``first_frame + frame_count - 1``; of sound none."""

    number: int
    first_frame: int
    frame_count: int


def cut_stretches(frames: int, group: int, *, seconds: int) -> tuple[Stretch, ...]:
    """Cut ``frames`` of what comes out into stretches of about ``seconds``, numbered from 1.

    They begin where a ``group`` of frames (a segment of the playlists) begins, so that what is joined has the segments
    of a film made in one go. The last one is never shorter than half of the others.

    >>> [stretch.first_frame for stretch in cut_stretches(3000, 100, seconds=40)]
    [0, 1000, 2000]
    """
    step = max(1, round(seconds / SEGMENT_SECONDS)) * group
    firsts = [0]
    while frames - (firsts[-1] + step) >= step // 2:
        firsts.append(firsts[-1] + step)
    ends = [*firsts[1:], frames]
    return tuple(
        Stretch(number=number, first_frame=first, frame_count=end - first)
        for number, (first, end) in enumerate(zip(firsts, ends, strict=True), start=1)
    )


def is_worth_cutting(duration_ms: int, container: str, *, from_minutes: float) -> bool:
    """Whether a film is long enough, longer than ``from_minutes`` (0 means never), and has a clock to cut it by.

    Of some containers the clock may jump, and ffmpeg begins it with the first of the streams that it is asked for.
    Such films are made in one go.
    """
    return 0 < from_minutes * 60_000 < duration_ms and container not in _JUMPING_CLOCKS


def percent_of_pieces(pieces: Sequence[tuple[int, int]]) -> int:
    """How far a video is whose pieces are so far, each a pair of frames and percent; 99 until it is joined."""
    frames = sum(count for count, _ in pieces)
    return min(99, sum(count * percent for count, percent in pieces) // frames) if frames else 0


def is_whole(playlist: MediaPlaylist, frames: int, group: int, duration_us: int) -> bool:
    """Whether a joined rendition has every segment, and the length that was planned to within half a frame."""
    lasting_us = sum(segment.duration_us for segment in playlist.segments)
    off_us = abs(lasting_us - duration_us)
    return len(playlist.segments) == -(-frames // group) and off_us * 2 * frames <= duration_us + _ROUNDING_US


def first_moment_of_crc(lines: Iterable[str]) -> Fraction | None:
    """The first packet's moment in seconds, from what ffmpeg's ``framecrc`` writes of one stream; None without any.

    Its lines are ``#tb 0: 1/90000`` for the clock, then ``0, dts, pts, duration, size, crc`` for each packet.
    """
    clock = Fraction(1)
    for line in lines:
        if line.startswith("#tb 0:"):
            clock = Fraction(line.removeprefix("#tb 0:").strip())
        fields = [field.strip() for field in line.split(",")]
        if not line.startswith("#") and len(fields) > 2 and fields[2].lstrip("-").isdigit():
            return int(fields[2]) * clock
    return None


def pieces_prefix(video: UUID) -> str:
    """The folder of all that is made on the way, outside of what a player may read."""
    return f"{ALL_PIECES}/{video}"


def piece_prefix(video: UUID, number: int, claim: UUID) -> str:
    """The folder of one run's piece: two runs never write into each other's."""
    return f"{pieces_prefix(video)}/{number:04d}-{claim.hex[:12]}"
