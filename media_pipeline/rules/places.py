"""Where a video's files lie in the private storage, and which of them a player may have."""

from __future__ import annotations

import posixpath
from uuid import UUID

CONTENT_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/mp4",
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".json": "application/json",
    ".vtt": "text/vtt; charset=utf-8",
}
_LONGEST_PATH = 200  # of what models keep; all names are our own


def video_prefix(video: UUID) -> str:
    """The folder of all that a player may read of a video."""
    return f"videos/{video}"


def renditions_prefix(video: UUID) -> str:
    """The folder of every run's renditions."""
    return f"{video_prefix(video)}/renditions"


def run_prefix(video: UUID, claim: UUID) -> str:
    """The folder of one run's renditions: two runs never write into each other's."""
    return f"{renditions_prefix(video)}/{claim.hex[:12]}"


def caption_path(video: UUID, language: str, digest: str) -> str:
    """The place of captions; a changed text lies at another place, so that caches never show the old one."""
    return f"{video_prefix(video)}/captions/{language}-{digest[:12]}.vtt"


def posters_prefix(video: UUID) -> str:
    """The folder of pictures that editors gave a video."""
    return f"{video_prefix(video)}/posters"


def own_poster_path(video: UUID, digest: str) -> str:
    """The place of an editor's own picture; another picture lies at another place."""
    return f"{posters_prefix(video)}/{digest[:12]}.jpg"


def original_path(video: UUID, year: int, month: int) -> str:
    """The place of an original: outside of what a player may read, and without the name its giver chose."""
    return f"originals/{year:04d}/{month:02d}/{video}"


def relative_to_video(path: str, video: UUID) -> str:
    """The part of a stored path below the video's folder.

    :raises ValueError: it lies elsewhere.
    """
    prefix = video_prefix(video) + "/"
    if not path.startswith(prefix):
        raise ValueError(f"{path} does not lie in {prefix}")
    return path[len(prefix) :]


def is_servable(path: str) -> bool:
    """Whether a path asked for stays inside its folder and names a kind of file that players read."""
    if not path.isascii() or len(path) > _LONGEST_PATH or path.startswith("/") or "\\" in path or "\0" in path:
        return False
    if not path or posixpath.normpath(path) != path or ".." in path.split("/"):
        return False
    return posixpath.splitext(path)[1] in CONTENT_TYPES
