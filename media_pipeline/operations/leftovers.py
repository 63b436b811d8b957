"""What dead runs left in the storage, where nobody would look for it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from media_pipeline.enums import VideoState
from media_pipeline.gateways.bucket import private_bucket
from media_pipeline.gateways.multipart import objects_before
from media_pipeline.gateways.storage import delete_file, list_folders, list_prefix
from media_pipeline.gateways.upload_folder import files_before
from media_pipeline.models import Video
from media_pipeline.operations.troubles import clear_away
from media_pipeline.rules.pieces import ALL_PIECES, pieces_prefix
from media_pipeline.rules.places import renditions_prefix, video_prefix

_ALL_VIDEOS = "videos"
_NAMELESS_LAST = timedelta(days=1)  # so long may a mistaken database be found out
_LOOKED_AFTER = timedelta(days=2)  # a run that lost its video stops within minutes, and is not heard of days later


def sweep_left_files(*, now: datetime) -> int:
    """Delete pieces of videos that are not made in pieces any more, and renditions that no video plays.

    Give how many files and folders went. What is at work cleans up behind itself; this is for runs that were killed
    after their video had failed, was cancelled, deleted, or was finished by another, and for a storage that was away
    when a video was deleted.
    """
    return _sweep_pieces() + _sweep_nameless(now) + _sweep_renditions(now)


def _sweep_pieces() -> int:
    found = _videos_in(ALL_PIECES)
    left = found - set(Video.objects.filter(pieces_run__isnull=False).values_list("uuid", flat=True))
    return sum(_clear(pieces_prefix(uuid)) for uuid in sorted(left))


def _sweep_nameless(now: datetime) -> int:
    """Of videos that are no more, as originals are: once nothing was written there for a day."""
    left = _videos_in(_ALL_VIDEOS) - set(Video.objects.values_list("uuid", flat=True))
    gone = 0
    for prefix in map(video_prefix, sorted(left)):
        if {*list_prefix(prefix)} <= {*_written_before(prefix, now - _NAMELESS_LAST)}:
            gone += _clear(prefix)
    return gone


def _clear(prefix: str) -> bool:
    """Delete a folder, and say whether anything was in it: some services go on naming empty ones."""
    held = any(True for _ in list_prefix(prefix))
    clear_away(prefix)
    return held


def _written_before(prefix: str, moment: datetime) -> Iterator[str]:
    bucket = private_bucket()
    return files_before(prefix, moment) if bucket is None else objects_before(bucket, prefix, moment)


def _videos_in(folder: str) -> set[UUID]:
    """The videos that a folder holds a folder of each of; whatever else lies there is somebody else's."""
    found: set[UUID] = set()
    for name in list_folders(folder):
        with suppress(ValueError):
            found.add(UUID(name))
    return found


def _sweep_renditions(now: datetime) -> int:
    """Files are listed before their video is looked at again, so a run that has just begun never loses any."""
    failed = Video.objects.filter(state=VideoState.FAILED)
    fresh = Video.objects.filter(state=VideoState.READY, ready_at__gte=now - _LOOKED_AFTER)
    gone = 0
    for video in [*failed.order_by("pk"), *fresh.order_by("pk")]:
        played = f"{video.hls_prefix}/" if video.state == VideoState.READY else None
        names = [
            name for name in list_prefix(renditions_prefix(video.uuid)) if played is None or not name.startswith(played)
        ]
        same = Video.objects.filter(pk=video.pk, state=video.state, hls_prefix=video.hls_prefix)
        if names and same.exists():
            for name in names:
                delete_file(name)
            gone += len(names)
    return gone
