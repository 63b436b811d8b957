"""Clips made by ffmpeg, and videos as rows."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File
from django.utils import timezone

from media_pipeline.enums import VideoState
from media_pipeline.gateways.storage import put_bytes
from media_pipeline.models import Video
from media_pipeline.operations import accept_upload, process_video
from media_pipeline.rules.places import run_prefix

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def make_clip(
    path: Path,
    *,
    size: str = "320x180",
    seconds: float = 2,
    rate: str = "25",
    sound: bool = True,
    options: tuple[str, ...] = (),
    copy_options: tuple[str, ...] = (),
) -> Path:
    """Make a clip of moving test bars; ``options`` go to the encoder, ``copy_options`` to a second, copying run."""
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc=s={size}:r={rate}:d={seconds}"]
    if sound:
        command += ["-f", "lavfi", "-i", f"sine=f=440:d={seconds}", "-c:a", "aac", "-b:a", "48k"]
    first = path if not copy_options else path.with_name(f"first-{path.name}")
    video = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    subprocess.run([*command, *video, *options, str(first)], check=True)
    if copy_options:
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", *copy_options, "-i", str(first), "-c", "copy", str(path)], check=True
        )
    return path


def upload_file(path: Path, **overrides: Any) -> Video:
    """Take a file in as an editor would, without sending it to a worker."""
    fields: dict[str, Any] = {"title": "测试视频", "user": None, "now": NOW, "send": False, **overrides}
    with path.open("rb") as content:
        return accept_upload(file=File(content, name=path.name), **fields)


def process_file(path: Path) -> Video:
    """Take a file in and process it at once."""
    return process_video(video_id=upload_file(path).pk, clock=timezone.now)


def make_video(**overrides: Any) -> Video:
    """A video as a row, with a small original; ready unless told otherwise, though nothing was transcoded."""
    video = Video(title="测试视频", original_name="测试.mp4", size_bytes=4, uploaded_at=NOW, queued_at=NOW)
    video.original.save(f"{video.uuid}", ContentFile(b"clip"), save=False)
    fields: dict[str, Any] = {"state": VideoState.READY, **overrides}
    if fields["state"] == VideoState.READY:
        prefix = run_prefix(video.uuid, video.uuid)
        fields = {
            "duration_ms": 60_000,
            "width": 1280,
            "height": 720,
            "hls_prefix": prefix,
            "mp4_path": f"{prefix}/video.mp4",
            "poster_path": f"{prefix}/poster.jpg",
            "percent": 100,
            "ready_at": NOW,
            **fields,
        }
    for name, value in fields.items():
        setattr(video, name, value)
    video.save()
    return video


def store_playable_files(video: Video, *, body: bytes = bytes(range(256)) * 40) -> None:
    """Put small stand-ins where a ready video's files are."""
    put_bytes(f"{video.hls_prefix}/master.m3u8", b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n720p/index.m3u8\n")
    put_bytes(
        f"{video.hls_prefix}/720p/index.m3u8",
        b'#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:4.0,\n00000.m4s\n#EXT-X-ENDLIST\n',
    )
    for name in ("720p/init.mp4", "720p/00000.m4s", "video.mp4", "poster.jpg"):
        put_bytes(f"{video.hls_prefix}/{name}", body)
