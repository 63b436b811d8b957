"""ffmpeg: one process makes every rendition of a source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import ffmpeg
from django.conf import settings

from media_pipeline.gateways.filters import measuring_filters, picture_filters, sound_filters
from media_pipeline.gateways.tools import ToolReport, run_tool
from media_pipeline.rules.failures import MAX_PIXELS, SAFE_DEMUXERS
from media_pipeline.rules.ladder import SEGMENT_SECONDS, group_frames
from media_pipeline.rules.plans import TranscodePlan
from media_pipeline.rules.progress import done_ms_of_line, frames_of_line

# one plain file, no playlist, no other file, no address; a picture's size may change on the way, its place may not
GUARDS = {"protocol_whitelist": "file,pipe", "format_whitelist": SAFE_DEMUXERS, "max_pixels": MAX_PIXELS}
DECODING = {**GUARDS, "noautorotate": None, "reinit_filter:v": 0}
_QUIET = ("-hide_banner", "-nostdin", "-v", "repeat+warning")
_COPY_SECONDS = 600


def transcode(
    source: Path,
    folder: Path,
    plan: TranscodePlan,
    *,
    on_progress: Callable[[int], object],
    time_limit_seconds: float,
) -> ToolReport:
    """Write an HLS ladder into ``folder``: for each rendition a folder of fragmented MP4 and a list, keys aligned.

    ``on_progress`` gets the milliseconds done, about twice a second.

    :raises ToolError: it failed or took too long.
    """

    def take(line: str) -> None:
        done_ms = done_ms_of_line(line)
        if done_ms is not None:
            on_progress(done_ms)

    command = transcode_command(source, plan)
    return run_tool(command, time_limit_seconds=time_limit_seconds, on_line=take, folder=folder)


def transcode_command(source: Path, plan: TranscodePlan) -> list[str]:
    """The argument list of ``transcode``; its output goes to the folder it is run in."""
    given = ffmpeg.input(f"file:{source}", **DECODING)
    pictures = given[str(plan.video_index)]
    streams = [pictures] if plan.copy_video else picture_filters(pictures, plan)
    names = [f"v:{position},name:{rung.name}" for position, rung in enumerate(plan.rungs)]
    if plan.audio_index is not None:
        streams.append(given[str(plan.audio_index)])
        names.append("a:0,name:audio")
    output = ffmpeg.output(
        *streams,
        "%v/index.m3u8",
        **video_options(plan),
        **sound_options(plan),
        map_metadata=-1,
        map_chapters=-1,
        **hls_options(names),
    )
    return ffmpeg_command(output, "-progress", "pipe:1", "-nostats")


def hls_options(names: Sequence[str]) -> dict[str, object]:
    """The muxer's options for renditions named as in ``v:0,name:720p``: a folder each, with a list and its pieces."""
    return {
        "f": "hls",
        "hls_time": SEGMENT_SECONDS,
        "hls_playlist_type": "vod",
        "hls_segment_type": "fmp4",
        "hls_flags": "independent_segments",
        "hls_fmp4_init_filename": "init.mp4",
        "hls_segment_filename": "%v/%05d.m4s",
        "var_stream_map": " ".join(names),
    }


def video_options(plan: TranscodePlan) -> dict[str, object]:
    """The encoder's options for the pictures of every size, in the plan's order."""
    if plan.copy_video:
        return {"c:v": "copy"}
    group = group_frames(plan.frame_rate)
    options: dict[str, object] = {
        "c:v": "libx264",
        "preset": "veryfast",
        "crf": 23,
        "profile:v": "high",
        "g": group,
        "keyint_min": group,
        "sc_threshold": 0,
        "force_key_frames": f"expr:not(mod(n,{group}))",
    }
    for position, rung in enumerate(plan.rungs):
        options |= {f"maxrate:v:{position}": f"{rung.max_kbps}k", f"bufsize:v:{position}": f"{rung.max_kbps * 2}k"}
    return options


