"""Reads of the app."""

from media_pipeline.queries.captions import CaptionsUnreadableError, caption_text, cues_of
from media_pipeline.queries.chapters import Chapter, chapters_as_typed, chapters_of, chapters_webvtt
from media_pipeline.queries.playback import (
    CaptionSource,
    PassRefusedError,
    PlaybackPass,
    PlaybackSources,
    VideoNotReadyError,
    open_pass,
    playback_sources,
)
from media_pipeline.queries.usages import VideoUsage, lessons_using, usages_of, used_video_ids
from media_pipeline.queries.videos import VideoStatus, status_of, video_statuses

__all__ = [
    "CaptionSource",
    "CaptionsUnreadableError",
    "Chapter",
    "PassRefusedError",
    "PlaybackPass",
    "PlaybackSources",
    "VideoNotReadyError",
    "VideoStatus",
    "VideoUsage",
    "caption_text",
    "chapters_as_typed",
    "chapters_of",
    "chapters_webvtt",
    "cues_of",
    "lessons_using",
    "open_pass",
    "playback_sources",
    "status_of",
    "usages_of",
    "used_video_ids",
    "video_statuses",
]
