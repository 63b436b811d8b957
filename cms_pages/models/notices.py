"""Notices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from cms_pages.blocks import ArticleBody
from cms_pages.models.searchable import SearchablePage, stream_text

NOTICES_PER_PAGE = 15


class NoticeIndexPage(SearchablePage):
    """All notices, newest first."""

    lead = models.TextField(_("导语"), blank=True)
    lead_en = models.TextField(_("导语（英文）"), blank=True)

    content_panels = [*SearchablePage.content_panels, FieldPanel("lead"), FieldPanel("lead_en")]
    parent_page_types = ["cms_pages.HomePage"]
    subpage_types = ["cms_pages.NoticePage"]
    max_count_per_parent = 1
    template = "cms_pages/notice_index_page.html"

    class Meta:
        verbose_name = _("通知公告")
        verbose_name_plural = _("通知公告")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add one page of notices."""
        notices = NoticePage.objects.live().public().child_of(self).order_by("-issued_on", "-pk")
        page_obj = Paginator(notices, NOTICES_PER_PAGE).get_page(request.GET.get("page"))
        return {**super().get_context(request, *args, **kwargs), "page_obj": page_obj}


class NoticePage(SearchablePage):
    """One notice."""

    issued_on = models.DateField(_("发布日期"), default=timezone.localdate)
    issuer = models.CharField(_("发布单位"), max_length=80, blank=True)
    summary = models.CharField(_("摘要"), max_length=200, blank=True)
    body = StreamField(ArticleBody(), blank=True, verbose_name=_("正文"))

    content_panels = [
        *SearchablePage.content_panels,
        FieldPanel("issued_on"),
        FieldPanel("issuer"),
        FieldPanel("summary"),
        FieldPanel("body"),
    ]
    parent_page_types = ["cms_pages.NoticeIndexPage"]
    subpage_types: list[str] = []
    template = "cms_pages/notice_page.html"

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")

    def searchable_texts(self) -> Iterable[str]:
        """Give the title, the summary and the text."""
        yield from super().searchable_texts()
        yield self.summary
        yield stream_text(self.body)
