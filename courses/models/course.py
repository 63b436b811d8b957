"""Courses and their frozen editions. Hours are earned against an edition, never against a page."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.enums import Block, CountedAttempt, LessonKind, ScormGoal
from courses.models.document import RegulatoryDocument
from courses.models.post import Post
from lms.lib.append_only import AppendOnlyModel
from lms.lib.public_id import PublicIdModel
from media_pipeline.models import Video


class Course(PublicIdModel):
    """A course over all its editions."""

    code = models.SlugField(_("代码"), max_length=60, unique=True)
    title = models.CharField(_("名称"), max_length=120)
    block = models.CharField(_("模块"), max_length=12, choices=Block)
    posts = models.ManyToManyField(Post, blank=True, related_name="courses", verbose_name=_("岗位"))
    current_edition = models.ForeignKey(
        "CourseEdition", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    is_open = models.BooleanField(_("开放学习"), default=False)

    class Meta:
        verbose_name = _("课程")
        verbose_name_plural = _("课程")
        constraints = [models.CheckConstraint(condition=Q(block__in=Block.values), name="course_block_known")]

    def __str__(self) -> str:
        return self.title


class CourseEdition(PublicIdModel, AppendOnlyModel):
    """What was published: written once. ``credit_minutes`` is the sum of the lessons'."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField(_("版次"))
    title = models.CharField(_("名称"), max_length=120)
    summary = models.TextField(_("简介"), blank=True)
    block = models.CharField(_("模块"), max_length=12, choices=Block)
    post_codes = models.JSONField(default=list)
    credit_minutes = models.PositiveIntegerField(_("学时分钟"))
    substance_digest = models.CharField(max_length=64)
    frozen_at = models.DateTimeField(_("冻结时间"))

    class Meta:
        verbose_name = _("课程版次")
        verbose_name_plural = _("课程版次")
        constraints = [models.UniqueConstraint(fields=["course", "number"], name="edition_number_once")]

    def __str__(self) -> str:
        return f"{self.title} · {self.number}"


class Lesson(PublicIdModel, AppendOnlyModel):
    """A lesson of one edition. ``lesson_key`` is the same lesson's name through all editions.

    ``video`` is the film, the deck of slides or the SCORM package that it shows; a reading shows none.
    ``credit_minutes`` is what it earns; ``required_seconds`` the evidence asked for.
    ``body`` is the frozen reading text as rendered HTML. Of packages alone: ``scorm_goal`` is what one must report,
    ``attempts_allowed`` how often it may be begun (0: without limit), ``counted_attempt`` which of them counts.
    """

    edition = models.ForeignKey(CourseEdition, on_delete=models.PROTECT, related_name="lessons")
    lesson_key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveSmallIntegerField(_("次序"))
    kind = models.CharField(_("形式"), max_length=8, choices=LessonKind)
    title = models.CharField(_("标题"), max_length=120)
    body = models.TextField(_("正文"), blank=True)
    video = models.ForeignKey(Video, on_delete=models.PROTECT, null=True, blank=True, related_name="lessons")
    credit_minutes = models.PositiveSmallIntegerField(_("学时分钟"))
    required_seconds = models.PositiveIntegerField(_("所需学习秒数"))
    scorm_goal = models.CharField(_("课件须报告"), max_length=9, choices=ScormGoal, default=ScormGoal.COMPLETED)
    attempts_allowed = models.PositiveSmallIntegerField(_("可学次数"), default=0)
    counted_attempt = models.CharField(
        _("以哪次为准"), max_length=5, choices=CountedAttempt, default=CountedAttempt.BEST
    )

    class Meta:
        verbose_name = _("课时")
        verbose_name_plural = _("课时")
        constraints = [
            models.UniqueConstraint(fields=["edition", "position"], name="lesson_position_once"),
            models.UniqueConstraint(fields=["edition", "lesson_key"], name="lesson_key_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[LessonKind.VIDEO, LessonKind.SLIDES, LessonKind.SCORM], video__isnull=False)
                | Q(kind=LessonKind.READING, video__isnull=True),
                name="lesson_video_where_video",
            ),
            models.CheckConstraint(condition=Q(required_seconds__gt=0), name="lesson_required_positive"),
        ]

    def __str__(self) -> str:
        return self.title


class LessonQuestion(PublicIdModel, AppendOnlyModel):
    """A question on what a lesson shows, frozen with its edition. ``options`` are texts, the first one is right.

    ``after_ms`` is where on the lesson's timeline its answer has been shown (videos), 0 for the whole lesson.
    """

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField(_("次序"))
    prompt = models.CharField(_("题目"), max_length=200)
    options = models.JSONField(_("选项"))
    after_ms = models.PositiveIntegerField(_("出现时间（毫秒）"), default=0)

    class Meta:
        verbose_name = _("随堂提问")
        verbose_name_plural = _("随堂提问")
        constraints = [models.UniqueConstraint(fields=["lesson", "position"], name="lesson_question_position_once")]

    def __str__(self) -> str:
        return self.prompt


class EditionCitation(AppendOnlyModel):
    """A document that an edition teaches."""

    edition = models.ForeignKey(CourseEdition, on_delete=models.PROTECT, related_name="citations")
    document = models.ForeignKey(RegulatoryDocument, on_delete=models.PROTECT, related_name="edition_citations")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "document"], name="edition_citation_once")]

    def __str__(self) -> str:
        return f"{self.edition} → {self.document.number}"


class LessonCitation(AppendOnlyModel):
    """A document that a lesson teaches."""

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="citations")
    document = models.ForeignKey(RegulatoryDocument, on_delete=models.PROTECT, related_name="lesson_citations")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "document"], name="lesson_citation_once")]

    def __str__(self) -> str:
        return f"{self.lesson} → {self.document.number}"
