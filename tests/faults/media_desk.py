"""A site's own process that takes a test's wishes and tells what stands, one line of JSON each: ``serve()``."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files import File
from django.utils import timezone

from media_pipeline.enums import VideoState
from media_pipeline.gateways.storage import list_prefix, local_path
from media_pipeline.gateways.workplace import left_work_folders
from media_pipeline.models import Video, VideoPiece
from media_pipeline.operations import (
    accept_upload,
    cancel_video,
    delete_video,
    retry_video,
    sweep_left_files,
    sweep_videos,
)
from media_pipeline.operations.uploads import send_to_worker


def serve() -> None:
    """Answer one line at a time: ``["upload", "/a.mp4"]`` gives ``{"video": 1}``, and so on, until the input ends."""
    for line in sys.stdin:
        name, *words = json.loads(line)
        answer = _WISHES[name](*words)
        print(f"> {json.dumps(answer)}", flush=True)  # noqa: T201 - read by the test


def upload(path: str) -> int:
    """Take a file in and send it to the workers."""
    with Path(path).open("rb") as content:
        return accept_upload(file=File(content, name="a.mp4"), title="测试", user=None, now=timezone.now()).pk


def send(video: int) -> None:
    """Send the video's message once more, as a broker does with one that was not acknowledged in time."""
    send_to_worker(video)


def sweep(later_seconds: float) -> int:
    """Do what the periodic sweeps would do so much later."""
    now = timezone.now() + timedelta(seconds=later_seconds)
    return sweep_videos(now=now) + sweep_left_files(now=now)


def look(video: int) -> dict[str, Any]:
    """Tell a video's state and its pieces'."""
    row = Video.objects.get(pk=video)
    pieces = VideoPiece.objects.filter(video=row).order_by("number")
    names = ("uuid", "state", "percent", "attempt", "failure_reason", "failure_detail", "duration_ms")
    facts = {name: getattr(row, name) for name in names}
    held = {"claimed": row.claim_token is not None, "in_pieces": row.pieces_run is not None}
    listed = [[piece.number, piece.state, piece.percent, piece.attempt] for piece in pieces]
    return {**facts, **held, "uuid": str(row.uuid), "pieces": listed}


def check() -> dict[str, list[str]]:
    """List what should not be: stored files that no row names, missing ones, work folders, unfinished rows."""
    stored = {name for folder in ("videos", "originals", "pieces") for name in list_prefix(folder)}
    wanted = {str(video.original) for video in Video.objects.all()}
    ready = Video.objects.filter(state=VideoState.READY)
    named = {path for video in ready for path in (f"{video.hls_prefix}/master.m3u8", video.mp4_path, video.poster_path)}
    played = tuple(f"{video.hls_prefix}/" for video in ready)
    over = (VideoState.READY, VideoState.FAILED)
    return {
        "orphans": sorted(name for name in stored - wanted if not name.startswith(played)),
        "missing": sorted((wanted | named) - stored),
        "folders": [path.name for path in left_work_folders()],
        "stuck": [str(video.uuid) for video in Video.objects.exclude(state__in=over)],
        "held": [str(video.uuid) for video in Video.objects.filter(claim_token__isnull=False)],
        "pieces": [str(piece) for piece in VideoPiece.objects.all()],
    }


def playlists(video: int) -> dict[str, str]:
    """Give the text of a ready video's playlists."""
    row = Video.objects.get(pk=video)
    names = [name for name in list_prefix(row.hls_prefix) if name.endswith(".m3u8")]
    return {name.removeprefix(f"{row.hls_prefix}/"): (local_path(name) or Path()).read_text() for name in names}


def _call(operation: Any, **facts: Any) -> Any:
    return lambda video: operation(video=Video.objects.get(pk=video), user=None, **{k: v() for k, v in facts.items()})


def _quietly(wish: Any) -> Any:
    return lambda *words: (wish(*words), None)[1]


_WISHES: dict[str, Any] = {
    "upload": upload,
    "send": send,
    "sweep": sweep,
    "look": look,
    "check": check,
    "playlists": playlists,
    "cancel": _quietly(_call(cancel_video)),
    "delete": _quietly(_call(delete_video)),
    "retry": _quietly(_call(retry_video, now=timezone.now)),
}
