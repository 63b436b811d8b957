"""Pictures that stand for moments: for the seek bar, and to choose a poster from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from media_pipeline.rules.captions import Cue, write_captions

TILE_WIDTH = 160
COLUMNS, ROWS = 5, 5
_CLOSEST_MS = 4000
_MOST_TILES = 300
POSTER_PERCENTS = (10, 30, 50, 70, 90)
_DULL = 0.35  # of the liveliest picture's worth; duller ones are offered only where nothing better stands near


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture looks: ``spread`` of its brightness (standard deviation, 0–128) and ``entropy`` (bits, 0–8)."""

    spread: float
    entropy: float

    @property
    def worth(self) -> float:
        """0 for a picture of one colour; more, the more there is to be seen."""
        return self.spread * self.entropy


def tile_distance_ms(duration_ms: int) -> int:
    """How far apart the pictures of the seek bar are: whole key frames of four seconds, at most 300 pictures."""
    return _CLOSEST_MS * max(1, -(-duration_ms // (_MOST_TILES * _CLOSEST_MS)))


def write_previews(moments_ms: Sequence[int], duration_ms: int, *, width: int, height: int) -> str:
    """Write the WebVTT of the seek bar: each cue names a part (Media Fragments ``#xywh``) of ``previews-<n>.jpg``."""
    ends = [*moments_ms[1:], max(duration_ms, moments_ms[-1] + 1)]
    starts = [0, *moments_ms[1:]]
    cues = [
        Cue(starts_at_ms=start, ends_at_ms=end, text=_address(number, width, height))
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
    return write_captions(cues)


def sprite_name(number: int) -> str:
    """The name of the picture that holds the tiles ``number × 25`` and following."""
    return f"previews-{number}.jpg"


def choose_posters(looks: Mapping[int, Look], duration_ms: int) -> list[int]:
    """Choose moments (of ``looks``, in milliseconds) whose pictures may be the poster, best first, at most five.

    Near 10, 30, 50, 70 and 90 percent the liveliest picture is taken; black and blank ones only where nothing else is.
    """
    if not looks:
        return []
    liveliest = max(look.worth for look in looks.values())
    reach = max(1, duration_ms // 10)
    chosen: list[int] = []
    for percent in POSTER_PERCENTS:
        wanted = duration_ms * percent // 100
        near = [moment for moment in looks if abs(moment - wanted) <= reach]
        if near:
            best = max(near, key=lambda moment: (looks[moment].worth, -moment))
            if best not in chosen and 0 < looks[best].worth >= liveliest * _DULL:
                chosen.append(best)
    chosen = chosen or [max(looks, key=lambda moment: (looks[moment].worth, -moment))]
    return sorted(chosen, key=lambda moment: (-looks[moment].worth, moment))


def _address(number: int, width: int, height: int) -> str:
    row, column = divmod(number % (COLUMNS * ROWS), COLUMNS)
    return f"{sprite_name(number // (COLUMNS * ROWS))}#xywh={column * width},{row * height},{width},{height}"
