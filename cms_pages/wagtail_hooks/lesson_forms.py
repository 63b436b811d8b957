"""The course editor shows of each lesson only what its kind needs; without a script everything is there."""

from __future__ import annotations

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks


@hooks.register("insert_editor_js")
def lesson_kinds_script() -> SafeString:
    """Give the script that follows each lesson's kind."""
    return format_html('<script type="module" src="{}"></script>', static("cms_pages/lesson_forms.js"))
