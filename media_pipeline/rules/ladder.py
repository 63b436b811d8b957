"""Which sizes a source is made into."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, isqrt

TOP_SHORT_SIDE = 1080
LOWER_SHORT_SIDES = (720, 540, 360)
PROGRESSIVE_SHORT_SIDE = 540
SEGMENT_SECONDS = 4
_REFERENCE_PIXELS, _REFERENCE_KBPS = 1280 * 720, 2500
_MOST_PIXELS = 1920 * 1080
_WIDEST_PIXEL = 4  # no camera's pixels are wider: a source that says so would become a mile wide


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


def display_size(width: int, height: int, sar: Fraction, rotation: int) -> tuple[Fraction, Fraction]:
    """Give the size in square pixels, upright: 640×480 with pixels of 16:9 is 1137.8×480.

    Pixels said to be more than four times as wide as high, or as high as wide, are taken for square.
    """
    if not Fraction(1, _WIDEST_PIXEL) <= sar <= _WIDEST_PIXEL:
        sar = Fraction(1)
    shown = (width * sar, Fraction(height))
    return (shown[1], shown[0]) if rotation in (90, 270) else shown


def choose_ladder(width: Fraction | int, height: Fraction | int) -> tuple[Rung, ...]:
    """Choose the sizes for a source shown at ``width`` × ``height``, largest first.

    The first is the source's own size, at most 1080 on the short side and at most as many pixels as 1920 × 1080, which
    is what phones decode (level 4.2); nothing is ever enlarged. Below it stand 720, 540 and 360 where they are at least
    a fifth smaller. 1280×720 gives 720, 540, 360; 480×270 gives 270 alone; 3440×1440 begins with 2224×930.
    """
    short = min(width, height)
    top = min(short, Fraction(TOP_SHORT_SIDE), short * isqrt(_MOST_PIXELS * 10**6 // ceil(width * height)) / 1000)
    top = top if top == short else Fraction(floor(top))
    sides = [Fraction(top), *(Fraction(side) for side in LOWER_SHORT_SIDES if side <= top * 4 / 5)]
    return tuple(_rung(width * side / short, height * side / short) for side in sides)


def progressive_rung(rungs: tuple[Rung, ...]) -> Rung:
    """Choose the size of the single file for old browsers: the largest up to 540, otherwise the smallest there is."""
    fitting = [rung for rung in rungs if rung.short_side <= PROGRESSIVE_SHORT_SIDE]
    return fitting[0] if fitting else rungs[-1]


def group_frames(frame_rate: Fraction) -> int:
    """How many pictures there are from one key frame to the next: four seconds of them, 120 at 29.97 a second."""
    return ceil(frame_rate * SEGMENT_SECONDS)


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
