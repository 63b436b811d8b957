"""A video is ready only when every byte of it was written."""

from __future__ import annotations

import pytest

from media_pipeline.enums import VideoState
from media_pipeline.gateways.storage import list_prefix
from media_pipeline.models import Video
from media_pipeline.operations.processing import LadderIncompleteError
from tests.factories.media_pipeline import make_clip, process_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]


@pytest.mark.parametrize("lost", ["180p/00000.m4s", "audio/00000.m4s", "audio/init_1.mp4", "180p/init_0.mp4"])
@pytest.mark.parametrize("kept_bytes", [0, 200])
def test_segment_that_a_full_disk_cut_off_is_made_again(tmp_path, settings, lost: str, kept_bytes: int):
    """ffmpeg's HLS muxer passes over a disk that is full for a moment: its lists are long, and its exit code is 0."""
    encoder = tmp_path / "ffmpeg"
    cut = f"if [ -f {lost} ]; then head -c {kept_bytes} {lost} > cut; mv cut {lost}; fi"
    encoder.write_text(f'#!/bin/sh\n{settings.XUESHI_FFMPEG} "$@" || exit $?\n{cut}\n')
    encoder.chmod(0o755)
    settings.XUESHI_FFMPEG = str(encoder)
    with pytest.raises(LadderIncompleteError, match=lost):
        process_file(make_clip(tmp_path / "a.mp4"))
    video = Video.objects.get()
    assert (video.state, video.claim_token, list(list_prefix("videos"))) == (VideoState.TRANSCODING, None, [])
