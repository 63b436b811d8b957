"""Course pages: what editors write. What learners earn hours by is the frozen edition, never the page."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable
from wagtail.search import index

from cms_pages.blocks import ArticleBody, DocumentStream, QuestionStream, ReadingBody
from cms_pages.models.course_listing import CoursePageManager, list_courses
from cms_pages.models.searchable import SearchablePage, stream_text
from cms_pages.rules.readiness import LessonFacts, Problem, find_problems
from courses.enums import MEDIA_KINDS, TIMELINE_KINDS, Block, CountedAttempt, LessonKind, ScormGoal
from courses.models import Course, Post, RegulatoryDocument
from courses.queries import QuestionText, find_faults
from media_pipeline.models import Video


class CourseIndexPage(SearchablePage):
    """All courses, with search and filters."""

    lead = models.TextField(_("导语"), blank=True)
    lead_en = models.TextField(_("导语（英文）"), blank=True)

    content_panels = [*SearchablePage.content_panels, FieldPanel("lead"), FieldPanel("lead_en")]
    parent_page_types = ["cms_pages.HomePage"]
    subpage_types = ["cms_pages.CoursePage"]
    max_count_per_parent = 1
    template = "cms_pages/course_index_page.html"

    class Meta:
        verbose_name = _("课程总览")
        verbose_name_plural = _("课程总览")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the courses found."""
        listing = list_courses(CoursePage.objects.live().public().child_of(self), request)
        return {**super().get_context(request, *args, **kwargs), "listing": listing, "page_obj": listing.page_obj}


class CoursePage(SearchablePage):
    """A course as its editors see it. ``course`` is made when the page is first published and stays for ever."""

    course = models.OneToOneField(
        Course, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="page"
    )
    summary = models.TextField(_("简介"), max_length=400)
    block = models.CharField(_("模块"), max_length=12, choices=Block, default=Block.PROFESSIONAL)
    posts = ParentalManyToManyField(Post, blank=True, related_name="+", verbose_name=_("适用岗位"))
    body = StreamField(ArticleBody(), blank=True, verbose_name=_("课程介绍"))
    documents = StreamField(DocumentStream(), blank=True, verbose_name=_("引用的法规标准文件"))

    content_panels = [
        *SearchablePage.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldPanel("block"),
                FieldPanel(
                    "posts",
                    widget=CheckboxSelectMultiple,
                    help_text=_("公共基础知识课程对所有岗位有效，不必选择岗位"),
                ),
            ],
            heading=_("模块与岗位"),
        ),
        FieldPanel("body"),
        FieldPanel("documents"),
        InlinePanel(
            "lessons", heading=_("课时"), label=_("课时"), help_text=_("发布后课时内容冻结为新的版次，学时按版次计")
        ),
    ]
    search_fields = [
        *SearchablePage.search_fields,
        index.FilterField("block"),
        index.RelatedFields("posts", [index.FilterField("id")]),
    ]
    exclude_fields_in_copy = ["course"]
    parent_page_types = ["cms_pages.CourseIndexPage"]
    subpage_types: list[str] = []
    template = "cms_pages/course_page.html"
    objects = CoursePageManager()

    class Meta:
        verbose_name = _("课程页面")
        verbose_name_plural = _("课程页面")

    def searchable_texts(self) -> Iterable[str]:
        """Give the title, the summary, the texts, the cited documents and the lessons."""
        yield from super().searchable_texts()
        yield self.summary
        yield stream_text(self.body)
        keys = document_keys(self.documents)
        yield from (str(document) for document in RegulatoryDocument.objects.filter(pk__in=keys))
        for lesson in self.lessons.all():
            yield lesson.title
            yield stream_text(lesson.body)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add posts, lessons with their documents, cited documents and the sum of the credit."""
        lessons = list(self.lessons.all())
        wanted = {key for holder in (self, *lessons) for key in document_keys(holder.documents)}
        documents = RegulatoryDocument.objects.in_bulk(wanted)
        decks = [lesson.video_id for lesson in lessons if lesson.kind == LessonKind.SLIDES]
        pages = dict(Video.objects.filter(pk__in=decks).values_list("pk", "page_count")) if decks else {}
        return {
            **super().get_context(request, *args, **kwargs),
            "posts": sorted(self.posts.all(), key=lambda post: post.position),
            "lessons": [
                LessonRow(lesson, _chosen(lesson.documents, documents), pages.get(lesson.video_id))
                for lesson in lessons
            ],
            "cited_documents": _chosen(self.documents, documents),
            "credit_minutes": sum(lesson.credit_minutes or 0 for lesson in lessons),
            "edition": self.course.current_edition if self.course else None,
            "today": timezone.localdate(),
        }

    def shortcomings(self) -> list[Problem]:
        """What keeps this version of the page from being published; empty where nothing does."""
        return find_problems(
            is_professional=self.block == Block.PROFESSIONAL,
            posts=len(self.posts.all()),
            lessons=[lesson.facts() for lesson in self.lessons.all()],
        )

    def with_content_json(self, content: Any) -> CoursePage:
        """Restore a revision, keeping the course: a revision written before the first publication knows none."""
        page: CoursePage = super().with_content_json(content)
        page.course_id = self.course_id
        return page

    def publish(self, *args: Any, **kwargs: Any) -> Any:
        """Publish page and edition together or not at all."""
        with transaction.atomic():
            return super().publish(*args, **kwargs)


def document_keys(stream: Any) -> list[int]:
    """Give the keys of the documents in a stream, without loading them."""
    return [item["value"] for item in stream.raw_data if item["value"]]


def _chosen(stream: Any, documents: dict[int, RegulatoryDocument]) -> list[RegulatoryDocument]:
    """Give a stream's documents in its order, each once; deleted ones are left out."""
    return [documents[key] for key in dict.fromkeys(document_keys(stream)) if key in documents]


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson, the documents it cites, and how many pages its slides have, for the course's page."""

    lesson: CoursePageLesson
    documents: list[RegulatoryDocument]
    pages: int | None


