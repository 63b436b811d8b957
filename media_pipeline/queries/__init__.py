"""Reads of the app."""

from media_pipeline.queries.playback import (
    CaptionSource,
    PassRefusedError,
    PlaybackPass,
    PlaybackSources,
    VideoNotReadyError,
    open_pass,
    playback_sources,
)
from media_pipeline.queries.videos import VideoStatus, status_of, video_statuses

__all__ = [
    "CaptionSource",
    "PassRefusedError",
    "PlaybackPass",
    "PlaybackSources",
    "VideoNotReadyError",
    "VideoStatus",
    "open_pass",
    "playback_sources",
    "status_of",
    "video_statuses",
]
