"""Reads about courses, editions and lessons."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet

from courses.enums import Block
from courses.models import Course, CourseEdition, Lesson, LessonCitation, Post


def courses_for_post(post: Post) -> QuerySet[Course]:
    """Open courses that count for ``post``: the shared common block first, then the post's own, each by code.

    ``current_edition`` is loaded with the course: listing needs one statement in all.
    """
    wanted = Q(block=Block.COMMON) | Q(block=Block.PROFESSIONAL, pk__in=post.courses.values("pk"))
    return (
        Course.objects.filter(wanted, is_open=True, current_edition__isnull=False)
        .select_related("current_edition")
        .order_by("block", "code", "pk")  # "common" stands before "professional"
    )


def open_courses() -> QuerySet[Course]:
    """Every course that may be taken up, by code."""
    return Course.objects.filter(is_open=True, current_edition__isnull=False).order_by("code", "pk")


def lessons_of(edition: CourseEdition) -> list[Lesson]:
    """The edition's lessons in their order, each with its video and its cited documents: two statements."""
    documents = Prefetch("citations", queryset=_lesson_citations())
    return list(edition.lessons.select_related("video").prefetch_related(documents).order_by("position", "pk"))


def _lesson_citations() -> QuerySet[LessonCitation]:
    return LessonCitation.objects.select_related("document").order_by("document__number", "pk")
