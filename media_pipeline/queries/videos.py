"""How videos are coming along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from media_pipeline.enums import VideoState
from media_pipeline.models import Video


@dataclass(frozen=True, slots=True)
class VideoStatus:
    """A video's state in words for an editor; ``finished`` means that it will not change by itself any more."""

    uuid: UUID
    state: VideoState
    label: str
    percent: int
    reason: str
    finished: bool


def video_statuses(uuids: Sequence[UUID]) -> list[VideoStatus]:
    """Where videos stand, in the order of their keys; unknown ones are left out. One statement."""
    return [status_of(video) for video in Video.objects.filter(uuid__in=uuids).order_by("pk")]


def status_of(video: Video) -> VideoStatus:
    """Where one video stands; no statement."""
    return VideoStatus(
        uuid=video.uuid,
        state=VideoState(video.state),
        label=video.get_state_display(),
        percent=video.percent,
        reason=video.get_failure_reason_display() if video.failure_reason else "",
        finished=video.state in (VideoState.READY, VideoState.FAILED),
    )
