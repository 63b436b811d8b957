"""What an imported package holds, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from media_pipeline.models import ScormContent, Video


def describe_package(video: Video) -> dict[str, Any]:
    """Give what a package holds, ready to be written as JSON, in one query.

    ``items`` are the titles of its table of contents.

    :raises ScormContent.DoesNotExist: it is no package, or was not imported.
    """
    content = ScormContent.objects.get(video=video)
    return {
        "uuid": str(video.uuid),
        "standard": content.standard,
        "identifier": content.identifier,
        "title": content.outline.get("title", ""),
        "items": [str(activity["title"]) for activity in _below(content.outline["root"])],
        "files": content.file_count,
        "unpacked_bytes": content.unpacked_bytes,
        "declared_seconds": content.declared_seconds,
        "declared_by": content.declared_by,
        "findings": content.findings,
    }


def _below(activity: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The items below one, in the order of the table of contents."""
    for child in activity.get("children", []):
        yield child
        yield from _below(child)
