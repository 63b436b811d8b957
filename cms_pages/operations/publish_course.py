"""From a published course page to the edition that hours are earned against."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.text import slugify

from accounts.models import User
from cms_pages.models import CoursePage, CoursePageLesson
from cms_pages.queries import describe_shortcomings
from courses.enums import MEDIA_KINDS, Block, CountedAttempt, LessonKind, ScormGoal
from courses.models import Course, CourseEdition, RegulatoryDocument
from courses.operations import LessonDraft, QuestionDraft, close_course, freeze_edition
from lms.lib.errors import DomainError

FROZEN_LANGUAGE = "zh-hans"  # an edition's text does not depend on the language of whoever publishes


class CourseNotPublishableError(DomainError):
    """The page lacks something; the message lists what, lesson by lesson."""

    code = "course_not_publishable"


@transaction.atomic
def publish_course_page(*, page: CoursePage, now: datetime, actor: User | None = None) -> CourseEdition:
    """Freeze what the page teaches as an edition of its course, making the course at the first publication.

    No change of substance makes no new edition. Safe to retry.

    :raises CourseNotPublishableError: a lesson is missing something, such as a playable video.
    """
    if shortcomings := describe_shortcomings(page):
        raise CourseNotPublishableError(translation.gettext("；").join(shortcomings))
    course = page.course or _make_course(page)
    with translation.override(FROZEN_LANGUAGE):
        lessons = [_draft(course, lesson) for lesson in page.lessons.all()]
    return freeze_edition(
        course=course,
        title=page.title,
        summary=page.summary,
        block=Block(page.block),
        posts=list(page.posts.all()) if page.block == Block.PROFESSIONAL else [],
        documents=_cited(page),
        lessons=lessons,
        now=now,
        actor=actor,
    )


@transaction.atomic
def withdraw_course_page(*, page: CoursePage, now: datetime, actor: User | None = None) -> None:
    """Close the course of an unpublished or deleted page; records stay."""
    if page.course:
        close_course(course=page.course, now=now, actor=actor)


def lesson_key_of(course: Course, lesson: CoursePageLesson) -> uuid.UUID:
    """The lesson's name through all editions of one course; a copied page is another course with other names."""
    return uuid.uuid5(course.uuid, str(lesson.key))


def _make_course(page: CoursePage) -> Course:
    code = slugify(page.slug)[:50] or "course"
    if Course.objects.filter(code=code).exists():
        code = f"{code}-{uuid.uuid4().hex[:8]}"
    course = Course.objects.create(code=code, title=page.title, block=page.block)
    CoursePage.objects.filter(pk=page.pk).update(course=course)
    page.course = course
    return course


def _draft(course: Course, lesson: CoursePageLesson) -> LessonDraft:
    return LessonDraft(
        lesson_key=lesson_key_of(course, lesson),
        kind=LessonKind(lesson.kind),
        title=lesson.title,
        body_html=str(lesson.body).strip() if lesson.body else "",
        video=lesson.video if lesson.kind in MEDIA_KINDS else None,
        credit_minutes=lesson.credit_minutes,
        required_seconds=lesson.required_seconds,
        documents=_cited(lesson),
        questions=[QuestionDraft(item.prompt, item.options, item.after_ms) for item in lesson.asked()],
        scorm_goal=ScormGoal(lesson.scorm_goal),
        attempts_allowed=lesson.attempts_allowed,
        counted_attempt=CountedAttempt(lesson.counted_attempt),
    )


def _cited(holder: CoursePage | CoursePageLesson) -> list[RegulatoryDocument]:
    """The documents in the editor's order, each once."""
    return list(dict.fromkeys(item.value for item in holder.documents if item.value))
