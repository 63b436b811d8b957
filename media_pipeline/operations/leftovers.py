"""What dead runs left in the storage, where nobody would look for it again."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from media_pipeline.enums import VideoState
from media_pipeline.gateways.storage import delete_file, list_prefix
from media_pipeline.models import Video
from media_pipeline.operations.troubles import clear_away
from media_pipeline.rules.pieces import ALL_PIECES, pieces_prefix
from media_pipeline.rules.places import renditions_prefix

_LOOKED_AFTER = timedelta(days=2)  # a run that lost its video stops within minutes, and is not heard of days later


def sweep_left_files(*, now: datetime) -> int:
    """Delete pieces of videos that are not made in pieces any more, and renditions that no video plays.

    Give how many files and folders went. What is at work cleans up behind itself; this is for runs that were killed
    after their video had failed, was cancelled, or was finished by another.
    """
    return _sweep_pieces() + _sweep_renditions(now)


def _sweep_pieces() -> int:
    found = {name.split("/")[1] for name in list_prefix(ALL_PIECES)}
    wanted = Video.objects.filter(pieces_run__isnull=False).values_list("uuid", flat=True)
    left = found - {str(uuid) for uuid in wanted}
    for uuid in sorted(left):
        clear_away(pieces_prefix(UUID(uuid)))
    return len(left)


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
