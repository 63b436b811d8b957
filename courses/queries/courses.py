"""Reads about courses, editions and lessons."""

from __future__ import annotations

from django.db.models import Count, Prefetch, Q, QuerySet, Value

from courses.enums import Block
from courses.models import Course, CourseEdition, Lesson, LessonCitation, Post, RegulatoryDocument


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


def count_teaching() -> dict[str, int]:
    """How many ``documents`` the register holds and how many ``courses`` are open: one statement."""
    documents = RegulatoryDocument.objects.annotate(what=Value("documents")).values("what")
    courses = Course.objects.filter(is_open=True).annotate(what=Value("courses")).values("what")
    counted = documents.annotate(number=Count("pk")).union(courses.annotate(number=Count("pk")), all=True)
    return {"documents": 0, "courses": 0, **{row["what"]: row["number"] for row in counted}}


def lessons_of(edition: CourseEdition) -> list[Lesson]:
    """The edition's lessons in their order, each with its video and its cited documents: two statements."""
    documents = Prefetch("citations", queryset=_lesson_citations())
    return list(edition.lessons.select_related("video").prefetch_related(documents).order_by("position", "pk"))


def _lesson_citations() -> QuerySet[LessonCitation]:
    return LessonCitation.objects.select_related("document").order_by("document__number", "pk")
