"""What there is to be shown of a deck of slides."""

from __future__ import annotations

from dataclasses import dataclass

from media_pipeline.enums import MediaKind, VideoState
from media_pipeline.models import Video
from media_pipeline.queries.playback import VideoNotReadyError
from media_pipeline.rules.places import relative_to_video
from media_pipeline.rules.slide_deck import PAGE_BOXES, PAGES_FILE, PAGES_FOLDER


@dataclass(frozen=True, slots=True)
class DeckParts:
    """A ready deck by paths below its folder, as ``film_address`` takes them; nothing can be read with these alone.

    ``pages_path`` ends in a slash; below it lie ``0001-1600.webp`` and so on, in all ``widths``, the largest first.
    ``texts_path`` is the JSON of sizes and texts. The size is that of the first page's largest picture.
    """

    pages_path: str
    texts_path: str
    poster_path: str
    widths: tuple[int, ...]
    page_count: int
    page_seconds: int
    width: int
    height: int


def deck_parts(video: Video) -> DeckParts:
    """Name a ready deck's files. No statement.

    :raises VideoNotReadyError: it is not ready, or no deck.
    """
    if video.state != VideoState.READY or video.kind != MediaKind.SLIDES or video.page_count is None:
        raise VideoNotReadyError(f"{video.uuid} is {video.state}")
    folder = relative_to_video(f"{video.hls_prefix}/{PAGES_FOLDER}", video.uuid)
    return DeckParts(
        pages_path=f"{folder}/",
        texts_path=f"{folder}/{PAGES_FILE}",
        poster_path=relative_to_video(video.poster_path, video.uuid) if video.poster_path else "",
        widths=tuple(PAGE_BOXES),
        page_count=video.page_count,
        page_seconds=video.page_seconds,
        width=video.width or 1,
        height=video.height or 1,
    )
