"""All that is decided about a source before the work begins: frozen, and able to travel to other workers as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

from media_pipeline.rules.frame_rates import choose_frame_rate
from media_pipeline.rules.ladder import Rung, choose_ladder

SOUND_RATE = 48_000


@dataclass(frozen=True, slots=True)
class Colours:
    """How the numbers of a source become light.

    ``matrix`` is ``bt709``, ``bt601``, ``bt2020`` or ``rgb``; ``curve`` is ``pq`` or ``hlg`` for HDR and empty for SDR;
    ``full_range`` means that black is 0 and white 255, not 16 and 235.
    """

    matrix: str = "bt709"
    curve: str = ""
    full_range: bool = False


@dataclass(frozen=True, slots=True)
class TranscodePlan:
    """All that one ffmpeg process needs to make every rendition of a source.

    What comes out is a grid: ``frames`` pictures at ``frame_rate`` a second, the first at 0. ``origin_us`` is the
    moment of the source, on ffmpeg's clock, that becomes 0: of pictures and sound alike, so they stay together.
    ``turn`` brings the pictures upright (see ``rules.probe.VideoStream``); ``source_width`` and ``source_height`` are
    its stored pixels. ``gain_db`` brings the sound to −16 LUFS, ``limited`` where its peaks have to be held down for
    it; ``only_channel`` is the one to hear of a stereo source whose other channel is silent. ``pad_sound`` means that
    the sound does not begin at the origin. ``copy_video`` and ``copy_sound`` mean that the stream goes into its
    rendition as it is.
    """

    video_index: int
    audio_index: int | None
    rungs: tuple[Rung, ...]
    frame_rate: Fraction
    frames: int
    source_width: int = 0
    source_height: int = 0
    origin_us: int = 0
    deinterlace: bool = False
    turn: str = ""
    colours: Colours = Colours()
    gain_db: float = 0.0
    limited: bool = False
    only_channel: int | None = None
    pad_sound: bool = False
    copy_video: bool = False
    copy_sound: bool = False

    @property
    def duration_ms(self) -> int:
        """How long what comes out plays."""
        return round(self.frames * 1000 / self.frame_rate)

    @property
    def duration_us(self) -> int:
        """The same in microseconds."""
        return round(self.frames * 1_000_000 / self.frame_rate)

    def encoded_instead(self) -> TranscodePlan:
        """The plan of the same source when nothing of it may be copied."""
        top = self.rungs[0]
        rate = choose_frame_rate(self.frame_rate)
        return replace(
            self,
            rungs=choose_ladder(top.width, top.height),
            frame_rate=rate,
            frames=max(1, round(self.frames * rate / self.frame_rate)),
            copy_video=False,
            copy_sound=False,
        )


def plan_to_json(plan: TranscodePlan) -> dict[str, Any]:
    """Give a plan as plain values that JSON can carry."""
    return {**asdict(plan), "frame_rate": [plan.frame_rate.numerator, plan.frame_rate.denominator]}


def plan_from_json(values: Mapping[str, Any]) -> TranscodePlan:
    """Read what ``plan_to_json`` gave, after its way through JSON.

    :raises KeyError, TypeError: it is not such a plan.
    """
    given = dict(values)
    return TranscodePlan(
        **{
            **given,
            "rungs": tuple(Rung(**rung) for rung in given["rungs"]),
            "frame_rate": Fraction(*given["frame_rate"]),
            "colours": Colours(**given["colours"]),
        }
    )
