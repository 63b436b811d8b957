"""From what a source is to what is made of it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from media_pipeline.rules.colours import colours_of
from media_pipeline.rules.frame_rates import Pace, choose_frame_rate, measure_pace
from media_pipeline.rules.ladder import choose_ladder, display_size
from media_pipeline.rules.loudness import Loudness, choose_gain, is_loud_enough
from media_pipeline.rules.packets import PacketTally, StreamTally
from media_pipeline.rules.plans import TranscodePlan
from media_pipeline.rules.probe import Probe
from media_pipeline.rules.repackaging import may_copy_sound, may_copy_video, start_together

_HOLD_FROM_US = 100_000  # sound that goes on for longer keeps the last picture standing
_EARLY_US = 100_000  # sound that begins so much before the pictures loses its beginning
_EXACT_US = 10_000


def plan_source(probe: Probe, tally: PacketTally) -> TranscodePlan | None:
    """Plan a source's renditions, its loudness not yet known; None where there are no pictures.

    What comes out begins where the pictures do, or where the sound does if that is a tenth of a second earlier: then
    the first picture stands until it moves. Both keep their distance.
    """
    video, audio = probe.video, probe.audio
    if video is None:
        return None
    pictures = tally.of_stream(video.index)
    sound = tally.of_stream(audio.index) if audio else None
    sound = sound if sound and sound.duration_us else None
    origin, end = _limits(pictures, sound)
    pace = measure_source_pace(probe, tally)
    copied = may_copy_video(probe, video, pictures) and start_together(pictures, sound) and end == pictures.ends_at_us
    rate = (pace.rate if copied and pace.rate else None) or choose_frame_rate(pace.rate)
    rungs = choose_ladder(*display_size(video.width, video.height, video.sar, video.rotation))
    heard = audio is not None and sound is not None
    return TranscodePlan(
        video_index=video.index,
        audio_index=audio.index if heard and audio else None,
        rungs=rungs[:1] if copied else rungs,
        frame_rate=rate,
        frames=max(1, round(Fraction(end - origin, 1_000_000) * rate)),
        source_width=video.width,
        source_height=video.height,
        origin_us=_on_clock(origin, probe),
        deinterlace=video.interlaced,
        turn=video.turn,
        colours=colours_of(video),
        pad_sound=sound is not None and abs((sound.starts_at_us or 0) - origin) > _EXACT_US,
        copy_video=copied,
        copy_sound=bool(copied and heard and audio and sound and may_copy_sound(pictures, audio, sound)),
    )


def measure_source_pace(probe: Probe, tally: PacketTally) -> Pace:
    """How many pictures a second a source has, by its packets."""
    video = probe.video
    if video is None:
        return Pace(rate=None, variable=False)
    return measure_pace(tally.of_stream(video.index).gaps, video.frame_rate)


def with_loudness(plan: TranscodePlan, loudness: Loudness | None, *, channels: int) -> TranscodePlan:
    """Give the plan that brings the sound to −16 LUFS; sound that was to be copied stays so if it is loud enough."""
    gain = choose_gain(loudness, channels=channels)
    changes: dict[str, Any] = {
        "gain_db": gain.gain_db,
        "limited": gain.limited,
        "only_channel": gain.only_channel,
        "copy_sound": plan.copy_sound and is_loud_enough(gain),
    }
    return replace(plan, **changes)


def _limits(pictures: StreamTally, sound: StreamTally | None) -> tuple[int, int]:
    """Where what comes out begins and ends, in microseconds of the source."""
    origin, end = pictures.starts_at_us or 0, pictures.ends_at_us or 0
    if sound is None or sound.starts_at_us is None or sound.ends_at_us is None:
        return origin, end
    origin = sound.starts_at_us if origin - sound.starts_at_us > _EARLY_US else origin
    return origin, sound.ends_at_us if sound.ends_at_us - end > _HOLD_FROM_US else end


def _on_clock(origin_us: int, probe: Probe) -> int:
    """A moment of the source on ffmpeg's clock, which begins with the file's first packet; hairs are not split."""
    moment = origin_us - probe.starts_at_us
    return moment if abs(moment) > 1000 else 0
