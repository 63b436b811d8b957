"""Which course pages show a video: as they are published, as their drafts have it, as they are scheduled."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import reverse
from wagtail.models import Revision

from cms_pages.models import CoursePage, CoursePageLesson
from media_pipeline.enums import UsagePlace
from media_pipeline.queries import VideoUsage


@dataclass(frozen=True, slots=True)
class _Holder:
    """A course page, as far as a usage names it."""

    page_id: int
    title: str
    course: uuid.UUID | None


def page_usages(video_ids: Sequence[int]) -> list[VideoUsage]:
    """The lessons of pages and of drafts that show one of the videos, each once a place: three statements."""
    wanted = set(video_ids)
    return _once([*_from_rows(wanted), *_from_revisions(wanted)])


def draft_usages(video_id: int) -> list[VideoUsage]:
    """The lessons that show the video in their pages as the editors have them now, each once: three statements."""
    return _once([*_from_rows({video_id}, unchanged_only=True), *_from_revisions({video_id}, newest_only=True)])


def videos_of_pages() -> set[int]:
    """The keys of all videos that a course page or a draft shows: two statements."""
    rows = CoursePageLesson.objects.filter(video__isnull=False).order_by().values_list("video_id", flat=True).distinct()
    drafts = {
        lesson["video"] for _page_id, _title, lessons in _drafts() for lesson in lessons or () if lesson.get("video")
    }
    return {key for key in rows if key is not None} | drafts


def _from_rows(wanted: set[int], *, unchanged_only: bool = False) -> Iterator[VideoUsage]:
    lessons = CoursePageLesson.objects.filter(video_id__in=wanted).select_related("page__course")
    if unchanged_only:  # of the others the newest draft counts
        lessons = lessons.filter(page__has_unpublished_changes=False)
    for lesson in lessons.order_by("page_id", "sort_order", "pk"):
        page = lesson.page
        holder = _Holder(page.pk, page.draft_title or page.title, page.course.uuid if page.course else None)
        place = UsagePlace.LIVE if page.live else UsagePlace.DRAFT
        yield _usage(holder, place, {"video": lesson.video_id, "title": lesson.title, "key": lesson.key})


def _from_revisions(wanted: set[int], *, newest_only: bool = False) -> Iterator[VideoUsage]:
    found = [
        (page_id, title, lesson)
        for page_id, title, lessons in _drafts(newest_only=newest_only)
        for lesson in lessons or ()
        if lesson.get("video") in wanted
    ]
    courses = dict(
        CoursePage.objects.filter(pk__in={int(page_id) for page_id, _title, _lesson in found}).values_list(
            "pk", "course__uuid"
        )
    )
    for page_id, title, lesson in found:
        yield _usage(_Holder(int(page_id), title, courses.get(int(page_id))), UsagePlace.DRAFT, lesson)


def _drafts(*, newest_only: bool = False) -> list[tuple[str, str, list[dict[str, Any]] | None]]:
    """Each revision that may still be published: its page's key, its title, its lessons; nothing else is loaded."""
    newest = CoursePage.objects.filter(has_unpublished_changes=True).values("latest_revision")
    wanted = Q(pk__in=newest)
    if not newest_only:
        kind = ContentType.objects.get_for_model(CoursePage)
        wanted |= Q(content_type=kind, approved_go_live_at__isnull=False)
    revisions = Revision.objects.filter(wanted).order_by("pk")
    return list(revisions.values_list("object_id", "object_str", "content__lessons"))


def _once(usages: Iterable[VideoUsage]) -> list[VideoUsage]:
    return list({(usage.place, usage.video_id, usage.page_id, usage.lesson_key): usage for usage in usages}.values())


def _usage(holder: _Holder, place: UsagePlace, lesson: dict[str, Any]) -> VideoUsage:
    key = str(lesson["key"])
    return VideoUsage(
        video_id=lesson["video"],
        place=place,
        course=holder.title,
        lesson=lesson["title"],
        lesson_key=uuid.uuid5(holder.course, key) if holder.course else uuid.UUID(key),
        page_id=holder.page_id,
        edit_url=reverse("wagtailadmin_pages:edit", args=[holder.page_id]),
    )
