"""Where videos are used. The apps above say so themselves through two hooks of the CMS: this one knows none of them.

``find_video_usages(video_ids)`` gives a list of ``VideoUsage``; ``list_used_videos()`` the keys of all videos in use.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from wagtail import hooks

from media_pipeline.enums import UsagePlace

FIND_USAGES = "find_video_usages"
LIST_USED = "list_used_videos"


@dataclass(frozen=True, slots=True)
class VideoUsage:
    """A lesson that shows a video. ``lesson_key`` is the same for one lesson's draft, page and editions.

    ``course`` and ``lesson`` are titles, ``page_id`` and ``edit_url`` the page's key and address for editors,
    ``edition`` the edition's number, ``is_current`` whether learners who join now get it.
    """

    video_id: int
    place: UsagePlace
    course: str
    lesson: str
    lesson_key: UUID
    page_id: int | None = None
    edit_url: str = ""
    edition: int | None = None
    is_current: bool = True


def usages_of(video_ids: Sequence[int]) -> dict[int, list[VideoUsage]]:
    """Where videos are used, by key: drafts, then pages, then editions, by course. As many statements as hooks ask."""
    found: dict[int, list[VideoUsage]] = defaultdict(list)
    for find in hooks.get_hooks(FIND_USAGES):
        for usage in find(video_ids):
            found[usage.video_id].append(usage)
    order = list(UsagePlace)
    for usages in found.values():
        usages.sort(key=lambda usage: (order.index(usage.place), usage.course, -(usage.edition or 0), usage.lesson))
    return dict(found)


def lessons_using(usages: Iterable[VideoUsage]) -> int:
    """How many lessons these usages are: a lesson's draft, page and editions count once."""
    return len({usage.lesson_key for usage in usages})


def used_video_ids() -> set[int]:
    """The keys of all videos that something shows."""
    used: set[int] = set()
    for give in hooks.get_hooks(LIST_USED):
        used.update(give())
    return used
