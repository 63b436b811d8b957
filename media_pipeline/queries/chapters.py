"""Chapters of a video, for players and for editors."""

from __future__ import annotations

from dataclasses import dataclass

from media_pipeline.models import Video
from media_pipeline.rules.chapters import ChapterLine, chapters_text, write_chapters


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named part of a video: its first millisecond and the first one after it."""

    starts_at_ms: int
    ends_at_ms: int
    title: str


def chapters_of(video: Video) -> tuple[Chapter, ...]:
    """The chapters in the order they play; one statement, none where they are prefetched."""
    lines = _lines(video)
    ends = [*(line.starts_at_ms for line in lines[1:]), video.duration_ms or 0]
    return tuple(
        Chapter(line.starts_at_ms, max(end, line.starts_at_ms + 1), line.title)
        for line, end in zip(lines, ends, strict=False)
    )


def chapters_webvtt(video: Video) -> str:
    """The chapters as the text of a WebVTT track of kind ``chapters``; only its signature where there are none."""
    return write_chapters(_lines(video), video.duration_ms or 0)


def chapters_as_typed(video: Video) -> str:
    """The chapters as an editor types them, one a line."""
    return chapters_text(_lines(video))


def _lines(video: Video) -> list[ChapterLine]:
    return sorted(ChapterLine(each.starts_at_ms, each.title) for each in video.chapters.all())
