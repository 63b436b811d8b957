"""Which sizes a source is made into."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

TOP_SHORT_SIDE = 1080
LOWER_SHORT_SIDES = (720, 540, 360)
PROGRESSIVE_SHORT_SIDE = 540
SEGMENT_SECONDS = 4
_REFERENCE_PIXELS, _REFERENCE_KBPS = 1280 * 720, 2500


@dataclass(frozen=True, slots=True)
class Rung:
    """One size of the ladder: even numbers of square pixels, upright."""

    name: str
    width: int
    height: int
    max_kbps: int

    @property
    def short_side(self) -> int:
        """The smaller of the two sides, which names the rung."""
        return min(self.width, self.height)


@dataclass(frozen=True, slots=True)
class TranscodePlan:
    """All that one ffmpeg process needs to make every rendition of a source.

    ``frame_rate`` is what comes out; ``hold_ms`` keeps the last picture standing until the sound has ended.
    """

    video_index: int
    audio_index: int | None
    rungs: tuple[Rung, ...]
    frame_rate: Fraction
    deinterlace: bool
    duration_ms: int
    hold_ms: int = 0


def display_size(width: int, height: int, sar: Fraction, rotation: int) -> tuple[Fraction, Fraction]:
    """Give the size in square pixels, upright: 640×480 with pixels of 16:9 is 1137.8×480."""
    shown = (width * sar, Fraction(height))
    return (shown[1], shown[0]) if rotation in (90, 270) else shown


def choose_ladder(width: Fraction | int, height: Fraction | int) -> tuple[Rung, ...]:
    """Choose the sizes for a source shown at ``width`` × ``height``, largest first.

    The first is the source's own size, at most 1080 on the short side, so nothing is ever enlarged; below it stand 720,
    540 and 360 where they are at least a fifth smaller. 1280×720 gives 720, 540, 360; 480×270 gives 270 alone.
    """
    short = min(width, height)
    top = min(short, Fraction(TOP_SHORT_SIDE))
    sides = [Fraction(top), *(Fraction(side) for side in LOWER_SHORT_SIDES if side <= top * 4 / 5)]
    return tuple(_rung(width * side / short, height * side / short) for side in sides)


def progressive_rung(rungs: tuple[Rung, ...]) -> Rung:
    """Choose the size of the single file for old browsers: the largest up to 540, otherwise the smallest there is."""
    fitting = [rung for rung in rungs if rung.short_side <= PROGRESSIVE_SHORT_SIDE]
    return fitting[0] if fitting else rungs[-1]


def choose_frame_rate(source: Fraction | None) -> Fraction:
    """Choose the frames a second that come out: the source's, halved while above 31, and at least 5.

    60 becomes 30 and 50 becomes 25; a source that does not say is taken for 25.
    """
    rate = source or Fraction(25)
    while rate > 31:
        rate = rate / 2
    return max(rate.limit_denominator(1001), Fraction(5))


def _rung(width: Fraction, height: Fraction) -> Rung:
    even_width, even_height = _even(Fraction(width)), _even(Fraction(height))
    share = even_width * even_height / _REFERENCE_PIXELS
    return Rung(
        name=f"{min(even_width, even_height)}p",
        width=even_width,
        height=even_height,
        max_kbps=max(150, round(float(_REFERENCE_KBPS * share**0.75) / 10) * 10),
    )


def _even(value: Fraction) -> int:
    """The nearest even number that does not lie above the next whole one: 1137.8 → 1138, 243 → 242."""
    nearest = 2 * floor((value + 1) / 2)
    return max(2, nearest if nearest <= ceil(value) else nearest - 2)
