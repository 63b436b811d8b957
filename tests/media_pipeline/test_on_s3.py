"""The same pipeline on a real S3 server: bytes never pass through Django."""

from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.utils import timezone

from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.gateways.storage import list_prefix, presigned_url
from media_pipeline.gateways.workplace import left_work_folders
from media_pipeline.operations import attach_captions, delete_video
from media_pipeline.queries import playback_sources
from tests.factories.media_pipeline import make_clip, process_file
from tests.services.media_storage import media_in_bucket

pytestmark = [pytest.mark.services, pytest.mark.django_db]

VTT = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n您好\n".encode()


@pytest.fixture
def bucket(s3):
    """Keep private files in an empty bucket."""
    with media_in_bucket(s3, s3.make_bucket()) as name:
        yield name


def fetch(url: str) -> bytes:
    with urlopen(url, timeout=20) as response:  # noqa: S310 - our own server
        return response.read()


def test_clip_is_processed_and_played_from_a_bucket(bucket, client, tmp_path: Path):
    path = make_clip(tmp_path / "a.mp4", size="160x90", seconds=1)
    video = process_file(path)
    assert (video.state, left_work_folders()) == (VideoState.READY, [])
    assert fetch(presigned_url(video.original.name, expires_seconds=60)) == path.read_bytes()
    attach_captions(video=video, language="zh-hans", content=VTT, user=None)
    holder = client.session.session_key
    sources = playback_sources(video, holder=holder, expires_at=timezone.now() + timedelta(minutes=5))

    master = client.get(sources.hls_url).content.decode()
    assert "90p/index.m3u8" in master.splitlines()
    playlist = client.get(sources.hls_url.replace("master.m3u8", "90p/index.m3u8")).content.decode()
    pieces = [line for line in playlist.splitlines() if line.startswith("http")]
    assert len(pieces) == 1
    assert "X-Amz-Signature=" in pieces[0]
    assert fetch(pieces[0])[4:8] in (b"styp", b"moof", b"sidx")
    single = client.get(sources.mp4_url)
    assert (single.status_code, single["Cache-Control"]) == (302, "private, no-store")
    assert fetch(single["Location"])[4:8] == b"ftyp"
    assert client.get(sources.poster_url).status_code == 302
    assert client.get(sources.captions[0].url).content == VTT


def test_missing_playlist_in_a_bucket_is_not_found(bucket, client, tmp_path: Path):
    video = process_file(make_clip(tmp_path / "a.mp4", size="160x90", seconds=1))
    holder = client.session.session_key
    sources = playback_sources(video, holder=holder, expires_at=timezone.now() + timedelta(minutes=5))
    assert client.get(sources.hls_url.replace("master", "other")).status_code == 404


def test_refused_and_deleted_videos_leave_nothing_in_a_bucket(
    bucket, tmp_path: Path, django_capture_on_commit_callbacks
):
    text = tmp_path / "text.mp4"
    text.write_text("nothing")
    refused = process_file(text)
    assert refused.failure_reason == FailureReason.NOT_MEDIA
    ready = process_file(make_clip(tmp_path / "a.mp4", size="160x90", seconds=1))
    for video in (refused, ready):
        with django_capture_on_commit_callbacks(execute=True):
            delete_video(video=video, user=None)
    assert (list(list_prefix("videos")), list(list_prefix("originals"))) == ([], [])
