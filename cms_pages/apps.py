"""Wagtail pages and blocks: home, posts, syllabus, courses, notices; the editors' desk."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CmsPagesConfig(AppConfig):
    """The public pages."""

    name = "cms_pages"
    verbose_name = _("网站页面")

    def ready(self) -> None:
        """Let the course page have its form, and let the CMS's own events publish and close courses."""
        from wagtail.signals import page_published, page_unpublished

        from cms_pages.forms import CoursePageForm
        from cms_pages.models import CoursePage

        CoursePage.base_form_class = CoursePageForm  # a form stands above the models: it is brought from here
        page_published.connect(_publish_course, sender=CoursePage, dispatch_uid="cms_pages.publish_course")
        page_unpublished.connect(_withdraw_course, sender=CoursePage, dispatch_uid="cms_pages.withdraw_course")


def _publish_course(instance: Any, revision: Any = None, **_kwargs: Any) -> None:
    from cms_pages.operations import publish_course_page

    if instance.live:  # the event also comes when a future publication is merely scheduled
        publish_course_page(page=instance, now=timezone.now(), actor=revision.user if revision else None)


def _withdraw_course(instance: Any, **_kwargs: Any) -> None:
    from cms_pages.operations import withdraw_course_page

    withdraw_course_page(page=instance, now=timezone.now())
