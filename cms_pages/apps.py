"""Wagtail pages and blocks: home, posts, syllabus, courses, notices; the editors' desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsPagesConfig(AppConfig):
    """The public pages."""

    name = "cms_pages"
    verbose_name = _("网站页面")
