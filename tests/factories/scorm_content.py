"""Packages with their files in the storage, made without an import."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from media_pipeline.enums import MediaKind, ScormStandard
from media_pipeline.gateways.storage import put_bytes
from media_pipeline.models import ScormContent, Video
from tests.factories.media_pipeline import make_video

IMPORTED_AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FILES = {
    "index.html": b"<!doctype html><title>\xe6\xb5\x8b\xe8\xaf\x95</title>",
    "img/Logo.PNG": b"\x89PNG" + bytes(100),
    "js/app.js": b"window.ready = true;",
}


def make_stored_package(files: Mapping[str, bytes] = FILES, **overrides: Any) -> Video:
    """A package that can be played: its row, and its files in the private storage; ``overrides`` are the content's."""
    video = make_video(kind=MediaKind.SCORM, mp4_path="", poster_path="")
    for path, body in files.items():
        put_bytes(f"{video.hls_prefix}/{path}", body)
    fields: dict[str, Any] = {
        "standard": ScormStandard.V12,
        "identifier": "TEST",
        "files": {path: len(body) for path, body in files.items()},
        "file_count": len(files),
        "unpacked_bytes": sum(map(len, files.values())),
        "imported_at": IMPORTED_AT,
        **overrides,
    }
    ScormContent.objects.create(video=video, **fields)
    return video
