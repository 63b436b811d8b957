"""ffmpeg: one process makes every rendition of a source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import ffmpeg
from django.conf import settings

from media_pipeline.gateways.tools import ToolReport, run_tool
from media_pipeline.rules.failures import MAX_PIXELS, SAFE_DEMUXERS
from media_pipeline.rules.ladder import SEGMENT_SECONDS, Rung, TranscodePlan
from media_pipeline.rules.progress import done_ms_of_line

_GUARDS = {"protocol_whitelist": "file,pipe", "format_whitelist": SAFE_DEMUXERS, "max_pixels": MAX_PIXELS}
_LOUDNESS = {"I": -16, "TP": -1.5, "LRA": 11}  # LUFS and dBTP, as streaming services ask
_COPY_SECONDS = 600


def transcode(
    source: Path,
    folder: Path,
    plan: TranscodePlan,
    *,
    on_progress: Callable[[int], object],
    time_limit_seconds: float,
) -> ToolReport:
    """Write an HLS ladder into ``folder``: ``master.m3u8`` and one folder of fragmented MP4 a rendition, keys aligned.

    ``on_progress`` gets the milliseconds done, about once a second.

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
    given = ffmpeg.input(f"file:{source}", **_GUARDS)
    streams = [*_pictures(given[str(plan.video_index)], plan)]
    names = [f"v:{position},{_sound_group(plan)}name:{rung.name}" for position, rung in enumerate(plan.rungs)]
    if plan.audio_index is not None:
        streams.append(given[str(plan.audio_index)].filter("loudnorm", **_LOUDNESS).filter("aresample", 48000))
        names.append("a:0,agroup:sound,default:yes,name:audio")
    output = ffmpeg.output(
        *streams,
        "%v/index.m3u8",
        **_encoding(plan),
        f="hls",
        hls_time=SEGMENT_SECONDS,
        hls_playlist_type="vod",
        hls_segment_type="fmp4",
        hls_flags="independent_segments",
        hls_fmp4_init_filename="init.mp4",
        hls_segment_filename="%v/%05d.m4s",
        master_pl_name="master.m3u8",
        var_stream_map=" ".join(names),
    )
    return _command(output, "-progress", "pipe:1", "-nostats")


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
    inputs = [ffmpeg.input(f"file:{path}", **_GUARDS) for path in (video, audio) if path is not None]
    options = {"c": "copy", "movflags": "+faststart", "avoid_negative_ts": "make_zero", "f": "mp4"}
    run_tool(_command(ffmpeg.output(*inputs, str(target), **options)), time_limit_seconds=_COPY_SECONDS)


def write_poster(video: Path, target: Path) -> None:
    """Save the first picture of a file as JPEG.

    :raises ToolError: it failed.
    """
    given = ffmpeg.input(f"file:{video}", **_GUARDS)
    options = {"frames:v": 1, "update": 1, "q:v": 4, "f": "image2"}
    run_tool(_command(ffmpeg.output(given, str(target), **options)), time_limit_seconds=_COPY_SECONDS)


def _pictures(stream: Any, plan: TranscodePlan) -> list[Any]:
    """Upright, in square pixels, at an even pace; then one branch for each size."""
    top = plan.rungs[0]
    if plan.deinterlace:
        stream = stream.filter("yadif", deint=1)
    stream = stream.filter("fps", fps=f"{plan.frame_rate.numerator}/{plan.frame_rate.denominator}", eof_action="round")
    if plan.hold_ms:
        stream = stream.filter("tpad", stop_mode="clone", stop_duration=f"{plan.hold_ms}ms")
    stream = stream.filter("scale", top.width, top.height, flags="bicubic").filter("setsar", 1)
    stream = stream.filter("format", "yuv420p")
    if len(plan.rungs) == 1:
        return [stream]
    branches = stream.split()
    lower = [
        branches[number].filter("scale", rung.width, rung.height).filter("setsar", 1)
        for number, rung in enumerate(plan.rungs)
        if number
    ]
    return [branches[0], *lower]


def _encoding(plan: TranscodePlan) -> dict[str, object]:
    options: dict[str, object] = {
        "c:v": "libx264",
        "preset": "veryfast",
        "crf": 23,
        "sc_threshold": 0,
        "g": round(plan.frame_rate * SEGMENT_SECONDS),
        "force_key_frames": f"expr:gte(t,n_forced*{SEGMENT_SECONDS})",
        "map_metadata": -1,
        "map_chapters": -1,
    }
    if plan.audio_index is not None:
        options |= {"c:a": "aac", "b:a": "96k", "ac": 2}
    for position, rung in enumerate(plan.rungs):
        options |= _ceiling(position, rung)
    return options


def _ceiling(position: int, rung: Rung) -> dict[str, object]:
    return {f"maxrate:v:{position}": f"{rung.max_kbps}k", f"bufsize:v:{position}": f"{rung.max_kbps * 2}k"}


def _sound_group(plan: TranscodePlan) -> str:
    return "" if plan.audio_index is None else "agroup:sound,"


def _command(output: Any, *options: str) -> list[str]:
    asked = output.global_args("-hide_banner", "-nostdin", "-v", "repeat+warning", *options).overwrite_output()
    return [settings.XUESHI_FFMPEG, *(str(argument) for argument in asked.get_args())]
