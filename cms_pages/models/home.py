"""The front page."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField

from cms_pages.blocks import AudienceStream, StepStream
from cms_pages.models.courses import CoursePage
from cms_pages.models.notices import NoticePage
from cms_pages.models.posts import PostPage
from cms_pages.models.searchable import SearchablePage
from courses.queries import count_teaching, newest_documents

NEW_DOCUMENTS = 6
NEW_COURSES = 3
NEW_NOTICES = 5


class HomePage(SearchablePage):
    """What the site is, in one look."""

    hero_title = models.CharField(_("主标题"), max_length=60)
    hero_title_en = models.CharField(_("主标题（英文）"), max_length=120, blank=True)
    hero_lead = models.TextField(_("导语"), help_text=_("两三句话说清网站做什么、凭什么可信"))
    hero_lead_en = models.TextField(_("导语（英文）"), blank=True)
    steps = StreamField(StepStream(), blank=True, verbose_name=_("换证步骤"))
    audiences = StreamField(AudienceStream(), blank=True, verbose_name=_("服务对象"))

    content_panels = [
        *SearchablePage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("hero_title"),
                FieldPanel("hero_title_en"),
                FieldPanel("hero_lead"),
                FieldPanel("hero_lead_en"),
            ],
            heading=_("首屏"),
        ),
        FieldPanel("steps"),
        FieldPanel("audiences"),
    ]
    parent_page_types = ["wagtailcore.Page"]
    template = "cms_pages/home_page.html"

    class Meta:
        verbose_name = _("首页")
        verbose_name_plural = _("首页")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the posts, what is new, and the notices."""
        today = timezone.localdate()
        shown = ~self.__class__.objects.all().private_q()  # asked once for the three lists
        posts = PostPage.objects.live().filter(shown).descendant_of(self).select_related("post")
        notices = NoticePage.objects.live().filter(shown).descendant_of(self)
        courses = CoursePage.objects.live().filter(shown).descendant_of(self).for_cards()
        sections = self.get_children().live().specific(defer=True)
        return {
            **super().get_context(request, *args, **kwargs),
            "posts": posts.order_by("post__position"),
            "documents": newest_documents(on=today, limit=NEW_DOCUMENTS),
            "courses": courses.order_by("-last_published_at", "-pk")[:NEW_COURSES],
            "notices": notices.order_by("-issued_on", "-pk")[:NEW_NOTICES],
            "figures": count_teaching(),
            "section": {type(page).__name__: page for page in sections},
            "today": today,
        }