class CoursePageLesson(Orderable):
    """A lesson as the editor writes it; ``key`` stays the same while it is rewritten and moved."""

    page = ParentalKey(CoursePage, on_delete=models.CASCADE, related_name="lessons")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    title = models.CharField(_("标题"), max_length=120)
    kind = models.CharField(_("形式"), max_length=8, choices=LessonKind, default=LessonKind.READING)
    video = models.ForeignKey(
        Video,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("视频、幻灯片或 SCORM 课件"),
    )
    body = StreamField(ReadingBody(), blank=True, verbose_name=_("正文"))
    credit_minutes = models.PositiveSmallIntegerField(
        _("学时分钟"), validators=[MinValueValidator(1)], help_text=_("学完后计入的分钟数，例如 45 分钟为 1 学时")
    )
    required_seconds = models.PositiveIntegerField(
        _("所需学习秒数"), validators=[MinValueValidator(1)], help_text=_("服务器须计到的有效学习时间，达到后才计学时")
    )
    scorm_goal = models.CharField(
        _("课件须报告"), max_length=9, choices=ScormGoal, default=ScormGoal.COMPLETED,
        help_text=_("仅 SCORM 课件：除计到所需学习秒数外，课件还须报告什么才算学完"),
    )  # fmt: skip
    attempts_allowed = models.PositiveSmallIntegerField(
        _("可学次数"), default=0, help_text=_("仅 SCORM 课件：可以从头学几次，0 为不限")
    )
    counted_attempt = models.CharField(
        _("以哪次为准"), max_length=5, choices=CountedAttempt, default=CountedAttempt.BEST
    )
    documents = StreamField(DocumentStream(), blank=True, verbose_name=_("引用的法规标准文件"))
    questions = StreamField(QuestionStream(), blank=True, verbose_name=_("随堂提问"))

    panels = [
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("credit_minutes"), FieldPanel("required_seconds")]),
        FieldPanel("video", help_text=_("视频、幻灯片和 SCORM 课件课时需要；处理完成后才能发布")),
        FieldRowPanel([FieldPanel("scorm_goal"), FieldPanel("attempts_allowed"), FieldPanel("counted_attempt")]),
        FieldPanel("body"),
        FieldPanel("documents"),
        FieldPanel(
            "questions",
            help_text=_("学习途中用来确认有人在学；每个课时写两道以上，问本课时讲过的内容。没有提问时只请学员确认在场"),
        ),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("课时")
        verbose_name_plural = _("课时")

    def __str__(self) -> str:
        return self.title

    def facts(self) -> LessonFacts:
        """What decides whether the lesson may be published."""
        return LessonFacts(
            title=self.title,
            is_video=self.kind in MEDIA_KINDS,
            video_state=self.video.state if self.video else "",
            video_seconds=self.video.duration_ms // 1000 if self.video and self.video.duration_ms else None,
            has_text=bool(self.body),
            credit_minutes=self.credit_minutes,
            required_seconds=self.required_seconds,
            question_faults=self._question_faults(),
            wants=str(self.kind),
            shows=str(self.video.kind) if self.video else "",
        )

    def asked(self) -> list[QuestionText]:
        """The questions in the editor's order, the right option of each first."""
        return [item.value.text() for item in self.questions]

    def _question_faults(self) -> tuple[str, ...]:
        is_video = self.kind in TIMELINE_KINDS
        duration_ms = self.video.duration_ms if self.video and is_video else None
        faults = find_faults(self.asked(), is_video=is_video, duration_ms=duration_ms)
        return tuple(dict.fromkeys(fault.value for _number, fault in faults))
