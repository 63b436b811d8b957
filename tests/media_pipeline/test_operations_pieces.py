"""A long source is made in pieces: what comes out is what one run would have made."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone

from media_pipeline.enums import PieceState, VideoState
from media_pipeline.gateways.storage import list_prefix, local_path
from media_pipeline.gateways.workplace import left_work_folders
from media_pipeline.models import Video, VideoPiece
from media_pipeline.operations import join_video, process_piece, process_video
from media_pipeline.rules.pieces import pieces_prefix
from tests.factories.media_pipeline import make_clip, upload_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]


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
