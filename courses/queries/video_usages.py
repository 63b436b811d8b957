"""Which frozen lessons show a video."""

from __future__ import annotations

from collections.abc import Sequence

from courses.models import Lesson
from media_pipeline.enums import UsagePlace
from media_pipeline.queries import VideoUsage


def edition_usages(video_ids: Sequence[int]) -> list[VideoUsage]:
    """The lessons of every edition that show one of the videos, by edition and position: one statement."""
    lessons = Lesson.objects.filter(video_id__in=video_ids).select_related("edition__course")
    return [
        VideoUsage(
            video_id=lesson.video_id or 0,
            place=UsagePlace.EDITION,
            course=lesson.edition.title,
            lesson=lesson.title,
            lesson_key=lesson.lesson_key,
            edition=lesson.edition.number,
            is_current=lesson.edition.course.current_edition_id == lesson.edition_id,
        )
        for lesson in lessons.order_by("edition_id", "position", "pk")
    ]


def videos_of_editions() -> set[int]:
    """The keys of all videos that a frozen lesson shows: one statement."""
    shown = Lesson.objects.filter(video__isnull=False).order_by().values_list("video_id", flat=True).distinct()
    return {key for key in shown if key is not None}
