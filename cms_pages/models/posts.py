"""Pages about the thirteen posts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from cms_pages.blocks import ArticleBody
from cms_pages.models.searchable import SearchablePage, stream_text
from courses.models import Post
from courses.queries import courses_for_post, documents_for_post, syllabus_of


class PostIndexPage(SearchablePage):
    """All posts."""

    lead = models.TextField(_("导语"), blank=True)
    lead_en = models.TextField(_("导语（英文）"), blank=True)

    content_panels = [*SearchablePage.content_panels, FieldPanel("lead"), FieldPanel("lead_en")]
    parent_page_types = ["cms_pages.HomePage"]
    subpage_types = ["cms_pages.PostPage"]
    max_count_per_parent = 1
    template = "cms_pages/post_index_page.html"

    class Meta:
        verbose_name = _("岗位总览")
        verbose_name_plural = _("岗位总览")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the posts' pages."""
        posts = PostPage.objects.live().public().child_of(self).select_related("post").order_by("post__position")
        return {**super().get_context(request, *args, **kwargs), "posts": posts}


class PostPage(SearchablePage):
    """One post: what is new for it. Documents and courses come from the register, not from this page."""

    post = models.OneToOneField(Post, on_delete=models.PROTECT, related_name="page", verbose_name=_("岗位"))
    body = StreamField(ArticleBody(), blank=True, verbose_name=_("岗位介绍"))

    content_panels = [
        *SearchablePage.content_panels,
        FieldPanel("post", help_text=_("文件与课程按此岗位自动列出，不必在这里重复")),
        FieldPanel("body"),
    ]
    parent_page_types = ["cms_pages.PostIndexPage"]
    subpage_types = ["cms_pages.SyllabusPage"]
    template = "cms_pages/post_page.html"

    class Meta:
        verbose_name = _("岗位页面")
        verbose_name_plural = _("岗位页面")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the post's documents by kind, its courses and its syllabus."""
        today = timezone.localdate()
        courses = courses_for_post(self.post).filter(page__live=True).select_related("page", "current_edition")
        return {
            **super().get_context(request, *args, **kwargs),
            "groups": documents_for_post(self.post),
            "courses": list(courses),
            "syllabus_page": SyllabusPage.objects.live().child_of(self).first(),
            "today": today,
        }

    def searchable_texts(self) -> Iterable[str]:
        """Give the title, the post's own summary and the text."""
        yield from super().searchable_texts()
        yield self.post.summary
        yield stream_text(self.body)


class SyllabusPage(SearchablePage):
    """The syllabus of the post above it."""

    lead = models.TextField(_("导语"), blank=True)
    lead_en = models.TextField(_("导语（英文）"), blank=True)

    content_panels = [
        *SearchablePage.content_panels,
        FieldPanel("lead", help_text=_("大纲条目在“大纲条目”中维护，这里只写说明")),
        FieldPanel("lead_en"),
    ]
    parent_page_types = ["cms_pages.PostPage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    template = "cms_pages/syllabus_page.html"

    class Meta:
        verbose_name = _("大纲页面")
        verbose_name_plural = _("大纲页面")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the post and its syllabus."""
        post_page = PostPage.objects.parent_of(self).select_related("post").get()
        return {
            **super().get_context(request, *args, **kwargs),
            "post_page": post_page,
            "post": post_page.post,
            "blocks": syllabus_of(post_page.post),
            "today": timezone.localdate(),
        }