def sound_options(plan: TranscodePlan) -> dict[str, object]:
    """The encoder's options for the sound, its filters among them; none without sound."""
    if plan.audio_index is None:
        return {}
    if plan.copy_sound:
        return {"c:a": "copy"}
    return {"c:a": "aac", "b:a": "96k", "aac_coder": "fast", "filter:a": sound_filters(plan)}


def measure_loudness(
    source: Path, audio_index: int, *, on_line: Callable[[], object], time_limit_seconds: float
) -> str:
    """Decode the sound of a source and give what ffmpeg's meters say of it; ``on_line`` is called again and again.

    :raises ToolError: it failed or took too long.
    """
    given = ffmpeg.input(f"file:{source}", **GUARDS)
    output = ffmpeg.output(given[str(audio_index)], "-", **{"filter:a": measuring_filters(), "f": "null"})
    command = [*ffmpeg_command(output, "-progress", "pipe:1", "-nostats", "-v", "info")]
    report = run_tool(command, time_limit_seconds=time_limit_seconds, on_line=lambda line: on_line())
    return report.last_words


def decode_sample(source: Path, video_index: int, *, at_seconds: float, seconds: float) -> tuple[int, int]:
    """Decode a stretch of the pictures; give how many there were, and how many of them were damaged.

    :raises ToolError: it failed or took too long.
    """
    frames = 0

    def take(line: str) -> None:
        nonlocal frames
        frames = frames_of_line(line) or frames

    given = ffmpeg.input(f"file:{source}", ss=f"{max(0.0, at_seconds):.3f}", t=seconds, **DECODING)
    output = ffmpeg.output(given[str(video_index)], "-", f="null", fps_mode="passthrough")
    report = run_tool(ffmpeg_command(output, "-progress", "pipe:1", "-nostats"), time_limit_seconds=120, on_line=take)
    return frames, report.corrupt_frames


def join_fragments(parts: Iterable[Path], target: Path) -> None:
    """Put a rendition's headers and pieces one behind the other: that is a playable file."""
    with target.open("wb") as joined:
        for part in parts:
            with part.open("rb") as piece:
                while chunk := piece.read(1024**2):
                    joined.write(chunk)


def write_progressive(video: Path, audio: Path | None, target: Path) -> None:
    """Put pictures and sound into one MP4 whose index stands first, without encoding again.

    :raises ToolError: it failed.
    """
    inputs = [ffmpeg.input(f"file:{path}", **GUARDS) for path in (video, audio) if path is not None]
    options = {"c": "copy", "movflags": "+faststart", "avoid_negative_ts": "make_zero", "f": "mp4"}
    run_tool(ffmpeg_command(ffmpeg.output(*inputs, str(target), **options)), time_limit_seconds=_COPY_SECONDS)


def write_stills(video: Path, folder: Path, *, width: int, every_ms: int, quality: int = 5) -> ToolReport:
    """Save key frames as JPEGs ``width`` wide (0: as they are), at least ``every_ms`` apart, named by their moment.

    ``4000.jpg`` is the picture at four seconds.

    :raises ToolError: it failed.
    """
    given = ffmpeg.input(f"file:{video}", skip_frame="nokey", **GUARDS).video
    chosen = given.filter("settb", "1/1000").filter(
        "select", f"isnan(prev_selected_t)+gte(t-prev_selected_t,{every_ms}/1000-0.5)"
    )
    if width:
        chosen = chosen.filter("scale", width, -2)
    options = {"fps_mode": "passthrough", "enc_time_base": "1/1000", "frame_pts": 1, "q:v": quality, "f": "image2"}
    output = ffmpeg.output(chosen, f"{folder}/%d.jpg", **options)
    return run_tool(ffmpeg_command(output), time_limit_seconds=_COPY_SECONDS)


def ffmpeg_command(output: Any, *options: str) -> list[str]:
    """The argument list that makes an output, with global options; warnings alone are told."""
    asked = output.global_args(*_QUIET, *options).overwrite_output()
    return [settings.XUESHI_FFMPEG, *(str(argument) for argument in asked.get_args())]
