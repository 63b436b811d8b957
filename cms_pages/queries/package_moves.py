"""Which published lessons show a version of a package, on which one their learners are, and how many are under way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cms_pages.models import CoursePage
from courses.enums import LessonKind
from courses.models import Lesson
from media_pipeline.models import Video
from media_pipeline.queries import package_family
from tracking.models import ScormMove
from tracking.queries import open_attempts_by_version


@dataclass(frozen=True, slots=True)
class LessonOnPackage:
    """A published lesson that shows some version of a package.

    ``runs_on`` is the version that its learners begin on now. ``under_way`` counts those who are in the midst of
    another version than the one that is asked about, ``is_moved`` says whether the lesson runs on that one already,
    ``is_current`` whether learners who join now get this edition. ``page`` is None where the course's page is gone.
    """

    lesson: Lesson
    runs_on: Video
    under_way: int
    is_moved: bool
    is_current: bool
    page: CoursePage | None


def lessons_on_package(video: Video) -> list[LessonOnPackage]:
    """The published lessons that show any version of the package, by course, the newest edition first.

    Five statements, however many there are.
    """
    lessons = (
        Lesson.objects.filter(kind=LessonKind.SCORM, video_id__in=package_family(video))
        .select_related("edition__course", "video")
        .order_by("edition__course__title", "edition__course_id", "-edition__number", "position", "pk")
    )
    return _rows(list(lessons), {video.pk})


def left_behind(page: CoursePage) -> list[tuple[Video, int]]:
    """The packages that a page's newest edition shows in the place of older ones, with how many are still under way on
    those: by the lesson's name, which stays the same through all editions. At most seven statements.
    """
    edition = page.course.current_edition if page.course else None
    if edition is None:
        return []
    shown = {
        lesson.lesson_key: lesson.video
        for lesson in edition.lessons.select_related("video").order_by("position")
        if lesson.kind == LessonKind.SCORM and lesson.video and lesson.video.replaces_id
    }
    if not shown:
        return []
    older = Lesson.objects.filter(lesson_key__in=shown, edition__course_id=edition.course_id, kind=LessonKind.SCORM)
    rows = _rows(list(older.exclude(edition=edition).select_related("edition__course", "video")), set())
    counts: dict[int, int] = {}
    for row in rows:
        new = shown[row.lesson.lesson_key]
        if new is not None and row.runs_on.pk != new.pk:
            counts[new.pk] = counts.get(new.pk, 0) + row.under_way
    return [(video, counts[video.pk]) for video in shown.values() if video and counts.get(video.pk)]


def _rows(lessons: list[Lesson], wanted: Collection[int]) -> list[LessonOnPackage]:
    keys = [lesson.pk for lesson in lessons]
    moves = {
        move.lesson_id: move.video
        for move in ScormMove.objects.filter(lesson_id__in=keys).select_related("video").order_by("moved_at", "pk")
    }
    under_way: dict[int, int] = {}
    for (lesson_id, video_id), number in open_attempts_by_version(keys).items():
        if video_id not in wanted:
            under_way[lesson_id] = under_way.get(lesson_id, 0) + number
    courses = {lesson.edition.course_id for lesson in lessons}
    pages = {page.course_id: page for page in CoursePage.objects.filter(course_id__in=courses)}
    rows = []
    for lesson in lessons:
        runs_on = moves.get(lesson.pk, lesson.video)
        if runs_on is not None:
            course = lesson.edition.course
            rows.append(
                LessonOnPackage(
                    lesson=lesson,
                    runs_on=runs_on,
                    under_way=under_way.get(lesson.pk, 0),
                    is_moved=runs_on.pk in wanted,
                    is_current=course.current_edition_id == lesson.edition_id,
                    page=pages.get(course.pk),
                )
            )
    return rows
