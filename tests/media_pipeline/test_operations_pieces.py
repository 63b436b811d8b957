"""A long source is made in pieces: what comes out is what one run would have made."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone

from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.gateways.storage import list_prefix, local_path
from media_pipeline.models import Video, VideoPiece
from media_pipeline.operations import join_video, process_piece, process_video
from tests.factories.media_pipeline import make_clip, upload_file

pytestmark = [pytest.mark.tools, pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]


def make_in_pieces(path: Path, settings) -> Video:
    settings.XUESHI_PIECES_FROM_MINUTES, settings.XUESHI_PIECE_SECONDS = 0.05, 4
    video = process_video(video_id=upload_file(path).pk, clock=timezone.now)
    for piece in VideoPiece.objects.filter(video=video).order_by("number"):
        process_piece(piece_id=piece.pk, clock=timezone.now)
    join_video(video_id=video.pk, clock=timezone.now)
    video.refresh_from_db()
    return video


def make_in_one(path: Path, settings) -> Video:
    settings.XUESHI_PIECES_FROM_MINUTES = 0
    return process_video(video_id=upload_file(path).pk, clock=timezone.now)


def files_of(video: Video) -> set[str]:
    return {name.removeprefix(f"{video.hls_prefix}/") for name in list_prefix(video.hls_prefix)}


def packets(video: Video, rendition: str, entries: str = "pts,dts,duration") -> list[str]:
    folder = local_path(f"{video.hls_prefix}/{rendition}")
    joined = folder.parent.parent / "joined.mp4"
    parts = [*folder.glob("init*.mp4"), *sorted(folder.glob("*.m4s"))]
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    shown = ["ffprobe", "-v", "error", "-show_entries", f"packet={entries}", "-of", "csv=p=0", str(joined)]
    lines = subprocess.run(shown, check=True, capture_output=True, text=True).stdout.split()
    joined.unlink()
    return lines


def moments(video: Video, rendition: str) -> list[int]:
    """When the pictures are shown; the encoder may have chosen others of them to be sent first."""
    return sorted(int(line) for line in packets(video, rendition, "pts"))


def worst_likeness(one: Video, other: Video) -> float:
    """The PSNR (dB) of the two pictures that differ most, of all that are shown at the same moment."""
    inputs = ["-i", str(local_path(one.mp4_path)), "-i", str(local_path(other.mp4_path))]
    command = ["ffmpeg", "-v", "error", *inputs, "-lavfi", "psnr=stats_file=-", "-f", "null", "-"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    values = [float(value) for value in re.findall(r"psnr_y:(\S+)", "\n".join(lines))]
    assert len(values) > 50
    return min(values)


def make_uneven(path: Path) -> Path:
    """A screen recording: pictures come when something changes, and for five seconds nothing does."""
    still = "select='if(between(t,3,8),0,not(mod(n,7))+not(mod(n,5))+gt(random(0),0.6))',setpts=PTS+random(1)*1000"
    return make_clip(
        path, seconds=13, rate="30", options=("-vf", f"settb=1/90000,{still}", "-vsync", "vfr", "-bf", "3")
    )


def make_late_pictures(path: Path) -> Path:
    return make_clip(path, seconds=13, options=("-vf", "setpts=PTS+5.31/TB"))


def make_short_pictures(path: Path) -> Path:
    return make_clip(path, seconds=13, options=("-vf", "trim=duration=6.4"))


SOURCES = {
    "uneven.mkv": make_uneven,
    "late.mkv": make_late_pictures,
    "ends-before-the-sound.mp4": make_short_pictures,
    "long-groups.flv": lambda path: make_clip(path, seconds=13, options=("-g", "300", "-bf", "2")),
    "fifty.mp4": lambda path: make_clip(path, seconds=13, rate="50"),
    "silent.mov": lambda path: make_clip(path, seconds=13, sound=False),
    "open-groups.mkv": lambda path: make_clip(
        path, seconds=13, options=("-g", "60", "-bf", "2", "-x264opts", "open-gop=1")
    ),
    "camera.avi": lambda path: make_clip(path, seconds=13, options=("-c:v", "mpeg4", "-g", "200", "-c:a", "mp2")),
    "fields.mkv": lambda path: make_clip(path, seconds=13, options=("-flags", "+ilme+ildct", "-x264opts", "tff=1")),
}


@pytest.mark.parametrize("name", SOURCES)
def test_whatever_the_source_pieces_show_the_same_at_the_same_moments(tmp_path, settings, name):
    path = SOURCES[name](tmp_path / name)
    one, joined = make_in_one(path, settings), make_in_pieces(path, settings)
    assert (one.state, joined.state) == (VideoState.READY, VideoState.READY), joined.failure_detail
    assert joined.duration_ms == one.duration_ms
    for rendition in ("180p", *(() if name.startswith("silent") else ("audio",))):
        assert moments(joined, rendition) == moments(one, rendition)
        decoded = [int(line) for line in packets(joined, rendition, "dts")]
        assert decoded == sorted(set(decoded))
    assert worst_likeness(one, joined) > 30


def test_film_damaged_for_longer_than_a_piece_ends_as_it_would_in_one_run(tmp_path, settings):
    path = make_clip(tmp_path / "a.mkv", seconds=13, sound=False, options=("-g", "25"))
    damaged = tmp_path / "damaged.mkv"
    noise = "noise=amount='if(between(pts*tb,3.5,9.2),1,0)'"
    subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-c", "copy", "-bsf:v", noise, damaged], check=True)
    one, joined = make_in_one(damaged, settings), make_in_pieces(damaged, settings)
    assert (one.state, one.failure_reason) == (VideoState.FAILED, FailureReason.BROKEN)
    assert (joined.state, joined.failure_reason) == (VideoState.FAILED, FailureReason.BROKEN)


@pytest.mark.parametrize("name", ["a.ts", "a.mpg"])
def test_film_whose_clock_may_jump_is_made_in_one_run(tmp_path, settings, name):
    settings.XUESHI_PIECES_FROM_MINUTES = 0.01
    path = make_clip(tmp_path / name, size="160x90", options=("-c:v", "mpeg2video", "-c:a", "mp2"))
    assert process_video(video_id=upload_file(path).pk, clock=timezone.now).state == VideoState.READY
    assert not VideoPiece.objects.exists()


def test_film_made_in_pieces_is_packet_for_packet_as_long_as_one_made_in_one_run(tmp_path, settings):
    path = make_clip(tmp_path / "a.mp4", size="640x450", seconds=13, rate="30000/1001", options=("-g", "77"))
    one, joined = make_in_one(path, settings), make_in_pieces(path, settings)
    assert (one.state, joined.state) == (VideoState.READY, VideoState.READY)
    assert files_of(joined) == files_of(one)
    assert (joined.duration_ms, joined.width, joined.height) == (one.duration_ms, one.width, one.height)
    for rendition in ("450p", "360p", "audio"):
        assert packets(joined, rendition) == packets(one, rendition)
        for name in ("index.m3u8", *(n for n in files_of(one) if "init" in n and n.startswith(rendition))):
            name = name.removeprefix(f"{rendition}/")
            assert local_path(f"{joined.hls_prefix}/{rendition}/{name}").read_bytes() == (
                local_path(f"{one.hls_prefix}/{rendition}/{name}").read_bytes()
            )


def test_progress_of_a_piece_is_written_no_oftener_than_it_beats(tmp_path, settings, django_assert_max_num_queries):
    """ffmpeg reports two dozen lines a second; a clock that stands still lets one beat through."""
    settings.XUESHI_PIECES_FROM_MINUTES, settings.XUESHI_PIECE_SECONDS = 0.05, 4
    path = make_clip(tmp_path / "a.mp4", seconds=4, sound=False)
    video = process_video(video_id=upload_file(path).pk, clock=timezone.now)
    stands_still = timezone.now()
    with django_assert_max_num_queries(12):
        process_piece(piece_id=VideoPiece.objects.get(video=video).pk, clock=lambda: stands_still)
    assert VideoPiece.objects.get(video=video).state == "done"
