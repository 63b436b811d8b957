"""Chapters as editors type them, ``00:01:30 标题`` one a line, and as players read them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from media_pipeline.enums import ChapterFault
from media_pipeline.rules.captions import Cue, write_captions
from media_pipeline.rules.stamps import parse_stamp, stamp_text

MAX_CHAPTERS = 100
LONGEST_TITLE = 80
_LINE = re.compile(r"^([\d:：.,，]+)(?:[\s　、]+|$)(.*)$")


class ChaptersInvalidError(ValueError):
    """``line`` is the number of the wrong line, counted from 1."""

    def __init__(self, line: int, fault: ChapterFault) -> None:
        super().__init__(f"{line}: {fault}")
        self.line = line
        self.fault = fault


@dataclass(frozen=True, slots=True, order=True)
class ChapterLine:
    """A chapter's first millisecond and its name."""

    starts_at_ms: int
    title: str


def parse_chapters(text: str, duration_ms: int | None) -> tuple[ChapterLine, ...]:
    """Read chapters, one a line, in whatever order; empty lines are passed over, no line gives no chapter.

    A chapter may start up to the video's last millisecond but not at its end.

    :raises ChaptersInvalidError: a line without time or title, a time twice or beyond the end, too many lines.
    """
    chapters: dict[int, ChapterLine] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        found = _LINE.match(line.strip())
        starts_at = parse_stamp(found[1]) if found else None
        if found is None or starts_at is None:
            raise ChaptersInvalidError(number, ChapterFault.TIME)
        title = " ".join(found[2].split())
        if fault := _fault(starts_at, title, duration_ms, chapters):
            raise ChaptersInvalidError(number, fault)
        chapters[starts_at] = ChapterLine(starts_at, title)
    return tuple(sorted(chapters.values()))


def chapters_text(chapters: Sequence[ChapterLine]) -> str:
    """Write chapters as they are typed: whole seconds without a fraction."""
    return "\n".join(f"{stamp_text(each.starts_at_ms).removesuffix('.000')} {each.title}" for each in chapters)


def write_chapters(chapters: Sequence[ChapterLine], duration_ms: int) -> str:
    """Write chapters as WebVTT, each until the next one starts, the last until the end."""
    ends = [*(each.starts_at_ms for each in chapters[1:]), duration_ms]
    return write_captions([Cue(each.starts_at_ms, end, each.title) for each, end in zip(chapters, ends, strict=False)])


def _fault(
    starts_at: int, title: str, duration_ms: int | None, chapters: dict[int, ChapterLine]
) -> ChapterFault | None:
    if not title:
        return ChapterFault.NO_TITLE
    if len(title) > LONGEST_TITLE:
        return ChapterFault.TITLE_TOO_LONG
    if starts_at in chapters:
        return ChapterFault.TWICE
    if duration_ms is not None and starts_at >= duration_ms:
        return ChapterFault.BEYOND_END
    return ChapterFault.TOO_MANY if len(chapters) >= MAX_CHAPTERS else None
