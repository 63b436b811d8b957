"""Reads of the app."""

from media_pipeline.queries.captions import CaptionsUnreadableError, caption_text, cues_of
from media_pipeline.queries.chapters import Chapter, chapters_as_typed, chapters_of, chapters_webvtt
from media_pipeline.queries.content import (
    ContentAddress,
    ContentHostMissingError,
    ContentPurpose,
    can_run_packages,
    content_address,
    site_origins,
)
from media_pipeline.queries.decks import DeckParts, deck_parts
from media_pipeline.queries.playback import (
    ADDRESSES_LAST_SECONDS,
    CaptionSource,
    FileNotServedError,
    FilmAwayError,
    PassRefusedError,
    PlaybackSources,
    VideoNotReadyError,
    film_address,
    film_parts,
    film_text,
    open_pass,
    playback_sources,
)
from media_pipeline.queries.source_words import rate_words, size_words, source_words
from media_pipeline.queries.uploads import (
    PartPass,
    PartPassRefusedError,
    UnfinishedUpload,
    open_part_pass,
    part_address,
    unfinished_uploads,
    upload_limit,
)
from media_pipeline.queries.usages import VideoUsage, lessons_using, usages_of, used_video_ids
from media_pipeline.queries.videos import VideoStatus, status_of, video_statuses

__all__ = [
    "ADDRESSES_LAST_SECONDS",
    "CaptionSource",
    "CaptionsUnreadableError",
    "Chapter",
    "ContentAddress",
    "ContentHostMissingError",
    "ContentPurpose",
    "DeckParts",
    "FileNotServedError",
    "FilmAwayError",
    "PartPass",
    "PartPassRefusedError",
    "PassRefusedError",
    "PlaybackSources",
    "UnfinishedUpload",
    "VideoNotReadyError",
    "VideoStatus",
    "VideoUsage",
    "can_run_packages",
    "caption_text",
    "chapters_as_typed",
    "chapters_of",
    "chapters_webvtt",
    "content_address",
    "cues_of",
    "deck_parts",
    "film_address",
    "film_parts",
    "film_text",
    "lessons_using",
    "open_part_pass",
    "open_pass",
    "part_address",
    "playback_sources",
    "rate_words",
    "site_origins",
    "size_words",
    "source_words",
    "status_of",
    "unfinished_uploads",
    "upload_limit",
    "usages_of",
    "used_video_ids",
    "video_statuses",
]
