"""ffmpeg: one stretch of a source, its sound, and the joining of what was made of them.

A stretch is encoded as if the film had been encoded from its beginning and cut there: the source's own clock is kept,
so that each picture falls on the same place of the grid, and key frames fall where they would have fallen. What comes
out is kept as NUT, the one container that loses nothing of a stream's clock and adds nothing to its headers; joined,
it is packet for packet as long and as regular as a film made in one go, and its headers are the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path

import ffmpeg
from django.conf import settings

from media_pipeline.gateways.ffmpeg import DECODING, ffmpeg_command, hls_options, sound_options, video_options
from media_pipeline.gateways.filters import on_grid, size_branches, upright_pictures
from media_pipeline.gateways.tools import ToolReport, run_tool
from media_pipeline.rules.pieces import Stretch, first_moment_of_crc
from media_pipeline.rules.plans import TranscodePlan
from media_pipeline.rules.progress import done_ms_of_line, frames_of_line

_KEPT_CLOCK = {"copyts": None, "start_at_zero": None, "noaccurate_seek": None}
_EARLIER_SECONDS = (2, 10, 60, 300)  # how far before a stretch its first key frame is looked for
_PICTURES, _SOUND, _FACTS = "pictures.nut", "sound.m4a", "facts.json"
_PROGRESS = ("-progress", "pipe:1", "-nostats")


class PieceIncompleteError(Exception):
    """A stretch came out with another number of frames than it should have."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where decoding begins: ``seek_seconds`` to seek to (0: no seeking), ``frame`` of the grid that comes of it."""

    seek_seconds: float
    frame: int


_BEGINNING = Entry(seek_seconds=0.0, frame=0)


@dataclass(frozen=True, slots=True)
class PieceFacts:
    """What is told of a piece beside its files."""

    corrupt_frames: int
    last_words: str


def encode_stretch(
    source: Path,
    folder: Path,
    plan: TranscodePlan,
    stretch: Stretch,
    *,
    on_frames: Callable[[int], object],
    time_limit_seconds: float,
) -> ToolReport:
    """Write a stretch in every size of the plan into ``folder``; ``on_frames`` gets the frames done.

    :raises ToolError: it failed or took too long.
    :raises PieceIncompleteError: frames are missing at its end.
    """
    done = 0

    def take(line: str) -> None:
        nonlocal done
        frames = frames_of_line(line)
        done = done if frames is None else frames
        on_frames(done)

    entry = find_entry(source, plan, stretch)
    for start in (entry, _BEGINNING):  # from the beginning where nothing behind the key frame could be decoded
        command = stretch_command(source, plan, stretch, start)
        report = run_tool(command, time_limit_seconds=time_limit_seconds, on_line=take, folder=folder)
        if done == stretch.frame_count or entry == _BEGINNING:
            break
    if done != stretch.frame_count:
        raise PieceIncompleteError(f"{done} frames of {stretch.frame_count}: {report.last_words}")
    _write_facts(folder, report)
    return report


def stretch_command(source: Path, plan: TranscodePlan, stretch: Stretch, entry: Entry) -> list[str]:
    """The argument list of ``encode_stretch``; its output goes to the folder it is run in.

    The grid begins at the entry and not at the stretch, which may lie wholly behind the last picture of the source,
    or between two of them.
    """
    seek = {"ss": f"{entry.seek_seconds:.6f}"} if entry.seek_seconds else {}
    given = ffmpeg.input(f"file:{source}", **_KEPT_CLOCK, **seek, **DECODING)
    before = stretch.first_frame - entry.frame
    pictures = on_grid(given[str(plan.video_index)], plan, first_frame=entry.frame, frames=before + stretch.frame_count)
    if before:
        pictures = pictures.filter("trim", start_frame=before).filter("setpts", "PTS-STARTPTS")
    branches = size_branches(upright_pictures(pictures, plan), plan)
    options = {**video_options(plan), "map_metadata": -1, "map_chapters": -1, "f": "nut"}
    return ffmpeg_command(ffmpeg.output(*branches, _PICTURES, **options), *_PROGRESS)


def find_entry(source: Path, plan: TranscodePlan, stretch: Stretch) -> Entry:
    """Find a key frame before a stretch.

    Not every container finds the key frame before a moment; where one gives a later one, look further back, in the end
    from the beginning. A stretch at the beginning needs no seeking.

    :raises ToolError: the source cannot be read.
    """
    starts_at = plan.origin_us / 1_000_000 + float(stretch.first_frame / plan.frame_rate)
    for earlier in _EARLIER_SECONDS if stretch.first_frame else ():
        moment = starts_at - earlier
        if moment <= 0:
            break
        found = _first_key_frame(source, plan.video_index, moment)
        if found is not None and found < starts_at:
            frame = floor((found - Fraction(plan.origin_us, 1_000_000)) * plan.frame_rate)
            return Entry(seek_seconds=moment, frame=min(max(0, frame), stretch.first_frame))
    return _BEGINNING


