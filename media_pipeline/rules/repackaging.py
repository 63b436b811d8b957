"""When a source is given out as it is, in other wrapping: without loss, and hundreds of times faster.

A copied rendition stands alone, beside the sound alone: smaller ones would have to be cut at key frames that come when
the source's encoder chose. So a source is copied only where its one rate suits a phone on 4G as well as the office: it
is no heavier than the smallest rendition of a ladder may be. A heavier one is encoded whole, as copying its largest
size alone would save less than half of the work; and so is a short one, as that is soon done, and a choice of sizes is
worth more.
"""

from __future__ import annotations

from media_pipeline.rules.ladder import TOP_SHORT_SIDE
from media_pipeline.rules.packets import StreamTally
from media_pipeline.rules.probe import AudioStream, Probe, VideoStream

MOST_VIDEO_KBPS = 900  # on average, as much as 640×360 may have; the fullest ten seconds may have twice as much
SHORTEST_US = 120_000_000
MOST_SOUND_KBPS = 160
LONGEST_GROUP_US = 10_000_000
_CONTAINERS = {"mp4", "matroska", "flv"}
_PROFILES = {"Baseline", "Constrained Baseline", "Main", "High"}
_HIGHEST_LEVEL = 42
_SHORTEST_GAP_US, _LONGEST_GAP_US = 16_000, 1_000_000  # 60 a second; a picture that stands longer is encoded again
_SOUND_RATES = {44_100, 48_000}
_APART_US = 50_000
_ENDS_APART_US = 500_000


def may_copy_video(probe: Probe, video: VideoStream, tally: StreamTally) -> bool:
    """Whether the pictures may be given out as they are: their kind, their size, their rate, and their key frames."""
    return (
        not _CONTAINERS.isdisjoint(probe.format_name.split(","))
        and _is_playable(video)
        and _is_well_cut(tally)
        and _is_light(tally)
    )


def may_copy_sound(video: StreamTally, audio: AudioStream, tally: StreamTally) -> bool:
    """Whether the sound may be given out as it is, as far as its packets tell; loudness is asked elsewhere."""
    rate_fits = tally.size_bytes * 8_000 <= MOST_SOUND_KBPS * max(1, tally.duration_us)
    return (
        audio.codec == "aac"
        and audio.profile == "LC"
        and audio.channels in (1, 2)
        and audio.sample_rate in _SOUND_RATES
        and rate_fits
        and not tally.untimed
        and abs(video.duration_us - tally.duration_us) <= _ENDS_APART_US
        and max(tally.gaps, default=0) <= _APART_US
    )


def start_together(video: StreamTally, audio: StreamTally | None) -> bool:
    """Whether pictures and sound begin within a twentieth of a second of each other: a copy cannot fill the gap."""
    if video.starts_at_us is None or audio is None or audio.starts_at_us is None:
        return True
    return abs(video.starts_at_us - audio.starts_at_us) <= _APART_US


def _is_playable(video: VideoStream) -> bool:
    return (
        video.codec == "h264"
        and video.profile in _PROFILES
        and 0 < video.level <= _HIGHEST_LEVEL
        and video.pixel_format == "yuv420p"
        and not (video.full_range or video.colour_curve in ("smpte2084", "arib-std-b67"))
        and not (video.interlaced or video.turn)
        and video.sar == 1
        and video.width % 2 == video.height % 2 == 0
        and min(video.width, video.height) <= TOP_SHORT_SIDE
    )


def _is_well_cut(tally: StreamTally) -> bool:
    return (
        tally.begins_with_key
        and tally.duration_us >= SHORTEST_US
        and tally.longest_group_us <= LONGEST_GROUP_US
        and not (tally.leading or tally.untimed or tally.hidden)
        and min(tally.gaps, default=_SHORTEST_GAP_US) >= _SHORTEST_GAP_US
        and max(tally.gaps, default=0) <= _LONGEST_GAP_US
    )


def _is_light(tally: StreamTally) -> bool:
    average_fits = tally.size_bytes * 8_000 <= MOST_VIDEO_KBPS * max(1, tally.duration_us)
    return average_fits and tally.heaviest_bytes * 8 <= 2 * MOST_VIDEO_KBPS * 10_000
