"""What a stored file is told to browsers and caches as: its type, and how long it may be kept."""

from __future__ import annotations

import posixpath

from media_pipeline.rules.places import CONTENT_TYPES

KEPT_FOR_EVER = "public, max-age=31536000, immutable"
NEVER_KEPT = "private, no-store"
_CHANGES = (".m3u8", ".json")


def content_type_of(name: str) -> str:
    """Give the type of a stored file by the name that we gave it; originals have no extension and no type."""
    return CONTENT_TYPES.get(posixpath.splitext(name)[1].lower(), "application/octet-stream")


def is_for_caches(name: str) -> bool:
    """Whether a stored file may be kept for ever by every cache that was let at it.

    What is made of a video lies below ``videos/`` under a name of its run and is never written again. Playlists are
    not given out as they lie there, and everything else is for one reader.
    """
    return name.startswith("videos/") and not name.endswith(_CHANGES)


def cache_control_of(name: str) -> str:
    """Say to browsers and networks how long a stored file may be kept."""
    return KEPT_FOR_EVER if is_for_caches(name) else NEVER_KEPT