def _first_key_frame(source: Path, video_index: int, moment: float) -> Fraction | None:
    """The moment of the first key frame that seeking to ``moment`` comes upon, on the clock that stretches keep."""
    lines: list[str] = []
    given = ffmpeg.input(f"file:{source}", **_KEPT_CLOCK, ss=f"{moment:.6f}", **DECODING)
    copied = {"c": "copy", "frames:v": 1, "copypriorss": 1, "f": "framecrc"}
    output = ffmpeg.output(given[str(video_index)], "-", **copied)
    run_tool(ffmpeg_command(output), time_limit_seconds=300, on_line=lines.append)
    return first_moment_of_crc(lines)


def encode_sound(
    source: Path,
    folder: Path,
    plan: TranscodePlan,
    *,
    on_done_ms: Callable[[int], object],
    time_limit_seconds: float,
) -> None:
    """Write the whole sound into ``folder``; ``on_done_ms`` gets the milliseconds done.

    :raises ToolError: it failed or took too long.
    """

    def take(line: str) -> None:
        on_done_ms(done_ms_of_line(line) or 0)

    given = ffmpeg.input(f"file:{source}", **DECODING)
    options = {**sound_options(plan), "map_metadata": -1, "map_chapters": -1, "f": "mp4"}
    output = ffmpeg.output(given[str(plan.audio_index)], _SOUND, **options)
    command = ffmpeg_command(output, *_PROGRESS)
    report = run_tool(command, time_limit_seconds=time_limit_seconds, on_line=take, folder=folder)
    _write_facts(folder, report)


def join_pieces(
    stretches: Sequence[tuple[Stretch, Path]],
    sound: Path | None,
    output: Path,
    plan: TranscodePlan,
    *,
    on_line: Callable[[], object],
    time_limit_seconds: float,
) -> None:
    """Write the ladder of a film made in one go into ``output``, of its stretches in order; nothing is encoded again.

    ``output.parent`` is for what is made on the way; ``on_line`` is called again and again.

    :raises ToolError: it failed or took too long.
    """
    listed = output.parent / "pieces.ffconcat"
    listed.write_text(_list_of(stretches, plan))
    given = ffmpeg.input(str(listed), f="concat", safe=0, protocol_whitelist="file")
    streams = [given[f"v:{position}"] for position in range(len(plan.rungs))]
    names = [f"v:{position},name:{rung.name}" for position, rung in enumerate(plan.rungs)]
    encoder = _encoder_of(stretches[0][1] / _PICTURES)
    options = {"c": "copy", "map_metadata": -1, "metadata:s:v": f"encoder={encoder}"}
    if sound is not None:
        streams.append(ffmpeg.input(f"file:{sound / _SOUND}", protocol_whitelist="file").audio)
        names.append("a:0,name:audio")
        rate = {name: value for name, value in sound_options(plan).items() if name == "b:a"}
        options |= rate  # the header tells what the encoder was asked for, not what it came to
    command = ffmpeg_command(ffmpeg.output(*streams, "%v/index.m3u8", **options, **hls_options(names)), *_PROGRESS)
    run_tool(command, time_limit_seconds=time_limit_seconds, on_line=lambda line: on_line(), folder=output)


def read_facts(folder: Path) -> PieceFacts:
    """Read what was told of a piece."""
    return PieceFacts(**json.loads((folder / _FACTS).read_text()))


def _write_facts(folder: Path, report: ToolReport) -> None:
    facts = {"corrupt_frames": report.corrupt_frames, "last_words": report.last_words}
    (folder / _FACTS).write_text(json.dumps(facts))


def _list_of(stretches: Sequence[tuple[Stretch, Path]], plan: TranscodePlan) -> str:
    """Name the files, and how long each lasts: the differences of rounded moments, so no error grows."""
    lines = ["ffconcat version 1.0"]
    for stretch, folder in stretches:
        path = str(folder / _PICTURES).replace("'", "'\\''")
        first, end = stretch.first_frame, stretch.first_frame + stretch.frame_count
        starts_at, ends_at = (round(frame * 1_000_000 / plan.frame_rate) for frame in (first, end))
        lines += [f"file '{path}'", f"duration {ends_at - starts_at}us"]
    return "\n".join(lines) + "\n"


def _encoder_of(piece: Path) -> str:
    """The encoder's name for itself, which headers carry."""
    lines: list[str] = []
    shown = ["-show_entries", "stream_tags=encoder", "-of", "json"]
    run_tool(
        [settings.XUESHI_FFPROBE, "-v", "error", *shown, f"file:{piece}"], time_limit_seconds=60, on_line=lines.append
    )
    streams = json.loads("".join(lines)).get("streams") or [{}]
    return str(streams[0].get("tags", {}).get("encoder", ""))
